package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// maxOptionGaps is how many are told at once: who sees a hundred knows that the
// list was replaced.
const maxOptionGaps = 100

// checkOptions holds the profile in force and its code lists against the vendor's
// words, unless both are as they were.
func checkOptions(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) error {
	words, err := tx.Vocabulary(ctx, connectionID)
	if err != nil {
		return err
	}
	version, lists, err := tx.ProfileStamp(ctx, connectionID)
	stamp := fmt.Sprintf("%d/%s", version, lists)
	if err != nil || stamp == words.Checked || version == 0 {
		return err
	}
	profile, err := tx.PublishedProfile(ctx, connectionID)
	if err != nil {
		return err
	}
	doc, err := mapping.Parse([]byte(profile.Document))
	if err != nil {
		return tx.CheckedVocabulary(ctx, connectionID, stamp) // its own page says that it cannot be read
	}
	saved, err := tx.AllCodeLists(ctx, connectionID)
	if err != nil {
		return err
	}
	fields, err := tx.VendorFields(ctx, connectionID)
	if err != nil {
		return err
	}
	statuses, err := tx.VendorStatuses(ctx, connectionID)
	if err != nil {
		return err
	}
	gaps := optionGaps(doc.WithLists(saved), fields, statuses)
	if err := tx.SetGaps(ctx, connectionID, staffing.GapOption, gaps[:min(len(gaps), maxOptionGaps)]); err != nil {
		return err
	}
	return tx.CheckedVocabulary(ctx, connectionID, stamp)
}

// optionGaps lists what a document says and the vendor does not have: values that
// it writes, fields that it writes to, and status words that it expects.
func optionGaps(d mapping.Document, fields []store.VendorField, statuses []store.VendorStatus) (out []staffing.Gap) {
	add := func(field, value, message string) {
		if !slices.ContainsFunc(out, func(g staffing.Gap) bool { return g.Field == field && g.Value == value }) {
			out = append(out, staffing.Gap{Kind: staffing.GapOption, Field: field, Value: value, Message: message})
		}
	}
	byKey := map[[2]string]store.VendorField{}
	for _, f := range fields {
		byKey[[2]string{f.Section, f.Key}] = f
	}
	for _, w := range d.Writes() {
		if w.Section == "internal_status" || w.Section == "triggers" {
			if undeclared(statuses, w.Value) {
				add(statusCell(w), w.Value, "The system has no status “"+w.Value+"” (any more).")
			}
			continue
		}
		f, known := byKey[[2]string{w.Section, w.Key}]
		if known && f.VanishedAt == nil && len(f.Values()) > 0 && !slices.ContainsFunc(f.Values(), func(o store.VendorOption) bool { return o.Value == w.Value }) {
			add(w.Section+"."+w.Key, w.Value, "“"+w.Value+"” is not among the values of “"+f.Label+"” "+wasThere(f, w.Value)+".")
		}
	}
	for _, section := range mapping.Sections() {
		for _, c := range d.Cells(section) {
			if f, known := byKey[[2]string{section, c.Key}]; known && f.VanishedAt != nil && !mapping.Inbound(section) {
				add(section+"."+c.Key, "", "The system has no field “"+f.Label+"” any more.")
			}
		}
	}
	for _, s := range statuses {
		if _, mapped := d.Stages[s.Word]; s.VanishedAt != nil && mapped && s.Subject == staffing.SubjectSubmission {
			add("stages."+s.Word, s.Word, "The system has no status “"+s.Word+"” any more.")
		}
	}
	return out
}

// statusCell names the place of a status word in the tables.
func statusCell(w mapping.Write) string {
	if w.Key == "" {
		return w.Section
	}
	return w.Section + "." + w.Key
}

// undeclared says that a system that declares its statuses does not declare that one.
func undeclared(statuses []store.VendorStatus, word string) bool {
	declared := false
	for _, s := range statuses {
		if s.Subject == staffing.SubjectSubmission && s.VanishedAt == nil {
			declared = true
			if s.Word == word {
				return false
			}
		}
	}
	return declared
}

func wasThere(f store.VendorField, value string) string {
	if slices.ContainsFunc(f.Options, func(o store.VendorOption) bool { return o.Value == value }) {
		return "any more"
	}
	return "of the system"
}
