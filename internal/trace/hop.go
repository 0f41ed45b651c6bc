package trace

import (
	"cmp"
	"slices"

	"rastro/internal/event"
)

// hop is one stay of a message in one queue.
type hop struct {
	dialect, host, id string
	facts             []*fact
	birth, death      *fact // nil where the log does not hold them
	first, last       int64

	sender     string
	mids       list
	subject    string
	size       int64
	rcptCount  int64
	client     *fact // the fact that names the client
	ids        list  // further ids of the same stay
	sessions   list  // ids of the dialogue it came in by
	active     bool  // the queue manager took it
	silent     bool  // the log goes on and says nothing more of it
	probe      bool  // an address check, no mail
	legs       []*leg
	book       *legBook // nil where there are few
	kin        *kin     // nil where it has few children
	wide       *wide    // nil where there are few legs
	parents    []*edge
	children   []*edge
	checks     []*fact // what filters said
	judged     int     // verdicts about all of it
	related    []Related
	notes      []Words
	continued  bool // another hop leads here
	continues  int  // how many do
	visits     int  // journeys of how many messages came here
	notice     bool // it is a message about another one
	confidence Confidence
}

// leg is one recipient of a hop.
type leg struct {
	hop      *hop
	no       int    // its place among the legs of the hop
	to, orig string // final address, and the one before aliases; "" if equal
	envelope string // OpenSMTPD's id of the recipient's copy
	place    string // the file, command or automatic reply that an address leads to
	tries    []*fact
	// answeredFor tells that one try was not put off.
	answeredFor bool
	refused     []*fact    // refusals of this recipient, before the queue too
	mailbox     []*fact    // what the mailbox server said
	later       []*fact    // what happened in the mailbox afterwards
	checked     []*fact    // filters that decided it
	notes       []Words    // contradictions
	related     []Related  // messages about this recipient's copy
	before      []*refusal // refusals of the same message before it was accepted
	// elsewhere is what the server that refused an attempt says of it.
	elsewhere []*fact
	failures  []*fact // failed connections behind attempts that reached no server
	linked    Confidence
	state
}

// state is where a leg stands.
type state struct {
	status   Status
	by       By
	decided  *fact  // the line that decided, nil if none did
	answered *fact  // the last line with an answer
	dsn      string // replaces that of the answer
	attempts int
	folder   string
	forwards []*fact // redirects out of the mailbox
	kept     bool    // the mailbox that sent it on kept a copy
}

// hopKey finds the facts of one id.
type hopKey struct{ dialect, id string }

// buildHops makes hops of the facts that have a queue id. facts are in order.
// Elemta's queue has its own rules and is left out.
func buildHops(facts []*fact) []*hop {
	groups := make(map[hopKey][]*fact, len(facts)/8)
	var keys []hopKey
	for _, f := range facts {
		if f.qid == "" || f.dialect == "elemta" || f.dialect == "filters" || f.dialect == "dovecot" {
			continue
		}
		key := hopKey{f.dialect, f.qid}
		if _, known := groups[key]; !known {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], f)
	}
	hops := make([]*hop, 0, len(keys))
	for _, key := range keys {
		for _, host := range byHost(groups[key]) {
			hops = append(hops, splitLives(key, host)...)
		}
	}
	slices.SortStableFunc(hops, func(a, b *hop) int { return cmp.Compare(a.first, b.first) })
	for _, h := range hops {
		h.read()
	}
	return hops
}

// byHost parts the facts of one id by the host that wrote them. Facts of a log
// that names no host go to the host whose facts are nearest in time.
func byHost(facts []*fact) [][]*fact {
	hosts := map[string][]*fact{}
	var names []string
	for _, f := range facts {
		if _, known := hosts[f.host]; !known {
			names = append(names, f.host)
		}
		hosts[f.host] = append(hosts[f.host], f)
	}
	if len(names) == 1 {
		return [][]*fact{facts}
	}
	slices.Sort(names)
	if homeless, ok := hosts[""]; ok {
		delete(hosts, "")
		names = names[1:]
		nearest := hostsByTime(facts)
		for _, f := range homeless {
			name := nearest.at(f.time)
			hosts[name] = append(hosts[name], f)
		}
	}
	parts := make([][]*fact, 0, len(names))
	for _, name := range names {
		slices.SortFunc(hosts[name], compareFacts)
		parts = append(parts, hosts[name])
	}
	return parts
}

// hostTime is a moment and the first, by name, of the hosts that wrote then.
type hostTime struct {
	time int64
	host string
}

type hostTimes []hostTime

// hostsByTime lists who wrote when. facts are in order.
func hostsByTime(facts []*fact) hostTimes {
	var all hostTimes
	for _, f := range facts {
		n := len(all)
		switch {
		case f.host == "":
		case n > 0 && all[n-1].time == f.time:
			all[n-1].host = min(all[n-1].host, f.host)
		default:
			all = append(all, hostTime{f.time, f.host})
		}
	}
	return all
}

// at is the host that wrote nearest to a time.
func (all hostTimes) at(time int64) string {
	i, _ := slices.BinarySearchFunc(all, time, func(t hostTime, at int64) int { return cmp.Compare(t.time, at) })
	switch {
	case i == len(all):
		return all[i-1].host
	case i == 0:
		return all[0].host
	}
	before, after := all[i-1], all[i]
	switch c := cmp.Compare(time-before.time, after.time-time); {
	case c < 0:
		return before.host
	case c > 0:
		return after.host
	}
	return min(before.host, after.host)
}

