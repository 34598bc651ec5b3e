package store

import "slices"

// Flow is one kind of write for the records of a client's connection. A connection
// goes live flow by flow.
type Flow string

// The flows, in the order in which they make sense: candidates need jobs, and
// statuses and bills are of candidates.
const (
	FlowJobs       Flow = "jobs"       // requisitions become jobs in the internal ATS
	FlowCandidates Flow = "candidates" // submissions go to the client
	FlowStatuses   Flow = "statuses"   // the internal ATS shows the client's stages
	FlowBills      Flow = "bills"      // approved placements are posted in the ERP
)

// flowSteps are the River kinds that write.
var flowSteps = map[Flow]string{FlowJobs: "requisition.sync", FlowCandidates: "submission.deliver", FlowStatuses: "status.sync", FlowBills: "placement.post"}

// Flows lists all flows in their order.
func Flows() []Flow { return []Flow{FlowJobs, FlowCandidates, FlowStatuses, FlowBills} }

// Known says that there is such a flow.
func (f Flow) Known() bool { return flowSteps[f] != "" }

// Step gives the River kind that writes for the flow; "" when it is not known.
func (f Flow) Step() string { return flowSteps[f] }

// FlowOf gives the flow that a River kind writes for; "" when it writes for none.
func FlowOf(step string) Flow {
	for f, s := range flowSteps {
		if s == step {
			return f
		}
	}
	return ""
}

// Needs gives the flow that has to write before this one makes sense; "" for none.
func (f Flow) Needs() Flow {
	switch f {
	case FlowCandidates:
		return FlowJobs
	case FlowStatuses, FlowBills:
		return FlowCandidates
	default:
		return ""
	}
}

// Writes says that the flow writes outside for the connection's records.
func (c Connection) Writes(f Flow) bool {
	return c.Mode == ModeLive || slices.Contains(c.LiveSteps, string(f))
}

// Live lists the flows that write, in their order.
func (c Connection) Live() (out []Flow) {
	for _, f := range Flows() {
		if c.Writes(f) {
			out = append(out, f)
		}
	}
	return out
}
