package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

// trigger is the status that means: submit this person to the client.
const trigger = "Client Submission"

// ats is the firm's internal ATS with its recruiters, and the automation beside it
// that fires the hub's own webhook.
type ats struct {
	sim    *bullhorn.Server
	faults *fault.Injector
	base   string
	secret string // of the automation's webhook

	mu    sync.Mutex
	url   string // where the automation sends; empty: nowhere
	queue chan stdDelivery
	ended chan struct{}
	halt  context.CancelFunc
}

// stdDelivery is one webhook of the automation.
type stdDelivery struct {
	id   string
	body []byte
}

func newATS(ctx context.Context, w *World) (*ats, error) {
	a := &ats{sim: bullhorn.New(w.journal, bullhorn.Options{}), queue: make(chan stdDelivery, 10_000), ended: make(chan struct{})}
	a.secret = w.secret("automation", stdhooks.NewSecret)
	var err error
	a.base, a.faults, err = w.serve(ctx, a.sim)
	if err != nil {
		return nil, err
	}
	a.sim.OnStatus(a.fire)
	inner, halt := context.WithCancel(context.WithoutCancel(ctx))
	a.halt = halt
	go a.send(inner)
	return a, nil
}

func (a *ats) systems() []System {
	return []System{
		{Key: "ats", Kind: "bullhorn", Role: staffing.RoleInternalATS, Name: "Our ATS", Settings: map[string]string{
			"username": "api.tributary", "password": "sandbox-password", "client_id": "sandbox-client", "client_secret": "sandbox-secret",
			"subscription": "tributary-demo", "login_url": a.base + "/rest-services"}},
		{Key: "automation", Kind: "webhook", Role: staffing.RoleInternalATS, Name: "ATS automation", Settings: map[string]string{"secret": a.secret}, WebhookSecret: a.secret},
	}
}

func (a *ats) addCompany(c Client) { a.sim.AddCompany(c.Code, c.Name) }

func (a *ats) sendWebhooks(key, url, secret string) {
	if key != "automation" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.url, a.secret = url, secret
}

// fire queues the hub's own webhook for a recruiter's move.
func (a *ats) fire(c bullhorn.StatusChange) {
	body, err := json.Marshal(map[string]any{"type": stdhooks.CandidateStatusChanged, "timestamp": c.At.UTC().Format(time.RFC3339Nano),
		"data": map[string]any{"job_id": strconv.FormatInt(c.JobID, 10), "candidate_id": strconv.FormatInt(c.CandidateID, 10),
			"submission_id": strconv.FormatInt(c.SubmissionID, 10), "status": c.Status, "occurred_at": c.At.UTC().Format(time.RFC3339Nano)}})
	if err != nil {
		return // every field is text
	}
	a.mu.Lock()
	to := a.url
	a.mu.Unlock()
	if to == "" {
		return
	}
	select {
	case a.queue <- stdDelivery{"msg_" + uuid.NewString(), body}:
	default: // a full queue loses deliveries, as automations do; the poll heals it
	}
}

// send delivers in order, each a few times; what fails is left to the hub's poll.
func (a *ats) send(ctx context.Context) {
	defer close(a.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-a.queue:
			for try := range 4 {
				if a.post(ctx, d) == nil || ctx.Err() != nil {
					break
				}
				select {
				case <-ctx.Done():
				case <-time.After(time.Duration(1<<try) * 500 * time.Millisecond):
				}
			}
		}
	}
}

func (a *ats) post(ctx context.Context, d stdDelivery) error {
	a.mu.Lock()
	url, secret := a.url, a.secret
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(d.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := stdhooks.SetHeaders(req.Header, secret, d.id, time.Now(), d.body); err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)); err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return errors.New(resp.Status)
	}
	return nil
}

func (a *ats) stop() {
	a.halt()
	<-a.ended
}

