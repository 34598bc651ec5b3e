package main

import (
	"context"
	"time"

	"github.com/tributary-hub/tributary/handlers"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// maxSkew is how far our clock may be from the database's: jobs are stamped by
// ours and picked up by the database's.
const maxSkew = 5 * time.Second

// probes are what /readyz asks.
func (h *hub) probes(role string) []handlers.Probe {
	out := []handlers.Probe{
		{Name: "database", Check: func(ctx context.Context) error {
			_, err := h.db.store.DatabaseTime(ctx)
			return err
		}},
		{Name: "migrations", Check: h.db.migrated},
		{Name: "clock", Check: h.db.clock},
	}
	if role != "web" {
		out = append(out, handlers.Probe{Name: "schedule", Check: func(context.Context) error { return h.work.Alive() }})
	}
	return out
}

func (db *database) migrated(ctx context.Context) error {
	n, err := store.Pending(ctx, db.pool.DB)
	if err != nil {
		return err
	}
	if n < 0 {
		return staffing.Errorf(staffing.Unavailable, "the database was migrated by a newer program; start that one")
	}
	if n > 0 {
		return staffing.Errorf(staffing.Unavailable, "the database lacks %d migrations of this program; run: server migrate", n)
	}
	return nil
}

func (db *database) clock(ctx context.Context) error {
	before := time.Now()
	theirs, err := db.store.DatabaseTime(ctx)
	if err != nil {
		return err
	}
	ours := before.Add(time.Since(before) / 2)
	if skew := theirs.Sub(ours).Abs(); skew > maxSkew {
		return staffing.Errorf(staffing.Unavailable, "this machine's clock and the database's are %s apart; set both by NTP, or jobs start late or twice", skew.Round(time.Second))
	}
	return nil
}
