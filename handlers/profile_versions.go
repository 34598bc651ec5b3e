package handlers

import (
	"net/http"
	"strconv"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// showProfileVersions shows the history, and the difference of two versions.
func (s *Server) showProfileVersions(w http.ResponseWriter, r *http.Request) error {
	return s.renderVersions(w, r, http.StatusOK, web.VersionsView{})
}

func (s *Server) renderVersions(w http.ResponseWriter, r *http.Request, status int, v web.VersionsView) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	list, err := s.store.Profiles(r.Context(), p.connection.ID)
	if err != nil {
		return err
	}
	q := queryOf(r, profileURL(p.id(), "versions"))
	for i, x := range list {
		v.Rows = append(v.Rows, versionRow(p.id(), list, i))
		option := web.Option{Value: strconv.Itoa(x.Version), Label: versionLabel(x)}
		option.Selected = option.Value == q.text("from") || q.text("from") == "" && i == 1
		v.From = append(v.From, option)
		option.Selected = option.Value == q.text("to") || q.text("to") == "" && i == 0
		v.To = append(v.To, option)
	}
	from, okFrom := versionIn(list, q.text("from"))
	to, okTo := versionIn(list, q.text("to"))
	if okFrom && okTo {
		v.Notes = []web.VersionRow{plainVersion(to), plainVersion(from)}
		v.Heading = "From " + versionLabel(from) + " to " + versionLabel(to)
		v.Changes = s.changesSince(from.Document, to.Document)
	}
	if v.Again, err = s.againView(r.Context(), p); err != nil {
		return err
	}
	if v.ProfileView, err = s.profileFrame(r, p, "versions"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileVersionsPage(v))
}

func versionRow(connection string, list []store.Profile, i int) web.VersionRow {
	x := list[i]
	out := plainVersion(x)
	if i+1 < len(list) {
		out.DiffURL = profileURL(connection, "versions") + "?from=" + strconv.Itoa(list[i+1].Version) + "&to=" + strconv.Itoa(x.Version) + "#diff"
	}
	return out
}

// plainVersion is a version with its note and who made it. A draft has the note of
// who asks for it.
func plainVersion(x store.Profile) web.VersionRow {
	out := web.VersionRow{Version: x.Version, State: x.State, Author: x.Author, RequestedBy: x.RequestedBy, PublishedBy: x.PublishedBy, At: x.UpdatedAt,
		Note: orText(x.Note, x.RequestNote)}
	if x.PublishedAt != nil {
		out.At = *x.PublishedAt
	}
	return out
}

func versionLabel(x store.Profile) string {
	if x.State == store.ProfileDraft {
		return "the draft"
	}
	return "version " + strconv.Itoa(x.Version)
}

func versionIn(list []store.Profile, text string) (store.Profile, bool) {
	for _, x := range list {
		if strconv.Itoa(x.Version) == text {
			return x, true
		}
	}
	return store.Profile{}, false
}

// changesSince says in words what differs between two documents. One that cannot
// be read counts as empty; the page of the profile says why.
func (s *Server) changesSince(before, after string) (out []web.ChangeRow) {
	var docs [2]mapping.Document
	for i, text := range []string{before, after} {
		d, err := mapping.Parse([]byte(text))
		if err != nil {
			s.log.Warn("a version of a profile cannot be read", "err", err)
		}
		docs[i] = d
	}
	for _, c := range mapping.Diff(docs[0], docs[1]) {
		out = append(out, web.ChangeRow{Section: c.Section, Words: c.Words})
	}
	return out
}

// rollBackProfile puts an old version in force again, as a new one.
func (s *Server) rollBackProfile(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	ports, err := s.profiles()
	if err != nil {
		return err
	}
	note := formText(r, "note")
	version, err := strconv.Atoi(formText(r, "version"))
	if err != nil || note == "" {
		return s.renderVersions(w, r, http.StatusUnprocessableEntity, web.VersionsView{Error: "Say in the note why the version comes back.", Note: note, Rolled: version})
	}
	older, err := s.store.OlderRecords(r.Context(), id)
	if err != nil {
		return err
	}
	now, err := ports.RollBack(r.Context(), id, version, viewer(r), note)
	if refused(err) {
		return s.renderVersions(w, r, statusOf(err), web.VersionsView{Error: problemWords(err), Note: note, Rolled: version})
	}
	if err != nil {
		return err
	}
	s.cfg.Systems.Forget(id)
	return s.done(w, r, profileURL(id.String(), "versions"), "Version "+strconv.Itoa(version)+" is in force again, as version "+strconv.Itoa(now)+". "+heldWords(older.Held))
}
