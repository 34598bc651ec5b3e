package handlers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// The parts of a profile that can be copied.
const (
	partFields   = "fields"   // all maps, and how a status record is read
	partStatuses = "statuses" // the tables of words
	partRules    = "rules"
	partTriggers = "triggers" // trigger statuses and cadence
	partLists    = "lists"    // code lists that the target does not have
)

// copyParts lists the parts with what a person calls them.
var copyParts = [][2]string{{partFields, "Field maps"}, {partStatuses, "Status tables"}, {partRules, "Rules"}, {partTriggers, "Trigger statuses and cadence"}, {partLists, "Code lists that are not here yet"}}

// profileCopy is a copy of a profile onto the draft of another connection.
type profileCopy struct {
	to    uuid.UUID
	from  uuid.UUID    // uuid.Nil: the connector's template
	parts []string     // nil: all but the code lists
	at    *web.Edition // what the page was opened on; nil: whatever draft is there is replaced
}

func (c profileCopy) has(part string) bool {
	if c.parts == nil {
		return part != partLists
	}
	return slices.Contains(c.parts, part)
}

// copied is what a copy changes of the draft, or would change.
type copied struct {
	Revision int // of the draft; 0: nothing was saved
	Changes  []mapping.Change
	Warnings []string
	Lists    []string // names of the code lists that come along
}

// copying is a copy that is worked out.
type copying struct {
	profileCopy
	target profile
	name   string // of what is copied
	kind   string // of the connector it is for
	source mapping.Document
	lists  map[string]map[string]string // those that come along
	after  mapping.Document
}

// copyPreview works out what a copy would change, and what of it does not fit.
func (s *Server) copyPreview(ctx context.Context, c profileCopy) (copied, error) {
	x, err := s.workOut(ctx, c)
	if err != nil {
		return copied{}, err
	}
	return s.judged(ctx, x)
}

func (s *Server) judged(ctx context.Context, x copying) (copied, error) {
	warnings, err := s.misfits(ctx, x)
	return copied{Changes: mapping.Diff(x.target.document, x.after), Warnings: warnings, Lists: slices.Sorted(maps.Keys(x.lists))}, err
}

// copyProfileBy makes the target's draft a copy, or replaces it. Nothing is
// published. Code lists are added where the target has none of that name; they
// change nothing that is in force. Conflict when somebody changed the draft since c.at.
func (s *Server) copyProfileBy(ctx context.Context, by string, c profileCopy) (out copied, err error) {
	if _, err := s.profiles(); err != nil {
		return out, err
	}
	x, err := s.workOut(ctx, c)
	if err != nil {
		return out, err
	}
	if out, err = s.judged(ctx, x); err != nil {
		return out, err
	}
	text, err := x.after.YAML()
	if err != nil {
		return out, err
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if out.Revision, err = saveCopy(ctx, tx, by, x, string(text)); err != nil {
			return err
		}
		for name, entries := range x.lists {
			if _, err := tx.SaveCodeList(ctx, c.to, name, entries, by); err != nil {
				return err
			}
		}
		action, detail := "profile.copied", map[string]any{"from": x.name, "parts": strings.Join(x.chosen(), " "), "lists": strings.Join(out.Lists, " ")}
		if c.from == uuid.Nil {
			action = "profile.reset"
		}
		return tx.Audit(ctx, by, action, string(staffing.SubjectConnection), c.to.String(), detail)
	})
	if err == nil && len(x.lists) > 0 {
		s.cfg.Systems.Forget(c.to)
	}
	return out, err
}

// saveCopy saves the draft, and begins one if there is none.
func saveCopy(ctx context.Context, tx *store.Tx, by string, x copying, text string) (int, error) {
	if x.at != nil {
		if _, err := draftFor(ctx, tx, edit{connection: x.to, by: by, at: *x.at}); err != nil {
			return 0, err
		}
	}
	draft, err := tx.StartDraft(ctx, x.to, by)
	if err != nil {
		return 0, err
	}
	draft, err = tx.SaveDraft(ctx, x.to, draft.Revision, text, by)
	return draft.Revision, err
}

func (c profileCopy) chosen() (out []string) {
	for _, p := range copyParts {
		if c.has(p[0]) {
			out = append(out, p[0])
		}
	}
	return out
}

