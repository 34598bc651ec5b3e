package bullhorn

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	codeLife    = time.Minute
	accessLife  = 10 * time.Minute // the vendor's
	longestLife = 2880             // minutes of a session, the vendor's cap
)

// access is who is signed in. Codes and refresh tokens are used once.
type access struct {
	mu       sync.Mutex
	codes    map[string]time.Time // until
	tokens   map[string]time.Time
	refresh  map[string]bool
	sessions map[string]time.Time
	logins   int
	minute   time.Time
	used     int
}

func newAccess() access {
	return access{codes: map[string]time.Time{}, tokens: map[string]time.Time{}, refresh: map[string]bool{}, sessions: map[string]time.Time{}}
}

func fresh() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) loginInfo(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet:
		notAllowed(w)
	case r.URL.Query().Get("username") == "":
		refuse(w, http.StatusBadRequest, "errors.missingParameter", "username is required")
	default: // an unknown user gets the default data centre
		answer(w, http.StatusOK, map[string]any{"oauthUrl": origin(r) + "/oauth", "restUrl": origin(r) + "/rest-services",
			"atsUrl": origin(r), "dataCenterId": 1, "superClusterId": 1})
	}
}

// authorize redirects with a code when the user's credentials are right, and
// shows its sign-in page again when they are not.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		notAllowed(w)
		return
	}
	if r.FormValue("response_type") != "code" || r.FormValue("client_id") != s.opts.ClientID {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_client", "error_description": "Invalid Client Id"})
		return
	}
	if r.FormValue("action") != "Login" || r.FormValue("username") != s.opts.Username || r.FormValue("password") != s.opts.Password {
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Invalid login. Please try again.</body></html>")) // the caller is gone
		return
	}
	code := "1:" + fresh() // the real ones hold a colon, so they travel encoded
	s.access.mu.Lock()
	s.access.codes[code] = s.now().Add(codeLife)
	s.access.mu.Unlock()
	to := r.FormValue("redirect_uri")
	if to == "" {
		to = "http://www.bullhorn.com"
	}
	w.Header().Set("Location", to+"?"+url.Values{"code": {code}, "client_id": {s.opts.ClientID}}.Encode())
	w.WriteHeader(http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		notAllowed(w)
		return
	}
	if r.FormValue("client_id") != s.opts.ClientID || r.FormValue("client_secret") != s.opts.ClientSecret {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_client", "error_description": "Invalid Client Secret"})
		return
	}
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	ok := false
	switch r.FormValue("grant_type") {
	case "authorization_code":
		code := r.FormValue("code")
		ok = s.access.codes[code].After(s.now())
		delete(s.access.codes, code)
	case "refresh_token":
		ok = s.access.refresh[r.FormValue("refresh_token")]
		delete(s.access.refresh, r.FormValue("refresh_token"))
	}
	if !ok {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "Invalid, expired, or revoked authorization code."})
		return
	}
	token, again := "2:"+fresh(), "3:"+fresh()
	s.access.tokens[token], s.access.refresh[again] = s.now().Add(accessLife), true
	answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(accessLife.Seconds()), "refresh_token": again})
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ttl := 10
	if v := q.Get("ttl"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n <= 0 {
			refuse(w, http.StatusBadRequest, "errors.invalidParameter", "ttl must be a number of minutes")
			return
		}
		ttl = min(n, longestLife)
	}
	if q.Get("version") == "" {
		refuse(w, http.StatusBadRequest, "errors.missingParameter", "version is required")
		return
	}
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	if !s.access.tokens[q.Get("access_token")].After(s.now()) {
		refuse(w, http.StatusBadRequest, "errors.authentication.invalidOAuthToken", "Invalid or expired OAuth access token.")
		return
	}
	if s.opts.MaxSessions > 0 && s.live() >= s.opts.MaxSessions {
		refuse(w, http.StatusTooManyRequests, "errors.tooManySessions", "The limit of concurrent sessions is reached")
		return
	}
	token := fresh()
	s.access.logins++
	s.access.sessions[token] = s.now().Add(time.Duration(ttl) * time.Minute)
	answer(w, http.StatusOK, map[string]any{"BhRestToken": token, "restUrl": origin(r) + "/rest-services/" + corp + "/"})
}

// live counts the sessions that have not ended; the caller holds access.mu.
func (s *Server) live() (n int) {
	for _, until := range s.access.sessions {
		if until.After(s.now()) {
			n++
		}
	}
	return n
}

func (s *Server) session(token string) bool {
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	return s.access.sessions[token].After(s.now())
}

// ExpireSessions ends every session, as the vendor may do at any time.
func (s *Server) ExpireSessions() {
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	s.access.sessions = map[string]time.Time{}
}

// Logins counts the sessions opened so far.
func (s *Server) Logins() int {
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	return s.access.logins
}

// admit counts a request of the running minute. The vendor sends no limit headers.
func (s *Server) admit() bool {
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	if m := s.now().Truncate(time.Minute); !m.Equal(s.access.minute) {
		s.access.minute, s.access.used = m, 0
	}
	s.access.used++
	return s.access.used <= s.opts.PerMinute
}
