package fieldglass

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// humanResource writes the document of the Job Seeker Upload (schema
// InSiteJobSeeker). It gives every problem at once, before anything is sent.
func (c *Connector) humanResource(ctx context.Context, req staffing.SubmissionRequest, posting obj) (obj, fields, error) {
	f, err := decodeFields(req.Fields)
	if err != nil {
		return nil, f, err
	}
	var found problems
	f.checkPerson(posting, &found)
	rates := f.rates(posting, &found)
	custom := f.customFields(posting, &found)
	quals := f.quals(posting, &found)
	if req.Resume != nil {
		c.checkResume(req.Resume, &found)
	}
	if req.Resume == nil && yes(at(posting, "StaffingPosition", "PositionRules", "ResumeRequired")) {
		found.add("RESUME_REQUIRED", "resume", "the job posting asks for a résumé and the candidate has none")
	}
	if err := found.err(); err != nil {
		return nil, f, err
	}
	profile, err := c.profile(ctx, req.Resume)
	if err != nil {
		return nil, f, err
	}
	return obj{"HumanResource": obj{
		"@xmlns":              "jobSeeker",
		"@xmlns:xsi":          "http://www.w3.org/2001/XMLSchema-instance",
		"@xsi:schemaLocation": "jobSeeker " + c.host + "/schema/InSiteJobSeeker.xsd",
		"HumanResourceId": obj{
			"@validFrom": text(at(posting, "OrderId", "@validFrom")), "@validTo": text(at(posting, "OrderId", "@validTo")),
			"IdValue": nil, "ExternalReferenceId": req.Key,
			"EntityContactInfo": obj{"PersonName": obj{"LegalName": c.set["submitter"]}},
		},
		"ReferenceInformation":  c.references(req.RequisitionID, f),
		"ResourceInformation":   f.person(),
		"Rates":                 rates,
		"CustomFields":          wrapped("CustomField", custom),
		"Quals":                 wrapped("Qual", quals),
		"HumanResourceComments": f.Comments,
		"Profile":               profile,
	}}, f, nil
}

func (c *Connector) references(posting string, f fields) obj {
	payType := f.WorkerPayType
	if payType == "" {
		payType = "Default"
	}
	return obj{
		"StaffingSupplierId": obj{"IdValue": c.set["supplier_code"]},
		"StaffingCustomerId": obj{"IdValue": c.set["buyer_code"]},
		"OrderId":            obj{"IdValue": posting},
		"RemitToAddress":     orNull(f.RemitTo),
		"WorkerPayType":      payType,
	}
}

func (f fields) person() obj {
	return obj{
		"EntityContactInfo": obj{
			"PersonName":    obj{"LegalName": f.FirstName + " " + f.LastName, "FirstName": f.FirstName, "LastName": f.LastName},
			"UserName":      nil,
			"SecurityId":    f.SecurityID,
			"ContactMethod": obj{"InternetEmailAddress": f.Email},
		},
		"AvailabilityDate": obj{"AvailabilityStartDate": string(f.AvailableFrom)},
	}
}

// checkPerson checks what the posting says about the person. The pattern of the
// security id decides, not the instruction beside it: in SAP's own sample the two
// disagree. A pattern that cannot be compiled here is left to Fieldglass.
func (f fields) checkPerson(posting obj, found *problems) {
	if f.FirstName == "" {
		found.add("FIELD_MISSING", "first_name", "the candidate has no first name")
	}
	if f.LastName == "" {
		found.add("FIELD_MISSING", "last_name", "the candidate has no last name")
	}
	if f.AvailableFrom == "" {
		found.add("FIELD_MISSING", "available_from", "the candidate has no day from which they are available")
	}
	pattern := text(at(posting, "StaffingPosition", "SecurityIdPattern"))
	if pattern == "" {
		return
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err == nil && !re.MatchString(f.SecurityID) {
		found.add("SECURITY_ID_INVALID", "security_id", fmt.Sprintf("the security id does not have the form the client asks for (%s)", instruction(posting, pattern)))
	}
}

func instruction(posting obj, pattern string) string {
	if s := text(at(posting, "StaffingPosition", "SecurityIdInstruction")); s != "" {
		return s + ", pattern " + pattern
	}
	return "pattern " + pattern
}

// checkResume finds what can be known of a file before it is opened.
func (c *Connector) checkResume(file *staffing.File, found *problems) {
	kind := strings.ToLower(strings.TrimPrefix(path.Ext(file.Name), "."))
	if !slices.Contains(c.types, kind) {
		what := "a ." + kind + " file"
		if kind == "" {
			what = "a file whose name does not say its type"
		}
		found.add("FILE_TYPE", "resume", "the résumé is "+what+"; this connection sends "+strings.Join(c.types, ", ")+" (setting Types of résumés)")
	}
	if file.Size > c.resume {
		found.add("FILE_TOO_LARGE", "resume", fmt.Sprintf("the résumé is larger than the %d MB that this connection allows", c.resume>>20))
	}
}

func resumeTypes(setting string) (out []string) {
	for _, t := range strings.Split(setting, ",") {
		out = append(out, strings.ToLower(strings.TrimSpace(t)))
	}
	return out
}

// profile puts the résumé into the document. It is streamed into the request and
// kept nowhere else.
func (c *Connector) profile(ctx context.Context, file *staffing.File) (obj, error) {
	if file == nil {
		return obj{"Resume": nil, "AdditionalAttachment": nil}, nil
	}
	body, err := file.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the résumé: %w", err)
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, c.resume+1))
	switch {
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé could not be read from the internal ATS: %w", err)
	case int64(len(data)) > c.resume:
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: fmt.Sprintf("FILE_TOO_LARGE: the résumé is larger than the %d MB that this connection allows", c.resume>>20)}
	case len(data) == 0:
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "RESUME_REQUIRED: the résumé is an empty file"}
	}
	mime := file.ContentType
	if mime == "" {
		mime = "application/octet-stream"
	}
	return obj{
		"Resume": obj{"NonXMLResume": obj{
			"TextResume":          base64.StdEncoding.EncodeToString(data),
			"SupportingMaterials": obj{"AttachmentReference": obj{"@mimeType": mime, "$": file.Name}},
		}},
		"AdditionalAttachment": nil,
	}, nil
}

func wrapped(name string, list []any) any {
	if len(list) == 0 {
		return nil
	}
	return obj{name: list}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
