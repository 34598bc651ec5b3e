package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

var (
	errNoToken      = staffing.Errorf(staffing.Unauthorized, "send an API token as Authorization: Bearer TOKEN")
	errTokenUnknown = staffing.Errorf(staffing.Unauthorized, "the API token is not valid")
	errTokenRevoked = staffing.Errorf(staffing.Unauthorized, "the API token was revoked")
	errTokenExpired = staffing.Errorf(staffing.Unauthorized, "the API token has expired; issue a new one")
)

// gate lets a request through to its operation: with a token that lives and has
// the scope, and in the form of the contract. The contract is the one table of
// what needs which scope.
type gate struct {
	s          *Server
	contract   *api.Contract
	operations map[string]api.Operation // by method and pattern
	options    *openapi3filter.Options
}

func newGate(s *Server, c *api.Contract) gate {
	g := gate{s: s, contract: c, operations: map[string]api.Operation{}, options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, // the guard did it
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.WithStringFormatValidator("uuid", openapi3.NewCallbackValidator(uuid.Validate)),
		},
	}}
	for _, o := range c.Operations {
		g.operations[o.Method+" "+o.Pattern] = o
	}
	return g
}

type tokenKey struct{}

// tokenOf gives the token that asks; the guard put it there.
func tokenOf(ctx context.Context) store.APIToken {
	t, _ := ctx.Value(tokenKey{}).(store.APIToken)
	return t
}

// actorOf names who asks, for the audit log.
func actorOf(ctx context.Context) string { return store.TokenActor + tokenOf(ctx).Name }

// guard runs after routing and before anything of the request is used.
func (g gate) guard(next http.Handler) http.Handler {
	return g.s.serve(func(w http.ResponseWriter, r *http.Request) error {
		token, err := g.s.bearerOf(r)
		if err != nil {
			return err
		}
		route := chi.RouteContext(r.Context())
		o, ok := g.operations[r.Method+" "+route.RoutePatterns[len(route.RoutePatterns)-1]]
		if !ok {
			return errNoPage
		}
		if !slices.Contains(token.Scopes, o.Scope) {
			return staffing.Errorf(staffing.Forbidden, "this needs the scope %s, which the token does not have", o.Scope)
		}
		if o.MaxBody == 0 {
			o.MaxBody = operationBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, o.MaxBody)
		if err := g.check(r, o, route); err != nil {
			return err
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tokenKey{}, token)))
		return nil
	})
}

// bearerOf gives the token's record. A token counts while its signature, its own
// words and the record all say so; its scopes are those that both name.
func (s *Server) bearerOf(r *http.Request) (store.APIToken, error) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || value == "" {
		return store.APIToken{}, errNoToken
	}
	key, err := s.store.NamedSecret(r.Context(), apitoken.KeyName, apitoken.NewKey)
	if err != nil {
		return store.APIToken{}, err
	}
	claimed, err := apitoken.Parse(key, strings.TrimSpace(value), s.now())
	if err != nil {
		return store.APIToken{}, err
	}
	token, err := s.store.APIToken(r.Context(), claimed.ID)
	switch {
	case staffing.CodeOf(err) == staffing.NotFound:
		return token, errTokenUnknown
	case err != nil:
		return token, err
	case token.RevokedAt != nil:
		return token, errTokenRevoked
	case !token.ExpiresAt.After(s.now()):
		return token, errTokenExpired
	}
	token.Scopes = slices.DeleteFunc(token.Scopes, func(scope string) bool { return !claimed.Has(scope) })
	visitOf(r).as = "token " + token.ID.String()
	return token, nil
}

// check holds the request against the contract.
func (g gate) check(r *http.Request, o api.Operation, route *chi.Context) error {
	if err := knownQuery(r, o); err != nil {
		return err
	}
	if err := rightContent(r, o); err != nil {
		return err
	}
	params := map[string]string{}
	for i, name := range route.URLParams.Keys {
		params[name] = route.URLParams.Values[i]
	}
	options := *g.options
	options.ExcludeRequestBody = !isJSON(r) // the operation reads a file itself
	err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params,
		Route:   &routers.Route{Spec: g.contract.Doc, Path: o.Pattern, PathItem: o.Item, Method: o.Method, Operation: o.Spec},
		Options: &options,
	})
	return contractError(err)
}
