package jobs

import (
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// turn switches one flow of the client's connection.
func (b *bench) turn(flow store.Flow, on bool) {
	b.t.Helper()
	b.must(b.hub.SwitchFlow(b.ctx, b.clientID, flow, on, b.manager()))
}

func (b *bench) flowsAre(mode string, want ...store.Flow) {
	b.t.Helper()
	c, err := b.store.Connection(b.ctx, b.clientID)
	if err != nil || c.Mode != mode || !slices.Equal(c.Live(), want) {
		b.t.Errorf("the connection is %s with %v (%v)", c.Mode, c.Live(), err)
	}
}

func TestAConnectionGoesLiveFlowByFlow(t *testing.T) {
	b := newBench(t)
	b.shadow()
	b.requisition("100", "Welder")
	b.leftOut(kindSync, staffing.SubjectRequisition, "a job would be created")
	b.drained()
	refusedWith(t, b.hub.SwitchFlow(b.ctx, b.clientID, store.FlowStatuses, true, b.manager()), staffing.Conflict, "the candidates go live first")

	b.turn(store.FlowJobs, true)
	job := *b.synced("100").JobID
	b.flowsAre(store.ModeShadow, store.FlowJobs)
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.tells(moved(job, "ada", "Submit"))
	b.leftOut(kindDeliver, staffing.SubjectSubmission, "the candidate would go to")
	b.drained()
	if n := b.client.count("submit 100"); n != 0 {
		t.Errorf("%d candidates were submitted while only jobs are live", n)
	}

	b.turn(store.FlowCandidates, true)
	b.delivered(job, "ada")
	b.leftOut(kindSyncStatus, staffing.SubjectSubmission, "would show Sent")
	b.turn(store.FlowJobs, false)
	b.requisition("101", "Fitter")
	b.leftOut(kindSync, staffing.SubjectRequisition, "a job would be created")
	b.drained()
	if r := b.req("101"); r.JobID != nil {
		t.Error("a job was created while jobs are held back")
	}

	b.turn(store.FlowStatuses, true)
	b.shows(b.sub(job, "ada"), "Sent")
	b.drained()
	b.flowsAre(store.ModeShadow, store.FlowCandidates, store.FlowStatuses)
	b.turn(store.FlowBills, true)
	b.turn(store.FlowJobs, true)
	b.synced("101")
	b.flowsAre(store.ModeLive, store.Flows()...)
	refusedWith(t, b.hub.SwitchFlow(b.ctx, b.clientID, store.FlowJobs, true, b.manager()), staffing.Conflict, "live already")
	refusedWith(t, b.hub.SwitchFlow(b.ctx, b.clientID, "mail", true, b.manager()), staffing.Invalid, "no flow")
	refusedWith(t, b.hub.SwitchFlow(b.ctx, b.erpID, store.FlowBills, true, b.manager()), staffing.Invalid, "the firm's own")
	b.turn(store.FlowBills, false)
	b.flowsAre(store.ModeShadow, store.FlowJobs, store.FlowCandidates, store.FlowStatuses)
	b.shadow()
	b.flowsAre(store.ModeShadow)

	log, n, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "connection.flow_"})
	if err != nil || n != 7 || log[6].Action != "connection.flow_live" || !strings.Contains(log[6].Detail, `"flow":"jobs"`) || !strings.Contains(log[6].Detail, `"released":1`) {
		t.Errorf("the audit log has %d entries: %+v (%v)", n, log, err)
	}
}

