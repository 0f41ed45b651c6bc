package sources

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"rastro/internal/collect"
)

const (
	// waits is how much of a file may wait to be read: more than the longest
	// line, which may be half written.
	waits = 2 << 20
	// fast is how far in the future stamps may lie, slow how far behind their
	// arrival; forwarders are a little late.
	fast = 5 * time.Minute
	slow = 25 * time.Minute
	// steady is how alike the delay of what came now and of what came before must
	// be to be one of the clock, and no backlog.
	steady = 5 * time.Minute
	// zoneStep is what all zones are multiples of; zoneSlack is how near to one a
	// difference must be to come from the zone.
	zoneStep  = 15 * time.Minute
	zoneSlack = 2 * time.Minute
)

// judge says how a source is, as far as it can be told without its past.
func (r *round) judge(one *row) {
	one.State = StateOK
	switch {
	case one.job != nil:
		one.judgeImport()
	case one.peer != nil:
		one.say(StateSilent, problem("beats_nothing", "path", one.Name, "pause", long(time.Since(one.peer.Since))))
	case one.left:
		one.judgeLeft(r)
	case one.absent != nil:
		one.judgeAbsent()
	case one.err != "":
		one.judgeError()
	case r.judgeClock(one):
	case one.LagBytes > waits:
		one.say(StateBehind, problem("behind", "path", one.Name, "lag", size(one.LagBytes)))
	case one.isFile() && one.size == 0 && one.last == 0 && one.Lines == 0:
		one.say(StateSilent, problem("empty", "path", one.Name))
	}
}

// host is the machine that writes; "?" if it is not known.
func (one *row) host() string {
	if len(one.hosts) > 0 {
		return one.hosts[0]
	}
	return "?"
}

func (one *row) say(state string, p *Problem) { one.State, one.Problem = state, p }

func (one *row) isFile() bool { return one.Kind == KindFile || one.Kind == KindContainer }

func (one *row) judgeImport() {
	if one.job.Err != "" {
		one.say(StateFailed, problem("import_failed", "path", one.Name, "err", one.job.Err))
	}
}

func (one *row) judgeLeft(r *round) {
	if follows, _ := r.opts.Files.Follows(one.Name); follows {
		one.say(StateMissing, problem("gone", "path", one.Name, "last", readable(one.last)))
		return
	}
	one.say(StateSilent, problem("not_followed", "path", one.Name))
}

// readable writes a time for a sentence.
func readable(ns int64) string { return time.Unix(0, ns).UTC().Format("2006-01-02 15:04 MST") }

