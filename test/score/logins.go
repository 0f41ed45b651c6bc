package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rastro/test/corpora"
)

// login is an event of type authentication.
type login struct {
	Time     time.Time `json:"@timestamp"`
	Types    words     `json:"event_type"`
	Username string    `json:"username"`
	ClientIP string    `json:"client_ip"`
	Success  *bool     `json:"success"`
}

// words is one string or a list of them.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		*w = make(words, 1)
		return json.Unmarshal(text, &(*w)[0])
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// loginFiles hold the login attempts of each server.
var loginFiles = map[string][]string{
	"postfix":   {"mta/hosts/mx1/mail.log" + bogota, "mta/hosts/mx1/auth.log" + bogota, "mta/hosts/store1/mail.log" + bogota, "mta/hosts/store1/auth.log" + bogota, "mta/hosts/store2/dovecot.log"},
	"exim":      {"mta/hosts/ex1/mainlog" + bogota},
	"opensmtpd": {"mta/hosts/osm1/mail.log" + bogota},
	"sendmail":  {"mta/hosts/smx1/mail.log", "mta/hosts/smx1/auth.log"},
}

// The driver noted an attempt's time at the end of its session.
const (
	loginEarly = 4 * time.Second
	loginLate  = 3 * time.Second
)

// logins scores the login attempts.
func (s *scorer) logins() error {
	truth, err := corpora.Table(filepath.Join(s.dir, "mta", "auth_truth.tsv"))
	if err != nil {
		return err
	}
	events := map[string][]login{}
	for mta, files := range loginFiles {
		if events[mta], err = s.attempts(files); err != nil {
			return err
		}
	}
	fmt.Println("login attempts")
	right := 0
	var wrong []string
	for _, row := range truth {
		mta := row["mta"]
		if loginFiles[mta] == nil {
			mta = "postfix" // the mailbox servers behind it
		}
		at, err := time.Parse(time.RFC3339, row["approx_time"])
		if err != nil {
			return fmt.Errorf("reading auth_truth.tsv: %w", err)
		}
		if slices.ContainsFunc(events[mta], func(l login) bool {
			return strings.EqualFold(l.Username, row["user"]) && l.ClientIP == row["client_ip"] && *l.Success == (row["result"] == "ok") &&
				!l.Time.Before(at.Add(-loginEarly)) && !l.Time.After(at.Add(loginLate))
		}) {
			right++
		} else {
			wrong = append(wrong, fmt.Sprintf("%s %s %s %s %s %s %s", row["mta"], row["approx_time"], row["service"], row["user"], row["client_ip"], row["result"], row["reason"]))
		}
	}
	s.mark("attempts of auth_truth.tsv", right, len(truth), markLogins)
	s.show(wrong)
	return nil
}

// attempts are the events of type authentication in some files.
func (s *scorer) attempts(files []string) (all []login, err error) {
	args := []string{"parse"}
	for _, f := range files {
		args = append(args, filepath.Join(s.dir, filepath.FromSlash(f)))
	}
	err = s.lines(args, func(line []byte) error {
		var l login
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		if l.Success != nil && slices.Contains(l.Types, "authentication") {
			all = append(all, l)
		}
		return nil
	})
	return all, err
}
