package elemta

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

var answers = regexp.MustCompile(`"command":"AUTH PLAIN ([A-Za-z0-9+/=]+)|"authData":"([A-Za-z0-9+/=]+)"`)

// secretsIn finds every answer to AUTH in a log, in all the ways in which it is
// written, and the passwords inside.
func secretsIn(t *testing.T, log string) map[string]bool {
	t.Helper()
	secrets := map[string]bool{}
	for _, m := range answers.FindAllStringSubmatch(log, -1) {
		blob := m[1] + m[2]
		plain, err := base64.StdEncoding.DecodeString(blob)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(plain), "\x00")
		if len(parts) != 3 {
			t.Fatalf("odd answer %q", plain)
		}
		secrets[blob] = true
		secrets[strings.ToUpper(blob)] = true
		secrets[hex.EncodeToString(plain)] = true
		if !strings.HasPrefix(parts[1], parts[2]) { // root's password is root
			secrets[parts[2]] = true
		}
	}
	return secrets
}

// TestNoSecrets looks for passwords and text of mails in everything that would
// be stored of real logs.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	bodies := []string{"EICAR-STANDARD", "DROP TABLE", "his is a test", "hello,", "Hello,", "xxxxxxxxxx", "XXXXXXXXXX", "Maria P."}
	for _, name := range []string{"server.log.gz", "debug.log.gz", "legacy.log"} {
		secrets := secretsIn(t, strings.Join(parsetest.Lines(t, name), "\n"))
		if len(secrets) < 4 {
			t.Fatalf("%s: only %d secrets found", name, len(secrets))
		}
		for _, body := range bodies {
			secrets[body] = true
		}
		for _, p := range parseFile(t, name) {
			stored := p.json(t) + p.hidden(p.raw)
			for secret := range secrets {
				if strings.Contains(stored, secret) {
					t.Errorf("%s: %q is stored: %s", name, secret, stored)
				}
			}
		}
	}
}

// TestSecrets checks what must vanish and what must stay.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const head = `{"time":"2026-11-23T00:00:00Z","level":"WARN","msg":"`
	tests := []struct{ name, line, secret, stays string }{
		{"short answer", head + `received command","component":"smtp-session","command":"AUTH PLAIN AGE="}`, `AGE=`, "smtp-session"},
		{"bare answer", head + `SMTP command processed","command":"c2VjcmV0\\x0D\\x0A","success":false,"response":"500 5.5.2 Invalid"}`, "c2VjcmV0", "500 5.5.2"},
		{"word as mechanism", head + `SMTP command processed","command":"AUTH c2VjcmV0c2VjcmV0","success":false}`, "c2VjcmV0c2VjcmV0", "AUTH"},
		{"password as user", head + `authentication","component":"message-lifecycle","username":"hunter2","success":false}`, "hunter2", "message-lifecycle"},
		{"known user", head + `authentication","username":"postmaster","success":false}`, "\x00", `"username":"postmaster"`},
		{"user who is in", head + `authentication","username":"carla","success":true}`, "\x00", `"username":"carla"`},
		{"sentence with a verb", head + `SMTP command processed","command":"Mail me the invoice of clinic X\\x0D\\x0A","success":false,"response":"501 x"}`, "clinic", "501 x"},
		{"sentence with another", head + `SMTP command processed","command":"DATA of the patient\\x0D\\x0A","success":false,"response":"501 x"}`, "patient", "501 x"},
		{"arguments of AUTH", head + `Processing AUTH command","command":"AUTH","args":"PLAIN AGNhcmxhAHB3"}`, "AGNhcmxhAHB3", "AUTH"},
		{"nested", head + `x","config":{"users":[{"password":"pw1"}],"port":25}}`, "pw1", `"port":25`},
		{"unknown key", head + `x","db_password":"pw1","passwordLength":3}`, "pw1", `"passwordLength":3`},
		{"configuration", `password = "hunter2" # for the database`, "hunter2", "database"},
		{"configuration with URL", `datasource = "postgres://elemta:hunter2@db/mail"`, "hunter2", "datasource"},
		{"plugin in plain text", `2026/11/23 00:23:44 InitBuiltinPlugins called with: pluginConfig=map[db:map[password:hunter2 host:db]]`, "hunter2", "host:db"},
		{"second half of a line", `ommand":"AUTH PLAIN AGNhcmxhAHNlY3JldA==\\x0D\\x0A","success":true}`, "AGNhcmxhAHNlY3JldA", "success"},
		{"old prefix", `SMTP: 2024-01-15 10:30:46 AUTH PLAIN AGNhcmxhAHNlY3JldA==`, "AGNhcmxhAHNlY3JldA", "AUTH PLAIN"},
		{"logfmt", `time=2026-11-22T19:29:27.487-05:00 level=INFO msg=x password=hunter2 n=1`, "hunter2", "n=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := parseLine(tt.line)
			stored := p.json(t) + p.hidden(p.raw)
			if strings.Contains(stored, tt.secret) {
				t.Errorf("%q is stored: %s", tt.secret, stored)
			}
			if !strings.Contains(stored, tt.stays) {
				t.Errorf("%q is gone: %s", tt.stays, stored)
			}
		})
	}
}

// TestSecretsInsideEnvelope: a container log holds the line as a JSON string.
func TestSecretsInsideEnvelope(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		`{"time":"2026-11-23T00:00:00Z","level":"WARN","msg":"authentication","username":"hunter2","success":false}`,
		`{"time":"2026-11-23T00:00:00Z","level":"DEBUG","msg":"AUTH PLAIN decoded data","stringData":"\u0000a@b.example\u0000hunter2"}`,
	} {
		wrapped, err := json.Marshal(map[string]string{"log": line})
		if err != nil {
			t.Fatal(err)
		}
		rec := event.Record{Text: line, Raw: string(wrapped), Zone: time.UTC}
		var e event.Event
		if !Parse(&rec, &e) {
			t.Fatal("not parsed")
		}
		p := parsed{rec: rec, event: e, raw: rec.Raw}
		if stored := p.hidden(rec.Raw) + p.json(t); strings.Contains(stored, "hunter2") {
			t.Errorf("stored: %s", stored)
		}
	}
}
