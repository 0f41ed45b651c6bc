package beats

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// draft is one event on its way to a line.
type draft struct {
	text  document.Span
	pairs document.Span // of builder.Pairs
	marks event.Marks

	// agent tells the agents apart, process the runs of one agent (0: not
	// named), stamp the times of reading, and file the files of one agent.
	agent, process, file uint64
	stamp                uint16
	// print is the fingerprint by which a repeat is recognized.
	print uint64
	// placed tells that offset is known.
	placed bool
	offset int64
	// name and host go into the origin.
	name, host string
}

// gathered is what one event says. The slices are parts of its JSON and
// nil where it says nothing.
type gathered struct {
	b *builder

	message, original, source, offset6 []byte
	messageCut                         bool

	agentID, beatID, process, agentName []byte
	hostName, hostText, hostHostname    []byte
	agentHost                           []byte

	path, offset, inode, device, fingerprint []byte
	stamp                                    []byte
	marks                                    event.Marks
	tooMany                                  bool // fields
}

// Leaf takes one value. What describes only the agent and its machine is left
// out: it is the same in every event.
func (d *gathered) Leaf(path, raw []byte, unfinished bool) {
	if unfinished {
		if string(path) == "message" {
			d.message, d.messageCut = raw, true
		}
		return
	}
	if raw[0] == 'n' || d.identity(path, raw) || d.noise(path) {
		return
	}
	switch string(path) {
	case "message":
		if d.message == nil {
			d.message = raw
			return
		}
	case "event.original":
		if d.original == nil {
			d.original = raw
			return
		}
	case "@timestamp":
		d.stamp = raw
	case "host.name":
		d.hostName = raw
	case "host":
		d.hostText = raw
	case "source":
		if d.source == nil && raw[0] == '"' {
			d.source = raw
			return
		}
	case "offset":
		if d.offset6 == nil {
			d.offset6 = raw
			return
		}
	}
	d.b.keep(d.b.names.Of(path), raw)
}

// identity takes the values that say which line of which file it is, and of
// which agent.
func (d *gathered) identity(path, raw []byte) bool {
	if len(raw) == 2 && raw[0] == '"' {
		raw = nil // an empty name is none
	}
	switch string(path) {
	case "agent.id":
		d.agentID = raw
	case "agent.ephemeral_id":
		d.process = raw
	case "agent.name":
		d.agentName = raw
	case "agent.hostname", "beat.hostname":
		d.agentHost = raw
	case "beat.name":
		d.beatID = raw
	case "host.hostname":
		d.hostHostname = raw
	case "log.file.path":
		d.path = raw
	case "log.offset":
		d.offset = raw
	case "log.file.inode":
		d.inode = raw
	case "log.file.device_id":
		d.device = raw
	case "log.file.fingerprint":
		d.fingerprint = raw
	case "log.flags":
		if bytes.Contains(raw, []byte(`"multiline"`)) {
			d.marks |= event.MarkJoined
		}
		if bytes.Contains(raw, []byte(`"truncated"`)) {
			d.marks |= event.MarkCut
		}
	default:
		return false
	}
	return true
}

// noise tells whether a value describes the agent or its machine.
func (d *gathered) noise(path []byte) bool {
	top, rest, nested := bytes.Cut(path, []byte("."))
	switch string(top) {
	case "agent", "ecs", "input", "prospector", "beat", "@metadata":
		return nested
	case "@version":
		return !nested
	case "host":
		part, _, _ := bytes.Cut(rest, []byte("."))
		switch string(part) {
		case "architecture", "boottime", "containerized", "id", "ip", "mac", "os":
			return true
		}
	}
	return false
}

// finish completes the draft of the event. Payload is its JSON; valid tells
// that it could be read.
func (d *gathered) finish(dr *draft, payload []byte, valid, cut bool) {
	dr.marks = d.marks
	if cut {
		dr.marks |= event.MarkCut
	}
	d.older()
	d.writeText(dr, payload, valid)
	d.whose(dr)
	if n, err := strconv.ParseInt(string(document.Bare(d.offset)), 10, 64); err == nil && n >= 0 && dr.file != 0 {
		dr.placed, dr.offset = true, n
	}
	d.fingerprintOf(dr)
}

