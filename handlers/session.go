package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// How long a session lives.
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
)

// The keys of a session.
const (
	sessionUser  = "user"
	sessionProof = "proof" // a fingerprint of the password's hash: a new password ends old sessions
	sessionFlash = "flash"
)

func (s *Server) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = store.Sessions{Store: s.store}
	m.IdleTimeout, m.Lifetime, m.HashTokenInStore = sessionIdle, sessionLife, true
	m.Cookie.Name, m.Cookie.Secure, m.Cookie.HttpOnly, m.Cookie.Persist = "tributary", s.cfg.SecureCookies, true, false
	m.Cookie.SameSite = http.SameSiteLaxMode
	if s.cfg.SecureCookies {
		m.Cookie.Name = "__Host-tributary" // a browser keeps it from subdomains and plain HTTP
	}
	m.ErrorFunc = s.fail
	return m
}

// withSession loads the session and who it belongs to, and keeps it alive.
func (s *Server) withSession(next http.Handler) http.Handler {
	return s.sessions.LoadAndSave(s.withUser(next))
}

// withoutTouch is withSession for what a page fetches by itself: an unattended
// page must not keep a session alive.
func (s *Server) withoutTouch(next http.Handler) http.Handler {
	known := s.withUser(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := ""
		if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := s.sessions.Load(r.Context(), token)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		known.ServeHTTP(w, r.WithContext(ctx))
	})
}

// withUser reads the user of the session from the database, on every request:
// whoever is disabled or has another role feels it at once.
func (s *Server) withUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := s.sessionUser(r.Context())
		if err != nil {
			s.fail(w, r, err)
			return
		}
		visitOf(r).user = user
		next.ServeHTTP(w, r)
	})
}

func (s *Server) sessionUser(ctx context.Context) (*store.User, error) {
	id, err := uuid.Parse(s.sessions.GetString(ctx, sessionUser))
	if err != nil {
		return nil, nil //nolint:nilerr // no user in the session is no error: nobody is signed in
	}
	u, err := s.store.User(ctx, id)
	switch {
	case staffing.CodeOf(err) == staffing.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case u.DisabledAt != nil, s.sessions.GetString(ctx, sessionProof) != proofOf(u):
		return nil, nil
	}
	return &u, nil
}

func proofOf(u store.User) string {
	sum := sha256.Sum256([]byte(u.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

// onlyPeople lets those in who are signed in with a role that may.
func (s *Server) onlyPeople(a Access) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user := visitOf(r).user
			switch {
			case user == nil:
				s.turnAway(w, r, a)
			case !a.Allows(user.Role):
				s.fail(w, r, errNotYours)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// turnAway leads a browser to the sign-in page and back; everything else is
// refused.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, a Access) {
	if a.kind == liveKind {
		w.Header().Set("HX-Redirect", "/login")
	}
	if r.Method != http.MethodGet || a.kind == liveKind {
		s.fail(w, r, errSignedOut)
		return
	}
	target := "/login"
	if r.URL.Path != "/" {
		target += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// localPath gives next when it leads to a page of ours, else the overview.
func localPath(next string) string {
	u, err := url.Parse(next)
	bad := err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(u.Path, "/login") || strings.HasPrefix(u.Path, "//")
	if bad {
		return "/"
	}
	return next
}
