package mapping

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Program is a compiled mapping document. All methods are safe for concurrent
// use. A nil Program maps nothing and says so.
type Program struct {
	doc    Document
	tables *tables
	clean  *expr.Cleaner

	sections map[string]*section // by name

	statusWord, statusAt *expr.Program
}

// Status is what a status record says.
type Status struct {
	Word     string         // the vendor's status word
	Stage    staffing.Stage // "" when no table knows the word
	At       time.Time      // by the vendor's clock; zero when it does not say
	Original string         // the vendor's own spelling of At
}

// Document gives the document that the program was made of. It is not to be changed.
func (p *Program) Document() Document {
	if p == nil {
		return Document{}
	}
	return p.doc
}

// Requisition maps a client's record. Gaps block the record; the fields without
// a gap are set all the same. The error is [staffing.Invalid]: raw is no JSON
// object, or a cell ran out of its limits.
func (p *Program) Requisition(raw json.RawMessage, client staffing.Client) (staffing.Requisition, []staffing.Gap, error) {
	var out staffing.Requisition
	s, err := p.section(secRequisition)
	if err != nil {
		return out, nil, err
	}
	vars := &expr.Vars{}
	if vars.Raw, err = expr.Decode(raw); err != nil {
		return out, nil, err
	}
	if s.uses[expr.Client] {
		vars.Client = expr.Record(client)
	}
	root := reflect.ValueOf(&out).Elem()
	accepting := false
	gaps, err := s.run(vars, p.tables, func(c *cell, v any) error {
		accepting = accepting || c.name == secRequisition+".accepting_submissions"
		return c.to.set(root, v)
	})
	if err != nil {
		return staffing.Requisition{}, nil, err
	}
	if out.RawStatus == "" {
		out.RawStatus = p.rawStatus(s, vars)
	}
	if !accepting {
		out.AcceptingSubmissions = out.Status == staffing.ReqOpen
	}
	if !s.cleaned {
		out.Description = p.clean.Clean(out.Description)
	}
	return out, gaps, nil
}

// rawStatus keeps the client's own word beside the state that the table gave.
func (p *Program) rawStatus(s *section, vars *expr.Vars) string {
	for i := range s.cells {
		c := &s.cells[i]
		if !c.status {
			continue
		}
		v, _, err := c.result(c.value, vars)
		if word, ok := scalarText(v); ok && err == nil {
			return word
		}
	}
	return ""
}

// Candidate maps a record of the internal ATS.
func (p *Program) Candidate(raw json.RawMessage) (staffing.Candidate, []staffing.Gap, error) {
	var out staffing.Candidate
	gaps, err := p.inbound(secCandidate, raw, reflect.ValueOf(&out).Elem(), &expr.Vars{})
	if err != nil {
		return staffing.Candidate{}, nil, err
	}
	return out, gaps, nil
}

// Offered maps the rates and dates of a candidate-on-job record. A document
// without that section offers nothing.
func (p *Program) Offered(raw json.RawMessage) (staffing.Offered, []staffing.Gap, error) {
	var out staffing.Offered
	if p != nil && len(p.sections[secOffered].cells) == 0 {
		return out, nil, nil
	}
	gaps, err := p.inbound(secOffered, raw, reflect.ValueOf(&out).Elem(), &expr.Vars{})
	if err != nil {
		return staffing.Offered{}, nil, err
	}
	return out, gaps, nil
}

// Placement maps what the client's system knows of a hire. Expressions see the
// submission and the requisition, so that an agreed value can be the default.
func (p *Program) Placement(raw json.RawMessage, sub staffing.Submission, req staffing.Requisition, client staffing.Client) (staffing.Placement, []staffing.Gap, error) {
	var out staffing.Placement
	vars := &expr.Vars{Sub: expr.Record(sub), Req: expr.Record(req), Client: expr.Record(client)}
	gaps, err := p.inbound(secPlacement, raw, reflect.ValueOf(&out).Elem(), vars)
	if err != nil {
		return staffing.Placement{}, nil, err
	}
	return out, gaps, nil
}

func (p *Program) inbound(name string, raw json.RawMessage, root reflect.Value, vars *expr.Vars) ([]staffing.Gap, error) {
	s, err := p.section(name)
	if err != nil {
		return nil, err
	}
	if vars.Raw, err = expr.Decode(raw); err != nil {
		return nil, err
	}
	return s.run(vars, p.tables, into(root))
}

// section gives a section that has cells, or the error that there is none.
func (p *Program) section(name string) (*section, error) {
	if p == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the connection has no mapping document")
	}
	s := p.sections[name]
	if len(s.cells) == 0 {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: name, Message: "the mapping document has no section " + quote(name)}
	}
	return s, nil
}
