package parse
import ("testing";"os";"bufio";"time";"strings";"fmt";"rastro/internal/event")
func TestZZDump(t *testing.T) {
	path := os.Getenv("DUMP"); if path=="" { t.Skip() }
	loc,_ := time.LoadLocation(os.Getenv("DZONE"))
	f,_ := os.Open(path); s := bufio.NewScanner(f); s.Buffer(nil, 1<<22)
	st := new(Stats)
	p := New(Options{Stats: st}); e := new(event.Event)
	o := &event.Origin{Name: path, ID:"x", Zone: loc}
	recv := received
	if os.Getenv("DRECV")!="" { tt,_ := time.Parse(time.RFC3339, os.Getenv("DRECV")); recv = tt.UnixNano() }
	var off int64
	w := bufio.NewWriter(os.Stdout); defer w.Flush()
	filter := os.Getenv("DGREP")
	for s.Scan() {
		l := event.Line{Text: s.Text(), Origin: o, Offset: off, ReceivedAt: recv}
		off += int64(len(s.Text())+1)
		p.Parse(&l, e)
		out := string(event.AppendJSON(nil, e, nil))
		if os.Getenv("DQUIET")=="" && (filter=="" || strings.Contains(out, filter)) { fmt.Fprintln(w, out) }
	}
	fmt.Fprintf(w, "STATS %+v\n", st.Counts())
}
