package jobs

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// trial is a draft beside what is in force.
type trial struct {
	store      *store.Store
	connection store.Connection
	now, next  compiled
	clients    map[uuid.UUID]staffing.Client
	internal   map[uuid.UUID]*mapping.Program // of the internal ATSs, by connection
	at         time.Time                      // what both take for now
}

// newTrial puts a profile of these code lists beside what is in force.
func (h *Hub) newTrial(ctx context.Context, p store.Preview, next compiled) (*trial, error) {
	t := &trial{store: h.store, next: next, clients: map[uuid.UUID]staffing.Client{}, internal: map[uuid.UUID]*mapping.Program{}, at: h.now()}
	var err error
	if t.connection, err = h.store.Connection(ctx, p.ConnectionID); err != nil {
		return nil, err
	}
	lists, err := h.store.AllCodeLists(ctx, p.ConnectionID)
	if err != nil {
		return nil, err
	}
	if p.BaseVersion > 0 {
		base, err := h.store.ProfileVersion(ctx, p.ConnectionID, p.BaseVersion)
		if err != nil {
			return nil, err
		}
		t.now, err = compileProfile(base.Document, lists)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid { // a list that it names is gone: it maps nothing any more
			return nil, err
		}
	}
	return t, t.readClients(ctx)
}

// readClients reads the clients, and what the internal ATSs make of requisitions.
func (t *trial) readClients(ctx context.Context) error {
	clients, err := t.store.Clients(ctx)
	if err != nil {
		return err
	}
	for _, c := range clients {
		t.clients[c.ID] = c.Domain()
	}
	all, err := t.store.Connections(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Role != staffing.RoleInternalATS || c.ID == t.connection.ID {
			continue
		}
		profile, err := t.store.PublishedProfile(ctx, c.ID)
		if staffing.CodeOf(err) == staffing.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		lists, err := t.store.AllCodeLists(ctx, c.ID)
		if err != nil {
			return err
		}
		if in, err := compileProfile(profile.Document, lists); err == nil {
			t.internal[c.ID] = in.program
		}
	}
	return nil
}

// requisition compares what both make of a client's requisition. One whose job is
// in the internal ATS and comes out different there would be written once more.
func (t *trial) requisition(ctx context.Context, raw store.RawRecord, req store.Requisition) finding {
	client := t.clients[req.ClientID]
	if t.connection.ClientID != nil {
		client = t.clients[*t.connection.ClientID]
	}
	var canon [2]staffing.Requisition
	var out [2]outcome
	for i, c := range []compiled{t.now, t.next} {
		canonical, gaps, err := c.program.Requisition(raw.Raw, client)
		if err != nil {
			out[i] = verdictOn(nil, nil, nil, err)
			continue
		}
		if canonical.ExternalID == "" {
			canonical.ExternalID = raw.ExternalID
		}
		found := c.rules.Check(ctx, staffing.SubjectRequisition, rules.Input{Requisition: &canonical, Client: client, Now: t.at})
		canon[i], out[i] = canonical, verdictOn(canonical, gaps, found, nil)
	}
	about := store.PreviewRecord{Subject: staffing.SubjectRequisition, RawID: &raw.ID, Title: titleOf(canon[1], canon[0], raw.ExternalID)}
	if req.ID != uuid.Nil {
		about.RequisitionID, about.SubjectID = &req.ID, req.ID.String()
	}
	return judge(about, out[0], out[1], t.rewrites(req, canon[0], canon[1], client))
}

func titleOf(a, b staffing.Requisition, fallback string) string {
	return first(first(a.Title, b.Title), fallback)
}

// rewrites says that the job of a requisition would be written anew in the internal
// ATS that holds it.
func (t *trial) rewrites(req store.Requisition, before, after staffing.Requisition, client staffing.Client) bool {
	if req.JobID == nil || req.JobConnectionID == nil || t.internal[*req.JobConnectionID] == nil {
		return false
	}
	p := t.internal[*req.JobConnectionID]
	was, _, errWas := p.Job(before, client)
	is, _, errIs := p.Job(after, client)
	return errWas == nil && errIs == nil && !bytes.Equal(was, is)
}

