// Package httpx is the one way out of the hub: outgoing HTTP with time-outs, an
// egress guard, size caps, the vendor's pace, a recorder of exchanges, and coded
// errors. It never repeats a request by itself and never follows a redirect.
package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
)

// Request is one call to a vendor.
type Request struct {
	Method string
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

// Response is a whole answer; Body is capped (Config.MaxBody).
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads the body as one JSON value into v. Anything else (an HTML page, a
// cut-off body) is an error with code unavailable; after a write the outcome is
// unknown.
func (r *Response) Decode(v any) error { return json.NewDecoder(bytes.NewReader(r.Body)).Decode(v) }

// Client sends requests for one connection.
type Client struct{ http *http.Client }

// Do sends a request and reads the whole answer.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	panic("being built")
}

// JSON is Do, and Decode into out when out is not nil.
func (c *Client) JSON(ctx context.Context, req Request, out any) (*Response, error) {
	panic("being built")
}

// Stream sends a request and gives the body unread, for files. The caller closes
// it.
func (c *Client) Stream(ctx context.Context, req Request) (io.ReadCloser, http.Header, error) {
	panic("being built")
}
