package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// billCards shows the bills of a placement as they stand, for the viewer.
func billCards(f placementFacts) (out []web.BillCard) {
	numbers := map[string]string{}
	for _, b := range f.bills {
		if b.ERPNumber != "" {
			numbers[b.Reference] = b.ERPNumber
		}
	}
	for _, b := range f.bills {
		card := web.BillCard{ID: b.ID.String(), Kind: string(b.Kind), Version: b.Version, State: b.State, Reason: b.Reason, Number: b.ERPNumber, URL: b.ERPURL,
			Error: b.ERPError, ErrorField: b.ERPErrorField, Hash: b.ContentHash, Bill: *billView(&b.Bill.V), Mapped: f.mapped[b.ID],
			Corrects: orText(numbers[b.Bill.V.Corrects], b.Bill.V.Corrects)}
		card.Open = b.State == store.BillAwaitingReview || b.State == store.BillProposed || b.State == store.BillRefused && b.ERPError != ""
		card.Blocked = billBlocked(b, f.viewer)
		out = append(out, card)
	}
	return out
}

// billBlocked says why the viewer cannot approve a later bill; empty: they can, as far
// as the page knows.
func billBlocked(b store.Bill, viewer store.User) string {
	switch {
	case slices.Contains(b.Editors, viewer.ID.String()):
		return "You made this change, so another person must approve its bills."
	case slices.Contains(b.Makers, viewer.ID.String()):
		return "You made the map that the terms come from, or chose the client's customer or items, so another person must approve it."
	case b.State == store.BillProposed:
		return "Something of its terms is open."
	default:
		return ""
	}
}

// addMapped adds bills in the ERP's own fields, those that have not left yet.
func (s *Server) addMapped(ctx context.Context, f *placementFacts) error {
	f.mapped = map[uuid.UUID]web.Document{}
	for _, b := range f.bills {
		if b.State == store.BillPosted || b.State == store.BillRefused && b.ERPError == "" {
			continue
		}
		fields, erp, err := s.cfg.Desk.PreviewBill(ctx, b.ID)
		switch {
		case err == nil:
			f.mapped[b.ID] = web.Document{Title: "As " + erp + " gets it", Note: "mapped by the profile in force", Body: string(fields)}
		case staffing.CodeOf(err) == staffing.Internal:
			return err
		default:
			f.mapped[b.ID] = web.Document{Note: "The ERP's own fields cannot be shown: " + lowerFirst(staffing.MessageOf(err)) + "."}
		}
	}
	return nil
}

// approveLaterBill approves exactly the bill that the page showed.
func (s *Server) approveLaterBill(w http.ResponseWriter, r *http.Request) error {
	return s.decideBill(w, r, "Approved. The bill is on its way to the ERP.", func(ctx context.Context, bill uuid.UUID) error {
		return s.cfg.Desk.ApproveBill(ctx, viewer(r), bill, formText(r, "hash"))
	})
}

// refuseLaterBill takes a bill off the desk.
func (s *Server) refuseLaterBill(w http.ResponseWriter, r *http.Request) error {
	return s.decideBill(w, r, "Refused. The terms stay; another change proposes anew.", func(ctx context.Context, bill uuid.UUID) error {
		reason, err := reasonOf(r)
		if err != nil {
			return err
		}
		return s.cfg.Desk.RefuseBill(ctx, viewer(r), bill, reason)
	})
}

func (s *Server) decideBill(w http.ResponseWriter, r *http.Request, message string, act func(context.Context, uuid.UUID) error) error {
	id, err := uuid.Parse(chi.URLParam(r, "bill"))
	if err != nil {
		return errNoPage
	}
	return s.decide(w, r, message, func(ctx context.Context, placement uuid.UUID) error {
		b, err := s.store.Bill(ctx, id)
		if err != nil {
			return err
		}
		if b.PlacementID != placement {
			return errNoPage
		}
		return act(ctx, id)
	})
}

// recheckPlacement holds the terms against rules, contract and orders again.
func (s *Server) recheckPlacement(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "Checked again.", func(ctx context.Context, id uuid.UUID) error { return s.cfg.Desk.Recheck(ctx, viewer(r), id) })
}
