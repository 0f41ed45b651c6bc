package trace

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// elemtaJSON makes a text of all journeys.
func elemtaJSON(t *testing.T, lines []elemtaLine) string {
	t.Helper()
	var b strings.Builder
	for _, j := range elemtaJourneys(t, lines) {
		text, err := json.Marshal(&j)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

// firstDifference finds the line in which two texts part.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i] + "\n" + bs[i]
		}
	}
	return "one is longer"
}

func shuffled(lines []elemtaLine, seed uint64) []elemtaLine {
	lines = slices.Clone(lines)
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}

func TestElemtaAnyOrder(t *testing.T) {
	for _, name := range []string{"dev.log", "dev-debug.log", "legacy-903520a.log"} {
		lines := elemtaLines(name, elemtaFile(t, name))
		want := elemtaJSON(t, lines)
		for seed := range uint64(3) {
			if got := elemtaJSON(t, shuffled(lines, seed)); got != want {
				t.Errorf("%s: another order gives other journeys: %s", name, firstDifference(want, got))
			}
		}
	}
}

// sameStory leaves out where lines were read.
func sameStory(t *testing.T, lines []elemtaLine) string {
	t.Helper()
	var b strings.Builder
	for _, j := range elemtaJourneys(t, lines) {
		for i := range j.Steps {
			j.Steps[i].EventID, j.Steps[i].Line = "", ""
		}
		text, err := json.Marshal(&j)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

// TestElemtaTwice reads the file and the output of the same process, as they
// are and as a container's log.
func TestElemtaTwice(t *testing.T) {
	file := elemtaLines("dev.log", elemtaFile(t, "dev.log"))
	output := elemtaLines("dev.stdout.log", elemtaFile(t, "dev.stdout.log"))
	want := sameStory(t, file)
	if got := sameStory(t, output); got != want {
		t.Errorf("the output tells another story: %s", firstDifference(want, got))
	}
	if got := sameStory(t, append(slices.Clone(output), file...)); got != want {
		t.Errorf("both tell another story: %s", firstDifference(want, got))
	}
	container := make([]elemtaLine, 0, len(output))
	for _, l := range output {
		text, err := json.Marshal(map[string]string{"log": l.text + "\n", "stream": "stdout", "time": "2026-11-23T00:00:00.000000000Z"})
		if err != nil {
			t.Fatal(err)
		}
		container = append(container, elemtaLine{"container", string(text), l.offset})
	}
	if got := sameStory(t, append(container, file...)); got != want {
		t.Errorf("file and container tell another story: %s", firstDifference(want, got))
	}
}

// elemtaStory is the short form of a journey.
func elemtaStory(j *Journey) string {
	words := []string{j.Sender, j.Recipient, string(j.Status), string(j.Confidence)}
	if j.SMTPCode >= 400 {
		words = append(words, j.DSN)
	}
	return strings.Join(append(words, j.ClientIP, j.Helo, j.Username), " ")
}

// TestElemtaNotes checks that Elemta's own verdict is corrected aloud.
func TestElemtaNotes(t *testing.T) {
	m := elemtaAssembler(elemtaLines("dev.log", elemtaFile(t, "dev.log"))).model()
	notes := map[string][]Words{}
	for _, h := range m.hops {
		for _, l := range h.legs {
			notes[h.subject+" "+l.to] = l.notes
		}
	}
	for key, want := range map[string]Words{
		"Reunion lunes elena@client-a.example":               elemtaNotBounced,
		"Fotos grandes full@hostco.example":                  elemtaNotDelivered,
		"Promo interna ines@client-a.example":                elemtaWhich(1, 3),
		"Temp error under stock binary busy1@hostco.example": elemtaGaveUp,
		"Greylisted by backend greyed@tienda-luna.example":   elemtaGaveUp,
		"Backend caido ines@client-a.example":                elemtaGaveUp,
		"Ack lost acklost@hostco.example":                    elemtaNoAnswer,
		"Hola nobody nobody@hostco.example":                  elemtaSilent,
		"Crash test twice@hostco.example":                    elemtaBroken,
		"You are a winner gloria@hostco.example":             elemtaVanished,
	} {
		if !slices.Contains(notes[key], want) {
			t.Errorf("%s: %v, want %s", key, notes[key], want.En)
		}
	}
	if n := notes["Cotizacion enero carla@hostco.example"]; len(n) > 0 {
		t.Errorf("notes on a plain delivery: %v", n)
	}
}

// TestElemtaSteps tells one journey step by step.
func TestElemtaSteps(t *testing.T) {
	m := elemtaAssembler(elemtaLines("dev.log", elemtaFile(t, "dev.log"))).model()
	var got []string
	for _, h := range m.hops {
		for _, l := range h.legs {
			if h.subject != "Fotos grandes" || l.to != "full@hostco.example" {
				continue
			}
			for _, f := range h.facts {
				if !elemtaConcerns(l, f) {
					continue
				}
				kind, words, ok := elemtaStep(f)
				if !ok {
					kind, words.En, words.Es = "-", f.kind, f.kind
				}
				if words.Es == "" {
					t.Errorf("no Spanish for %q", words.En)
				}
				got = append(got, kind+": "+words.En)
			}
		}
	}
	want := []string{
		"connected: 192.0.2.10 connected as mx.partner.example",
		"other: the client named the sender team@partner.example",
		"other: the client named the recipient full@hostco.example",
		"queued: in the queue as 1795393769711544662-711544702",
		"-: message_reception",
		"attempt: Elemta begins to hand it to the mailbox server 127.0.0.1",
		"attempt: the mailbox server refused the copy of full@hostco.example",
		"attempt: the mailbox server took 2 of 3 copies",
		"attempt: Elemta's word for all recipients: delivered",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestElemtaSessions compares logins and refused connections with what the
// clients saw.
func TestElemtaSessions(t *testing.T) {
	text, err := os.ReadFile("testdata/elemta.sessions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want, refused := map[string]int{}, 0
	for _, row := range elemtaTable(string(text)) {
		switch answer := row["result"]; {
		case row["kind"] == "auth" && (strings.HasPrefix(answer, "235") || strings.HasPrefix(answer, "535")):
			want[row["session_uuid"]+" "+row["what"]+" "+answer[:3]]++
		case row["kind"] == "ip-limit" && row["session_uuid"] == "":
			refused++
		}
	}
	for _, sources := range [][]string{{"dev.log"}, {"dev.log", "dev.stdout.log"}} {
		var lines []elemtaLine
		for _, name := range sources {
			lines = append(lines, elemtaLines(name, elemtaFile(t, name))...)
		}
		m := elemtaAssembler(lines).model()
		got, attempts := map[string]int{}, 0
		for _, f := range m.facts {
			if f.kind == event.TypeAuthentication {
				answer := "535"
				if f.success > 0 {
					answer = "235"
				}
				got[f.sessions.first+" "+f.rare().username+" "+answer]++
			}
		}
		for _, h := range m.hops {
			for _, l := range h.legs {
				if l.decided != nil && l.decided.stage == "CONNECT" {
					attempts += l.attempts
				}
			}
		}
		for key, n := range want {
			if got[key] != n {
				t.Errorf("%v: %s %d times, want %d", sources, key, got[key], n)
			}
		}
		if attempts != refused {
			t.Errorf("%v: %d refused connections, want %d", sources, attempts, refused)
		}
	}
}

// elemtaIDs are the ids in a log: of sessions, messages and of the queue.
var elemtaIDs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-|"1795[0-9]{15}-|"<[0-9a-zA-Z-]+@`)

// TestElemtaTwoServers mixes the logs of two servers that do the same at the
// same time.
func TestElemtaTwoServers(t *testing.T) {
	one := elemtaFile(t, "dev.log")
	two := elemtaIDs.ReplaceAllStringFunc(one, func(id string) string {
		switch {
		case strings.HasPrefix(id, `"<`):
			return `"<two-` + id[2:]
		case id[0] == '"':
			return `"2` + id[2:]
		}
		return "22222222" + id[8:]
	})
	two = strings.ReplaceAll(two, "mx1.hostco.example", "mx2.hostco.example")
	want := map[string]int{}
	for _, j := range elemtaJourneys(t, elemtaLines("one", one)) {
		want[elemtaStory(&j)] += 2
	}
	got := map[string]int{}
	for _, j := range elemtaJourneys(t, append(elemtaLines("host:one", one), elemtaLines("host:two", two)...)) {
		got[elemtaStory(&j)]++
	}
	for story, n := range want {
		if got[story] != n {
			t.Errorf("%s: %d times, want %d", story, got[story], n)
		}
	}
}

// TestElemtaLoss leaves lines out: nothing may break.
func TestElemtaLoss(t *testing.T) {
	for _, name := range []string{"dev.log", "legacy-903520a.log"} {
		lines := elemtaLines(name, elemtaFile(t, name))
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 2))
			kept := slices.DeleteFunc(slices.Clone(lines), func(elemtaLine) bool { return r.IntN(3) == 0 })
			if len(elemtaJourneys(t, kept)) == 0 {
				t.Errorf("%s: no journeys", name)
			}
		}
		for cut := 0; cut < len(lines); cut += len(lines)/20 + 1 {
			elemtaJourneys(t, lines[cut:])
			elemtaJourneys(t, lines[:cut])
		}
	}
}