// status compares the stage that both take a client's word for.
func (t *trial) status(raw store.RawRecord, sub store.Submission) finding {
	var out [2]outcome
	word := ""
	for i, c := range []compiled{t.now, t.next} {
		said, gaps, err := c.program.Status(raw.Raw)
		out[i] = verdictOn(map[string]any{"stage": said.Stage.Label(), "word": said.Word, "at": whenSaid(said, raw)}, gaps, nil, err)
		word = first(said.Word, word)
	}
	about := store.PreviewRecord{Subject: staffing.SubjectSubmission, RawID: &raw.ID, Title: first(word, raw.ExternalID)}
	if sub.ID != uuid.Nil {
		about.SubjectID, about.RequisitionID = sub.ID.String(), &sub.RequisitionID
	}
	return judge(about, out[0], out[1], false)
}

// move compares whether both take a recruiter's word for a candidate as the sign to
// submit. The submissions that are there are not touched: it counts for the next move.
func (t *trial) move(raw store.RawRecord, e staffing.CandidateStatusChanged, req store.Requisition) finding {
	var out [2]outcome
	for i, c := range []compiled{t.now, t.next} {
		out[i] = verdictOn(map[string]any{"submits": c.program.Trigger(e.Status)}, nil, nil, nil)
	}
	return judge(store.PreviewRecord{Subject: staffing.SubjectSubmission, SubjectID: e.SubmissionID, RequisitionID: &req.ID, RawID: &raw.ID,
		Title: first(e.Status, "no status") + ", " + req.Title}, out[0], out[1], false)
}

// submission compares the bodies that both make for the client. One that is with
// the client is not sent again, and not held any more.
func (t *trial) submission(ctx context.Context, s submissionFile) finding {
	var out [2]outcome
	delivered := s.sub.State == store.SubmissionDelivered
	for i, c := range []compiled{t.now, t.next} {
		fields, gaps, err := c.program.Submission(mapping.SubmissionInput{Submission: s.sub.Canonical.V, Requisition: s.req.Canonical.V, RequisitionRaw: s.raw.Raw, Client: t.clients[s.sub.ClientID]})
		var found []staffing.Finding
		if !delivered {
			found = c.rules.Check(ctx, staffing.SubjectSubmission, rules.Input{Requisition: &s.req.Canonical.V, Submission: &s.sub.Canonical.V, Client: t.clients[s.sub.ClientID], Now: t.at, Facts: s.facts})
		} else {
			gaps = nil
		}
		out[i] = verdictOn(fields, gaps, found, err)
	}
	person := s.sub.Canonical.V.Candidate
	return judge(store.PreviewRecord{Subject: staffing.SubjectSubmission, SubjectID: s.sub.ID.String(), RequisitionID: &s.sub.RequisitionID,
		Title: person.FirstName + " " + person.LastName + ", " + s.req.Title}, out[0], out[1], false)
}

// placement compares the terms that both read from a hire.
func (t *trial) placement(ctx context.Context, p placementFile) finding {
	var out [2]outcome
	client := t.clients[p.sub.ClientID]
	for i, c := range []compiled{t.now, t.next} {
		terms, gaps, err := c.program.Placement(p.raw.Raw, p.sub.Canonical.V, p.req.Canonical.V, client)
		var found []staffing.Finding
		if err == nil {
			found = c.rules.Check(ctx, staffing.SubjectPlacement, rules.Input{Placement: &terms, Submission: &p.sub.Canonical.V, Requisition: &p.req.Canonical.V, Client: client, Now: t.at, Facts: map[string]any{}})
		}
		out[i] = verdictOn(terms, gaps, found, err)
	}
	return judge(p.about(), out[0], out[1], false)
}

// bill compares the bodies that both make for the ERP.
func (t *trial) bill(p placementFile) finding {
	var out [2]outcome
	for i, c := range []compiled{t.now, t.next} {
		fields, gaps, err := c.program.Bill(*p.plc.Bill.V, p.plc.Canonical.V, t.clients[p.plc.ClientID])
		out[i] = verdictOn(fields, gaps, nil, err)
	}
	return judge(p.about(), out[0], out[1], false)
}

// job compares the bodies that both make for the internal ATS.
func (t *trial) job(req store.Requisition) finding {
	var out [2]outcome
	for i, c := range []compiled{t.now, t.next} {
		fields, gaps, err := c.program.Job(req.Canonical.V, t.clients[req.ClientID])
		out[i] = verdictOn(fields, gaps, nil, err)
	}
	return judge(store.PreviewRecord{Subject: staffing.SubjectRequisition, SubjectID: req.ID.String(), RequisitionID: &req.ID, RawID: &req.RawID, Title: req.Title},
		out[0], out[1], req.JobID != nil)
}
