package web

// placementTab is one state of the queue.
type placementTab struct {
	state string
	label string
	count int
	tone  Tone
}

func (v PlacementsView) tabs() []placementTab {
	return []placementTab{
		{"awaiting_review", "Awaiting review", v.Tabs.AwaitingReview, ToneInfo},
		{"needs_attention", "Needs attention", v.Tabs.NeedsAttention, ToneWarn},
		{"sent_back", "Sent back", v.Tabs.SentBack, ToneWarn},
		{"approved", "Approved, posting", v.Tabs.Approved, ToneMuted},
		{"posted", "Posted", v.Tabs.Posted, ToneMuted},
		{"cancelled", "Taken back", v.Tabs.Cancelled, ToneMuted},
	}
}

// sinceLabel heads the column of ages.
func (v PlacementsView) sinceLabel() string {
	switch v.Tab {
	case "posted":
		return "Posted"
	case "approved":
		return "Approved"
	case "cancelled":
		return "Taken back"
	default:
		return "Waiting since"
	}
}

func (v PlacementsView) emptyTitle() string {
	switch v.Tab {
	case "needs_attention":
		return "No placement is stuck"
	case "sent_back":
		return "Nothing was sent back"
	case "approved":
		return "Nothing is being posted"
	case "posted":
		return "Nothing is posted yet"
	case "cancelled":
		return "Nothing was taken back"
	default:
		return "Nothing waits for review"
	}
}

func (v PlacementsView) emptyText() string {
	switch v.Tab {
	case "needs_attention":
		return "A placement comes here when a term is missing or a rule objects to it."
	case "sent_back":
		return "A placement comes here when finance sends it back with a reason."
	case "approved":
		return "An approved placement stays here for the moment that its billing record takes to reach the ERP."
	case "cancelled":
		return "A placement comes here when it is cancelled, or the worker does not come, before anything was posted."
	case "posted":
		return "A placement comes here with its number as soon as the ERP holds the billing record."
	default:
		return "A placement comes here when a client hires a candidate and its terms are complete."
	}
}

// fragment joins the path of a fragment with the query of its page.
func fragment(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// approveQuestion asks once more before a bill is posted.
func (v PlacementView) approveQuestion() string {
	if v.Bill == nil {
		return "Approve this placement?"
	}
	return "Post a bill of " + v.Bill.Currency + " " + v.Bill.Total + " to " + v.Bill.ClientName + "?"
}

// by names a person in the middle of a sentence.
func by(name string) string {
	if name == "" {
		return ""
	}
	return " by " + name
}

// batch says that rows can be chosen here and approved together.
func (v PlacementsView) batch() bool {
	if !v.May.Review || v.Tab != "awaiting_review" {
		return false
	}
	for _, r := range v.Rows {
		if r.Pick != "" {
			return true
		}
	}
	return false
}

// billKind says in a word what a bill is for.
func billKind(kind string) word {
	switch kind {
	case "delta":
		return word{"Change", ToneInfo}
	case "credit":
		return word{"Credit", ToneWarn}
	case "rebill":
		return word{"Re-bill", ToneInfo}
	default:
		return word{"First bill", ToneMuted}
	}
}

// queue leads back to the queue with its filters.
func queue(query string) string { return fragment("/placements", query) }
