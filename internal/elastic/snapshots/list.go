package snapshots

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// listed is a snapshot on its way into a list.
type listed struct {
	info
	repo     string
	start    int64
	duration int64
}

// listRequest is how a list is asked for.
type listRequest struct {
	shape
	ignore             bool
	size, offset       int
	sort, order, after string
	from               string
}

// sorts are the orders of a list.
var sorts = map[string]func(a, b *listed) int{
	"start_time":         func(a, b *listed) int { return cmp.Compare(a.start, b.start) },
	"duration":           func(a, b *listed) int { return cmp.Compare(a.duration, b.duration) },
	"name":               func(*listed, *listed) int { return 0 },
	"index_count":        func(a, b *listed) int { return cmp.Compare(a.indexCount(), b.indexCount()) },
	"shard_count":        func(a, b *listed) int { return cmp.Compare(a.indexCount(), b.indexCount()) },
	"failed_shard_count": func(a, b *listed) int { return cmp.Compare(a.failed(), b.failed()) },
	"repository":         func(a, b *listed) int { return cmp.Compare(a.repo, b.repo) },
}

func (l *listed) indexCount() int {
	if l.Shards == nil {
		return 0
	}
	return l.Shards.Total
}

func (l *listed) failed() int {
	if l.Shards == nil {
		return 0
	}
	return l.Shards.Failed
}

func readListRequest(r *rest.Request) (q listRequest, err error) {
	flag := func(name string, otherwise bool) bool {
		v, e := r.Bool(name, otherwise)
		err = cmp.Or(err, e)
		return v
	}
	q.verbose, q.names = flag("verbose", true), flag("index_names", true)
	q.repository, q.details = flag("include_repository", true), flag("index_details", false)
	q.human, q.ignore = flag("human", false), flag("ignore_unavailable", false)
	if err != nil {
		return q, err
	}
	if r.Get("size") != "-1" {
		if q.size, err = r.Int("size", 0); err != nil {
			return q, err
		}
		if r.Has("size") && q.size == 0 {
			return q, rest.Validation("size must be -1 for no limit or greater than 0")
		}
	}
	if q.offset, err = r.Int("offset", 0); err != nil {
		return q, err
	}
	q.sort, q.order, q.after, q.from = cmp.Or(r.Get("sort"), "start_time"), cmp.Or(r.Get("order"), "asc"), r.Get("after"), r.Get("from_sort_value")
	switch {
	case sorts[q.sort] == nil:
		return q, rest.Illegal("unknown sort column [%s]; known here: start_time, duration, name, index_count, shard_count, failed_shard_count, repository", q.sort)
	case q.order != "asc" && q.order != "desc":
		return q, rest.Illegal("unknown sort order [%s]; write asc or desc", q.order)
	case r.Has("slm_policy_filter"), r.Has("state"):
		return q, rest.Illegal("[slm_policy_filter] and [state] are not supported; name the snapshots, or wildcards of them")
	case q.from != "" && q.sort != "name":
		return q, rest.Illegal("[from_sort_value] is supported with [sort=name] only")
	case q.after != "" && q.offset > 0:
		return q, rest.Validation("can't use after and offset simultaneously")
	case q.size > 0 && !q.verbose:
		return q, rest.Validation("can't use size limit with verbose=false")
	}
	return q, nil
}

func (s *Snapshots) list(w http.ResponseWriter, r *rest.Request) error {
	q, err := readListRequest(r)
	if err != nil {
		return err
	}
	repos, err := s.repositories(r.PathValue("repository"))
	if err != nil {
		return err
	}
	var all []listed
	patterns, missing := splitList(r.PathValue("snapshot")), map[string]bool{}
	for _, p := range patterns {
		missing[p] = !strings.Contains(p, "*") && p != "_all" && p != "_current"
	}
	for _, repo := range repos {
		found, err := s.listRepository(repo, patterns, q)
		if err != nil {
			return err
		}
		for i := range found {
			delete(missing, found[i].Snapshot)
		}
		all = append(all, found...)
	}
	for _, p := range patterns {
		if missing[p] && !q.ignore {
			return snapshotMissing(strings.Join(repos, ","), p)
		}
	}
	return s.page(w, r, all, q)
}

