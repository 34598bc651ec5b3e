package world

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

// tenant is a client with a vendor management system.
type tenant struct {
	client Client
	sim    *fieldglass.Server
	faults *fault.Injector
	base   string
	secret string
}

func newTenant(ctx context.Context, w *World, c Client) (client, error) {
	t := &tenant{client: c, secret: w.secret(c.Code, rand.Text)}
	t.sim = fieldglass.New(w.journal.Prefix(c.Code), fieldglass.Options{BuyerCode: "CAST"})
	var err error
	t.base, t.faults, err = w.serve(ctx, t.sim)
	return t, err
}

func (t *tenant) company() Client { return t.client }

func (t *tenant) system() System {
	return System{Key: t.client.Code, Kind: "fieldglass", Role: staffing.RoleClient, Name: t.client.Name + " VMS", Client: t.client.Code, WebhookSecret: t.secret,
		Settings: map[string]string{"host": t.base, "client_id": "API_SUP1", "client_secret": "sandbox-licence-key", "buyer_code": "CAST", "supplier_code": "SUP1",
			"webhook_user": "tributary", "webhook_password": t.secret, "time_zone": "UTC"}}
}

func (t *tenant) sendWebhooks(url, secret string) {
	t.sim.SetPush(fieldglass.Subscription{URL: url, User: "tributary", Password: secret})
	t.sim.Disturb(fieldglass.Trouble{Duplicate: 9, Swap: 13})
}

func (t *tenant) stop() { t.sim.StopPush() }

func (t *tenant) open(w *World, p posting) error {
	spec := fieldglass.PostingSpec{Title: strings.TrimSpace(p.Title), Description: p.description(), BusinessUnit: p.Department, Openings: p.Openings, MaxSubmissions: int(p.Max),
		StartDate: p.Start, EndDate: p.End, RespondBy: time.Now().AddDate(0, 1, 0).Format(time.DateOnly),
		CostCentres: []fieldglass.CostCentre{{Code: p.CostCentre, Name: "Desk", Percent: "100.000"}}, PurchaseOrder: p.Order,
		ExternalNumber: fmt.Sprintf("CE-%05d", p.Number), ManagerUser: "jstone", ManagerName: "Stone, Jamie", Currency: t.client.Currency, HoursPerWeek: fmt.Sprintf("%d.00", p.Hours)}
	if len(p.Places) > 0 {
		city, state, _ := strings.Cut(p.Places[0], ",")
		spec.Site = fieldglass.Site{Code: "SITE-" + strings.ToUpper(strings.Map(letters, city)), City: city, State: strings.TrimSpace(state)}
	}
	if p.High > 0 && p.Kind != "perm" {
		spec.BillMin, spec.BillMax = amount(p.Low), amount(p.High)
	} else {
		spec.BillMin, spec.BillMax = "55.00", "85.00" // a VMS has no postings without a rate
	}
	_, err := t.sim.OpenPosting(spec)
	return err
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return -1
}

// step moves one job seeker along, refuses it, or hires.
func (t *tenant) step(w *World) (bool, error) {
	var live []fieldglass.JobSeeker
	_, exits := fieldglass.Statuses()
	for _, s := range t.sim.JobSeekers() {
		if s.Status != "Hired" && !contains(exits, s.Status) {
			live = append(live, s)
		}
	}
	if len(live) == 0 {
		return false, nil
	}
	s := live[0]
	if w.chance(0.4) {
		s = pick(w, live)
	}
	path := []string{"Submitted", "Under Review", "Shortlisted", "Interview Requested", "Interview Scheduled", "Interview Completed"}
	for i, status := range path {
		if s.Status != status {
			continue
		}
		if w.chance(0.08) {
			return true, t.sim.RejectJobSeeker(s.ID, "Rate too high")
		}
		if i+1 < len(path) {
			return true, t.sim.MoveJobSeeker(s.ID, path[i+1])
		}
		return true, t.hire(w, s)
	}
	return false, nil
}

// hire issues the work order at what was agreed.
func (t *tenant) hire(w *World, s fieldglass.JobSeeker) error {
	spec := fieldglass.WorkOrderSpec{StartDate: futureDay(w)}
	if p, ok := w.personBy(s.Email, t.client.Code); ok {
		spec.BillRate, spec.PayRate, spec.EndDate = p.Bill, p.Pay, p.End
	}
	_, err := t.sim.Hire(s.ID, spec)
	return err
}

// futureDay is a start date of the next weeks.
func futureDay(w *World) string {
	return time.Now().AddDate(0, 0, 5+w.dice.IntN(20)).Format(time.DateOnly)
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func (t *tenant) tally(sum *Tally) {
	for _, s := range t.sim.JobSeekers() {
		sum.Applications++
		if s.Status == "Hired" {
			sum.Hired++
		}
	}
	for pair, n := range t.sim.CountPairs() {
		if n > 1 {
			sum.Twice = append(sum.Twice, fmt.Sprintf("%d job seekers %s for posting %s at %s", n, pair.Candidate, pair.PostingID, t.client.Name))
		}
	}
}
