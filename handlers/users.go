package handlers

import (
	"context"
	"net/http"
	"net/mail"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/password"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// How long a password may be, in bytes.
const (
	shortPassword = 12
	longPassword  = 200
)

// listUsers shows who may sign in.
func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) error {
	return s.renderUsers(w, r, http.StatusOK, web.UserForm{})
}

func (s *Server) renderUsers(w http.ResponseWriter, r *http.Request, status int, form web.UserForm) error {
	users, err := s.store.Users(r.Context())
	if err != nil {
		return err
	}
	v := web.UsersView{Form: form, Roles: options(form.Role, roles...)}
	for _, u := range users {
		v.Rows = append(v.Rows, web.UserRow{ID: u.ID.String(), Name: u.Name, Email: u.Email, Role: u.Role, Disabled: u.DisabledAt != nil,
			Self: u.ID == viewer(r).ID, CreatedAt: u.CreatedAt})
	}
	if v.Page, err = s.page(r, web.NavUsers, "Users"); err != nil {
		return err
	}
	return s.render(w, r, status, web.UsersPage(v))
}

// createUser adds a person. A refused form keeps all but the password.
func (s *Server) createUser(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	f := web.UserForm{Name: formText(r, "name"), Email: strings.ToLower(formText(r, "email")), Role: formText(r, "role")}
	plain := r.PostForm.Get("password")
	if f.Error = userProblem(f, plain); f.Error != "" {
		return s.renderUsers(w, r, http.StatusUnprocessableEntity, f)
	}
	hash, err := password.Hash(plain)
	if err != nil {
		return err
	}
	ctx := r.Context()
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		u, err := tx.InsertUser(ctx, store.User{Name: f.Name, Email: f.Email, Role: f.Role, PasswordHash: hash})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "user.created", "user", u.ID.String(), map[string]any{"role": u.Role})
	})
	if staffing.CodeOf(err) == staffing.Conflict {
		f.Error = "Somebody signs in with this e-mail already."
		return s.renderUsers(w, r, http.StatusConflict, f)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/users", f.Name+" may sign in now.")
}

// userProblem says what is wrong with a new user; empty: nothing.
func userProblem(f web.UserForm, plain string) string {
	address, err := mail.ParseAddress(f.Email)
	switch {
	case f.Name == "" || len([]rune(f.Name)) > longName:
		return "Give a name of at most 120 characters."
	case err != nil || address.Address != f.Email || len(f.Email) > longestEmail:
		return "That is no e-mail address."
	case !isRole(f.Role):
		return "Choose a role."
	case len(plain) < shortPassword || len(plain) > longPassword:
		return "The password must have 12 to 200 characters."
	case strings.Contains(strings.ToLower(plain), strings.ToLower(f.Email)):
		return "The password must not hold the e-mail address."
	default:
		return ""
	}
}

func isRole(role string) bool {
	for _, r := range roles {
		if r[0] == role {
			return true
		}
	}
	return false
}

// changeRole gives a person another role; it counts from their next request on.
func (s *Server) changeRole(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	role := formText(r, "role")
	if !isRole(role) {
		return staffing.Errorf(staffing.Invalid, "there is no such role")
	}
	return s.userAction(w, r, userChange{"user.role_changed", "The role is changed.", map[string]any{"role": role},
		func(ctx context.Context, tx *store.Tx, id uuid.UUID) error { return tx.SetUserRole(ctx, id, role) }})
}

// disableUser shuts a person out at once.
func (s *Server) disableUser(w http.ResponseWriter, r *http.Request) error {
	return s.userAction(w, r, userChange{"user.disabled", "Disabled. Open sessions have ended.", nil,
		func(ctx context.Context, tx *store.Tx, id uuid.UUID) error { return tx.SetUserDisabled(ctx, id, true) }})
}

// enableUser lets a person in again.
func (s *Server) enableUser(w http.ResponseWriter, r *http.Request) error {
	return s.userAction(w, r, userChange{"user.enabled", "Enabled.", nil,
		func(ctx context.Context, tx *store.Tx, id uuid.UUID) error { return tx.SetUserDisabled(ctx, id, false) }})
}

// userChange is what an admin does to another person.
type userChange struct {
	action  string // for the audit log
	message string // after it is done
	detail  map[string]any
	do      func(ctx context.Context, tx *store.Tx, id uuid.UUID) error
}

// userAction changes another person. Nobody changes themselves, so an admin is
// always left.
func (s *Server) userAction(w http.ResponseWriter, r *http.Request, c userChange) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if id == viewer(r).ID {
		return staffing.Errorf(staffing.Forbidden, "you cannot change your own account; ask another admin")
	}
	ctx := r.Context()
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := c.do(ctx, tx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, c.action, "user", id.String(), c.detail)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/users", c.message)
}
