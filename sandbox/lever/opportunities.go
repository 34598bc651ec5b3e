package lever

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

const maxRequest = 30 << 20

// application is the body of POST /opportunities, as far as the hub may send it.
type application struct {
	Name     string
	Headline string
	Location string
	Origin   string
	Stage    string
	Emails   []string
	Links    []string
	Tags     []string
	Sources  []string
	Postings []string
	Phones   []map[string]string
	resume   []byte
}

func (s *Server) createOpportunity(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.known("users", q.Get("perform_as")) {
		refuse(w, http.StatusBadRequest, "BadRequestError", "perform_as is not a user")
		return
	}
	in, err := readApplication(w, r)
	if err == nil {
		err = s.invalid(in)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadRequestError", err.Error())
		return
	}
	made, known := s.born(in, q.Get("perform_as"))
	out := object{"data": made}
	if known {
		out["deduped"] = true
	}
	answer(w, http.StatusCreated, out)
}

func (s *Server) known(list, id string) bool {
	return slices.ContainsFunc(s.lists[list], func(o object) bool { return o["id"] == id })
}

func (s *Server) invalid(in application) error {
	origins := []string{"agency", "applied", "internal", "referred", "sourced", "university"}
	switch {
	case len(in.Postings) != 1 || !s.known("postings", in.Postings[0]):
		return fmt.Errorf("postings must hold exactly one posting of the account")
	case in.Name == "" || len(in.Emails) == 0:
		return fmt.Errorf("name and emails are needed here, though not by the vendor")
	case in.Origin != "" && !slices.Contains(origins, in.Origin):
		return fmt.Errorf("origin is none of %s", strings.Join(origins, ", "))
	case in.Stage != "" && !s.known("stages", in.Stage):
		return fmt.Errorf("stage is not a stage of the account")
	}
	return nil
}

// born makes the opportunity. A person whose address is known is not made again,
// and keeps the contact data that is there.
func (s *Server) born(in application, by string) (made object, known bool) {
	now, id, app := s.now(), s.id(), s.id()
	contact, emails, name := s.id(), in.Emails, in.Name
	for _, o := range s.lists["opportunities"] {
		if slices.ContainsFunc(in.Emails, func(m string) bool { return hasMail(o, m) }) {
			contact, emails, name, known = fmt.Sprint(o["contact"]), texts(o, "emails"), fmt.Sprint(o["name"]), true
			break
		}
	}
	stage := in.Stage
	if stage == "" {
		stage = "lead-new"
	}
	s.apps[app] = object{"id": app, "opportunityId": id, "candidateId": id, "createdAt": now, "type": "user", "posting": in.Postings[0],
		"user": by, "name": nil, "email": nil, "phone": nil, "requisitionForHire": nil}
	made = object{"id": id, "name": name, "headline": in.Headline, "contact": contact, "emails": emails, "phones": in.Phones,
		"confidentiality": "non-confidential", "location": in.Location, "links": in.Links, "tags": in.Tags, "sources": in.Sources,
		"origin": in.Origin, "sourcedBy": nil, "owner": by, "followers": []string{by}, "stage": stage, "createdAt": now, "updatedAt": now,
		"lastInteractionAt": now, "lastAdvancedAt": now, "snoozedUntil": nil, "archived": nil, "isAnonymized": false, "dataProtection": nil,
		"stageChanges": []object{{"toStageId": stage, "toStageIndex": 0, "userId": by, "updatedAt": now}}, "applications": []string{app},
		"urls": object{"list": "https://hire.lever.co/candidates", "show": "https://hire.lever.co/candidates/" + id}}
	s.lists["opportunities"] = append(s.lists["opportunities"], made)
	if in.resume != nil {
		s.files[id] = in.resume
	}
	s.tell("applicationCreated", object{"applicationId": app, "opportunityId": id, "candidateId": id, "contactId": contact})
	return made, known
}

func readApplication(w http.ResponseWriter, r *http.Request) (in application, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	kind, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return in, err
	}
	if kind == "application/json" {
		dec := json.NewDecoder(r.Body)
		dec.DisallowUnknownFields()
		return in, dec.Decode(&in)
	}
	if kind != "multipart/form-data" {
		return in, fmt.Errorf("%s is not taken", kind)
	}
	form := multipart.NewReader(r.Body, args["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		if err != nil {
			return in, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return in, err
		}
		if err := in.set(part.FormName(), value); err != nil {
			return in, err
		}
	}
}

// set takes one field of the form: emails[] once per address, phones[0][value] for
// what is nested.
func (in *application) set(name string, value []byte) error {
	texts := map[string]*string{"name": &in.Name, "headline": &in.Headline, "location": &in.Location, "origin": &in.Origin, "stage": &in.Stage}
	lists := map[string]*[]string{"emails[]": &in.Emails, "links[]": &in.Links, "tags[]": &in.Tags, "sources[]": &in.Sources, "postings[]": &in.Postings}
	switch {
	case texts[name] != nil:
		*texts[name] = string(value)
	case lists[name] != nil:
		*lists[name] = append(*lists[name], string(value))
	case name == "resumeFile":
		in.resume = value
	case strings.HasPrefix(name, "phones[0]["):
		if len(in.Phones) == 0 {
			in.Phones = []map[string]string{{}}
		}
		in.Phones[0][strings.TrimSuffix(strings.TrimPrefix(name, "phones[0]["), "]")] = string(value)
	default:
		return fmt.Errorf("the form has an unknown field %s", name)
	}
	return nil
}

func hasMail(o object, mail string) bool {
	return slices.ContainsFunc(texts(o, "emails"), func(m string) bool { return strings.EqualFold(m, mail) })
}

// texts gives a list of texts; objects that have none give none.
func texts(o object, key string) []string {
	list, _ := o[key].([]string) // absent: none
	return list
}
