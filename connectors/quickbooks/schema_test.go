package quickbooks_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/quickbooks"
	"github.com/tributary-hub/tributary/staffing"
)

// schema is what Intuit's own XML schemas say: the elements of each type, the type
// that it extends, and the words of each enumeration. QuickBooks' JSON has the same
// names; a reference is an object with value and name there.
type schema struct {
	elements map[string]map[string]string
	extends  map[string]string
	words    map[string][]string
}

func load(t *testing.T) schema {
	t.Helper()
	s := schema{elements: map[string]map[string]string{}, extends: map[string]string{}, words: map[string][]string{}}
	for _, name := range []string{"Finance.xsd", "IntuitBaseTypes.xsd"} {
		f, err := os.Open(filepath.Join(shared(t), "specs", "quickbooks", name))
		if err != nil {
			t.Fatal(err)
		}
		s.read(t, xml.NewDecoder(f))
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s schema) read(t *testing.T, dec *xml.Decoder) {
	t.Helper()
	in := ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		at := map[string]string{}
		for _, a := range e.Attr {
			at[a.Name.Local] = a.Value
		}
		switch e.Name.Local {
		case "complexType", "simpleType":
			if at["name"] != "" {
				in = at["name"]
				s.elements[in] = map[string]string{}
			}
		case "extension":
			s.extends[in] = at["base"]
		case "enumeration":
			s.words[in] = append(s.words[in], at["value"])
		case "element":
			if name := at["name"] + at["ref"]; s.elements[in] != nil {
				s.elements[in][name] = at["type"] + at["ref"]
			}
		}
	}
}

// fits holds one value against a type and reports what does not fit.
func (s schema) fits(t *testing.T, where, kind string, v any) {
	t.Helper()
	if list, isList := v.([]any); isList {
		for _, e := range list {
			s.fits(t, where, kind, e)
		}
		return
	}
	in, isObject := v.(map[string]any)
	text, isText := v.(string)
	switch {
	case kind == "ReferenceType" || kind == "MemoRef":
		for k, inner := range in {
			if _, ok := inner.(string); !ok || k != "value" && k != "name" {
				t.Errorf("%s: %v is no reference", where, v)
			}
		}
	case isObject:
		known := map[string]string{}
		for at := kind; at != ""; at = s.extends[at] {
			maps.Copy(known, s.elements[at])
		}
		for k, inner := range in {
			if known[k] == "" {
				t.Errorf("%s: a %s has no %s", where, kind, k)
				continue
			}
			s.fits(t, where+"."+k, known[k], inner)
		}
	case kind == "xs:decimal":
		if _, ok := v.(json.Number); !ok {
			t.Errorf("%s: %v is no number", where, v)
		}
	case kind == "xs:date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			t.Errorf("%s: %v is no date", where, v)
		}
	case !isText:
		t.Errorf("%s: %v is no text", where, v)
	case len(s.words[kind]) > 0 && !slices.Contains(s.words[kind], text):
		t.Errorf("%s: %s is no %s", where, text, kind)
	}
}

// TestTheEstimateFitsTheVendorsSchema holds every key, reference, number, date and
// enumeration of what is sent against Intuit's Finance.xsd. Nothing is excepted. The
// words of TxnStatus are not in it, and queries are not described by it.
func TestTheEstimateFitsTheVendorsSchema(t *testing.T) {
	t.Parallel()
	s := load(t)
	if s.elements["Transaction"]["DocNumber"] == "" || len(s.words["LineDetailTypeEnum"]) < 10 {
		t.Fatal("the schema could not be read")
	}
	b := splitBill(key)
	b.Currency = "EUR"
	for name, raw := range map[string]string{
		"all":  `{"customer":"67","item":"22","tax_code":"20.0% S","cost_centre":"CC-4100","purchase_order":"PO-9","memo":"Thank you","description":"Week 49"}`,
		"bare": `{"customer":"67"}`,
	} {
		handler, sent := spied(sandbox.New(sandbox.Options{MultiCurrency: true}))
		put(t, open(t, handler, connectors.Settings{"po_field": "1"}), staffing.BillingRequest{Key: key, Bill: b, Fields: json.RawMessage(raw)})
		body, _ := sent()
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		s.fits(t, name, "Estimate", v)
	}
}
