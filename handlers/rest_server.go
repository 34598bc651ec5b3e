package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
)

// restAPI implements the contract of package api: one method per operation, one
// file per noun. Requests were checked against the contract before they come
// here; the token that asks is in the context.
type restAPI struct{ s *Server }

var _ api.StrictServerInterface = restAPI{}

// rest answers /api/v1. It sees the whole path. Without a contract it answers
// nothing: what a token may do stands there.
func (s *Server) rest() http.Handler {
	contract, err := api.Load()
	if err != nil {
		return s.serve(func(http.ResponseWriter, *http.Request) error { return err })
	}
	router := s.restRouter(contract)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := chi.RouteContext(r.Context()); c != nil {
			path := r.URL.RawPath
			if path == "" {
				path = r.URL.Path
			}
			c.RoutePath = strings.TrimPrefix(path, api.Base)
		}
		router.ServeHTTP(w, r)
	})
}

// restRouter hangs every operation of the contract behind the gate.
func (s *Server) restRouter(contract *api.Contract) chi.Router {
	r := chi.NewRouter()
	r.NotFound(s.serve(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	r.MethodNotAllowed(s.serve(func(http.ResponseWriter, *http.Request) error { return errMethod }))
	unread := func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, r, contractError(err)) }
	operations := api.NewStrictHandlerWithOptions(restAPI{s}, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: unread, ResponseErrorHandlerFunc: s.fail,
	})
	api.HandlerWithOptions(operations, api.ChiServerOptions{BaseRouter: r.With(newGate(s, contract).guard), ErrorHandlerFunc: unread})
	return r
}

// utc gives an optional time for an answer; the zero time is left out.
func utc(t *time.Time) time.Time { return value(t).UTC() }

// each makes one list of another, never nil: an empty list is [] in JSON.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

// same is for each, where the type of the hub is the type of the answer.
func same[T any](v T) T { return v }

// queued says how much work was accepted.
func queued(n int) api.AcceptedJSONResponse { return api.AcceptedJSONResponse{Queued: n} }

func invalidField(field, format string, args ...any) error {
	e := staffing.Errorf(staffing.Invalid, format, args...)
	e.Field = field
	return e
}
