package elemta

import (
	"strings"

	"rastro/internal/event"
)

// role says what a key means, whatever message it stands in.
type role uint8

const (
	roleUnknown    role = iota // kept in Extra, renamed where a field has that name
	roleExtra                  // kept in Extra under its own name
	roleClash                  // kept in Extra under a name of our own
	roleHead                   // time, level, msg and component: read before the rest
	roleSession                // an id of the session
	roleClient                 // the peer as address:port
	roleClientHost             // the peer's name; Elemta writes address:port
	roleHost                   // our own name
	roleMessageID              // a header Message-ID or a queue id
	roleLocalID                // the id that Elemta of 2025 gave to the client
	roleSender                 // one envelope sender
	roleRecipient              // one or several envelope recipients, or their number
	roleCount                  // number of recipients
	roleSubject                //
	roleSize                   //
	roleUser                   // who logged in or tried to
	roleMethod                 // of authentication
	roleSuccess                //
	roleReply                  // an answer, error or reason; the best one becomes reply
	roleReason                 // a reason in queue lines, something else elsewhere
	roleDelay                  // milliseconds since arrival
	roleDelayQueue             // milliseconds in the queue
	roleRetry                  // number of earlier attempts
	roleNextRetry              //
	roleServer                 // the peer we talk to as address:port
	roleRelayIP                //
	roleRelayHost              //
	roleCommand                // an SMTP command as the client sent it
	roleArguments              // what followed the verb
	roleStatus                 //
	roleScore                  // of spam
	rolePattern                // what a content check found
	roleSecret                 // never stored
	roleBody                   // text of the mail: never stored
)

// roles names the keys that Elemta is known to write.
var roles = map[string]role{
	"time": roleHead, "level": roleHead, "msg": roleHead, "component": roleHead,
	"session_id": roleSession, "connection_id": roleSession,
	"remote_addr": roleClient, "client_ip": roleClient, "ip_address": roleClient, "ip": roleClient, "client_addr": roleClient,
	"client_hostname": roleClientHost, "hostname": roleHost,
	"message_id": roleMessageID, "queue_id": roleMessageID, "id": roleLocalID,
	"from": roleSender, "mail_from": roleSender, "from_envelope": roleSender,
	"to": roleRecipient, "to_envelope": roleRecipient, "rcpt_to": roleRecipient, "recipient": roleRecipient, "recipients": roleRecipient,
	"recipient_count": roleCount, "to_count": roleCount, "total_recipients": roleCount,
	"subject": roleSubject, "message_subject": roleSubject,
	"size": roleSize, "message_size": roleSize,
	"username": roleUser, "auth_method": roleMethod, "method": roleMethod, "success": roleSuccess,
	"response": roleReply, "error": roleReply, "failure_reason": roleReply, "bounce_reason": roleReply,
	"deferral_reason": roleReply, "rejection_reason": roleReply, "reason": roleReason,
	"total_delay_ms": roleDelay, "queue_delay_ms": roleDelayQueue,
	"retry_count": roleRetry, "next_retry": roleNextRetry,
	"server": roleServer, "delivery_ip": roleRelayIP, "delivery_host": roleRelayHost,
	"command": roleCommand, "parameters": roleArguments, "args": roleArguments,
	"status": roleStatus, "spam_score": roleScore, "score": roleScore, "pattern": rolePattern,

	"authData": roleSecret, "auth_data": roleSecret, "hexBytes": roleSecret, "stringData": roleSecret, "password": roleSecret,
	"sanitized_input": roleBody, "content_preview": roleBody, "line": roleBody,

	"event_type": roleClash, "host": roleClash, "message": roleClash, "timestamp": roleClash, "path": roleClash,

	"service": roleExtra, "duration": roleExtra, "phase": roleExtra, "authenticated": roleExtra, "tls_active": roleExtra,
	"active_connections": roleExtra, "declared_size": roleExtra, "server_ip": roleExtra, "greeting": roleExtra,
	"max_size": roleExtra, "max_age": roleExtra, "max_failures": roleExtra, "requests": roleExtra,
	"bytes_sent": roleExtra, "bytes_received": roleExtra, "data_transfer_mode": roleExtra, "total_lines": roleExtra,
	"total_bytes": roleExtra, "session_memory_limit": roleExtra, "memory_utilization_pct": roleExtra,
	"suspicious_patterns": roleExtra, "priority": roleExtra, "queue_type": roleExtra, "enqueue_time": roleExtra,
	"reception_time": roleExtra, "processing_delay_ms": roleExtra, "processing_time_ms": roleExtra,
	"virus_scanned": roleExtra, "virus_found": roleExtra, "spam_scanned": roleExtra, "delivered": roleExtra,
	"failed_recipients": roleExtra, "delivery_method": roleExtra, "delivery_time": roleExtra, "total_errors": roleExtra,
	"from_state": roleExtra, "to_state": roleExtra, "failure_count": roleExtra, "attempt_time": roleExtra,
	"state": roleExtra, "count": roleExtra, "passwordLength": roleExtra, "size_param": roleExtra,
}

// clashNames are the names in Extra of keys that a canonical field or one of
// its aliases is called by, so that a query for the field never meets them.
var clashNames = map[string]string{
	"event_type": "elemta_event_type", "status": "elemta_status", "client_hostname": "elemta_client_hostname",
	"error": "elemta_error", "response": "elemta_response", "spam_score": "elemta_spam_score",
	"next_retry": "elemta_next_retry", "username": "elemta_username", "message": "elemta_message",
	"timestamp": "elemta_timestamp", "host": "elemta_host", "path": "elemta_path", "reason": "elemta_reason",
	"message_id": "elemta_message_id", "recipients": "elemta_recipients",
}

// extraName returns the name under which a key may stand in Extra.
func extraName(key string) string {
	if name, ok := clashNames[key]; ok {
		return name
	}
	if f, _ := event.Lookup(key); f != event.NoField || key == "" {
		return "elemta_" + key
	}
	return key
}

// secretWords mark a key as secret wherever they stand in it.
var secretWords = []string{"password", "passwd", "secret", "credential", "private_key", "api_key", "apikey", "token"}

// isSecretKey tells whether the value of key must not be stored.
func isSecretKey(key string) bool {
	if r, ok := roles[key]; ok {
		return r == roleSecret
	}
	lower := strings.ToLower(key)
	for _, w := range secretWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}
