package handlers

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// showProfileList shows one code list, or what a search finds in it.
func (s *Server) showProfileList(w http.ResponseWriter, r *http.Request) error {
	return s.renderList(w, r, http.StatusOK, web.ListView{Code: queryOf(r, "").text("add")})
}

func (s *Server) renderList(w http.ResponseWriter, r *http.Request, status int, v web.ListView) error {
	name, err := pathText(r, "name")
	if err != nil {
		return err
	}
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	entries, err := s.listEntries(r.Context(), p, name, &v)
	if err != nil {
		return err
	}
	if len(v.Versions) > 0 {
		if v.Uses, err = listUses(r.Context(), s.store, codeList{connection: p.connection.ID, name: name}); err != nil {
			return err
		}
	}
	v.Q = queryOf(r, "").text("q")
	find := strings.ToLower(v.Q)
	for _, code := range slices.Sorted(maps.Keys(entries)) {
		if find != "" && !strings.Contains(strings.ToLower(code+"\n"+entries[code]), find) {
			continue
		}
		if v.Total++; v.Total <= shownEntries {
			v.Entries = append(v.Entries, web.ListEntry{Code: code, Value: entries[code]})
		}
	}
	if v.ProfileView, err = s.profileFrame(r, p, "lists"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileListPage(v))
}

// listEntries gives a list by its name: one of the connection, else one that stands
// in the profile.
func (s *Server) listEntries(ctx context.Context, p profile, name string, v *web.ListView) (map[string]string, error) {
	versions, err := s.store.CodeListVersions(ctx, p.connection.ID, name)
	if err != nil {
		return nil, err
	}
	for _, l := range versions {
		v.Versions = append(v.Versions, listRow(p.id(), l))
	}
	if len(versions) > 0 {
		v.ListRow = v.Versions[0]
		return s.store.CodeListVersion(ctx, versions[0].ID)
	}
	entries, ok := p.document.Lists[name]
	if !ok {
		return nil, staffing.Errorf(staffing.NotFound, "there is no code list of that name")
	}
	v.ListRow = web.ListRow{Name: name, Count: len(entries)}
	return entries, nil
}

// addListEntry adds one code to a list, or changes what it means.
func (s *Server) addListEntry(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	name, err := pathText(r, "name")
	if err != nil {
		return err
	}
	p, err := s.profileOf(r.Context(), id)
	if err != nil {
		return err
	}
	v := web.ListView{Code: formText(r, "code"), Value: formText(r, "value")}
	entries, err := s.listEntries(r.Context(), p, name, &web.ListView{})
	if err != nil {
		return err
	}
	if v.Code == "" || len([]rune(v.Code)) > longCode || len([]rune(v.Value)) > longCode {
		v.Error = "Give a code; code and meaning have at most 500 characters each."
		return s.renderList(w, r, http.StatusUnprocessableEntity, v)
	}
	released, err := s.addEntry(r.Context(), viewer(r).Email, newEntry{id, name, v.Code, orText(v.Value, v.Code), entries})
	if err != nil {
		if v.Error = refusedBy(err) + conflictOf(err); v.Error == "" {
			return err
		}
		return s.renderList(w, r, http.StatusUnprocessableEntity, v)
	}
	return s.done(w, r, profileURL(id.String(), "lists", name), v.Code+" is added, and in force. "+heldWords(released))
}

// newEntry is a code that is added to a list. fallback is the list as it stands in
// the profile, for one that is not a list of its own yet.
type newEntry struct {
	connection        uuid.UUID
	list, code, means string
	fallback          map[string]string
}

// addEntry makes the next version of a list, with one entry more than the newest
// one that is there when it is saved.
func (s *Server) addEntry(ctx context.Context, by string, e newEntry) (released int, err error) {
	err = s.audited(ctx, deed{by, "profile.list_saved", staffing.SubjectConnection, e.connection}, func(tx *store.Tx) (map[string]any, error) {
		entries, was, err := tx.CodeList(ctx, e.connection, e.list)
		if staffing.CodeOf(err) == staffing.NotFound {
			entries, err = e.fallback, nil
		}
		if err != nil {
			return nil, err
		}
		entries = maps.Clone(entries)
		entries[e.code] = e.means
		version, err := tx.SaveCodeList(ctx, e.connection, e.list, entries, by)
		if err == nil && version != was+1 {
			err = staffing.Errorf(staffing.Conflict, "somebody saved this list at the same moment; add the entry again")
		}
		if err != nil {
			return nil, err
		}
		released, err = s.releaseHeld(ctx, tx, e.connection)
		return map[string]any{"list": e.list, "version": version, "entries": len(entries), "added": e.code, "released": released}, err
	})
	if err == nil {
		s.cfg.Systems.Forget(e.connection)
	}
	return released, err
}

// releaseHeld tries the held records of a connection again, where the hub can.
func (s *Server) releaseHeld(ctx context.Context, tx *store.Tx, connection uuid.UUID) (int, error) {
	if s.cfg.Profiles == nil {
		return 0, nil
	}
	return s.cfg.Profiles.ListSaved(ctx, tx, connection)
}