// step lets a recruiter do one thing: move somebody who was found to the trigger
// status, or find somebody for a job that has too few.
func (a *ats) step(w *World) error {
	for _, s := range a.sim.Submissions() {
		if s.Status == "Internally Submitted" && w.chance(0.7) {
			return a.trigger(w, s)
		}
	}
	per := map[int64]int{}
	for _, s := range a.sim.Submissions() {
		per[s.JobID]++
	}
	var short []bullhorn.Job
	for _, j := range a.sim.OpenJobs() {
		if j.Reference != "" && per[j.ID] < 2+j.Openings {
			short = append(short, j)
		}
	}
	if len(short) == 0 || !w.chance(0.5) {
		return nil
	}
	return a.source(w, pick(w, short))
}

func (a *ats) trigger(w *World, s bullhorn.Submission) error {
	for _, p := range w.people.List(func(p person) bool { return p.Submission == s.ID }) {
		w.people.Update(p.Row, func(p *person) { p.Triggered = true })
	}
	return a.sim.SetStatus(s.ID, trigger)
}

// source finds a person for a job and puts them on it.
func (a *ats) source(w *World, j bullhorn.Job) error {
	p := w.nextPerson()
	p.Job, p.Title, p.Client = j.ID, j.Title, a.clientOf(w, j)
	if p.Permanent = w.permanent(j.Title); !p.Permanent {
		p.Bill, p.Pay = terms(w, j.BillRate)
	}
	p.Start = time.Now().AddDate(0, 0, 14).Format(time.DateOnly)
	p.End = time.Now().AddDate(0, 9, 0).Format(time.DateOnly)
	p.Candidate = a.sim.AddCandidate(bullhorn.CandidateSpec{FirstName: p.First, LastName: p.Last, Email: p.Email,
		Phone: fmt.Sprintf("+1 555 01%02d", w.people.Len()%100), Title: p.Title, City: "Denver", State: "CO", CountryID: 1,
		Skills: []string{"Stakeholder management"}, Resume: &bullhorn.File{Name: "Resume " + p.Last + ".pdf", ContentType: "application/pdf", Content: resume(p)}})
	spec := bullhorn.SubmissionSpec{JobID: j.ID, CandidateID: p.Candidate, BillRate: p.Bill, PayRate: p.Pay}
	var err error
	if p.Submission, err = a.sim.Submit(spec); err != nil {
		return err
	}
	w.people.Insert(func(id int64) person {
		p.Row = id
		return p
	})
	return nil
}

// permanent says whether the job's requisition is for a permanent position; the
// client's number stands at the end of the job's title.
func (w *World) permanent(title string) bool {
	for _, p := range w.opened.List(func(p posting) bool { return p.Kind == "perm" }) {
		if strings.HasSuffix(title, "("+p.number()+")") {
			return true
		}
	}
	return false
}

// terms agrees on rates: a little under the client's limit, a quarter of it margin.
func terms(w *World, limit string) (bill, pay string) {
	most, err := decimal.NewFromString(limit)
	if err != nil || !most.IsPositive() {
		most = decimal.NewFromInt(int64(60 + w.dice.IntN(50))) // the client forgot it; people talk
	}
	b := most.Mul(decimal.NewFromFloat(0.9 + w.dice.Float64()*0.1)).Round(0)
	return b.StringFixed(2), b.Mul(decimal.NewFromFloat(0.74)).Round(2).StringFixed(2)
}

func (a *ats) tally(t *Tally) {
	for ref, n := range a.sim.JobsPerReference() {
		t.Jobs += n
		if n > 1 && ref != "" {
			t.Twice = append(t.Twice, fmt.Sprintf("%d jobs with the reference %s", n, ref))
		}
	}
	for _, s := range a.sim.Submissions() {
		if s.Status != "Internally Submitted" && s.Status != "New Lead" {
			t.Submitted++
		}
	}
}

// clientOf gives the code of the client whose company the job belongs to.
func (a *ats) clientOf(w *World, j bullhorn.Job) string {
	for _, c := range w.clients {
		if c.company().Name == j.Company {
			return c.company().Code
		}
	}
	return ""
}
