package trace

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// postfixPair is two mail servers, one behind the other, of Postfix 3.12 with Dovecot
// 2.4: filters with and without ids, aliases, rules, operators, clients that
// hang up. Their stamps count seconds, and one second has many messages.
func postfixPair(t testing.TB) []logLine {
	return slices.Concat(readLog(t, "pair-mxa.log", time.UTC), readLog(t, "pair-mxb.log", time.UTC), readLog(t, "pair-dovecot.log", time.UTC))
}

// rewritten changes the text of the lines of Postfix.
func rewritten(lines []logLine, change func(string) string) []logLine {
	lines = slices.Clone(lines)
	for i := range lines {
		if strings.Contains(lines[i].text, "]: ") {
			lines[i].text = change(lines[i].text)
		}
	}
	return lines
}

// withoutDaemon cuts the program's name at its slash, as some relays do.
func withoutDaemon(s string) string {
	name, rest, _ := strings.Cut(s, "[")
	before, _, cut := strings.Cut(name, "/")
	if !cut || !strings.Contains(before, " postfix") {
		return s
	}
	host, _, _ := strings.Cut(before, " postfix")
	return host + " postfix[" + rest
}

// oneMachine gives both servers the same host: two instances.
func oneMachine(s string) string {
	return strings.Replace(s, " mxb postfix/", " mxa postfix-out/", 1)
}

// old writes what Postfix did not tell before 3.10: the end of a message that
// was never accepted, its id where a client hangs up, and ports, and TLS.
func old(s string) string {
	if strings.HasSuffix(s, ": removed (canceled)") || strings.HasSuffix(s, ": removed (discarded)") {
		return ""
	}
	for _, mark := range [...]string{"lost connection after ", "timeout after "} {
		if i := strings.Index(s, mark); i > 0 {
			s = s[:strings.Index(s, "]: ")+3] + s[i:]
		}
	}
	if i := strings.Index(s, ", tls="); i > 0 {
		s = s[:i] + s[i+strings.Index(s[i:], ", dsn="):]
	}
	if i := strings.Index(s, ": client="); i > 0 && !strings.Contains(s, "orig_client") {
		if end := strings.Index(s[i:], "]:"); end > 0 {
			s = s[:i+end+1]
		}
	}
	return s
}

func shuffledLines(lines []logLine, seed uint64) []logLine {
	lines = slices.Clone(lines)
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}

func TestPair(t *testing.T) {
	t.Parallel()
	truth := strings.Split(strings.TrimSpace(readText(t, "pair.truth.tsv")), "\n")[1:]
	for name, lines := range map[string][]logLine{
		"as it was":      postfixPair(t),
		"any order":      shuffledLines(postfixPair(t), 1),
		"another order":  shuffledLines(postfixPair(t), 2),
		"without daemon": rewritten(postfixPair(t), withoutDaemon),
		"one machine":    rewritten(postfixPair(t), oneMachine),
		"before 3.10":    rewritten(postfixPair(t), old),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]*Journey{}
			counts := map[string]int{}
			err := assemble(lines).Each(t.Context(), Question{Now: received}, func(j *Journey) error {
				kept := *j
				key := j.Sender + "\t" + j.Recipient
				got[key], got[key+"\t"+j.OriginalRecipient] = &kept, &kept
				counts[key+"\t"+j.OriginalRecipient]++
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range truth {
				want := strings.Split(row, "\t")
				key := want[0] + "\t" + want[1]
				if want[2] != "-" {
					key += "\t" + want[2]
				}
				comparePair(t, row, want, got[key])
			}
			for key, n := range counts {
				if n > 1 && strings.Contains(key, "@send.example\t") && !strings.HasPrefix(key, "<>") {
					t.Errorf("%q is told %d times", key, n)
				}
			}
		})
	}
}

func comparePair(t *testing.T, row string, want []string, j *Journey) {
	t.Helper()
	if j == nil {
		t.Errorf("%s: no journey", row)
		return
	}
	have := []string{j.Sender, j.Recipient, j.OriginalRecipient, string(j.Status), strconv.FormatInt(j.SMTPCode, 10), j.DSN, j.Folder}
	for i := range want {
		if want[i] != "-" && want[i] != have[i] {
			t.Errorf("%s: got %q; %s", row, have, j.Verdict.En)
			return
		}
	}
}

func readText(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
