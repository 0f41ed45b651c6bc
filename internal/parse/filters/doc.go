// Package filters reads what the programs say that judge mail for a server:
// spam and virus filters, signers and verifiers, greylisting and other policy
// servers, and the login checks of PAM and the bans of fail2ban beside them.
//
// In comes the text of one line without its envelope (event.Record), out go the
// facts it states, added to an event. One line is read on its own: the package
// keeps no state, never looks at a clock, joins no two lines and decides
// nothing about a message's fate that the line does not say.
//
// One file per family of programs, and the component of their events:
//
//	amavis.go      amavis                                    amavisd, amavisd-new
//	rspamd.go      rspamd                                    own file, syslog, systemd, JSON
//	spamd.go       spamassassin, spampd, spamass-milter
//	dkim.go        opendkim, opendmarc, openarc, dkimproxy, authentication_milter
//	spf.go         policyd-spf                               Python and Perl, the milter too
//	greylist.go    postgrey, sqlgrey, milter-greylist
//	policy.go      postfwd, policyd, policyd-weight
//	clamav.go      clamav, clamsmtp
//	guard.go       fail2ban
//
// What the lines become:
//
//	a verdict on a message, a client or a sender    content_check
//	amavis handing a message on or releasing it     queue_processing
//	a login that PAM checked for a mail service     authentication
//	what a program calls an error                   error
//	all others                                      system
//
// A status stands only where the line says what became of the mail: amavis
// "Blocked" with the action it took, and answers of a policy server that refuse
// (rejected, also for 4xx). Greylisting has the verdict "greylist" and no
// status, as the server's own line says what was answered. The verdicts of
// amavis are its categories in lower case; those of rspamd are its actions;
// spamd's are spam and clean; ClamAV's infected and clean; policy servers' are
// pass, greylist, defer, ratelimit and reject.
//
// Fields beyond the table: spam_required, spam_symbols (names of the rules that
// hit, at most 100), spam_forced, scan_ms, quarantine (where the copy is),
// mail_id, banned, actions (amavis's own list), origin_ip, greylist_reason,
// greylist_delay (seconds), dkim_domain, dkim_selector, dmarc_domain, spf_domain,
// spf_identity, rule, module, jail, action, service.
package filters
