package e2e

import (
	"bufio"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mailLines are lines of a Postfix host, one second after the other, that hold
// the word; each is unlike the others.
func mailLines(word string, from time.Time, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s mx1 postfix/smtpd[%d]: %s %d connect from host%d.example[192.0.2.%d]\n",
			from.Add(time.Duration(i)*time.Second).UTC().Format(time.RFC3339), 1000+i%50, word, i, i, i%256)
	}
	return b.String()
}

func someDay() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestTerminateAndGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "mail.log")
	write(t, log, mailLines("before", someDay(), 3000))
	s := serve(t, data, fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", log))
	s.await("before", 3000)
	appendTo(t, log, mailLines("last", someDay(), 200))
	s.stop() // the last lines are stored now, or at the next start
	appendTo(t, log, mailLines("meanwhile", someDay(), 100))
	if n := len(everything(t, data, "before")); n != 3000 {
		t.Errorf("after SIGTERM the folder holds %d of 3000 events", n)
	}
	s.start()
	s.await("*", 3300)
	for word, n := range map[string]int{"before": 3000, "last": 200, "meanwhile": 100} {
		if got := s.count(word); got != n {
			t.Errorf("%s: %d events of %d lines", word, got, n)
		}
	}
	s.stop()
}

func TestHangupTakesANewSource(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.log"), filepath.Join(dir, "second.log")
	write(t, first, mailLines("first", someDay(), 10))
	write(t, second, mailLines("second", someDay(), 20))
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", first))
	s.await("*", 10)
	hangup := func() {
		t.Helper()
		if err := s.command.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	s.reconfigure("sources: [{pathes: [x]}]") // a mistake changes nothing
	hangup()
	eventually(t, 10*time.Second, "the mistake to be told", func() bool { return strings.Contains(s.said(), "paths") })
	appendTo(t, first, mailLines("first", someDay(), 1))
	s.await("first", 11)
	s.reconfigure(fmt.Sprintf("sources: [{paths: [%q], zone: UTC}, {paths: [%q], zone: UTC}]", first, second))
	hangup()
	s.await("second", 20)
	appendTo(t, first, mailLines("first", someDay(), 1))
	s.await("first", 12)
	s.stop()
}

func TestOneProcessPerFolder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := serve(t, data, "")
	o := rastro(t, nil, "serve", "--config", s.config)
	if o.code != 4 {
		t.Errorf("a second serve ended with %d, want 4\n%s", o.code, o.stderr)
	}
	for _, want := range []string{fmt.Sprint(s.command.Process.Pid), data} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("a second serve does not name %s:\n%s", want, o.stderr)
		}
	}
	if s.count("*") != 0 {
		t.Error("the first one is disturbed")
	}
}

func TestAddressesThatOthersReach(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, flag := range []string{"--ui", "--elastic", "--monitor", "--beats"} {
		for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:5601", "[::]:0", "example.com:80"} {
			o := rastro(t, nil, "serve", "--data", filepath.Join(dir, "data"), flag, address)
			if o.code != 2 || !strings.Contains(o.stderr, "loopback") {
				t.Errorf("serve %s %s ended with %d\n%s", flag, address, o.code, o.stderr)
			}
		}
	}
	file := filepath.Join(dir, "rastro.yaml")
	write(t, file, "data: "+filepath.Join(dir, "data")+"\nlisten:\n  elastic: 0.0.0.0:9200\n")
	if o := rastro(t, nil, "serve", "--config", file); o.code != 2 || !strings.Contains(o.stderr, "line 3") {
		t.Errorf("serve with an open address in its file ended with %d\n%s", o.code, o.stderr)
	}
}

func TestOnlyLocalNamesAreAnswered(t *testing.T) {
	t.Parallel()
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	for _, address := range []string{s.ui + "/api/info", s.elastic + "/_count", s.monitor + "/healthz"} {
		for host, want := range map[string]int{
			"evil.example": http.StatusMisdirectedRequest, "localhost.evil.example:5601": http.StatusMisdirectedRequest,
			"192.0.2.1": http.StatusMisdirectedRequest, "": http.StatusOK, "localhost": http.StatusOK,
			"LOCALHOST:9200": http.StatusOK, "[::1]:1": http.StatusOK, "127.8.9.1": http.StatusOK,
		} {
			req, err := http.NewRequest(http.MethodGet, "http://"+address, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			resp, err := s.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s with Host %q: %d, want %d", address, host, resp.StatusCode, want)
			}
		}
	}
}

