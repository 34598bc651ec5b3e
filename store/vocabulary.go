package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Vocabulary is what is known of a vendor's own words: when they were read, or why
// that did not work.
type Vocabulary struct {
	ConnectionID uuid.UUID  `db:"connection_id"`
	NextAt       *time.Time `db:"next_at"` // nil: the connector cannot tell
	AskedAt      *time.Time `db:"asked_at"`
	ReadAt       *time.Time `db:"read_at"`
	FailedAt     *time.Time `db:"failed_at"`
	Error        string     `db:"error"` // of the last reading
	Checked      string     `db:"checked"`
	Fields       int        `db:"fields"`
	Statuses     int        `db:"statuses"`
}

// Reading says that an answer is awaited.
func (v Vocabulary) Reading() bool {
	after := func(t *time.Time) bool { return t == nil || v.AskedAt.After(*t) }
	return v.AskedAt != nil && after(v.ReadAt) && after(v.FailedAt)
}

// VendorField is a field of the vendor's, with the time in which it was there.
type VendorField struct {
	ConnectionID uuid.UUID  `db:"connection_id"`
	Section      string     `db:"section"`
	Key          string     `db:"key"`
	Label        string     `db:"label"`
	Type         string     `db:"type"`
	Required     bool       `db:"required"`
	Position     int        `db:"position"`
	FirstSeen    time.Time  `db:"first_seen"`
	LastSeen     time.Time  `db:"last_seen"`
	VanishedAt   *time.Time `db:"vanished_at"`
	Options      []VendorOption
}

// Values gives the options that can be picked now.
func (f VendorField) Values() (out []VendorOption) {
	for _, o := range f.Options {
		if o.VanishedAt == nil {
			out = append(out, o)
		}
	}
	return out
}

// VendorOption is one value of a pick list.
type VendorOption struct {
	ConnectionID uuid.UUID  `db:"connection_id"`
	Section      string     `db:"section"`
	Key          string     `db:"key"`
	Value        string     `db:"value"`
	Label        string     `db:"label"`
	Position     int        `db:"position"`
	FirstSeen    time.Time  `db:"first_seen"`
	LastSeen     time.Time  `db:"last_seen"`
	VanishedAt   *time.Time `db:"vanished_at"`
}

// VendorStatus is a status word of the vendor's own setup.
type VendorStatus struct {
	ConnectionID uuid.UUID        `db:"connection_id"`
	Subject      staffing.Subject `db:"subject"`
	Word         string           `db:"word"`
	Label        string           `db:"label"`
	Position     int              `db:"position"`
	FirstSeen    time.Time        `db:"first_seen"`
	LastSeen     time.Time        `db:"last_seen"`
	VanishedAt   *time.Time       `db:"vanished_at"`
}

// Vocabulary gives what is known of the words of a connection; one that nobody
// asked yet is [staffing.NotFound].
func (q queries) Vocabulary(ctx context.Context, connectionID uuid.UUID) (v Vocabulary, err error) {
	return v, q.get(ctx, &v, "vocabulary", `select v.*, (select count(*) from vendor_fields f where f.connection_id = v.connection_id and vanished_at is null) fields,
			(select count(*) from vendor_statuses s where s.connection_id = v.connection_id and vanished_at is null) statuses
		from vocabularies v where connection_id = $1`, connectionID)
}

// VendorFields lists the fields of a connection in the vendor's order, vanished ones
// too, with their options.
func (q queries) VendorFields(ctx context.Context, connectionID uuid.UUID) (out []VendorField, err error) {
	if err := q.list(ctx, &out, "fields", `select * from vendor_fields where connection_id = $1 order by section, position, key`, connectionID); err != nil {
		return nil, err
	}
	var options []VendorOption
	if err := q.list(ctx, &options, "options", `select * from vendor_options where connection_id = $1 order by section, key, position, value`, connectionID); err != nil {
		return nil, err
	}
	at := map[[2]string]int{}
	for i, f := range out {
		at[[2]string{f.Section, f.Key}] = i
	}
	for _, o := range options {
		i := at[[2]string{o.Section, o.Key}] // a foreign key says that it is there
		out[i].Options = append(out[i].Options, o)
	}
	return out, nil
}

// VendorStatuses lists the declared statuses of a connection in the vendor's order,
// vanished ones too.
func (q queries) VendorStatuses(ctx context.Context, connectionID uuid.UUID) (out []VendorStatus, err error) {
	return out, q.list(ctx, &out, "statuses", `select * from vendor_statuses where connection_id = $1 order by subject, position, word`, connectionID)
}

// StartVocabulary makes the words of a connection due at once.
func (q queries) StartVocabulary(ctx context.Context, connectionID uuid.UUID) error {
	return q.exec(ctx, "vocabulary", `insert into vocabularies (connection_id, next_at) values ($1, $2) on conflict (connection_id) do update set next_at = excluded.next_at`,
		connectionID, q.now())
}

// AskVocabulary says that the words of a connection are being read now.
func (q queries) AskVocabulary(ctx context.Context, connectionID uuid.UUID, next time.Time) error {
	return q.exec(ctx, "vocabulary", `insert into vocabularies (connection_id, next_at, asked_at) values ($1, $2, $3)
		on conflict (connection_id) do update set next_at = excluded.next_at, asked_at = excluded.asked_at`, connectionID, next, q.now())
}

// ClaimDueVocabularies takes up to limit connections whose words are due, and makes
// them due again after every. Replicas do not take the same one.
func (t *Tx) ClaimDueVocabularies(ctx context.Context, limit int, every time.Duration) (out []uuid.UUID, err error) {
	now := t.now()
	return out, t.list(ctx, &out, "due vocabularies", `update vocabularies v set next_at = $2::timestamptz, asked_at = $1
		from (select d.connection_id from vocabularies d join connections c on c.id = d.connection_id
			where d.next_at <= $1 and c.state = 'active' order by d.next_at limit $3 for update of d skip locked) due
		where v.connection_id = due.connection_id returning v.connection_id`, now, now.Add(every), limit)
}

// FailVocabulary notes why the words of a connection could not be read. What was
// read earlier stays.
func (q queries) FailVocabulary(ctx context.Context, connectionID uuid.UUID, message string, next *time.Time) error {
	return q.exec(ctx, "vocabulary", `update vocabularies set failed_at = $2, error = $3, next_at = $4 where connection_id = $1`, connectionID, q.now(), clean(message), next)
}

// CheckedVocabulary notes which profile and lists were held against the words.
func (q queries) CheckedVocabulary(ctx context.Context, connectionID uuid.UUID, stamp string) error {
	return q.exec(ctx, "vocabulary", `update vocabularies set checked = $2 where connection_id = $1`, connectionID, stamp)
}

// ReadVocabularies lists the connections whose words were read at least once.
func (q queries) ReadVocabularies(ctx context.Context) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "vocabularies", `select connection_id from vocabularies where read_at is not null order by connection_id`)
}
