package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/trace"
	"rastro/internal/web"
)

func TestSplitZone(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"mail=UTC", "plain"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string][2]string{
		"mail.log": {"mail.log", ""}, "mail.log=America/Bogota": {"mail.log", "America/Bogota"}, "*.log=-05:00": {"*.log", "-05:00"},
		"a=b/mail.log": {"a=b/mail.log", ""}, "a=b/mail.log=UTC": {"a=b/mail.log", "UTC"}, "x=Etc/GMT+5": {"x", "Etc/GMT+5"},
		"mail.log=Mars": {"mail.log=Mars", ""}, "mail.log=Local": {"mail.log=Local", ""}, "mail.log=": {"mail.log=", ""}, "=UTC": {"=UTC", ""},
		"mail=UTC": {"mail=UTC", ""}, // there is a file of this name
		"-=UTC":    {"-", "UTC"},
	} {
		if path, zone := splitZone(text); path != want[0] || zone != want[1] {
			t.Errorf("%s: %q in %q, want %q", text, path, zone, want)
		}
	}
}

// paths are the names of files in order.
func paths(args []logArg) string {
	var out []string
	for _, a := range args {
		out = append(out, strings.TrimSuffix(a.path+a.missed+"="+a.zone, "="))
	}
	return strings.Join(out, " ")
}

