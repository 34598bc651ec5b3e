package workday

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// person is a submission read from the outbound map's fields.
type person struct {
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Email        string `json:"email"`
	Phone        string `json:"phone"`
	PhoneCountry string `json:"phone_country_code"`
	PhoneType    string `json:"phone_type"`
	NameCountry  string `json:"name_country"`
	requisition  string
}

// known is what the application report says of a person.
type known struct {
	application string // on the requisition; empty: none
	candidate   string // of any application
	resume      bool   // of the candidate
	at          time.Time
}

// Submit puts a candidate with an application, then the résumé as an attachment:
// inside Put_Candidate it often fails for want of a permission. Workday keeps no
// reference of ours and matches nobody, so e-mail and requisition are looked up in
// the report first, and a known candidate gets a further application. The
// application counts as found when the résumé is there too.
func (s sink) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	c := s.c
	p, err := c.person(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	k, err := c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if k.whole(req) {
		return c.receipt(k, true), nil
	}
	file, err := c.content(ctx, req.Resume) // before anything is written
	if err != nil {
		return staffing.Receipt{}, err
	}
	existed := k.application != ""
	if !existed {
		if k, err = c.put(ctx, p, k.candidate); err != nil {
			return staffing.Receipt{}, p.mask(err)
		}
	}
	if file != nil {
		if err := c.attach(ctx, k.candidate, req.Resume, file); err != nil {
			return staffing.Receipt{}, staffing.PartlyDone(p.mask(explain(err, "Workday has the application, but not the résumé")))
		}
	}
	if k.application == "" {
		return c.readBack(ctx, p)
	}
	return c.receipt(k, existed), nil
}

// FindSubmission looks for the application of a submission.
func (s sink) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := s.c.person(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	k, err := s.c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if !k.whole(req) {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "the application report has no application of this candidate with a résumé on requisition %s", p.requisition)
	}
	return s.c.receipt(k, true), nil
}

func (k known) whole(req staffing.SubmissionRequest) bool {
	return k.application != "" && (req.Resume == nil || k.resume)
}

func (c *Connector) receipt(k known, existed bool) staffing.Receipt {
	at := k.at
	if at.IsZero() {
		at = c.now().UTC()
	}
	return staffing.Receipt{ID: k.application, Number: k.application, At: at, Existed: existed, Extra: map[string]string{"candidate_id": k.candidate}}
}

// readBack finds the id of an application that the answer did not name.
func (c *Connector) readBack(ctx context.Context, p person) (staffing.Receipt, error) {
	k, err := c.look(ctx, p)
	if err == nil && k.application != "" {
		return c.receipt(k, false), nil
	}
	return staffing.Receipt{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Err: err,
		Message: "Workday took the candidate, but named no application, and the report does not show it yet"}
}

func (c *Connector) person(req staffing.SubmissionRequest) (person, error) {
	p := person{requisition: req.RequisitionID}
	if err := json.Unmarshal(req.Fields, &p); err != nil {
		return p, staffing.Errorf(staffing.Invalid, "the outbound map does not give the fields of a candidate (texts): %w", plain(err))
	}
	switch {
	case p.requisition == "":
		return p, staffing.Errorf(staffing.Invalid, "the requisition's id is missing")
	case p.FirstName == "" || p.LastName == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "last_name", Message: "Workday needs the candidate's first and last name"}
	case !strings.Contains(p.Email, "@"):
		return p, &staffing.Error{Code: staffing.Invalid, Field: "email", Message: "the candidate has no e-mail address: it is the only key by which the report finds a candidate again"}
	}
	return p, c.checkResume(req.Resume)
}

// look reads the application report for a person. A report without the columns of
// the key would find nobody, and the hub would submit everybody twice: that is
// refused.
func (c *Connector) look(ctx context.Context, p person) (known, error) {
	prompts := url.Values{}
	if name := c.set["email_prompt"]; name != "" {
		prompts.Set(name, p.Email)
	}
	var k known
	address, mails := c.set["application_report"], 0
	var sample row
	err := c.report(ctx, address, prompts, func(r row) error {
		for _, column := range []string{c.set["application_id"], c.set["requisition_id"], c.set["candidate_id"]} {
			if r.text(column) == "" {
				return missing(address, column, r)
			}
		}
		sample = r
		mail := r.text(c.set["email"])
		if mail != "" {
			mails++
		}
		if strings.EqualFold(mail, p.Email) {
			c.take(&k, r, p.requisition)
		}
		return nil
	})
	if err == nil && sample != nil && mails == 0 {
		err = missing(address, c.set["email"], sample)
	}
	return k, err
}

