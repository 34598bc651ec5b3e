package jobs

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The kinds of job: noun.verb, never renamed.
const (
	kindPollRequisitions = "requisition.poll"
	kindPollStatuses     = "status.poll"
	kindPollCandidates   = "candidate.poll"
	kindReceive          = "webhook.receive"
	kindValidate         = "requisition.validate"
	kindSync             = "requisition.sync"
	kindApplyCandidate   = "candidate.apply"
	kindDeliver          = "submission.deliver"
	kindFollow           = "submission.follow"
	kindApplyStatus      = "status.apply"
	kindSyncStatus       = "status.sync"
	kindExtract          = "placement.extract"
	kindPost             = "placement.post"
	kindPreview          = "profile.preview"
	kindCheck            = "connection.check"
	kindNotices          = "notices.find"
	kindNoticePost       = "notice.post"
	kindDigest           = "notice.digest"
	kindPrune            = "hub.prune"
	kindVocabulary       = "vocabulary.refresh"
	kindGaps             = "gaps.find"
	kindReconcile        = "reconciliation.run"
)

// queuePoll keeps slow reads from taking the seats of writes.
const queuePoll = "poll"

// pollArgs name the feed and the lease that its poll holds.
type pollArgs struct {
	ConnectionID uuid.UUID     `json:"connection_id"`
	Feed         staffing.Feed `json:"feed"`
	Lease        uuid.UUID     `json:"lease"`
}

func (a pollArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, a.ConnectionID.String()
}

type (
	requisitionPoll struct{ pollArgs }
	statusPoll      struct{ pollArgs }
	candidatePoll   struct{ pollArgs }
)

func (requisitionPoll) Kind() string { return kindPollRequisitions }
func (statusPoll) Kind() string      { return kindPollStatuses }
func (candidatePoll) Kind() string   { return kindPollCandidates }

// receiveArgs name a webhook delivery in the inbox.
type receiveArgs struct {
	DeliveryID int64 `json:"delivery_id"`
}

func (receiveArgs) Kind() string { return kindReceive }
func (a receiveArgs) about() (staffing.Subject, string) {
	return staffing.SubjectWebhook, itoa(a.DeliveryID)
}

// rawArgs name a stored record and the connection that it came from.
type rawArgs struct {
	RawID int64 `json:"raw_id"`
}

type (
	applyCandidate struct{ rawArgs }
	applyStatus    struct{ rawArgs }
)

func (applyCandidate) Kind() string { return kindApplyCandidate }
func (applyStatus) Kind() string    { return kindApplyStatus }
func (a applyCandidate) about() (staffing.Subject, string) {
	return staffing.SubjectWebhook, "raw-" + itoa(a.RawID)
}
func (a applyStatus) about() (staffing.Subject, string) {
	return staffing.SubjectSubmission, "raw-" + itoa(a.RawID)
}

// idArgs name a record of the hub.
type idArgs struct {
	ID uuid.UUID `json:"id"`
}

type (
	validateArgs struct{ idArgs }
	deliverArgs  struct{ idArgs }
	extractArgs  struct{ idArgs }
	postArgs     struct{ idArgs }
)

// syncArgs and syncStatusArgs name what the internal ATS is to show. Again says
// that a slower write may have come over a newer one: it is written once more,
// whatever the hub believes that is shown.
type (
	syncArgs struct {
		idArgs
		Again bool `json:"again,omitempty"`
	}
	syncStatusArgs struct {
		idArgs
		Again bool `json:"again,omitempty"`
	}
)

func (validateArgs) Kind() string   { return kindValidate }
func (syncArgs) Kind() string       { return kindSync }
func (deliverArgs) Kind() string    { return kindDeliver }
func (syncStatusArgs) Kind() string { return kindSyncStatus }
func (extractArgs) Kind() string    { return kindExtract }
func (postArgs) Kind() string       { return kindPost }

func (a validateArgs) about() (staffing.Subject, string) {
	return staffing.SubjectRequisition, a.ID.String()
}
func (a syncArgs) about() (staffing.Subject, string) {
	return staffing.SubjectRequisition, a.ID.String()
}
func (a deliverArgs) about() (staffing.Subject, string) {
	return staffing.SubjectSubmission, a.ID.String()
}
func (a syncStatusArgs) about() (staffing.Subject, string) {
	return staffing.SubjectSubmission, a.ID.String()
}
func (a extractArgs) about() (staffing.Subject, string) {
	return staffing.SubjectSubmission, a.ID.String()
}
func (a postArgs) about() (staffing.Subject, string) {
	return staffing.SubjectPlacement, a.ID.String()
}

// previewArgs name a run of a draft over records that are here.
type previewArgs struct{ idArgs }

func (previewArgs) Kind() string { return kindPreview }
func (a previewArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, "preview-" + a.ID.String()
}

// pruneArgs ask for old rows to be forgotten.
type pruneArgs struct{}

func (pruneArgs) Kind() string                      { return kindPrune }
func (pruneArgs) about() (staffing.Subject, string) { return staffing.SubjectConnection, "hub" }

// sameAgain are the arguments of a failed step as they were, for another try.
type sameAgain struct {
	kind string
	args json.RawMessage
}

func (s sameAgain) Kind() string                 { return s.kind }
func (s sameAgain) MarshalJSON() ([]byte, error) { return s.args, nil }
