package fieldglass

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const maxUpload = 64 << 20

// serveUpload takes one job seeker. As at the vendor, 200 means no more than that
// the file was taken: what became of it is in the return code.
func (s *Server) serveUpload(a answerer, r *http.Request) {
	switch {
	case r.Method != http.MethodPost:
		a.status(http.StatusBadRequest, "-1", JobSeekerUpload+" is an upload")
		return
	case !knownOnly(r.URL.Query()):
		a.status(http.StatusBadRequest, "-1", "Unknown parameter")
		return
	case s.opts.XML || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		a.status(http.StatusBadRequest, "106", "Record 1 : file format is not supported. 0 of 1 records processed.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(a.w, r.Body, maxUpload))
	if err != nil {
		return // the caller is gone, or sends more than anyone may
	}
	doc, err := readDocument(body)
	if err != nil {
		a.status(http.StatusBadRequest, "106", "Record 1 : "+err.Error()+". 0 of 1 records processed.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	transaction := s.transaction()
	k, file, refused := s.read(doc)
	if refused != nil {
		s.record(auditEntry{Transaction: transaction, State: "Error", Code: refused.code, Message: refused.message})
		a.outcome(http.StatusOK, transaction, refused.code, refused.message)
		return
	}
	if file != nil {
		k.File, _ = s.files.Insert(func(int64) File { return *file })
	}
	if m, _ := s.meta.Get(1); m.Held {
		k.Held = true
	}
	entry := auditEntry{Transaction: transaction, State: "OK", Code: "0", Message: "1 of 1 records processed."}
	if k.Held {
		entry.State, entry.Message = "", ""
	}
	entry.Seeker = s.enter(k).ID
	s.record(entry)
	a.outcome(http.StatusOK, transaction, "0", "1 of 1 records processed.")
}

// transaction gives the next transaction id.
func (s *Server) transaction() string {
	var n int64
	s.meta.Update(1, func(m *meta) {
		m.Transactions++
		n = m.Transactions
	})
	return fmt.Sprintf("ZJOB%s%09d", s.now().Format("20060102"), n)
}

// shape is what an element may hold; nil is a text.
type shape map[string]shape

func leaves(names ...string) shape {
	out := shape{}
	for _, n := range names {
		out[n] = nil
	}
	return out
}

func (s shape) with(name string, inner shape) shape {
	s[name] = inner
	return s
}

// jobSeekerShape is the schema InSiteJobSeeker as the vendor's samples show it.
func jobSeekerShape() shape {
	id := func() shape { return leaves("IdValue") }
	amount := func() shape { return leaves("@rateAmountPeriod", "@currency", "$") }
	attachment := func(text string) shape {
		return leaves(text).with("SupportingMaterials", shape{"AttachmentReference": leaves("@mimeType", "$")})
	}
	return leaves("@xmlns", "@xmlns:xsi", "@xsi:schemaLocation", "HumanResourceComments").
		with("HumanResourceId", leaves("@validFrom", "@validTo", "IdValue", "ExternalReferenceId").
			with("EntityContactInfo", shape{"PersonName": leaves("LegalName")})).
		with("ReferenceInformation", leaves("RemitToAddress", "WorkerPayType").
			with("StaffingSupplierId", id()).with("StaffingCustomerId", id()).with("OrderId", id())).
		with("ResourceInformation", shape{
			"EntityContactInfo": leaves("UserName", "SecurityId").with("PersonName", leaves("LegalName", "FirstName", "LastName")).
				with("ContactMethod", leaves("InternetEmailAddress")),
			"AvailabilityDate": leaves("AvailabilityStartDate")}).
		with("Rates", leaves("@rateType", "@rateStatus", "@payType", "MinBillAmount", "MaxBillAmount", "Class", "Markup", "Factor", "BaseClass").
			with("BillAmount", amount()).with("PayAmount", amount())).
		with("CustomFields", shape{"CustomField": leaves("@name", "@mandatory", "@type", "Value", "Class").
			with("pickList", leaves("@isCompleteList", "@totalNumberOfItems", "item"))}).
		with("Quals", shape{"Qual": leaves("@name", "@mandatory", "@type", "Boolean", "Ratings", "Years", "Certification")}).
		with("Profile", shape{"Resume": shape{"NonXMLResume": attachment("TextResume")},
			"AdditionalAttachment": shape{"NonXMLAttachment": attachment("TextAttachment")}})
}

type object = map[string]any

// readDocument reads a HumanResource and refuses elements that the schema lacks.
func readDocument(body []byte) (object, error) {
	var doc object
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, errors.New("the file is not JSON")
	}
	inner, ok := doc["HumanResource"].(object)
	if !ok || len(doc) != 1 {
		return nil, errors.New("the root element is not HumanResource")
	}
	return inner, jobSeekerShape().check("HumanResource", inner)
}

// check says where a value has what its element does not.
func (s shape) check(path string, v any) error {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		for _, e := range x {
			if err := s.check(path, e); err != nil {
				return err
			}
		}
		return nil
	case object:
		if s == nil {
			return fmt.Errorf("%s holds elements", path)
		}
		for name, inner := range x {
			below, known := s[name]
			if !known {
				return fmt.Errorf("%s has no element %s", path, name)
			}
			if err := below.check(path+"."+name, inner); err != nil {
				return err
			}
		}
		return nil
	case string:
		if s != nil && strings.TrimSpace(x) != "" {
			return fmt.Errorf("%s holds a text", path)
		}
		return nil
	}
	return fmt.Errorf("%s is not a text", path) // numbers and true/false are texts in this dialect
}

// at walks down by name, and takes the first of several.
func at(v any, path ...string) any {
	for _, name := range path {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		o, ok := v.(object)
		if !ok {
			return nil
		}
		v = o[name]
	}
	return v
}

func textAt(v any, path ...string) string {
	s, _ := at(v, path...).(string) // nothing: empty
	return s
}

// many gives one or several elements as a list.
func many(v any) []object {
	if o, ok := v.(object); ok {
		return []object{o}
	}
	var out []object
	list, _ := v.([]any) // nothing: empty
	for _, e := range list {
		if o, ok := e.(object); ok {
			out = append(out, o)
		}
	}
	return out
}
