package staffing

// Role is what an outside system is to the firm.
type Role string

// The three roles of a system.
const (
	RoleClient      Role = "client"       // the client's ATS, VMS or HRIS
	RoleInternalATS Role = "internal_ats" // the firm's own ATS
	RoleERP         Role = "erp"          // the firm's financial system
)

// Feed names one stream that is read from a connection. Each has its own cursor,
// schedule, lease and freshness.
type Feed string

// The feeds. Which of them a connection has follows from its capabilities.
const (
	FeedRequisitions Feed = "requisitions" // RequisitionSource
	FeedStatuses     Feed = "statuses"     // StatusSource
	FeedCandidates   Feed = "candidates"   // CandidateEventSource
)

// ConnectionState is what the hub does with a connection.
type ConnectionState string

// The states of a connection.
const (
	ConnectionActive         ConnectionState = "active"
	ConnectionPaused         ConnectionState = "paused"          // by a person
	ConnectionNeedsAttention ConnectionState = "needs_attention" // refused credentials: the hub stopped calling
)
