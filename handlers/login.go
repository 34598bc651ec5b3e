package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// How many wrong passwords are free of a wait, per account and per address.
const (
	freePerAccount = 5
	freePerAddress = 20
	longestEmail   = 254
)

// nobodysHash fits no password. It is compared for an unknown user, so that the
// answer takes as long as for a known one.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS0$bm9ib2R5LW5vYm9keS1ub2JvZHktbm9ib2R5LW5vYm8"

var errWrongPassword = staffing.Errorf(staffing.Unauthorized, "E-mail and password do not fit together.")

// showLogin shows the sign-in form; somebody who is signed in goes on.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL.Query().Get("next"))
	if visitOf(r).user != nil {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath leads to our own pages only
		return nil
	}
	return s.renderLogin(w, r, http.StatusOK, web.LoginView{Next: next})
}

func (s *Server) renderLogin(w http.ResponseWriter, r *http.Request, status int, v web.LoginView) error {
	v.Page, v.Hint = s.bare(r, "", "Sign in"), s.cfg.LoginHint
	users, err := s.store.Users(r.Context())
	if err != nil {
		return err
	}
	if len(users) == 0 {
		v.Notice = "Nobody can sign in yet. Create the first admin on the server: server user create --role admin."
	}
	return s.render(w, r, status, web.LoginPage(v))
}

// login checks e-mail and password and opens a session with a new token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	v := web.LoginView{Email: strings.TrimSpace(r.PostForm.Get("email")), Next: localPath(r.PostForm.Get("next"))}
	user, err := s.authenticate(r.Context(), v.Email, r.PostForm.Get("password"), addressOf(r))
	if code := staffing.CodeOf(err); code == staffing.Unauthorized || code == staffing.RateLimited {
		s.log.Warn("sign-in refused", "request_id", visitOf(r).id, "code", string(code), "address", addressOf(r))
		v.Error = staffing.MessageOf(err)
		return s.renderLogin(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionUser, user.ID.String())
	s.sessions.Put(r.Context(), sessionProof, proofOf(user))
	http.Redirect(w, r, v.Next, http.StatusSeeOther)
	return nil
}

// authenticate gives the user whose password it is. Attempts are looked at a few
// at a time, and each is counted before its password is compared: a flood of
// guesses meets the wait, not the hash.
func (s *Server) authenticate(ctx context.Context, email, plain, address string) (store.User, error) {
	if len(email) > longestEmail {
		return store.User{}, errWrongPassword
	}
	select {
	case s.attempts <- struct{}{}:
		defer func() { <-s.attempts }()
	case <-ctx.Done():
		return store.User{}, ctx.Err()
	}
	account, from := "account:"+strings.ToLower(email), "address:"+network(address)
	until, err := s.store.LoginBlockedUntil(ctx, account, from)
	if err != nil {
		return store.User{}, err
	}
	if wait := until.Sub(s.store.Now()); wait > 0 {
		e := staffing.Errorf(staffing.RateLimited, "There were too many wrong passwords. Try again in %s.", waitWords(wait))
		e.RetryAfter = wait
		return store.User{}, e
	}
	if err := s.store.NoteLoginFailure(ctx, freePerAccount, account); err != nil {
		return store.User{}, err
	}
	user, err := s.compare(ctx, email, plain)
	if staffing.CodeOf(err) == staffing.Unauthorized {
		if err := s.store.NoteLoginFailure(ctx, freePerAddress, from); err != nil {
			return user, err
		}
	}
	if err != nil {
		return user, err
	}
	return user, s.store.ClearLoginFailures(ctx, account)
}

// compare takes the same time for a user who is not there.
func (s *Server) compare(ctx context.Context, email, plain string) (store.User, error) {
	user, err := s.store.UserByEmail(ctx, email)
	if staffing.CodeOf(err) == staffing.NotFound {
		s.verify(nobodysHash, plain)
		return user, errWrongPassword
	}
	if err != nil {
		return user, err
	}
	if !s.verify(user.PasswordHash, plain) || user.DisabledAt != nil {
		return user, errWrongPassword
	}
	return user, nil
}

// logout ends the session at once.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// network gives what wrong passwords are counted by: an IPv6 customer has a whole
// /64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() {
		return address
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

func waitWords(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d seconds", int(d.Seconds())+1)
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes())+1)
}

// unread codes an error of reading a form.
func unread(err error) error {
	if statusOf(err) == http.StatusRequestEntityTooLarge {
		return errTooLarge
	}
	return errUnread
}
