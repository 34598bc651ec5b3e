package tryton

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// sessionLife is shorter than any sensible max_age of the server (30 days by
// default); a session that ends earlier answers 401 and is made anew.
const sessionLife = 24 * time.Hour

// settleTime is many times what Tryton takes to create an invoice (0.1 s).
const settleTime = 10 * time.Second

// payload has exactly these keys: with any other set of keys Tryton answers a
// business error as an HTML page.
type payload struct {
	ID     int    `json:"id"`
	Method string `json:"method"`
	Params list   `json:"params"`
}

// read calls a method that changes nothing.
func (c *Connector) read(ctx context.Context, method string, params list, out any) error {
	return c.model(ctx, method, params, true, out)
}

// write calls a method that changes something; an answer that was lost leaves the
// outcome unknown. Tryton finishes and commits a call whose client has gone, so
// whoever looks for the outcome must give it time.
func (c *Connector) write(ctx context.Context, method string, params list, out any) error {
	err := c.model(ctx, method, params, false, out)
	var e *staffing.Error
	if errors.As(err, &e) && e.OutcomeUnknown {
		e.RetryAfter = max(e.RetryAfter, settleTime)
	}
	return err
}

// model adds the context, which says for which company and in which language, and
// the session. A dead session answers 401 and did nothing, so the call is sent once
// more with a fresh one, also when it writes.
func (c *Connector) model(ctx context.Context, method string, params list, readOnly bool, out any) error {
	params = append(params, object{"company": c.company, "language": "en"})
	for again := true; ; again = false {
		session, err := c.tokens.Token(ctx, "session", c.login)
		if err != nil {
			return err
		}
		err = c.send(ctx, "model."+method, params, readOnly, session.Value, out)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return err
		}
		if err := c.tokens.Drop(ctx, "session", session.Value); err != nil {
			return err
		}
	}
}

// login opens a session. Its key goes back as base64(user:id:key).
func (c *Connector) login(ctx context.Context) (connectors.Token, error) {
	var result []json.RawMessage
	params := list{c.set["login"], object{"password": c.set["password"]}, "en"}
	err := c.send(ctx, "common.db.login", params, true, "", &result)
	if staffing.CodeOf(err) == staffing.Unauthorized || err == nil && len(result) != 2 {
		// Sent again, a wrong password makes Tryton lock the user for a while.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Tryton refused the user or the password")
	}
	if err != nil {
		return connectors.Token{}, explain(err, "no session at Tryton")
	}
	var (
		uid int64
		key string
	)
	if json.Unmarshal(result[0], &uid) != nil || json.Unmarshal(result[1], &key) != nil || key == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Tryton's answer to the login is not the one of Tryton 6.0")
	}
	value := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d:%s", c.set["login"], uid, key))
	return connectors.Token{Value: value, ExpiresAt: c.now().Add(sessionLife)}, nil
}

func (c *Connector) send(ctx context.Context, method string, params list, readOnly bool, session string, out any) error {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}}
	if session != "" {
		header.Set("Authorization", "Session "+session)
	}
	body, err := json.Marshal(payload{ID: 1, Method: method, Params: params})
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the call of %s cannot be written as JSON: %w", method, err)
	}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.url, Header: header, Body: body, ReadOnly: readOnly})
	if staffing.CodeOf(err) == staffing.NotFound {
		// It is the database that is not there. Not found would be read as: no such
		// invoice, and would be answered by a second one.
		return &staffing.Error{Code: staffing.Unavailable, Err: err,
			Message: "there is no Tryton database at this address: check Server and database, or whether it is being restored"}
	}
	if err != nil {
		return explain(err, "Tryton did not answer %s", method)
	}
	return decode(resp, method, readOnly, out)
}

// decode tells a result from an error: both come with status 200.
func decode(resp *httpx.Response, method string, readOnly bool, out any) error {
	var answer struct {
		Result json.RawMessage   `json:"result"`
		Error  []json.RawMessage `json:"error"`
	}
	err := resp.Decode(&answer)
	switch {
	case err == nil && len(answer.Error) > 0:
		return refusal(answer.Error, method, readOnly)
	case err == nil && answer.Result == nil:
		err = errors.New("neither result nor error")
	case err == nil && out != nil && string(answer.Result) == "null":
		err = errors.New("no result") // to be told from an empty list, which says: no such record
	case err == nil && out != nil:
		err = json.Unmarshal(answer.Result, out)
	}
	if err != nil {
		return &staffing.Error{Code: staffing.Unavailable, Err: err, OutcomeUnknown: !readOnly,
			Message: "Tryton's answer to " + method + " is not the JSON it should be"}
	}
	return nil
}

// explain puts a sentence before err's own and keeps its code, its wait and whether
// the outcome is known. Its cause is err's cause: the log says nothing twice.
func explain(err error, format string, args ...any) *staffing.Error {
	out := &staffing.Error{Code: staffing.CodeOf(err), Err: err}
	var e *staffing.Error
	if errors.As(err, &e) {
		*out = *e
	}
	out.Message = fmt.Sprintf(format, args...)
	if e != nil && e.Message != "" {
		out.Message += ": " + e.Message
	}
	return out
}
