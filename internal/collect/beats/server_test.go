package beats

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	client "github.com/elastic/go-lumber/client/v2"

	"rastro/internal/event"
)

var (
	first  = agentOf{"a-1", "run-1"}
	second = agentOf{"a-1", "run-2"} // the same agent after a restart
	other  = agentOf{"a-2", "run-9"}
	noon   = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
)

const mailLog = "/var/log/mail.log"

// send sends windows of at most size events and waits for each to be durable.
func send(t *testing.T, addr string, events []any, size int, opts ...client.Option) {
	t.Helper()
	c, err := client.SyncDial(addr, append(opts, client.Timeout(10*time.Second))...)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for window := range slices.Chunk(events, size) {
		if n, err := c.Send(window); err != nil || n != len(window) {
			t.Fatalf("sending %d events: %d acknowledged, %v", len(window), n, err)
		}
	}
}

// lose sends a window and leaves without reading the acknowledgement.
func lose(t *testing.T, addr string, events []any) {
	t.Helper()
	c, err := client.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Send(events); err != nil {
		t.Fatal(err)
	}
}

func TestClients(t *testing.T) {
	t.Parallel()
	texts := mailLines(t)
	for name, opts := range map[string][]client.Option{
		"plain":      nil,
		"compressed": {client.CompressionLevel(3)},
	} {
		t.Run("sync "+name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := serve(t, s.take, nil)
			send(t, r.addr, first.events(mailLog, 0, noon, texts), 500, opts...)
			s.wantOnce(t, texts)
			if got := r.Status(); got.Windows != 3 || got.Lines != 1200 || got.Repeats != 0 {
				t.Errorf("status is %+v", got)
			}
		})
		t.Run("async "+name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := serve(t, s.take, nil)
			c, err := client.AsyncDial(r.addr, 2, append(opts, client.Timeout(10*time.Second))...)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var sent sync.WaitGroup
			for window := range slices.Chunk(first.events(mailLog, 0, noon, texts), 100) {
				sent.Add(1)
				err := c.Send(func(seq uint32, err error) {
					if int(seq) != len(window) || err != nil {
						t.Errorf("%d of %d events were acknowledged, %v", seq, len(window), err)
					}
					sent.Done()
				}, window)
				if err != nil {
					t.Fatal(err)
				}
			}
			sent.Wait()
			s.wantOnce(t, texts)
		})
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	zone := time.FixedZone("", 3600)
	r := serve(t, s.take, nil, func(o *Options) { o.Zone, o.Dialect = zone, "postfix" })
	send(t, r.addr, []any{first.event(mailLog, 4711, noon, "warning: \"ñ\"\tend")}, 1)
	got := s.stored()[0]
	if got.Text != "warning: \"ñ\"\tend" || got.Offset != 4711 || got.Length != int64(len(got.Text)) || got.Marks != 0 {
		t.Errorf("the line is %+v", got)
	}
	if o := got.Origin; o.Name != mailLog || o.Host != "mx1.example.org" || o.Zone != zone || o.Dialect != "postfix" || o.ID == "" {
		t.Errorf("the origin is %+v", o)
	}
	fields := map[string]string{}
	for _, p := range got.Fields {
		fields[p.Name] = p.JSON
	}
	want := map[string]string{
		"@timestamp": `"2026-03-14T12:00:00.000Z"`, "host.name": `"mx1.example.org"`,
		"fields.site": `"madrid"`, "tags": `["mail"]`,
	}
	for name, value := range want {
		if fields[name] != value {
			t.Errorf("field %s is %s, want %s", name, fields[name], value)
		}
	}
	if len(fields) != len(want) {
		t.Errorf("the fields are %v", fields)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	card := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, card, card, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(leaf)
	s := &shelf{}
	r := serve(t, s.take, nil, func(o *Options) {
		o.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	})
	dial := func(network, addr string) (net.Conn, error) {
		return tls.Dial(network, addr, &tls.Config{RootCAs: trusted})
	}
	c, err := client.SyncDialWith(dial, r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	texts := numberedTexts("tls", 10)
	if _, err := c.Send(first.events(mailLog, 0, noon, texts)); err != nil {
		t.Fatal(err)
	}
	s.wantOnce(t, texts)
}

func TestTwoAgents(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := serve(t, s.take, nil)
	texts := numberedTexts("same", 300)
	var both sync.WaitGroup
	for _, a := range []agentOf{first, other} {
		both.Go(func() { send(t, r.addr, a.events(mailLog, 0, noon, texts), 50) })
	}
	both.Wait()
	s.wantOnce(t, texts, texts) // equal lines of two machines are not repeats
}

func TestLostAcknowledgement(t *testing.T) {
	t.Parallel()
	texts := numberedTexts("mail", 100)
	bare := make([]any, len(texts)) // events without an offset
	for i, text := range texts {
		bare[i] = map[string]any{"@timestamp": noon, "message": text, "agent": map[string]any{"id": "j"}, "unit": "postfix", "pid": i}
	}
	for name, events := range map[string][]any{"with offsets": first.events(mailLog, 0, noon, texts), "without": bare} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := serve(t, s.take, nil)
			lose(t, r.addr, events[:60])
			until(t, "60 lines", func() bool { return r.Status().Windows == 1 })
			send(t, r.addr, events[:60], 60)
			send(t, r.addr, events[50:], 10) // the sender may cut its windows anew
			s.wantOnce(t, texts)
			if got := r.Status().Repeats; got != 70 {
				t.Errorf("%d repeats were counted, want 70", got)
			}
		})
	}
}