// follow starts a command and returns the lines it prints, as they come.
func follow(t *testing.T, env []string, args ...string) (*exec.Cmd, <-chan string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), binary, args...)
	c.Env = append(os.Environ(), env...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for text := bufio.NewScanner(out); text.Scan(); {
			lines <- text.Text()
		}
	}()
	return c, lines
}

// interrupt is Ctrl-C; the command must end with 0.
func interrupt(t *testing.T, c *exec.Cmd, lines <-chan string) {
	t.Helper()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for range lines { // until it has ended
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%s ended with %v after Ctrl-C", strings.Join(c.Args[1:], " "), err)
	}
}

func TestTailShowsNewLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "mail.log")
	write(t, log, mailLines("old", time.Now(), 5))
	s := serve(t, data, fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", log))
	s.await("*", 5)
	c, lines := follow(t, nil, "tail", "wanted", "--data", data, "--output", "ndjson")
	// The follower does not say when it is there: lines come until it shows one.
	shown := ""
	for end := time.Now().Add(30 * time.Second); shown == ""; {
		appendTo(t, log, mailLines("other", time.Now(), 1)+mailLines("wanted", time.Now(), 1))
		select {
		case shown = <-lines:
		case <-time.After(200 * time.Millisecond):
			if time.Now().After(end) {
				t.Fatal("tail shows nothing")
			}
		}
	}
	if e := records(t, shown); len(e) != 1 || !strings.Contains(e[0].text("message"), "wanted") {
		t.Errorf("tail shows %s", shown)
	}
	// From now on every line is shown within two seconds.
	time.Sleep(300 * time.Millisecond)
	for len(lines) > 0 {
		<-lines
	}
	appendTo(t, log, mailLines("wanted again", time.Now(), 1))
	select {
	case shown = <-lines:
		if !strings.Contains(shown, "wanted again") {
			t.Errorf("tail shows %s", shown)
		}
	case <-time.After(2 * time.Second):
		t.Error("tail does not show the next line within 2 s")
	}
	interrupt(t, c, lines)
}

func TestImportWhileAServerRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	s := serve(t, data, "")
	text := mailLines("piped", someDay(), 1000)
	for _, want := range []string{" 1000 new lines", " 0 new lines"} {
		o := rastro(t, strings.NewReader(text), "import", "-", "--data", data)
		if o.code != 0 || !strings.Contains(o.stdout, want) {
			t.Errorf("import - ended with %d: %s%s, want%s", o.code, o.stdout, o.stderr, want)
		}
		if n := s.count("piped"); n != 1000 {
			t.Errorf("%d of 1000 events are there when import is done", n)
		}
	}
	grown := text + mailLines("grown", someDay(), 10)
	if o := rastro(t, strings.NewReader(grown), "import", "-", "--server", "http://"+s.ui); !strings.Contains(o.stdout, " 10 new lines") {
		t.Errorf("import of the grown text: %s%s", o.stdout, o.stderr)
	}
	if n := s.count("*"); n != 1010 {
		t.Errorf("%d events of 1010 lines", n)
	}
	if o := rastro(t, nil, "import", filepath.Join(dir, "absent.log"), "--data", data); o.code != 1 || !strings.Contains(o.stderr, "absent.log") {
		t.Errorf("import of a file that is not there ended with %d\n%s", o.code, o.stderr)
	}
}

