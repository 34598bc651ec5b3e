package handlers

import (
	"context"
	"io"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// GetProfileDraft implements the operation of that name.
func (a restAPI) GetProfileDraft(ctx context.Context, req api.GetProfileDraftRequestObject) (api.GetProfileDraftResponseObject, error) {
	p, err := a.s.store.Draft(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	lists, err := a.s.store.AllCodeLists(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	wrong, err := checkDocument(p.Document, lists)
	return api.GetProfileDraft200JSONResponse(draftAnswer(p, wrong)), err
}

func draftAnswer(p store.Profile, wrong parts) api.ProfileDraft {
	return api.ProfileDraft{Revision: p.Revision, BaseVersion: p.BaseVersion, Author: p.Author, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
		UpdatedBy: p.UpdatedBy, RequestedBy: p.RequestedBy, RequestedAt: utc(p.RequestedAt), RequestNote: p.RequestNote, YAML: p.Document,
		Document: documentJSON(p.Document), Problems: each(wrong[:min(len(wrong), shownParts)], func(x part) api.ProblemPart {
			return api.ProblemPart{Cell: x.Cell, Line: x.Line, Column: x.Column, Message: x.Message}
		})}
}

// PutProfileDraft implements the operation of that name.
func (a restAPI) PutProfileDraft(ctx context.Context, req api.PutProfileDraftRequestObject) (api.PutProfileDraftResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	sent, err := sentDraft(req)
	if err != nil {
		return nil, err
	}
	lists, err := a.s.store.AllCodeLists(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	wrong, err := checkDocument(sent.text, lists)
	if err != nil {
		return nil, err
	}
	if sent.fromJSON {
		wrong.dropLines()
	}
	if err := wrong.refusal("the profile", len(wrong)); err != nil {
		return nil, err
	}
	p, err := a.s.saveDraftBy(ctx, actorOf(ctx), req.ID, sent.revision, sent.text)
	return api.PutProfileDraft200JSONResponse(draftAnswer(p, nil)), err
}

// draftText is a draft as a request sends it.
type draftText struct {
	text     string // YAML
	revision int
	fromJSON bool // its lines are not those of the request
}

// dropLines takes away the lines of a document that the caller does not see. Those
// that have a column are of an expression, and stay.
func (p parts) dropLines() {
	for i := range p {
		if p[i].Column == 0 {
			p[i].Line = 0
		}
	}
}

func sentDraft(req api.PutProfileDraftRequestObject) (d draftText, err error) {
	if req.JSONBody == nil {
		text, err := readFile(req.Body)
		return draftText{text: text, revision: req.Params.Revision}, err
	}
	b := req.JSONBody
	d.revision = b.Revision
	switch {
	case (b.YAML == "") == (b.Document == nil):
		return d, invalidField("yaml", "send the document either as yaml or as document")
	case b.Document == nil:
		d.text = b.YAML
	default:
		d.fromJSON = true
		d.text, err = documentYAML(b.Document)
	}
	return d, err
}

// readFile reads a body that is no JSON. The gate has bounded it.
func readFile(body io.Reader) (string, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return "", unread(err)
	}
	if len(text) == 0 {
		return "", inField(nil, "it is required")
	}
	return string(text), nil
}

// DeleteProfileDraft implements the operation of that name.
func (a restAPI) DeleteProfileDraft(ctx context.Context, req api.DeleteProfileDraftRequestObject) (api.DeleteProfileDraftResponseObject, error) {
	if err := a.s.discardDraftBy(ctx, actorOf(ctx), req.ID, req.Params.Revision); err != nil {
		return nil, err
	}
	return api.DeleteProfileDraft204Response{}, nil
}

// saveDraftBy saves a whole document as the draft of that revision, and begins it
// where revision is 0. A draft that is another one by now is a conflict.
func (s *Server) saveDraftBy(ctx context.Context, by string, id uuid.UUID, revision int, document string) (p store.Profile, err error) {
	err = s.audited(ctx, deed{by, "profile.saved", staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		p, err = tx.RequireRevision(ctx, id, revision)
		if staffing.CodeOf(err) == staffing.NotFound {
			if revision != 0 {
				return nil, staffing.Errorf(staffing.Conflict, "the draft was published or discarded after you read it; begin a new one with revision 0")
			}
			p, err = tx.StartDraft(ctx, id, by)
		}
		if err != nil {
			return nil, err
		}
		p, err = tx.SaveDraft(ctx, id, p.Revision, document, by)
		return map[string]any{"revision": p.Revision, "base": p.BaseVersion}, err
	})
	return p, err
}

// discardDraftBy throws the draft away; with a revision, only that one.
func (s *Server) discardDraftBy(ctx context.Context, by string, id uuid.UUID, revision int) error {
	return s.audited(ctx, deed{by, "profile.discarded", staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		p, err := tx.LockDraft(ctx, id)
		if err == nil && revision != 0 {
			p, err = tx.RequireRevision(ctx, id, revision)
		}
		if err != nil {
			return nil, err
		}
		return map[string]any{"base": p.BaseVersion, "by": p.UpdatedBy}, tx.DiscardDraft(ctx, id)
	})
}
