package fieldglass

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// auditTrail is what the trail is called in messages.
const auditTrail = "Integration Audit Trail"

// verdict is what the audit trail says of one upload.
type verdict struct {
	done   bool // it was processed, with or without errors
	failed bool
	reason string // in the vendor's words
}

// audits says whether this connection reads the audit trail: the vendor gives it to
// those who have an application key.
func (c *Connector) audits() bool {
	return c.set["audit_trail"] != "off" && c.set["application_key"] != ""
}

// audit reads what became of an upload that was taken to be processed later. Nothing
// yet, or no audit trail on this connection, is no verdict and no error.
func (c *Connector) audit(ctx context.Context, transaction string) (verdict, error) {
	if transaction == "" || !c.audits() {
		return verdict{}, nil
	}
	body, _, err := c.run(ctx, c.auditJob(transaction))
	if staffing.CodeOf(err) == staffing.NotFound { // the vendor's "no result"
		return verdict{}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	return readAudit(body, transaction)
}

func (c *Connector) auditJob(transaction string) job {
	return job{connector: auditTrail, path: "/api/" + c.set["audit_trail"] + "/auditTrail", query: url.Values{"TransactionId": {transaction}},
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}} // the vendor insists, although nothing is sent
}

// readAudit finds the entries of a transaction in an answer. One of them that failed
// decides; else one that went well does.
func readAudit(body []byte, transaction string) (verdict, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return verdict{}, nil
	}
	var doc obj
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return verdict{}, staffing.Errorf(staffing.Unavailable, "the answer of the %s is no JSON: %w", auditTrail, err)
	}
	var out verdict
	for _, entry := range many(doc["PAYLOAD"]) {
		if id := text(entry["ID"]); id != "" && id != transaction {
			continue
		}
		v := judge(entry)
		if v.failed {
			return v, nil
		}
		out.done = out.done || v.done
	}
	return out, nil
}

func judge(entry obj) verdict {
	attributes, _ := entry["Attributes"].(obj) // none: no numbers
	failed, _ := strconv.Atoi(text(attributes["recordsFailed"]))
	state := strings.ToLower(text(entry["status"]))
	code := text(attributes["clientReturnCode"])
	v := verdict{failed: state == "error" || state == "failed" || failed > 0 || code == codeRowErrors}
	v.done = v.failed || state == "ok" || state == "success"
	if v.failed {
		v.reason = auditReason(entry, attributes)
	}
	return v
}

// auditReason joins what the entry says, each sentence once.
func auditReason(entry, attributes obj) string {
	var parts []string
	for _, s := range []string{text(attributes["clientMessage"]), text(attributes["serverMessage"]), text(entry["details"])} {
		s = strings.TrimSpace(s)
		if s != "" && !strings.Contains(strings.Join(parts, " "), s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return "the " + auditTrail + " gives no reason"
	}
	return cut(storable(strings.Join(parts, "; ")), 500)
}
