package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var encoded = regexp.MustCompile(`[A-Za-z0-9+/]{8,}={0,2}`)

// secretsIn are all answers to AUTH PLAIN in a log, as they are sent, decoded
// and in hexadecimal, and the passwords in them.
func secretsIn(log string) map[string]bool {
	found := map[string]bool{}
	for _, word := range encoded.FindAllString(log, -1) {
		answer, err := base64.StdEncoding.DecodeString(word)
		parts := strings.Split(string(answer), "\x00")
		if err != nil || len(parts) != 3 || parts[0] != "" {
			continue
		}
		found[word] = true
		found[hex.EncodeToString(answer)] = true
		found[string(answer)] = true
		found[strings.ReplaceAll(string(answer), "\x00", `\u0000`)] = true
		if len(parts[2]) >= 6 { // a shorter one may be a word of any line
			found[parts[2]] = true
		}
	}
	return found
}

func search(text []byte, secrets map[string]bool) (found []string) {
	for s := range secrets {
		if bytes.Contains(text, []byte(s)) {
			found = append(found, s)
		}
	}
	return found
}

// TestSecretsAreNowhere follows logs that hold passwords and looks for them in
// every file of the data folder, first while events are in the journal and then
// in the segments, and in everything that can be asked.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	var all strings.Builder
	lines := 0
	for _, name := range []string{"dev.log", "dev.stdout.log", "dev-debug.log", "legacy-903520a.log"} {
		text, err := os.ReadFile(corpus(t, "elemta/"+name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
		write(t, filepath.Join(dir, "logs", name), string(text))
		lines += lineCount(t, corpus(t, "elemta/"+name))
	}
	secrets := secretsIn(all.String())
	if len(secrets) < 20 || !secrets["Secret-pw1"] {
		t.Fatalf("the logs hold only %d secrets", len(secrets))
	}
	s := serve(t, data, fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", filepath.Join(dir, "logs", "*.log")))
	s.await("*", lines)
	if !looksAtFiles(t, data, secrets, "1795393768627729617-627729657") {
		t.Error("a queue id is not found in the journal either: this test looks in the wrong way")
	}
	s.stop()
	looksAtFiles(t, data, secrets, "")
	dump := must(t, "search", "*", "--data", data, "--all", "--output", "ndjson")
	if found := search([]byte(dump), secrets); found != nil {
		t.Errorf("rastro search shows %d secrets: %.3q", len(found), found)
	}
	if said := s.said(); strings.Contains(said, "@") || search([]byte(said), secrets) != nil {
		t.Errorf("serve's own log shows an address or a secret:\n%s", said)
	}
	if n := len(everything(t, data, "tags:_redacted")); n == 0 {
		t.Error("no event says that a secret was removed")
	}
}

// looksAtFiles fails for every secret in a file of the folder, and tells
// whether the control is in one.
func looksAtFiles(t *testing.T, data string, secrets map[string]bool, control string) (seen bool) {
	t.Helper()
	err := filepath.WalkDir(data, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if found := search(text, secrets); found != nil {
			t.Errorf("%s holds %d secrets: %.3q", name, len(found), found)
		}
		seen = seen || bytes.Contains(text, []byte(control))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}
