package beats

import (
	"net"
	"testing"
	"time"
)

func TestPeers(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	n := newConn(s, here)
	bye := s.peers.welcome(n)
	n.lines.Add(7)
	got := s.Status().Peers
	if len(got) != 1 || got[0].Lines != 7 || got[0].Address != n.peer || time.Since(got[0].Since) > time.Minute {
		t.Errorf("%+v", got)
	}
	bye()
	if got := s.Status().Peers; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