// A batch that is still on its way when its events come again is waited for.
func TestRepeatOfWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	events := first.events(mailLog, 0, noon, numberedTexts("mail", 10))
	for _, refused := range []bool{false, true} {
		hold := make(chan struct{})
		s := &shelf{hold: hold}
		r := serve(t, s.take, nil)
		lose(t, r.addr, events)
		until(t, "the batch is on its way", func() bool { return r.Status().Lines == 10 })
		c, err := client.SyncDial(r.addr, client.Timeout(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sent := make(chan error, 1)
		go func() {
			_, err := c.Send(events)
			sent <- err
		}()
		until(t, "the repeat is recognized", func() bool { return r.Status().Repeats == 10 })
		select {
		case err := <-sent:
			t.Fatalf("the repeat was answered before its lines were durable: %v", err)
		default:
		}
		if refused {
			s.set(func(s *shelf) { s.before = func(event.Batch) error { return errors.New("disk broke") } })
		}
		close(hold)
		if err := <-sent; (err != nil) != refused {
			t.Fatalf("refused is %v, the sender got %v", refused, err)
		}
		if refused {
			s.set(func(s *shelf) { s.before = nil })
			send(t, r.addr, events, 10)
		}
		s.wantOnce(t, numberedTexts("mail", 10))
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	texts := numberedTexts("mail", 2500) // three batches in one window
	events := first.events(mailLog, 0, noon, texts)
	s := &shelf{}
	r := serve(t, s.take, nil)
	refuseSecond := func(b event.Batch) error {
		if strings.Contains(b.Lines[0].Text, "line 1000") {
			return errors.New("disk broke")
		}
		return nil
	}
	attempt := func() error {
		c, err := client.SyncDial(r.addr, client.Timeout(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Send(events)
		return err
	}
	s.set(func(s *shelf) { s.before = refuseSecond })
	if attempt() == nil {
		t.Error("a window was acknowledged that was partly refused")
	}
	s.set(func(s *shelf) { s.before, s.full = nil, errors.New("stopped") })
	if attempt() == nil {
		t.Error("a window was acknowledged that was not taken")
	}
	s.set(func(s *shelf) { s.full = nil })
	if err := attempt(); err != nil {
		t.Error(err)
	}
	s.wantOnce(t, texts)
}

// Filebeat with two workers sends the lines of one file over two connections.
func TestOneFileOverTwoConnections(t *testing.T) {
	t.Parallel()
	texts := mailLines(t)
	s := &shelf{}
	r := serve(t, s.take, nil)
	windows := slices.Collect(slices.Chunk(first.events(mailLog, 0, noon, texts), 40))
	slices.Reverse(windows[:10])
	var both sync.WaitGroup
	for half := range 2 {
		both.Go(func() {
			for i := half; i < len(windows); i += 2 {
				if i%6 == half {
					lose(t, r.addr, windows[i])
				}
				send(t, r.addr, windows[i], 40)
			}
		})
	}
	both.Wait()
	s.wantOnce(t, texts)
}

func TestRestart(t *testing.T) {
	t.Parallel()
	texts := numberedTexts("mail", 3000)
	s := &shelf{}
	r := serve(t, s.take, nil)
	send(t, r.addr, first.events(mailLog, 0, noon, texts[:1500]), 700)
	lose(t, r.addr, first.events(mailLog, sizeOf(texts[:1500]), noon, texts[1500:2000]))
	until(t, "2000 lines", func() bool { return r.Status().Lines == 2000 && r.Status().Windows == 4 })
	r.stop()

	r = serve(t, s.take, s.durable()) // we were restarted: sent again
	send(t, r.addr, first.events(mailLog, sizeOf(texts[:1500]), noon, texts[1500:2000]), 500)
	send(t, r.addr, first.events(mailLog, sizeOf(texts[:2000]), noon, texts[2000:2200]), 100)
	r.stop()

	r = serve(t, s.take, s.durable()) // all were restarted: read again
	send(t, r.addr, second.events(mailLog, sizeOf(texts[:700]), noon.Add(time.Hour), texts[700:]), 2048)
	s.wantOnce(t, texts)
	ids := map[string]bool{}
	for _, l := range s.stored() {
		ids[l.Origin.ID] = true
	}
	if len(ids) != 1 {
		t.Errorf("one file has %d identities", len(ids))
	}
}

func sizeOf(texts []string) (n int64) {
	for _, text := range texts {
		n += int64(len(text)) + 1
	}
	return n
}

func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := serve(t, s.take, nil, func(o *Options) { o.MaxConnections = 2 })
	var open []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	until(t, "two connections", func() bool { return r.Status().Connections == 2 })
	if got := talk(t, r.addr, nil, 0); len(got) != 0 || r.Status().TurnedAway != 1 {
		t.Errorf("the third connection got %q, status is %+v", got, r.Status())
	}
	open[0].Close()
	until(t, "one connection", func() bool { return r.Status().Connections == 1 })
	send(t, r.addr, first.events(mailLog, 0, noon, []string{"x"}), 1)
}

// A listener that breaks ends Serve with the reason.
func TestListenerBreaks(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	s := &shelf{}
	if err := New(Options{Listener: listener}).Serve(context.Background(), nil, s.take); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve ended with %v", err)
	}
}