// take adds a row of the person to what is known.
func (c *Connector) take(k *known, r row, requisition string) {
	if r.text(c.set["requisition_id"]) == requisition && (k.application == "" || c.changed(r).After(k.at)) {
		k.application, k.candidate, k.at = r.text(c.set["application_id"]), r.text(c.set["candidate_id"]), c.changed(r)
		k.resume = r.text(c.set["resume"]) != ""
	}
	if k.candidate == "" {
		k.candidate = r.text(c.set["candidate_id"])
	}
}

// put makes the candidate, or gives a known one a further application.
func (c *Connector) put(ctx context.Context, p person, candidate string) (known, error) {
	a, err := c.soap(ctx, c.candidate(p, candidate), true)
	if err != nil {
		return known{}, explain(err, "no application was made")
	}
	k := known{application: a.refs["Job_Application_Reference"]["Job_Application_ID"], candidate: a.refs["Candidate_Reference"]["Candidate_ID"]}
	if k.candidate == "" {
		k.candidate = candidate
	}
	if a.name != "Put_Candidate_Response" || k.candidate == "" {
		return known{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Workday answered, but did not say which candidate it made"}
	}
	return k, nil
}

// candidate is the request, its elements in the order of the schema.
func (c *Connector) candidate(p person, known string) element {
	phone := []element{}
	if p.Phone != "" && p.PhoneCountry != "" && p.PhoneType != "" {
		phone = []element{ref("wd:Phone_Device_Type_Reference", "Phone_Device_Type_ID", p.PhoneType),
			ref("wd:Country_Phone_Code_Reference", "Country_Phone_Code_ID", p.PhoneCountry), leaf("wd:Phone_Number", p.Phone)}
	}
	r := el("wd:Put_Candidate_Request",
		ref("wd:Candidate_Reference", "Candidate_ID", known),
		el("wd:Candidate_Data",
			el("wd:Name_Data", el("wd:Legal_Name", el("wd:Name_Detail_Data",
				ref("wd:Country_Reference", "ISO_3166-1_Alpha-3_Code", p.NameCountry),
				leaf("wd:First_Name", p.FirstName), leaf("wd:Last_Name", p.LastName)))),
			el("wd:Contact_Data", append(phone, leaf("wd:Email_Address", p.Email))...),
			el("wd:Job_Application_Data", el("wd:Job_Applied_To_Data",
				ref("wd:Job_Requisition_Reference", "Job_Requisition_ID", p.requisition),
				leaf("wd:Job_Application_Date", c.now().In(c.zone).Format(time.DateOnly)),
				ref("wd:Stage_Reference", "Recruiting_Stage_ID", c.set["stage"]),
				ref("wd:Source_Reference", c.set["source_type"], c.set["source"])))))
	if known == "" {
		r.attrs = []string{"wd:Add_Only", "true"}
	}
	return r
}

func (c *Connector) attach(ctx context.Context, candidate string, file *staffing.File, content []byte) error {
	r := el("wd:Put_Candidate_Attachment_Request",
		ref("wd:Candidate_Reference", "Candidate_ID", candidate),
		el("wd:Candidate_Attachment_Data",
			el("wd:Attachment_Data", leaf("wd:Filename", fileName(file)), leaf("wd:File_Content", base64.StdEncoding.EncodeToString(content))),
			ref("wd:Document_Category_Reference", c.set["document_category_type"], c.set["document_category"])))
	r.attrs = []string{"wd:Add_Only", "true"}
	_, err := c.soap(ctx, r, true)
	return err
}

// mask takes the candidate's data out of the vendor's words: error texts carry no
// personal data.
func (p person) mask(err error) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return err
	}
	e := *coded
	for _, personal := range []string{p.Email, p.Phone, p.FirstName + " " + p.LastName, p.LastName, p.FirstName} {
		if len(strings.TrimSpace(personal)) > 2 {
			e.Message = strings.ReplaceAll(e.Message, personal, "[candidate]")
		}
	}
	return &e
}
