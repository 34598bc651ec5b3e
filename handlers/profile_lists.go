package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const (
	listBody     = 32 << 20 // bytes of an upload
	shownEntries = 200
)

// showProfileLists lists the code lists of a connection.
func (s *Server) showProfileLists(w http.ResponseWriter, r *http.Request) error {
	return s.renderLists(w, r, http.StatusOK, web.ListsView{})
}

func (s *Server) renderLists(w http.ResponseWriter, r *http.Request, status int, v web.ListsView) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	own, err := s.store.CodeLists(r.Context(), p.connection.ID)
	if err != nil {
		return err
	}
	for _, l := range own {
		v.Rows = append(v.Rows, listRow(p.id(), l))
	}
	for name, entries := range p.document.Lists {
		if !slices.ContainsFunc(own, func(l store.CodeList) bool { return l.Name == name }) {
			v.Rows = append(v.Rows, web.ListRow{Name: name, Count: len(entries), URL: profileURL(p.id(), "lists", name)})
		}
	}
	slices.SortFunc(v.Rows, func(a, b web.ListRow) int { return strings.Compare(a.Name, b.Name) })
	if v.ProfileView, err = s.profileFrame(r, p, "lists"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileListsPage(v))
}

func listRow(connection string, l store.CodeList) web.ListRow {
	return web.ListRow{Name: l.Name, Count: l.Count, Version: l.Version, By: l.CreatedBy, At: l.CreatedAt, URL: profileURL(connection, "lists", l.Name)}
}

// saveProfileList takes a whole list, pasted or as a file. It is in force at once.
func (s *Server) saveProfileList(w http.ResponseWriter, r *http.Request) error {
	text, err := listText(r)
	if err != nil {
		return err
	}
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	v := web.ListsView{Name: formText(r, "name"), Text: r.PostForm.Get("text")}
	file := readCodes(text)
	v.Lines, v.More = file.lines, file.more
	switch {
	case len(v.Lines) > 0:
		v.Error = "Nothing was saved, because " + counted(len(v.Lines)+v.More, "line is wrong.", "lines are wrong.")
	case len(file.entries) == 0:
		v.Error = "Choose a file, or paste lines: there is no entry."
	default:
		version, released, err := s.storeList(r.Context(), viewer(r).Email, id, v.Name, file.entries)
		if err == nil {
			return s.done(w, r, profileURL(id.String(), "lists"), v.Name+" is saved: "+counted(len(file.entries), "entry", "entries")+", version "+strconv.Itoa(version)+". "+heldWords(released))
		}
		if !refused(err) {
			return err
		}
		v.Error, v.NameError = listRefusal(err)
	}
	return s.renderLists(w, r, http.StatusUnprocessableEntity, v)
}

func listRefusal(err error) (whole, name string) {
	var coded *staffing.Error
	if errors.As(err, &coded) && coded.Field == "name" {
		return "", sentence(coded.Message)
	}
	return sentence(staffing.MessageOf(err)), ""
}

// listText reads the file, or the pasted lines if there is none.
func listText(r *http.Request) (string, error) {
	if err := r.ParseMultipartForm(8 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // the body is bounded by the route
		return "", unread(err)
	}
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return r.PostForm.Get("text"), nil
	}
	if err != nil {
		return "", unread(err)
	}
	body, err := io.ReadAll(file)
	if err != nil {
		return "", unread(err)
	}
	if len(body) == 0 {
		return r.PostForm.Get("text"), nil
	}
	return string(body), nil
}

// storeList makes a new version of a list, and tries again what is held; the log
// names the list and its size.
func (s *Server) storeList(ctx context.Context, by string, id uuid.UUID, name string, entries map[string]string) (version, released int, err error) {
	err = s.audited(ctx, deed{by, "profile.list_saved", staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		if version, err = tx.SaveCodeList(ctx, id, name, entries, by); err != nil {
			return nil, err
		}
		released, err = s.releaseHeld(ctx, tx, id)
		return map[string]any{"list": name, "version": version, "entries": len(entries), "released": released}, err
	})
	if err == nil {
		s.cfg.Systems.Forget(id)
	}
	return version, released, err
}
