package handlers

import (
	"context"
	"encoding/json"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const actionViewed = "placement.viewed"

// noteView keeps that finance saw a version of a placement, once per person and version.
func (s *Server) noteView(ctx context.Context, by store.User, p store.Placement) error {
	if !reviewing.Allows(by.Role) {
		return nil
	}
	if seen, err := viewed(ctx, s.store, by, p); err != nil || seen {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPlacement(ctx, p.ID); err != nil {
			return err
		}
		if seen, err := viewed(ctx, tx, by, p); err != nil || seen { // two windows of one person
			return err
		}
		return tx.Audit(ctx, by.Email, actionViewed, string(staffing.SubjectPlacement), p.ID.String(), map[string]any{"version": p.Version})
	})
}

// auditReader reads the log within or outside of a transaction.
type auditReader interface {
	AuditLog(ctx context.Context, f store.AuditFilter) ([]store.AuditEntry, int, error)
}

func viewed(ctx context.Context, log auditReader, by store.User, p store.Placement) (bool, error) {
	entries, _, err := log.AuditLog(ctx, store.AuditFilter{Actor: by.Email, Action: actionViewed, Subject: string(staffing.SubjectPlacement), ID: p.ID.String(), Limit: 500})
	for _, e := range entries {
		var detail struct {
			Version int `json:"version"`
		}
		if json.Unmarshal([]byte(e.Detail), &detail) == nil && detail.Version == p.Version {
			return true, err
		}
	}
	return false, err
}
