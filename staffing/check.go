package staffing

// CheckResult is how a check of a placement ended.
type CheckResult string

// The results of a check.
const (
	CheckPass CheckResult = "pass"
	CheckWarn CheckResult = "warn" // a person should look
	CheckFail CheckResult = "fail" // it cannot be approved so
)

// Check is one thing that is held against a placement before finance reviews it.
type Check struct {
	Code    string      `json:"code"` // stable, e.g. MARGIN_FLOOR
	Result  CheckResult `json:"result"`
	Message string      `json:"message"` // a sentence with the values
	Field   string      `json:"field,omitempty"`
}

// Finding gives what a check that did not pass says of the record; ok is false for
// one that passed.
func (c Check) Finding() (f Finding, ok bool) {
	f = Finding{Rule: c.Code, Severity: SeverityError, Message: c.Message, Field: c.Field}
	if c.Result == CheckWarn {
		f.Severity = SeverityWarning
	}
	return f, c.Result != CheckPass
}
