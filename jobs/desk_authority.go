package jobs

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// decision is what somebody wants to approve, and who may not.
type decision struct {
	bill            *staffing.Bill
	editors, makers []string // ids of users
}

// bars says why a person may not approve; "": they may.
func (c decision) bars(id uuid.UUID) string {
	switch {
	case slices.Contains(c.editors, id.String()):
		return "You edited the terms of this placement; somebody else has to approve it."
	case slices.Contains(c.makers, id.String()):
		return "You wrote or published the mapping, or chose the customer or items, that this bill comes from; somebody else has to approve it."
	}
	return ""
}

// instead is whose right a decision is made by; nil: the approver's own.
type instead struct{ *store.DelegationRow }

func (i instead) user() *uuid.UUID {
	if i.DelegationRow == nil {
		return nil
	}
	return &i.FromUser
}

// note adds to what the audit log says.
func (i instead) note(detail map[string]any) map[string]any {
	if i.DelegationRow != nil {
		detail["on_behalf_of"] = i.FromEmail
	}
	return detail
}

// decides lists the roles that approve.
func decides(role string) bool { return role == "finance" || role == "admin" }

// authority says by whose right somebody approves: by their own within the limit of
// their role, else by that of a person who is away and whose delegate they are, within
// that person's limit. Neither may have edited the terms or made their map. The
// database asks the same again.
func (d Desk) authority(ctx context.Context, tx *store.Tx, by store.User, c decision) (instead, error) {
	if why := c.bars(by.ID); why != "" {
		return instead{}, staffing.Errorf(staffing.Forbidden, "%s", why)
	}
	own, err := within(ctx, tx, by.Role, c.bill)
	if err != nil || own == "" {
		return instead{}, err
	}
	all, err := tx.ActiveDelegations(ctx, by.ID)
	if err != nil {
		return instead{}, err
	}
	for i := range all {
		if c.bars(all[i].FromUser) != "" {
			continue
		}
		why, err := within(ctx, tx, all[i].FromRole, c.bill)
		if err != nil || why == "" {
			return instead{&all[i]}, err
		}
	}
	return instead{}, staffing.Errorf(staffing.Forbidden, "%s", own)
}

// within says why a role may not decide about a bill; "": it may.
func within(ctx context.Context, tx *store.Tx, role string, bill *staffing.Bill) (string, error) {
	if !decides(role) {
		return "Placements are approved by finance, or by who stands in for somebody of finance.", nil
	}
	if bill == nil {
		return "", nil
	}
	limit, err := tx.LimitOf(ctx, role, bill.Currency)
	if err != nil || limit == nil || !bill.Total.Abs().GreaterThan(*limit) {
		return "", err
	}
	places := staffing.MinorUnits(bill.Currency)
	return "The amount of " + bill.Total.StringFixed(places) + " " + bill.Currency + " is above your limit of " + limit.StringFixed(places) + "; somebody with a higher one has to approve it.", nil
}
