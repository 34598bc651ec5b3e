// Package inbox connects clients whose system only pushes: it sends requisitions and
// statuses as signed JSON to the hub's address, and is called, if at all, at one address
// of its own that takes submissions. README.md has the whole contract.
package inbox

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

// Kind is the registry's entry for clients that only push.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "inbox",
		Label:      "Any client (pushes JSON)",
		Role:       staffing.RoleClient,
		DocsURL:    "https://www.standardwebhooks.com/",
		APIVersion: "Standard Webhooks 1.0, or an HMAC or a secret by settings",
		Summary:    "A client whose system or automation pushes requisitions and statuses to the hub; submissions go to one address of its own, if it has one.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 5, Burst: 10, Concurrency: 4}, // of the callback; an assumption
		WebhookHelp: "In the client's system: send a POST with {\"type\": \"requisition\", \"data\": {...}} or a list of such objects to this connection's address whenever a " +
			"requisition or a submission's status changes, proven with this connection's secret. {\"type\": \"ping\"} tries out address and secret.",
		Shaped:  true,
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	const names = `[A-Za-z0-9-]{1,60}`
	return connectors.Spec{
		{Key: "proof", Label: "How a delivery is proven", Required: true, Default: "standard", Options: []string{"standard", "hmac", "bearer"},
			Help: "standard: Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). hmac: HMAC-SHA256 of the body in a header of the client's choice. bearer: a plain secret in a header, for systems that sign nothing."},
		{Key: "secret", Label: "Secret", Required: true, Secret: true, Generate: connectors.SigningSecret,
			Help: "Take the one that the hub offers and enter the same in the client's system, or the other way round. For standard it is whsec_ and base64; for the others any text of at least 16 characters."},
		{Key: "secret_previous", Label: "Previous secret", Secret: true, Advanced: true,
			Help: "While the secret is being changed: the old one, so that no delivery is refused meanwhile. Empty it afterwards."},
		{Key: "signature_header", Label: "Header with the proof", Default: "X-Signature", Pattern: names, Advanced: true, Help: "For hmac: the header with the signature; the client's documentation names it. For bearer: the header with the secret; Authorization means Authorization: Bearer SECRET."},
		{Key: "signature_prefix", Label: "Text before the signature", Pattern: `[ -~]{1,20}`, Advanced: true, Help: "For hmac, where the client puts one, for instance sha256=."},
		{Key: "signature_encoding", Label: "Signature is written in", Default: "hex", Options: []string{"hex", "base64"}, Advanced: true, Help: "For hmac: what the client's system writes."},
		{Key: "timestamp_header", Label: "Header with the time", Pattern: names, Advanced: true, Help: "For hmac, where the client signs a time as well (seconds or milliseconds since 1970, or RFC 3339). Empty: a delivery that somebody recorded can be sent again, and is known by its content only."},
		{Key: "signed", Label: "What is signed", Default: "{timestamp}.{body}", Options: []string{"{timestamp}.{body}", "{timestamp}:{body}", "{timestamp}{body}"}, Advanced: true, Help: "For hmac with a time."},
		{Key: "tolerance_seconds", Label: "Seconds a delivery may be old", Default: "300", Pattern: `[1-9][0-9]{0,2}`, Advanced: true, Help: "For hmac with a time; 999 at most. Standard Webhooks always has five minutes."},
		{Key: "delivery_header", Label: "Header with the delivery's id", Pattern: names, Advanced: true, Help: "Where the client numbers its deliveries. Empty: time and body are the id. It must be signed with the body or be harmless: it only tells repeats."},
		{Key: "type_path", Label: "Where the type stands", Default: "type", Advanced: true, Help: "A path in the JSON, parts parted by dots. A dash: there is none, every delivery is requisitions."},
		{Key: "requisition_types", Label: "Types of requisitions", Default: "requisition,requisition.created,requisition.updated,requisition.closed", Advanced: true, Help: "The client's words, separated by commas."},
		{Key: "status_types", Label: "Types of statuses", Default: "status,submission.status_changed", Advanced: true, Help: "The client's words, separated by commas."},
		{Key: "data_path", Label: "Where the data stand", Default: "data", Advanced: true, Help: "A path in the JSON to one object or a list of them. A dash: the whole is the object."},
		{Key: "requisition_id_path", Label: "Id of a requisition", Default: "id", Advanced: true, Help: "A path in the requisition's object to what identifies it for ever."},
		{Key: "status_id_path", Label: "Id of a submission", Default: "submission_id", Advanced: true, Help: "A path in the status's object to the id that the callback gave for the submission, or to our key where it gives none."},
		{Key: "updated_path", Label: "Time of change", Advanced: true, Help: "A path in the object to a time (RFC 3339). Empty: the client does not say."},
		{Key: "callback_url", Label: "Address for submissions", URL: true, Help: "Where the client's system takes submissions: signed POSTs, see the README of this connector. Empty: nothing can be submitted, and each submission waits among the failed records until somebody has entered it at the client."},
		{Key: "callback_secret", Label: "Secret for submissions", Secret: true, Generate: connectors.SigningSecret, Pattern: `whsec_[A-Za-z0-9+/]+={0,2}`,
			Help: "Signs what the hub sends to that address. The client's system verifies with the same."},
		{Key: "answer_id_path", Label: "Id in the answer", Default: "id", Advanced: true, Help: "A path in the callback's answer to its id of the submission. A dash: it gives none, our key is the id."},
		{Key: "resume_types", Label: "Types of résumés", Default: "pdf,doc,docx,rtf,txt", Advanced: true, Help: "Endings that the client takes, separated by commas; ask the client."},
		{Key: "resume_mb", Label: "Largest résumé in MB", Default: "5", Pattern: `[1-9][0-9]?`, Advanced: true, Help: "It travels in the JSON as base64; ask the client how much it takes."},
	}
}

