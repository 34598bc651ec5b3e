package workable

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Candidate is one person on one job, in the form of the wire.
type Candidate struct {
	ID                string     `json:"id"`
	Name              string     `json:"name"`
	Firstname         string     `json:"firstname"`
	Lastname          string     `json:"lastname"`
	Headline          *string    `json:"headline"`
	Account           Account    `json:"account"`
	Job               JobRef     `json:"job"`
	Stage             string     `json:"stage"`
	StageKind         string     `json:"stage_kind"`
	Disqualified      bool       `json:"disqualified"`
	DisqualifiedAt    *time.Time `json:"disqualified_at,omitempty"`
	Withdrew          bool       `json:"withdrew"`
	Disqualification  *string    `json:"disqualification_reason"`
	HiredAt           *time.Time `json:"hired_at"`
	Sourced           bool       `json:"sourced"`
	ProfileURL        string     `json:"profile_url"`
	Email             string     `json:"email"`
	Phone             *string    `json:"phone"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
	ResumeMetadata    *Resume    `json:"resume_metadata,omitempty"`
	OriginatingID     *string    `json:"originating_candidate_id"`
	resume            []byte
	viaRecruiterKey   string
	answersToQuestion []any
}

// Account is whose account it is.
type Account struct {
	Subdomain string `json:"subdomain"`
	Name      string `json:"name"`
}

// JobRef is the job that a candidate is on.
type JobRef struct {
	Shortcode string `json:"shortcode"`
	Title     string `json:"title"`
}

// Resume says which file a candidate has.
type Resume struct {
	Filename string `json:"filename"`
	Filetype string `json:"filetype"`
}

// Offer is what the client offered.
type Offer struct {
	State     string `json:"state"`
	StartDate string `json:"start_date"`
}

func (c *Candidate) key() (string, int64) { return c.ID, number(c.ID) }

// application is the body of POST /jobs/{shortcode}/candidates.
type application struct {
	Sourced      *bool  `json:"sourced"`
	RecruiterKey string `json:"recruiter_key"`
	Candidate    struct {
		Name              string          `json:"name"`
		Firstname         string          `json:"firstname"`
		Lastname          string          `json:"lastname"`
		Email             string          `json:"email"`
		Headline          string          `json:"headline"`
		Summary           string          `json:"summary"`
		Address           string          `json:"address"`
		Phone             string          `json:"phone"`
		CoverLetter       string          `json:"cover_letter"`
		EducationEntries  json.RawMessage `json:"education_entries"`
		ExperienceEntries json.RawMessage `json:"experience_entries"`
		Answers           []any           `json:"answers"`
		Skills            []string        `json:"skills"`
		Tags              []string        `json:"tags"`
		SocialProfiles    json.RawMessage `json:"social_profiles"`
		ResumeURL         string          `json:"resume_url"`
		Resume            *struct {
			Name string `json:"name"`
			Data string `json:"data"`
		} `json:"resume"`
	} `json:"candidate"`
}

func (s *Server) createCandidate(w http.ResponseWriter, r *http.Request, shortcode string) {
	j := s.job(shortcode)
	if j == nil {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 32<<20))
	if err != nil {
		refuse(w, http.StatusBadRequest, "the body broke off")
		return
	}
	var in application
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	c, err := s.born(j, in)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, "Validation failed: "+err.Error())
		return
	}
	answer(w, map[string]any{"status": "created", "candidate": c})
}

// born makes the candidate. Workable does not refuse an e-mail address that is on
// the job already (unverified): the caller has to look first.
func (s *Server) born(j *Job, in application) (*Candidate, error) {
	p := in.Candidate
	if p.Firstname == "" || p.Lastname == "" || !strings.Contains(p.Email, "@") {
		return nil, errors.New("firstname, lastname and email are needed")
	}
	if j.State != "published" {
		return nil, errors.New("the job takes no candidates")
	}
	now, id := s.now(), s.id()
	c := &Candidate{ID: id, Name: p.Firstname + " " + p.Lastname, Firstname: p.Firstname, Lastname: p.Lastname, Email: p.Email,
		Account: Account{s.opts.Subdomain, "Sandbox"}, Job: JobRef{j.Shortcode, j.Title}, Stage: "Sourced", StageKind: "sourced", Sourced: true,
		ProfileURL: fmt.Sprintf("https://%s.workable.com/backend/jobs/%d/candidates/%d", s.opts.Subdomain, number(j.ID), number(id)),
		CreatedAt:  now, UpdatedAt: now, viaRecruiterKey: in.RecruiterKey, answersToQuestion: p.Answers}
	if in.Sourced != nil && !*in.Sourced {
		c.Stage, c.StageKind, c.Sourced = "Applied", "applied", false
	}
	if p.Phone != "" {
		c.Phone = &p.Phone
	}
	if p.Headline != "" {
		c.Headline = &p.Headline
	}
	if p.Resume != nil {
		content, err := base64.StdEncoding.DecodeString(p.Resume.Data)
		if err != nil || p.Resume.Name == "" {
			return nil, errors.New("resume needs name and data in base64")
		}
		c.resume = content
		c.ResumeMetadata = &Resume{Filename: p.Resume.Name, Filetype: p.Resume.Name[strings.LastIndexByte(p.Resume.Name, '.')+1:]}
	}
	s.candidates = append(s.candidates, c)
	s.tell("candidate_created", c)
	return c, nil
}

func (s *Server) listCandidates(w http.ResponseWriter, r *http.Request, shortcode string) {
	q, err := readQuery(r.URL.Query(), "shortcode", "stage", "state", "email", "limit", "since_id", "max_id", "created_after", "updated_after")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if shortcode == "" {
		shortcode = q.shortcode
	}
	var found []*Candidate
	for _, c := range s.candidates {
		if (shortcode == "" || c.Job.Shortcode == shortcode) && (q.email == "" || strings.EqualFold(c.Email, q.email)) &&
			!c.UpdatedAt.Before(q.updatedAfter) && !c.CreatedAt.Before(q.createdAfter) {
			found = append(found, c)
		}
	}
	rows, next := page(r, found, q)
	if rows == nil {
		rows = []*Candidate{}
	}
	answer(w, listing("candidates", rows, next))
}

func (s *Server) candidate(id string) *Candidate {
	for _, c := range s.candidates {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (s *Server) showCandidate(w http.ResponseWriter, id string) {
	if c := s.candidate(id); c != nil {
		answer(w, map[string]any{"candidate": c})
		return
	}
	refuse(w, http.StatusNotFound, "Not found")
}

// showOffer answers with the bare candidate when there is no offer, as recorded
// traffic shows.
func (s *Server) showOffer(w http.ResponseWriter, id string) {
	c := s.candidate(id)
	if c == nil {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	out := map[string]any{"candidate": map[string]any{"id": c.ID, "name": c.Name, "location": nil}}
	if o, ok := s.offers[id]; ok {
		out["state"], out["start_date"] = o.State, o.StartDate
	}
	answer(w, out)
}
