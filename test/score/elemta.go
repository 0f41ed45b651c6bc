package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"rastro/test/corpora"
)

// elemta scores what became of each recipient of Elemta's mail, from its file,
// from its output, and from both at once.
func (s *scorer) elemta() error {
	truth, err := corpora.Table(filepath.Join(s.dir, "elemta", "dev.tsv"))
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, src := range []struct {
		name  string
		files []string
	}{
		{"Elemta's file", []string{"elemta/dev.log"}},
		{"Elemta's output", []string{"elemta/dev.stdout.log"}},
		{"Elemta's file and output", []string{"elemta/dev.log", "elemta/dev.stdout.log"}},
	} {
		all, err := s.trace(src.files)
		if err != nil {
			return err
		}
		counts[src.name] = len(all)
		fmt.Printf("%s: %d journeys\n", src.name, len(all))
		right := 0
		var wrong []string
		found := bySession(all)
		for _, row := range truth {
			got := outcome(found, row)
			if got == row["tracer_expected"] {
				right++
			} else {
				wrong = append(wrong, fmt.Sprintf("%s %s: %s -> %s: %s, got %s", row["n"], row["scenario"], row["mail_from"], row["rcpt_to"], row["tracer_expected"], got))
			}
		}
		s.mark("recipients of dev.tsv", right, len(truth), markElemta)
		s.show(wrong)
	}
	s.mark("both at once double nothing", boolean(counts["Elemta's file and output"] == counts["Elemta's output"]), 1, 1)
	return nil
}

// dialogue finds a journey by what its client said.
type dialogue struct{ session, sender, recipient, messageID string }

func bySession(all []journey) map[dialogue]*journey {
	found := map[dialogue]*journey{}
	for i := range all {
		j := &all[i]
		for _, session := range j.SessionIDs {
			d := dialogue{session, j.Sender, j.Recipient, ""}
			found[d] = j
			d.messageID = j.MessageID
			found[d] = j
		}
	}
	return found
}

// outcome is what was found for a row, in the words of the table.
func outcome(found map[dialogue]*journey, row map[string]string) string {
	sender := row["mail_from"]
	if sender == "" {
		sender = "<>"
	}
	d := dialogue{row["session_uuid"], sender, row["rcpt_to"], row["header_message_id"]}
	j := found[d]
	if j == nil {
		d.messageID = ""
		j = found[d]
	}
	if j == nil {
		return "nothing"
	}
	want := row["tracer_expected"]
	switch {
	case j.Status == "delivered" && j.Attempts > 1 && want == "delivered_after_deferral":
		return want
	case j.Status == "bounced" && want == "failed_after_accept": // a bounce that Elemta calls delivered
		return want
	case j.Status == "discarded" && want == "accepted_then_discarded":
		return want
	case j.Status == "unknown":
		return "partial_unknown_which"
	case j.Status == "rejected" && j.Stage == "END-OF-MESSAGE":
		return "rejected_at_data"
	case j.Status == "rejected":
		return "rejected_at_" + strings.ToLower(j.Stage)
	}
	return j.Status
}
