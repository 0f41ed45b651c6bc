package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"rastro/internal/reply"
)

// maxAnswer bounds an answer that is read from standard input.
const maxAnswer = 64 << 10

// explainOptions are the flags of explain.
type explainOptions struct {
	output, lang, relay, replies string
	ours                         bool
}

func (p *program) explainCommand() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain [ANSWER…]",
		Short: "Say in plain words what the answer of a mail server means",
		Long: `Explain reads one answer as it was pasted: the bare answer, a line of a log, or the
diagnostic lines of a bounce. Without arguments, or with -, it reads standard
input; several lines are one answer there. It needs no server.`,
		Example: `  rastro explain "550 5.7.1 Service unavailable, Client host [192.0.2.10] blocked using Spamhaus"
  rastro explain --lang es --relay mx.example.com "452 4.2.2 over quota"
  rastro explain < bounce.txt`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return p.explainAnswer(o, args) },
	}
	outputFlag(c, &o.output, "text")
	c.Flags().StringVar(&o.lang, "lang", "", "en, es or both (default: the language of this machine, en or es; both as NDJSON)")
	completeWords(c, "lang", "en", "es", "both")
	c.Flags().StringVar(&o.relay, "relay", "", "host that answered, where the text does not say it")
	c.Flags().BoolVar(&o.ours, "ours", false, "the answer is that of our own server")
	c.Flags().StringVar(&o.replies, "replies", "", "file with rules of your own, as of the key replies.file")
	return c
}

func (p *program) explainAnswer(o explainOptions, args []string) error {
	languages, err := languagesOf(o.lang)
	if err != nil {
		return err
	}
	if o.output != "text" && o.output != "ndjson" {
		return usagef("--output is text or ndjson, not %q", o.output)
	}
	if o.output == "ndjson" && o.lang == "" {
		languages = []string{"en", "es"} // programs get the same everywhere
	}
	book, err := reply.Open(o.replies)
	if err != nil {
		return usageError{err}
	}
	text := strings.Join(args, " ")
	if text == "" || text == "-" {
		read, err := io.ReadAll(io.LimitReader(p.stdin, maxAnswer))
		if err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
		text = string(read)
	}
	if strings.TrimSpace(text) == "" {
		return usagef("name an answer to explain")
	}
	a := reply.Split(text)
	a.Ours = a.Ours || o.ours
	if o.relay != "" {
		a.Relay = o.relay
	}
	e := book.Book().Explain(a)
	out := ""
	if o.output == "ndjson" {
		out, err = explainedJSON(a, e, book.Book(), languages)
	} else {
		out = explainedText(e, book.Book(), languages)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, out)
	return writing(err)
}

// languagesOf reads --lang; without it the environment decides.
func languagesOf(flag string) ([]string, error) {
	switch flag {
	case "en", "es":
		return []string{flag}, nil
	case "both":
		return []string{"en", "es"}, nil
	case "":
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			if value := os.Getenv(name); value != "" {
				if value == "es" || strings.HasPrefix(value, "es_") || strings.HasPrefix(value, "es.") {
					return []string{"es"}, nil
				}
				break
			}
		}
		return []string{"en"}, nil
	}
	return nil, usagef("--lang is en, es or both, not %q", flag)
}

// headings of the lines of an explanation.
var headings = map[string][7]string{
	"en": {"Reason", "Meaning", "Who acts", "Retry", "Next step", "More", "Rule"},
	"es": {"Motivo", "Qué significa", "Quién actúa", "¿Se reintenta?", "Qué hacer", "Más", "Regla"},
}

var yesNo = map[string][2]string{
	"en": {"yes, by itself", "no, it has to be sent again"},
	"es": {"sí, automáticamente", "no, hay que enviarlo de nuevo"},
}

// explainedText is what a person pastes into a ticket.
func explainedText(e reply.Entry, b *reply.Book, languages []string) string {
	var out strings.Builder
	for i, lang := range languages {
		if i > 0 {
			out.WriteString("\n")
		}
		reason := e.Class
		if e.Provider != "" {
			reason += " (" + e.Provider + ")"
		}
		retry := yesNo[lang][1]
		if e.Retry {
			retry = yesNo[lang][0]
		}
		values := [7]string{reason, e.Meaning.In(lang), b.ActsWords(e.Acts).In(lang), retry, e.Next.In(lang), e.Link, e.Rule}
		width := 0
		for _, h := range headings[lang] {
			width = max(width, cells(h))
		}
		for j, h := range headings[lang] {
			if values[j] != "" {
				out.WriteString(h + ":" + strings.Repeat(" ", width-cells(h)+1) + printable(values[j]) + "\n")
			}
		}
	}
	return out.String()
}

// explained is an explanation as JSON.
type explained struct {
	Class     string            `json:"class"`
	Provider  string            `json:"provider,omitempty"`
	Rule      string            `json:"rule,omitempty"`
	Code      int               `json:"smtp_code,omitempty"`
	DSN       string            `json:"dsn,omitempty"`
	Relay     string            `json:"relay_host,omitempty"`
	Ours      bool              `json:"ours"`
	Acts      string            `json:"acts"`
	Retry     bool              `json:"retry"`
	Verdict   map[string]string `json:"verdict"`
	Meaning   map[string]string `json:"meaning"`
	ActsWords map[string]string `json:"acts_words"`
	Next      map[string]string `json:"next"`
	Link      string            `json:"link,omitempty"`
}

func explainedJSON(a reply.Answer, e reply.Entry, b *reply.Book, languages []string) (string, error) {
	in := func(w reply.Words) map[string]string {
		m := make(map[string]string, len(languages))
		for _, lang := range languages {
			m[lang] = w.In(lang)
		}
		return m
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(explained{
		Class: e.Class, Provider: e.Provider, Rule: e.Rule, Code: a.Code, DSN: a.DSN, Relay: a.Relay, Ours: a.Ours,
		Acts: e.Acts, Retry: e.Retry, Verdict: in(e.Verdict), Meaning: in(e.Meaning), ActsWords: in(b.ActsWords(e.Acts)),
		Next: in(e.Next), Link: e.Link,
	})
	if err != nil {
		return "", errors.New("BUG: an explanation cannot be written: " + err.Error())
	}
	return out.String(), nil
}
