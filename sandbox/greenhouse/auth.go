package greenhouse

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tokenLife = time.Hour

// windowLength is the vendor's fixed rate limit window.
const windowLength = 30 * time.Second

type claims struct {
	Subject string `json:"sub"`
	Expires int64  `json:"exp"`
	Scope   string `json:"scope,omitempty"`
	Epoch   int    `json:"jti"`
}

func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	switch {
	case r.Method != http.MethodPost:
		refuse(w, http.StatusNotFound, "Resource not found")
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		answer(w, http.StatusBadRequest, map[string]string{"message": "Must include `grant_type` parameter in /token request"})
	case !ok || id != s.opts.ClientID:
		// The real one repeats the client id in its answer, a trap for logs.
		answer(w, http.StatusBadRequest, map[string]string{"message": "client_id=" + id + " does not contain a valid client ID suffix", "errorId": "err-1"})
	case secret != s.opts.ClientSecret:
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
	case r.FormValue("grant_type") != "client_credentials":
		answer(w, http.StatusBadRequest, map[string]string{"message": "Must include `grant_type` parameter in /token request"})
	default:
		s.grant(w, r.FormValue("sub"))
	}
}

func (s *Server) grant(w http.ResponseWriter, sub string) {
	if sub == "" {
		sub = "4080001" // the account's integration user
	}
	s.mu.Lock()
	c := claims{Subject: sub, Expires: s.opts.Now().Add(tokenLife).Unix(), Epoch: s.epoch}
	s.mu.Unlock()
	if !s.opts.HideScopes {
		c.Scope = strings.Join(s.scopes(), " ")
	}
	answer(w, http.StatusOK, map[string]any{"access_token": s.sign(c), "token_type": "Bearer", "expires_in": int(tokenLife.Seconds())})
}

// ExpireTokens ends every token that was issued so far.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
}

// scopes are those of the credential.
func (s *Server) scopes() []string {
	if s.opts.Scopes != nil {
		return s.opts.Scopes
	}
	var all []string
	for name := range s.lists {
		all = append(all, "harvest:"+name+":list")
	}
	for _, w := range []string{"candidates:create", "applications:create", "attachments:create",
		"applications:move", "applications:reject", "applications:unreject", "applications:hire"} {
		all = append(all, "harvest:"+w)
	}
	return all
}

func (s *Server) sign(c claims) string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
	doc, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers only
	}
	body := head + "." + base64.RawURLEncoding.EncodeToString(doc)
	return body + "." + base64.RawURLEncoding.EncodeToString(s.mac(body))
}

func (s *Server) mac(body string) []byte {
	m := hmac.New(sha256.New, []byte(s.opts.ClientSecret))
	m.Write([]byte(body))
	return m.Sum(nil)
}

// authorize reads the bearer token and gives the credential's scopes. They are
// those of now: the vendor checks a removed scope at every request.
func (s *Server) authorize(r *http.Request) (map[string]bool, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	dot := strings.LastIndexByte(token, '.')
	if !ok || dot < 0 {
		return nil, false
	}
	sig, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil || !hmac.Equal(sig, s.mac(token[:dot])) {
		return nil, false
	}
	doc, err := base64.RawURLEncoding.DecodeString(token[strings.IndexByte(token, '.')+1 : dot])
	var c claims
	if err != nil || json.Unmarshal(doc, &c) != nil {
		return nil, false
	}
	s.mu.Lock()
	stale := c.Epoch != s.epoch
	s.mu.Unlock()
	if stale || s.opts.Now().Unix() >= c.Expires {
		return nil, false
	}
	out := map[string]bool{}
	for _, scope := range s.scopes() {
		out[scope] = true
	}
	return out, true
}

// window counts the requests of the running rate limit window.
type window struct {
	mu    sync.Mutex
	start time.Time
	used  int
}

// admit counts a request and answers 429 when the window is full.
func (s *Server) admit(w http.ResponseWriter) bool {
	now := s.opts.Now()
	s.window.mu.Lock()
	if start := now.Truncate(windowLength); !start.Equal(s.window.start) {
		s.window.start, s.window.used = start, 0
	}
	s.window.used++
	left, end := s.opts.RateLimit-s.window.used, s.window.start.Add(windowLength)
	s.window.mu.Unlock()
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(s.opts.RateLimit))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(end.Unix(), 10))
	if left >= 0 {
		return true
	}
	w.Header().Set("Retry-After", fmt.Sprint(int(end.Sub(now).Seconds())+1))
	refuse(w, http.StatusTooManyRequests, "Rate limit exceeded")
	return false
}
