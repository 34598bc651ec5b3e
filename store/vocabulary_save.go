package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// SaveVocabulary takes over what a vendor said of its fields and statuses: a full
// answer, so what it leaves out has vanished. What comes back is there again.
func (t *Tx) SaveVocabulary(ctx context.Context, connectionID uuid.UUID, fields []staffing.VendorField, statuses []staffing.DeclaredStatus) error {
	now := t.now() // one moment for all: what has an older last_seen was left out
	if err := t.exec(ctx, "vocabulary", `insert into vocabularies (connection_id, next_at, asked_at, read_at) values ($1, $2, $2, $2)
		on conflict (connection_id) do update set read_at = excluded.read_at, error = ''`, connectionID, now); err != nil {
		return err
	}
	if err := t.saveFields(ctx, connectionID, fields, now); err != nil {
		return err
	}
	if err := t.saveStatuses(ctx, connectionID, statuses, now); err != nil {
		return err
	}
	for _, table := range []string{"vendor_fields", "vendor_options", "vendor_statuses"} {
		if err := t.exec(ctx, "vocabulary", `update `+table+` set vanished_at = $2 where connection_id = $1 and vanished_at is null and last_seen < $2`, connectionID, now); err != nil {
			return err
		}
	}
	return t.exec(ctx, "vocabulary", `update vocabularies set checked = '' where connection_id = $1`, connectionID)
}

// rows travel as JSON: one statement for any number of them.
type (
	fieldRow struct {
		Section  string `json:"section"`
		Key      string `json:"key"`
		Label    string `json:"label"`
		Type     string `json:"type"`
		Required bool   `json:"required"`
		Position int    `json:"position"`
	}
	optionRow struct {
		Section  string `json:"section"`
		Key      string `json:"key"`
		Value    string `json:"value"`
		Label    string `json:"label"`
		Position int    `json:"position"`
	}
	statusRow struct {
		Subject  staffing.Subject `json:"subject"`
		Word     string           `json:"word"`
		Label    string           `json:"label"`
		Position int              `json:"position"`
	}
)

func (t *Tx) saveFields(ctx context.Context, connectionID uuid.UUID, fields []staffing.VendorField, now time.Time) error {
	rows, options := []fieldRow{}, []optionRow{}
	seen := map[[2]string]bool{}
	for i, f := range fields {
		key := [2]string{f.Section, clean(f.Key)}
		if seen[key] {
			continue
		}
		seen[key] = true
		rows = append(rows, fieldRow{f.Section, clean(f.Key), clean(f.Label), f.Type, f.Required, i})
		values := map[string]bool{}
		for n, o := range f.Options {
			if v := clean(o.Value); !values[v] {
				values[v] = true
				options = append(options, optionRow{f.Section, clean(f.Key), v, clean(o.Label), n})
			}
		}
	}
	if err := t.exec(ctx, "vendor fields", `insert into vendor_fields (connection_id, section, key, label, type, required, position, first_seen, last_seen)
		select $1, x.section, x.key, x.label, x.type, x.required, x.position, $3, $3
		from jsonb_to_recordset($2) x (section text, key text, label text, type text, required boolean, position int)
		on conflict (connection_id, section, key) do update set label = excluded.label, type = excluded.type, required = excluded.required,
			position = excluded.position, last_seen = excluded.last_seen, vanished_at = null`, connectionID, Doc(rows), now); err != nil {
		return err
	}
	return t.exec(ctx, "vendor options", `insert into vendor_options (connection_id, section, key, value, label, position, first_seen, last_seen)
		select $1, x.section, x.key, x.value, x.label, x.position, $3, $3
		from jsonb_to_recordset($2) x (section text, key text, value text, label text, position int)
		on conflict (connection_id, section, key, value) do update set label = excluded.label, position = excluded.position, last_seen = excluded.last_seen, vanished_at = null`,
		connectionID, Doc(options), now)
}

func (t *Tx) saveStatuses(ctx context.Context, connectionID uuid.UUID, statuses []staffing.DeclaredStatus, now time.Time) error {
	rows := []statusRow{}
	seen := map[[2]string]bool{}
	for i, s := range statuses {
		key := [2]string{string(s.Subject), clean(s.Word)}
		if !seen[key] {
			seen[key] = true
			rows = append(rows, statusRow{s.Subject, clean(s.Word), clean(s.Label), i})
		}
	}
	return t.exec(ctx, "vendor statuses", `insert into vendor_statuses (connection_id, subject, word, label, position, first_seen, last_seen)
		select $1, x.subject, x.word, x.label, x.position, $3, $3 from jsonb_to_recordset($2) x (subject text, word text, label text, position int)
		on conflict (connection_id, subject, word) do update set label = excluded.label, position = excluded.position, last_seen = excluded.last_seen, vanished_at = null`,
		connectionID, Doc(rows), now)
}
