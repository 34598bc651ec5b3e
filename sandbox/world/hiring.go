package world

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

// hiring is a client with an applicant tracking system of its own.
type hiring struct {
	client Client
	sim    *greenhouse.Server
	faults *fault.Injector
	base   string
	secret string
}

func newHiring(ctx context.Context, w *World, c Client) (client, error) {
	h := &hiring{client: c, secret: w.secret(c.Code, rand.Text)}
	h.sim = greenhouse.New(w.journal.Prefix(c.Code), greenhouse.Options{})
	var err error
	h.base, h.faults, err = w.serve(ctx, h.sim)
	return h, err
}

func (h *hiring) company() Client { return h.client }

func (h *hiring) system() System {
	return System{Key: h.client.Code, Kind: "greenhouse", Role: staffing.RoleClient, Name: h.client.Name + " ATS", Client: h.client.Code, WebhookSecret: h.secret,
		Settings: map[string]string{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "base_url": h.base + "/v3", "token_url": h.base + "/token",
			"webhook_secret": h.secret, "calls_per_second": "30"}}
}

func (h *hiring) sendWebhooks(url, secret string) {
	h.sim.SetWebhook(greenhouse.Webhook{URL: url, Secret: secret})
	// Vendors repeat deliveries, and send them out of order.
	h.sim.Disturb(greenhouse.Trouble{Duplicate: 9, Swap: 13})
}

func (h *hiring) stop() { h.sim.StopWebhook() }

func (h *hiring) open(w *World, p posting) error {
	t := greenhouse.Terms{EmploymentType: map[string]string{"contract": "Contract", "temp": "Temp to hire", "perm": "Full-time"}[p.Kind], Currency: h.client.Currency,
		HoursPerWeek: p.Hours, StartDate: p.Start, EndDate: p.End, PurchaseOrder: p.Order, CostCentre: p.CostCentre, MaxSubmissions: p.Max}
	if p.Kind != "perm" && p.High > 0 {
		t.BillMin, t.BillMax, t.NotToExceed = amount(p.Low), amount(p.High), amount(p.High)
	}
	spec := greenhouse.JobSpec{Title: p.Title, Description: p.description(), RequisitionID: p.number(), Location: strings.Join(p.Places, "; "),
		Department: p.Department, Openings: p.Openings, TargetStart: p.Start, ManagerName: "Robin Hale", ManagerEmail: "robin.hale@" + strings.ToLower(h.client.Code) + ".example",
		Currency: h.client.Currency, CustomFields: t.Fields()}
	if p.Kind == "perm" && p.High > 0 {
		spec.CustomFields["salary_range"] = greenhouse.MoneyRange("salary_range", amount(p.Low*1000), amount(p.High*1000), h.client.Currency)
	}
	h.sim.OpenJob(spec)
	return nil
}

func amount(n int) string { return fmt.Sprintf("%d.00", n) }

// step moves one application along, refuses it, or hires.
func (h *hiring) step(w *World) (bool, error) {
	var live []greenhouse.ApplicationView
	for _, a := range h.sim.Applications() {
		if a.Status == "in_process" {
			live = append(live, a)
		}
	}
	if len(live) == 0 {
		return false, nil
	}
	// The oldest is looked at first, as people do when they feel guilty.
	a := live[0]
	if w.chance(0.4) {
		a = pick(w, live)
	}
	switch {
	case a.OfferStatus == "Accepted":
		return true, h.sim.Hire(a.ID, "")
	case a.OfferStatus == "Created":
		return true, h.sim.ResolveOffer(a.ID, w.chance(0.9))
	case a.OfferStatus == "Rejected":
		return true, h.sim.Reject(a.ID, "Took another job")
	case a.StageName == "Offer":
		return true, h.offer(w, a)
	case w.chance(0.08):
		return true, h.sim.Reject(a.ID, pick(w, []string{"Lacking skill(s)/qualification(s)", "Hired another candidate", "Rate too high", "Candidate withdrew"}))
	}
	_, err := h.sim.Advance(a.ID)
	return true, err
}

// offer makes an offer with what was agreed; now and then the client writes
// another rate, or forgets the order.
func (h *hiring) offer(w *World, a greenhouse.ApplicationView) error {
	t := greenhouse.Terms{Currency: h.client.Currency, StartDate: futureDay(w)}
	p, known := w.personBy(a.Email, h.client.Code)
	if known {
		t.BillRate, t.PayRate, t.EndDate = p.Bill, p.Pay, p.End
	}
	if t.BillRate != "" && w.chance(0.1) {
		t.BillRate = less(t.BillRate)
	}
	if !known || p.Permanent {
		t.Fee = amount(9000 + w.dice.IntN(16)*1000)
	}
	return h.sim.OfferTerms(a.ID, t)
}

// less is a rate two under the agreed one.
func less(rate string) string {
	d, err := decimal.NewFromString(rate)
	if err != nil {
		return rate
	}
	return d.Sub(decimal.NewFromInt(2)).StringFixed(2)
}

func (h *hiring) tally(t *Tally) {
	ours := map[greenhouse.JobCandidate]int{}
	for _, a := range h.sim.Applications() {
		if !strings.HasSuffix(a.Email, "@people.example") {
			continue
		}
		t.Applications++
		if a.Status == "hired" {
			t.Hired++
		}
		key := greenhouse.JobCandidate{JobID: a.JobID, Email: a.Email}
		if ours[key]++; ours[key] == 2 {
			t.Twice = append(t.Twice, fmt.Sprintf("two applications of %s for job %d at %s", a.Email, a.JobID, h.client.Name))
		}
	}
}
