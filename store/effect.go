package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of an effect. Between intended and done or refused, a crash or a
// lost answer leaves sent or unknown: both are settled by looking.
const (
	EffectIntended = "intended" // committed before anything is sent
	EffectSent     = "sent"     // a request may have left; nothing is known of it
	EffectUnknown  = "unknown"  // it left and the answer was lost
	EffectDone     = "done"     // the receipt is here
	EffectRefused  = "refused"  // the vendor said no: nothing was written
)

// The kinds of effect.
const (
	EffectJob        = "job.put"
	EffectSubmission = "submission.put"
	EffectStatus     = "status.put"
	EffectBilling    = "billing.put"
)

// Effect is one write to an outside system.
type Effect struct {
	ID           uuid.UUID        `db:"id"`
	ConnectionID uuid.UUID        `db:"connection_id"`
	Kind         string           `db:"kind"`
	Key          string           `db:"key"`
	Subject      staffing.Subject `db:"subject"`
	SubjectID    uuid.UUID        `db:"subject_id"`
	State        string           `db:"state"`
	Attempts     int              `db:"attempts"`
	Request      string           `db:"request"`
	VendorID     string           `db:"vendor_id"`
	VendorNumber string           `db:"vendor_number"`
	VendorURL    string           `db:"vendor_url"`
	Existed      bool             `db:"existed"`
	ErrorCode    string           `db:"error_code"`
	Error        string           `db:"error"`
	CreatedAt    time.Time        `db:"created_at"`
	SentAt       *time.Time       `db:"sent_at"`
	SettledAt    *time.Time       `db:"settled_at"`
}

// IntendEffect commits the intent to write before anything is sent, once per
// connection, kind and key, and gives the row as it stands.
func (q queries) IntendEffect(ctx context.Context, e Effect) (out Effect, err error) {
	return out, q.get(ctx, &out, "effect", `insert into effects (id, connection_id, kind, key, subject, subject_id, state, request, created_at)
		values ($1, $2, $3, $4, $5, $6, 'intended', $7, $8)
		on conflict (connection_id, kind, key) do update set request = case when effects.state = 'done' then effects.request else excluded.request end
		returning *`, NewID(), e.ConnectionID, e.Kind, e.Key, e.Subject, e.SubjectID, clean(e.Request), q.now())
}

// MarkEffectSent notes, before a request leaves, that one may have left. Of two
// workers with the same effect one gets [staffing.Conflict]: what is sent or
// unknown is settled by looking first.
func (q queries) MarkEffectSent(ctx context.Context, id uuid.UUID) error {
	return q.execOne(ctx, staffing.Conflict, "effect", `update effects set state = 'sent', sent_at = $2, attempts = attempts + 1 where id = $1 and state in ('intended', 'refused')`, id, q.now())
}

// SettleEffect keeps the receipt.
func (q queries) SettleEffect(ctx context.Context, id uuid.UUID, rc staffing.Receipt) error {
	return q.exec(ctx, "effect", `update effects set state = 'done', vendor_id = $2, vendor_number = $3, vendor_url = $4, existed = $5, error_code = '', error = '', settled_at = $6
		where id = $1`, id, clean(rc.ID), clean(rc.Number), clean(rc.URL), rc.Existed, q.now())
}

// FailEffect notes a refusal (nothing was written) or an unknown outcome.
func (q queries) FailEffect(ctx context.Context, id uuid.UUID, state string, cause error) error {
	return q.exec(ctx, "effect", `update effects set state = $2, error_code = $3, error = $4 where id = $1 and state <> 'done'`,
		id, state, string(staffing.CodeOf(cause)), clean(staffing.MessageOf(cause)))
}

// ReopenEffect says that looking found nothing: the write may be tried again.
// attempts is the count that the caller saw before it looked; somebody else who
// sent meanwhile makes it a [staffing.Conflict].
func (q queries) ReopenEffect(ctx context.Context, id uuid.UUID, attempts int) error {
	return q.execOne(ctx, staffing.Conflict, "effect", `update effects set state = 'intended' where id = $1 and attempts = $2 and state in ('sent', 'unknown')`, id, attempts)
}

// Effects lists the writes of a subject, newest first.
func (q queries) Effects(ctx context.Context, subject staffing.Subject, id uuid.UUID) (out []Effect, err error) {
	return out, q.list(ctx, &out, "effects", `select * from effects where subject = $1 and subject_id = $2 order by created_at desc`, subject, id)
}
