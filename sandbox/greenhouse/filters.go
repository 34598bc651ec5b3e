package greenhouse

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// filter is one query parameter of a list.
type filter struct {
	check  func(want string) bool
	match  func(o object, want string) bool
	always bool // looked at also when the parameter is absent
}

// ids matches a field against a list of at most 50 numbers.
func ids(field string) filter {
	return filter{
		check: func(want string) bool {
			parts := strings.Split(want, ",")
			for _, p := range parts {
				if _, err := strconv.ParseInt(p, 10, 64); err != nil {
					return false
				}
			}
			return len(parts) <= 50
		},
		match: func(o object, want string) bool {
			return slices.Contains(strings.Split(want, ","), textOf(o[field]))
		},
	}
}

// when matches a moment against an operator filter.
func when(field string) filter {
	return filter{
		check: func(want string) bool {
			op, stamp, _ := strings.Cut(want, "|")
			_, err := time.Parse(time.RFC3339Nano, stamp)
			return err == nil && slices.Contains([]string{"gte", "gt", "lte", "lt"}, op)
		},
		match: func(o object, want string) bool {
			at, err := time.Parse(time.RFC3339Nano, textOf(o[field]))
			return err == nil && matchTime(at, want)
		},
	}
}

// word matches a text; with options, one of them.
func word(field string, options ...string) filter {
	return filter{
		check: func(want string) bool { return len(options) == 0 || slices.Contains(options, want) },
		match: func(o object, want string) bool { return textOf(o[field]) == want },
	}
}

func flag(field string) filter { return word(field, "true", "false") }

// applicationStatus speaks the filter's words, which are not those of the answer.
func applicationStatus() filter {
	f := word("status", "active", "rejected", "hired", "converted")
	f.match = func(o object, want string) bool {
		if want == "active" {
			want = "in_process"
		}
		return o["status"] == want
	}
	return f
}

func anyValue(field string) filter {
	return filter{match: func(o object, want string) bool {
		entries, _ := o[field].([]any) // never null here
		for _, e := range entries {
			if m, ok := e.(map[string]any); ok && strings.EqualFold(textOf(m["value"]), want) || textOf(e) == want {
				return true
			}
		}
		return false
	}}
}

func currentOnly() filter {
	return filter{match: func(o object, want string) bool { return want != "true" || o["_current"] == true }}
}

func withDefaults() filter {
	return filter{always: true, match: func(o object, want string) bool { return want == "true" || o["_built_in"] != true }}
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// allLists is the table of list endpoints with their own filters; every one has
// ids, created_at and updated_at besides.
func (s *Server) allLists() map[string]list {
	type own = map[string]filter
	out := map[string]list{
		"jobs": {read(s.jobs), own{"status": word("status", "open", "draft", "closed"), "opened_at": when("opened_at"), "closed_at": when("closed_at"),
			"requisition_id": word("requisition_id"), "department_id": ids("department_id"), "confidential": flag("confidential")}},
		"job_posts": {read(s.posts), own{"job_ids": ids("job_id"), "job_board_ids": ids("job_board_id"), "active": flag("active"),
			"featured": flag("featured"), "live": flag("live"), "internal": flag("internal")}},
		"job_post_locations": {read(s.places), own{"office_ids": ids("office_id"), "job_post_ids": ids("job_post_id"), "type": word("type")}},
		"pay_input_ranges":   {read(s.ranges), own{"pay_input_ids": ids("pay_input_id"), "job_post_ids": ids("job_post_id")}},
		"openings": {read(s.openings), own{"job_ids": ids("job_id"), "application_ids": ids("application_id"), "open": flag("open"),
			"opened_at": when("opened_at"), "closed_at": when("closed_at"), "opening_id": word("opening_id")}},
		"offices":              {read(s.offices), own{"parent_id": ids("parent_id"), "external_id": word("external_id")}},
		"departments":          {read(s.departments), own{"parent_id": ids("parent_id"), "external_id": word("external_id")}},
		"users":                {read(s.users), own{"primary_email": word("primary_email"), "deactivated": flag("deactivated"), "show_service_accounts": {match: func(object, string) bool { return true }}}},
		"job_hiring_managers":  {read(s.managers), own{"user_ids": ids("user_id"), "job_ids": ids("job_id")}},
		"job_interview_stages": {read(s.stages), own{"job_ids": ids("job_id"), "active": flag("active")}},
		"candidates": {read(s.candidates), own{"email": anyValue("email_addresses"), "tag": anyValue("tags"), "private": flag("private"),
			"last_activity_at": when("last_activity_at")}},
		"applications": {read(s.applications), own{"candidate_ids": ids("candidate_id"), "job_ids": ids("job_id"), "job_post_ids": ids("job_post_id"),
			"source_ids": ids("source_id"), "stage_ids": ids("stage_id"), "stage_name": word("stage_name"), "status": applicationStatus(),
			"prospect": flag("prospect"), "last_activity_at": when("last_activity_at")}},
		"application_stages": {read(s.stays), own{"application_ids": ids("application_id"), "job_interview_stage_ids": ids("job_interview_stage_id"), "current": flag("current")}},
		"attachments":        {read(s.attachments), own{"application_ids": ids("application_id"), "candidate_ids": ids("candidate_id"), "type": word("type", attachmentTypes()...)}},
		"offers": {read(s.offers), own{"application_ids": ids("application_id"), "job_ids": ids("job_id"), "candidate_ids": ids("candidate_id"),
			"opening_ids": ids("opening_id"), "current_only": currentOnly(), "status": word("status", "Created", "Accepted", "Rejected", "Deprecated"),
			"resolved_at": when("resolved_at")}},
		"rejection_reasons":    {read(s.reasons), own{"include_defaults": withDefaults()}},
		"rejection_details":    {read(s.details), own{"application_ids": ids("application_id"), "rejection_reason_ids": ids("rejection_reason_id")}},
		"sources":              {read(s.sources), own{}},
		"custom_fields":        {read(s.fields), own{"active": flag("active"), "field_type": word("field_type"), "name": word("name"), "name_key": word("name_key")}},
		"custom_field_options": {read(s.fieldOptions), own{"active": flag("active"), "custom_field_ids": ids("custom_field_id")}},
	}
	for _, l := range out {
		l.filters["ids"] = ids("id")
		l.filters["created_at"] = when("created_at")
		l.filters["updated_at"] = when("updated_at")
	}
	return out
}

func attachmentTypes() []string {
	return []string{"resume", "cover_letter", "take_home_test", "offer_packet", "offer_letter", "signed_offer_letter", "other",
		"form_attachment", "midfunnel_agreement", "automated_agreement"}
}

// SchemaChange is a change that the vendor makes to the rows of a list, to see
// how the hub takes it.
type SchemaChange struct {
	Rename map[string]string // old field name -> new
	Remove []string
	Add    map[string]any
	Custom map[string]CustomField // further custom fields
}

// ChangeSchema changes the rows of a list (e.g. "jobs") from now on; the zero
// SchemaChange takes it back.
func (s *Server) ChangeSchema(list string, c SchemaChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema[list] = c
}

func (c SchemaChange) apply(o object) object {
	for from, to := range c.Rename {
		if v, ok := o[from]; ok {
			delete(o, from)
			o[to] = v
		}
	}
	for _, f := range c.Remove {
		delete(o, f)
	}
	for k, v := range c.Add {
		o[k] = v
	}
	fields, _ := o["custom_fields"].(map[string]any) // a list without custom fields: nothing to add to
	for k, v := range c.Custom {
		if fields != nil {
			fields[k] = v
		}
	}
	return o
}
