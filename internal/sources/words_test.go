package sources

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rastro/internal/collect"
)

// TestDenied: the command fits what stands in the way.
func TestDenied(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		way        collect.Access
		code, hint string
	}{
		{collect.Access{Path: "/var/log/mail.log", User: "rastro", Owner: "syslog", Group: "adm", Mode: 0o640}, "denied_group", "usermod -aG adm rastro"},
		{collect.Access{Path: "/var/log/mail.log", User: "rastro", Owner: "root", Group: "root", Mode: 0o640}, "denied_acl", "setfacl -m u:rastro:r /var/log/mail.log"},
		{collect.Access{Path: "/var/log/mail.log", User: "1000", Owner: "syslog", Group: "adm", Mode: 0o640}, "denied_acl", "setfacl -m u:1000:r /var"},
		{collect.Access{Path: "/var/log/exim", Kind: collect.Folder, User: "rastro", Owner: "exim", Group: "adm", Mode: os.ModeDir | 0o750}, "denied_group", "usermod -aG adm rastro"},
		{collect.Access{Path: "/var/log/exim", Kind: collect.Folder, User: "rastro", Owner: "exim", Group: "adm", Mode: os.ModeDir | 0o700}, "denied_acl", "setfacl -m u:rastro:rx /var/log/exim"},
		{collect.Access{Path: "/var/log/mail.log", User: "rastro", Owner: "root", Group: "root", Mode: 0o644}, "denied_policy", "ausearch"},
	} {
		p := denied(c.way)
		expect(t, Source{Name: c.way.Path, State: StateDenied, Problem: p}, StateDenied, c.code)
		if !strings.Contains(p.Hint.En, c.hint) || !strings.Contains(p.Hint.Es, c.hint) || !strings.Contains(p.Message.En, c.way.Owner+" "+c.way.Group) {
			t.Errorf("%+v: %+v", c.way, p)
		}
	}
}

// TestNamesAreNoCommands: what a hint gives to type does not do what the name of
// a file says.
func TestNamesAreNoCommands(t *testing.T) {
	t.Parallel()
	p := problem("failed", "path", "/var/log/x'; reboot; '.log", "err", "input/output error")
	if want := `df -h '/var/log/x'\''; reboot; '\''.log'`; !strings.Contains(p.Hint.En, want) {
		t.Errorf("%q", p.Hint.En)
	}
	if p := problem("failed", "path", "/var/log/mail-1.log", "err", "x"); !strings.Contains(p.Hint.Es, "df -h /var/log/mail-1.log") {
		t.Errorf("%q", p.Hint.Es)
	}
}

// TestWords: every sentence has both languages and the same values.
func TestWords(t *testing.T) {
	t.Parallel()
	value := regexp.MustCompile(`\{[a-z]*\}`)
	for code, parts := range sentences {
		if code != "do" && (len(parts) != 2 || parts["message"].En == "" || parts["hint"].En == "") {
			t.Errorf("%s lacks a message or a hint", code)
		}
		for part, w := range parts {
			en, es := value.FindAllString(w.En, -1), value.FindAllString(w.Es, -1)
			slices.Sort(en)
			slices.Sort(es)
			if w.En == "" || w.Es == "" || w.En == w.Es || !slices.Equal(slices.Compact(en), slices.Compact(es)) {
				t.Errorf("%s.%s: %q and %q", code, part, w.En, w.Es)
			}
		}
	}
}
