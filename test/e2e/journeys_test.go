package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/trace"
)

// traced are the logs that journeys are made of.
var traced = map[string]string{
	"mta/hosts/mx1/mail.log": "America/Bogota", "mta/hosts/mx1/rspamd.log": "America/Bogota",
	"mta/hosts/store1/mail.log": "America/Bogota", "mta/hosts/store2/dovecot.log": "",
	"mta/hosts/ex1/mainlog": "America/Bogota", "mta/hosts/ex1/rejectlog": "America/Bogota",
	"mta/hosts/osm1/mail.log": "America/Bogota", "mta/hosts/smx1/mail.log": "", elemtaLog: "",
}

// TestOrderDoesNotMatter shuffles the lines of all logs together and wants the
// same verdicts.
func TestOrderDoesNotMatter(t *testing.T) {
	var lines []event.Line
	for _, name := range slices.Sorted(maps.Keys(traced)) {
		zone, err := time.LoadLocation(traced[name])
		if err != nil {
			t.Fatal(err)
		}
		o := &event.Origin{Name: name, ID: name, Zone: zone}
		for i, record := range recordsOf(t, corpus(t, name)) {
			lines = append(lines, event.Line{Text: record, Origin: o, Offset: int64(i), ReceivedAt: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).UnixNano()})
		}
	}
	want := verdicts(t, lines)
	if len(want) < 900 {
		t.Fatalf("%d verdicts", len(want))
	}
	for seed := range uint64(3) {
		mixed := slices.Clone(lines)
		rand.New(rand.NewPCG(seed, 7)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := verdicts(t, mixed); !slices.Equal(got, want) {
			t.Errorf("with seed %d: %s", seed, firstDifference(got, want))
		}
	}
}

// verdicts are what is told about each recipient.
func verdicts(t *testing.T, lines []event.Line) (all []string) {
	t.Helper()
	a, p, e := trace.NewAssembler(nil), parse.New(parse.Options{}), new(event.Event)
	for i := range lines {
		p.Parse(&lines[i], e)
		a.Add(e)
	}
	if err := a.Each(t.Context(), trace.Question{NoSteps: true}, func(j *trace.Journey) error {
		text, err := json.Marshal(j)
		all = append(all, string(text))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("got\n%s\nwant\n%s", got[i], want[i])
		}
	}
	return fmt.Sprintf("%d verdicts, want %d", len(got), len(want))
}

// TestTheStoreTellsTheSame asks a data folder and the files themselves.
func TestTheStoreTellsTheSame(t *testing.T) {
	data := t.TempDir()
	files := []string{"trace", "--output", "ndjson"}
	for _, name := range slices.Sorted(maps.Keys(traced)) {
		args := []string{"import", corpus(t, name), "--data", data}
		file := corpus(t, name)
		if traced[name] != "" {
			args = append(args, "--zone", traced[name])
			file += "=" + traced[name]
		}
		must(t, args...)
		files = append(files, "--files", file)
	}
	var queries []string
	for i, row := range table(t, corpus(t, "mta/truth.tsv")) {
		if i%20 == 0 {
			queries = append(queries, row["recipient"], strings.Split(row["queue_ids"], ",")[0], row["message_id"])
		}
	}
	for i, row := range table(t, corpus(t, "elemta/dev.tsv")) {
		if i%24 == 0 || row["tracer_expected"] != "delivered" && i%4 == 0 {
			queries = append(queries, row["queue_id"], row["header_message_id"], row["session_uuid"])
		}
	}
	queries = slices.DeleteFunc(queries, func(q string) bool { return q == "" })
	for _, query := range queries {
		stored := must(t, "trace", "--output", "ndjson", "--data", data, "--", query)
		read := must(t, append(slices.Clone(files), "--", query)...)
		if got, want := journeysIn(t, stored), journeysIn(t, read); !slices.Equal(got, want) {
			t.Errorf("%s: %s", query, firstDifference(got, want))
		}
		if t.Failed() {
			return
		}
	}
	if len(queries) < 80 {
		t.Errorf("%d queries", len(queries))
	}
}

// journeysIn is what NDJSON says of each journey, without what differs by where it
// was read.
func journeysIn(t *testing.T, text string) (all []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		var j trace.Journey
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, fmt.Sprintln(j.ID, j.Status, j.Reason, j.Sender, j.OriginalRecipient, j.Recipient, j.QueueIDs, j.SMTPCode, j.DSN, j.Attempts, j.Confidence, j.Folder, j.Verdict.En, len(j.Steps)))
	}
	slices.Sort(all)
	return all
}
