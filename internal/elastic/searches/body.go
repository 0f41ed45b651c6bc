package searches

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/query"
)

// defaultSize is the number of hits where none is asked for, defaultTrack how
// far hits are counted.
const (
	defaultSize  = 10
	defaultTrack = 10_000
)

// request is a search as it was asked for, before names are resolved.
type request struct {
	query     *member // in the query DSL; nil: everything
	post      *member
	aggs      *member
	after     *member
	highlight *member
	sort      []sortKey
	source    source.Filter
	fields    []fieldSpec
	docvalues []fieldSpec
	// stored tells that stored_fields was given; hidden that it was _none_.
	stored, hidden bool
	// storedSource tells that _source was among them, sourceSet that it was
	// asked for by its own name.
	storedSource, sourceSet bool
	collapse                string
	innerHits               *member
	inner                   []*inner
	pit                     *pitRef
	slice                   *slice

	size, from     int
	sizeSet        bool
	track          int // as query.Question.Count
	trackSet       bool
	terminateAfter int
	minScore       float64
	timeout        time.Duration

	cached                                        bool // request_cache=true
	version, seqNo, explain, trackScores, profile bool
	// text holds parameters that make a query (q, df, …).
	text textQuery
	// Parameters of the answer's shape.
	intTotal, typedKeys, allowPartial bool
	scroll                            time.Duration
	// asked is the body for the slow log.
	asked []byte
}

// pitRef names a point in time.
type pitRef struct {
	id        string
	keepAlive time.Duration
}

// slice is one of several parts of all hits.
type slice struct{ id, max int }

func (s *Searches) newRequest() *request {
	content := s.node.Cluster.Content()
	allow := content.Setting(allowPartial)
	return &request{size: defaultSize, track: defaultTrack, allowPartial: !strings.HasPrefix(allow, "false")}
}

// allowPartial is the setting that says whether answers may be partial.
const allowPartial = "search.default_allow_partial_results"

// refusedKeys are keys of a body that Elasticsearch has and this program has
// not, with the way out.
var refusedKeys = map[string]string{
	"rescore":      "there are no scores to compute again; leave it out",
	"suggest":      "suggesters are not supported",
	"knn":          "there are no vectors",
	"retriever":    "retrievers are not supported; use query",
	"rank":         "there are no scores to put together",
	"sub_searches": "use query",
}

