package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// TestTheDeskWithoutAMouse lets finance correct a placement and find that they cannot
// approve it then, lets a second person approve it, and lets the account manager see
// it: all by keyboard.
func TestTheDeskWithoutAMouse(t *testing.T) {
	t.Parallel()
	in, o := install(t), openOutside(t)
	in.start()
	for _, role := range []string{"finance", "account_manager"} {
		in.addPerson(role)
	}
	o.open("NR-1", "Controls Engineer", "Contract", "PO-70001")
	connection := uuid.MustParse(in.person("admin").connectOutside(o))
	s := storetest.Replica(t, in.database, nil)
	client, err := s.Connection(t.Context(), connection)
	if err != nil {
		t.Fatal(err)
	}
	placed := hiresOf(t, s, client, 3, func(_ int, p *staffing.Placement) {
		p.BillingCodes = map[string]string{"BusinessUnit": "Security", "CustomerReferenceNumber": "CASTWO000070000000001", "ExternalReqNumber": "CE-00009"}
	})
	w := openBrowser(t, in.base)
	w.signIn("finance")
	opened := w.openByKeys()
	w.correctByKeys("Work site", "Plant 2, Austin", "As the order says.")
	w.says("Plant 2, Austin", "You edited this placement, so another person must approve it.")
	w.examine("desk-corrected")

	second := w.another()
	second.signIn("admin")
	second.open(opened)
	second.approveByKeys()
	if p, err := s.Placement(t.Context(), first(t, s, placed)); err != nil || p.State != store.PlacementApproved {
		t.Errorf("after the second person it is %s (%v)", p.State, err)
	}

	manager := second.another()
	manager.signIn("account_manager")
	manager.open(opened)
	manager.says("Plant 2, Austin", "Approved by")
	manager.examine("desk-account-manager")
	for _, x := range []*window{w, second, manager} {
		x.quiet()
	}
}

// openByKeys opens the first placement of the queue and gives its address.
func (w *window) openByKeys() string {
	w.t.Helper()
	p := w.page()
	w.open("/placements")
	w.says("Ada Byron")
	w.examine("desk-queue")
	p.leads("j and Enter", func() {
		w.press("j")
		w.pressEnter()
	})
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimPrefix(at, w.base)
}

func (w *window) correctByKeys(term, value, reason string) {
	w.t.Helper()
	p := w.page()
	w.press("e")
	p.choose("Term", term)
	p.tabTo("textbox", "Right value")
	w.press(value)
	p.tabTo("textbox", "Reason")
	w.press(reason)
	p.leads("Enter", func() { w.pressEnter() })
}

func (w *window) approveByKeys() {
	w.t.Helper()
	p := w.page()
	w.press("a")
	ask := p.within("dialog", "Post a bill of USD…")
	ask.tabTo("button", "Approve and post")
	p.leads("Enter", func() { w.pressEnter() })
}

// first gives the placement that somebody has corrected.
func first(t *testing.T, s *store.Store, placed []store.Placement) uuid.UUID {
	t.Helper()
	for _, p := range placed {
		now, err := s.Placement(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(now.Corrections.V) > 0 {
			return p.ID
		}
	}
	t.Fatal("nobody has corrected anything")
	return uuid.Nil
}
