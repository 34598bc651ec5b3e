package fieldglass

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const tokenLife = 7200 * time.Second

// issueToken runs the client credentials grant, whose parameters stand in the
// query. The new token ends the last one: there is one per tenant.
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	user, key, ok := r.BasicAuth()
	want := url.Values{"grant_type": {"client_credentials"}, "response_type": {"token"}}
	switch {
	case r.Method != http.MethodPost:
		tokenAnswer(w, http.StatusMethodNotAllowed, map[string]any{"error": "invalid_request"})
	case r.URL.Query().Encode() != want.Encode():
		tokenAnswer(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"})
	case !ok || !same(user, s.opts.User) || !same(key, s.opts.LicenceKey) || !s.knowsApplication(r):
		tokenAnswer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	default:
		tokenAnswer(w, http.StatusOK, map[string]any{"access_token": s.newToken(), "token_type": "bearer", "expires_in": int(tokenLife.Seconds())})
	}
}

func (s *Server) newToken() string {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // it never fails
	token := hex.EncodeToString(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta.Update(1, func(m *meta) { m.Token, m.TokenEnds = token, s.now().Add(tokenLife) })
	return token
}

// ExpireToken ends the tenant's token before its time.
func (s *Server) ExpireToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta.Update(1, func(m *meta) { m.Token = "" })
}

func (s *Server) authorized(r *http.Request) bool {
	m, _ := s.meta.Get(1) // it is always there
	return m.Token != "" && same(r.Header.Get("Authorization"), "Bearer "+m.Token) && s.now().Before(m.TokenEnds) && s.knowsApplication(r)
}

func (s *Server) knowsApplication(r *http.Request) bool {
	return s.opts.ApplicationKey == "" || same(r.Header.Get("X-Applicationkey"), s.opts.ApplicationKey)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func tokenAnswer(w http.ResponseWriter, status int, v map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

// knownOnly says whether a query has no other parameters, and none twice.
func knownOnly(q url.Values, names ...string) bool {
	for name, values := range q {
		if !slices.Contains(names, name) || len(values) != 1 {
			return false
		}
	}
	return true
}
