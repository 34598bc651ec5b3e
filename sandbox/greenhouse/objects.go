package greenhouse

import "time"

// Base is what every object of the API has.
type Base struct {
	ID        int64     `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (b Base) base() Base { return b }

// CustomField is one value of a custom field, keyed by the field's name_key.
type CustomField struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

// The objects carry the field names of the wire. A field whose name begins with
// an underscore is kept here and never sent.

// Job is a job of the account.
type Job struct {
	Base
	Name          string                 `json:"name"`
	RequisitionID *string                `json:"requisition_id"`
	Notes         *string                `json:"notes"`
	Confidential  bool                   `json:"confidential"`
	Status        string                 `json:"status"`
	OpenedAt      *time.Time             `json:"opened_at"`
	ClosedAt      *time.Time             `json:"closed_at"`
	IsTemplate    bool                   `json:"is_template"`
	CopiedFromID  *int64                 `json:"copied_from_id"`
	DepartmentID  *int64                 `json:"department_id"`
	OfficeIDs     []int64                `json:"office_ids"`
	CustomFields  map[string]CustomField `json:"custom_fields"`
}

// JobPost is the advertisement of a job.
type JobPost struct {
	Base
	Title            string     `json:"title"`
	Internal         bool       `json:"internal"`
	Active           bool       `json:"active"`
	Live             bool       `json:"live"`
	Featured         bool       `json:"featured"`
	FirstPublishedAt *time.Time `json:"first_published_at"`
	Content          *string    `json:"content"`
	InternalContent  *string    `json:"internal_content"`
	Language         *string    `json:"language"`
	PublicURL        *string    `json:"public_url"`
	QuestionSetID    *int64     `json:"demographic_question_set_id"`
	JobID            int64      `json:"job_id"`
	JobBoardID       int64      `json:"job_board_id"`
	Questions        []Question `json:"questions"`
}

// Question is one entry of a posting's form.
type Question struct {
	ID          *int64   `json:"id"`
	Description *string  `json:"description"`
	AnswerType  string   `json:"answer_type"`
	Required    *bool    `json:"required"`
	Private     bool     `json:"private"`
	Label       string   `json:"label"`
	Name        string   `json:"name"`
	Options     []Option `json:"options"`
}

// Option is one answer to choose from.
type Option struct {
	ID    int64  `json:"id"`
	Label string `json:"label"`
}

// PostLocation is one place that a posting names.
type PostLocation struct {
	Base
	PlainText        *string `json:"plain_text_location"`
	OfficeID         *int64  `json:"office_id"`
	Type             *string `json:"type"`
	JobPostID        *int64  `json:"job_post_id"`
	CustomLocationID *int64  `json:"custom_location_id"`
}

// PayRange is a published pay range of a posting.
type PayRange struct {
	Base
	PayInputID   int64  `json:"pay_input_id"`
	CurrencyType string `json:"currency_type"`
	MinCents     int64  `json:"min_cents"`
	MaxCents     int64  `json:"max_cents"`
	JobPostID    int64  `json:"job_post_id"`
}

// Opening is one seat of a job.
type Opening struct {
	Base
	JobID         int64                  `json:"job_id"`
	OpenedAt      *time.Time             `json:"opened_at"`
	ClosedAt      *time.Time             `json:"closed_at"`
	SortOrder     int                    `json:"sort_order"`
	OpeningID     *string                `json:"opening_id"`
	ApplicationID *int64                 `json:"application_id"`
	CloseReasonID *int64                 `json:"close_reason_id"`
	TargetStartOn *string                `json:"target_start_on"`
	Open          bool                   `json:"open"`
	CustomFields  map[string]CustomField `json:"custom_fields"`
}

// Office is a site of the client.
type Office struct {
	Base
	Name       string  `json:"name"`
	ParentID   *int64  `json:"parent_id"`
	ExternalID *string `json:"external_id"`
	Location   *string `json:"location"`
	ContactID  *int64  `json:"primary_in_house_contact_user_id"`
}

// Department is a department of the client.
type Department struct {
	Base
	Name       string  `json:"name"`
	ParentID   *int64  `json:"parent_id"`
	ExternalID *string `json:"external_id"`
}

// User is a person of the client who uses the system.
type User struct {
	Base
	FirstName        *string                `json:"first_name"`
	LastName         *string                `json:"last_name"`
	PrimaryEmail     string                 `json:"primary_email"`
	JobTitle         *string                `json:"job_title"`
	AgencyID         *int64                 `json:"agency_id"`
	Name             *string                `json:"name"`
	Deactivated      bool                   `json:"deactivated"`
	SiteAdmin        bool                   `json:"site_admin"`
	EmployeeID       *string                `json:"employee_id"`
	LinkedCandidates []int64                `json:"linked_candidate_ids"`
	OfficeIDs        []int64                `json:"office_ids"`
	DepartmentIDs    []int64                `json:"department_ids"`
	InterviewerTags  []Option               `json:"interviewer_tags"`
	Emails           []string               `json:"emails"`
	CustomFields     map[string]CustomField `json:"custom_fields"`
}

// HiringManager says who hires for a job.
type HiringManager struct {
	Base
	UserID int64 `json:"user_id"`
	JobID  int64 `json:"job_id"`
}

// InterviewStage is one step of a job's pipeline.
type InterviewStage struct {
	Base
	JobID     int64  `json:"job_id"`
	SortOrder int    `json:"sort_order"`
	Name      string `json:"name"`
	Active    bool   `json:"active"`
}

// Contact is a typed address of a candidate.
type Contact struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// Candidate is a person.
type Candidate struct {
	Base
	FirstName      *string                `json:"first_name"`
	LastName       *string                `json:"last_name"`
	PreferredName  *string                `json:"preferred_name"`
	Company        *string                `json:"company"`
	Title          *string                `json:"title"`
	LastActivityAt *time.Time             `json:"last_activity_at"`
	Private        bool                   `json:"private"`
	CanEmail       bool                   `json:"can_email"`
	TimeZone       *string                `json:"time_zone"`
	Tags           []string               `json:"tags"`
	LinkedUserIDs  []int64                `json:"linked_user_ids"`
	Phones         []Contact              `json:"phone_numbers"`
	Addresses      []Contact              `json:"addresses"`
	Emails         []Contact              `json:"email_addresses"`
	Websites       []Contact              `json:"website_addresses"`
	SocialMedia    []Contact              `json:"social_media_addresses"`
	CustomFields   map[string]CustomField `json:"custom_fields"`
}

// Application is a candidate on a job.
type Application struct {
	Base
	AgencyNoteID   *int64                 `json:"agency_note_id"`
	CandidateID    int64                  `json:"candidate_id"`
	CoordinatorID  *int64                 `json:"coordinator_id"`
	JobID          *int64                 `json:"job_id"`
	JobPostID      *int64                 `json:"job_post_id"`
	RecruiterID    *int64                 `json:"recruiter_id"`
	ReferrerID     *int64                 `json:"referrer_id"`
	SourceID       *int64                 `json:"source_id"`
	StageID        *int64                 `json:"stage_id"` // a row of application_stages
	StageName      *string                `json:"stage_name"`
	Status         string                 `json:"status"`
	NeedsDecision  bool                   `json:"needs_decision"`
	Prospect       bool                   `json:"prospect"`
	RejectedAt     *time.Time             `json:"rejected_at"`
	LastActivityAt *time.Time             `json:"last_activity_at"`
	Location       *string                `json:"location_address"`
	Answers        []Answer               `json:"answers"`
	ProspectiveIDs []int64                `json:"prospective_job_ids"`
	CustomFields   map[string]CustomField `json:"custom_fields"`
	HiredOn        string                 `json:"_hired_on,omitempty"`
}

// Answer is an applicant's answer to a question.
type Answer struct {
	Question string  `json:"question"`
	Answer   *string `json:"answer"`
}

// ApplicationStage is one stay of an application in a stage.
type ApplicationStage struct {
	Base
	ApplicationID int64      `json:"application_id"`
	StageID       int64      `json:"job_interview_stage_id"`
	EnteredAt     *time.Time `json:"entered_at"`
	ExitedAt      *time.Time `json:"exited_at"`
	Days          int        `json:"days_in_stage"`
	Current       bool       `json:"current"`
}

// Attachment is a file of an application.
type Attachment struct {
	Base
	ApplicationID int64  `json:"application_id"`
	CandidateID   int64  `json:"candidate_id"`
	Type          string `json:"type"`
	Filename      string `json:"filename"`
	URL           string `json:"url"`
	Content       []byte `json:"_content,omitempty"`
}

// Offer is one version of an offer.
type Offer struct {
	Base
	Version       int                    `json:"version"`
	ApplicationID int64                  `json:"application_id"`
	JobID         int64                  `json:"job_id"`
	CandidateID   int64                  `json:"candidate_id"`
	OpeningID     *int64                 `json:"opening_id"`
	Status        string                 `json:"status"`
	StartsOn      *string                `json:"starts_on"`
	SentOn        *string                `json:"sent_on"`
	ResolvedAt    *time.Time             `json:"resolved_at"`
	CustomFields  map[string]CustomField `json:"custom_fields"`
	Current       bool                   `json:"_current"`
}

// RejectionReason is a reason to choose from.
type RejectionReason struct {
	Base
	Name    string     `json:"name"`
	Type    ReasonType `json:"type"`
	BuiltIn bool       `json:"_built_in"`
}

// ReasonType says who rejected whom.
type ReasonType struct {
	ID   int64  `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// RejectionDetail is the rejection of an application.
type RejectionDetail struct {
	Base
	ApplicationID int64                  `json:"application_id"`
	RejectedByID  *int64                 `json:"rejected_by_id"`
	NoteID        *int64                 `json:"rejection_note_id"`
	ReasonID      *int64                 `json:"rejection_reason_id"`
	RejectedAt    *time.Time             `json:"rejected_at"`
	CustomFields  map[string]CustomField `json:"question_custom_fields"`
}

// Source is where candidates come from.
type Source struct {
	Base
	Name string     `json:"name"`
	Type SourceType `json:"type"`
}

// SourceType is the kind of a source, e.g. Agencies.
type SourceType struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}
