package web

import "strings"

// question asks about the whole batch.
func (v BatchView) question() string {
	if len(v.Rows) == 0 {
		return "Approve several"
	}
	return "Approve " + plural(len(v.Rows), "bill", "bills") + " of " + strings.Join(v.Sums, " and ") + "?"
}

func (v BatchResultView) title() string {
	if len(v.Approved) == 0 {
		return "Nothing was approved"
	}
	return plural(len(v.Approved), "bill", "bills") + " approved"
}

func (v BatchResultView) lead() string {
	if len(v.Approved) == 0 {
		return "Each record says why."
	}
	return strings.Join(v.Sums, " and ") + " on the way to the ERP."
}
