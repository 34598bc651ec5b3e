package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// NoticeHook is an address that takes notices by webhook. Its secret stays sealed
// until [queries.NoticeSecret] opens it.
type NoticeHook struct {
	ID        uuid.UUID      `db:"id"`
	URL       string         `db:"url"`
	Secret    []byte         `db:"secret"`
	Kinds     pq.StringArray `db:"kinds"`
	CreatedBy string         `db:"created_by"`
	CreatedAt time.Time      `db:"created_at"`
	SentAt    *time.Time     `db:"sent_at"` // the last one that was taken
	Error     string         `db:"error"`   // of the last try
}

func noticeSecretRow(id uuid.UUID) string { return "notice_hooks/" + id.String() + "/secret" }

// InsertNoticeHook adds an address with its secret.
func (q queries) InsertNoticeHook(ctx context.Context, h NoticeHook, secret string) (NoticeHook, error) {
	h.ID, h.CreatedAt = NewID(), q.now()
	var err error
	if h.Secret, err = q.box.Seal([]byte(secret), noticeSecretRow(h.ID)); err != nil {
		return h, err
	}
	return h, q.exec(ctx, "webhook of notices", `insert into notice_hooks (id, url, secret, kinds, created_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
		h.ID, clean(h.URL), h.Secret, h.Kinds, h.CreatedBy, h.CreatedAt)
}

// NoticeSecret opens the secret of an address.
func (q queries) NoticeSecret(_ context.Context, h NoticeHook) (string, error) {
	plain, err := q.box.Open(h.Secret, noticeSecretRow(h.ID))
	if err != nil {
		return "", &staffing.Error{Code: staffing.Internal, Message: "the secret of a webhook of notices cannot be opened: is the key file the one it was saved with?", Err: err}
	}
	return string(plain), nil
}

// NoticeHooks lists the addresses, the oldest first.
func (q queries) NoticeHooks(ctx context.Context) (out []NoticeHook, err error) {
	return out, q.list(ctx, &out, "webhooks of notices", `select * from notice_hooks order by created_at, id`)
}

// DropNoticeHook removes an address; what is on its way to it is dropped.
func (q queries) DropNoticeHook(ctx context.Context, id uuid.UUID) error {
	return q.execOne(ctx, staffing.NotFound, "webhook of notices", `delete from notice_hooks where id = $1`, id)
}

// NoticePost is one delivery of a notice to an address.
type NoticePost struct {
	ID       uuid.UUID  `db:"id"` // the delivery's id at the other side, the same on each try
	HookID   uuid.UUID  `db:"hook_id"`
	NoticeID int64      `db:"notice_id"`
	Event    string     `db:"event"` // opened or closed
	SentAt   *time.Time `db:"sent_at"`
}

// PlanNoticePosts makes the deliveries of a notice that opened or closed, one per
// address that wants its kind, and gives those that are new.
func (t *Tx) PlanNoticePosts(ctx context.Context, n Notice) (out []NoticePost, err error) {
	event := "opened"
	if n.ClosedAt != nil {
		event = "closed"
	}
	return out, t.list(ctx, &out, "deliveries of notices", `insert into notice_posts (id, hook_id, notice_id, event)
		select gen_random_uuid(), h.id, $1, $2 from notice_hooks h where $3 = any (h.kinds) on conflict do nothing returning *`, n.ID, event, n.Kind)
}

// NoticePostWithHook gives a delivery and its address; [staffing.NotFound] when the
// address was removed.
func (q queries) NoticePostWithHook(ctx context.Context, id uuid.UUID) (p NoticePost, h NoticeHook, err error) {
	if err := q.get(ctx, &p, "delivery of a notice", `select * from notice_posts where id = $1`, id); err != nil {
		return p, h, err
	}
	return p, h, q.get(ctx, &h, "webhook of notices", `select * from notice_hooks where id = $1`, p.HookID)
}

// NoticeSent says that a delivery was taken.
func (q queries) NoticeSent(ctx context.Context, p NoticePost) error {
	now := q.now()
	if err := q.exec(ctx, "delivery of a notice", `update notice_posts set sent_at = $2 where id = $1`, p.ID, now); err != nil {
		return err
	}
	return q.exec(ctx, "webhook of notices", `update notice_hooks set sent_at = $2, error = '' where id = $1`, p.HookID, now)
}

// NoticeRefused keeps why the last try did not arrive.
func (q queries) NoticeRefused(ctx context.Context, hook uuid.UUID, why string) error {
	return q.exec(ctx, "webhook of notices", `update notice_hooks set error = $2 where id = $1`, hook, clean(why))
}
