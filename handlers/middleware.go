package handlers

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// How much a body may hold, in bytes.
const (
	formBody = 256 << 10
	apiBody  = 16 << 20 // the most that any operation takes
	hookBody = 1 << 20
	// operationBody is what an operation of the API takes that asks for no more.
	operationBody = 2 << 20
)

// capBody bounds the body; reading past the bound gives an error that becomes 413.
func capBody(limit int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			next.ServeHTTP(w, r)
		})
	}
}

// protect sets the headers that keep a page from being turned against its reader.
func (s *Server) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy(r.URL.Path, visitOf(r).nonce))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.cfg.SecureCookies {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// contentPolicy allows our own files, and only scripts that carry the nonce. The
// job queue's page is a program of its own, which styles itself as it runs.
func contentPolicy(path, nonce string) string {
	if strings.HasPrefix(path, "/ops/river") {
		return "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
	}
	return "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// clientAddress finds out who calls. X-Forwarded-For is believed only when the
// caller is one of our proxies, and only up to the first address that is none.
func (s *Server) clientAddress() func(http.Handler) http.Handler {
	if len(s.cfg.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	var proxies []string
	for _, p := range s.cfg.TrustedProxies {
		proxies = append(proxies, p.String())
	}
	return middleware.ClientIPFromXFF(proxies...)
}

// addressOf gives the caller's address; the proxy's own when that names none.
func addressOf(r *http.Request) string {
	if ip := middleware.GetClientIP(r.Context()); ip != "" {
		return ip
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// logRequests writes one line per request: no query string, no body, no name.
func (s *Server) logRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		v := visitOf(r)
		defer func() {
			level := slog.LevelInfo
			if strings.HasPrefix(r.URL.Path, "/static/") || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" {
				level = slog.LevelDebug
			}
			who := v.as
			if v.user != nil {
				who = v.user.ID.String()
			}
			s.log.Log(r.Context(), level, "request", "request_id", v.id, "method", r.Method, "path", r.URL.Path, "status", max(v.writer.Status(), http.StatusOK),
				"bytes", v.writer.BytesWritten(), "ms", time.Since(began).Milliseconds(), "user", who, "address", addressOf(r))
		}()
		next.ServeHTTP(w, r)
	})
}

// recoverPanics turns a panic into a fault of ours, with its stack in the log.
func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // the server compares it the same way
				panic(p)
			}
			s.fail(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}()
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what another site makes a browser send. Behind a proxy that
// changes the host, the public address is what the browser calls us by.
func (s *Server) sameOrigin() (func(http.Handler) http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	if s.cfg.PublicURL != "" {
		if err := guard.AddTrustedOrigin(s.cfg.PublicURL); err != nil {
			return nil, fmt.Errorf("handlers: the public address must look like https://hub.example.com: %w", err)
		}
	}
	guard.SetDenyHandler(s.serve(func(http.ResponseWriter, *http.Request) error { return errForeign }))
	return guard.Handler, nil
}

// serve calls a handler and answers its error.
func (s *Server) serve(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}
