package handlers

import (
	"context"
	"crypto/rand"
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/tributary-hub/tributary/store"
)

// visit is what is known of one request. The middlewares fill it; it lives as
// long as the request and belongs to its goroutine.
type visit struct {
	id     string // request id, also in the answer and the log
	nonce  string // of the content security policy
	writer middleware.WrapResponseWriter
	user   *store.User // nil: nobody is signed in
	as     string      // who the log names when it is no user, e.g. a token's id
}

type visitKey struct{}

// visitOf gives the visit of a request; an empty one where no middleware ran.
func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// began says that the answer has begun to leave.
func (v *visit) began() bool { return v.writer != nil && v.writer.Status() != 0 }

// identify opens the visit: it gives the request its id and its nonce.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{id: rand.Text(), nonce: rand.Text(), writer: middleware.NewWrapResponseWriter(w, r.ProtoMajor)}
		w.Header().Set("X-Request-Id", v.id)
		next.ServeHTTP(v.writer, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}