// A record may wait for two flows: releasing one leaves the remark of the other.
func TestReleasingOneFlowLeavesTheRemarksOfTheOthers(t *testing.T) {
	b := newBench(t)
	sub, _ := b.hired("1", "zoe")
	b.shows(sub, "Placed")
	b.drained()
	b.shadow()
	b.says(*sub.ClientRef, "Rejected", 90)
	b.leftOut(kindSyncStatus, staffing.SubjectSubmission, "would show Turned down")
	b.drained()
	b.tx(func(tx *store.Tx) error {
		return tx.NoteShadow(b.ctx, store.ShadowEvent{ConnectionID: b.clientID, Step: kindDeliver, Subject: staffing.SubjectSubmission, SubjectID: sub.ID, Words: "Shadow mode: it would be sent."})
	})
	of := func() []string {
		s, err := b.store.Submission(b.ctx, sub.ID)
		b.must(err)
		return remark(s.Findings.V)
	}
	if said := of(); len(said) != 2 {
		t.Errorf("held back for two flows, it says %v", said)
	}
	b.turn(store.FlowJobs, true)
	b.turn(store.FlowCandidates, true)
	if said := of(); len(said) != 1 || !strings.Contains(said[0], "would show Turned down") {
		t.Errorf("with candidates live it says %v", said)
	}
	b.turn(store.FlowStatuses, true)
	b.shows(sub, "Turned down")
	if said := of(); len(said) != 0 {
		t.Errorf("with statuses live it says %v", said)
	}
}

// Whoever begins with the client's system sees in the shadow run what would become
// of its requisitions, before the firm's own systems are connected.
func TestInShadowModeNoSystemOfTheFirmIsMissed(t *testing.T) {
	b := newBench(t)
	_, err := b.store.DB().ExecContext(b.ctx, "delete from connections where id = $1", b.atsID)
	b.must(err)
	b.shadow()
	b.requisition("100", "Welder")
	e := b.leftOut(kindSync, staffing.SubjectRequisition, "a job would be created as soon as an internal ATS is connected")
	b.drained()
	if all, _, err := b.store.Failures(b.ctx, store.FailureFilter{}); err != nil || len(all) != 0 || e.TargetID != nil {
		t.Errorf("it failed: %+v (%v)", all, err)
	}
	b.atsID = b.connect(staffing.RoleInternalATS, "our-ats")
	b.must(b.hub.Wake(b.ctx))
	b.eventually("it says where the job would be", func() string {
		all, err := b.store.ShadowOf(b.ctx, staffing.SubjectRequisition, b.req("100").ID)
		return missing(err == nil && len(all) == 1 && all[0].TargetID != nil && strings.Contains(all[0].Body, "Welder"))
	})
	b.turn(store.FlowJobs, true)
	b.synced("100")
}

func TestInShadowModeABillWaitsForAnERP(t *testing.T) {
	b := newBench(t)
	_, placement := b.hired("1", "zoe")
	b.drained()
	b.shadow()
	_, err := b.store.DB().ExecContext(b.ctx, "delete from connections where id = $1", b.erpID)
	b.must(err)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, placement.ID, placement.ContentHash))
	b.leftOut(kindPost, staffing.SubjectPlacement, "the bill would be posted as soon as an ERP is connected")
	b.drained()
	b.noFailures()
}

// Whoever maps and publishes during the shadow run gets jobs as the version in force
// maps them, and none that its rules hold back.
func TestGoingLiveWritesWhatTheVersionInForceSays(t *testing.T) {
	b := newBench(t)
	b.shadow()
	b.requisition("100", "Welder")
	b.requisition("101", "Fitter")
	b.leftOut(kindSync, staffing.SubjectRequisition, "a job would be created")
	b.drained()
	second := strings.Replace(clientProfile, "title: raw.title", `title: '"Senior " + raw.title'`, 1) +
		"rules: [{id: NO_FITTERS, on: requisition, assert: '!req.title.contains(\"Fitter\")', severity: error, message: no fitters}]\n"
	b.publish(b.clientID, second) // without trying held records again
	b.turn(store.FlowJobs, true)
	b.synced("100")
	b.drained()
	if fields := b.ats.job(*b.req("100").JobID); !strings.Contains(fields, "Senior Welder") {
		t.Errorf("the job is %s", fields)
	}
	if r := b.req("101"); r.JobID != nil || r.State != store.RequisitionNeedsAttention {
		t.Errorf("what the rule holds is %s", r.State)
	}
}
