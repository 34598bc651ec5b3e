package web

import "time"

// NoticesView is the page at /notices. POST /notices/digest sends digest (off, hourly
// or daily); POST /notices/hooks sends url and several kind; POST
// /notices/hooks/{id}/try and /drop.
type NoticesView struct {
	Page
	Rows     []NoticeRow // open, the oldest first
	Digest   string      // of the viewer
	Mail     bool        // a mail server is set
	Hooks    []NoticeHook
	AllKinds []string
	Form     NoticeForm
}

// NoticeRow is something that people should know of.
type NoticeRow struct {
	Kind  string
	Words string
	Since time.Time
	URL   string
}

// NoticeHook is an address that takes notices.
type NoticeHook struct {
	ID     string
	URL    string
	Kinds  []string
	SentAt time.Time // zero: none was taken yet
	Error  string    // of the last try
}

// NoticeForm adds an address.
type NoticeForm struct {
	URL      string
	Kinds    []string
	Error    string
	Secret   string // of the address that was just added, shown once
	SecretOf string
}

// noticeWords says a kind of notice for people.
func noticeWords(kind string) word {
	switch kind {
	case "review.overdue":
		return word{"Waits for review", ToneWarn}
	case "posting.failed":
		return word{"Could not be posted", ToneBad}
	case "placement.sent_back":
		return word{"Sent back by finance", ToneWarn}
	default:
		return word{kind, ToneMuted}
	}
}
