package workday

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	soapNS = "http://schemas.xmlsoap.org/soap/envelope/"
	bsvcNS = "urn:com.workday/bsvc"
)

// node is an element as it was read.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Kids    []node     `xml:",any"`
}

func (n *node) at(path ...string) *node {
	for _, name := range path {
		var next *node
		for i := range n.Kids {
			if n.Kids[i].XMLName.Local == name {
				next = &n.Kids[i]
				break
			}
		}
		if next == nil {
			return &node{}
		}
		n = next
	}
	return n
}

func (n *node) text(path ...string) string { return strings.TrimSpace(n.at(path...).Text) }

func (n *node) attr(local string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// id gives the value of a reference of that kind.
func (n *node) id(kind string, path ...string) string {
	for _, k := range n.at(path...).Kids {
		if k.XMLName.Local == "ID" && k.attr("type") == kind {
			return strings.TrimSpace(k.Text)
		}
	}
	return ""
}

// shapes are the elements that are known, in the order of the schema.
func shapes() map[string][]string {
	return map[string][]string{
		"Put_Candidate_Request":            {"Candidate_Reference", "Candidate_Data"},
		"Candidate_Data":                   {"Candidate_ID", "Name_Data", "Contact_Data", "Job_Application_Data"},
		"Name_Data":                        {"Legal_Name"},
		"Legal_Name":                       {"Name_Detail_Data"},
		"Name_Detail_Data":                 {"Country_Reference", "First_Name", "Last_Name"},
		"Contact_Data":                     {"Location_Data", "Phone_Device_Type_Reference", "Country_Phone_Code_Reference", "Phone_Number", "Email_Address"},
		"Job_Application_Data":             {"Job_Application_Reference", "Job_Applied_To_Data", "Resume_Attachment_Data", "Resume_Data"},
		"Job_Applied_To_Data":              {"Job_Application_ID", "Job_Requisition_Reference", "Job_Application_Date", "Stage_Reference", "Disposition_Reference", "Source_Reference"},
		"Put_Candidate_Attachment_Request": {"Candidate_Reference", "Candidate_Attachment_Data"},
		"Candidate_Attachment_Data":        {"Candidate_Attachment_Reference", "Attachment_Data", "Document_Category_Reference"},
		"Attachment_Data":                  {"ID", "Filename", "File_Content", "Mime_Type_Reference", "Comment"},
		"Get_Candidates_Request":           {"Request_References", "Request_Criteria", "Response_Filter", "Response_Group"},
		"Request_Criteria":                 {"Transaction_Log_Criteria_Data"},
		"Transaction_Log_Criteria_Data":    {"Transaction_Date_Range_Data"},
		"Transaction_Date_Range_Data":      {"Updated_From", "Updated_Through"},
		"Response_Filter":                  {"As_Of_Effective_Date", "As_Of_Entry_DateTime", "Page", "Count"},
		"Response_Group":                   {"Include_Reference"},
	}
}

// check holds an element and all in it against the shapes.
func check(n *node) error {
	if n.XMLName.Space != bsvcNS {
		return refused("Element '%s' is not of the namespace %s", n.XMLName.Local, bsvcNS)
	}
	known, last := shapes()[n.XMLName.Local], -1
	for i := range n.Kids {
		name := n.Kids[i].XMLName.Local
		if strings.HasSuffix(n.XMLName.Local, "_Reference") && name == "ID" {
			continue
		}
		at := slices.Index(known, name)
		if at <= last {
			return refused("Element '%s' is not expected in %s here", name, n.XMLName.Local)
		}
		last = at
		if err := check(&n.Kids[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) soap(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 32<<20))
	var env node
	if err != nil || xml.Unmarshal(raw, &env) != nil || env.XMLName.Local != "Envelope" || env.XMLName.Space != soapNS || len(env.at("Body").Kids) != 1 {
		refuse(w, "SOAP-ENV:Client", "The request is no SOAP envelope")
		return
	}
	token := env.at("Header", "Security", "UsernameToken")
	if has, good := s.bearer(r); has && !good {
		http.Error(w, "invalid token", http.StatusUnauthorized)
		return
	} else if !has && (token.text("Username") != User || token.text("Password") != Password || !strings.HasSuffix(token.at("Password").attr("Type"), "#PasswordText")) {
		refuse(w, "SOAP-ENV:Client.authenticationError", "invalid username or password")
		return
	}
	req := &env.at("Body").Kids[0]
	if err := check(req); err != nil {
		refuse(w, "SOAP-ENV:Client.validationError", "Validation error occurred. "+err.Error(), err.Error())
		return
	}
	if v := req.attr("version"); v != Version {
		refuse(w, "SOAP-ENV:Client.validationError", "Invalid request version "+v)
		return
	}
	s.operate(w, req)
}

func (s *Server) operate(w http.ResponseWriter, req *node) {
	var body string
	var err error
	switch {
	case req.XMLName.Local == "Get_Candidates_Request":
		body = fmt.Sprintf(`<wd:Get_Candidates_Response wd:version=%q><wd:Response_Results><wd:Total_Results>0</wd:Total_Results></wd:Response_Results></wd:Get_Candidates_Response>`, Version)
	case s.opts.Forbidden:
		refuse(w, "SOAP-ENV:Client.processingError", "Processing error occurred. The task submitted is not authorized.")
		return
	case req.XMLName.Local == "Put_Candidate_Request":
		body, err = s.putCandidate(req)
	case req.XMLName.Local == "Put_Candidate_Attachment_Request":
		body, err = s.putAttachment(req)
	default:
		err = refused("Unknown operation %s", req.XMLName.Local)
	}
	if err != nil {
		refuse(w, "SOAP-ENV:Client.validationError", "Validation error occurred. "+err.Error(), err.Error())
		return
	}
	envelope(w, http.StatusOK, body)
}

// stages are those of the tenant: id and name.
func stages() map[string]string { return map[string]string{"REVIEW": "Review", "SCREEN": "Screen"} }

// invalid is a validation error in the vendor's words.
type invalid string

func (i invalid) Error() string { return string(i) }

func refused(format string, args ...any) error { return invalid(fmt.Sprintf(format, args...)) }

func badID(value, kind string) error {
	return refused("Invalid ID value.  '%s' is not a valid ID value for type = '%s'", value, kind)
}

func (s *Server) putCandidate(req *node) (string, error) {
	data := req.at("Candidate_Data")
	applied := data.at("Job_Application_Data", "Job_Applied_To_Data")
	name := data.at("Name_Data", "Legal_Name", "Name_Detail_Data")
	requisition := applied.id("Job_Requisition_ID", "Job_Requisition_Reference")
	stage := applied.id("Recruiting_Stage_ID", "Stage_Reference")
	mail := data.text("Contact_Data", "Email_Address")
	candidate := req.id("Candidate_ID", "Candidate_Reference")
	row := s.find(s.reqs, "Job_Requisition_ID", requisition)
	_, dateErr := time.Parse(time.DateOnly, applied.text("Job_Application_Date"))
	switch {
	case row == nil:
		return "", badID(requisition, "Job_Requisition_ID")
	case row["Status"] != "Open":
		return "", refused("The job requisition %s is not open for applications", requisition)
	case stages()[stage] == "":
		return "", badID(stage, "Recruiting_Stage_ID")
	case dateErr != nil:
		return "", refused("Job_Application_Date is required")
	case name.text("First_Name") == "" || name.text("Last_Name") == "" || !strings.Contains(mail, "@"):
		return "", refused("Legal name and email address are required (%s)", mail)
	}
	if v := applied.id("Applicant_Source_ID", "Source_Reference"); v != "" && v != "Agency_River" {
		return "", badID(v, "Applicant_Source_ID")
	}
	if candidate != "" && s.find(s.people, "Candidate_ID", candidate) == nil {
		return "", badID(candidate, "Candidate_ID")
	}
	if (candidate != "") == (req.attr("Add_Only") == "true") {
		return "", refused("Add Only cannot be used with an existing candidate, and a new one needs it here")
	}
	if candidate == "" {
		candidate = s.person(name.text("First_Name"), name.text("Last_Name"), mail)
	}
	app := s.apply(candidate, requisition, stages()[stage])
	s.apps[len(s.apps)-1]["_hidden"] = "yes"
	job := ""
	if !s.opts.Unnamed {
		job = `<wd:Candidate_Job_Application_Data><wd:Job_Application_Reference>` + ids("Job_Application_ID", app) + `</wd:Job_Application_Reference></wd:Candidate_Job_Application_Data>`
	}
	return fmt.Sprintf(`<wd:Put_Candidate_Response wd:version=%q><wd:Candidate_Reference>%s</wd:Candidate_Reference>%s</wd:Put_Candidate_Response>`,
		Version, ids("Candidate_ID", candidate), job), nil
}

func (s *Server) putAttachment(req *node) (string, error) {
	data := req.at("Candidate_Attachment_Data")
	candidate := req.id("Candidate_ID", "Candidate_Reference")
	content, err := base64.StdEncoding.DecodeString(data.text("Attachment_Data", "File_Content"))
	category := data.id("Document_Category__Workday_Owned__ID", "Document_Category_Reference")
	switch {
	case s.find(s.people, "Candidate_ID", candidate) == nil:
		return "", badID(candidate, "Candidate_ID")
	case err != nil || len(content) == 0 || data.text("Attachment_Data", "Filename") == "":
		return "", refused("Filename and File_Content are required")
	case category != "CANDIDATE_RESUME_AND_COVER_LETTER":
		return "", badID(category, "Document_Category__Workday_Owned__ID")
	}
	s.files[candidate] = content
	return fmt.Sprintf(`<wd:Put_Candidate_Attachment_Response wd:version=%q><wd:Candidate_Attachment_Reference>%s</wd:Candidate_Attachment_Reference></wd:Put_Candidate_Attachment_Response>`,
		Version, ids("Candidate_Attachment_ID", s.id("ATT-"))), nil
}

func ids(kind, value string) string {
	return fmt.Sprintf(`<wd:ID wd:type="WID">%032x</wd:ID><wd:ID wd:type=%q>%s</wd:ID>`, len(value)*7919, kind, value)
}

func envelope(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml;charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<env:Envelope xmlns:env=%q xmlns:wd=%q><env:Body>%s</env:Body></env:Envelope>`, soapNS, bsvcNS, body) // the caller may be gone
}

// refuse answers a fault: status 500, whatever it says.
func refuse(w http.ResponseWriter, code, text string, details ...string) {
	detail := ""
	for _, d := range details {
		detail += fmt.Sprintf(`<wd:Validation_Error><wd:Message>%s</wd:Message><wd:Detail_Message>%s</wd:Detail_Message></wd:Validation_Error>`, escape(d), escape(d))
	}
	if detail != "" {
		detail = "<detail><wd:Validation_Fault>" + detail + "</wd:Validation_Fault></detail>"
	}
	envelope(w, http.StatusInternalServerError, fmt.Sprintf(`<env:Fault><faultcode>%s</faultcode><faultstring>%s</faultstring>%s</env:Fault>`, code, escape(text), detail))
}

func escape(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a Builder takes everything
	return out.String()
}