func TestDivide(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.log", "b.log", "mx1/mail.log", "mx2/mail.log"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		files, args, words, logs, query string
	}{
		{"a.log", "", "", "a.log", ""},
		{"a.log", "b.log", "", "a.log b.log", ""},
		{"a.log", "b.log ana@x.example", "", "a.log b.log", "ana@x.example"},
		{"a.log", "ana@x.example luis@y.example", "", "a.log", "ana@x.example luis@y.example"},
		{"a.log=UTC", "b.log=America/Bogota 4XyZ", "", "a.log=UTC b.log=America/Bogota", "4XyZ"},
		{"*/mail.log", "x.example", "", "mx1/mail.log mx2/mail.log", "x.example"},
		{"**/*.log=UTC", "", "", "a.log=UTC b.log=UTC mx1/mail.log=UTC mx2/mail.log=UTC", ""},
		{"a.log", "", "b.log", "a.log", "b.log"},
		{"a.log b.log", "-", "", "a.log b.log", "-"},
		{"*.lag", "", "", "*.lag", ""},
		{"-", "<a/b@x.example>", "", "-", "<a/b@x.example>"},
		{"a.log", "250 OK ab/cd", "", "a.log", "250 OK ab/cd"},
	} {
		call := &traceCall{files: strings.Fields(c.files)}
		if err := call.divide(strings.Fields(c.args), strings.Fields(c.words)); err != nil {
			t.Errorf("%+v: %v", c, err)
		} else if paths(call.logs) != c.logs || call.req.Query != c.query {
			t.Errorf("%+v: files %q, query %q", c, paths(call.logs), call.req.Query)
		}
	}
	for _, arg := range []string{"c.log", "mail.log.1.gz", "mx1/mail", "./x"} {
		if err := (&traceCall{files: []string{"a.log"}}).divide([]string{arg}, nil); err == nil || !strings.Contains(err.Error(), "no file") {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

func TestOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, size := range map[string]int{"big": 300, "small": 10, "twin": 10} {
		if err := os.WriteFile(name, bytes.Repeat([]byte("x"), size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Link("big", "hard"), os.Symlink("big", "soft"), os.Chtimes("twin", time.Unix(5, 0), time.Unix(5, 0)), os.Chtimes("small", time.Unix(5, 0), time.Unix(5, 0))); err != nil {
		t.Fatal(err)
	}
	var args []logArg
	for _, name := range []string{"big", "small", "./big", "hard", "soft", "small", "twin", "absent", "absent", "-"} {
		args = append(args, logArg{path: name})
	}
	kept, total := once(args)
	if got := paths(kept); got != "absent - small twin big" || total != 320 {
		t.Errorf("%s, %d bytes", got, total)
	}
}

func TestTongue(t *testing.T) {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		t.Setenv(name, "")
	}
	for _, c := range []struct {
		all, messages, lang string
		spanish             bool
	}{
		{"", "", "", false}, {"", "", "es_CO.UTF-8", true}, {"", "", "es", true}, {"", "en_US.UTF-8", "es_CO.UTF-8", false},
		{"C.UTF-8", "es_ES", "es_ES", false}, {"es_MX", "en_US", "en_US", true}, {"", "", "est_EE", false},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got, err := tongueOf(""); err != nil || got.spanish != c.spanish {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got, err := tongueOf("es"); err != nil || !got.spanish {
		t.Error("es is not Spanish")
	}
	lacking := trace.Words{Es: "solo\x1b"}
	if got := english.words(lacking); got != `solo\x1b` {
		t.Errorf("a text without English is %q", got)
	}
}

func TestColors(t *testing.T) {
	if colored(new(bytes.Buffer)) {
		t.Error("a file gets colors")
	}
}

// TestTell: steps are fetched only where they are shown.
func TestTell(t *testing.T) {
	t.Parallel()
	many := make([]trace.Journey, autoSteps+1)
	for i := range many {
		many[i] = bounced()
	}
	for name, c := range map[string]struct {
		steps, output, query string
		journeys             int
		asked                []bool // NoSteps of each request
		shown                bool   // the steps
	}{
		"one":                      {"auto", "text", "x", 1, []bool{false}, true},
		"many":                     {"auto", "text", "x", len(many), []bool{false}, false},
		"everything, which is one": {"auto", "text", "", 1, []bool{true, false}, true},
		"everything":               {"auto", "text", "", len(many), []bool{true}, false},
		"many, all":                {"all", "text", "", len(many), []bool{false}, true},
		"one, none":                {"none", "text", "x", 1, []bool{true}, false},
		"ndjson":                   {"auto", "ndjson", "", len(many), []bool{false}, true},
		"ndjson, none":             {"none", "ndjson", "", len(many), []bool{true}, false},
	} {
		var out, told bytes.Buffer
		call := &traceCall{p: &program{stdout: &out, stderr: &told}, req: web.TraceRequest{Query: c.query}, steps: c.steps, output: c.output, stored: true}
		show, err := newTracePrinter(c.output, traceStyle{tongue: &english, zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		call.show = show
		var asked []bool
		err = call.tell(func(req web.TraceRequest) (trace.Answer, error) {
			asked = append(asked, req.NoSteps)
			journeys := slices.Clone(many[:c.journeys])
			for i := range journeys {
				if req.NoSteps {
					journeys[i].Steps = nil
				}
			}
			return trace.Answer{Journeys: journeys}, nil
		})
		if err != nil || !slices.Equal(asked, c.asked) || strings.Contains(out.String(), "put off") != c.shown {
			t.Errorf("%s: %v, asked %v\n%s", name, err, asked, out.String())
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	var told bytes.Buffer
	call := &traceCall{p: &program{stdout: io.Discard, stderr: &told}, output: "ndjson", stored: true, tongue: &english}
	err := call.remark(&trace.Answer{
		Journeys: make([]trace.Journey, 3), More: true, Partial: true, Reasons: []string{"too slow\x1b"},
		NotFound: &trace.NotFound{Verdict: trace.Words{En: "nobody saw it"}},
	})
	if !errors.Is(err, errPartial) {
		t.Errorf("a partial answer ends with %v", err)
	}
	want := "rastro: this answer is partial: too slow\\x1b\nrastro: these are the newest 3 journeys; --size or --all shows more\nrastro: nothing was found: nobody saw it\n"
	if told.String() != want {
		t.Errorf("told %q", told.String())
	}
}