// listRepository describes the snapshots of one repository that patterns name.
func (s *Snapshots) listRepository(name string, patterns []string, q listRequest) ([]listed, error) {
	repo, _, err := s.open(name)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	under := s.underWay(name)
	done, err := repo.Names()
	if err != nil {
		return nil, asFailure(name, "", err)
	}
	done = slices.DeleteFunc(done, func(n string) bool { return slices.Contains(under, n) })
	if slices.Contains(patterns, "_current") {
		patterns = slices.Concat(slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return p == "_current" }), under)
		if len(patterns) == 0 {
			return nil, nil
		}
	}
	names, _ := chosen(slices.Concat(done, under), patterns)
	var all []listed
	for _, snapshot := range names {
		key := jobKey{name, snapshot}
		if j := s.job(key); j != nil {
			all = append(all, listed{info: s.describeJob(key, j, q.shape), repo: name, start: j.start})
			continue
		}
		sn, err := repo.Get(snapshot)
		switch {
		case errors.Is(err, store.ErrNoSnapshot): // deleted meanwhile
			continue
		case errors.Is(err, store.ErrBadSnapshot) && q.ignore:
			continue
		case err != nil:
			return nil, asFailure(name, snapshot, err)
		}
		all = append(all, listed{info: s.describe(name, &sn, q.shape), repo: name, start: sn.Started.UnixNano() / 1e6, duration: sn.Ended.Sub(sn.Started).Milliseconds()})
	}
	return all, nil
}

// page sorts a list and sends a part of it.
func (s *Snapshots) page(w http.ResponseWriter, r *rest.Request, all []listed, q listRequest) error {
	by := sorts[q.sort]
	less := func(a, b *listed) int {
		return cmp.Or(by(a, b), cmp.Compare(a.Snapshot, b.Snapshot), cmp.Compare(a.repo, b.repo))
	}
	slices.SortStableFunc(all, func(a, b listed) int {
		if q.order == "desc" {
			return less(&b, &a)
		}
		return less(&a, &b)
	})
	if q.from != "" {
		all = slices.DeleteFunc(all, func(l listed) bool {
			return q.order == "asc" && l.Snapshot < q.from || q.order == "desc" && l.Snapshot > q.from
		})
	}
	total, first := len(all), q.offset
	if q.after != "" {
		at, err := readCursor(q.after)
		if err != nil {
			return err
		}
		first = slices.IndexFunc(all, func(l listed) bool { return l.repo == at.Repo && l.Snapshot == at.Name }) + 1
		if first == 0 {
			return rest.Illegal("[after] names a snapshot that is not there any more; begin again without it")
		}
	}
	first = min(first, len(all))
	end := len(all)
	if q.size > 0 {
		end = min(end, first+q.size)
	}
	body := struct {
		Snapshots []info `json:"snapshots"`
		Next      string `json:"next,omitempty"`
		Total     int    `json:"total"`
		Remaining int    `json:"remaining"`
	}{Snapshots: []info{}, Total: total, Remaining: total - end}
	for _, l := range all[first:end] {
		body.Snapshots = append(body.Snapshots, l.info)
	}
	if end < total && end > first {
		body.Next = cursor{Repo: all[end-1].repo, Name: all[end-1].Snapshot}.String()
	}
	return rest.WriteJSON(w, r, http.StatusOK, body)
}

// cursor is the last snapshot of a page.
type cursor struct{ Repo, Name string }

func (c cursor) String() string {
	text, _ := json.Marshal(c) // two strings always encode
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(text string) (c cursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, rest.Illegal("invalid [after] parameter; send the [next] of the page before as it came")
	}
	return c, nil
}
