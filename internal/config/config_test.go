package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestExampleIsTheDefault(t *testing.T) {
	var b strings.Builder
	if err := Example(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatalf("the example cannot be read: %v", err)
	}
	want := Default()
	want.Sources = nil
	if got.Sources = got.Sources[:0:0]; len(got.Sources) == 0 {
		got.Sources = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the example changes a default:\n got %+v\nwant %+v", got, want)
	}
	for _, key := range append(keysOf(reflect.TypeFor[Config]()), keysOf(reflect.TypeFor[Source]())...) {
		if !strings.Contains(b.String(), key+":") {
			t.Errorf("the example lacks the key %s", key)
		}
	}
}

// The signs in front of the example's source are all that makes it a comment.
func TestExampleSourceCanBeUsed(t *testing.T) {
	var b strings.Builder
	if err := Example(&b); err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(b.String(), "#sources:\n")
	if !ok {
		t.Fatal("no example of a source")
	}
	text, _, _ = strings.Cut(text, "\n\n")
	text = "sources:\n" + strings.ReplaceAll("\n"+text, "\n#", "\n")[1:]
	c, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatalf("reading\n%s\n%v", text, err)
	}
	s := DefaultSource()
	s.Paths, s.Zone, s.Exclude = []string{"/var/log/mail.log"}, "America/Bogota", []string{"/var/log/mail.err"}
	if len(c.Sources) != 1 || !reflect.DeepEqual(c.Sources[0], s) {
		t.Errorf("got %+v, want %+v", c.Sources, s)
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	for _, typ := range []reflect.Type{reflect.TypeFor[Config](), reflect.TypeFor[Listen](), reflect.TypeFor[Source](), reflect.TypeFor[Multiline](), reflect.TypeFor[Replies](), reflect.TypeFor[GeoIP](), reflect.TypeFor[Elastic](), reflect.TypeFor[Keep](), reflect.TypeFor[Backup](), reflect.TypeFor[Disk](), reflect.TypeFor[Search](), reflect.TypeFor[Store](), reflect.TypeFor[Log]()} {
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Tag.Get("key") == "" || len(f.Tag.Get("doc")) < 8 {
				t.Errorf("%s.%s lacks its key or doc tag", typ.Name(), f.Name)
			}
		}
	}
}

func TestAllMistakesAtOnceWithLines(t *testing.T) {
	text := `data: /srv/rastro
listn:
  elastic: 127.0.0.1:9200
listen:
  elastic: 0.0.0.0:9200
  monitor: nonsense
sources:
  - paths: /var/log/mail.log
    zone: America/Bogotta
    strat: end
  - zone: UTC
keep:
  age: 30 apples
  size: 20GB
search:
  concurrent: many
log:
  level: inof
`
	_, err := Read(strings.NewReader(text))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want Problems", err)
	}
	want := []struct {
		line int
		part string
	}{
		{2, "did you mean listen?"}, {5, "not a loopback address"}, {6, "is no address"}, {9, "no time zone"},
		{10, "did you mean start?"}, {11, "at least one path"}, {13, "no duration"}, {16, "no whole number"}, {18, "choose debug, info, warn, error"},
	}
	for _, w := range want {
		found := false
		for _, p := range problems {
			found = found || p.Line == w.line && strings.Contains(p.String(), w.part)
		}
		if !found {
			t.Errorf("no problem on line %d with %q in:\n%v", w.line, w.part, err)
		}
	}
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d:\n%v", len(problems), len(want), err)
	}
}

func TestReadFillsDefaults(t *testing.T) {
	c, err := Read(strings.NewReader("sources:\n- paths: /var/log/mail.log\n  zone: America/Bogota\nkeep: {age: 30d, size: 20GB}\nlisten:\n  beats: off\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Keep.Age != Duration(30*24*time.Hour) || c.Keep.Size != 20<<30 || c.Listen.Beats != Off {
		t.Errorf("got %+v %+v", c.Keep, c.Listen)
	}
	if s := c.Sources[0]; len(s.Paths) != 1 || s.CloseIdle != Duration(5*time.Minute) || s.Start != "beginning" {
		t.Errorf("got %+v", s)
	}
	if c.Listen.UI != "127.0.0.1:5601" {
		t.Errorf("ui is %q", c.Listen.UI)
	}
}

func TestOddFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", ""},
		"comment":      {"# nothing\n", ""},
		"no mapping":   {"- a\n- b\n", "keys with values"},
		"broken":       {"data: [\n", "no YAML"},
		"twice":        {"data: a\ndata: b\n", "twice"},
		"alias":        {"data: &x a\nlog:\n  level: *x\n", "aliases"},
		"same port":    {"listen:\n  ui: 127.0.0.1:1\n  elastic: 127.0.0.1:1\n", "address of its own"},
		"list for one": {"data: [a]\n", "one value"},
		"not a list":   {"sources: {a: b}\n", "a list"},
		"two":          {"data: a\n---\ndata: b\n", "line 2: a second document"},
		"tab":          {"log:\n\tlevel: info\n", "not with tabs"},
		"garbage":      {"\x00\xff\xfe", "no YAML"},
		"once":         {"a: [\n", "line 2: this is no YAML: did not find"},
		"bad glob":     {"sources:\n- paths: ['/var/[log/*']\n", "line 2: sources[0].paths[0]: \"[log\" is no pattern"},
		"all a class":  {"keep:\n  classes:\n  - age: 3d\n", "line 3: keep.classes[0].query: say which events"},
		"no age":       {"keep:\n  classes:\n  - query: host:a\n", "keep.classes[0].age: must be more than 0"},
		"bad exclude":  {"sources:\n- paths: x\n  exclude: ['a[']\n", "no pattern"},
		"bad pattern":  {"sources:\n- paths: x\n  multiline:\n    pattern: '('\n", "no regular expression"},
	} {
		_, err := Read(strings.NewReader(c.text))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestDurationsAndSizes(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "2w": 336 * time.Hour, "1y": 8760 * time.Hour, "1d12h": 36 * time.Hour} {
		got, err := ParseDuration(text)
		if err != nil || time.Duration(got) != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseDuration(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q, which reads as %v, %v", text, got, again, err)
		}
	}
	for text, want := range map[string]Size{"0": 0, "1024": 1024, "512MB": 512 << 20, "20 GB": 20 << 30, "1t": 1 << 40} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("ParseSize(%q) = %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseSize(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q, which reads as %v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "d", "-1h", "5", "h5", "99999999999y", "1h-2m"} {
		if _, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) gives no error", text)
		}
	}
	for _, text := range []string{"", "GB", "-1", "9999999TB", "1PB"} {
		if _, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) gives no error", text)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b strings.Builder
	if err := Example(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add("sources:\n- paths: [a, b]\n  multiline: {pattern: '^x', negate: true}\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Read(strings.NewReader(text))
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0 || problems.Error() == "") {
			t.Fatalf("an error without problems: %v", err)
		}
	})
}

func TestBackupFolders(t *testing.T) {
	c := Default()
	c.Data = "/var/lib/rastro"
	if got := c.BackupFolders(); len(got) != 1 || got[0] != "/var/lib/rastro/backups" {
		t.Errorf("the default is %v", got)
	}
	c, err := Read(strings.NewReader("backup:\n  folders: [/mnt/a, /mnt/b]\n"))
	if got := c.BackupFolders(); err != nil || len(got) != 2 || got[1] != "/mnt/b" {
		t.Errorf("read %v, %v", got, err)
	}
	if _, err := Read(strings.NewReader("backup:\n  folders: ['']\n")); err == nil {
		t.Error("an empty folder is taken")
	}
}
