package tryton

import (
	"context"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// party is the client as the one who is invoiced.
type party struct {
	id      int64
	address int64
}

// ensureParty finds the client by its code, or creates it. The code is unique in
// Tryton's database, so of two that create at once one is refused, and finds the
// other's when it looks again.
func (c *Connector) ensureParty(ctx context.Context, code, name string) (party, error) {
	id, err := c.findParty(ctx, code)
	if err != nil {
		return party{}, err
	}
	if id == 0 {
		if id, err = c.createParty(ctx, code, name); err != nil {
			return party{}, err
		}
	}
	address, err := c.ensureAddress(ctx, id)
	return party{id: id, address: address}, err
}

// findParty gives 0 when there is none. An inactive one counts: its code is taken.
func (c *Connector) findParty(ctx context.Context, code string) (int64, error) {
	var rows []struct {
		ID     int64 `json:"id"`
		Active bool  `json:"active"`
	}
	domain := list{list{"code", "=", code}, list{"active", "in", []bool{true, false}}}
	if err := c.search(ctx, "party.party", domain, 1, []string{"active"}, &rows); err != nil {
		return 0, explain(err, "cannot look up the client")
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if !rows[0].Active {
		return 0, &staffing.Error{Code: staffing.Invalid, Field: "client_code",
			Message: "the party " + cut(code) + " is deactivated in Tryton; activate it at Party > Parties before it is billed"}
	}
	return rows[0].ID, nil
}

func (c *Connector) createParty(ctx context.Context, code, name string) (int64, error) {
	if strings.TrimSpace(name) == "" {
		name = code
	}
	var ids []int64
	values := object{"code": code, "name": name, "addresses": list{list{"create", list{object{"invoice": true}}}}}
	err := c.write(ctx, "party.party.create", list{list{values}}, &ids)
	if err == nil && len(ids) == 1 {
		return ids[0], nil
	}
	if code := staffing.CodeOf(err); code != staffing.Invalid && code != staffing.Conflict {
		return 0, explain(orMissing(err), "the client could not be added as a party")
	}
	// Refused: perhaps because somebody was faster.
	if id, lookErr := c.findParty(ctx, code); lookErr == nil && id != 0 {
		return id, nil
	}
	return 0, explain(err, "the client could not be added as a party")
}

// ensureAddress takes the address for invoices, else any; a party made by hand may
// have none.
func (c *Connector) ensureAddress(ctx context.Context, partyID int64) (int64, error) {
	var rows []struct {
		ID      int64 `json:"id"`
		Invoice bool  `json:"invoice"`
	}
	err := c.search(ctx, "party.address", list{list{"party", "=", partyID}}, 100, []string{"invoice"}, &rows)
	if err != nil {
		return 0, explain(err, "cannot look up the client's address")
	}
	for _, r := range rows {
		if r.Invoice {
			return r.ID, nil
		}
	}
	if len(rows) > 0 {
		return rows[0].ID, nil
	}
	var ids []int64
	err = c.write(ctx, "party.address.create", list{list{object{"party": partyID, "invoice": true}}}, &ids)
	if err != nil || len(ids) != 1 {
		return 0, explain(orMissing(err), "the client's invoice address could not be added")
	}
	return ids[0], nil
}

// orMissing stands in for a create that gave neither an error nor an id.
func orMissing(err error) error {
	if err != nil {
		return err
	}
	return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Tryton gave no id for what it created"}
}
