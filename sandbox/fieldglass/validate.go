package fieldglass

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// refusal is a return code with its message.
type refusal struct{ code, message string }

// faults collects what is wrong with a record.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f *faults) when(wrong bool, format string, args ...any) {
	if wrong {
		f.add(format, args...)
	}
}

// read turns a document into a job seeker and its résumé, or refuses it with
// everything that is wrong.
func (s *Server) read(doc object) (seeker, *File, *refusal) {
	p, ok := s.posting(textAt(doc, "ReferenceInformation", "OrderId", "IdValue"))
	if !ok || p.Status == "Pending Approval" {
		return seeker{}, nil, &refusal{"255", "Job Posting ID is invalid"}
	}
	var bad faults
	s.checkParties(doc, &bad)
	k := person(doc)
	k.Posting = p.Ref
	checkPerson(k, p.Spec, &bad)
	s.checkRoom(k, p, &bad)
	k.Rates = readRates(doc, p.Spec, &bad)
	k.Answers = readFields(doc, p.Spec, &bad)
	k.Quals = readQuals(doc, p.Spec, &bad)
	file := s.readFile(at(doc, "Profile", "Resume", "NonXMLResume"), "TextResume", &bad)
	bad.when(file == nil && !p.Spec.ResumeOptional, "Resume is required")
	for _, extra := range many(at(doc, "Profile", "AdditionalAttachment", "NonXMLAttachment")) {
		s.readFile(extra, "TextAttachment", &bad)
	}
	if len(bad) > 0 {
		return seeker{}, nil, &refusal{"106", "Record 1 : " + strings.Join(bad, "; ") + ". 0 of 1 records processed."}
	}
	return k, file, nil
}

// checkParties checks who submits to whom.
func (s *Server) checkParties(doc object, bad *faults) {
	bad.when(textAt(doc, "@xmlns") != "jobSeeker", "Namespace is invalid")
	bad.when(at(doc, "HumanResourceId", "IdValue") != nil, "Job Seeker ID must be empty for a new job seeker")
	bad.when(textAt(doc, "HumanResourceId", "EntityContactInfo", "PersonName", "LegalName") != s.opts.User, "Creator Username is invalid")
	bad.when(textAt(doc, "ReferenceInformation", "StaffingSupplierId", "IdValue") != s.opts.SupplierCode, "Supplier Code is invalid")
	bad.when(textAt(doc, "ReferenceInformation", "StaffingCustomerId", "IdValue") != s.opts.BuyerCode, "Buyer Code is invalid")
}

func person(doc object) seeker {
	info := at(doc, "ResourceInformation")
	return seeker{
		External:      textAt(doc, "HumanResourceId", "ExternalReferenceId"),
		FirstName:     textAt(info, "EntityContactInfo", "PersonName", "FirstName"),
		LastName:      textAt(info, "EntityContactInfo", "PersonName", "LastName"),
		Email:         textAt(info, "EntityContactInfo", "ContactMethod", "InternetEmailAddress"),
		SecurityID:    textAt(info, "EntityContactInfo", "SecurityId"),
		AvailableFrom: textAt(info, "AvailabilityDate", "AvailabilityStartDate"),
		Comments:      textAt(doc, "HumanResourceComments"),
	}
}

func checkPerson(k seeker, p PostingSpec, bad *faults) {
	bad.when(k.FirstName == "", "First Name is required")
	bad.when(k.LastName == "", "Last Name is required")
	bad.when(len(k.External) > 100, "External Job Seeker ID is too long")
	bad.when(len(k.Comments) > 2000, "Comments are too long")
	bad.when(k.Email != "" && !strings.Contains(k.Email, "@"), "Email is invalid")
	_, err := time.Parse(time.DateOnly, k.AvailableFrom)
	bad.when(err != nil, "Date Available is required (YYYY-MM-DD)")
	if p.SecurityIDPattern != "" {
		re, err := regexp.Compile("^(?:" + p.SecurityIDPattern + ")$")
		bad.when(err == nil && !re.MatchString(k.SecurityID), "Security ID format is invalid")
	}
}

// checkRoom checks whether the posting takes this one more.
func (s *Server) checkRoom(k seeker, p posting, bad *faults) {
	bad.when(p.Status != "Submitted", "Job Posting %s is %s and takes no job seekers", p.Ref, p.Status)
	there := s.seekers.List(func(o seeker) bool { return o.Posting == p.Ref && o.Status != "Withdrawn" })
	bad.when(p.Spec.MaxSubmissions > 0 && len(there) >= p.Spec.MaxSubmissions, "Maximum number of submissions (%d) is reached", p.Spec.MaxSubmissions)
	if !s.opts.RefuseRepeats || k.External == "" {
		return
	}
	repeated := slices.ContainsFunc(there, func(o seeker) bool { return o.External == k.External })
	bad.when(repeated, "%s, %s has already been submitted with this External Job Seeker ID", k.LastName, k.FirstName)
}

