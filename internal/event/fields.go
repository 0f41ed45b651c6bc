package event

// table holds one entry per Field, in the order of the constants. It is the
// only list of fields: docs/fields.md, the configuration's field help and the
// API's mappings are generated from it.
var table = [FieldCount]Info{
	NoField: {Field: NoField, Name: ""},

	Timestamp:  {Field: Timestamp, Name: "@timestamp", Kind: Time, Meaning: "When it happened, as the line says, in UTC.", Aliases: []string{"timestamp", "time", "log_timestamp"}},
	ReceivedAt: {Field: ReceivedAt, Name: "received_at", Kind: Time, Meaning: "When Rastro got the line, by its own clock, in UTC.", Aliases: []string{"event.ingested", "event.created"}},
	Message:    {Field: Message, Name: "message", Kind: Text, Meaning: "The raw line, secrets redacted.", Aliases: []string{"event.original", "_raw", "line"}},
	LogMessage: {Field: LogMessage, Name: "log_message", Kind: Text, Meaning: "The program's own text, without the envelope around it.", Aliases: []string{"msg"}},

	Host:      {Field: Host, Name: "host", Kind: Keyword, Fold: true, Meaning: "The machine that wrote the line.", Aliases: []string{"host.name", "hostname", "host.hostname", "logsource"}},
	Program:   {Field: Program, Name: "program", Kind: Keyword, Fold: true, Meaning: "The program that wrote the line, such as postfix/smtpd.", Aliases: []string{"process.name", "appname", "app_name", "syslog_identifier", "syslog.identifier", "service_name"}},
	PID:       {Field: PID, Name: "pid", Kind: Integer, Meaning: "The process id.", Aliases: []string{"process.pid", "procid"}},
	Component: {Field: Component, Name: "component", Kind: Keyword, Fold: true, Meaning: "The part of the program, such as queue-processor.", Aliases: []string{"log_component", "log.logger"}},
	Dialect:   {Field: Dialect, Name: "dialect", Kind: Keyword, Fold: true, Meaning: "The way of writing the line was read as: postfix, dovecot, exim, opensmtpd, sendmail, sasl, filters, elemta; absent where none fits.", Aliases: []string{"event.module"}},
	Level:     {Field: Level, Name: "level", Kind: Keyword, Fold: true, Meaning: "Severity in upper case: DEBUG, INFO, WARN, ERROR, FATAL.", Aliases: []string{"log.level", "log_level", "severity", "loglevel"}},
	IsError:   {Field: IsError, Name: "is_error", Kind: Bool, Meaning: "True where the line reports an error.", Aliases: []string{}},
	EventType: {Field: EventType, Name: "event_type", Kind: Keyword, Fold: true, Multi: true, Meaning: "What kind of thing happened; see the list of event types. A message that came by a login has two: its own first, then authentication.", Aliases: []string{"event.action", "event.category"}},

	QueueID:       {Field: QueueID, Name: "queue_id", Kind: Keyword, Multi: true, Meaning: "The server's own id of the message in its queue.", Aliases: []string{"postfix_queueid", "queueid", "qid", "email.local_id"}},
	MessageID:     {Field: MessageID, Name: "message_id", Kind: Keyword, Multi: true, Meaning: "The Message-ID header with its angle brackets; a query matches the queue id too, with or without brackets.", Aliases: []string{"postfix_message-id", "postfix_message_id", "email.message_id", "msgid", "header_message_id"}},
	SessionID:     {Field: SessionID, Name: "session_id", Kind: Keyword, Multi: true, Meaning: "The id of the SMTP, LMTP, IMAP or POP3 session.", Aliases: []string{"connection_id", "dovecot_session"}},
	ParentQueueID: {Field: ParentQueueID, Name: "parent_queue_id", Kind: Keyword, Multi: true, Meaning: "The queue id this message came from (re-injection, bounce, requeue).", Aliases: []string{"orig_queue_id", "orig_id", "postfix_orig_queueid"}},
	NextQueueID:   {Field: NextQueueID, Name: "next_queue_id", Kind: Keyword, Multi: true, Meaning: "The queue id this message continues as on a host of ours.", Aliases: []string{"child_queue_id", "queued_as"}},
	RemoteQueueID: {Field: RemoteQueueID, Name: "remote_queue_id", Kind: Keyword, Multi: true, Meaning: "The id the receiving server gave in its reply (the receipt).", Aliases: []string{"postfix_relay_queueid"}},

	Sender:                  {Field: Sender, Name: "sender", Kind: Keyword, Fold: true, Multi: true, Meaning: "The envelope sender in lower case; <> for the null sender.", Aliases: []string{"mail_from", "from", "from_envelope", "postfix_from", "email.from.address", "envelope_from"}},
	SenderDomain:            {Field: SenderDomain, Name: "sender_domain", Kind: Keyword, Fold: true, Multi: true, Meaning: "The part of sender after the last @.", Aliases: []string{"from_domain"}},
	Recipient:               {Field: Recipient, Name: "recipient", Kind: Keyword, Fold: true, Multi: true, Meaning: "The envelope recipients in lower case.", Aliases: []string{"mail_to", "rcpt_to", "to", "to_envelope", "recipients", "postfix_to", "email.to.address", "envelope_to"}},
	RecipientDomain:         {Field: RecipientDomain, Name: "recipient_domain", Kind: Keyword, Fold: true, Multi: true, Meaning: "The part of recipient after the last @.", Aliases: []string{"to_domain"}},
	OriginalRecipient:       {Field: OriginalRecipient, Name: "original_recipient", Kind: Keyword, Fold: true, Multi: true, Meaning: "The recipient as given, before aliases and forwards.", Aliases: []string{"orig_to", "postfix_orig_to"}},
	OriginalRecipientDomain: {Field: OriginalRecipientDomain, Name: "original_recipient_domain", Kind: Keyword, Fold: true, Multi: true, Meaning: "The part of original_recipient after the last @.", Aliases: []string{}},

	Connection: {Field: Connection, Name: "connection", Kind: Keyword, Fold: true, Meaning: "opened in the one line with which a mail server tells that a client has connected.", Aliases: []string{}},
	ClientIP:   {Field: ClientIP, Name: "client_ip", Kind: IP, Fold: true, Meaning: "The address of the peer that talks to us.", Aliases: []string{"source.ip", "client.ip", "postfix_client_ip", "source_ip", "remote_ip", "rip"}},
	ClientPort: {Field: ClientPort, Name: "client_port", Kind: Integer, Meaning: "The port of the peer that talks to us.", Aliases: []string{"source.port", "client.port", "postfix_client_port"}},
	ClientHost: {Field: ClientHost, Name: "client_host", Kind: Keyword, Fold: true, Meaning: "The name of the peer that talks to us, as the server found it.", Aliases: []string{"client_hostname", "postfix_client_hostname", "source.domain", "client.domain", "client_name"}},
	Helo:       {Field: Helo, Name: "helo", Kind: Keyword, Fold: true, Meaning: "The name the peer gave in HELO or EHLO.", Aliases: []string{"postfix_helo", "ehlo", "helo_name"}},
	GeoCountry: {Field: GeoCountry, Name: "geo_country", Kind: Keyword, Fold: true, Meaning: "Country code of client_ip.", Aliases: []string{"source.geo.country_iso_code", "geoip.country_code2"}},
	GeoCity:    {Field: GeoCity, Name: "geo_city", Kind: Keyword, Fold: true, Meaning: "City of client_ip.", Aliases: []string{"source.geo.city_name", "geoip.city_name"}},
	ASName:     {Field: ASName, Name: "as_name", Kind: Keyword, Fold: true, Meaning: "Network operator of client_ip.", Aliases: []string{"source.as.organization.name", "geoip.as_org"}},

	RelayHost: {Field: RelayHost, Name: "relay_host", Kind: Keyword, Fold: true, Meaning: "The name of the server we talk to, or local, none, a transport.", Aliases: []string{"destination.domain", "postfix_relay_hostname", "delivery_host", "delivery_server", "relay"}},
	RelayIP:   {Field: RelayIP, Name: "relay_ip", Kind: IP, Fold: true, Meaning: "The address of the server we talk to.", Aliases: []string{"destination.ip", "postfix_relay_ip", "delivery_ip"}},
	RelayPort: {Field: RelayPort, Name: "relay_port", Kind: Integer, Meaning: "The port of the server we talk to.", Aliases: []string{"destination.port", "postfix_relay_port"}},

	SMTPCommand: {Field: SMTPCommand, Name: "smtp_command", Kind: Keyword, Fold: true, Meaning: "The SMTP verb in upper case.", Aliases: []string{"postfix_smtp_command"}},
	CommandData: {Field: CommandData, Name: "command_data", Kind: Text, Meaning: "What followed the verb, secrets redacted.", Aliases: []string{}},
	SMTPStage:   {Field: SMTPStage, Name: "smtp_stage", Kind: Keyword, Fold: true, Meaning: "The stage of the dialogue: CONNECT, EHLO, MAIL, RCPT, DATA, END-OF-MESSAGE.", Aliases: []string{"postfix_smtp_stage"}},
	SMTPCode:    {Field: SMTPCode, Name: "smtp_code", Kind: Integer, Meaning: "The three-digit SMTP reply code.", Aliases: []string{"reply_code", "postfix_status_code"}},
	DSN:         {Field: DSN, Name: "dsn", Kind: Keyword, Meaning: "The enhanced status code, such as 5.1.1 (RFC 3463).", Aliases: []string{"postfix_dsn", "enhanced_code", "postfix_status_code_enhanced"}},
	Reply:       {Field: Reply, Name: "reply", Kind: Text, Meaning: "The text of the SMTP answer or of the failure.", Aliases: []string{"response", "lmtp_response", "error", "postfix_status_message", "error_reason", "bounce_reason", "failure_reason", "deferral_reason", "rejection_reason"}},

	Status: {Field: Status, Name: "status", Kind: Keyword, Fold: true, Meaning: "Where the recipient's copy is: accepted, delivered, deferred, bounced, expired, rejected, discarded, held, quarantined, forwarded.", Aliases: []string{"postfix_status"}},
	Reason: {Field: Reason, Name: "reason", Kind: Keyword, Fold: true, Meaning: "Why: a class of the reply dictionary, such as user_unknown.", Aliases: []string{}},

	Delay:         {Field: Delay, Name: "delay", Kind: Number, Meaning: "Seconds from arrival to this delivery attempt.", Aliases: []string{"postfix_delay"}},
	DelayQueue:    {Field: DelayQueue, Name: "delay_queue", Kind: Number, Meaning: "Seconds spent in the queue before the attempt.", Aliases: []string{"postfix_delay_in_qmgr", "postfix_delay_before_qmgr"}},
	DelayConnect:  {Field: DelayConnect, Name: "delay_connect", Kind: Number, Meaning: "Seconds spent on connecting.", Aliases: []string{"postfix_delay_conn_setup"}},
	DelayTransmit: {Field: DelayTransmit, Name: "delay_transmit", Kind: Number, Meaning: "Seconds spent on transmission.", Aliases: []string{"postfix_delay_transmission"}},
	Attempt:       {Field: Attempt, Name: "attempt", Kind: Integer, Meaning: "Number of the delivery attempt, 1 for the first.", Aliases: []string{}},
	NextRetry:     {Field: NextRetry, Name: "next_retry", Kind: Time, Meaning: "When the server will try again.", Aliases: []string{}},

	Subject:        {Field: Subject, Name: "subject", Kind: Text, Meaning: "The Subject header where the log has it.", Aliases: []string{"email_subject", "email.subject"}},
	Size:           {Field: Size, Name: "size", Kind: Integer, Meaning: "Size of the message in bytes.", Aliases: []string{"postfix_size", "message_size"}},
	RecipientCount: {Field: RecipientCount, Name: "recipient_count", Kind: Integer, Meaning: "Number of envelope recipients.", Aliases: []string{"nrcpt", "postfix_nrcpt", "to_count", "total_recipients"}},
	Folder:         {Field: Folder, Name: "folder", Kind: Keyword, Fold: true, Meaning: "The mailbox folder it was stored in.", Aliases: []string{"mailbox"}},

	Username:   {Field: Username, Name: "username", Kind: Keyword, Fold: true, Meaning: "Who logged in or tried to.", Aliases: []string{"user.name", "sasl_username", "postfix_sasl_username", "user"}},
	AuthMethod: {Field: AuthMethod, Name: "auth_method", Kind: Keyword, Fold: true, Meaning: "The mechanism: PLAIN, LOGIN, CRAM-MD5.", Aliases: []string{"sasl_method", "postfix_sasl_method"}},
	Success:    {Field: Success, Name: "success", Kind: Bool, Meaning: "True where the login or command succeeded.", Aliases: []string{}},

	TLSVersion:  {Field: TLSVersion, Name: "tls_version", Kind: Keyword, Fold: true, Meaning: "The protocol version of an encrypted connection.", Aliases: []string{"tls.version", "postfix_tls_version"}},
	TLSCipher:   {Field: TLSCipher, Name: "tls_cipher", Kind: Keyword, Fold: true, Meaning: "The cipher of an encrypted connection.", Aliases: []string{"tls.cipher", "postfix_tls_cipher"}},
	SpamScore:   {Field: SpamScore, Name: "spam_score", Kind: Number, Meaning: "The spam filter's score.", Aliases: []string{}},
	SpamVerdict: {Field: SpamVerdict, Name: "spam_verdict", Kind: Keyword, Fold: true, Meaning: "The spam filter's verdict or action.", Aliases: []string{}},
	VirusName:   {Field: VirusName, Name: "virus_name", Kind: Keyword, Fold: true, Meaning: "The virus that was found.", Aliases: []string{}},
	SPF:         {Field: SPF, Name: "spf", Kind: Keyword, Fold: true, Meaning: "Result of the SPF check.", Aliases: []string{}},
	DKIM:        {Field: DKIM, Name: "dkim", Kind: Keyword, Fold: true, Meaning: "Result of the DKIM check.", Aliases: []string{}},
	DMARC:       {Field: DMARC, Name: "dmarc", Kind: Keyword, Fold: true, Meaning: "Result of the DMARC check.", Aliases: []string{}},

	Customer: {Field: Customer, Name: "customer", Kind: Keyword, Fold: true, Meaning: "The tenant, from the table of domains and servers.", Aliases: []string{"tenant", "organization.name"}},
	Tags:     {Field: Tags, Name: "tags", Kind: Keyword, Fold: true, Multi: true, Meaning: "Marks of what was odd about the line; see the list of marks.", Aliases: []string{}},

	Source:   {Field: Source, Name: "source", Kind: Keyword, Meaning: "Where the line came from: a file's path or a sender's name.", Aliases: []string{"log.file.path", "filename", "path"}},
	SourceID: {Field: SourceID, Name: "source_id", Kind: Keyword, Meaning: "The stable identity of the source: the same for a renamed file, another for a replaced one.", Aliases: []string{}},
	Offset:   {Field: Offset, Name: "offset", Kind: Integer, Meaning: "Where the line starts in its source, in bytes.", Aliases: []string{"log.offset"}},
	EventID:  {Field: EventID, Name: "event_id", Kind: Keyword, Meaning: "The event's stable id: the sender's own, or source_id and offset.", Aliases: []string{"_id", "event.id"}},
	Index:    {Field: Index, Name: "index", Kind: Keyword, Meaning: "The index that a client of the Elasticsearch-shaped API wrote the event to; absent where that is the index of its day.", Aliases: []string{"_index"}},
}