func (one *row) judgeAbsent() {
	pattern := one.absent.Pattern
	way := collect.AccessTo(pattern)
	if way.Denied {
		one.say(StateDenied, denied(way))
		return
	}
	next := nextName(pattern, way.Path)
	switch {
	case one.absent.Excluded:
		one.say(StateMissing, problem("missing_excluded", "path", pattern))
	case strings.ContainsAny(next, `*?[\`):
		one.say(StateMissing, problem("missing_match", "path", pattern, "folder", way.Path))
	case filepath.Dir(pattern) == way.Path:
		one.say(StateMissing, problem("missing_file", "path", pattern, "folder", way.Path))
	default:
		one.say(StateMissing, problem("missing_folder", "path", pattern, "folder", way.Path, "next", next))
	}
}

// nextName is the part of a path that follows a folder on its way.
func nextName(path, folder string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(path, folder), "/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func (one *row) judgeError() {
	if one.denied {
		way := collect.AccessTo(one.Name)
		if !way.Denied {
			one.say(StateDenied, problem("denied_before", "path", one.Name, "err", plain(one.err, one.Name)))
			return
		}
		one.say(StateDenied, denied(way))
		return
	}
	switch way := collect.AccessTo(one.Name); {
	case way.Path == one.Name && way.Kind == collect.Folder:
		one.say(StateFailed, problem("folder", "path", one.Name))
	case way.Path == one.Name && way.Kind == collect.Special:
		one.say(StateFailed, problem("special", "path", one.Name))
	default:
		one.say(StateFailed, problem("failed", "path", one.Name, "err", plain(one.err, one.Name)))
	}
}

// plain takes the path out of an error of the system: the sentence has it.
func plain(text, path string) string {
	if i := strings.LastIndex(text, path+": "); i >= 0 {
		return text[i+len(path)+2:]
	}
	return text
}

// denied says who may not pass, and the command that mends it.
func denied(way collect.Access) *Problem {
	do, letters := sentences["do"]["read"], "r"
	if way.Kind == collect.Folder {
		do, letters = sentences["do"]["enter"], "rx"
	}
	code := "denied_acl"
	switch {
	case way.ByAnybody():
		code = "denied_policy"
	case way.ByGroup() && way.Group != "root" && !isNumber(way.Group) && !isNumber(way.User):
		code = "denied_group"
	}
	return problem(code, "user", way.User, "do", do, "letters", letters, "path", way.Path, "group", way.Group, "mode", way.Describe())
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// judgeClock finds out whether the stamps of a source are those of another
// zone, or of a wrong clock.
func (r *round) judgeClock(one *row) bool {
	skew, sure := one.skew()
	if !sure {
		return false
	}
	way := "behind"
	if skew > 0 {
		way = "ahead"
	}
	zone, found := r.otherZone(one, skew)
	switch {
	case found && one.Kind == KindBeats:
		one.say(StateClock, problem("zone_beats_"+way, "path", one.Name, "host", one.host(), "skew", long(skew.Round(zoneStep)), "offset", zone.offset))
		return true
	case !found:
		one.say(StateClock, problem("clock_"+way, "path", one.Name, "skew", long(skew)))
		return true
	}
	shown := sentences["do"]["unknown"]
	if one.Zone != "" {
		name := zoneName(one.Zone)
		shown = Words{En: name, Es: name}
	}
	one.say(StateClock, problem("zone_"+way, "path", one.Name, "skew", long(skew.Round(zoneStep)), "zone", shown, "offset", zone.offset, "example", zone.name))
	return true
}

// skew is how far the newest stamps lie from the time of their arrival. A stamp
// in the future is enough to be sure. Old ones may come from a backlog; they
// are those of a clock if they are as old as what came before them.
func (one *row) skew() (time.Duration, bool) {
	if one.now.count == 0 && one.hour.count == 0 {
		return 0, false
	}
	now, before := one.now.skew(), one.hour.skew()
	switch {
	case one.now.count > 0 && now > fast:
		return now, true
	case one.now.count == 0:
		return before, before > fast
	case one.hour.count == 0:
		return 0, false
	}
	return now, now < -slow && (now-before).Abs() < steady
}

func (a *arrival) skew() time.Duration { return time.Duration(a.last - a.read) }

// zone is a time zone that would be right.
type zone struct{ offset, name string }

// zoneNames are tried in this order: those of the house's languages first.
var zoneNames = []string{
	"America/Bogota", "Europe/Madrid", "UTC", "America/Mexico_City", "America/Argentina/Buenos_Aires", "America/Santiago",
	"America/Caracas", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London",
	"Europe/Athens", "Europe/Moscow", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok",
	"Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "Pacific/Honolulu", "America/Halifax", "Atlantic/Azores",
}

// zoneName is the name that people know: Go calls the machine's own Local.
func zoneName(name string) string {
	if name != "Local" {
		return name
	}
	if tz := os.Getenv("TZ"); tz != "" {
		return tz
	}
	if link, err := os.Readlink("/etc/localtime"); err == nil {
		if _, known, ok := strings.Cut(link, "zoneinfo/"); ok {
			return known
		}
	}
	known, _ := time.Now().Zone()
	return known
}

// otherZone finds a zone in which the stamps would be right; false when the
// difference is none that zones have.
func (r *round) otherZone(one *row, skew time.Duration) (zone, bool) {
	steps := skew.Round(zoneStep)
	if (skew-steps).Abs() > zoneSlack || steps.Abs() < 30*time.Minute {
		return zone{}, false
	}
	present := time.Local
	if one.Zone != "" {
		if l, err := time.LoadLocation(one.Zone); err == nil {
			present = l
		}
	}
	_, offset := r.now.In(present).Zone()
	wanted := offset + int(steps/time.Second)
	if wanted < -12*3600 || wanted > 14*3600 {
		return zone{}, false
	}
	z := zone{offset: "UTC"}
	if wanted != 0 {
		z.offset += r.now.In(time.FixedZone("", wanted)).Format("-07:00")
	}
	for _, name := range zoneNames {
		l, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		if _, has := r.now.In(l).Zone(); has == wanted {
			z.name = name
			return z, true
		}
	}
	return zone{}, false
}