// older reads the names that Filebeat used before version 7 where the present
// ones are missing; else they are somebody's own fields.
func (d *gathered) older() {
	if d.path == nil && d.source != nil {
		d.path, d.source = d.source, nil
	}
	if d.source != nil && !bytes.Equal(d.source, d.path) {
		d.b.keep("source", d.source)
	}
	if d.offset == nil && d.path != nil {
		d.offset, d.offset6 = d.offset6, nil
	}
	if d.offset6 != nil && !bytes.Equal(d.offset6, d.offset) {
		d.b.keep("offset", d.offset6)
	}
}

// writeText chooses the text of the line: the message, else the original, else
// all of the event as it came.
func (d *gathered) writeText(dr *draft, payload []byte, valid bool) {
	raw := d.message
	if raw == nil {
		raw, d.original = d.original, nil
	}
	if d.original != nil && !bytes.Equal(d.original, raw) {
		d.b.keep("event.original", d.original)
	}
	from := len(d.b.Arena)
	switch text, isText := document.Inside(raw, d.messageCut); {
	case !valid || raw == nil:
		d.b.Arena = append(d.b.Arena, payload...)
	case isText:
		d.b.Arena = document.AppendText(d.b.Arena, text)
	default:
		d.b.Arena = append(d.b.Arena, raw...)
	}
	var cut bool
	if dr.text, cut = d.b.EndText(from); cut {
		dr.marks |= event.MarkCut
	}
}

// whose finds the agent, the file and the host.
func (d *gathered) whose(dr *draft) {
	hosts := [...][]byte{d.hostName, d.hostText, d.hostHostname, d.agentHost, d.agentName, d.beatID}
	for _, raw := range hosts {
		if text, ok := document.Inside(raw, false); ok && len(text) > 0 {
			dr.host = d.b.values.Text(text)
			break
		}
	}
	switch {
	case d.agentID != nil:
		dr.agent = xxhash.Sum64(d.agentID)
	case d.beatID != nil || d.agentHost != nil:
		dr.agent = xxhash.Sum64(d.beatID) ^ bits.RotateLeft64(xxhash.Sum64(d.agentHost), 32)
	case dr.host != "":
		dr.agent = xxhash.Sum64String(dr.host)
	default:
		dr.agent = xxhash.Sum64String(d.b.peer)
	}
	if d.process != nil {
		dr.process = xxhash.Sum64(d.process)
	}
	dr.stamp = uint16(xxhash.Sum64(d.stamp))
	switch {
	case d.fingerprint != nil:
		dr.file = xxhash.Sum64(d.fingerprint)
	case d.inode != nil && d.device != nil:
		dr.file = mix(xxhash.Sum64(document.Bare(d.inode)), xxhash.Sum64(document.Bare(d.device)))
	case d.path != nil:
		dr.file = xxhash.Sum64(d.path)
	}
	if path, ok := document.Inside(d.path, false); ok && len(path) > 0 {
		dr.name = d.b.values.Text(path)
	} else if dr.name = dr.host; dr.name == "" {
		dr.name = d.b.peer
	}
}

// fingerprintOf makes the fingerprint. Its upper half stands for the place, its
// lower half for the text. That of an event without an offset is of one piece,
// and the same whatever the order of its fields is: senders write them in any.
func (d *gathered) fingerprintOf(dr *draft) {
	text := xxhash.Sum64(d.b.Arena[dr.text.From:dr.text.To])
	if dr.placed {
		dr.print = mix(dr.file, uint64(dr.offset))&^math.MaxUint32 | text&math.MaxUint32
		return
	}
	var sum uint64
	for _, p := range d.b.Pairs[dr.pairs.From:] {
		value := d.b.Arena[p.Value.From:p.Value.To]
		if c := value[0]; c == '{' || c == '[' {
			continue // the order of what is inside may change
		}
		sum += mix(xxhash.Sum64String(p.Name), xxhash.Sum64(value))
	}
	if d.message == nil {
		text = 0 // it is the JSON itself
	}
	dr.print = mix(mix(text, dr.file+1), sum)
}

// mix makes one well spread number of two.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return high ^ low ^ bits.RotateLeft64(a, 23) ^ bits.RotateLeft64(b, 41)
}
