package tryton

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lockAfter failed logins within lockFor, even the right password is refused.
const (
	lockAfter = 5
	lockFor   = 5 * time.Minute
)

// user is who a session belongs to.
type user struct {
	id       int64
	password string
	posts    bool // the rule on the button Post counts the click
}

func (o Options) users() map[string]user {
	return map[string]user{o.Login: {2, o.Password, false}, "finance": {3, o.Finance, true}}
}

// failure is a Python exception that reaches the client: either a business error
// with its class, or a bare text.
type failure struct{ parts []any }

func (f failure) Error() string { return fmt.Sprint(f.parts...) }

func userError(format string, args ...any) error {
	return failure{[]any{"UserError", []any{fmt.Sprintf(format, args...), "", nil}}}
}

func exception(text string) error { return failure{[]any{text, ""}} }

// crash is an exception that Tryton does not turn into an answer: 500 and HTML.
type crash struct{ text string }

func (c crash) Error() string { return c.text }

// hidden is a method that is not exported.
type hidden struct{}

func (hidden) Error() string { return "method is not exported" }

type call struct {
	user   user
	method string
	params []any
	ctx    map[string]any
}

func (s *Server) rpc(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil {
		return // the client went away, or sends without end
	}
	var request map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&request); err != nil || dec.More() {
		htmlError(w, http.StatusInternalServerError, "Not a JSON request")
		return
	}
	method, _ := request["method"].(string)
	params, _ := request["params"].([]any)
	exact := len(request) == 3 && request["id"] != nil && method != "" && params != nil
	if !exact {
		htmlError(w, http.StatusBadRequest, "a request has the members id, method and params")
		return
	}
	if method == "common.db.login" {
		s.login(w, request["id"], params)
		return
	}
	caller, ok := s.caller(r)
	if !ok {
		w.WriteHeader(http.StatusUnauthorized) // with nothing in the body
		return
	}
	if method == "common.db.logout" {
		s.logout(r)
		respond(w, request["id"], nil, nil)
		return
	}
	result, err := s.run(caller, method, params)
	respond(w, request["id"], result, err)
}

func respond(w http.ResponseWriter, id, result any, err error) {
	answer := map[string]any{"id": id}
	var f failure
	switch {
	case err == nil:
		answer["result"] = result
	case errors.As(err, &f):
		answer["error"] = f.parts
	case errors.Is(err, hidden{}):
		htmlError(w, http.StatusForbidden, "You don't have the permission to access the requested resource.")
		return
	default:
		htmlError(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // the client may have gone
}

func htmlError(w http.ResponseWriter, status int, said string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=en>\n<title>%d %[2]s</title>\n<h1>%[2]s</h1>\n<p>%[3]s</p>\n", status, http.StatusText(status), html.EscapeString(said))
}

// login answers [user id, session key].
func (s *Server) login(w http.ResponseWriter, id any, params []any) {
	s.session.Lock()
	defer s.session.Unlock()
	now := s.opts.Now()
	var recent []time.Time
	for _, t := range s.failed {
		if now.Sub(t) < lockFor {
			recent = append(recent, t)
		}
	}
	s.failed = recent
	name, password := loginParams(params)
	known, ok := s.opts.users()[name]
	switch {
	case len(recent) >= lockAfter:
		htmlError(w, http.StatusTooManyRequests, "This user has exceeded an allotted request count. Try again later.")
	case s.down:
		respond(w, id, nil, exception("connection already closed"))
	case ok && password == nil:
		respond(w, id, nil, failure{[]any{"LoginException", []any{"password", "Password for " + name, "password"}}})
	case !ok || password != known.password:
		s.failed = append(s.failed, now)
		htmlError(w, http.StatusUnauthorized, "The server could not verify that you are authorized to access the URL requested.")
	default:
		key := rand.Text()
		s.sessions[base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d:%s", name, known.id, key))] = known
		respond(w, id, []any{known.id, key}, nil)
	}
}

func loginParams(params []any) (name string, password any) {
	if len(params) < 2 {
		return "", nil
	}
	name, _ = params[0].(string)
	given, _ := params[1].(map[string]any)
	return name, given["password"]
}

func sessionOf(r *http.Request) string {
	session, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Session ")
	return session
}

func (s *Server) caller(r *http.Request) (user, bool) {
	s.session.Lock()
	defer s.session.Unlock()
	found, ok := s.sessions[sessionOf(r)]
	return found, ok
}

func (s *Server) logout(r *http.Request) {
	s.session.Lock()
	defer s.session.Unlock()
	delete(s.sessions, sessionOf(r))
}

func (s *Server) run(caller user, method string, params []any) (any, error) {
	s.session.Lock()
	down, delay := s.down, s.delay
	s.session.Unlock()
	if down {
		return nil, exception("connection already closed")
	}
	name, ok := strings.CutPrefix(method, "model.")
	dot := strings.LastIndex(name, ".")
	if !ok || dot < 0 {
		return nil, hidden{}
	}
	c := call{user: caller, method: name[dot+1:]}
	if len(params) > 0 {
		c.ctx, _ = params[len(params)-1].(map[string]any)
	}
	if c.ctx == nil {
		return nil, exception("Missing context argument")
	}
	c.params = params[:len(params)-1]
	if name == "account.invoice.create" && delay > 0 {
		time.Sleep(delay) // deliberately not ended with the client's connection
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dispatch(name[:dot], c)
}

func (s *Server) dispatch(name string, c call) (any, error) {
	switch {
	case name == "res.user" && c.method == "get_preferences":
		return map[string]any{"company": 1, "company.rec_name": "Tributary Staffing LLC", "company_filter": "one", "language": "en", "language_direction": "ltr", "groups": []int{6}}, nil
	case name == "ir.model.access" && c.method == "get_access":
		return s.access(c)
	}
	m, known := s.schema[name]
	if !known {
		return nil, exception("'" + name + "'")
	}
	switch c.method {
	case "search_read":
		return s.searchRead(name, c)
	case "search_count":
		rows, err := s.search(name, arg(c, 0), c)
		return len(rows), err
	case "read":
		return s.readIDs(name, c)
	case "fields_get":
		return s.fieldsGet(m, c)
	case "create":
		return s.create(name, m, c)
	case "write":
		return nil, s.write(name, m, c)
	}
	if name == "account.invoice" && slices.Contains([]string{"validate_invoice", "cancel", "post"}, c.method) {
		return nil, s.press(c)
	}
	return nil, hidden{}
}

func (s *Server) access(c call) (any, error) {
	names, _ := arg(c, 0).([]any)
	out := map[string]any{}
	for _, n := range names {
		m, known := s.schema[text(n)]
		if !known {
			return nil, exception("'" + text(n) + "'")
		}
		right := 0
		if m.writable { // found by a rule, a right is a number
			right = 1
		}
		out[text(n)] = map[string]any{"read": 1, "write": right, "create": right, "delete": right}
		if strings.HasPrefix(text(n), "party.") {
			out[text(n)] = map[string]any{"read": true, "write": true, "create": true, "delete": true}
		}
	}
	return out, nil
}

func arg(c call, i int) any {
	if i < len(c.params) {
		return c.params[i]
	}
	return nil
}
