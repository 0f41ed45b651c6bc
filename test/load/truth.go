package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// fate is a row of loggen's truth: what became of one recipient's copy.
type fate struct {
	sender, to string
	original   string // the address before an alias or a forward; "" for none
	ids        []string
	notices    []string // queue ids of the notices to the sender
	messageID  string
	status     string
	host       string
	began      time.Time
}

// The columns of the truth that are read.
const (
	columnSender, columnRecipient, columnIDs, columnMessageID, columnStatus = 2, 3, 4, 5, 6
	columnBegan, columnFinal, columnHost, columnCount                       = 9, 10, 13, 14
)

// fateOf reads a row.
func fateOf(line string) (fate, error) {
	col := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if len(col) != columnCount {
		return fate{}, fmt.Errorf("a row of the truth has %d columns, want %d: %q", len(col), columnCount, line)
	}
	f := fate{sender: col[columnSender], to: col[columnRecipient], messageID: col[columnMessageID], status: col[columnStatus], host: col[columnHost]}
	if col[columnFinal] != "" {
		f.original, f.to = f.to, col[columnFinal]
	}
	for id := range strings.SplitSeq(col[columnIDs], ",") {
		if notice, ok := strings.CutPrefix(id, "bounce:"); ok {
			f.notices = append(f.notices, notice)
		} else if id != "" {
			f.ids = append(f.ids, id)
		}
	}
	var err error
	f.began, err = time.Parse(time.RFC3339, col[columnBegan])
	return f, err
}

// names tells whether an address stands on the copy's way.
func (f *fate) names(address string) bool {
	return f.sender == address || f.to == address || f.original == address
}

// key is the name of a journey: no two copies have the same.
func (f *fate) key() string { return journeyKey(f.host, f.ids, f.to) }

func journeyKey(host string, ids []string, to string) string {
	id := "NOQUEUE"
	if len(ids) > 0 {
		id = ids[0]
	}
	return host + " " + id + " " + to
}

// eachFate reads the truth from an offset on; visit's false ends it.
func eachFate(path string, offset int64, visit func(fate) bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	rows := bufio.NewReaderSize(file, 1<<20)
	// The first line names the columns, or is the rest of a row.
	if _, err := rows.ReadString('\n'); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	for {
		line, err := rows.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		f, err := fateOf(line)
		if err != nil {
			return err
		}
		if !visit(f) {
			return nil
		}
	}
}

// persons are the addresses that are traced.
type persons struct {
	busiest, typical string
	// misspelled is typical with two letters of its local part changed places;
	// elsewhere has a slip in its domain. Nobody has these addresses.
	misspelled, elsewhere string
}

// mailCount counts what names an address.
type mailCount struct {
	taken   int32 // messages that were taken
	refused bool  // some were not
}

// choosePersons reads whose messages the log tells of.
func choosePersons(path string) (persons, error) {
	counts := map[string]mailCount{}
	note := func(address string, refused, again bool) {
		c := counts[address]
		c.refused = c.refused || refused
		if !refused && !again {
			c.taken++
		}
		counts[address] = c
	}
	message := ""
	err := eachFate(path, 0, func(f fate) bool {
		refused := f.status == "rejected"
		key := journeyKey(f.host, f.ids, "")
		note(f.sender, refused, key == message && !refused)
		note(f.to, refused, false)
		if f.original != "" {
			note(f.original, refused, false)
		}
		message = key
		return true
	})
	if err != nil {
		return persons{}, err
	}
	p := persons{busiest: busiestOf(counts), typical: typicalOf(counts)}
	at := strings.IndexByte(p.typical, '@')
	known := func(a string) bool { _, ok := counts[a]; return ok }
	p.misspelled = slip(p.typical, 0, at, known)
	p.elsewhere = slip(p.typical, at+1, len(p.typical), known)
	if p.misspelled == "" || p.elsewhere == "" {
		return p, fmt.Errorf("no slip makes an address of %q that nobody has", p.typical)
	}
	return p, nil
}

func busiestOf(counts map[string]mailCount) string {
	name := ""
	for address, c := range counts {
		if best := counts[name]; c.taken > best.taken || c.taken == best.taken && address < name {
			name = address
		}
	}
	return name
}

// typicalOf is an address with the median number of messages, the first by name
// of those that nothing was refused to.
func typicalOf(counts map[string]mailCount) string {
	var all []int32
	for _, c := range counts {
		if c.taken > 0 {
			all = append(all, c.taken)
		}
	}
	slices.Sort(all)
	median := all[len(all)/2]
	name := ""
	for address, c := range counts {
		if c.taken == median && !c.refused && (name == "" || address < name) {
			name = address
		}
	}
	return name
}

// slip lets two neighboring letters between begin and end change places so that
// the address is nobody's.
func slip(address string, begin, end int, known func(string) bool) string {
	for i := begin + 1; i+1 < end; i++ {
		b := []byte(address)
		b[i], b[i+1] = b[i+1], b[i]
		if s := string(b); s != address && b[i] >= 'a' && b[i+1] >= 'a' && !known(s) {
			return s
		}
	}
	return ""
}

// chooseMessages finds, in the middle of the truth, a message with one copy and
// one with several, both without notices: the first is asked for by its queue
// id, the second by its Message-ID.
func chooseMessages(path string) (queueID, messageID string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", "", err
	}
	var last fate
	copies := 0
	err = eachFate(path, info.Size()/2, func(f fate) bool {
		if f.messageID == last.messageID {
			copies++
		} else {
			switch {
			case last.status != "delivered" || len(last.notices) > 0:
			case copies == 1 && queueID == "":
				queueID = last.ids[0]
			case copies > 1 && messageID == "":
				messageID = last.messageID
			}
			copies = 1
		}
		last = f
		return queueID == "" || messageID == ""
	})
	return queueID, messageID, cmp.Or(err, missingMessage(queueID, messageID))
}

func missingMessage(queueID, messageID string) error {
	if queueID == "" || messageID == "" {
		return errors.New("the truth has no message that was delivered to one, or none to several")
	}
	return nil
}
