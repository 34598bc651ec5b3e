package connectortest

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// optional are capabilities that need nothing of a Vendor.
func optional() []capability {
	return []capability{
		{name: "FieldLister", has: is[staffing.FieldLister], cases: fieldCases},
		{name: "StatusLister", has: is[staffing.StatusLister], cases: statusWordCases},
		{name: "BillingLister", has: is[staffing.BillingLister], cases: listBillingCases},
		{name: "BookSearcher", has: is[staffing.BookSearcher], cases: searchBooksCases},
	}
}

func fieldCases() []testCase {
	return []testCase{{"fields: each has a section, a key of its own, a label and a type, twice the same", func(s *suite) {
		b := s.bench(openOptions{})
		lister, _ := b.warm().(staffing.FieldLister)
		read := func() (out []staffing.VendorField) {
			if err := b.within(patient, "Fields", func(ctx context.Context) (err error) { out, err = lister.Fields(ctx); return err }); err != nil {
				b.Fatalf("Fields: %v", err)
			}
			return out
		}
		list := read()
		if len(list) == 0 {
			b.Errorf("Fields gives none; let the simulated vendor have some")
		}
		b.fieldsAreSound(list)
		again := read()
		if !slices.EqualFunc(list, again, func(x, y staffing.VendorField) bool { return x.Section == y.Section && x.Key == y.Key }) {
			b.Errorf("Fields of an unchanged vendor differ between two calls")
		}
	}}}
}

// sections are those of a mapping document that have fields of the vendor's.
func sections() []string {
	return []string{"requisition", "status", "submission", "placement", "job", "candidate", "offered", "bill"}
}

func (b *bench) fieldsAreSound(list []staffing.VendorField) {
	b.Helper()
	seen := map[string]bool{}
	for _, f := range list {
		name := f.Section + "/" + f.Key
		if seen[name] {
			b.Errorf("field %s comes twice", name)
		}
		seen[name] = true
		if !slices.Contains(sections(), f.Section) || f.Key == "" || strings.TrimSpace(f.Label) == "" || f.Type == "" {
			b.Errorf("field %+v lacks a known section, a key, a label or a type", f)
		}
		values := map[string]bool{}
		for _, o := range f.Options {
			if o.Value == "" || o.Label == "" || values[o.Value] {
				b.Errorf("option %+v of %s lacks a value or a label, or comes twice", o, name)
			}
			values[o.Value] = true
		}
	}
}

func statusWordCases() []testCase {
	return []testCase{{"statuses: each declared word has a subject and a label, and comes once", func(s *suite) {
		b := s.bench(openOptions{})
		lister, _ := b.warm().(staffing.StatusLister)
		var list []staffing.DeclaredStatus
		if err := b.within(patient, "DeclaredStatuses", func(ctx context.Context) (err error) { list, err = lister.DeclaredStatuses(ctx); return err }); err != nil {
			b.Fatalf("DeclaredStatuses: %v", err)
		}
		if len(list) == 0 {
			b.Errorf("DeclaredStatuses gives none; let the simulated vendor have some")
		}
		seen := map[string]bool{}
		for _, st := range list {
			key := string(st.Subject) + "/" + strings.ToLower(st.Word)
			if st.Subject != staffing.SubjectRequisition && st.Subject != staffing.SubjectSubmission || strings.TrimSpace(st.Word) == "" || st.Label == "" || seen[key] {
				b.Errorf("status %+v lacks a subject, a word or a label, or comes twice", st)
			}
			seen[key] = true
		}
	}}}
}

// vocabulary gives the calls that ask a vendor for its own words. A connector that
// declares its statuses without asking has nothing to fail.
func (b *bench) vocabulary(c staffing.Checker) (list []operation) {
	add := func(name string, call func(context.Context) error) {
		mark := b.mark()
		if err := b.within(patient, name, call); err != nil {
			b.Fatalf("%s of a healthy vendor fails: %v", name, err)
		}
		if b.dataCalls(mark) > 0 {
			list = append(list, operation{name: name, prepare: always(call)})
		}
	}
	if l, ok := c.(staffing.FieldLister); ok {
		add("Fields", func(ctx context.Context) error { _, err := l.Fields(ctx); return err })
	}
	if l, ok := c.(staffing.StatusLister); ok {
		add("DeclaredStatuses", func(ctx context.Context) error { _, err := l.DeclaredStatuses(ctx); return err })
	}
	if l, ok := c.(staffing.BillingLister); ok {
		add("ListBilling", func(ctx context.Context) error {
			_, err := l.ListBilling(ctx, "2026-01-01", "2026-12-31", "")
			return err
		})
	}
	if l, ok := c.(staffing.BookSearcher); ok {
		add("SearchBooks", func(ctx context.Context) error { _, err := l.SearchBooks(ctx, staffing.BookCustomer, "a"); return err })
	}
	return list
}