func TestParseShowsWhatWouldBeStored(t *testing.T) {
	t.Parallel()
	for _, o := range []origin{
		{path: corpus(t, "mta/hosts/mx1/mail.log"), zone: bogota}, {path: corpus(t, "mta/hosts/store2/dovecot.log"), zone: "UTC"}, {path: corpus(t, elemtaLog), zone: bogota},
	} {
		stored := imported(t, o.zone, o.path)
		parsed := records(t, must(t, "parse", "--zone", o.zone, "--host", "mx1", o.path))
		for _, e := range slices.Concat(stored, parsed) {
			delete(e, "host") // parse has no machine to ask
		}
		sameStory(t, parsed, stored, time.Nanosecond)
	}
}

func TestMistakesAreExplained(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	o := rastro(t, strings.NewReader(mailLines("x", someDay(), 1)), "import", "-", "--data", data)
	if o.code != 0 {
		t.Fatal(o.stderr)
	}
	s := serve(t, copyOf(t, data), "")
	for _, c := range []struct{ query, says string }{
		{`client_ip:2001:db8::1`, `"2001:db8::1"`},
		{`source:/var/log/mail.log`, `"/var/log/mail.log"`},
		{`sender:"ana`, `quotation mark`},
		{`status:(deferred OR`, `(`},
	} {
		var said []string
		for _, target := range [][]string{{"--data", data}, {"--server", s.ui}} {
			o := rastro(t, nil, append([]string{"search", c.query}, target...)...)
			if o.code != 2 || !strings.Contains(o.stderr, c.says) {
				t.Errorf("search %s %v ended with %d and does not say %s\n%s", c.query, target, o.code, c.says, o.stderr)
			}
			said = append(said, o.stderr)
		}
		if said[0] != said[1] {
			t.Errorf("without a server:\n%s\nwith one:\n%s", said[0], said[1])
		}
	}
	for _, args := range [][]string{{"search", "--size", "x"}, {"serve", "more"}, {"import"}, {"search", "x", "--data", filepath.Join(data, "absent")}, {"nonsense"}, {"serch", "x"}} {
		if o := rastro(t, nil, args...); o.code != 2 || o.stderr == "" {
			t.Errorf("rastro %v ended with %d\n%s", args, o.code, o.stderr)
		}
	}
}

func TestTheExampleConfigurationIsRight(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rastro.yaml")
	write(t, file, must(t, "check", "--example"))
	must(t, "check", "--config", file)
	write(t, file, "dta: x\nlisten: {elastik: off}\nsources:\n- paths: [/var/log/mail.log]\n  zone: America/Bogata\n")
	o := rastro(t, nil, "check", "--config", file)
	for _, want := range []string{"line 1", "data", "line 2", "elastic", "line 5", "America/Bogata"} {
		if o.code != 2 || !strings.Contains(o.stderr, want) {
			t.Errorf("check ended with %d and does not say %q\n%s", o.code, want, o.stderr)
		}
	}
}

func TestMetricsCountWhatCameIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "mail.log")
	write(t, log, mailLines("counted", someDay(), 50))
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", log))
	s.await("*", 50)
	_, text := s.get(s.monitor, "/metrics", nil)
	if !strings.Contains(text, " 50\n") || !strings.Contains(text, "rastro_ingest_") {
		t.Errorf("no metric is 50:\n%.3000s", text)
	}
	if strings.Contains(text, "192.0.2.") {
		t.Error("a metric shows an address")
	}
	var info struct{ Events int }
	resp, err := s.client.Get("http://" + s.ui + "/api/info")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || json.Unmarshal(body, &info) != nil || info.Events != 50 {
		t.Errorf("/api/info says %s (%v)", body, err)
	}
}

// TestTheBinaryIsStatic looks at the program as it is shipped.
func TestTheBinaryIsStatic(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 40<<20 {
		t.Errorf("the program has %d MB, at most 40 are allowed", info.Size()>>20)
	}
	f, err := elf.Open(binary)
	if err != nil {
		t.Skipf("SKIP: %v", err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the program needs shared libraries")
		}
	}
	if out := must(t, "version"); !strings.HasPrefix(out, "rastro ") {
		t.Errorf("version says %q", out)
	}
	if out := must(t, "completion", "bash"); !strings.Contains(out, "__start_rastro") {
		t.Errorf("the completion for bash is %.200q", out)
	}
}
