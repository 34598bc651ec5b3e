package mapping

import (
	"reflect"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// sectionKind says what the cells of a section fill and what they see.
type sectionKind struct {
	name string
	to   reflect.Type // the canonical struct of an inbound map; nil: a vendor's JSON
	vars []string
	of   func(*Document) *[]Cell
}

// sectionKinds are the maps of a document in the order of its sections.
func sectionKinds() []sectionKind {
	return []sectionKind{
		{secRequisition, reflect.TypeFor[staffing.Requisition](), []string{expr.Raw, expr.Client}, func(d *Document) *[]Cell { return &d.Requisition }},
		{secSubmission, nil, []string{expr.Sub, expr.Req, expr.Raw, expr.Client}, func(d *Document) *[]Cell { return &d.Submission }},
		{secPlacement, reflect.TypeFor[staffing.Placement](), []string{expr.Raw, expr.Sub, expr.Req, expr.Client}, func(d *Document) *[]Cell { return &d.Placement }},
		{secJob, nil, []string{expr.Req, expr.Client}, func(d *Document) *[]Cell { return &d.Job }},
		{secCandidate, reflect.TypeFor[staffing.Candidate](), []string{expr.Raw}, func(d *Document) *[]Cell { return &d.Candidate }},
		{secOffered, reflect.TypeFor[staffing.Offered](), []string{expr.Raw}, func(d *Document) *[]Cell { return &d.Offered }},
		{secBill, nil, []string{expr.Bill, expr.Plc, expr.Client}, func(d *Document) *[]Cell { return &d.Bill }},
	}
}

func kindOfSection(name string) (sectionKind, bool) {
	for _, k := range sectionKinds() {
		if k.name == name {
			return k, true
		}
	}
	return sectionKind{}, false
}

// Sections lists the sections that hold cells, in the order of a document.
func Sections() []string {
	var out []string
	for _, k := range sectionKinds() {
		out = append(out, k.name)
	}
	return out
}

// Inbound says that the cells of a section fill a canonical record; those of the
// others fill a vendor's JSON.
func Inbound(section string) bool {
	k, ok := kindOfSection(section)
	return ok && k.to != nil
}

// Variables lists what the expressions of a section may read, besides lists.
func Variables(section string) []string {
	k, _ := kindOfSection(section)
	return k.vars
}
