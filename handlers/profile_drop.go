package handlers

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// codeList names a list that is to go; with a version, only if that is the newest.
type codeList struct {
	connection uuid.UUID
	name       string
	version    int
}

// dropListBy deletes a list with all of its versions. One that the profile in force
// or the draft needs is a conflict: nothing would be mapped any more.
func (s *Server) dropListBy(ctx context.Context, by string, l codeList) error {
	err := s.audited(ctx, deed{by, "profile.list_deleted", staffing.SubjectConnection, l.connection}, func(tx *store.Tx) (map[string]any, error) {
		versions, err := tx.CodeListVersions(ctx, l.connection, l.name)
		if err == nil && len(versions) == 0 {
			err = staffing.Errorf(staffing.NotFound, "there is no code list of that name")
		}
		if err != nil {
			return nil, err
		}
		newest := versions[0]
		if l.version != 0 && l.version != newest.Version {
			return nil, staffing.Errorf(staffing.Conflict, "meanwhile %s saved version %d of this list at %s.", newest.CreatedBy, newest.Version, momentText(newest.CreatedAt))
		}
		if uses, err := listUses(ctx, tx, l); err != nil || len(uses) > 0 {
			return nil, errors.Join(err, inUse(l.name, uses))
		}
		return map[string]any{"list": l.name, "version": newest.Version}, tx.DropCodeList(ctx, l.connection, l.name)
	})
	if err == nil {
		s.cfg.Systems.Forget(l.connection)
	}
	return err
}

func inUse(name string, uses []string) error {
	if len(uses) == 0 {
		return nil
	}
	return staffing.Errorf(staffing.Conflict, "the list %s is needed: %s. Change that first.", name, strings.Join(uses, "; "))
}

// profileReader reads profiles and lists: the store or a transaction on it.
type profileReader interface {
	Draft(ctx context.Context, connectionID uuid.UUID) (store.Profile, error)
	PublishedProfile(ctx context.Context, connectionID uuid.UUID) (store.Profile, error)
	AllCodeLists(ctx context.Context, connectionID uuid.UUID) (map[string]map[string]string, error)
}

// listUses says in words what of the profile in force and of the draft needs a
// list. A list of the same name in the document stands in for it.
func listUses(ctx context.Context, q profileReader, l codeList) (out []string, err error) {
	lists, err := q.AllCodeLists(ctx, l.connection)
	if err != nil {
		return nil, err
	}
	without := maps.Clone(lists)
	delete(without, l.name)
	for _, version := range []struct {
		label string
		read  func(context.Context, uuid.UUID) (store.Profile, error)
	}{{"in force", q.PublishedProfile}, {"in the draft", q.Draft}} {
		p, err := optional(version.read(ctx, l.connection))
		if err != nil {
			return nil, err
		}
		before, err := checkDocument(p.Document, lists)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid {
			return nil, err
		}
		after, err := checkDocument(p.Document, without)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid {
			return nil, err
		}
		for _, x := range after {
			if words := placeWords(x.Cell) + " " + version.label; !slices.Contains(before, x) && !slices.Contains(out, words) {
				out = append(out, words)
			}
		}
	}
	return out, nil
}

// placeWords gives a cell or a rule of a document in words.
func placeWords(cell string) string {
	section, key, ok := strings.Cut(cell, ".")
	switch {
	case !ok:
		return "the document"
	case section == "rules":
		return "the rule " + strings.TrimSuffix(strings.TrimSuffix(key, ".assert"), ".when")
	}
	return mapping.Label(section, key) + " (" + words(section) + ")"
}

// dropProfileList deletes a list that nothing needs.
func (s *Server) dropProfileList(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	name, err := pathText(r, "name")
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(formText(r, "version"))
	if err != nil {
		return s.renderList(w, r, http.StatusUnprocessableEntity, web.ListView{Refused: "Open the list, and delete it there."})
	}
	err = s.dropListBy(r.Context(), viewer(r).Email, codeList{id, name, version})
	switch {
	case staffing.CodeOf(err) == staffing.NotFound:
		return s.undone(w, r, profileURL(id.String(), "lists"), meanwhile(r.Context(), s.store, id, "somebody deleted the list"))
	case refused(err):
		return s.renderList(w, r, statusOf(err), web.ListView{Refused: sentence(staffing.MessageOf(err))})
	case err != nil:
		return err
	}
	return s.done(w, r, profileURL(id.String(), "lists"), name+" is deleted, with all of its versions.")
}
