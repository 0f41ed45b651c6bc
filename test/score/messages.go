package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rastro/test/corpora"
)

const bogota = "=America/Bogota"

// sources are the sets of files that are scored against truth.tsv.
var sources = []struct {
	name  string
	files []string
	mta   string // "" for all
}{
	{"every host's own log", []string{
		"mta/hosts/mx1/mail.log" + bogota, "mta/hosts/mx1/rspamd.log" + bogota, "mta/hosts/store1/mail.log" + bogota, "mta/hosts/store2/dovecot.log",
		"mta/hosts/ex1/mainlog" + bogota, "mta/hosts/ex1/rejectlog" + bogota, "mta/hosts/osm1/mail.log" + bogota, "mta/hosts/smx1/mail.log",
	}, ""},
	{"RFC 5424 with the daemon's name cut off", []string{
		"mta/hosts/mx1/mail.rfc5424-noslash.log", "mta/hosts/mx1/rspamd.log" + bogota, "mta/hosts/store1/mail.rfc5424-noslash.log", "mta/hosts/store2/dovecot.log",
		"mta/hosts/ex1/mainlog" + bogota, "mta/hosts/ex1/rejectlog" + bogota, "mta/hosts/osm1/mail.rfc5424-noslash.log", "mta/hosts/smx1/mail.rfc5424-noslash.log",
	}, ""},
	{"two hosts in one central log", []string{"mta/derived/central.rfc3339.log", "mta/hosts/store2/dovecot.log"}, "postfix"},
	{"garbage between the lines", []string{"mta/derived/dirty.rfc3339.log", "mta/hosts/store1/mail.log" + bogota, "mta/hosts/store2/dovecot.log"}, "postfix"},
}

// messages scores every set of files.
func (s *scorer) messages() error {
	truth, err := corpora.Table(filepath.Join(s.dir, "mta", "truth.tsv"))
	if err != nil {
		return err
	}
	for _, src := range sources {
		all, err := s.trace(src.files)
		if err != nil {
			return err
		}
		text, err := s.read(src.files)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d journeys\n", src.name, len(all))
		s.score(truth, src.mta, index(all), text)
	}
	return nil
}

// read returns all lines of some files in lower case.
func (s *scorer) read(files []string) ([]string, error) {
	var all []string
	for _, f := range files {
		name, _, _ := strings.Cut(f, "=")
		text, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		all = append(all, strings.Split(strings.ToLower(string(text)), "\n")...)
	}
	return all, nil
}

// index finds journeys by their addresses, before and after aliases.
func index(all []journey) map[string][]*journey {
	found := map[string][]*journey{}
	for i := range all {
		j := &all[i]
		found[j.Recipient] = append(found[j.Recipient], j)
		if j.OriginalRecipient != "" && j.OriginalRecipient != j.Recipient {
			found[j.OriginalRecipient] = append(found[j.OriginalRecipient], j)
		}
	}
	return found
}

// score counts the rows that are right.
func (s *scorer) score(truth []map[string]string, mta string, journeys map[string][]*journey, text []string) {
	rows, right, falseMatches, unnamed := 0, 0, 0, 0
	codes, goodCodes, contrary := 0, 0, 0
	var wrong []string
	for _, row := range truth {
		if mta != "" && row["mta"] != mta {
			continue
		}
		rows++
		matches := match(row, journeys)
		if row["final_status"] == "not_found" {
			if len(matches) > 0 {
				falseMatches++
				wrong = append(wrong, describe(row, matches))
			} else {
				right++
			}
			continue
		}
		good := withStatus(matches, row["final_status"])
		if len(good) == 0 {
			if len(matches) == 0 && !named(row, text) {
				unnamed++
			}
			wrong = append(wrong, describe(row, matches))
			continue
		}
		right++
		if row["final_status"] == "rejected" && strings.HasPrefix(row["smtp_code"], "2") {
			contrary++ // the table holds the answer to an earlier command
			continue
		}
		n, ok := answers(row, good)
		codes, goodCodes = codes+n, goodCodes+ok
	}
	s.mark("rows of truth.tsv that the logs name", right, rows-unnamed, markRows)
	fmt.Printf("  %-44s %5d of %5d  %6.2f %%\n", "rows of truth.tsv, all", right, rows, 100*float64(right)/float64(rows))
	s.mark("no false match on never_arrived", boolean(falseMatches == 0), 1, 1)
	s.mark("codes and enhanced codes", goodCodes, codes, markCodes)
	fmt.Printf("  %d rows are about a recipient or sender that no line names; %d refusals have the code of an earlier, accepted command in the table and are not compared\n", unnamed, contrary)
	s.show(wrong)
}

