package trace

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"rastro/internal/event"
	"rastro/internal/parse"
)

// elemtaFiles are the real logs of Elemta and what its clients and its mailbox
// server saw, from the archive of the end-to-end tests.
var elemtaFiles = sync.OnceValues(func() (map[string]string, error) {
	f, err := os.Open("../../test/corpora/corpora.tar.zst")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	files := map[string]string{}
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(h.Name, "elemta/") {
			continue
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		files[strings.TrimPrefix(h.Name, "elemta/")] = string(text)
	}
})

func elemtaFile(t testing.TB, name string) string {
	t.Helper()
	files, err := elemtaFiles()
	if err != nil {
		t.Fatal(err)
	}
	if files[name] == "" {
		t.Fatalf("no %s in the archive", name)
	}
	return files[name]
}

// elemtaLine is one line and where it was read.
type elemtaLine struct {
	source, text string
	offset       int64
}

func elemtaLines(source, text string) (lines []elemtaLine) {
	var offset int64
	for line := range strings.Lines(text) {
		lines = append(lines, elemtaLine{source, strings.TrimRight(line, "\n"), offset})
		offset += int64(len(line))
	}
	return lines
}

// elemtaAssembler reads lines in the order given.
func elemtaAssembler(lines []elemtaLine) *Assembler {
	a := NewAssembler(nil)
	p := parse.New(parse.Options{})
	var e event.Event
	origins := map[string]*event.Origin{}
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).UnixNano()
	for _, l := range lines {
		o := origins[l.source]
		if o == nil {
			o = &event.Origin{Name: l.source, ID: l.source, Zone: time.UTC}
			o.Host, _ = strings.CutPrefix(l.source, "host:")
			if o.Host == l.source {
				o.Host = ""
			}
			origins[l.source] = o
		}
		p.Parse(&event.Line{Text: l.text, Origin: o, Offset: l.offset, ReceivedAt: now}, &e)
		a.Add(&e)
	}
	return a
}

func elemtaJourneys(t testing.TB, lines []elemtaLine) []Journey {
	t.Helper()
	var all []Journey
	if err := elemtaAssembler(lines).Each(t.Context(), Question{}, func(j *Journey) error {
		all = append(all, *j)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// elemtaTable reads tab-separated values with a header.
func elemtaTable(text string) (rows []map[string]string) {
	var names []string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if names == nil {
			names = cells
			continue
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[names[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// elemtaClass is what a journey says in the words of the table. Delivered after
// a deferral and delivered after the server was killed within an attempt both
// took two attempts; the notes tell them apart. Failed after accept is a bounce
// that Elemta calls delivered.
func elemtaClass(j *Journey, notes []Words) string {
	has := func(w Words) bool {
		for _, n := range notes {
			if n == w {
				return true
			}
		}
		return false
	}
	switch {
	case j.Status == Delivered && j.Attempts > 1 && !has(elemtaBroken):
		return "delivered_after_deferral"
	case j.Status == Bounced && has(elemtaNotDelivered):
		return "failed_after_accept"
	case j.Status == Discarded && has(elemtaVanished):
		return "accepted_then_discarded"
	case j.Status == Unknown:
		return "partial_unknown_which"
	case j.Status == Rejected && j.Stage == "END-OF-MESSAGE":
		return "rejected_at_data"
	case j.Status == Rejected:
		return "rejected_at_" + strings.ToLower(j.Stage)
	}
	return string(j.Status)
}

// elemtaFound finds the journey of a row of the table.
type elemtaFound struct {
	*Journey
	notes []Words
}

func elemtaByKey(lines []elemtaLine) map[string]elemtaFound {
	m := elemtaAssembler(lines).model()
	b := &builder{book: m.book, zone: time.UTC}
	found := map[string]elemtaFound{}
	for _, g := range m.groups() {
		for i, j := range m.journeys(b, g) {
			var notes []Words
			if g.root != nil && i < len(g.root.legs) {
				notes = g.root.legs[i].notes
			}
			session := strings.Join(j.SessionIDs, ",")
			key := session + " " + j.Sender + " " + j.Recipient
			if j.MessageID != "" && j.Stage != "RCPT" {
				found[key+" "+j.MessageID] = elemtaFound{&j, notes}
			}
			found[key] = elemtaFound{&j, notes}
		}
	}
	return found
}

func checkElemta(t *testing.T, lines []elemtaLine) {
	t.Helper()
	found := elemtaByKey(lines)
	rows := elemtaTable(elemtaFile(t, "dev.tsv"))
	wrong := 0
	for _, row := range rows {
		if err := elemtaRow(found, row); err != nil {
			wrong++
			t.Logf("row %s (%s, %s to %s): %v", row["n"], row["scenario"], row["mail_from"], row["rcpt_to"], err)
		}
	}
	t.Logf("%d of %d rows right", len(rows)-wrong, len(rows))
	if wrong > len(rows)/200 {
		t.Errorf("%d of %d rows wrong", wrong, len(rows))
	}
}

func elemtaRow(found map[string]elemtaFound, row map[string]string) error {
	sender := row["mail_from"]
	if sender == "" {
		sender = nullSender
	}
	key := row["session_uuid"] + " " + sender + " " + row["rcpt_to"]
	j, ok := found[key+" "+row["header_message_id"]]
	if !ok {
		j, ok = found[key]
	}
	if !ok {
		return errors.New("no journey")
	}
	if class := elemtaClass(j.Journey, j.notes); class != row["tracer_expected"] {
		return fmt.Errorf("%s, want %s", class, row["tracer_expected"])
	}
	if id := row["queue_id"]; id != "" && (len(j.QueueIDs) != 1 || j.QueueIDs[0] != id) {
		return fmt.Errorf("queue ids %q, want %s", j.QueueIDs, id)
	}
	if row["queue_id"] == "" && len(j.QueueIDs) > 0 && row["tracer_expected"] != "rejected_at_rcpt" {
		return fmt.Errorf("queue ids %q, want none", j.QueueIDs)
	}
	client, _, _ := strings.Cut(row["client"], ":")
	if strings.HasPrefix(row["client"], "[") {
		client, _, _ = strings.Cut(row["client"][1:], "]")
	}
	if j.ClientIP != client || j.Helo != row["helo"] || j.Username != row["auth_user"] {
		return fmt.Errorf("client %s %s %s, want %s %s %s", j.ClientIP, j.Helo, j.Username, client, row["helo"], row["auth_user"])
	}
	if n := row["attempts"]; row["queue_id"] != "" && n != "0" && n != fmt.Sprint(j.Attempts) {
		return fmt.Errorf("%d attempts, want %s", j.Attempts, n)
	}
	return nil
}

func TestElemtaTruth(t *testing.T) {
	file, output := elemtaLines("dev.log", elemtaFile(t, "dev.log")), elemtaLines("dev.stdout.log", elemtaFile(t, "dev.stdout.log"))
	t.Run("file", func(t *testing.T) { checkElemta(t, file) })
	t.Run("stdout", func(t *testing.T) { checkElemta(t, output) })
	t.Run("both", func(t *testing.T) { checkElemta(t, append(append([]elemtaLine(nil), file...), output...)) })
}
