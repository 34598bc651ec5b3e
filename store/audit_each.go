package store

import (
	"context"
	"time"
)

// EachAudit gives the entries of a time, [from, to), in the order of the chain to do,
// a thousand at a time. It ends with the first error.
func (q queries) EachAudit(ctx context.Context, from, to time.Time, do func(AuditEntry) error) error {
	last := int64(0)
	for {
		var page []AuditEntry
		if err := q.list(ctx, &page, "audit log", `select * from audit_log where id > $1 and at >= $2 and at < $3 order by id limit 1000`, last, from, to); err != nil {
			return err
		}
		for _, e := range page {
			if err := do(e); err != nil {
				return err
			}
			last = e.ID
		}
		if len(page) == 0 {
			return nil
		}
	}
}
