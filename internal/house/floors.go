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
	// Lines as templates and leftovers.
	"segment/template": 0,
	"reply":            1,
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
	// One block's sets of rows, and the executor of questions, below the engine.
	"store/local/rowset": 2,
	"store/local/ask":    3,
	"store/local":        4,

	"query/dsl":     5,
	"elastic/names": 5,
	// Settings of indices and of the cluster as text.
	"elastic/settings": 6,

	"collect": 5,
	"parse":   5,
	"store":   5,

	"ingest": 6,
	"search": 6,

	"trace":     7,
	"dashboard": 7,
	"sources":   7,

	// Port 9200, one group of endpoints each; elastic is their door.
	"elastic/rest":      7,
	"elastic/aggs":      7,
	"elastic/source":    7,
	"elastic/days":      7,
	"elastic/lifecycle": 7,
	"elastic/inventory": 7,
	"elastic/highlight": 7,
	"elastic/contexts":  7,
	"elastic/searches":  8,
	"elastic/tasks":     8,
	"elastic/documents": 8,
	"elastic/indices":   8,
	"elastic/templates": 8,
	"elastic/nodes":     8,
	"elastic/cats":      8,
	"elastic/snapshots": 8,
	// Kibana's endpoints and saved objects; web is their door.
	"web/kibana": 8,

	"web":     9,
	"elastic": 9,
	"monitor": 9,

	"app": 10,

	// The simulator of mail traffic for `rastro demo` writes files and reads
	// nothing of ours but the nouns.
	"simulate": 1,

	// Test rooms: the fault-injecting disk, the contract of every engine and the
	// bench of every dialect.
	"disk/disktest":       1,
	"store/storetest":     6,
	"parse/parsetest":     1,
	"elastic/elastictest": 8,
}

// above is the floor of everything outside internal/: commands and tests.
const above = 11

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
	"store/local/ask":     {"store/local"},
	"store/local/rowset":  {"store/local", "store/local/ask"},
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
