package fieldglass

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
)

// element is a document in the order of the vendor's schema. It is written as XML,
// or as the JSON that the vendor makes of XML: attributes as "@name", the text of
// an element with attributes as "$", an element that repeats as a list only when it
// is there more than once.
type element []member

// member is a named part. Its value is nil, a string, an element, a []element or a
// []string.
type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (e element) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range e {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := plainJSON(single(m.value))
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// plainJSON leaves <, > and & as they are.
func plainJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

// single takes the brackets off a list of one, and nothing out of an empty one.
func single(v any) any {
	switch x := v.(type) {
	case []element:
		if len(x) == 1 {
			return x[0]
		}
		if len(x) == 0 {
			return nil
		}
	case []string:
		if len(x) == 1 {
			return x[0]
		}
		if len(x) == 0 {
			return nil
		}
	}
	return v
}

func writeXML(out *bytes.Buffer, name string, value any) {
	switch x := value.(type) {
	case []element:
		for _, e := range x {
			writeXML(out, name, e)
		}
		return
	case []string:
		for _, s := range x {
			writeXML(out, name, s)
		}
		return
	}
	name = strings.TrimSpace(name)
	out.WriteString("<" + name)
	e, _ := value.(element) // none: a text or nothing
	for _, m := range e {
		if text, ok := m.value.(string); ok && strings.HasPrefix(m.name, "@") {
			out.WriteString(" " + m.name[1:] + `="`)
			_ = xml.EscapeText(out, []byte(text)) // a buffer takes everything
			out.WriteString(`"`)
		}
	}
	out.WriteByte('>')
	if text, ok := value.(string); ok {
		_ = xml.EscapeText(out, []byte(text)) // likewise
	}
	for _, m := range e {
		switch {
		case m.name == "$":
			text, _ := m.value.(string) // it is one
			_ = xml.EscapeText(out, []byte(text))
		case !strings.HasPrefix(m.name, "@"):
			writeXML(out, m.name, m.value)
		}
	}
	out.WriteString("</" + name + ">")
}

// answerer writes answers in the form that the caller gets.
type answerer struct {
	w   http.ResponseWriter
	xml bool
}

func (s *Server) answerer(w http.ResponseWriter, r *http.Request) answerer {
	return answerer{w: w, xml: s.opts.XML || !strings.Contains(r.Header.Get("Accept"), "application/json")}
}

// roots answers with top-level elements one after the other, nothing around them.
// Without any it is the vendor's plain text.
func (a answerer) roots(name string, list []element) {
	if len(list) == 0 {
		a.send(http.StatusOK, "text/plain; charset=utf-8", []byte("no data to download"))
		return
	}
	var out bytes.Buffer
	for _, e := range list {
		a.root(&out, name, e)
		out.WriteByte('\n')
	}
	a.send(http.StatusOK, a.kind(), out.Bytes())
}

func (a answerer) root(out *bytes.Buffer, name string, e element) {
	if a.xml {
		writeXML(out, name, e)
		return
	}
	doc, err := json.Marshal(element{{name, e}})
	if err != nil {
		panic(err) // texts only
	}
	// Marshal escapes <, > and & again in what MarshalJSON gave: harmless, as real.
	out.Write(doc)
}

func (a answerer) kind() string {
	if a.xml {
		return "text/xml; charset=utf-8"
	}
	return "application/json; charset=utf-8"
}

// status answers with the vendor's envelope.
func (a answerer) status(status int, code, message string) { a.outcome(status, "", code, message) }

func (a answerer) outcome(status int, transaction, code, message string) {
	e := element{{"TransactionID", transaction}, {"ReturnCode", code}, {"Message", message}}
	var out bytes.Buffer
	if a.xml {
		writeXML(&out, "Response", e)
	} else {
		a.root(&out, "Status", e)
	}
	a.send(status, a.kind(), out.Bytes())
}

func (a answerer) send(status int, kind string, body []byte) {
	a.w.Header().Set("Content-Type", kind)
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body) // the caller is gone: nobody to tell
}
