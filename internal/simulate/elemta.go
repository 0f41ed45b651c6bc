package simulate

import (
	"fmt"
	"strings"
	"time"
)

// elemta says one JSON line; rest are the keys after msg, without braces.
func (w *World) elemta(at time.Time, level, msg, format string, args ...any) {
	w.say(elemtaLog, at, fmt.Sprintf(`{"time":"%s","level":"%s","msg":"%s",%s}`, at.UTC().Format(time.RFC3339Nano), level, msg, fmt.Sprintf(format, args...)))
}

// elemtaSession is one connection of a client.
type elemtaSession struct {
	w          *World
	at         time.Time
	peer       string // ip:port
	connection string
	uuid       string
}

const elemtaHost = "mx1.hostco.example"

func (w *World) connectElemta(at time.Time, ip string) *elemtaSession {
	s := &elemtaSession{w: w, at: at, peer: fmt.Sprintf("%s:%d", ip, w.port()), uuid: w.uuid()}
	s.connection = fmt.Sprintf("session-%d-%s", at.UnixNano(), s.peer)
	w.elemta(at, "INFO", "Connection accepted", `"component":"smtp-server","hostname":"%s","session_id":"%s","remote_addr":"%s","active_connections":1`, elemtaHost, s.connection, s.peer)
	w.elemta(at, "INFO", "New connection", `"component":"smtp-server","hostname":"%s","client_ip":"%s","session_id":"%s"`, elemtaHost, s.peer, s.connection)
	s.say("INFO", "SMTP greeting sent", `"greeting":"220 %s ESMTP Elemta MTA ready","client_ip":"%s","server_ip":"%s","connection_id":"%s"`, elemtaHost, s.peer, elemtaHost, s.uuid)
	return s
}

// say is a line of the session, a moment after the one before.
func (s *elemtaSession) say(level, msg, format string, args ...any) {
	s.at = s.at.Add(s.w.ms(0, 3))
	prefix := fmt.Sprintf(`"component":"smtp-session","remote_addr":"%s","session_id":"%s","service":"elemta-mta",`, s.peer, s.uuid)
	s.w.elemta(s.at, level, msg, "%s", prefix+fmt.Sprintf(format, args...))
}

func (s *elemtaSession) command(eventType, command string) {
	s.say("INFO", "SMTP command processed", `"component":"session-commands","event_type":"%s","command":"%s\\x0D\\x0A","success":true,"response":"","duration":%d,"phase":"","authenticated":false,"username":""`, eventType, command, 100000+s.w.rand.IntN(900000))
}

func (s *elemtaSession) refused(command, reply string) {
	s.say("WARN", "SMTP command processed", `"component":"session-commands","event_type":"rejection","command":"%s\\x0D\\x0A","success":false,"response":"%s","duration":%d,"phase":"RCPT","authenticated":false,"username":""`, command, reply, 100000+s.w.rand.IntN(900000))
	s.say("WARN", "Command processing failed", `"event_type":"rejection","command":"%s\r\n","error":"%s"`, command, reply)
	s.say("WARN", "SMTP error response sent", `"event_type":"rejection","error":"%[1]s","response":"%[1]s","service":"elemta-mta","session_id":"%[2]s"`, reply, s.uuid)
	s.say("WARN", "SMTP error response sent", `"error":"%[1]s","response":"%[1]s"`, reply)
	s.say("ERROR", "Session error recorded", `"component":"session-state","event_type":"rejection","error":"%s","total_errors":1`, reply)
}

func (s *elemtaSession) quit() {
	s.command("", "QUIT")
	s.w.elemta(s.at.Add(s.w.ms(1, 100)), "INFO", "Connection released", `"component":"smtp-server","hostname":"%s","session_id":"%s","remote_addr":"%s","duration":%d,"requests":0,"bytes_sent":0,"bytes_received":0,"active_connections":0`, elemtaHost, s.connection, s.peer, 50_000_000)
}