func (s *scorer) show(wrong []string) {
	for i, w := range wrong {
		if i == missesShown && !s.all {
			fmt.Printf("  - and %d more (-v)\n", len(wrong)-i)
			return
		}
		fmt.Println("  -", w)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// match finds the journeys of a row: the recipient and a queue id, else the
// Message-ID, else the sender.
func match(row map[string]string, journeys map[string][]*journey) []*journey {
	var candidates []*journey
	for _, address := range recipients(row) {
		for _, j := range journeys[address] {
			if j.Program == "" || j.Program == row["mta"] {
				candidates = append(candidates, j)
			}
		}
	}
	ids := split(row["queue_ids"])
	pick := func(fits func(*journey) bool) (found []*journey) {
		for _, j := range candidates {
			if fits(j) {
				found = append(found, j)
			}
		}
		return found
	}
	shared := func(j *journey) bool { return overlap(ids, j.QueueIDs) }
	if found := pick(shared); len(found) > 0 {
		return found
	}
	if id := strings.Trim(row["message_id"], "<> "); id != "" {
		if found := pick(func(j *journey) bool { return strings.Trim(j.MessageID, "<> ") == id }); len(found) > 0 {
			return found
		}
	}
	return pick(func(j *journey) bool {
		return strings.EqualFold(strings.TrimPrefix(j.Sender, "<>"), row["sender"]) && !shared(j)
	})
}

func recipients(row map[string]string) []string {
	all := []string{strings.ToLower(row["recipient"])}
	if final := strings.ToLower(row["final_recipient"]); final != "" && final != all[0] {
		all = append(all, final)
	}
	return all
}

func split(list string) []string {
	var all []string
	for _, s := range strings.Split(list, ",") {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

func overlap(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

func withStatus(matches []*journey, status string) (good []*journey) {
	for _, j := range matches {
		if j.Status == status {
			good = append(good, j)
		}
	}
	return good
}

// answers compares the codes that the table gives.
func answers(row map[string]string, good []*journey) (given, right int) {
	check := func(want string, of func(*journey) string) {
		if want == "" {
			return
		}
		given++
		for _, j := range good {
			if of(j) == want {
				right++
				return
			}
		}
	}
	check(row["dsn"], func(j *journey) string { return j.DSN })
	check(row["smtp_code"], func(j *journey) string { return strconv.Itoa(j.SMTPCode) })
	return given, right
}

// named tells whether some line names the row's recipient together with its
// sender or one of its ids: only then can anybody find it.
func named(row map[string]string, text []string) bool {
	others := split(strings.ToLower(row["queue_ids"]))
	for _, v := range []string{row["sender"], row["message_id"]} {
		if v != "" {
			others = append(others, strings.ToLower(v))
		}
	}
	for _, line := range text {
		for _, address := range recipients(row) {
			if address == "" || !strings.Contains(line, address) {
				continue
			}
			for _, v := range others {
				if strings.Contains(line, v) {
					return true
				}
			}
		}
	}
	return false
}

func describe(row map[string]string, matches []*journey) string {
	got := "nothing"
	if len(matches) > 0 {
		got = matches[0].Status
	}
	return fmt.Sprintf("%s %s: %s -> %s %s: %s, got %s", row["mta"], row["scenario"], row["sender"], row["recipient"], row["queue_ids"], row["final_status"], got)
}
