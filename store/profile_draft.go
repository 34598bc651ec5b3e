package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Draft gives the connection's draft; [staffing.NotFound] when nobody has begun one.
func (q queries) Draft(ctx context.Context, connectionID uuid.UUID) (p Profile, err error) {
	return p, q.get(ctx, &p, "draft", `select * from profiles where connection_id = $1 and state = 'draft'`, connectionID)
}

// LockDraft is Draft, and keeps the row until the transaction ends. The
// connection's row is locked first, as everything does that makes a version.
func (t *Tx) LockDraft(ctx context.Context, connectionID uuid.UUID) (p Profile, err error) {
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return p, err
	}
	return p, t.get(ctx, &p, "draft", `select * from profiles where connection_id = $1 and state = 'draft' for update`, connectionID)
}

// StartDraft begins a draft from the version in force, or from nothing; it gives
// the draft that is there if somebody has begun one.
func (t *Tx) StartDraft(ctx context.Context, connectionID uuid.UUID, by string) (Profile, error) {
	p, err := t.LockDraft(ctx, connectionID)
	if staffing.CodeOf(err) != staffing.NotFound {
		return p, err
	}
	base, err := t.PublishedProfile(ctx, connectionID)
	if err != nil && staffing.CodeOf(err) != staffing.NotFound {
		return p, err
	}
	revision, err := t.nextRevision(ctx, connectionID)
	if err != nil {
		return p, err
	}
	if err := t.exec(ctx, "draft", `insert into profiles (connection_id, version, state, document, author, created_at, revision, base_version, updated_at, updated_by)
		values ($1, 0, 'draft', $2, $3, $4, $5, $6, $4, $3)`, connectionID, base.Document, by, t.now(), revision, base.Version); err != nil {
		return p, err
	}
	return t.Draft(ctx, connectionID)
}

// nextRevision never gives the same number twice, also when a draft was discarded
// and another one begun: an old page must not find its number again.
func (t *Tx) nextRevision(ctx context.Context, connectionID uuid.UUID) (n int, err error) {
	return n, t.get(ctx, &n, "connection", `update connections set draft_revision = draft_revision + 1 where id = $1 returning draft_revision`, connectionID)
}

// SaveDraft replaces the draft's document. A revision that is not the newest is a
// [staffing.Conflict], which says who saved meanwhile. A request to publish ends:
// it was for what stood there before.
func (t *Tx) SaveDraft(ctx context.Context, connectionID uuid.UUID, revision int, document, by string) (Profile, error) {
	p, err := t.LockDraft(ctx, connectionID)
	if err != nil {
		return p, err
	}
	if p.Revision != revision {
		return p, p.overtaken()
	}
	next, err := t.nextRevision(ctx, connectionID)
	if err != nil {
		return p, err
	}
	if err := t.exec(ctx, "draft", `update profiles set document = $2, revision = $3, updated_at = $4, updated_by = $5, requested_by = '', requested_at = null, request_note = ''
		where connection_id = $1 and state = 'draft'`, connectionID, clean(document), next, t.now(), by); err != nil {
		return p, err
	}
	return t.Draft(ctx, connectionID)
}

// ErrOvertaken is the cause of the conflict that somebody saved a draft meanwhile.
var ErrOvertaken = errors.New("the revision is not the newest")

// overtaken says who saved the draft after the caller read it.
func (p Profile) overtaken() error {
	return &staffing.Error{Code: staffing.Conflict, Err: ErrOvertaken, Message: fmt.Sprintf("%s saved this draft at %s, after you opened it; look at the newest one, then make your change again",
		p.UpdatedBy, p.UpdatedAt.UTC().Format("15:04:05 on 2 January 2006 (UTC)"))}
}

// RequireRevision gives the locked draft if its revision is still the one named,
// else the same conflict as [Tx.SaveDraft].
func (t *Tx) RequireRevision(ctx context.Context, connectionID uuid.UUID, revision int) (Profile, error) {
	p, err := t.LockDraft(ctx, connectionID)
	if err == nil && p.Revision != revision {
		err = p.overtaken()
	}
	return p, err
}

// DiscardDraft throws the draft away.
func (t *Tx) DiscardDraft(ctx context.Context, connectionID uuid.UUID) error {
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return err
	}
	return t.execOne(ctx, staffing.NotFound, "draft", `delete from profiles where connection_id = $1 and state = 'draft'`, connectionID)
}

// RequestPublication notes who wants the draft published: a second person is to
// confirm it.
func (t *Tx) RequestPublication(ctx context.Context, connectionID uuid.UUID, revision int, by, note string) error {
	if _, err := t.RequireRevision(ctx, connectionID, revision); err != nil {
		return err
	}
	return t.exec(ctx, "draft", `update profiles set requested_by = $2, requested_at = $3, request_note = $4 where connection_id = $1 and state = 'draft'`,
		connectionID, by, t.now(), clean(note))
}

// PublishDraft puts the draft in force as the next version. Who requested it
// cannot be who publishes it: the database refuses that too.
func (t *Tx) PublishDraft(ctx context.Context, connectionID uuid.UUID, revision int, by, note string) (version int, err error) {
	if _, err := t.RequireRevision(ctx, connectionID, revision); err != nil {
		return 0, err
	}
	if version, err = t.nextVersion(ctx, connectionID); err != nil {
		return 0, err
	}
	return version, t.exec(ctx, "profile", `update profiles set state = 'published', version = $2, published_by = $3, published_at = $4,
		note = coalesce(nullif($5, ''), request_note) where connection_id = $1 and state = 'draft'`, connectionID, version, by, t.now(), clean(note))
}

// WithdrawRequest ends the request to publish the draft, if there is one.
func (t *Tx) WithdrawRequest(ctx context.Context, connectionID uuid.UUID) error {
	return t.exec(ctx, "draft", `update profiles set requested_by = '', requested_at = null, request_note = '' where connection_id = $1 and state = 'draft'`, connectionID)
}
