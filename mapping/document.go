package mapping

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Cell is one entry of a map: where the value goes, and where it comes from.
type Cell struct {
	Key      string // dotted path in the target
	CEL      string
	Default  string // CEL, when the result is empty
	Required bool   // an empty result is a gap
	List     string // code list in which the result is looked up
	Table    string // requisition_status: the result is a vendor's status word
}

// short says that the cell fits the short form: its expression alone.
func (c Cell) short() bool {
	return c.Default == "" && !c.Required && c.List == "" && c.Table == ""
}

// StatusCells say how a status record is read.
type StatusCells struct {
	Word string // CEL -> the vendor's status word
	At   string // CEL -> timestamp or RFC 3339; the vendor's clock
}

// Document is a mapping document. A system has only the sections of its role.
// Cells keep the order in which they were written.
type Document struct {
	About string
	Poll  map[staffing.Feed]time.Duration

	Requisition       []Cell                                // raw -> requisition
	RequisitionStatus map[string]staffing.RequisitionStatus // vendor's word -> state
	Status            *StatusCells                          // how a status record is read
	Stages            map[string]staffing.Stage             // vendor's word -> stage
	Submission        []Cell                                // sub, req, raw, client -> vendor's JSON
	Placement         []Cell                                // raw, sub, req, client -> placement

	Job            []Cell                    // req, client -> vendor's JSON
	Candidate      []Cell                    // raw -> candidate
	Offered        []Cell                    // raw -> offered
	Triggers       []string                  // internal statuses that cause a submission
	InternalStatus map[staffing.Stage]string // stage -> internal status

	Bill []Cell // bill, plc, client -> vendor's JSON

	Lists map[string]map[string]string // name -> key -> value
	Rules []staffing.Rule
}

// The names of the sections, as they stand in a document and in cell names.
const (
	secAbout       = "about"
	secPoll        = "poll"
	secRequisition = "requisition"
	secReqStatus   = "requisition_status"
	secStatus      = "status"
	secStages      = "stages"
	secSubmission  = "submission"
	secPlacement   = "placement"
	secJob         = "job"
	secCandidate   = "candidate"
	secOffered     = "offered"
	secTriggers    = "triggers"
	secInternal    = "internal_status"
	secBill        = "bill"
	secLists       = "lists"
	secRules       = "rules"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	Cell    string // section or section.cell
	Line    int    // line of the document, or of the expression in the cell; 0: not known
	Column  int
	Message string
}

// Problems is everything that is wrong with a document, by section. As an error
// it is the cause of an invalid *staffing.Error.
type Problems []Problem

// Error lists all problems, one per line.
func (p Problems) Error() string { return joinProblems(p) }
