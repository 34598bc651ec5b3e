package web

import (
	"strconv"
	"strings"
	"time"
)

// TryView is the page at /connections/{id}/try: a call is made as the hub would
// make it, and what comes is shown. Nothing is saved, and nothing is written at the
// outside system. POST /connections/{id}/try sends call, cursor, submission,
// requisition, key, fields and one "setting.<key>" per field of Fields.
type TryView struct {
	Page
	ID     string
	Name   string
	System string
	Fields []FormField // settings of several lines, to be tried before they are saved
	Calls  []Option

	Cursor      string
	Submission  string
	Requisition string
	Payload     string // the fields of a submission, as JSON

	Result *TryResult // nil: nothing was tried yet
}

// TryResult is what a call gave.
type TryResult struct {
	Call      string
	Error     string
	Exchanges []Exchange
	Records   []TriedRecord // the first of Count
	Count     int
	Next      string // the cursor after it, as JSON
	More      bool
	Note      string
}

// TriedRecord is one record, masked.
type TriedRecord struct {
	ID        string
	Version   string
	UpdatedAt time.Time
	Raw       string
}

// rows is the height of a text of several lines: what it holds and a little more.
func (f FormField) rows() string {
	return strconv.Itoa(min(max(strings.Count(f.Value, "\n")+4, 5), 32))
}
