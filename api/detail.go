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
	Bill           *staffing.Bill        `json:"bill,omitempty"`
	Findings       []staffing.Finding    `json:"findings"`
	Gaps           []staffing.Gap        `json:"gaps"`
	Effects        []Effect              `json:"effects"`
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
