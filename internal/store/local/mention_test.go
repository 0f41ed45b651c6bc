package local

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/query"
)

// mentioning makes events of which some have the address somewhere, in one of
// many ways, and some something that only looks like it.
func mentioning(n int, first uint64, seed uint64) []event.Event {
	r := rand.New(rand.NewPCG(seed, 3))
	texts := []string{
		"to=<Vanish@person.example>, relay=none", "vanish@person.example", "avanish@person.example", "vanish@person.example.org",
		"b@c.example\u241fvanish@person.example", "vanish+tag@person.example", "bounce+vanish=person.example@lists.example",
		`{"a":"\u003cvanish@person.example\u003e"}`, "SRS0=a=b=person.example=vanish@fwd.example", "person.example vanish", "vanish%40person.example",
	}
	events := engineEvents(n, first)
	for i := range events {
		e := &events[i]
		for range r.IntN(3) {
			text := texts[r.IntN(len(texts))]
			switch r.IntN(7) {
			case 0:
				e.Set(event.Message, fmt.Sprintf("line %d with %s in it", e.RID, text))
			case 1:
				e.Add(event.Recipient, text)
			case 2:
				e.Add(event.Reply, "250 "+text+" ok")
			case 3:
				e.AddExtra(fmt.Sprintf("x%d", r.IntN(3)), fmt.Sprintf("%q", text))
			case 4:
				e.Add(event.Username, text)
			case 5:
				e.Set(event.LogMessage, "another text: "+text)
			case 6:
				e.Add(event.Subject, text)
			}
		}
	}
	return events
}

// The engine finds what looking at every event finds, in memory and in files,
// and erases exactly that.
func TestMentionAgainstEveryEvent(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		for _, forms := range []bool{false, true} {
			e := openEngine(t, disk.OS(), t.TempDir(), 120)
			all := mentioning(500, 1, seed)
			appendAll(t, e, all[:400])
			flushAll(t, e)
			appendAll(t, e, all[400:])
			filter := query.Mention{Address: "VANISH@person.example", Forms: forms}
			var left []uint64
			gone, alike := int64(0), int64(0)
			for i := range all {
				switch {
				case query.Match(filter, &all[i]):
					gone++
				case query.Match(query.Mention{Address: filter.Address, Forms: true}, &all[i]):
					alike++
					fallthrough
				default:
					left = append(left, all[i].RID)
				}
			}
			a, err := e.Ask(t.Context(), query.Question{Filter: filter, Count: query.CountExact})
			if err != nil || a.Total != gone {
				t.Errorf("seed %d, forms %v: a question finds %d of %d, %v", seed, forms, a.Total, gone, err)
			}
			opts := AddressErasure{Address: filter.Address, Forms: forms, DryRun: true}
			dry, err := e.EraseAddress(t.Context(), opts)
			if err != nil || dry.Events != gone || dry.Alike != alike {
				t.Errorf("seed %d, forms %v: counting gives %+v, %v; want %d and %d alike", seed, forms, dry, err, gone, alike)
			}
			wantRange(t, e, 1, 500)
			opts.DryRun = false
			out, err := e.EraseAddress(t.Context(), opts)
			if err != nil || out.Events != gone || out.Removed.Events != gone || out.Alike != alike {
				t.Errorf("seed %d, forms %v: erased %+v, %v; want %d", seed, forms, out, err, gone)
			}
			if got, _ := rids(t, e); !slices.Equal(got, left) {
				t.Errorf("seed %d, forms %v: %d events are left, want %d", seed, forms, len(got), len(left))
			}
			again, err := e.EraseAddress(t.Context(), opts)
			if err != nil || again.Events != 0 || again.Removed.Rewritten != 0 {
				t.Errorf("erasing again: %+v, %v", again, err)
			}
		}
	}
}

func TestEraseAddressRefusesGarbage(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 50)
	appendAll(t, e, engineEvents(10, 1))
	for _, address := range []string{"", "joan", "@", "a b@c", "<joan@x.example>"} {
		if _, err := e.EraseAddress(t.Context(), AddressErasure{Address: address}); err == nil {
			t.Errorf("%q is erased", address)
		}
	}
	wantRange(t, e, 1, 10)
}