// readRates wants one row for every class of the posting, in its unit and currency,
// with the side that the posting asks for.
func readRates(doc object, p PostingSpec, bad *faults) (out []ClassRate) {
	rows := many(doc["Rates"])
	for _, c := range p.classes() {
		i := slices.IndexFunc(rows, func(r object) bool { return textAt(r, "Class") == c.name })
		if i < 0 {
			bad.add("Rate %s is required", c.name)
			continue
		}
		row := rows[i]
		bill, pay := readAmount(row, "BillAmount", p, bad), readAmount(row, "PayAmount", p, bad)
		bad.when(textAt(row, "@rateType") != p.RateSide, "Rate %s: rate type must be %s", c.name, p.RateSide)
		bad.when(p.RateSide == "bill" && !bill.IsPositive(), "Bill Rate %s is required", c.name)
		bad.when((p.RateSide == "pay" || p.PayRateRequired) && !pay.IsPositive(), "Pay Rate %s is required", c.name)
		most, err := times(p.BillMax, c.factor)
		limit, _ := decimal.NewFromString(most) // times gives a decimal, or err
		bad.when(err == nil && p.BillMax != "" && !p.BillCanExceed && bill.GreaterThan(limit), "Bill Rate %s exceeds the maximum of %s", c.name, most)
		out = append(out, ClassRate{c.name, bill.StringFixed(2), pay.StringFixed(2)})
	}
	bad.when(len(rows) > len(p.classes()), "Rates: %d rows for %d rate classes", len(rows), len(p.classes()))
	return out
}

func readAmount(row object, name string, p PostingSpec, bad *faults) decimal.Decimal {
	bad.when(textAt(row, name, "@currency") != p.Currency, "%s: currency must be %s", name, p.Currency)
	bad.when(textAt(row, name, "@rateAmountPeriod") != p.Period, "%s: unit must be %s", name, p.Period)
	v, err := decimal.NewFromString(textAt(row, name, "$"))
	bad.when(err != nil || v.IsNegative(), "%s is not an amount", name)
	return v
}

// readFields checks the answers against the posting's own form.
func readFields(doc object, p PostingSpec, bad *faults) map[string]string {
	given := map[string]object{}
	for _, f := range many(at(doc, "CustomFields", "CustomField")) {
		given[textAt(f, "@name")] = f
	}
	out := map[string]string{}
	for _, want := range p.Fields {
		f, there := given[want.Name]
		delete(given, want.Name)
		value := textAt(f, "Value")
		switch {
		case want.Class != "JobSeeker":
		case value == "":
			bad.when(want.Mandatory, "[c] %s is required", want.Name)
		case there && (textAt(f, "@type") != "xsd:"+want.Type || textAt(f, "Class") != want.Class):
			bad.add("[c] %s has another type or class", want.Name)
		default:
			want.checkAnswer(value, bad)
			out[want.Name] = value
		}
	}
	for name := range given {
		bad.add("[c] %s is not a field of this job posting", name)
	}
	return out
}

// checkAnswer knows that dates in custom fields are MM-DD-YYYY.
func (f Field) checkAnswer(value string, bad *faults) {
	switch f.Type {
	case "date":
		_, err := time.Parse("01-02-2006", value)
		bad.when(err != nil, "[c] %s is not a date (MM-DD-YYYY)", f.Name)
	case "numeric":
		_, err := decimal.NewFromString(value)
		bad.when(err != nil, "[c] %s is not a number", f.Name)
	case "pickList":
		bad.when(!f.OpenList && !slices.Contains(f.Items, value), "[c] %s: value is not in the pick list", f.Name)
	}
}

func readQuals(doc object, p PostingSpec, bad *faults) map[string]string {
	given := map[string]object{}
	for _, q := range many(at(doc, "Quals", "Qual")) {
		given[textAt(q, "@name")] = q
	}
	out := map[string]string{}
	for _, want := range p.Quals {
		q, there := given[want.Name]
		delete(given, want.Name)
		if !there {
			bad.when(want.Mandatory, "Qualification %s is required", want.Name)
			continue
		}
		bad.when(textAt(q, "@type") != "xsd:"+want.Type, "Qualification %s has another type", want.Name)
		for _, part := range want.parts() {
			value := textAt(q, part)
			bad.when(!validRating(part, value), "Qualification %s: %s is invalid", want.Name, part)
			out[want.Name+" "+part] = value
		}
	}
	for name := range given {
		bad.add("%s is not a qualification of this job posting", name)
	}
	return out
}

func validRating(part, value string) bool {
	if part == "Boolean" || part == "Certification" {
		return value == "true" || value == "false"
	}
	n, err := decimal.NewFromString(value)
	return err == nil && n.GreaterThanOrEqual(decimal.NewFromInt(-1))
}

func (s *Server) readFile(v any, text string, bad *faults) *File {
	content := textAt(v, text)
	if content == "" {
		return nil
	}
	f := File{Name: textAt(v, "SupportingMaterials", "AttachmentReference", "$"), ContentType: textAt(v, "SupportingMaterials", "AttachmentReference", "@mimeType")}
	data, err := base64.StdEncoding.DecodeString(content)
	bad.when(err != nil || len(data) == 0, "Attachment cannot be decoded")
	bad.when(f.Name == "" || f.ContentType == "", "Attachment needs a file name and a MIME type")
	bad.when(len(data) > s.opts.MaxResume, "Attachment exceeds the maximum size of %d bytes", s.opts.MaxResume)
	f.Content = data
	return &f
}
