package httpx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Request is one call to a vendor.
type Request struct {
	Method string // empty: GET
	URL    string
	Query  url.Values // added to URL
	Header http.Header
	// Body is sent as JSON unless it is url.Values (sent as a form), []byte or
	// io.Reader (sent as it is; then set Content-Type in Header).
	Body any
	// Write says that the call may change something at the vendor although its
	// method reads (JSON-RPC by POST is the other way round: set ReadOnly).
	Write bool
	// ReadOnly says that the call changes nothing although its method writes (a
	// token request, a search by POST).
	ReadOnly bool
	// Accept2xxOnly is the default; Allow lists further statuses that are no error.
	Allow []int
}

// writes says whether a lost answer leaves open what happened.
func (r Request) writes() bool {
	switch {
	case r.Write:
		return true
	case r.ReadOnly:
		return false
	}
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// payload gives the body, its kind for the Content-Type header, and the bytes
// for the recorder (nil when the body is a stream).
func (r Request) payload() (body io.Reader, kind string, raw []byte, err error) {
	switch b := r.Body.(type) {
	case nil:
		return nil, "", nil, nil
	case url.Values:
		raw, kind = []byte(b.Encode()), "application/x-www-form-urlencoded"
	case []byte:
		raw = b
	case io.Reader:
		return b, "", nil, nil
	default:
		if raw, err = json.Marshal(b); err != nil {
			return nil, "", nil, staffing.Errorf(staffing.Internal, "the request cannot be written as JSON: %w", err)
		}
		kind = "application/json"
	}
	return bytes.NewReader(raw), kind, raw, nil
}

// target parses and checks the address.
func (r Request) target() (*url.URL, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err // without the address, which may hold a secret
		}
		return nil, staffing.Errorf(staffing.Invalid, "The address of the other system cannot be read: %w", err)
	}
	if err := checkAddress(u); err != nil {
		return nil, err
	}
	if len(r.Query) > 0 {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+r.Query.Encode(), "&")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// Response is a whole answer; Body is capped (Config.MaxBody).
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	writes   bool   // the request may have changed something
	streamed bool   // Body was handed on unread
	source   string // host, for the error text
}

// Decode reads the body as one JSON value into v; numbers in an untyped v are
// json.Number. Anything else (an HTML page, a cut-off body) is an error with code
// unavailable; after a write the outcome is unknown.
func (r *Response) Decode(v any) error {
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	dec.UseNumber()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one JSON value")
		}
	}
	if err == nil {
		return nil
	}
	return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: r.writes,
		Message: fmt.Sprintf("The answer of %s is not the JSON it should be%s", r.source, r.looks()),
		Err:     &exchangeError{status: r.Status, body: r.Body, cause: syntaxOnly(err)}}
}

// looks says what the body is instead, for a person.
func (r *Response) looks() string {
	head := strings.ToLower(string(bytes.TrimSpace(r.Body[:min(len(r.Body), 64)])))
	switch {
	case head == "":
		return ": it is empty"
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"):
		return ": it is a web page (a maintenance page, a sign-in page or a proxy)"
	}
	return ""
}

// syntaxOnly keeps the kind and place of a JSON error, not the value it met.
func syntaxOnly(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("unexpected JSON type in field %q", kind.Field)
	}
	return err
}
