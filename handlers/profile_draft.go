package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// edit is one change of a profile's draft, as a form sends it.
type edit struct {
	connection uuid.UUID
	by         string
	at         web.Edition
	action     string // for the audit log
	// change gives the new document and the names of the cells that differ; none
	// means that there is nothing to save.
	change func(d mapping.Document) (mapping.Document, []string, error)
}

// profileForm reads what every form of a profile sends, and says whether profiles
// can be changed here.
func (s *Server) profileForm(r *http.Request) (id uuid.UUID, at web.Edition, err error) {
	if id, err = pathID(r); err != nil {
		return id, at, err
	}
	if err := r.ParseForm(); err != nil {
		return id, at, unread(err)
	}
	if _, err := s.store.Connection(r.Context(), id); err != nil {
		return id, at, err
	}
	if _, err := s.profiles(); err != nil {
		return id, at, err
	}
	at.Revision, _ = strconv.Atoi(formText(r, "revision")) // what is no number was opened on no draft
	at.Base, _ = strconv.Atoi(formText(r, "base"))
	return id, at, nil
}

// saveEdit changes the draft, and begins one if there is none. A form that was
// opened before somebody else's change is a conflict: nobody's work is lost.
func (s *Server) saveEdit(ctx context.Context, e edit) (saved bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		draft, err := draftFor(ctx, tx, e)
		if err != nil {
			return err
		}
		before, err := mapping.Parse([]byte(draft.Document))
		if err != nil {
			return err
		}
		after, cells, err := e.change(before)
		if err != nil || len(cells) == 0 {
			return err
		}
		text, err := after.YAML()
		if err != nil {
			return err
		}
		if !draft.drafted {
			started, err := tx.StartDraft(ctx, e.connection, e.by)
			if err != nil {
				return err
			}
			draft.Revision = started.Revision
		}
		if _, err := tx.SaveDraft(ctx, e.connection, draft.Revision, string(text), e.by); err != nil {
			return err
		}
		saved = true
		return tx.Audit(ctx, e.by, e.action, string(staffing.SubjectConnection), e.connection.String(), map[string]any{"cells": strings.Join(cells, " ")})
	})
	return saved, err
}

// openDraft is what an edit begins from.
type openDraft struct {
	store.Profile
	drafted bool // false: it is the version in force, and the edit begins a draft
}

// draftFor gives the document that the form was opened on, or the conflict that it
// is not the newest any more.
func draftFor(ctx context.Context, tx *store.Tx, e edit) (openDraft, error) {
	p, err := tx.LockDraft(ctx, e.connection)
	switch {
	case err == nil && p.Revision == e.at.Revision:
		return openDraft{p, true}, nil
	case err == nil:
		return openDraft{}, meanwhile(ctx, tx, e.connection, p.UpdatedBy+" saved this draft at "+momentText(p.UpdatedAt))
	case staffing.CodeOf(err) != staffing.NotFound:
		return openDraft{}, err
	}
	base, err := optional(tx.PublishedProfile(ctx, e.connection))
	switch {
	case err != nil:
		return openDraft{}, err
	case base.Version != e.at.Base:
		return openDraft{}, meanwhile(ctx, tx, e.connection, fmt.Sprintf("%s put version %d in force", orText(base.PublishedBy, base.Author), base.Version))
	case e.at.Revision != 0:
		return openDraft{}, meanwhile(ctx, tx, e.connection, "the draft was discarded")
	}
	return openDraft{base, false}, nil
}

// conflictOf gives the sentence of a conflict for the form that had it.
func conflictOf(err error) string {
	if staffing.CodeOf(err) == staffing.Conflict {
		return sentence(staffing.MessageOf(err))
	}
	return ""
}

// refusedBy gives the sentence of another refusal that the form shows.
func refusedBy(err error) string {
	if staffing.CodeOf(err) == staffing.Invalid {
		return sentence(staffing.MessageOf(err))
	}
	return ""
}

// edited ends a form that changed the draft.
func (s *Server) edited(w http.ResponseWriter, r *http.Request, saved bool, target string) error {
	if !saved {
		return s.done(w, r, target, "Nothing was changed.")
	}
	return s.done(w, r, target, "Saved in the draft. Nothing is in force before it is published.")
}

// formLines reads a field that may have several lines, with the line ends of the
// house.
func formLines(r *http.Request, key string) string {
	return strings.ReplaceAll(formText(r, key), "\r\n", "\n")
}
