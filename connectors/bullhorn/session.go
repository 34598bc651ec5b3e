package bullhorn

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	sessionName = "session"
	// sessionMinutes is the life asked for. The vendor ends sessions earlier when it likes,
	// and counts those that live: a short life leaves few behind when connections are
	// tested or set up anew.
	sessionMinutes = 120
)

// session gives the session that all replicas share; its Extra holds the base
// address that came with it.
func (c *Connector) session(ctx context.Context) (connectors.Token, error) {
	return c.tokens.Token(ctx, sessionName, c.signIn)
}

// signIn goes the vendor's whole way: data centre, code, access token, session.
// The refresh token is not used: it is good for one use only, so a crash between
// its use and the saving of the next would lock the hub out, while the password
// always works.
// https://bullhorn.github.io/Getting-Started-with-REST
func (c *Connector) signIn(ctx context.Context) (connectors.Token, error) {
	var info struct {
		OAuth string `json:"oauthUrl"`
		REST  string `json:"restUrl"`
	}
	if err := c.hop(ctx, httpx.Request{URL: c.login + "/loginInfo", Query: url.Values{"username": {c.set["username"]}}}, "the data centre", &info); err != nil {
		return connectors.Token{}, err
	}
	if err := c.known(info.OAuth, info.REST); err != nil {
		return connectors.Token{}, err
	}
	code, err := c.authorize(ctx, strings.TrimRight(info.OAuth, "/")+"/authorize")
	if err != nil {
		return connectors.Token{}, err
	}
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "client_id": {c.set["client_id"]}, "client_secret": {c.set["client_secret"]}}
	c.addRedirect(form)
	if err := c.hop(ctx, httpx.Request{Method: http.MethodPost, URL: strings.TrimRight(info.OAuth, "/") + "/token", Body: form}, "the client ID or secret", &granted); err != nil {
		return connectors.Token{}, err
	}
	return c.openSession(ctx, strings.TrimRight(info.REST, "/")+"/login", granted.AccessToken)
}

func (c *Connector) openSession(ctx context.Context, address, access string) (connectors.Token, error) {
	var out struct {
		Token string `json:"BhRestToken"`
		REST  string `json:"restUrl"`
	}
	q := url.Values{"version": {"*"}, "access_token": {access}, "ttl": {strconv.Itoa(sessionMinutes)}}
	if err := c.hop(ctx, httpx.Request{Method: http.MethodPost, URL: address, Query: q}, "the access token", &out); err != nil {
		return connectors.Token{}, err
	}
	if out.Token == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Bullhorn's answer to the sign-in holds no session")
	}
	if err := c.known(out.REST); err != nil {
		return connectors.Token{}, err
	}
	return connectors.Token{Value: out.Token, ExpiresAt: c.now().Add((sessionMinutes - 10) * time.Minute),
		Extra: map[string]string{"rest": strings.TrimRight(out.REST, "/") + "/"}}, nil
}

// authorize asks for a code. It comes in a redirect, which is not followed; the
// sign-in page instead of one means that the password is wrong or that the terms
// were never accepted.
func (c *Connector) authorize(ctx context.Context, address string) (string, error) {
	form := url.Values{"client_id": {c.set["client_id"]}, "response_type": {"code"}, "action": {"Login"},
		"username": {c.set["username"]}, "password": {c.set["password"]}}
	c.addRedirect(form)
	resp, err := c.send(ctx, httpx.Request{Method: http.MethodPost, URL: address, Body: form}, http.StatusFound, http.StatusSeeOther)
	if err != nil {
		return "", refusedSignIn(err, "the client ID, the user name or the password")
	}
	to, err := url.Parse(resp.Header.Get("Location"))
	if err == nil && to.Query().Get("code") != "" {
		return to.Query().Get("code"), nil
	}
	return "", staffing.Errorf(staffing.Unauthorized,
		"Bullhorn refused the user name or the password; if they are right, sign in once in a browser as the API user and accept the terms")
}

func (c *Connector) addRedirect(form url.Values) {
	if uri := c.set["redirect_uri"]; uri != "" {
		form.Set("redirect_uri", uri)
	}
}

// hop sends one call of the sign-in and reads its answer.
func (c *Connector) hop(ctx context.Context, req httpx.Request, what string, out any) error {
	resp, err := c.send(ctx, req)
	if err != nil {
		return refusedSignIn(err, what)
	}
	if err := resp.Decode(out); err != nil {
		return explain(err, "Bullhorn's answer to the sign-in cannot be read")
	}
	return nil
}

// send follows one redirect to another data centre, as the vendor asks; the
// request is sent again as it was.
func (c *Connector) send(ctx context.Context, req httpx.Request, allow ...int) (*httpx.Response, error) {
	req.ReadOnly = true
	req.Allow = append(allow, http.StatusTemporaryRedirect, http.StatusPermanentRedirect)
	resp, err := c.http.Do(ctx, req)
	if err != nil || resp.Status != http.StatusTemporaryRedirect && resp.Status != http.StatusPermanentRedirect {
		return resp, err
	}
	if err := c.known(resp.Header.Get("Location")); err != nil {
		return nil, err
	}
	req.URL, req.Query, req.Allow = resp.Header.Get("Location"), nil, allow
	return c.http.Do(ctx, req)
}

// known refuses to send credentials anywhere but to the sign-in address's own
// host or, where that is the vendor's, to the vendor's other hosts.
func (c *Connector) known(addresses ...string) error {
	home, err := url.Parse(c.login)
	if err != nil {
		return staffing.Errorf(staffing.Invalid, "the sign-in address cannot be read")
	}
	for _, a := range addresses {
		u, err := url.Parse(a)
		same := err == nil && u.Host == home.Host && u.Scheme == home.Scheme
		sibling := err == nil && u.Scheme == "https" && ofVendor(home.Hostname()) && ofVendor(u.Hostname())
		if !same && !sibling {
			return staffing.Errorf(staffing.Invalid, "Bullhorn's sign-in names an address that is not Bullhorn's; the hub sends no credentials there")
		}
	}
	return nil
}

func ofVendor(host string) bool {
	return host == "bullhornstaffing.com" || strings.HasSuffix(host, ".bullhornstaffing.com")
}

// refusedSignIn turns a refusal into one of credentials. The vendor's own text
// may repeat them, so it is not passed on.
func refusedSignIn(err error, what string) error {
	switch status := httpx.StatusOf(err); {
	case status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout:
		return staffing.Errorf(staffing.Unauthorized, "Bullhorn refused %s (status %d)", what, status)
	default:
		return explain(err, "cannot sign in to Bullhorn")
	}
}
