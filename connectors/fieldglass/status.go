package fieldglass

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// status is Fieldglass's envelope: what became of a run. HTTP 200 means no more
// than that the file was taken.
type status struct {
	transaction string
	code        string
	message     string
}

// The return codes that SAP's page "Web service return codes" lists and the
// connector tells apart.
const (
	codeOK          = "0"
	codeNoInfo      = "-1"
	codeBadTransact = "3"
	codeNotAuth     = "100"
	codeTooMany     = "104"
	codeRowErrors   = "106"
	codeNoData      = "107"
	codeBadObject   = "255"
	codeInternal    = "500"
)

// noDataText is what a download answers when nothing is there: plain text.
const noDataText = "no data to download"

// onlyStatus reads a body that is nothing but a status (or the plain text for no
// data); nil when the body carries anything else.
func onlyStatus(body []byte) *status {
	text := bytes.TrimSpace(body)
	if len(text) == 0 || strings.EqualFold(strings.Trim(string(text[:min(len(text), 64)]), ` ".`), noDataText) {
		return &status{code: codeNoData, message: noDataText}
	}
	if len(text) > 64<<10 {
		return nil
	}
	roots, _, err := parseRoots(text)
	if err != nil || len(roots) != 1 {
		return nil
	}
	return statusOf(roots[0])
}

// statusOf reads a root as a status; nil when it is none.
func statusOf(r root) *status {
	code := text(r.value["ReturnCode"])
	if code == "" {
		return nil
	}
	return &status{code: code, message: cut(text(r.value["Message"]), 500), transaction: text(r.value["TransactionID"])}
}

var processed = regexp.MustCompile(`(?i)(\d+) of (\d+) records?`)

// errObjectUnknown tells a missing object from a missing connector: both are not
// found, but only the second is a fault of the settings.
var errObjectUnknown = errors.New("return code 255")

func isObjectUnknown(err error) bool { return errors.Is(err, errObjectUnknown) }

// failedRows says that fewer records went through than were sent, whatever the
// return code.
func (s *status) failedRows() bool {
	m := processed.FindStringSubmatch(s.message)
	if m == nil {
		return false
	}
	done, _ := strconv.Atoi(m[1]) // digits by the pattern; an overflow counts as the largest number
	sent, _ := strconv.Atoi(m[2])
	return done < sent
}

// empty says that a download gave nothing.
func (s *status) empty() bool { return s != nil && s.code == codeNoData }

// err turns a return code into a coded error with the vendor's words; nil for
// the good ones.
func (s *status) err(j job) error {
	if s == nil {
		return nil
	}
	upload := j.upload != nil
	said := s.message
	if said == "" {
		said = "return code " + s.code
	}
	fail := func(code staffing.Code, text string) *staffing.Error {
		return &staffing.Error{Code: code, Message: text + " (Fieldglass says: " + said + ")"}
	}
	switch {
	case s.code == codeRowErrors, s.code == codeOK && s.failedRows():
		return fail(staffing.Invalid, "VENDOR_REJECTED: SAP Fieldglass did not take the record")
	case s.code == codeOK:
		return nil
	case s.code == codeNoData && !upload:
		return nil
	case s.code == codeNotAuth:
		return fail(staffing.Unauthorized, "SAP Fieldglass does not accept the token for “"+j.connector+"”")
	case s.code == codeTooMany:
		return fail(staffing.Invalid, "SAP Fieldglass holds more records than “"+j.connector+"” may give: ask the client's administrator to narrow it or to raise its limit")
	case s.code == codeBadObject && !upload:
		e := fail(staffing.NotFound, "SAP Fieldglass knows no object of that id in “"+j.connector+"”")
		e.Err = errObjectUnknown
		return e
	case s.code == codeBadObject, s.code == codeBadTransact:
		return fail(staffing.Invalid, "VENDOR_REJECTED: SAP Fieldglass does not know an id in the record")
	default: // -1, 500 and what is not documented
		e := fail(staffing.Unavailable, "SAP Fieldglass could not run “"+j.connector+"”")
		e.OutcomeUnknown = upload
		return e
	}
}
