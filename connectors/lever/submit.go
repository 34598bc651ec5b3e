package lever

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// profile is a submission read from the outbound map's fields.
type profile struct {
	posting string
	emails  []string
	fields  map[string]any // the body of POST /opportunities
}

// Submit makes an opportunity on the posting, with the résumé in the same call, so
// a cut connection leaves all or nothing. Lever keeps no reference of ours and
// makes a second opportunity of a known person without a word, so the natural key
// (e-mail and posting) is looked for first.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found != nil {
		return receipt(found, true), nil
	}
	made, err := c.create(ctx, p, req.Resume)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return receipt(made, false), nil
}

// FindSubmission looks for the opportunity of a submission.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found == nil {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Lever has no opportunity of this candidate on posting %s", p.posting)
	}
	return receipt(found, true), nil
}

func receipt(opp row, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: opp.text("id"), URL: opp.object("urls").text("show"), At: row{"createdAt": opp["createdAt"]}.changed(),
		Existed: existed, Extra: map[string]string{"contact_id": opp.ref("contact")}}
}

func (c *Connector) readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{posting: req.RequisitionID}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.fields); err != nil || p.fields == nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object")
	}
	p.emails = row(p.fields).texts("emails")
	switch {
	case p.posting == "":
		return p, staffing.Errorf(staffing.Invalid, "the posting's id is missing")
	case text(p.fields["name"]) == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "name", Message: "Lever needs the candidate's name"}
	case len(p.emails) == 0:
		return p, &staffing.Error{Code: staffing.Invalid, Field: "emails",
			Message: "the candidate has no e-mail address: it is the only key by which Lever finds a candidate again"}
	}
	if err := checkResume(req.Resume); err != nil {
		return p, err
	}
	p.fields["postings"] = []any{p.posting} // exactly one, or the call is rejected
	if text(p.fields["origin"]) == "" {
		p.fields["origin"] = "agency"
	}
	if c.source != "" && !contains(row(p.fields).texts("sources"), c.source) {
		list, _ := p.fields["sources"].([]any) // absent: none
		p.fields["sources"] = append(list, c.source)
	}
	return p, nil
}

// find looks for the person's opportunity on the posting, archived ones included:
// a candidate who was turned away is not put forward again by itself.
func (c *Connector) find(ctx context.Context, p profile) (row, error) {
	var best row
	for _, mail := range p.emails {
		rows, err := c.all(ctx, opportunities, url.Values{"email": {mail}, "expand": {"applications"}, "confidentiality": {c.confidentiality}})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if hasMail(r, mail) && onPosting(r, p.posting) && better(r, best) {
				best = r
			}
		}
	}
	if best == nil || c.source == "" || hasSource(best, c.source) {
		return best, nil
	}
	return nil, staffing.Errorf(staffing.Conflict,
		"the candidate already is on this posting in Lever (opportunity %s) from another source: a duplicate submission", best.text("id"))
}

// hasMail makes sure that a filter which was not applied gives no stranger. Lever
// compares canonical addresses, so the spelling may differ.
func hasMail(opp row, mail string) bool {
	for _, m := range opp.texts("emails") {
		if canonical(m) == canonical(mail) {
			return true
		}
	}
	return false
}

// canonical drops what mail hosts drop: case, dots and +tags before the @.
func canonical(mail string) string {
	local, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mail)), "@")
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", "") + "@" + host
}

func onPosting(opp row, posting string) bool {
	for _, a := range opp.objects("applications") {
		if a.ref("posting") == posting {
			return true
		}
	}
	return false
}

func hasSource(opp row, source string) bool {
	for _, s := range opp.texts("sources") {
		if strings.EqualFold(s, source) {
			return true
		}
	}
	return false
}

// better prefers an opportunity that is not archived, then the newer one.
func better(a, b row) bool {
	if b == nil {
		return true
	}
	_, ra := archived(a)
	_, rb := archived(b)
	if (ra == "") != (rb == "") {
		return ra == ""
	}
	return a.millis("createdAt") > b.millis("createdAt")
}

func (c *Connector) create(ctx context.Context, p profile, file *staffing.File) (row, error) {
	body, kind, err := encode(ctx, p.fields, file)
	if err != nil {
		return nil, err
	}
	h := c.header()
	h.Set("Content-Type", kind)
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/opportunities", Header: h, Body: body,
		Query: url.Values{"perform_as": {c.user}}})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		return nil, explain(err, "Lever does not let this key create opportunities: make a key with the permission opportunities:write:admin")
	case err != nil:
		return nil, explain(err, "Lever did not confirm the opportunity")
	}
	made, err := object(resp, "the opportunity")
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Err: err,
			Message: "Lever answered, but not with the opportunity it made"}
	}
	return made, nil
}
