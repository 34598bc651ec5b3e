package handlers

import (
	"bytes"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// page gives what every page needs, with the numbers of the navigation and the
// message of the last action.
func (s *Server) page(r *http.Request, nav web.Nav, title string) (web.Page, error) {
	p := s.bare(r, nav, title)
	c, err := s.store.Counts(r.Context())
	if err != nil {
		return p, err
	}
	p.Counts = web.Counts{Failed: c.Failed, Review: c.Review, Gaps: c.Gaps}
	if tone, text, ok := strings.Cut(s.sessions.PopString(r.Context(), sessionFlash), "|"); ok {
		p.Flash = &web.Flash{Kind: web.Tone(tone), Text: text}
	}
	return p, nil
}

// bare is page without the database.
func (s *Server) bare(r *http.Request, nav web.Nav, title string) web.Page {
	v := visitOf(r)
	p := web.Page{Title: title, Nonce: v.nonce, Nav: nav, Now: s.now().UTC(), Notice: s.cfg.Notice}
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		p.Theme = c.Value
	}
	if v.user != nil {
		p.User = &web.User{Name: v.user.Name, Email: v.user.Email, Role: v.user.Role}
		p.May = permissions(v.user.Role)
	}
	return p
}

// permissions tells a page which of its buttons would be refused.
func permissions(role string) web.Permissions {
	return web.Permissions{
		Revalidate: records.Allows(role), Retry: records.Allows(role), Discard: records.Allows(role),
		Review: reviewing.Allows(role), Correct: terms.Allows(role),
		Operate: operating.Allows(role), Configure: configure.Allows(role),
		Audit: auditors.Allows(role), Administer: admins.Allows(role),
	}
}

// render writes a page. It is made in memory first, so that a fault while it is
// made becomes an error page and not half a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var body bytes.Buffer
	if err := c.Render(r.Context(), &body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(body.Bytes()); err != nil {
		s.log.Debug("the page did not leave", "request_id", visitOf(r).id, "err", err)
	}
	return nil
}

// done ends a form: it leads to target, which shows the message.
func (s *Server) done(w http.ResponseWriter, r *http.Request, target, message string) error {
	s.sessions.Put(r.Context(), sessionFlash, string(web.ToneOK)+"|"+message)
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // targets are written in the handlers, with ids that were parsed
	return nil
}

// viewer gives who is signed in. Only for routes that ask for people.
func viewer(r *http.Request) store.User {
	if u := visitOf(r).user; u != nil {
		return *u
	}
	return store.User{}
}

// sentence makes a message of the house a sentence for a page.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
