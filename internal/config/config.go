// Package config reads rastro.yaml: it knows every key with its default, unit
// and meaning, finds all mistakes at once and explains them with their line.
//
// What comes in is the text of a file; what goes out is a Config with every
// default filled in. It never opens anything that the configuration names.
// The struct tags are the documentation: Example writes the commented file
// from them.
package config

import (
	"path/filepath"
	"time"
)

// Config is the whole configuration. The tag `key` is the name in the file,
// `doc` its explanation; Default fills in the values of absent keys.
type Config struct {
	Data    string   `key:"data" doc:"Folder that holds everything Rastro keeps. One process at a time."`
	Listen  Listen   `key:"listen" doc:"Where the server listens. Only loopback addresses are accepted until users can be set up. \"off\" closes a port."`
	Sources []Source `key:"sources" doc:"Where lines come from. SIGHUP reads this list again."`
	Replies Replies  `key:"replies" doc:"What the answers of mail servers mean: the field reason, and rastro explain."`
	GeoIP   GeoIP    `key:"geoip" doc:"Where clients are: the fields geo_country, geo_city and as_name of client_ip."`
	Elastic Elastic  `key:"elastic" doc:"The Elasticsearch-shaped API."`
	Keep    Keep     `key:"keep" doc:"How long events are kept. Whole segments go, the oldest first."`
	Backup  Backup   `key:"backup" doc:"Snapshots of the events; docs/operating.md explains them."`
	Disk    Disk     `key:"disk" doc:"Guard against a full disk."`
	Search  Search   `key:"search" doc:"Limits of questions."`
	Store   Store    `key:"store" doc:"The embedded engine. The defaults fit a server with 2 cores and 1 GB of memory for Rastro."`
	Log     Log      `key:"log" doc:"Rastro's own log, on standard error. It never holds addresses or line text above debug."`
}

// Listen holds the addresses of the ports.
type Listen struct {
	UI      Address `key:"ui" doc:"User interface, JSON API and live tail."`
	Elastic Address `key:"elastic" doc:"Elasticsearch-shaped API."`
	Monitor Address `key:"monitor" doc:"Logstash-shaped statistics (/_node/stats), Prometheus metrics (/metrics) and health (/healthz, /readyz)."`
	Beats   Address `key:"beats" doc:"Lumberjack v2 for Filebeat and Logstash."`
}

// Source is one entry of sources.
type Source struct {
	Paths       []string  `key:"paths" doc:"Files to follow; * ? and [a-z] are understood, and ** for any folders in between. Required."`
	Exclude     []string  `key:"exclude" doc:"Files to leave out. Compressed files (.gz .zst .xz .bz2) are always left out; read them with rastro import."`
	Zone        string    `key:"zone" doc:"Time zone of stamps that carry none, such as America/Bogota. Default: the server's own."`
	Host        string    `key:"host" doc:"Host of lines that name none. Default: this machine's name."`
	Dialect     string    `key:"dialect" doc:"Force one dialect: elemta, postfix, dovecot, exim, opensmtpd, sendmail, sasl, filters. Default: found out line by line."`
	Start       string    `key:"start" doc:"Where a file that was never seen begins: beginning or end."`
	IgnoreOlder Duration  `key:"ignore_older" doc:"Leave out files that were last written longer ago. 0: read all."`
	CloseIdle   Duration  `key:"close_idle" doc:"Close a file that was quiet that long; it is opened again when it grows."`
	Format      string    `key:"format" doc:"Container format: auto, docker, cri or plain."`
	Multiline   Multiline `key:"multiline" doc:"Join several lines to one event."`
}

// Multiline is the rule that joins lines.
type Multiline struct {
	Pattern  string   `key:"pattern" doc:"Regular expression (RE2). Empty: no joining, but for the logs of Exim."`
	Negate   bool     `key:"negate" doc:"Lines that do not match are the continuation."`
	Match    string   `key:"match" doc:"after: continuation lines belong to the line before them; before: to the line after them."`
	MaxLines int      `key:"max_lines" doc:"Most lines in one event."`
	Timeout  Duration `key:"timeout" doc:"An event is complete when no line came for that long."`
}

// Replies adds to what is known about answers.
type Replies struct {
	File string `key:"file" doc:"Rules of your own (TOML), laid over the built-in ones; docs/replies.md explains them. A change is taken within seconds, or at SIGHUP. Empty: none."`
}

// GeoIP names the databases of places.
type GeoIP struct {
	Files []string `key:"files" doc:"Databases in MaxMind's format (.mmdb): City or Country, and ASN, of GeoLite2, DB-IP or IPinfo. The first that knows an answer counts. A replaced file is taken within seconds, the list at SIGHUP; lines keep what was known when they came. Empty: none."`
}

