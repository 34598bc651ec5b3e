package greenhouse

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FieldDefinition is a custom field as the account's administrator set it up.
type FieldDefinition struct {
	Base
	FieldType      string  `json:"field_type"` // job, opening, candidate, application, offer
	SortOrder      int     `json:"sort_order"`
	Name           string  `json:"name"`
	ValueType      string  `json:"value_type"`
	Private        bool    `json:"private"`
	Required       bool    `json:"required"`
	NeedsApproval  bool    `json:"require_approval"`
	NewVersion     bool    `json:"trigger_new_version"`
	Active         bool    `json:"active"`
	UpdatedByID    *int64  `json:"updated_by_id"`
	InternalType   *string `json:"internal_type"`
	OnJobBoard     bool    `json:"expose_in_job_board_api"`
	Placeholder    *string `json:"placeholder"`
	NameKey        string  `json:"name_key"`
	Description    *string `json:"description"`
	Applications   *string `json:"application_type"`
	APIOnly        *bool   `json:"api_only"`
	JobApprovals   *bool   `json:"use_for_job_approvals"`
	OfferApprovals *bool   `json:"use_for_offer_approvals"`
	Token          *string `json:"template_token_string"`
	Default        any     `json:"default_value"`
}

// FieldOption is one value of a single_select or multi_select field.
type FieldOption struct {
	Base
	FieldID    int64   `json:"custom_field_id"`
	Name       string  `json:"name"`
	ExternalID *string `json:"external_id"`
	SortOrder  int     `json:"sort_order"`
	Active     bool    `json:"active"`
}

// FieldSpec is a custom field to be set up.
type FieldSpec struct {
	FieldType string // job, candidate, offer, ...
	Key       string
	Name      string
	ValueType string // short_text, single_select, ...
	Required  bool
	Options   []string
}

// seedFields sets up what a client of a staffing firm usually has.
func (s *Server) seedFields() {
	if s.fields.Len() > 0 {
		return
	}
	for _, f := range []FieldSpec{
		{FieldType: "job", Key: "employment_type", Name: "Employment type", ValueType: "single_select", Options: []string{"Contract", "Temp to hire", "Full-time"}},
		{FieldType: "job", Key: "rate_unit", Name: "Rate unit", ValueType: "single_select", Options: []string{"Hour", "Day"}},
		{FieldType: "job", Key: "cost_center", Name: "Cost center", ValueType: "short_text"},
		{FieldType: "job", Key: "po_number", Name: "PO number", ValueType: "short_text"},
		{FieldType: "candidate", Key: "work_authorization", Name: "Work authorization", ValueType: "single_select", Options: []string{"Citizen", "Permanent resident", "Visa"}},
		{FieldType: "candidate", Key: "available_from", Name: "Available from", ValueType: "date"},
		{FieldType: "offer", Key: "bill_rate", Name: "Bill rate", ValueType: "currency"},
	} {
		s.define(f)
	}
}

// DefineField sets a custom field up.
func (s *Server) DefineField(spec FieldSpec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.define(spec)
}

func (s *Server) define(spec FieldSpec) {
	order := s.fields.Len()
	id, _ := s.fields.Insert(func(id int64) FieldDefinition {
		return FieldDefinition{Base: s.born(id), FieldType: spec.FieldType, SortOrder: order, Name: spec.Name, ValueType: spec.ValueType, NameKey: spec.Key,
			Required: spec.Required, Active: true}
	})
	for _, o := range spec.Options {
		s.addOption(id, o)
	}
}

func (s *Server) addOption(field int64, name string) {
	order := len(s.fieldOptions.List(func(o FieldOption) bool { return o.FieldID == field }))
	s.fieldOptions.Insert(func(id int64) FieldOption {
		return FieldOption{Base: s.born(id), FieldID: field, Name: name, SortOrder: order, Active: true}
	})
}

// RetireOption takes a value off a pick list; records that have it keep it.
func (s *Server) RetireOption(fieldType, key, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.fieldDefinition(fieldType, key); ok {
		for _, o := range s.fieldOptions.List(func(o FieldOption) bool { return o.FieldID == f.ID && o.Name == name }) {
			s.fieldOptions.Update(o.ID, func(o *FieldOption) { o.Active, o.UpdatedAt = false, s.now() })
			return nil
		}
	}
	return fmt.Errorf("there is no option %q of %s.%s", name, fieldType, key)
}

// RetireField puts a custom field out of use.
func (s *Server) RetireField(fieldType, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.fieldDefinition(fieldType, key)
	if !ok {
		return fmt.Errorf("there is no field %s.%s", fieldType, key)
	}
	s.fields.Update(f.ID, func(f *FieldDefinition) { f.Active, f.UpdatedAt = false, s.now() })
	return nil
}

func (s *Server) fieldDefinition(fieldType, key string) (FieldDefinition, bool) {
	for _, f := range s.fields.List(func(f FieldDefinition) bool { return f.FieldType == fieldType && f.NameKey == key && f.Active }) {
		return f, true
	}
	return FieldDefinition{}, false
}

// declare sets up the fields and options that values need: a real account could
// not hold the values otherwise.
func (s *Server) declare(fieldType string, values map[string]CustomField) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		v := values[key]
		f, ok := s.fieldDefinition(fieldType, key)
		if !ok {
			s.define(FieldSpec{FieldType: fieldType, Key: key, Name: v.Name, ValueType: v.Type})
			f, _ = s.fieldDefinition(fieldType, key)
		}
		name, isText := v.Value.(string)
		if f.ValueType == "single_select" && isText && !slices.Contains(s.optionNames(f.ID, false), name) {
			s.addOption(f.ID, name)
		}
	}
}

// optionNames gives the values of a pick list.
func (s *Server) optionNames(field int64, activeOnly bool) (out []string) {
	for _, o := range s.fieldOptions.List(func(o FieldOption) bool { return o.FieldID == field && (o.Active || !activeOnly) }) {
		out = append(out, o.Name)
	}
	return out
}

// customFields reads the custom fields of a body: {name_key: value}, a choice by
// the name of its option.
func (s *Server) customFields(b *body, fieldType string) map[string]CustomField {
	var given map[string]json.RawMessage
	b.read("custom_fields", &given)
	out := map[string]CustomField{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		f, known := s.fieldDefinition(fieldType, key)
		var v any
		if err := json.Unmarshal(given[key], &v); err != nil || !known {
			b.refuse("custom_fields", key+" is not a custom field")
			continue
		}
		if v == nil || v == "" {
			continue
		}
		name, isText := v.(string)
		if f.ValueType == "single_select" && (!isText || !slices.Contains(s.optionNames(f.ID, true), name)) {
			b.refuse("custom_fields", key+" must be one of "+strings.Join(s.optionNames(f.ID, true), ", "))
			continue
		}
		out[key] = CustomField{Name: f.Name, Type: f.ValueType, Value: v}
	}
	return out
}
