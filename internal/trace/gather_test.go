package trace

import (
	"testing"

	"rastro/internal/event"
)

// TestMailboxLinesTakeNoPlace: a page of the newest messages is full, though
// the mailbox server tells of each of them too.
func TestMailboxLinesTakeNoPlace(t *testing.T) {
	t.Parallel()
	g := &gathering{question: &Question{Query: Query{Terms: []Term{{Kind: TermAddress, Values: []string{"a@b.example"}}}}}}
	add := func(at int64, qid, session string) {
		f := &fact{head: &head{kind: event.TypeDelivery}, time: at, qid: qid}
		if session != "" {
			f.sessions.first = session
		}
		g.fresh = append(g.fresh, f)
	}
	for i, id := range []string{"A", "B", "C", "D"} {
		add(int64(2*i), id, "")
		add(int64(2*i+1), "", "session "+id)
	}
	g.newest(3)
	ids := 0
	for _, f := range g.fresh {
		if f.qid != "" {
			ids++
		}
	}
	if ids != 3 || g.messages != 3 || !g.more {
		t.Errorf("%d queue ids, %d messages, more: %t; want 3", ids, g.messages, g.more)
	}
}
