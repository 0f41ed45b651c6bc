package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"rastro/internal/trace"
)

// tongue is a language in which a trace is told. Verdicts and steps come with
// their words; these are the words around them.
type tongue struct {
	spanish  bool
	statuses map[trace.Status]string
	deciders map[trace.By]string
	// relations are the kinds of trace.Related.
	relations map[string]string
	labels    labels
}

// labels are the words before facts, and sentences with places for values.
type labels struct {
	action, note, from, through, login, to, written, subject, messageID, size,
	queueIDs, servers, receipt, reason, decided, answer, folder, retry, attempts, spam, sure, related string
	probable, guess      string
	journeys, oneJourney string // counts of journeys and messages
	recipients           string // a count
	times                string // a zone
	lookedFor            string
	coverage, noLines    string
	lines, gap, silent   string
	near, seen, nothing  string
}

var english = tongue{
	statuses: map[trace.Status]string{
		trace.Accepted: "accepted", trace.Deferred: "deferred", trace.Held: "held", trace.Quarantined: "quarantined",
		trace.Delivered: "delivered", trace.Discarded: "discarded", trace.Bounced: "bounced", trace.Expired: "expired",
		trace.Rejected: "rejected", trace.Abandoned: "abandoned", trace.Unknown: "unknown",
	},
	deciders: map[trace.By]string{
		trace.ByUs: "our server", trace.ByRemote: "the other server", trace.ByFilter: "our filter", trace.ByRule: "a rule in the mailbox",
		trace.ByOperator: "an operator", trace.ByClient: "the sending program",
	},
	relations: map[string]string{
		"failure_notice": "failure notice", "delay_notice": "notice of delay", "success_notice": "notice of delivery",
		"notice": "notice", "auto_reply": "automatic reply", "original": "about the message",
	},
	labels: labels{
		action: "What to do", note: "Note", from: "From", through: "Came from", login: "logged in as %s", to: "To", written: "written to %s",
		subject: "Subject", messageID: "Message-ID", size: "Size", queueIDs: "Queue ids", servers: "Servers", receipt: "Receipt",
		reason: "Reason", decided: "decided by %s", answer: "Answer", folder: "Folder", retry: "Next try", attempts: "Tries", spam: "Spam score", sure: "Sureness", related: "Related",
		probable: "probable", guess: "a guess",
		journeys: "%d journeys of %d messages", oneJourney: "%d journeys of one message", recipients: "%d recipients",
		times:     "Times are in %s.",
		lookedFor: "Looked for", coverage: "What the logs cover", noLines: "no lines",
		lines: "%d lines", gap: "no lines from %s to %s (%s)", silent: "silent since then",
		near: "Spelled alike", seen: "%d times, the last %s", nothing: "Nothing was found.",
	},
}

var spanish = tongue{
	spanish: true,
	statuses: map[trace.Status]string{
		trace.Accepted: "aceptado", trace.Deferred: "aplazado", trace.Held: "retenido", trace.Quarantined: "en cuarentena",
		trace.Delivered: "entregado", trace.Discarded: "descartado", trace.Bounced: "devuelto", trace.Expired: "caducado",
		trace.Rejected: "rechazado", trace.Abandoned: "abandonado", trace.Unknown: "desconocido",
	},
	deciders: map[trace.By]string{
		trace.ByUs: "nuestro servidor", trace.ByRemote: "el otro servidor", trace.ByFilter: "nuestro filtro", trace.ByRule: "una regla del buzón",
		trace.ByOperator: "un operador", trace.ByClient: "el programa que envía",
	},
	relations: map[string]string{
		"failure_notice": "aviso de fallo", "delay_notice": "aviso de retraso", "success_notice": "aviso de entrega",
		"notice": "aviso", "auto_reply": "respuesta automática", "original": "sobre el mensaje",
	},
	labels: labels{
		action: "Qué hacer", note: "Nota", from: "De", through: "Vino de", login: "identificado como %s", to: "Para", written: "escrito a %s",
		subject: "Asunto", messageID: "Message-ID", size: "Tamaño", queueIDs: "Colas", servers: "Servidores", receipt: "Recibo",
		reason: "Motivo", decided: "decidido por %s", answer: "Respuesta", folder: "Carpeta", retry: "Próximo intento", attempts: "Intentos", spam: "Puntos de spam", sure: "Certeza", related: "Relacionado",
		probable: "probable", guess: "una suposición",
		journeys: "%d recorridos de %d mensajes", oneJourney: "%d recorridos de un mensaje", recipients: "%d destinatarios",
		times:     "Las horas son de %s.",
		lookedFor: "Se buscó", coverage: "Lo que cubren los registros", noLines: "ninguna línea",
		lines: "%d líneas", gap: "ninguna línea de %s a %s (%s)", silent: "en silencio desde entonces",
		near: "Escrito de forma parecida", seen: "%d veces, la última %s", nothing: "No se encontró nada.",
	},
}

// tongueOf is the language of --lang; without it, that of this machine.
func tongueOf(name string) (*tongue, error) {
	switch name {
	case "":
		if machineLanguage() == "es" {
			return &spanish, nil
		}
		return &english, nil
	case "en":
		return &english, nil
	case "es":
		return &spanish, nil
	}
	return nil, usagef("--lang is en or es, not %q", name)
}

// machineLanguage is the first part of the locale for messages, as POSIX ranks
// the variables: "es" for es_CO.UTF-8.
func machineLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			value, _, _ = strings.Cut(value, ".")
			value, _, _ = strings.Cut(value, "_")
			return strings.ToLower(value)
		}
	}
	return ""
}

// words are a text in this language, safe on a terminal; where it lacks, the
// other language's.
func (t *tongue) words(w trace.Words) string {
	first, second := w.En, w.Es
	if t.spanish {
		first, second = w.Es, w.En
	}
	if first == "" {
		first = second
	}
	return printable(first)
}

// status is the word for a status; one that is not known stays as it is.
func (t *tongue) status(s trace.Status) string {
	if word := t.statuses[s]; word != "" {
		return word
	}
	return printable(string(s))
}

func (t *tongue) relation(kind string) string {
	if words := t.relations[kind]; words != "" {
		return words
	}
	return printable(kind)
}

func (t *tongue) decider(b trace.By) string {
	if word := t.deciders[b]; word != "" {
		return word
	}
	return printable(string(b))
}

// span writes a duration for a person: two units at most.
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + span(-d)
	case d < 10*time.Second:
		text := fmt.Sprintf("%.2f", d.Seconds())
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		return text + " s"
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	d = d.Round(time.Second)
	days, hours, minutes, seconds := d/(24*time.Hour), d/time.Hour%24, d/time.Minute%60, d/time.Second%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return fmt.Sprintf("%d min %d s", minutes, seconds)
}
