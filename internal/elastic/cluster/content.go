package cluster

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Content is everything that clients have set. Its maps are never nil.
type Content struct {
	// Indices are the indices that clients wrote to or made, by name, and those
	// of days for which something was set.
	Indices map[string]*Index `json:"indices,omitempty"`
	// DataStreams by name.
	DataStreams map[string]*DataStream `json:"data_streams,omitempty"`
	// Templates, ComponentTemplates and LegacyTemplates are kept as they came.
	Templates          map[string]json.RawMessage `json:"templates,omitempty"`
	ComponentTemplates map[string]json.RawMessage `json:"component_templates,omitempty"`
	LegacyTemplates    map[string]json.RawMessage `json:"legacy_templates,omitempty"`
	// Policies are those of index lifecycle management, by name.
	Policies map[string]*Policy `json:"policies,omitempty"`
	// Repositories are the folders of snapshots, by name.
	Repositories map[string]*Repository `json:"repositories,omitempty"`
	// ClusterSettings are persistent settings with flat names
	// (action.destructive_requires_name).
	ClusterSettings map[string]string `json:"cluster_settings,omitempty"`
	// TransientSettings are those that are gone after a restart.
	TransientSettings map[string]string `json:"transient_settings,omitempty"`
	// LifecycleStopped tells that a client has stopped index lifecycle
	// management (POST _ilm/stop): no policy removes anything.
	LifecycleStopped bool `json:"lifecycle_stopped,omitempty"`
	// AllSettings are settings of all indices (PUT /_settings) with flat names
	// (index.search.slowlog.threshold.query.debug); an index's own come first.
	AllSettings map[string]string `json:"all_settings,omitempty"`
}

// Index is one index as far as clients have set it.
type Index struct {
	UUID string `json:"uuid"`
	// Created is milliseconds since 1970.
	Created int64 `json:"created"`
	// Settings have flat names that begin with index.
	Settings map[string]string `json:"settings,omitempty"`
	// Mappings is kept as it came; fields are typed by Rastro's own table.
	Mappings json.RawMessage `json:"mappings,omitempty"`
	// Aliases of the index, by name.
	Aliases map[string]*Alias `json:"aliases,omitempty"`
	// DataStream is the stream that the index backs; "" for none.
	DataStream string `json:"data_stream,omitempty"`
	// Hidden indices are left out of wildcards.
	Hidden bool `json:"hidden,omitempty"`
	// Closed indices answer no question.
	Closed bool `json:"closed,omitempty"`
	// Restored tells from which snapshot the index came; nil for none.
	Restored *Restored `json:"restored,omitempty"`
}

// Restored is where an index came from.
type Restored struct {
	Repository string `json:"repository"`
	Snapshot   string `json:"snapshot"`
	UUID       string `json:"uuid"`
	// Index is its name in the snapshot.
	Index string `json:"index"`
	// At is milliseconds since 1970; Bytes the part of the files it takes.
	At    int64 `json:"at"`
	Bytes int64 `json:"bytes"`
}

// Alias is a second name of an index.
type Alias struct {
	Write *bool `json:"is_write_index,omitempty"`
	// Filter is a condition in the query DSL, as it came; nil for none.
	Filter json.RawMessage `json:"filter,omitempty"`
	// IndexRouting and SearchRouting are kept and shown; there is one shard.
	IndexRouting  string `json:"index_routing,omitempty"`
	SearchRouting string `json:"search_routing,omitempty"`
	Hidden        *bool  `json:"is_hidden,omitempty"`
}

// UnmarshalJSON reads an alias; routing stands for both routings.
func (a *Alias) UnmarshalJSON(text []byte) error {
	type plain Alias
	var with struct {
		plain
		Routing json.RawMessage `json:"routing"`
		Write   *boolean        `json:"is_write_index"`
		Hidden  *boolean        `json:"is_hidden"`
	}
	if err := json.Unmarshal(text, &with); err != nil {
		return err
	}
	*a = Alias(with.plain)
	a.Write, a.Hidden = (*bool)(with.Write), (*bool)(with.Hidden)
	if len(with.Routing) > 0 && string(with.Routing) != "null" {
		routing := strings.Trim(string(with.Routing), `"`)
		if a.IndexRouting == "" {
			a.IndexRouting = routing
		}
		if a.SearchRouting == "" {
			a.SearchRouting = routing
		}
	}
	return nil
}

// boolean is true or false, as such or as text.
type boolean bool

// UnmarshalJSON reads either form.
func (b *boolean) UnmarshalJSON(text []byte) error {
	switch strings.Trim(string(text), `"`) {
	case "true":
		*b = true
	case "false":
		*b = false
	default:
		return fmt.Errorf("%s is neither true nor false", text)
	}
	return nil
}

// DataStream is an append-only name over backing indices.
type DataStream struct {
	Created    int64    `json:"created"`
	Generation int      `json:"generation"`
	Backing    []string `json:"backing"` // oldest first; the last takes documents
	Template   string   `json:"template,omitempty"`
	// Lifecycle says how long its events are kept; nil for none.
	Lifecycle *Lifecycle `json:"lifecycle,omitempty"`
}

// Lifecycle is the lifecycle of a data stream.
type Lifecycle struct {
	Enabled bool `json:"enabled"`
	// Retention is a time with a unit (7d); "" keeps events.
	Retention string `json:"data_retention,omitempty"`
}

// Policy is one policy of index lifecycle management.
type Policy struct {
	// Body is the object under "policy", as it came.
	Body     json.RawMessage `json:"body"`
	Version  int64           `json:"version"`
	Modified int64           `json:"modified"` // milliseconds since 1970
}

// Repository is a folder of snapshots.
type Repository struct {
	Type     string            `json:"type"`
	UUID     string            `json:"uuid"`
	Settings map[string]string `json:"settings"`
}

func newContent() *Content {
	c := &Content{}
	c.fill()
	return c
}

// fill makes the maps that the file did not have.
func (c *Content) fill() {
	filled(&c.Indices)
	filled(&c.DataStreams)
	filled(&c.Templates)
	filled(&c.ComponentTemplates)
	filled(&c.LegacyTemplates)
	filled(&c.Policies)
	filled(&c.Repositories)
	filled(&c.ClusterSettings)
	filled(&c.TransientSettings)
	filled(&c.AllSettings)
}

func filled[V any](m *map[string]V) {
	if *m == nil {
		*m = map[string]V{}
	}
}

func (c *Content) copy() (*Content, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("copying the cluster state: %w", err)
	}
	next := newContent()
	if err := json.Unmarshal(text, next); err != nil {
		return nil, fmt.Errorf("copying the cluster state: %w", err)
	}
	next.fill()
	return next, nil
}

// NewUUID makes a random id in the form of Elasticsearch's.
func NewUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the program ends where there is no randomness
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Setting is the value of a cluster setting, "" where nobody has set it: a
// transient one wins over a persistent one.
func (c *Content) Setting(name string) string {
	if v, ok := c.TransientSettings[name]; ok {
		return v
	}
	return c.ClusterSettings[name]
}
