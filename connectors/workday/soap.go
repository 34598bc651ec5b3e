package workday

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	soapNS     = "http://schemas.xmlsoap.org/soap/envelope/"
	bsvcNS     = "urn:com.workday/bsvc"
	wsseNS     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	plainToken = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText" //nolint:gosec // the name of a profile
)

// element is a piece of XML to be written. An element without text and children is
// left out: Workday reads an empty one as "take the value away".
type element struct {
	name  string // with its prefix
	attrs []string
	text  string
	kids  []element
}

func el(name string, kids ...element) element { return element{name: name, kids: kids} }

func leaf(name, text string) element { return element{name: name, text: text} }

// ref is a reference by one id; without a value there is none.
func ref(name, kind, value string) element {
	if value == "" {
		return element{}
	}
	return el(name, element{name: "wd:ID", attrs: []string{"wd:type", kind}, text: value})
}

func (e element) empty() bool {
	for _, k := range e.kids {
		if !k.empty() {
			return false
		}
	}
	return e.text == ""
}

func (e element) write(w *xml.Encoder) error {
	if e.empty() {
		return nil
	}
	start := xml.StartElement{Name: xml.Name{Local: e.name}}
	for i := 0; i+1 < len(e.attrs); i += 2 {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: e.attrs[i]}, Value: e.attrs[i+1]})
	}
	if err := w.EncodeToken(start); err != nil {
		return err
	}
	if e.text != "" {
		if err := w.EncodeToken(xml.CharData(e.text)); err != nil {
			return err
		}
	}
	for _, k := range e.kids {
		if err := k.write(w); err != nil {
			return err
		}
	}
	return w.EncodeToken(start.End())
}

// envelope writes a request. The password stands in the header, as PasswordText;
// with OAuth there is no header, and the bearer token is in HTTP's.
func (c *Connector) envelope(request element) ([]byte, error) {
	var header element
	if !c.oauth {
		header = el("env:Header", element{name: "wsse:Security", attrs: []string{"env:mustUnderstand", "1"}, kids: []element{el("wsse:UsernameToken",
			leaf("wsse:Username", c.set["user"]), element{name: "wsse:Password", attrs: []string{"Type", plainToken}, text: c.set["password"]})}})
	}
	request.attrs = append(request.attrs, "wd:version", version(c.set["recruiting_url"]))
	whole := element{name: "env:Envelope", attrs: []string{"xmlns:env", soapNS, "xmlns:wd", bsvcNS, "xmlns:wsse", wsseNS}, kids: []element{header, el("env:Body", request)}}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	w := xml.NewEncoder(&out)
	err := whole.write(w)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the request cannot be written as XML: %w", err)
	}
	return out.Bytes(), nil
}

// soap sends a request and gives what the answer refers to. write says that it may
// change something.
func (c *Connector) soap(ctx context.Context, request element, write bool) (answer, error) {
	body, err := c.envelope(request)
	if err != nil {
		return answer{}, err
	}
	var out answer
	err = c.signed(ctx, func(h http.Header) error {
		h.Set("Content-Type", "text/xml; charset=utf-8")
		h.Set("SOAPAction", `""`)
		resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set["recruiting_url"], Header: h, Body: body, ReadOnly: !write})
		if resp == nil {
			return err
		}
		a, broken := readAnswer(resp.Body)
		switch {
		case broken == nil && a.fault != nil:
			return c.refused(a.fault, err, write)
		case err != nil:
			return err
		case broken != nil || a.name == "":
			return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: write, Err: broken,
				Message: "Workday's answer is not the SOAP envelope it should be"}
		}
		out = a
		return nil
	})
	return out, err
}

// answer is what is used of a SOAP answer: references by element and kind of id.
type answer struct {
	name  string // of the element in the body
	refs  map[string]map[string]string
	fault *fault
}

// fault is Workday's refusal. Its messages stand in the detail, several at once.
type fault struct {
	code, text string
	messages   []string
}

// readAnswer parses an envelope token by token. The envelope must be whole.
func readAnswer(body []byte) (answer, error) {
	a := answer{refs: map[string]map[string]string{}}
	d := xml.NewDecoder(bytes.NewReader(body))
	var path []string
	var text strings.Builder
	kind, closed := "", false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && closed {
			return a, nil
		}
		if err != nil {
			return answer{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if closed || len(path) > 200 {
				return answer{}, errors.New("it is no single envelope")
			}
			path = append(path, t.Name.Local)
			if err := a.enter(path, t); err != nil {
				return answer{}, err
			}
			text.Reset()
			kind = attr(t, "type")
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			a.leave(path, kind, strings.TrimSpace(text.String()))
			text.Reset()
			path = path[:len(path)-1]
			closed = len(path) == 0
		}
	}
}

func (a *answer) enter(path []string, t xml.StartElement) error {
	switch {
	case len(path) == 1 && (t.Name.Local != "Envelope" || t.Name.Space != soapNS):
		return errors.New("its root is no SOAP envelope")
	case len(path) == 3 && path[1] == "Body" && t.Name.Local == "Fault":
		a.fault = &fault{}
	case len(path) == 3 && path[1] == "Body":
		a.name = t.Name.Local
	}
	return nil
}

// leave takes what an element that ends has told.
func (a *answer) leave(path []string, kind, text string) {
	name := path[len(path)-1]
	if a.fault != nil {
		switch {
		case name == "faultcode":
			a.fault.code = text
		case name == "faultstring":
			a.fault.text = text
		case name == "Detail_Message" || name == "Message":
			a.fault.add(text)
		}
		return
	}
	if name != "ID" || len(path) < 2 || text == "" {
		return
	}
	parent := path[len(path)-2]
	if a.refs[parent] == nil {
		a.refs[parent] = map[string]string{}
	}
	if _, there := a.refs[parent][kind]; !there {
		a.refs[parent][kind] = text
	}
}

func (f *fault) add(text string) {
	for _, m := range f.messages {
		if m == text {
			return
		}
	}
	if text != "" {
		f.messages = append(f.messages, text)
	}
}

func attr(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// refused gives a fault its code. A fault comes with status 500 whatever it says,
// so the status decides nothing: a validation error is the request's fault, and
// nothing was written then.
func (c *Connector) refused(f *fault, transport error, write bool) error {
	said := f.text
	if len(f.messages) > 0 {
		said = strings.Join(f.messages, "; ")
	}
	said = cut(c.http.Mask("text/plain", []byte(said)), 500)
	e := &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: write, RetryAfter: staffing.RetryAfterOf(transport),
		Message: "Workday could not do it: " + said}
	lower := strings.ToLower(f.code + " " + f.text)
	switch {
	case strings.Contains(lower, "authenticationerror"), strings.Contains(lower, "invalid username or password"):
		e.Code, e.OutcomeUnknown = staffing.Unauthorized, false
		e.Message = "Workday refused the integration user: check user@tenant, its password and that the account is not locked or expired"
	case strings.Contains(lower, "not authorized"), strings.Contains(lower, "authorization"):
		e.Code, e.OutcomeUnknown = staffing.Forbidden, false
		e.Message = "Workday does not let the integration user do this (" + said + "): the client's administrator gives its security group the domain and activates the change"
	case strings.Contains(lower, "validationerror"), strings.Contains(lower, "validation_error"), strings.Contains(lower, "validation error"):
		e.Code, e.OutcomeUnknown = staffing.Invalid, false
		e.Message = "Workday refused the data: " + said
	}
	return e
}
