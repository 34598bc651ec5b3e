package setu

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const tokenName = "access"

// do sends a request with the sign-in that was agreed. A bearer token that is
// refused is fetched again, once: another replica may have a newer one.
func (c *Connector) do(ctx context.Context, req httpx.Request) (*httpx.Response, error) {
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if c.set["auth"] != "oauth" {
		c.sign(req.Header)
		return c.http.Do(ctx, req)
	}
	var resp *httpx.Response
	for try := range 2 {
		token, err := c.tokens.Token(ctx, tokenName, c.fetchToken)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token.Value)
		resp, err = c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || try == 1 {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, tokenName, token.Value); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (c *Connector) sign(h http.Header) {
	if c.set["auth"] == "header" {
		h.Set(c.set["header"], c.set["secret"])
		return
	}
	r := http.Request{Header: h}
	r.SetBasicAuth(c.set["user"], c.set["secret"])
}

func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	r := http.Request{Header: http.Header{"Accept": {"application/json"}}}
	r.SetBasicAuth(url.QueryEscape(c.set["user"]), url.QueryEscape(c.set["secret"]))
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set["token_url"], ReadOnly: true, Header: r.Header,
		Body: url.Values{"grant_type": {"client_credentials"}}, Allow: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}})
	if err != nil {
		return connectors.Token{}, explain(err, "no access token from the client's system")
	}
	if resp.Status >= 400 {
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "the client's system refused the client ID or secret (status %d)", resp.Status)
	}
	var out struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, err
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "the token answer of the client's system holds no access token")
	}
	life := 10 * time.Minute // where the answer does not say
	if s, err := out.ExpiresIn.Int64(); err == nil && s > 0 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}

// resource is the address of a message of version 2.
func (c *Connector) resource(kind, id string) string {
	return c.set.URL("base_url") + "/purchase-to-pay/" + kind + "/" + url.PathEscape(id)
}

// read gets one message.
func (c *Connector) read(ctx context.Context, kind, id string) (obj, error) {
	resp, err := c.do(ctx, httpx.Request{URL: c.resource(kind, id), Header: http.Header{"Accept": {"application/json"}}})
	if err != nil {
		return nil, explain(absent(err), "the client's system did not give the "+kind)
	}
	var out obj
	if err := resp.Decode(&out); err != nil {
		return nil, err
	}
	if out == nil || text(at(out, "documentId", "value")) == "" {
		return nil, staffing.Errorf(staffing.Unavailable, "the client's system answered with something that is no %s", kind)
	}
	return out, nil
}

// absent believes a 404 only when it is the interface's own: a web page comes from
// a proxy or from another address, and a body that is cut off from nobody knows where.
func absent(err error) error {
	if staffing.CodeOf(err) != staffing.NotFound {
		return err
	}
	body, kind := bytes.TrimSpace(httpx.BodyOf(err)), httpx.HeaderOf(err).Get("Content-Type")
	broken := strings.Contains(kind, "json") && len(body) > 0 && !json.Valid(body)
	if !broken && !strings.Contains(kind, "html") {
		return err
	}
	return staffing.Errorf(staffing.Unavailable, "it answered 404 with something that is not from a SETU interface (check the client's address): %w", err)
}

// explain puts our words before the transport's and keeps its code, wait and
// outcome.
func explain(err error, sentence string) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return err
	}
	e := *coded
	e.Message = sentence + ": " + coded.Message
	return &e
}
