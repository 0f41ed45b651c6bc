package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/dashboard"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/simulate"
	"rastro/test/corpora"
)

// openScratch opens a data folder of the test's own.
func openScratch(t *testing.T) *Folder {
	t.Helper()
	f, err := OpenFolder(context.Background(), testConfig(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return f
}

func importFile(t *testing.T, f *Folder, path, host string, zone *time.Location) {
	t.Helper()
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Import(context.Background(), path, r, collect.ImportOptions{Zone: zone, Host: host, Newest: info.ModTime()}); err != nil {
		t.Fatal(err)
	}
}

// tally counts the events of a query, in all and with the field.
func tally(t *testing.T, f *Folder, text, field string) (all, with int64) {
	t.Helper()
	filter, err := f.Searcher.ParseWith(text, search.ParseOptions{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	q := query.Question{Filter: filter, Count: query.CountExact}
	if field != "" {
		q.Aggs = []query.Agg{{Name: "n", Kind: query.AggValueCount, Field: query.Ref(field)}}
	}
	answer, err := f.Searcher.Ask(context.Background(), auth.Everything(), q)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if field == "" {
		return answer.Total, answer.Total
	}
	return answer.Total, int64(answer.Aggs[0].Value)
}

// TestEveryPanelShowsSomethingInTheDemo asks what each panel of each dashboard
// that comes with Rastro asks. The map needs GeoIP, which the demo has not.
func TestEveryPanelShowsSomethingInTheDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	world, err := simulate.New(simulate.Options{Dir: dir, Start: time.Now(), History: 6 * time.Hour, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := world.WriteHistory(context.Background()); err != nil {
		t.Fatal(err)
	}
	f := openScratch(t)
	for _, file := range world.Files() {
		importFile(t, f, file.Path, file.Host, time.UTC)
	}
	boards := dashboard.Builtins()
	if len(boards) != 7 {
		t.Errorf("%d dashboards come with Rastro", len(boards))
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			for _, q := range questions(p) {
				all, with := tally(t, f, q.query, q.field)
				if p.Kind == "map" {
					if all == 0 {
						t.Errorf("%s/%s: no event matches %s", b.ID, p.ID, q.query)
					}
				} else if with == 0 {
					t.Errorf("%s/%s: %d events match, none with %q: %s", b.ID, p.ID, all, q.field, q.query)
				}
			}
		}
	}
}

type panelQuestion struct{ query, field string }

// questions are all that a panel asks.
func questions(p dashboard.Panel) []panelQuestion {
	var all []panelQuestion
	add := func(query, field string, m *dashboard.Metric) {
		all = append(all, panelQuestion{query, field})
		if m != nil {
			all = append(all, panelQuestion{query, m.Field})
		}
	}
	if len(p.Series) == 0 && p.Kind != "text" {
		add(p.Query, p.Field, p.Metric)
	}
	if p.ShareOf != "" {
		add(p.ShareOf, "", nil)
	}
	for _, s := range p.Series {
		add(s.Query, "", s.Metric)
	}
	for _, c := range p.Columns {
		if f, _ := event.Lookup(c); f == event.NoField {
			all = append(all, panelQuestion{p.Query, c}) // fails, and says which
		}
	}
	return all
}

// TestNumbersCountEachDeliveryOnce compares the numbers of the overview with
// the lines of real servers, counted by hand from the lines that each program
// writes once for each copy.
func TestNumbersCountEachDeliveryOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := corpora.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	bogota, err := time.LoadLocation("America/Bogota")
	if err != nil {
		t.Fatal(err)
	}
	f := openScratch(t)
	for _, file := range []struct {
		path, host string
		zone       *time.Location
	}{
		{"mta/hosts/ex1/mainlog", "ex1", bogota}, {"mta/hosts/mx1/mail.log", "mx1", bogota}, {"mta/hosts/osm1/mail.log", "osm1", bogota},
		{"mta/hosts/smx1/mail.log", "smx1", time.UTC}, {"mta/hosts/store1/mail.log", "store1", bogota}, {"mta/hosts/store2/dovecot.log", "store2", time.UTC},
		{"elemta/dev.log", "elemta", time.UTC},
	} {
		importFile(t, f, filepath.Join(dir, filepath.FromSlash(file.path)), file.host, file.zone)
	}
	numbers := map[string]string{}
	for _, b := range dashboard.Builtins() {
		for _, p := range b.Panels {
			numbers[b.ID+"/"+p.ID] = p.Query
		}
	}
	for _, c := range []struct {
		panel, dialect string
		want           int
	}{
		{"overview/delivered", "postfix", grep(t, dir, "mta/hosts/mx1/mail.log", "status=sent", "forwarded as", ":10024,", "descartado")},
		{"overview/delivered", "exim", grep(t, dir, "mta/hosts/ex1/mainlog", " => ", "blackhole") + grep(t, dir, "mta/hosts/ex1/mainlog", " -> ")},
		{"overview/delivered", "dovecot", 0},
		{"overview/delivered", "elemta", grep(t, dir, "elemta/dev.log", `"msg":"message_delivery"`)},
		{"overview/bounced", "elemta", grep(t, dir, "elemta/dev.log", `"msg":"message_bounce"`)},
		{"overview/bounced", "postfix", grep(t, dir, "mta/hosts/mx1/mail.log", "status=bounced") + grep(t, dir, "mta/hosts/mx1/mail.log", "status=expired")},
		{"overview/deferred", "postfix", grep(t, dir, "mta/hosts/mx1/mail.log", "status=deferred")},
		{"overview/deferred", "sendmail", grep(t, dir, "mta/hosts/smx1/mail.log", "stat=Deferred")},
		{"reception/received", "elemta", grep(t, dir, "elemta/dev.log", `"msg":"message_reception"`)},
		{"reception/received", "opensmtpd", grep(t, dir, "mta/hosts/osm1/mail.log", " smtp message msgid=")},
		{"reception/sessions", "elemta", grep(t, dir, "elemta/dev.log", `"msg":"New connection"`) + grep(t, dir, "elemta/dev.log", `"msg":"Connection rejected due to resource limits"`)},
		{"reception/sessions", "postfix", grep(t, dir, "mta/hosts/mx1/mail.log", "]: connect from ")},
		{"reception/sessions", "opensmtpd", grep(t, dir, "mta/hosts/osm1/mail.log", " smtp connected ")},
	} {
		got, _ := tally(t, f, fmt.Sprintf("(%s) AND dialect:%s", numbers[c.panel], c.dialect), "")
		if got != int64(c.want) {
			t.Errorf("%s for %s: %d, the lines say %d", c.panel, c.dialect, got, c.want)
		}
	}
}

// grep counts the lines with a text and without some others.
func grep(t *testing.T, dir, path, text string, without ...string) int {
	t.Helper()
	all, err := fs.ReadFile(os.DirFS(dir), path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
lines:
	for line := range strings.Lines(string(all)) {
		if !strings.Contains(line, text) {
			continue
		}
		for _, no := range without {
			if strings.Contains(line, no) {
				continue lines
			}
		}
		n++
	}
	return n
}