// Elastic is about the Elasticsearch-shaped API.
type Elastic struct {
	Prefix string `key:"prefix" doc:"Begins the names of the daily indices: elemta-logs- gives elemta-logs-2026.01.31. Lower case."`
}

// Keep is the retention.
type Keep struct {
	Age  Duration `key:"age" doc:"Events older than this go, by their own time. 0: no limit. Units: s m h d w y."`
	Size Size     `key:"size" doc:"Most bytes of all segments together. 0: no limit. Units: KB MB GB TB."`
	// Classes go earlier than the rest.
	Classes []Class `key:"classes" doc:"Kinds of events that go earlier than the others. Each goes by whole UTC days, and the segments that hold others too are written anew without them."`
}

// Class is a kind of events with an age of its own.
type Class struct {
	Query string   `key:"query" doc:"Which events, as in the search box; without relative dates. Required."`
	Age   Duration `key:"age" doc:"A day's events go when the day is over for that long. Required."`
}

// Backup is about snapshots.
type Backup struct {
	Folders []string `key:"folders" doc:"Folders in which repositories of snapshots may lie. A location that a client names is taken as it is when it is inside one of them, else as a path below the first. Empty: the folder backups in data."`
}

// Disk is the guard.
type Disk struct {
	Reserve Size `key:"reserve" doc:"Intake pauses while less than this is free; sources wait, nothing is lost, and it resumes by itself."`
}

// Search limits questions.
type Search struct {
	Timeout    Duration `key:"timeout" doc:"A question that takes longer gets a partial answer that says so."`
	Memory     Size     `key:"memory" doc:"Most memory of one question."`
	Total      Size     `key:"total_memory" doc:"Most memory of all questions together. 0: a quarter of the machine's (or the container's), at least 256MB."`
	Concurrent int      `key:"concurrent" doc:"Questions answered at a time; others wait for their turn. 0: one per processor and one more."`
	Queue      int      `key:"queue" doc:"Questions that may wait; beyond that the newest of whoever asks most is refused."`
	Wait       Duration `key:"wait" doc:"Longest time that a question waits for its turn; it counts as its time."`
}

// Store tunes the embedded engine.
type Store struct {
	SegmentRows int      `key:"segment_rows" doc:"Events in memory before they become a file."`
	SegmentAge  Duration `key:"segment_age" doc:"Longest time before events become a file on a busy server."`
	Cache       Size     `key:"cache" doc:"Memory for decoded columns."`
	Compact     bool     `key:"compact" doc:"A server puts small files of a day together while little else goes on. rastro compact does it at once."`
}

// Log is about our own log.
type Log struct {
	Level  string `key:"level" doc:"debug, info, warn or error."`
	Format string `key:"format" doc:"text or json."`
}

// LogLevels are the values of log.level.
var LogLevels = []string{"debug", "info", "warn", "error"}

// Address is host:port of a listener, or off.
type Address string

// Off closes a port.
const Off Address = "off"

// Duration is a time.Duration that is written with s, m, h, d, w or y.
type Duration time.Duration

// Size is a number of bytes, written with KB, MB, GB or TB (powers of 1024).
type Size int64

// Default returns the configuration of an empty file.
func Default() Config {
	return Config{
		Data: "rastro-data",
		Listen: Listen{
			UI: "127.0.0.1:5601", Elastic: "127.0.0.1:9200",
			Monitor: "127.0.0.1:9600", Beats: "127.0.0.1:5044",
		},
		Elastic: Elastic{Prefix: "elemta-logs-"},
		Disk:    Disk{Reserve: 512 << 20},
		Search:  Search{Timeout: Duration(30 * time.Second), Memory: 256 << 20, Queue: 1000, Wait: Duration(15 * time.Second)},
		Store:   Store{SegmentRows: 32768, SegmentAge: Duration(time.Minute), Cache: 128 << 20, Compact: true},
		Log:     Log{Level: "info", Format: "text"},
	}
}

// DefaultSource returns a source with the values of absent keys.
func DefaultSource() Source {
	return Source{
		Start: "beginning", CloseIdle: Duration(5 * time.Minute), Format: "auto",
		Multiline: Multiline{Match: "after", MaxLines: 500, Timeout: Duration(5 * time.Second)},
	}
}

// BackupFolders are the folders in which repositories of snapshots may lie, as
// full paths; never none.
func (c *Config) BackupFolders() []string {
	folders := c.Backup.Folders
	if len(folders) == 0 {
		folders = []string{filepath.Join(c.Data, "backups")}
	}
	full := make([]string, len(folders))
	for i, folder := range folders {
		full[i] = folder
		if abs, err := filepath.Abs(folder); err == nil {
			full[i] = abs
		}
	}
	return full
}
