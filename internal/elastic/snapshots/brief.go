package snapshots

import (
	"errors"
	"slices"
	"time"

	"rastro/internal/store"
)

// Brief is one snapshot in a list for people.
type Brief struct {
	// Status is SUCCESS, PARTIAL or IN_PROGRESS.
	ID, Repository, Status string
	// End is zero for one that is being made.
	Start, End time.Time
	Indices    int
}

// Briefs lists the snapshots of a registered repository, the oldest first. One
// whose document is damaged is left out.
func (s *Snapshots) Briefs(repository string) ([]Brief, error) {
	repo, _, err := s.open(repository)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	under := s.underWay(repository)
	var all []Brief
	for _, name := range under {
		if j := s.job(jobKey{repository, name}); j != nil {
			all = append(all, Brief{ID: name, Repository: repository, Status: "IN_PROGRESS", Start: time.UnixMilli(j.start), Indices: len(j.indices)})
		}
	}
	names, err := repo.Names()
	if err != nil {
		return nil, asFailure(repository, "", err)
	}
	for _, name := range names {
		sn, err := repo.Get(name)
		if slices.Contains(under, name) || errors.Is(err, store.ErrNoSnapshot) || errors.Is(err, store.ErrBadSnapshot) {
			continue
		}
		if err != nil {
			return nil, asFailure(repository, name, err)
		}
		all = append(all, Brief{name, repository, stateOf(&sn), sn.Started, sn.Ended, len(contents(s.node.Names, &sn, readAbout(&sn)))})
	}
	slices.SortStableFunc(all, func(a, b Brief) int { return a.Start.Compare(b.Start) })
	return all, nil
}
