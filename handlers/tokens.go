package handlers

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// tokenLives are the lives that the form offers, in days.
var tokenLives = map[string]int{"30": 30, "90": 90, "365": 365}

// listTokens shows the API tokens; their values are not kept.
func (s *Server) listTokens(w http.ResponseWriter, r *http.Request) error {
	return s.renderTokens(w, r, http.StatusOK, web.TokensView{Scopes: scopeOptions(nil)})
}

func (s *Server) renderTokens(w http.ResponseWriter, r *http.Request, status int, v web.TokensView) error {
	list, err := s.store.APITokens(r.Context())
	if err != nil {
		return err
	}
	for _, t := range list {
		v.Rows = append(v.Rows, web.TokenRow{ID: t.ID.String(), Name: t.Name, Scopes: t.Scopes, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, Revoked: t.RevokedAt != nil})
	}
	if v.Page, err = s.page(r, web.NavTokens, "API tokens"); err != nil {
		return err
	}
	return s.render(w, r, status, web.TokensPage(v))
}

func scopeOptions(chosen []string) (out []web.Option) {
	for _, scope := range apitoken.Scopes() {
		out = append(out, web.Option{Value: scope.Name, Label: scope.Label, Selected: slices.Contains(chosen, scope.Name)})
	}
	return out
}

// createToken issues a token and shows it, this once. It is no redirect: the
// token must not be kept anywhere to be shown later.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	name, scopes := formText(r, "name"), r.PostForm["scopes"]
	v := web.TokensView{Name: name, Scopes: scopeOptions(scopes)}
	days, known := tokenLives[formText(r, "days")]
	if v.Error = tokenProblem(name, scopes, known); v.Error != "" {
		return s.renderTokens(w, r, http.StatusUnprocessableEntity, v)
	}
	issued, err := s.issueToken(r.Context(), viewer(r).Email, store.APIToken{Name: name, Scopes: scopes, ExpiresAt: s.store.Now().AddDate(0, 0, days)})
	if err != nil {
		return err
	}
	return s.renderTokens(w, r, http.StatusOK, web.TokensView{Scopes: scopeOptions(nil), Issued: issued})
}

func tokenProblem(name string, scopes []string, lifeKnown bool) string {
	switch {
	case name == "" || len([]rune(name)) > longName:
		return "Name the program that uses it, in at most 120 characters."
	case len(scopes) == 0:
		return "Choose at least one scope."
	case slices.ContainsFunc(scopes, func(s string) bool { return !apitoken.Known(s) }):
		return "There is no such scope."
	case !lifeKnown:
		return "Choose how long it lives."
	default:
		return ""
	}
}

func (s *Server) issueToken(ctx context.Context, by string, t store.APIToken) (issued string, err error) {
	key, err := s.store.NamedSecret(ctx, apitoken.KeyName, apitoken.NewKey)
	if err != nil {
		return "", err
	}
	t.CreatedBy = by
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if t, err = tx.InsertAPIToken(ctx, t); err != nil {
			return err
		}
		issued, err = apitoken.Issue(key, apitoken.Token{ID: t.ID, Scopes: t.Scopes, IssuedAt: t.CreatedAt.Truncate(time.Second), ExpiresAt: t.ExpiresAt})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, by, "token.created", "token", t.ID.String(), map[string]any{"name": t.Name, "scopes": t.Scopes})
	})
	return issued, err
}

// revokeToken ends a token at once.
func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.RevokeAPIToken(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "token.revoked", "token", id.String(), nil)
	})
	if staffing.CodeOf(err) == staffing.NotFound {
		return errNoPage
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/tokens", "Revoked. Programs that use it stop at once.")
}
