package snapshots

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// folderHeader tells the folder of a repository, since a location may lie below
// an allowed folder.
const folderHeader = "X-Rastro-Folder"

// splitList parts names that are divided by commas.
func splitList(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// chosen are the names that a list of names, wildcards and exclusions means.
// missing is the first plain name that is not there.
func chosen(all, patterns []string) (found []string, missing string) {
	if len(patterns) == 0 || len(patterns) == 1 && patterns[0] == "_all" {
		return all, ""
	}
	got, wild := map[string]bool{}, false
	for _, p := range patterns {
		out, exclude := strings.CutPrefix(p, "-")
		exclude = exclude && wild
		if exclude {
			p = out
		}
		isWild := strings.Contains(p, "*")
		wild = wild || isWild
		hit := false
		for _, name := range all {
			if name == p || isWild && names.Match(p, name) {
				hit = true
				got[name] = !exclude
			}
		}
		if !hit && !isWild && !exclude && missing == "" {
			missing = p
		}
	}
	for _, name := range all {
		if got[name] {
			found = append(found, name)
		}
	}
	return found, missing
}

// repositories lists the registered ones that a request names.
func (s *Snapshots) repositories(expression string) ([]string, error) {
	all := slices.Sorted(maps.Keys(s.node.Cluster.Content().Repositories))
	found, missing := chosen(all, splitList(expression))
	if missing != "" {
		return nil, repositoryMissing(missing)
	}
	return found, nil
}

// open opens a registered repository.
func (s *Snapshots) open(name string) (*store.Repository, *cluster.Repository, error) {
	known := s.node.Cluster.Content().Repositories[name]
	if known == nil {
		return nil, nil, repositoryMissing(name)
	}
	r, err := store.OpenRepositoryIn(s.opts.Folders, known.Settings["location"], false)
	return r, known, asFailure(name, "", err)
}

// openToChange is open for requests that write; it makes the folder of a
// repository that was registered without looking.
func (s *Snapshots) openToChange(name, what string) (*store.Repository, error) {
	known := s.node.Cluster.Content().Repositories[name]
	if known == nil {
		return nil, repositoryMissing(name)
	}
	if known.Settings["readonly"] == "true" {
		return nil, badRepository(name, "cannot "+what+" in a readonly repository")
	}
	r, err := store.OpenRepositoryIn(s.opts.Folders, known.Settings["location"], true)
	return r, asFailure(name, "", err)
}

func (s *Snapshots) getRepositories(w http.ResponseWriter, r *rest.Request) error {
	found, err := s.repositories(r.PathValue("repository"))
	if err != nil {
		return err
	}
	content := s.node.Cluster.Content()
	body := map[string]any{}
	for _, name := range found {
		repo := content.Repositories[name]
		if repo == nil {
			continue // removed meanwhile
		}
		body[name] = map[string]any{"type": repo.Type, "uuid": repo.UUID, "settings": repo.Settings}
		if _, dir, err := store.RepositoryPlace(s.opts.Folders, repo.Settings["location"]); err == nil && len(found) == 1 {
			w.Header().Set(folderHeader, dir)
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, body)
}

// checkRepositoryName tells what is wrong with a name.
func checkRepositoryName(name string) error {
	if name == "" || name[0] == '_' || strings.ContainsAny(name, `#*?"<>|\/,`) || strings.ContainsFunc(name, unicode.IsSpace) || strings.ContainsFunc(name, unicode.IsControl) || len(name) > 255 {
		return badRepository(name, `Invalid repository name; it must not be empty, begin with '_', or contain whitespace or any of # * ? " < > | \ / ,`)
	}
	return nil
}

func (s *Snapshots) putRepository(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("repository")
	verify, err := r.Bool("verify", true)
	if err != nil {
		return err
	}
	if err := checkRepositoryName(name); err != nil {
		return err
	}
	var body struct {
		Type     string                     `json:"type"`
		UUID     string                     `json:"uuid"`
		Settings map[string]json.RawMessage `json:"settings"`
	}
	if err := strict(r, &body); err != nil {
		return err
	}
	settings, err := flatSettings(name, body.Settings)
	switch {
	case err != nil:
		return err
	case body.Type == "":
		return rest.Validation("type is missing")
	case body.Type != "fs":
		return badRepository(name, "repository type ["+body.Type+"] does not exist; only [fs] is supported here: a folder, which may lie on a mounted file system")
	case settings["location"] == "":
		return badRepository(name, "missing location; name a folder in settings.location")
	}
	if len(s.underWay(name)) > 0 {
		return inUse(name)
	}
	if _, _, err := store.RepositoryPlace(s.opts.Folders, settings["location"]); err != nil {
		return asFailure(name, "", err)
	}
	if verify {
		repo, err := store.OpenRepositoryIn(s.opts.Folders, settings["location"], settings["readonly"] != "true")
		if err != nil {
			return asFailure(name, "", fmt.Errorf("making the repository: %w", err))
		}
		w.Header().Set(folderHeader, repo.Dir())
		if err := repo.Close(); err != nil {
			return asFailure(name, "", err)
		}
	}
	err = s.node.Cluster.Change(func(c *cluster.Content) error {
		uuid := cluster.NewUUID()
		if was := c.Repositories[name]; was != nil && was.Settings["location"] == settings["location"] {
			uuid = was.UUID
		}
		c.Repositories[name] = &cluster.Repository{Type: "fs", UUID: uuid, Settings: settings}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// flatSettings reads settings, whose values are strings, numbers or booleans.
func flatSettings(repo string, given map[string]json.RawMessage) (map[string]string, error) {
	flat := map[string]string{}
	for key, raw := range given {
		text := strings.TrimSpace(string(raw))
		var value string
		switch {
		case text == "null":
			continue
		case json.Unmarshal(raw, &value) == nil:
		case text[0] == '{' || text[0] == '[':
			return nil, badRepository(repo, "the setting ["+key+"] is no text, number or boolean")
		default:
			value = text
		}
		flat[key] = value
	}
	return flat, nil
}

// inUse is the failure of changing a repository that a snapshot is made in.
func inUse(name string) error {
	return rest.Fail(http.StatusConflict, "repository_conflict_exception", "["+name+"] trying to modify or unregister repository that is currently used")
}

func (s *Snapshots) deleteRepository(w http.ResponseWriter, r *rest.Request) error {
	expression := r.PathValue("repository")
	found, err := s.repositories(expression)
	if err != nil {
		return err
	}
	if len(found) == 0 && expression != "*" && expression != "_all" {
		return repositoryMissing(expression)
	}
	for _, name := range found {
		if len(s.underWay(name)) > 0 {
			return inUse(name)
		}
	}
	err = s.node.Cluster.Change(func(c *cluster.Content) error {
		for _, name := range found {
			delete(c.Repositories, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// verifyRepository makes sure that the folder is there and can be written to.
func (s *Snapshots) verifyRepository(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("repository")
	repo, known, err := s.open(name)
	if err != nil {
		return err
	}
	defer repo.Close()
	if known.Settings["readonly"] != "true" {
		if err := repo.Probe(); err != nil {
			return rest.Fail(http.StatusInternalServerError, "repository_verification_exception", "["+name+"] path is not accessible on master node: "+err.Error())
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"nodes": map[string]any{s.node.ID: map[string]any{"name": s.node.Name}}})
}

func (s *Snapshots) cleanRepository(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("repository")
	repo, err := s.openToChange(name, "clean up")
	if err != nil {
		return err
	}
	defer repo.Close()
	cleaned, err := repo.Clean(r.Context())
	if err != nil {
		return asFailure(name, "", err)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"results": map[string]any{"deleted_bytes": cleaned.Bytes, "deleted_blobs": cleaned.Files}})
}
