package dashboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsExportedCanBeImported(t *testing.T) {
	ctx := context.Background()
	here, there := fresh(t), fresh(t)
	one, two := create(t, here, "One"), create(t, here, "Zwei & <b>")
	var file bytes.Buffer
	if err := here.Export(ctx, &file, []string{two.ID, "overview", two.ID}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(file.String(), "\n"); n != 2 {
		t.Fatalf("%d lines: %s", n, file.String())
	}
	text := file.String()
	got, err := there.Import(ctx, &file)
	if err != nil || len(got) != 2 || got[0].ID != two.ID || got[0].Version != 1 || got[0].Title != two.Title {
		t.Fatalf("%v: %+v", err, got)
	}
	// What comes with Rastro keeps its id, and the copy has another.
	if got[1].ID == "overview" || got[1].Builtin || got[1].Title != Builtins()[0].Title {
		t.Errorf("%+v", got[1])
	}
	copied, err := there.Dashboard(ctx, two.ID)
	if err != nil || fmt.Sprintf("%+v", copied.Panels[3].Metric) != fmt.Sprintf("%+v", two.Panels[3].Metric) || len(copied.Panels) != len(two.Panels) {
		t.Errorf("%v: %+v", err, copied)
	}
	// A second time everything is there twice, and nothing was replaced.
	again, err := there.Import(ctx, strings.NewReader("\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n\r\n")))
	if err != nil || len(again) != 2 || again[0].ID == two.ID {
		t.Errorf("%v: %+v", err, again)
	}
	// Without names all that users made.
	file.Reset()
	if err := here.Export(ctx, &file, nil); err != nil || strings.Count(file.String(), "\n") != 2 || !strings.Contains(file.String(), one.ID) {
		t.Errorf("%v: %s", err, file.String())
	}
	file.Reset()
	if err := here.Export(ctx, &file, []string{one.ID, "nobody"}); !errors.Is(err, ErrNotFound) || file.Len() > 0 {
		t.Errorf("an unknown id gave %v and %d bytes", err, file.Len())
	}
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	made := create(t, s, "Good")
	var good bytes.Buffer
	if err := s.Export(ctx, &good, []string{made.ID}); err != nil {
		t.Fatal(err)
	}
	bad := map[int]struct{ text, want string }{
		2:  {`{"kind":"dashboard","format":1,"dashboard":{"title":{"en":"x"},"panels":[{"id":"p","kind":"gauge"}]}}`, "panels[0].kind"},
		4:  {`not JSON`, "no JSON object"},
		5:  {`{"id":"a","type":"dashboard","attributes":{"title":"x","panelsJSON":"[]"},"references":[]}`, "Kibana"},
		6:  {`{"kind":"search","format":1}`, "no dashboard of Rastro"},
		7:  {`{"kind":"dashboard","format":2,"dashboard":{}}`, "format 1"},
		8:  {`{"kind":"dashboard","format":1,"id":"../../x","dashboard":{}}`, "no id"},
		9:  {`{"kind":"dashboard","format":1,"dashboard":{"title":{"en":"x"},"pannels":[]}}`, "pannels"},
		10: {`{"kind":"dashboard","format":1}`, "no JSON object"},
		11: {`{"kind":"dashboard","format":1,"dashboard":{"title":"x"}}`, "title"},
		12: {`[]`, "no JSON object"},
		13: {`null`, "no dashboard of Rastro"},
	}
	lines := make([]string, 13)
	for i := range lines {
		lines[i] = strings.TrimSpace(good.String())
		if b, ok := bad[i+1]; ok {
			lines[i] = b.text
		}
	}
	_, err := s.Import(ctx, strings.NewReader(strings.Join(lines, "\n")))
	var file *BadFile
	if !errors.As(err, &file) || len(file.Mistakes) != len(bad) {
		t.Fatalf("got %+v", err)
	}
	for _, m := range file.Mistakes {
		if want := bad[m.Line].want; want == "" || !strings.Contains(m.Message+" "+m.Hint, want) {
			t.Errorf("line %d: %s; %s", m.Line, m.Message, m.Hint)
		}
	}
	for _, text := range []string{"", "\n \n", "\xef\xbb\xbf"} {
		if _, err := s.Import(ctx, strings.NewReader(text)); !errors.As(err, &file) {
			t.Errorf("%q gave %v", text, err)
		}
	}
	if _, err := s.Import(ctx, strings.NewReader(strings.Repeat("x\n", maxMistakes+5))); !errors.As(err, &file) || len(file.Mistakes) != maxMistakes || file.More != 5 {
		t.Errorf("many mistakes gave %+v", err)
	}
	if list, err := s.Dashboards(ctx); err != nil || len(list) != len(Builtins())+1 {
		t.Errorf("%v: something was imported: %d", err, len(list))
	}
}

// FuzzImport throws bytes at the import: what it takes must come back from an
// export that it takes again.
func FuzzImport(f *testing.F) {
	ctx := context.Background()
	s := Open(ctx, filepath.Join(f.TempDir(), FileName), Options{})
	defer s.Close()
	var seed bytes.Buffer
	for _, d := range append(Builtins(), sample("x")) {
		if err := appendLine(&seed, d); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(seed.Bytes())
	f.Add([]byte(`{"kind":"dashboard","format":1,"id":"a","dashboard":{"title":{"en":"x"},"panels":[{"id":"p","kind":"number","title":{"en":"x"},"w":1,"h":1,"query":"a~"}]}}`))
	f.Add([]byte("{\"kind\":\"dashboard\",\"format\":1,\"dashboard\":{\"title\":{\"es\":\"\\ud800\"}}}\n\xff"))
	f.Add([]byte(`{"type":"dashboard","attributes":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		objects, err := s.readLines(text)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		var out bytes.Buffer
		for i := range objects {
			d, err := toBoard(objects[i])
			if err != nil {
				t.Fatal(err)
			}
			if err := appendLine(&out, d); err != nil {
				t.Fatal(err)
			}
		}
		again, err := s.readLines(out.Bytes())
		if err != nil || len(again) != len(objects) {
			t.Fatalf("%v: %s", err, out.Bytes())
		}
		for i := range again {
			if !bytes.Equal(again[i].body, objects[i].body) {
				t.Fatalf("%s became %s", objects[i].body, again[i].body)
			}
		}
	})
}

func TestNoFileIsExportedThatNoImportTakes(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	objects := make([]object, MaxImport/1_000_000+2)
	body := []byte(`{"title":{"en":"x"},"panels":[{"id":"t","kind":"text","text":{"en":"` + strings.Repeat("x", 1_000_000) + `"}}]}`)
	for i := range objects {
		objects[i].body = body
	}
	if err := s.create(ctx, kindDashboard, objects); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := s.Export(ctx, &file, nil); err == nil || !strings.Contains(err.Error(), "in parts") || file.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, file.Len())
	}
	if list, err := s.Dashboards(ctx); err != nil || len(list) != len(Builtins())+len(objects) {
		t.Errorf("%v: %d", err, len(list))
	}
}
