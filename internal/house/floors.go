// Package house keeps the map of the rooms true. It has no code that runs in
// Rastro: its test reads the imports of every file and fails with a sentence
// when a room reaches up, reaches sideways, or uses a window of the outside
// world that is not its own.
package house

// floors places every package of internal/ on a floor. A package may import
// packages on lower floors only. docs/architecture.md says what each one is.
var floors = map[string]int{
	"event":  0,
	"config": 0,
	"disk":   0,
	"house":  0,
	// What rooms count their own work with.
	"measure": 0,

	"query":   1,
	"feed":    1,
	"auth":    1,
	"journal": 1,
	"segment": 1,
	"reply":   1,
	// What tail and archive share: bytes become records.
	"collect/frame": 1,
	// What dialects share: numbers, addresses, SMTP answers.
	"parse/lex": 1,

	// What senders of documents share: one JSON document becomes a line.
	"collect/document": 1,

	// What Kibana keeps as queries, in Lucene's syntax.
	"query/kuery": 2,

	"query/lucene":    2,
	"elastic/cluster": 2,
	"collect/tail":    2,
	"collect/archive": 2,
	"collect/beats":   2,
	"collect/bulk":    2,
	"parse/envelope":  2,
	"parse/postfix":   2,
	"parse/dovecot":   2,
	"parse/elemta":    2,
	"parse/opensmtpd": 2,
	"parse/sendmail":  2,
	"parse/sasl":      2,
	"parse/filters":   2,
	"parse/exim":      2,
	"parse/geoip":     2,
	"store/local":     2,

	"query/dsl":     3,
	"elastic/names": 3,
	// Settings of indices and of the cluster as text.
	"elastic/settings": 4,

	"collect": 3,
	"parse":   3,
	"store":   3,

	"ingest": 4,
	"search": 4,

	"trace":     5,
	"dashboard": 5,
	"sources":   5,

	// Port 9200, one group of endpoints each; elastic is their door.
	"elastic/rest":      5,
	"elastic/aggs":      5,
	"elastic/source":    5,
	"elastic/days":      5,
	"elastic/lifecycle": 5,
	"elastic/inventory": 5,
	"elastic/highlight": 5,
	"elastic/contexts":  5,
	"elastic/searches":  6,
	"elastic/tasks":     6,
	"elastic/documents": 6,
	"elastic/indices":   6,
	"elastic/templates": 6,
	"elastic/nodes":     6,
	"elastic/cats":      6,
	"elastic/snapshots": 6,
	// Kibana's endpoints and saved objects; web is their door.
	"web/kibana": 6,

	"web":     7,
	"elastic": 7,
	"monitor": 7,

	"app": 8,

	// The simulator of mail traffic for `rastro demo` writes files and reads
	// nothing of ours but the nouns.
	"simulate": 1,

	// Test rooms: the fault-injecting disk, the contract of every engine and the
	// bench of every dialect.
	"disk/disktest":       1,
	"store/storetest":     4,
	"parse/parsetest":     1,
	"elastic/elastictest": 6,
}

// above is the floor of everything outside internal/: commands and tests.
const above = 9

// callers lists rooms that only some rooms may import.
var callers = map[string][]string{
	"config":          {"app", "cmd/rastro", "test/generate", "test/load"},
	"query/lucene":    {"search", "app", "query/dsl", "elastic/searches", "elastic/names", "elastic/aggs", "cmd/rastro"},
	"collect/tail":    {"collect"},
	"collect/beats":   {"collect"},
	"collect/archive": {"collect"},
	"collect/bulk":    {"collect"},
	"parse/envelope":  {"parse"},
	"parse/postfix":   {"parse"},
	"parse/dovecot":   {"parse"},
	"parse/elemta":    {"parse"},
	"parse/opensmtpd": {"parse"},
	"parse/sendmail":  {"parse"},
	"parse/sasl":      {"parse"},
	"parse/filters":   {"parse"},
	"parse/exim":      {"parse"},
	"parse/geoip":     {"parse"},
	// Nobody: tests may import every room.
	"parse/parsetest":     {},
	"elastic/elastictest": {},
	"store/local":         {"store"},
	"reply":               {"parse", "search", "trace", "sources", "app", "web", "dashboard", "cmd/rastro", "test/generate"},
}

// windows lists imports from the outside world and the rooms that may use
// them; no other room may. Rooms outside internal/ are named by their path.
var windows = map[string][]string{
	"net/http":                         {"web", "web/kibana", "elastic", "elastic/rest", "elastic/searches", "elastic/tasks", "elastic/documents", "elastic/indices", "elastic/templates", "elastic/nodes", "elastic/cats", "elastic/snapshots", "elastic/elastictest", "monitor", "app", "cmd/rastro", "test/load"},
	"os/exec":                          {"test/load", "test/score"},
	"net/smtp":                         {},
	"log":                              {},
	"math/rand":                        {"simulate", "disk/disktest", "store/storetest"},
	"unsafe":                           {"collect/tail", "segment", "journal"},
	"github.com/fsnotify/fsnotify":     {"collect/tail"},
	"github.com/spf13/cobra":           {"cmd/rastro"},
	"go.yaml.in/yaml/v4":               {"config", "elastic/rest"},
	"github.com/BurntSushi/toml":       {"reply", "trace", "dashboard", "sources"},
	"github.com/parquet-go/parquet-go": {"segment", "test/load"},
	"database/sql":                     {"dashboard"},
	"modernc.org/sqlite":               {"dashboard"},
	// Reading GeoIP databases; the writer makes those of tests.
	"github.com/oschwald/maxminddb-golang/v2": {"parse/geoip"},
	"github.com/maxmind/mmdbwriter":           {},
}
