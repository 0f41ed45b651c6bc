package feed

import (
	"testing"

	"rastro/internal/event"
)

func TestFollowersGetEveryBatchInOrder(t *testing.T) {
	var f Feed
	a, b := f.Follow(), f.Follow()
	f.Publish([]event.Event{{RID: 1}})
	f.Publish([]event.Event{{RID: 2}, {RID: 3}})
	for _, follower := range []*Follower{a, b} {
		if got := <-follower.Batches(); len(got) != 1 || got[0].RID != 1 {
			t.Errorf("first batch: got %v", got)
		}
		if got := <-follower.Batches(); len(got) != 2 || got[1].RID != 3 {
			t.Errorf("second batch: got %v", got)
		}
		if n := follower.Lost(); n != 0 {
			t.Errorf("lost %d events, want 0", n)
		}
	}
}

func TestASlowFollowerLosesAndIsTold(t *testing.T) {
	var f Feed
	slow := f.Follow()
	for i := range Backlog + 3 {
		f.Publish([]event.Event{{RID: uint64(i)}, {RID: uint64(i)}})
	}
	if n := slow.Lost(); n != 6 {
		t.Errorf("lost %d events, want 6", n)
	}
	if n := slow.Lost(); n != 0 {
		t.Errorf("told twice of the same loss: %d", n)
	}
	if got := <-slow.Batches(); got[0].RID != 0 {
		t.Errorf("the oldest batch went missing: got RID %d", got[0].RID)
	}
}

func TestCloseEndsTheFollower(t *testing.T) {
	var f Feed
	follower := f.Follow()
	follower.Close()
	follower.Close()
	f.Publish([]event.Event{{RID: 1}})
	if _, open := <-follower.Batches(); open {
		t.Error("a closed follower still receives")
	}
	if n := f.Followers(); n != 0 {
		t.Errorf("%d followers after Close, want 0", n)
	}
}