// workOut reads both profiles and makes the document that the draft would be.
func (s *Server) workOut(ctx context.Context, c profileCopy) (x copying, err error) {
	x.profileCopy = c
	if x.target, err = s.profileOf(ctx, c.to); err != nil {
		return x, err
	}
	if c.from == uuid.Nil {
		err = s.fromTemplate(&x)
	} else {
		err = s.fromConnection(ctx, &x)
	}
	if err != nil {
		return x, err
	}
	x.after = x.assembled()
	return x, nil
}

func (s *Server) fromTemplate(x *copying) error {
	kind, err := s.cfg.Registry.Kind(x.target.connection.Kind)
	if err != nil {
		return err
	}
	x.name, x.kind = "the template of "+kind.Label, kind.Name
	if x.source, err = mapping.Parse(kind.Mapping); err != nil {
		return staffing.Errorf(staffing.Internal, "the default profile of %s cannot be read: %w", kind.Label, err)
	}
	return nil
}

func (s *Server) fromConnection(ctx context.Context, x *copying) error {
	from, err := s.store.Connection(ctx, x.from)
	if err != nil {
		return err
	}
	switch {
	case x.from == x.to:
		return staffing.Errorf(staffing.Invalid, "a profile cannot be copied onto itself")
	case from.Role != x.target.connection.Role:
		return staffing.Errorf(staffing.Invalid, "%s is of another kind of system: its profile says nothing for %s", from.Name, x.target.connection.Name)
	}
	p, err := s.store.PublishedProfile(ctx, x.from)
	if err != nil {
		return err
	}
	x.name, x.kind = from.Name, from.Kind
	if x.source, err = mapping.Parse([]byte(p.Document)); err != nil {
		return err
	}
	if x.kind != x.target.connection.Kind {
		s.keepOwn(x)
	}
	if !x.has(partLists) {
		return nil
	}
	return s.addLists(ctx, x)
}

// keepOwn takes out of a profile of another connector what its template brought: only
// the rules and lists that somebody wrote for the client mean something elsewhere. The
// target's own rules stay.
func (s *Server) keepOwn(x *copying) {
	var template mapping.Document
	if kind, err := s.cfg.Registry.Kind(x.kind); err == nil {
		template, err = mapping.Parse(kind.Mapping)
		if err != nil {
			s.log.Warn("the default profile of a connector cannot be read", "kind", kind.Name, "err", err)
		}
	}
	rules := x.target.document
	for _, r := range x.source.Rules {
		if !slices.Contains(template.Rules, r) {
			rules = rules.WithRule(r)
		}
	}
	lists := maps.Clone(x.source.Lists)
	maps.DeleteFunc(lists, func(name string, l map[string]string) bool { return maps.Equal(l, template.Lists[name]) })
	x.source.Rules, x.source.Lists = rules.Rules, lists
}

// addLists takes the code lists of the source that the target does not have.
func (s *Server) addLists(ctx context.Context, x *copying) error {
	theirs, err := s.store.AllCodeLists(ctx, x.from)
	if err != nil {
		return err
	}
	have, err := s.store.CodeLists(ctx, x.to)
	if err != nil {
		return err
	}
	for _, l := range have {
		delete(theirs, l.Name)
	}
	x.lists = theirs
	return nil
}

// assembled takes the chosen parts from the source and the others from the target.
func (x copying) assembled() mapping.Document {
	d, from := x.target.document, x.source
	if x.has(partFields) {
		d.Requisition, d.Status, d.Submission, d.Placement = from.Requisition, from.Status, from.Submission, from.Placement
		d.Job, d.Candidate, d.Offered, d.Bill = from.Job, from.Candidate, from.Offered, from.Bill
	}
	if x.has(partStatuses) {
		d.RequisitionStatus, d.Stages, d.InternalStatus = from.RequisitionStatus, from.Stages, from.InternalStatus
	}
	if x.has(partRules) {
		d.Rules = from.Rules
	}
	if x.has(partTriggers) {
		d.Triggers, d.Poll = from.Triggers, from.Poll
	}
	if x.from == uuid.Nil && x.parts == nil {
		d.About = from.About
	}
	if x.has(partLists) || x.from == uuid.Nil {
		lists := maps.Clone(from.Lists)
		if lists == nil {
			lists = map[string]map[string]string{}
		}
		maps.Copy(lists, d.Lists)
		d.Lists = lists
	}
	return d
}