// receiver reads deliveries. It is all there is without a callback.
type receiver struct {
	s         connectors.Settings
	secrets   []string
	tolerance time.Duration
	reqTypes  []string
	stTypes   []string
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	seconds, _ := strconv.Atoi(s["tolerance_seconds"]) // the pattern admits digits only
	r := &receiver{s: s, tolerance: time.Duration(seconds) * time.Second, reqTypes: list(s["requisition_types"]), stTypes: list(s["status_types"])}
	for _, key := range []string{"secret", "secret_previous"} {
		secret := s[key]
		if secret == "" {
			continue
		}
		if s["proof"] == "standard" {
			err = stdhooks.CheckSecret(secret)
		} else if len(secret) < 16 {
			err = &staffing.Error{Code: staffing.Invalid, Field: key, Message: "The secret must have 16 characters at least: shorter ones can be guessed"}
		}
		if err != nil {
			return nil, err
		}
		r.secrets = append(r.secrets, secret)
	}
	if s["callback_url"] == "" {
		return r, nil
	}
	if err := stdhooks.CheckSecret(s["callback_secret"]); err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "callback_secret", Message: "Submissions need a secret that signs them", Err: err}
	}
	mb, _ := strconv.ParseInt(s["resume_mb"], 10, 64) // likewise
	now := d.Now
	if now == nil {
		now = time.Now
	}
	return &caller{receiver: r, http: d.HTTP, url: s["callback_url"], secret: s["callback_secret"], types: list(strings.ToLower(s["resume_types"])), maxSize: mb << 20, now: now}, nil
}

func list(s string) (out []string) {
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Check has nothing to call: the client only pushes.
func (r *receiver) Check(context.Context) (staffing.Report, error) {
	return staffing.Report{Account: "pushes only: there is nothing to sign in to", Permissions: []staffing.Permission{{Name: "secret", Purpose: "prove every delivery", Granted: true,
		Detail: "Send a delivery of the type ping to see that address and secret are right on the other side."}}}, nil
}

// caller sends submissions to the client's address as well.
type caller struct {
	*receiver
	http    *httpx.Client
	url     string
	secret  string
	types   []string
	maxSize int64
	now     func() time.Time
}
