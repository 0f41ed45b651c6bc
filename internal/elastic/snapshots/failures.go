package snapshots

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// repositoryMissing is the failure of a repository that is not registered.
func repositoryMissing(name string) *rest.Failure {
	return rest.Fail(http.StatusNotFound, "repository_missing_exception", "["+name+"] missing")
}

// snapshotMissing is the failure of a snapshot that a repository has not.
func snapshotMissing(repo, name string) *rest.Failure {
	return rest.Fail(http.StatusNotFound, "snapshot_missing_exception", "["+repo+":"+name+"] is missing")
}

// badName is the failure of a name for a snapshot.
func badName(repo, name, why string) *rest.Failure {
	return rest.Fail(http.StatusBadRequest, "invalid_snapshot_name_exception", "["+repo+":"+name+"] Invalid snapshot name ["+name+"], "+why)
}

// badRepository is the failure of a repository's definition.
func badRepository(name, why string) *rest.Failure {
	return rest.Fail(http.StatusBadRequest, "repository_exception", "["+name+"] "+why)
}

// restoreFailed is the failure of a restore, with Elasticsearch's status.
func restoreFailed(repo, name, why string) *rest.Failure {
	return rest.Fail(http.StatusInternalServerError, "snapshot_restore_exception", "["+repo+":"+name+"] "+why)
}

// asFailure gives the errors of a repository their shape; nil stays nil.
func asFailure(repo, name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNoSnapshot):
		return snapshotMissing(repo, name)
	case errors.Is(err, store.ErrSnapshotExists):
		return badName(repo, name, "snapshot with the same name already exists")
	case errors.Is(err, store.ErrBadSnapshot):
		return rest.Fail(http.StatusInternalServerError, "snapshot_exception", "["+repo+":"+name+"] "+err.Error())
	case errors.Is(err, store.ErrNoRepository):
		return rest.Fail(http.StatusInternalServerError, "repository_verification_exception", "["+repo+"] "+err.Error()+"; register it again with PUT _snapshot/"+repo)
	case errors.Is(err, store.ErrLocation):
		return badRepository(repo, err.Error())
	}
	var f *rest.Failure
	if errors.As(err, &f) {
		return err
	}
	return rest.Fail(http.StatusInternalServerError, "snapshot_exception", "["+repo+":"+name+"] "+err.Error())
}

// decodeStrict reads JSON into v; nothing at all leaves v as it is.
func decodeStrict(text []byte, v any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return rest.Parsing(0, 0, fmt.Sprintf("the body cannot be read: %s", err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return rest.Parsing(0, 0, "the body holds more than one JSON object")
	}
	return nil
}

// list is a JSON string of names divided by commas, or a list of strings.
type list []string

func (l *list) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = splitList(one)
		return nil
	}
	var many []string
	if err := json.Unmarshal(text, &many); err != nil {
		return errors.New("a name, or a list of names, is expected")
	}
	*l = nil
	for _, part := range many {
		*l = append(*l, splitList(part)...)
	}
	return nil
}
