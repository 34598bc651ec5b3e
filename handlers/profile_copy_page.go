package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// templateSource is what the form sends for the connector's template.
const templateSource = "template"

// showProfileCopy offers what the draft can start from, and shows in words what a
// copy would change.
func (s *Server) showProfileCopy(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	return s.renderCopy(w, r, http.StatusOK, p, copyForm{from: q.Get("from"), parts: q["part"], chosen: q.Has("show")})
}

// copyForm is the form of a copy as it was sent.
type copyForm struct {
	from   string
	parts  []string
	chosen bool // the parts were chosen, and not only the source
	at     *web.Edition
	err    error // why the copy was refused
}

func (s *Server) renderCopy(w http.ResponseWriter, r *http.Request, status int, p profile, f copyForm) error {
	sources, err := s.copySources(r.Context(), p, f.from)
	if err != nil {
		return err
	}
	v := web.ProfileCopyView{Sources: sources, At: p.edition(), Drafted: p.drafted()}
	if f.from != "" {
		if f.parts, err = s.partsFor(r.Context(), p, f); err != nil {
			return err
		}
		if err := s.addPreview(r.Context(), &v, p, f); err != nil {
			return err
		}
	}
	if f.err != nil {
		v.Error = sentence(staffing.MessageOf(f.err))
	}
	if v.ProfileView, err = s.profileFrame(r, p, "copy"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileCopyPage(v))
}

// addPreview shows what the copy that is chosen would do.
func (s *Server) addPreview(ctx context.Context, v *web.ProfileCopyView, p profile, f copyForm) error {
	c, err := copyOf(p.connection.ID, f)
	if err != nil {
		return err
	}
	v.From, v.Template = f.from, c.from == uuid.Nil
	for _, part := range copyParts {
		if part[0] != partLists || !v.Template {
			v.Parts = append(v.Parts, web.Option{Value: part[0], Label: part[1], Selected: c.has(part[0])})
		}
	}
	done, err := s.copyPreview(ctx, c)
	if staffing.CodeOf(err) == staffing.Invalid || staffing.CodeOf(err) == staffing.NotFound {
		v.Error = sentence(staffing.MessageOf(err))
		return nil
	}
	if err != nil {
		return err
	}
	v.Shown, v.Warnings, v.Lists = true, done.Warnings, done.Lists
	for _, change := range done.Changes {
		v.Changes = append(v.Changes, web.ChangeRow{Section: change.Section, Words: change.Words})
	}
	return nil
}

// partsFor gives the chosen parts; before anybody chose, all that fit: of another
// connector only what does not depend on the vendor.
func (s *Server) partsFor(ctx context.Context, p profile, f copyForm) ([]string, error) {
	if f.chosen {
		return append([]string{}, f.parts...), nil
	}
	all := []string{partFields, partStatuses, partRules, partTriggers, partLists}
	id, err := uuid.Parse(f.from)
	if err != nil {
		return all[:4], nil //nolint:nilerr // it is the template, or no connection: that is said where it is read
	}
	c, err := optional(s.store.Connection(ctx, id))
	if err != nil || c.Kind == p.connection.Kind {
		return all, err
	}
	return all[2:], nil
}

func copyOf(to uuid.UUID, f copyForm) (profileCopy, error) {
	c := profileCopy{to: to, parts: f.parts, at: f.at}
	if f.from == templateSource {
		return c, nil
	}
	var err error
	if c.from, err = uuid.Parse(f.from); err != nil || c.from == uuid.Nil {
		return c, errNoPage
	}
	return c, nil
}

// copySources lists what can be copied: the template, and the profiles of systems of
// the same role; those of the same connector first.
func (s *Server) copySources(ctx context.Context, p profile, chosen string) (out []web.CopySource, err error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	clients, err := s.store.Clients(ctx)
	if err != nil {
		return nil, err
	}
	out = append(out, web.CopySource{Value: templateSource, Label: "The connector's template", Text: "How " + s.kindLabel(p.connection.Kind) + " is mapped when it is connected.", Chosen: chosen == templateSource})
	var others []web.CopySource
	for _, c := range list {
		if c.ID == p.connection.ID || c.Role != p.connection.Role {
			continue
		}
		one := copySource(c, clients, chosen)
		one.Text += s.kindLabel(c.Kind)
		if c.Kind == p.connection.Kind {
			out = append(out, one)
			continue
		}
		one.Text += ", another connector: rules, triggers and code lists fit, maps do not."
		others = append(others, one)
	}
	return append(out, others...), nil
}

func copySource(c store.Connection, clients []store.Client, chosen string) web.CopySource {
	out := web.CopySource{Value: c.ID.String(), Label: c.Name, Chosen: chosen == c.ID.String()}
	for _, client := range clients {
		if c.ClientID != nil && client.ID == *c.ClientID {
			out.Text = client.Name + " · "
		}
	}
	return out
}

// copyProfile makes the draft a copy, or replaces it.
func (s *Server) copyProfile(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	f := copyForm{from: formText(r, "from"), parts: r.PostForm["part"], chosen: true, at: &at}
	c, err := copyOf(id, f)
	if err != nil {
		return err
	}
	if c.parts == nil {
		c.parts = []string{}
	}
	done, err := s.copyProfileBy(r.Context(), viewer(r).Email, c)
	switch code := staffing.CodeOf(err); {
	case code == staffing.Conflict || code == staffing.Invalid:
		p, lost := s.profileOf(r.Context(), id)
		if lost != nil {
			return lost
		}
		f.err = err
		return s.renderCopy(w, r, map[staffing.Code]int{staffing.Conflict: http.StatusConflict, staffing.Invalid: http.StatusUnprocessableEntity}[code], p, f)
	case err != nil:
		return err
	}
	return s.done(w, r, profileURL(id.String()), "The draft is a copy now, with "+counted(len(done.Changes), "change", "changes")+". Nothing is in force before it is published.")
}
