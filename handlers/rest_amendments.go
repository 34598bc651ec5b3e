package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListPlacementVersions implements the operation of that name.
func (a restAPI) ListPlacementVersions(ctx context.Context, req api.ListPlacementVersionsRequestObject) (api.ListPlacementVersionsResponseObject, error) {
	if _, err := a.s.store.Placement(ctx, req.ID); err != nil {
		return nil, err
	}
	list, err := a.s.store.PlacementVersions(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.ListPlacementVersions200JSONResponse{Items: each(list, placementVersion)}, nil
}

func placementVersion(v store.PlacementVersion) api.PlacementVersion {
	return api.PlacementVersion{Version: v.Version, Kind: v.Kind, EffectiveFrom: v.EffectiveFrom, Terms: v.Terms.V, Provenance: provenance(v.Provenance.V),
		Findings: each(v.Findings.V, same), Reason: v.Reason, Author: v.Author, CreatedAt: v.CreatedAt.UTC()}
}

// provenance is never nil: {} in JSON says that nothing is known.
func provenance(p store.Provenance) api.Provenance {
	out := api.Provenance{}
	for name, s := range p {
		s.At = s.At.UTC()
		out[name] = s
	}
	return out
}

// PreviewAmendment implements the operation of that name.
func (a restAPI) PreviewAmendment(ctx context.Context, req api.PreviewAmendmentRequestObject) (api.PreviewAmendmentResponseObject, error) {
	sent, err := a.amendment(ctx, req.ID, api.Amendment(*req.Body))
	if err != nil {
		return nil, err
	}
	by, err := a.proposer(ctx)
	if err != nil {
		return nil, err
	}
	out, err := a.s.cfg.Desk.PreviewAmendment(ctx, by, req.ID, sent)
	if err != nil {
		return nil, inChanges(err, sent)
	}
	blocked := slices.ContainsFunc(out.Findings, func(f staffing.Finding) bool { return f.Severity == staffing.SeverityError })
	return api.PreviewAmendment200JSONResponse{Bills: each(out.Bills, same), Findings: each(out.Findings, same), Blocked: blocked}, nil
}

// AmendPlacement implements the operation of that name.
func (a restAPI) AmendPlacement(ctx context.Context, req api.AmendPlacementRequestObject) (api.AmendPlacementResponseObject, error) {
	sent, err := a.amendment(ctx, req.ID, *req.Body)
	if err != nil {
		return nil, err
	}
	by, err := a.proposer(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.s.cfg.Desk.Amend(ctx, by, req.ID, sent); err != nil {
		return nil, inChanges(err, sent)
	}
	out, err := a.amended(ctx, req.ID)
	return api.AmendPlacement201JSONResponse(out), err
}

// proposer is who amends: the token by name, and by id the person that issued it, so
// that this person cannot approve what follows. A token of the command line has nobody
// behind it.
func (a restAPI) proposer(ctx context.Context) (store.User, error) {
	token := tokenOf(ctx)
	issuer, err := optional(a.s.store.UserByEmail(ctx, token.CreatedBy))
	if issuer.ID == uuid.Nil {
		issuer.ID = token.ID
	}
	return store.User{ID: issuer.ID, Email: actorOf(ctx), Name: actorOf(ctx), Role: finance}, err
}

// amendment reads what was sent. Before the first bill is posted an amendment would
// correct what a person reviews, which a token does not.
func (a restAPI) amendment(ctx context.Context, id uuid.UUID, sent api.Amendment) (out staffing.Amendment, err error) {
	p, err := a.s.store.Placement(ctx, id)
	if err != nil {
		return out, err
	}
	out = staffing.Amendment{Kind: staffing.VersionKind(sent.Kind), EffectiveFrom: staffing.Date(sent.EffectiveFrom), Changes: sent.Changes, Reason: sent.Reason}
	if err := a.changes(out); err != nil {
		return out, err
	}
	switch p.State {
	case store.PlacementPosted:
		return out, nil
	case store.PlacementCancelled:
		return out, staffing.Errorf(staffing.Conflict, "this placement was taken back before anything was posted; there is nothing to amend")
	}
	return out, staffing.Errorf(staffing.Conflict, "the first bill of this placement is not posted (its state is %s): until then a person corrects its terms, on the placement's page", p.State)
}

// changes holds the changes of an amendment against its kind and the terms there are.
func (a restAPI) changes(sent staffing.Amendment) error {
	switch {
	case sent.Kind.Void() && len(sent.Changes) > 0:
		return invalidField("changes", "changes: a %s takes the whole placement back; leave them out", words(string(sent.Kind)))
	case sent.Kind == staffing.VersionEarlyEnd && sent.Changes["end_date"] == "":
		return invalidField("changes.end_date", "changes.end_date: an early end needs the last day, such as 2026-12-31")
	case sent.Kind == staffing.VersionAmendment && len(sent.Changes) == 0 && sent.EffectiveFrom == "":
		return invalidField("changes", "changes: an amendment changes a term, or says from which day on changed terms hold")
	}
	var known []string
	for _, f := range a.s.cfg.Desk.Fields() {
		known = append(known, f[0])
	}
	for name := range sent.Changes {
		if !slices.Contains(known, name) {
			return invalidField("changes."+name, "changes: %q is no term; the terms are %s", cut(name, 60), strings.Join(known, ", "))
		}
	}
	return nil
}

// inChanges names the member of the request where the desk names a term.
func inChanges(err error, sent staffing.Amendment) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return err
	}
	if _, ok := sent.Changes[coded.Field]; !ok {
		return err
	}
	named := *coded
	named.Field = "changes." + coded.Field
	return &named
}

// amended gives the version that the token made just now, and the bills that it
// proposed. A placement that was taken back already has no newer one: then it is that.
func (a restAPI) amended(ctx context.Context, id uuid.UUID) (out api.AmendmentResult, err error) {
	p, err := a.s.store.PlacementRow(ctx, id)
	if err != nil {
		return out, err
	}
	versions, err := a.s.store.PlacementVersions(ctx, id)
	if err != nil {
		return out, err
	}
	at := max(0, slices.IndexFunc(versions, func(v store.PlacementVersion) bool { return v.Author == actorOf(ctx) }))
	if versions[0].Kind.Void() {
		at = 0
	}
	bills, err := a.s.store.Bills(ctx, id)
	if err != nil {
		return out, err
	}
	out.Version = placementVersion(versions[at])
	bills = slices.DeleteFunc(bills, func(b store.Bill) bool { return b.Version != versions[at].Version || b.Kind == staffing.BillFirst })
	out.Bills = each(bills, billOf(p))
	return out, nil
}
