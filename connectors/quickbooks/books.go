package quickbooks

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// listPage is how many estimates one query asks for; QuickBooks gives up to 1000.
const listPage = 100

// ListBilling lists the estimates of the days from..to, by id, whoever made them. A
// deleted one is told by no query, and nothing can void an estimate. The cursor is the
// position of the next one.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	start, err := position(cursor)
	if err != nil {
		return staffing.BillingPage{}, err
	}
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil {
			return staffing.BillingPage{}, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "estimates are listed from a date to a date", Err: err}
		}
	}
	rows, err := c.query(ctx, "Estimate", fmt.Sprintf("where TxnDate >= '%s' and TxnDate <= '%s' orderby Id startposition %d maxresults %d", from, to, start, listPage))
	if err != nil {
		return staffing.BillingPage{}, explain(err, "cannot list the estimates")
	}
	var page staffing.BillingPage
	for _, raw := range rows.Estimate {
		var e estimate
		if err := json.Unmarshal(raw, &e); err != nil || e.ID == "" || e.TxnDate < string(from) || e.TxnDate > string(to) {
			return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' list of estimates makes no sense")
		}
		page.Records = append(page.Records, c.record(e))
	}
	if len(rows.Estimate) >= listPage {
		page.Next = strconv.Itoa(start + len(rows.Estimate))
	}
	return page, nil
}

// position reads a cursor; QuickBooks counts from 1.
func position(cursor string) (int, error) {
	if cursor == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 1 || strconv.Itoa(n) != cursor {
		return 0, &staffing.Error{Code: staffing.Invalid, Field: "cursor", Message: "the cursor is none that this list gave; begin without one"}
	}
	return n, nil
}

func (c *Connector) record(e estimate) staffing.BillingRecord {
	name := first(e.CustomerRef.Name, e.CustomerRef.Value)
	return staffing.BillingRecord{Receipt: c.receipt(e, true), Key: e.key(), CustomerCode: displayName(name), CustomerName: name, Date: staffing.Date(e.TxnDate)}
}

// displayName gives a customer's own name: a reference to one below another is told
// with its parents, as Parent:Child, and no name holds a colon.
func displayName(qualified string) string {
	return qualified[strings.LastIndex(qualified, ":")+1:]
}

// key reads our reference out of the private note, in which finance may have written
// as well. The number proves it: a copy of an estimate has the note and another number.
func (e estimate) key() string {
	_, rest, _ := strings.Cut(e.PrivateNote, noteSign)
	text, _, _ := strings.Cut(rest, "\n")
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	for _, key := range []string{text, strings.TrimSpace(text), word, strings.Trim(word, ".,;()")} {
		if key != "" && numberOf(key) == e.DocNumber {
			return key
		}
	}
	return ""
}
