package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// journey is what of a journey's JSON counts here.
type journey struct {
	Program           string   `json:"program"`
	Sender            string   `json:"sender"`
	Recipient         string   `json:"recipient"`
	OriginalRecipient string   `json:"original_recipient"`
	MessageID         string   `json:"message_id"`
	QueueIDs          []string `json:"queue_ids"`
	SessionIDs        []string `json:"session_ids"`
	Status            string   `json:"status"`
	Stage             string   `json:"stage"`
	SMTPCode          int      `json:"smtp_code"`
	DSN               string   `json:"dsn"`
	Attempts          int      `json:"attempts"`
}

// trace asks for all journeys of some files; a name may end in =ZONE.
func (s *scorer) trace(files []string) ([]journey, error) {
	args := []string{"trace", "--output", "ndjson"}
	for _, f := range files {
		args = append(args, "--files", filepath.Join(s.dir, filepath.FromSlash(f)))
	}
	var all []journey
	err := s.lines(args, func(line []byte) error {
		var j journey
		if err := json.Unmarshal(line, &j); err != nil {
			return err
		}
		all = append(all, j)
		return nil
	})
	return all, err
}

// lines runs the program and visits the lines of its output.
func (s *scorer) lines(args []string, visit func([]byte) error) error {
	c := exec.Command(s.rastro, args...)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("running %s %s: %w\n%s", s.rastro, strings.Join(args, " "), err, complaints.String())
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if err := visit(lines.Bytes()); err != nil {
			return fmt.Errorf("reading the answer of %s: %w", args[0], err)
		}
	}
	return lines.Err()
}
