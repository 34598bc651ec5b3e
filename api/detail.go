package api

import (
	"encoding/json"

	"github.com/tributary-hub/tributary/staffing"
)

// RequisitionDetail is a requisition with everything that the hub knows of it.
type RequisitionDetail struct {
	RequisitionSummary
	ProfileVersion int                  `json:"profile_version"`
	Canonical      staffing.Requisition `json:"canonical"`
	Findings       []staffing.Finding   `json:"findings"`
	Gaps           []staffing.Gap       `json:"gaps"`
	Effects        []Effect             `json:"effects"`
}

// SubmissionDetail is a submission with everything that the hub knows of it.
type SubmissionDetail struct {
	SubmissionSummary
	ProfileVersion int                 `json:"profile_version"`
	Canonical      staffing.Submission `json:"canonical"`
	Findings       []staffing.Finding  `json:"findings"`
	Gaps           []staffing.Gap      `json:"gaps"`
	Effects        []Effect            `json:"effects"`
}

// PlacementDetail is a placement with everything that the hub knows of it.
type PlacementDetail struct {
	PlacementSummary
	ProfileVersion int                   `json:"profile_version"`
	ContentHash    string                `json:"content_hash"`
	Extracted      staffing.Placement    `json:"extracted"`
	Canonical      staffing.Placement    `json:"canonical"`
	Corrections    map[string]Correction `json:"corrections"`
	Provenance     Provenance            `json:"provenance"`
	Checks         []staffing.Check      `json:"checks"`
	Bill           *staffing.Bill        `json:"bill,omitempty"`
	ERPError       string                `json:"erp_error,omitempty"`
	ERPErrorField  string                `json:"erp_error_field,omitempty"`
	Findings       []staffing.Finding    `json:"findings"`
	Gaps           []staffing.Gap        `json:"gaps"`
	Effects        []Effect              `json:"effects"`
}

// BillDetail is a bill with everything that the hub knows of it.
type BillDetail struct {
	BillSummary
	ContentHash   string             `json:"content_hash"`
	ApproverName  string             `json:"approver_name,omitempty"`
	ApprovedFor   string             `json:"approved_for,omitempty"` // whose delegate the approver was
	ERPErrorField string             `json:"erp_error_field,omitempty"`
	Bill          staffing.Bill      `json:"bill"`
	Checks        []staffing.Check   `json:"checks"`
	Findings      []staffing.Finding `json:"findings"`
	Effects       []Effect           `json:"effects"`
}

// ReconciliationDetail is a comparison with the ERP and one page of its rows; the
// counts are of all of them.
type ReconciliationDetail struct {
	ReconciliationSummary
	Counts ReconciliationCounts `json:"counts"`
	Rows   []ReconciliationRow  `json:"rows"`
	Total  int                  `json:"total"`
	Limit  int                  `json:"limit"`
	Offset int                  `json:"offset"`
}

// ConnectionDetail is a connection with its settings and feeds, without the
// values of its secrets.
type ConnectionDetail struct {
	ConnectionSummary
	Settings       map[string]string `json:"settings"`
	SecretsSet     []string          `json:"secrets_set"`
	Capabilities   []Capability      `json:"capabilities"`
	WebhookURL     string            `json:"webhook_url,omitempty"`
	ProfileVersion int               `json:"profile_version"`
	Feeds          []Feed            `json:"feeds"`
	Refusals       []Refusal         `json:"refusals"`
}

// ProfileVersionDetail is a version of a profile with its document; the JSON is
// left out where the YAML cannot be read.
type ProfileVersionDetail struct {
	ProfileVersionSummary
	YAML     string          `json:"yaml"`
	Document json.RawMessage `json:"document,omitempty"`
}