// readBody reads the body of a search into the request.
func (q *request) readBody(text []byte) error {
	q.asked = text
	if len(text) == 0 {
		return nil
	}
	list, err := whole(text).members()
	if err != nil {
		return err
	}
	for i := range list {
		if err := q.readKey(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// readKey reads one key of a body.
func (q *request) readKey(m *member) error {
	if why, refused := refusedKeys[m.name]; refused {
		return rest.Illegal("[%s] is not supported: %s", m.name, why)
	}
	if read, ok := bodyKeys[m.name]; ok {
		return read(q, m)
	}
	return m.unknownKey()
}

// bodyKeys are the keys of a body.
var bodyKeys = map[string]func(q *request, m *member) error{
	"query":        func(q *request, m *member) error { return m.object(&q.query) },
	"post_filter":  func(q *request, m *member) error { return m.object(&q.post) },
	"aggs":         (*request).readAggs,
	"aggregations": (*request).readAggs,
	"highlight":    func(q *request, m *member) error { return m.object(&q.highlight) },
	"search_after": func(q *request, m *member) error { q.after = m; return nil },
	"size":         (*request).readSize,
	"from":         (*request).readFrom,
	"sort":         func(q *request, m *member) (err error) { q.sort, err = m.readSort(); return err },
	"_source": func(q *request, m *member) (err error) {
		q.sourceSet = true
		q.source, err = m.readSource()
		return err
	},
	"fields":                      func(q *request, m *member) (err error) { q.fields, err = m.readFields(); return err },
	"docvalue_fields":             func(q *request, m *member) (err error) { q.docvalues, err = m.readFields(); return err },
	"stored_fields":               (*request).readStored,
	"script_fields":               refuseFilled("scripts are not supported; ask for fields"),
	"runtime_mappings":            refuseFilled("scripts are not supported; ask for the fields that there are"),
	"track_total_hits":            (*request).readTrack,
	"track_scores":                func(q *request, m *member) (err error) { q.trackScores, err = m.bool(); return err },
	"version":                     func(q *request, m *member) (err error) { q.version, err = m.bool(); return err },
	"seq_no_primary_term":         func(q *request, m *member) (err error) { q.seqNo, err = m.bool(); return err },
	"explain":                     func(q *request, m *member) (err error) { q.explain, err = m.bool(); return err },
	"profile":                     func(q *request, m *member) (err error) { q.profile, err = m.bool(); return err },
	"min_score":                   (*request).readMinScore,
	"timeout":                     (*request).readTimeout,
	"terminate_after":             (*request).readTerminate,
	"collapse":                    (*request).readCollapse,
	"pit":                         (*request).readPit,
	"slice":                       (*request).readSlice,
	"indices_boost":               func(_ *request, m *member) error { return nil },
	"stats":                       func(_ *request, m *member) error { _, err := m.texts(); return err },
	"ext":                         func(_ *request, m *member) error { return nil },
	"include_named_queries_score": func(_ *request, m *member) error { _, err := m.bool(); return err },
}

// object takes a value that must be an object.
func (m *member) object(into **member) error {
	if kindOf(m.raw) != "START_OBJECT" {
		return m.unknownKey()
	}
	*into = m
	return nil
}

// refuseFilled takes an object only when it is empty.
func refuseFilled(why string) func(*request, *member) error {
	return func(_ *request, m *member) error {
		var o *member
		if err := m.object(&o); err != nil {
			return err
		}
		list, err := m.of().members()
		if err != nil || len(list) == 0 {
			return err
		}
		return rest.Illegal("[%s] is not supported: %s", m.name, why)
	}
}

func (q *request) readAggs(m *member) error {
	if q.aggs != nil {
		return rest.Parsing(m.line, m.col, "both [aggs] and [aggregations] are given")
	}
	return m.object(&q.aggs)
}

func (q *request) readSize(m *member) error {
	n, err := m.int()
	if err != nil {
		return err
	}
	return q.setSize(n)
}

func (q *request) setSize(n int) error {
	if n < 0 && n != -1 {
		return rest.Illegal("[size] parameter cannot be negative, found [%d]", n)
	}
	if q.sizeSet = n >= 0; q.sizeSet {
		q.size = n
	}
	return nil
}

func (q *request) readFrom(m *member) error {
	n, err := m.int()
	if err != nil {
		return err
	}
	return q.setFrom(n)
}

func (q *request) setFrom(n int) error {
	if n < 0 {
		return rest.Illegal("[from] parameter cannot be negative but was [%d]", n)
	}
	q.from = n
	return nil
}

func (q *request) readTrack(m *member) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	return q.setTrack(text)
}

func (q *request) setTrack(text string) error {
	q.trackSet = true
	switch text {
	case "true", "":
		q.track = query.CountExact
	case "false":
		q.track = 0
	default:
		m := member{name: "track_total_hits", raw: json.RawMessage(text)}
		n, err := m.int()
		switch {
		case err != nil || !json.Valid(m.raw):
			return rest.Illegal("Failed to parse value [%s] as only [true] or [false] are allowed.", text)
		case n == -1:
			q.track = query.CountExact
		case n < 0:
			return rest.Illegal("[track_total_hits] parameter must be positive or equals to -1, got %d", n)
		default:
			q.track = n
		}
	}
	return nil
}

func (q *request) readStored(m *member) error {
	list, err := m.texts()
	if err != nil {
		return err
	}
	return q.setStored(list)
}

// settleSource leaves _source out where stored fields were asked for and it was
// not.
func (q *request) settleSource() {
	if q.hidden || q.stored && !q.storedSource && !q.sourceSet {
		q.source.None = true
	}
}

// setStored: nothing is stored apart from the event, so that a list of fields
// leaves out _source and finds nothing else.
func (q *request) setStored(list []string) error {
	q.stored, q.hidden = true, slices.Contains(list, "_none_")
	if q.hidden && len(list) > 1 {
		return rest.Illegal("cannot combine _none_ with other fields")
	}
	q.storedSource = slices.Contains(list, "_source")
	return nil
}

func (q *request) readMinScore(m *member) error {
	var x float64
	if err := json.Unmarshal(m.raw, &x); err != nil {
		return m.unknownKey()
	}
	q.minScore = x
	return nil
}

func (q *request) readTimeout(m *member) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	return q.setTimeout(text)
}

func (q *request) setTimeout(text string) error {
	d, err := rest.ParseTime(text)
	if err != nil {
		return rest.Illegal("failed to parse setting [timeout] with value [%s] as a time value: unit is missing or unrecognized", text)
	}
	q.timeout = d
	return nil
}

func (q *request) readTerminate(m *member) error {
	n, err := m.int()
	if err != nil {
		return err
	}
	return q.setTerminate(n)
}

func (q *request) setTerminate(n int) error {
	if n < 0 {
		return rest.Illegal("terminateAfter must be > 0")
	}
	q.terminateAfter = n
	return nil
}

// keepAlive reads how long a context is kept.
func keepAlive(name, text string) (time.Duration, error) {
	d, err := rest.ParseTime(text)
	if err != nil || d <= 0 {
		return 0, rest.Illegal("failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized", name, text)
	}
	if d > maxKeepAlive {
		f := rest.Illegal("Keep alive for request (%s) is too large. It must be less than (1d). This limit can be set by changing the [search.max_keep_alive] cluster level setting.", text)
		f.Status = http.StatusBadRequest
		return 0, f
	}
	return d, nil
}

// maxKeepAlive bounds how long a context is kept without being used.
const maxKeepAlive = 24 * time.Hour
