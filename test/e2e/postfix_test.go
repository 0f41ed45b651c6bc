package e2e

import (
	"fmt"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// household is a private Postfix that delivers to a private Dovecot, both with
// everything they have in one folder.
type household struct {
	t                       *testing.T
	dir                     string
	mailLog, dovecotLog     string
	smtp, closed, elsewhere string // addresses: Postfix, nobody, a server of others
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	for _, name := range []string{"postfix", "dovecot"} {
		program(t, name)
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIP: Postfix and Dovecot start only as root")
	}
	for _, name := range []string{"postfix", "dovecot", "dovenull"} {
		if _, err := user.Lookup(name); err != nil {
			t.Skipf("SKIP: %v", err)
		}
	}
	dir := shortDir(t)
	h := &household{
		t: t, dir: dir, mailLog: filepath.Join(dir, "logs", "mail.log"), dovecotLog: filepath.Join(dir, "logs", "dovecot.log"),
		smtp: freeAddress(t), closed: freeAddress(t), elsewhere: startElsewhere(t),
	}
	write(t, h.mailLog, "")
	write(t, h.dovecotLog, "")
	h.startDovecot()
	h.startPostfix()
	return h
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (h *household) path(elem ...string) string {
	return filepath.Join(append([]string{h.dir}, elem...)...)
}

func (h *household) startDovecot() {
	h.t.Helper()
	dovecot := program(h.t, "dovecot")
	version, err := exec.Command(dovecot, "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "2.3.") {
		h.t.Skipf("SKIP: the configuration of this test is for Dovecot 2.3, here is %s (%v)", version, err)
	}
	owner, err := user.Lookup("mail")
	if err != nil {
		h.t.Skipf("SKIP: %v", err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	mail := h.path("mail")
	if err := os.Mkdir(mail, 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Chown(mail, uid, gid); err != nil {
		h.t.Fatal(err)
	}
	write(h.t, h.path("users"), fmt.Sprintf("ana@hostco.example::%[1]d:%[2]d::%[3]s/ana::\nbruno@hostco.example::%[1]d:%[2]d::%[3]s/bruno::\n", uid, gid, mail))
	config := h.path("dovecot.conf")
	write(h.t, config, fmt.Sprintf(`base_dir = %[1]s/dovecot
state_dir = %[1]s/dovecot-state
log_path = %[2]s
protocols = lmtp
ssl = no
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
auth_username_format = %%Lu
passdb {
  driver = passwd-file
  args = %[1]s/users
}
userdb {
  driver = passwd-file
  args = %[1]s/users
}
service lmtp {
  unix_listener %[1]s/lmtp {
    mode = 0666
  }
}
`, h.dir, h.dovecotLog))
	daemon(h.t, dovecot, "-F", "-c", config)
	eventually(h.t, 20*time.Second, "Dovecot's LMTP socket", func() bool {
		_, err := os.Stat(h.path("lmtp"))
		return err == nil
	})
}

// services are the daemons that this Postfix needs, as in its master.cf.
const services = `%s inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

func (h *household) startPostfix() {
	h.t.Helper()
	postfix := program(h.t, "postfix")
	config := h.path("postfix")
	for _, dir := range []string{config, h.path("queue"), h.path("lib")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			h.t.Fatal(err)
		}
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		h.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	if err := os.Chown(h.path("lib"), uid, 0); err != nil {
		h.t.Fatal(err)
	}
	write(h.t, filepath.Join(config, "master.cf"), fmt.Sprintf(services, h.smtp))
	write(h.t, filepath.Join(config, "main.cf"), fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/lib
maillog_file = %[2]s
maillog_file_prefixes = %[1]s
myhostname = mx1.hostco.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_sender_restrictions = inline:{{spammer@bad.example=REJECT 5.7.1 Go away}}
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_tls_security_level = none
alias_maps =
virtual_mailbox_domains = hostco.example
virtual_mailbox_maps = inline:{ana@hostco.example=x, bruno@hostco.example=x, ghost@hostco.example=x}
virtual_transport = lmtp:unix:%[1]s/lmtp
transport_maps = inline:{{down.example = smtp:[%[3]s]:%[4]s}, {void.example = discard:by policy}}
default_transport = smtp:[%[5]s]:%[6]s
`, h.dir, h.mailLog, hostOf(h.closed), portOf(h.closed), hostOf(h.elsewhere), portOf(h.elsewhere)))
	if out, err := exec.Command(postfix, "-c", config, "start").CombinedOutput(); err != nil {
		text, _ := os.ReadFile(h.mailLog)
		h.t.Fatalf("starting postfix: %v\n%s\n%s", err, out, text)
	}
	h.t.Cleanup(func() {
		if out, err := exec.Command(postfix, "-c", config, "stop").CombinedOutput(); err != nil {
			h.t.Logf("stopping postfix: %v\n%s", err, out)
		}
		if h.t.Failed() {
			text, _ := os.ReadFile(h.mailLog)
			h.t.Logf("mail.log:\n%s", text[max(0, len(text)-8000):])
			text, _ = os.ReadFile(h.dovecotLog)
			h.t.Logf("dovecot.log:\n%s", text[max(0, len(text)-4000):])
		}
	})
}

func hostOf(address string) string { host, _, _ := net.SplitHostPort(address); return host }
func portOf(address string) string { _, port, _ := net.SplitHostPort(address); return port }

// send gives one message to Postfix. It returns the server's refusal.
func (h *household) send(from string, to []string, id string) error {
	h.t.Helper()
	c, err := smtp.Dial(h.smtp)
	if err != nil {
		h.t.Fatal(err)
	}
	defer c.Close()
	if err := c.Hello("client.partner.example"); err != nil {
		h.t.Fatal(err)
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, r := range to {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s>\r\nSubject: test\r\n\r\nHello\r\n", from, to[0], id); err != nil {
		h.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// TestPostfixAndDovecot sends mail through a real Postfix and a real Dovecot
// while Rastro follows their logs.
func TestPostfixAndDovecot(t *testing.T) {
	t.Parallel()
	h := newHousehold(t)
	s := serve(t, filepath.Join(t.TempDir(), "data"), fmt.Sprintf("sources: [{paths: [%q], host: mx1}]", filepath.Join(h.dir, "logs", "*.log")))
	const sender = "Joe@Partner.Example"
	for id, to := range map[string][]string{
		"here@t":   {"Ana@hostco.example", "bruno@hostco.example"},
		"out@t":    {"sue@partner.example"},
		"nobody@t": {"nobody@partner.example"},
		"later@t":  {"later@partner.example"},
		"down@t":   {"x@down.example"},
		"ghost@t":  {"ghost@hostco.example"},
		"void@t":   {"x@void.example"},
	} {
		if err := h.send(sender, to, id); err != nil {
			t.Fatalf("%s was not accepted: %v", id, err)
		}
	}
	if err := h.send(sender, []string{"missing@hostco.example"}, "refused@t"); err == nil || !strings.Contains(err.Error(), "5.1.1") {
		t.Errorf("unknown recipients are not refused: %v", err)
	}
	if err := h.send("spammer@bad.example", []string{"ana@hostco.example"}, "spam@t"); err == nil {
		t.Error("the spammer is not refused")
	}
	h.checkDeliveries(s, strings.ToLower(sender))
	h.checkRefusals(s, strings.ToLower(sender))
	h.checkSessions(s)
	for _, e := range s.hits("event_type:unparsed OR tags:* OR NOT host:mx1", "size=1000") {
		if !e.tagged("_repeated") {
			t.Errorf("not understood: %v", e)
		}
	}
}

// fate is what must be found about a recipient.
type fate struct{ id, recipient, status, dsn, relay, port, code, reply string }

func (h *household) checkDeliveries(s *server, sender string) {
	t := h.t
	t.Helper()
	for _, f := range []fate{
		{"here@t", "ana@hostco.example", "delivered", "2.0.0", "mx1.hostco.example", "", "250", "Saved"},
		{"here@t", "bruno@hostco.example", "delivered", "2.0.0", "mx1.hostco.example", "", "250", "Saved"},
		{"out@t", "sue@partner.example", "delivered", "2.0.0", hostOf(h.elsewhere), portOf(h.elsewhere), "250", "queued as 4XyZ12ABcd"},
		{"nobody@t", "nobody@partner.example", "bounced", "5.1.1", hostOf(h.elsewhere), portOf(h.elsewhere), "550", "User unknown"},
		{"later@t", "later@partner.example", "deferred", "4.7.1", hostOf(h.elsewhere), portOf(h.elsewhere), "451", "Greylisted"},
		{"down@t", "x@down.example", "deferred", "4.4.1", "", "", "", "Connection refused"},
		{"ghost@t", "ghost@hostco.example", "bounced", "5.1.1", "mx1.hostco.example", "", "550", "User doesn't exist"},
		{"void@t", "x@void.example", "discarded", "2.0.0", "", "", "", "by policy"},
	} {
		// As a person would: from the Message-ID to the queue id, then what
		// became of it.
		q := fmt.Sprintf("message_id:%q AND component:cleanup", f.id)
		s.await(q, 1)
		queueID := s.hits(q, "")[0].text("queue_id")
		q = fmt.Sprintf("queue_id:%s AND event_type:message_delivery AND recipient:%q", queueID, f.recipient)
		s.await(q, 1)
		e := s.hits(q, "")[0]
		for field, want := range map[string]string{"status": f.status, "dsn": f.dsn, "relay_host": f.relay, "relay_port": f.port, "smtp_code": f.code} {
			if e.text(field) != want {
				t.Errorf("%s to %s: %s is %q, want %q: %s", f.id, f.recipient, field, e.text(field), want, e.text("message"))
			}
		}
		if !strings.Contains(e.text("reply"), f.reply) {
			t.Errorf("%s to %s: reply is %q, want %q", f.id, f.recipient, e.text("reply"), f.reply)
		}
		if e.text("delay") == "" || e.text("delay_queue") == "" {
			t.Errorf("%s to %s: no delays: %s", f.id, f.recipient, e.text("message"))
		}
		if n := s.count(fmt.Sprintf("queue_id:%s AND sender:%q", queueID, sender)); n == 0 {
			t.Errorf("%s: nothing about %s names the sender", f.id, queueID)
		}
		if n := s.count(fmt.Sprintf("queue_id:%s AND client_ip:127.0.0.0/8", queueID)); n != 1 {
			t.Errorf("%s: %d events about %s name the client", f.id, n, queueID)
		}
	}
	if e := s.hits(`recipient:"sue@partner.example" AND status:delivered`, ""); len(e) != 1 || e[0].text("remote_queue_id") != "4XyZ12ABcd" {
		t.Errorf("the receipt of the other server is not found: %v", e)
	}
}

func (h *household) checkRefusals(s *server, sender string) {
	t := h.t
	t.Helper()
	for _, f := range []fate{
		{id: sender, recipient: "missing@hostco.example", dsn: "5.1.1", code: "550", reply: "Recipient address rejected"},
		{id: "spammer@bad.example", recipient: "ana@hostco.example", dsn: "5.7.1", code: "554", reply: "Go away"},
	} {
		q := fmt.Sprintf("event_type:message_rejection AND status:rejected AND sender:%q AND recipient:%q", f.id, f.recipient)
		s.await(q, 1)
		e := s.hits(q, "")[0]
		for field, want := range map[string]string{"dsn": f.dsn, "smtp_code": f.code, "client_ip": "127.0.0.1", "helo": "client.partner.example", "smtp_stage": "RCPT"} {
			if e.text(field) != want {
				t.Errorf("refused %s: %s is %q, want %q: %s", f.recipient, field, e.text(field), want, e.text("message"))
			}
		}
		if !strings.Contains(e.text("reply"), f.reply) {
			t.Errorf("refused %s: reply is %q, want %q", f.recipient, e.text("reply"), f.reply)
		}
	}
}

// checkSessions goes from Postfix's delivery to what Dovecot did with it.
func (h *household) checkSessions(s *server) {
	t := h.t
	t.Helper()
	for _, recipient := range []string{"ana@hostco.example", "bruno@hostco.example"} {
		delivered := s.hits(fmt.Sprintf("program:postfix* AND recipient:%q AND status:delivered", recipient), "")
		if len(delivered) != 1 || delivered[0].text("session_id") == "" {
			t.Errorf("no session id in %v", delivered)
			continue
		}
		q := fmt.Sprintf("program:dovecot* AND session_id:%q AND recipient:%q AND status:delivered", delivered[0].text("session_id"), recipient)
		s.await(q, 1)
		e := s.hits(q, "")[0]
		if e.text("message_id") != "<here@t>" || e.text("folder") != "INBOX" {
			t.Errorf("Dovecot's delivery: %v", e)
		}
	}
}
