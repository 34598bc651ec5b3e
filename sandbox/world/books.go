package world

import (
	"context"
	"fmt"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
)

// books are the firm's financial system.
type books struct {
	sim    *tryton.Server // nil: a real one is used
	faults *fault.Injector
	system System
}

func newBooks(ctx context.Context, w *World) (*books, error) {
	b := &books{system: System{Key: "books", Kind: "tryton", Role: staffing.RoleERP, Name: "Our books"}}
	if facts := w.opts.ERP; facts != nil {
		b.system.Settings = map[string]string{"base_url": facts["URL"], "login": facts["LOGIN"], "password": facts["PASSWORD"]}
		return b, nil
	}
	b.sim = tryton.New(w.journal, tryton.Options{})
	base, faults, err := w.serve(ctx, b.sim)
	if err != nil {
		return nil, err
	}
	b.faults = faults
	b.system.Settings = map[string]string{"base_url": base + "/staffing", "login": "hub", "password": "hub-Drafts26", "invoice_url": base + b.sim.InvoicePath()}
	return b, nil
}

func (b *books) tally(t *Tally) {
	if b.sim == nil {
		return
	}
	seen := map[string]int{}
	for _, i := range b.sim.Invoices() {
		if i.State == "cancelled" {
			continue
		}
		t.Bills++
		if seen[i.Reference]++; seen[i.Reference] == 2 {
			t.Twice = append(t.Twice, fmt.Sprintf("two bills with the reference %s", i.Reference))
		}
	}
}