// elemtaMail is accepted by Elemta and delivered, deferred or bounced.
func (w *World) elemtaMail(at time.Time) {
	from := pick(w, peers)
	sender, mid, subject, size := pick(w, names)+"@"+from.domain, w.messageID(from.domain), pick(w, subjects), 400+w.rand.IntN(40000)
	to := []string{w.address(elemtaDomains)}
	for w.chance(0.15) && len(to) < 4 {
		to = append(to, w.address(elemtaDomains))
	}
	list := `["` + strings.Join(to, `","`) + `"]`
	s := w.connectElemta(at, from.ip)
	s.command("", "EHLO "+from.host)
	s.say("INFO", "mail_from_accepted", `"component":"session-commands","event_type":"mail_from_accepted","mail_from":"%s","declared_size":0,"authenticated":false,"username":"","client_ip":"%s","connection_id":"%s","tls_active":false`, sender, s.peer, s.uuid)
	s.command("mail_from_accepted", "MAIL FROM:<"+sender+">")
	for i, r := range to {
		s.say("INFO", "rcpt_to_accepted", `"component":"session-commands","event_type":"rcpt_to_accepted","rcpt_to":"%s","mail_from":"%s","total_recipients":%d,"authenticated":false,"username":"","client_ip":"%s","connection_id":"%s"`, r, sender, i+1, s.peer, s.uuid)
		s.command("rcpt_to_accepted", "RCPT TO:<"+r+">")
	}
	s.command("data_accepted", "DATA")
	queued := s.at.Add(w.ms(1, 40))
	id := fmt.Sprintf("%d-%d", queued.UnixNano(), queued.Nanosecond())
	w.elemta(queued, "INFO", "message_accepted", `"component":"queue","event_type":"message_accepted","message_id":"%s","from_envelope":"%s","to_envelope":%s,"to_count":%d,"message_size":%d,"priority":2,"queue_type":"active","enqueue_time":"%s"`, id, sender, list, len(to), size+446, queued.UTC().Format(time.RFC3339))
	s.at = queued
	s.say("INFO", "message_reception", `"component":"session-data","component":"message-lifecycle","event_type":"reception","message_id":"%[1]s","queue_id":"%[1]s","from":"%[2]s","to":%[3]s,"recipient_count":%[4]d,"subject":"%[5]s","size":%[6]d,"client_ip":"%[7]s","client_hostname":"%[7]s","username":"","authenticated":false,"tls_active":false,"reception_time":"%[8]s","processing_delay_ms":50,"virus_scanned":false,"virus_found":false,"spam_scanned":false,"spam_score":0`,
		mid, sender, list, len(to), subject, size, s.peer, at.UTC().Format(time.RFC3339))
	s.say("INFO", "message_received", `"event_type":"message_received","from_envelope":"","to_envelope":[],"message_size":%d,"recipient_count":0,"client_ip":"%s","server_ip":"%s","connection_id":"%s","authenticated":false,"username":"","tls_active":false,"processing_time_ms":44`, size, s.peer, elemtaHost, s.uuid)
	s.quit()
	w.elemtaDelivery(queued, queued.Add(w.ms(500, 5000)), id, sender, list, to, subject, size+446, 0)
}

