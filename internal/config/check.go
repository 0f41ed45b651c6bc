package config

import (
	"fmt"
	"net"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check finds what is wrong with values that could be read.
func check(c *Config, lines map[string]int) Problems {
	v := validator{lines: lines}
	v.require(c.Data != "", "data", "a folder is needed")
	v.listen("listen.ui", c.Listen.UI)
	v.listen("listen.elastic", c.Listen.Elastic)
	v.listen("listen.monitor", c.Listen.Monitor)
	v.listen("listen.beats", c.Listen.Beats)
	v.distinct(c.Listen)
	for i := range c.Sources {
		v.source(fmt.Sprintf("sources[%d]", i), &c.Sources[i])
	}
	v.require(indexPrefix.MatchString(c.Elastic.Prefix), "elastic.prefix", "must begin with a letter or digit and hold lower-case letters, digits, dots, - and _ only")
	for i, path := range c.GeoIP.Files {
		v.require(path != "", fmt.Sprintf("geoip.files[%d]", i), "an empty path")
	}
	for i, folder := range c.Backup.Folders {
		v.require(folder != "", fmt.Sprintf("backup.folders[%d]", i), "an empty path")
	}
	for i := range c.Keep.Classes {
		class, key := &c.Keep.Classes[i], fmt.Sprintf("keep.classes[%d]", i)
		v.require(strings.TrimSpace(class.Query) != "", key+".query", "say which events, such as event_type:mailbox_access; keep.age is about all")
		v.require(class.Age > 0, key+".age", "must be more than 0")
	}
	v.require(c.Search.Timeout > 0, "search.timeout", "must be more than 0")
	v.require(c.Search.Memory >= 16<<20, "search.memory", "must be at least 16MB")
	v.require(c.Search.Total == 0 || c.Search.Total >= c.Search.Memory, "search.total_memory", "must be at least search.memory (%s)", c.Search.Memory)
	v.between("search.concurrent", c.Search.Concurrent, 0, 1000)
	v.between("search.queue", c.Search.Queue, 1, 100_000)
	v.require(c.Search.Wait > 0, "search.wait", "must be more than 0")
	v.between("store.segment_rows", c.Store.SegmentRows, 1024, 1<<20)
	v.require(c.Store.SegmentAge >= Duration(time.Second), "store.segment_age", "must be at least 1s")
	v.require(c.Store.Cache >= 4<<20, "store.cache", "must be at least 4MB")
	v.oneOf("log.level", c.Log.Level, LogLevels...)
	v.oneOf("log.format", c.Log.Format, "text", "json")
	return v.problems
}

// indexPrefix is what the names of indices may begin with.
var indexPrefix = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

type validator struct {
	problems Problems
	lines    map[string]int
}

// require notes a problem at the key's line, or at the nearest key around it.
func (v *validator) require(ok bool, key, format string, args ...any) {
	if ok {
		return
	}
	line := 0
	for at := key; line == 0 && at != ""; {
		line = v.lines[at]
		i := strings.LastIndexAny(at, ".[")
		if i < 0 {
			break
		}
		at = at[:i]
	}
	v.problems = append(v.problems, Problem{Line: line, Key: key, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) oneOf(key, value string, allowed ...string) {
	v.require(slices.Contains(allowed, value), key, "%q is not understood; choose %s", value, strings.Join(allowed, ", "))
}

func (v *validator) between(key string, n, low, high int) {
	v.require(n >= low && n <= high, key, "must be between %d and %d", low, high)
}

func (v *validator) listen(key string, a Address) {
	err := CheckAddress(a)
	if err != nil {
		v.require(false, key, "%s", err.Error())
	}
}

// CheckAddress tells why a cannot be listened on: it is malformed, or it is not
// on loopback. While there are no users, an open address would give everybody
// everything.
func CheckAddress(a Address) error {
	if a == Off {
		return nil
	}
	host, port, err := net.SplitHostPort(string(a))
	if err != nil {
		return fmt.Errorf("%q is no address; write host:port such as 127.0.0.1:9200, or off", string(a))
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is no port; write a number from 1 to 65535 (0: any free one)", port)
	}
	if host == "localhost" {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	if err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q is not a loopback address; this version has no users and would show every event to everybody, so it listens on 127.0.0.1, ::1 or localhost only (put an authenticating proxy or an SSH tunnel in front)", string(a))
}

func (v *validator) distinct(l Listen) {
	taken := map[Address]string{}
	for _, p := range []struct {
		key  string
		addr Address
	}{{"listen.ui", l.UI}, {"listen.elastic", l.Elastic}, {"listen.monitor", l.Monitor}, {"listen.beats", l.Beats}} {
		if p.addr == Off || strings.HasSuffix(string(p.addr), ":0") {
			continue
		}
		other, twice := taken[p.addr]
		v.require(!twice, p.key, "%s is used by %s already; give each port an address of its own", p.addr, other)
		taken[p.addr] = p.key
	}
}

// Dialects are the names that a source may force.
var Dialects = []string{"elemta", "postfix", "dovecot", "exim", "opensmtpd", "sendmail", "sasl", "filters"}

func (v *validator) source(key string, s *Source) {
	v.require(len(s.Paths) > 0, key+".paths", "at least one path is needed")
	for i, p := range s.Paths {
		v.pattern(fmt.Sprintf("%s.paths[%d]", key, i), p)
	}
	for i, p := range s.Exclude {
		v.pattern(fmt.Sprintf("%s.exclude[%d]", key, i), p)
	}
	if s.Zone != "" {
		_, err := time.LoadLocation(s.Zone)
		v.require(err == nil, key+".zone", "%q is no time zone; write an IANA name such as America/Bogota or Europe/Madrid, or UTC", s.Zone)
	}
	v.oneOf(key+".start", s.Start, "beginning", "end")
	v.oneOf(key+".format", s.Format, "auto", "docker", "cri", "plain")
	if s.Dialect != "" {
		v.oneOf(key+".dialect", s.Dialect, Dialects...)
	}
	v.oneOf(key+".multiline.match", s.Multiline.Match, "after", "before")
	v.between(key+".multiline.max_lines", s.Multiline.MaxLines, 2, 10_000)
	if _, err := regexp.Compile(s.Multiline.Pattern); err != nil {
		v.require(false, key+".multiline.pattern", "this is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
}

// pattern finds brackets that are not closed and the like.
func (v *validator) pattern(key, text string) {
	v.require(text != "", key, "an empty path")
	for segment := range strings.SplitSeq(text, "/") {
		_, err := path.Match(segment, "")
		v.require(err == nil, key, "%q is no pattern: a [ is not closed, or a \\ stands at its end", segment)
	}
}

// suggestion is "; did you mean X?" for the nearest name, or "".
func suggestion(name string, names []string) string {
	best, distance := "", len(name)/2+1
	for _, n := range names {
		if d := editDistance(strings.ToLower(name), n); d < distance {
			best, distance = n, d
		}
	}
	if best == "" {
		return "; known here: " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// editDistance is the Levenshtein distance of two short names.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