// deathWindow is how long after the line that ends a message further lines of
// the same stay may come.
const deathWindow = 5 * second

const second = int64(1e9)

// splitLives parts the facts of one id on one host into the stays that had it:
// short ids of Postfix are used again.
func splitLives(key hopKey, facts []*fact) []*hop {
	var hops []*hop
	var h, before *hop
	for _, f := range facts {
		switch {
		case h == nil, isBirth(f) && h.birth != nil, beginsAnew(h, f):
			before, h = h, &hop{dialect: key.dialect, id: key.id, confidence: Exact}
			hops = append(hops, h)
		case isRemoval(f) && h.birth != nil && f.time == h.birth.time && before != nil && before.death == nil:
			// The stamps count seconds: this is the end of the life before.
			before.take(f)
			continue
		}
		h.take(f)
	}
	return hops
}

// beginsAnew tells whether a fact opens another life though it is no birth: a
// notice of Postfix's own has none.
func beginsAnew(h *hop, f *fact) bool {
	if h.death == nil || f.time == h.death.time {
		return false
	}
	if isBirth(f) || f.kind == event.TypeReception {
		return true
	}
	return f.time-h.death.time > deathWindow
}

func (h *hop) take(f *fact) {
	h.facts = append(h.facts, f)
	if h.host == "" {
		h.host = f.host
	}
	if h.first == 0 || f.time < h.first {
		h.first = f.time
	}
	h.last = max(h.last, f.time)
	if isBirth(f) && h.birth == nil {
		h.birth = f
	}
	if isRemoval(f) {
		h.death = f
	}
}

// read takes over what the facts of a hop say about the message.
func (h *hop) read() {
	probes := 0
	h.eximRelays()
	for _, f := range h.facts {
		h.describe(f)
		switch {
		case isProbe(f):
			probes++
		case isTry(f):
			h.try(f)
		case f.kind == event.TypeReception && f.envelope != "" && f.rcpts.len() > 0:
			h.legOf(f.rcpts.first, "", f.envelope)
		}
	}
	h.readdress()
	h.autoReplies()
	h.eximQueue()
	h.refusals()
	h.receivers()
	h.probe = probes > 0 && len(h.legs) == 0
	for _, l := range h.legs {
		l.settle()
	}
}

func (h *hop) describe(f *fact) {
	if f.sender != "" && (h.sender == "" || f.kind == event.TypeQueue) && f.kind != event.TypeRejection {
		h.sender = f.sender
	} else if h.sender == "" {
		h.sender = f.sender
	}
	if f.kind != event.TypeDelivery {
		f.mids.each(h.addMessageID)
	}
	if f.has&hasSize != 0 && f.kind != event.TypeContentCheck {
		h.size = f.size
	}
	m := f.rare()
	if h.subject == "" {
		h.subject = m.subject
	}
	h.rcptCount = max(h.rcptCount, int64(f.rcptCount))
	if h.client == nil && (f.clientIP != "" || m.username != "") && f.kind != event.TypeDelivery {
		h.client = f
	}
	if f.kind == event.TypeQueue && f.sender != "" && f.status == "" {
		h.active = true
	}
}

// receivers gives legs to the recipients that the arrival names and that no
// attempt has shown yet.
func (h *hop) receivers() {
	for _, f := range h.facts {
		if f.kind != event.TypeReception || f.status != event.StatusAccepted && f.envelope == "" {
			continue
		}
		f.rcpts.each(func(to string) {
			if !h.knows(to) {
				h.legOf(to, "", f.envelope)
			}
		})
	}
}

// try adds a delivery attempt to the legs it was for.
func (h *hop) try(f *fact) {
	if f.dialect == "exim" && f.more != nil && h.eximTry(f) {
		return
	}
	if f.rcpts.len() == 0 {
		h.attach(h.legOf("", f.origs.first, f.envelope), f)
		return
	}
	f.rcpts.each(func(to string) { h.attach(h.legOf(to, f.origs.first, f.envelope), f) })
}

// refusals gives the recipients that were refused within the message's own
// transaction a leg each.
func (h *hop) refusals() {
	for _, f := range h.facts {
		if f.kind != event.TypeRejection || f.rcpts.len() == 0 {
			continue
		}
		one := h.dialect == "exim" && h.birth != nil && f.rcpts.len() == 1 // the message was taken for the others
		if stageOf(f) != stageRecipient && !one && (len(h.legs) > 0 || f.status == event.StatusHeld) {
			continue // it is about the whole message
		}
		f.rcpts.each(func(to string) {
			l := h.legOf(to, "", "")
			l.refused = append(l.refused, f)
		})
	}
	h.wholeMessage()
}

// wholeMessage gives a leg to a message that was ended before any recipient
// was tried: the line that ends it names one, or none.
func (h *hop) wholeMessage() {
	if len(h.legs) > 0 {
		return
	}
	for _, f := range h.facts {
		if f.rcpts.len() > 0 && !isProbe(f) && (f.kind == event.TypeQueue || f.kind == event.TypeContentCheck) {
			f.rcpts.each(func(to string) { h.legOf(to, "", "") })
		}
	}
}

// maxMessageIDs bounds the Message-IDs of one hop: a message has one, and what
// is resent another.
const maxMessageIDs = 8

func (h *hop) addMessageID(id string) {
	h.mids.addUpTo(maxMessageIDs, id)
}
