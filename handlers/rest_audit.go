package handlers

import (
	"context"
	"encoding/hex"
	"encoding/json"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListAudit implements the operation of that name.
func (a restAPI) ListAudit(ctx context.Context, req api.ListAuditRequestObject) (api.ListAuditResponseObject, error) {
	p := req.Params
	entries, total, err := a.s.store.AuditLog(ctx, store.AuditFilter{Actor: p.Actor, Action: p.Action, Subject: p.Subject, ID: p.SubjectID, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListAudit200JSONResponse{Total: total, Limit: p.Limit, Offset: p.Offset, Items: each(entries, func(e store.AuditEntry) api.AuditEntry {
		return api.AuditEntry{ID: e.ID, At: e.At.UTC(), Actor: e.Actor, Action: e.Action, Subject: e.Subject, SubjectID: e.SubjectID,
			Detail: json.RawMessage(e.Detail), Hash: hex.EncodeToString(e.Hash)}
	})}, nil
}

// VerifyAudit implements the operation of that name. A broken chain is what was
// asked for, and no error.
func (a restAPI) VerifyAudit(ctx context.Context, req api.VerifyAuditRequestObject) (api.VerifyAuditResponseObject, error) {
	var want []byte
	if req.Params.Head != "" {
		var err error
		if want, err = hex.DecodeString(req.Params.Head); err != nil {
			return nil, invalidField("head", "head: it must be a hash in hexadecimal digits")
		}
	}
	n, head, err := a.s.store.VerifyAudit(ctx, want)
	out := api.VerifyAudit200JSONResponse{Verified: err == nil, Entries: n, Head: hex.EncodeToString(head)}
	if staffing.CodeOf(err) == staffing.Conflict {
		out.Problem, err = staffing.MessageOf(err), nil
	}
	return out, err
}