// elemtaDelivery is one attempt; a deferred message comes again.
func (w *World) elemtaDelivery(queued, at time.Time, id, sender, list string, to []string, subject string, size, retry int) {
	life := fmt.Sprintf(`"message_id":"%[1]s","queue_id":"%[1]s","from":"%[2]s","to":%[3]s,"recipient_count":%[4]d,"subject":"%[5]s","size":%[6]d,"delivery_method":"lmtp","retry_count":%[7]d,"reception_time":"%[8]s"`,
		id, sender, list, len(to), subject, size, retry, queued.UTC().Format(time.RFC3339))
	w.elemta(at, "INFO", "Attempting LMTP delivery", `"component":"lmtp-delivery","message_id":"%s","from":"%s","to":%s,"server":"127.0.0.1:2424"`, id, sender, list)
	end := at.Add(w.ms(4, 30))
	total := end.Sub(queued).Milliseconds()
	say := func(level, msg, eventType, rest string) {
		w.elemta(end, level, msg, `"component":"queue-processor","component":"message-lifecycle","event_type":"%s",%s,"total_delay_ms":%d,"queue_delay_ms":%d,%s`, eventType, life, total, total-10, rest)
	}
	switch {
	case retry < 3 && w.chance(0.07):
		wait := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}[retry]
		const reason = "server rejected DATA command: 451 4.3.0 Temporary internal error"
		say("WARN", "message_tempfail", "tempfail", `"failure_reason":"`+reason+`","status":"temporary_failure"`)
		say("WARN", "message_deferral", "deferral", fmt.Sprintf(`"deferral_reason":"%s","next_retry":"0001-01-01T00:00:00Z","next_retry_in_seconds":0,"status":"deferred"`, reason))
		w.elemtaDelivery(queued, end.Add(wait+w.ms(0, 6000)), id, sender, list, to, subject, size, retry+1)
	case w.chance(0.05):
		reason := "all recipients rejected: [" + strings.Join(to, " ") + "]"
		for _, r := range to {
			w.elemta(end.Add(-time.Millisecond), "ERROR", "Recipient rejected", `"component":"lmtp-delivery","recipient":"%s","response":"550 5.1.1 <%s> User doesn't exist: %s"`, r, r, r)
		}
		w.elemta(end, "ERROR", "message_bounced", `"component":"queue-processor","message_id":"%s","from":"%s","to":%s,"retry_count":%d,"event_type":"bounce","error":"%s","status":"permanent_failure","processing_time_ms":3`, id, sender, list, retry, reason)
		say("ERROR", "message_bounce", "bounce", `"bounce_reason":"Permanent failure: `+reason+`","status":"bounced"`)
	default:
		w.elemta(end.Add(-time.Millisecond), "INFO", "LMTP delivery successful", `"component":"lmtp-delivery","message_id":"%s","delivered":%d,"total_recipients":%d,"failed_recipients":0`, id, len(to), len(to))
		say("INFO", "message_delivery", "delivery", fmt.Sprintf(`"delivery_time":"%s","status":"delivered","delivery_ip":"127.0.0.1","delivery_host":"127.0.0.1"`, end.UTC().Format(time.RFC3339)))
	}
}

// refusedAtElemta is a relay attempt or an unknown command.
func (w *World) refusedAtElemta(at time.Time) {
	s := w.connectElemta(at, pick(w, attackers))
	s.command("", "EHLO spammer.example")
	if w.chance(0.3) {
		s.refused("GET / HTTP/1.1", "500 5.5.2 Command not recognized")
		s.quit()
		return
	}
	s.command("mail_from_accepted", "MAIL FROM:<spammer@bad.example>")
	victim := pick(w, names) + "@elsewhere.example"
	s.say("WARN", "External relay denied - authentication not required but recipient is external domain", `"component":"session-commands","recipient":"%s"`, victim)
	s.refused("RCPT TO:<"+victim+">", "554 5.7.1 Relay access denied")
	s.quit()
}

// elemtaLogin is a customer who sends through Elemta.
func (w *World) elemtaLogin(at time.Time) {
	w.elemtaAuth(at, "192.0.2.44", w.address(elemtaDomains), w.chance(0.9))
}

func (w *World) elemtaAuth(at time.Time, ip, user string, success bool) {
	s := w.connectElemta(at, ip)
	level, status := "INFO", "success"
	if !success {
		level, status = "WARN", "failure"
	}
	s.say(level, "authentication", `"component":"auth-logging","component":"message-lifecycle","event_type":"authentication","session_id":"%s","username":"%s","client_ip":"%s","client_hostname":"","auth_method":"PLAIN","tls_active":false,"status":"%s","success":%t,"failure_reason":"","attempt_time":"%s"`, s.uuid, user, s.peer, status, success, s.at.UTC().Format(time.RFC3339))
	s.quit()
}
