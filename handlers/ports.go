package handlers

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// Systems opens outside systems. Its connectors are safe for several goroutines.
type Systems interface {
	// Connector opens a saved connection, whatever its state. Errors are coded; NotFound
	// says that there is no such connection.
	Connector(ctx context.Context, id uuid.UUID) (staffing.Checker, error)
	// Try opens a connector with settings that are not saved, after Spec.Complete.
	Try(kind connectors.Kind, settings connectors.Settings) (staffing.Checker, error)
	// Adopt publishes the kind's default profile for a fresh connection and makes its
	// feeds due, in the transaction that inserts it.
	Adopt(ctx context.Context, tx *store.Tx, c store.Connection) error
	// Forget drops what is cached of a connection, after its settings changed.
	Forget(id uuid.UUID)
}

// Queue puts work into the job queue, in the caller's transaction: the job exists
// when that commits.
type Queue interface {
	Received(ctx context.Context, tx *store.Tx, deliveryID int64) error
	Validate(ctx context.Context, tx *store.Tx, requisitionID uuid.UUID) error
	Deliver(ctx context.Context, tx *store.Tx, submissionID uuid.UUID) error
	Extract(ctx context.Context, tx *store.Tx, submissionID uuid.UUID) error
	Post(ctx context.Context, tx *store.Tx, placementID uuid.UUID) error
	// Reconcile compares the bills of a period with the ERP.
	Reconcile(ctx context.Context, tx *store.Tx, reconciliationID uuid.UUID) error
	// Retry repeats the failed step of f and marks f as being retried.
	Retry(ctx context.Context, tx *store.Tx, f store.Failure) error
	// Wake schedules due polls now instead of at the next tick.
	Wake(ctx context.Context) error
}

// Desk is what finance does with a placement and its bills. Everything is audited
// inside. Errors are coded: Forbidden for four eyes, limits and delegates, Conflict
// when it changed meanwhile, Invalid with its field.
type Desk interface {
	Correct(ctx context.Context, by store.User, id uuid.UUID, field, value, reason string) error
	// Approve approves exactly the content with that hash, and posts it.
	Approve(ctx context.Context, by store.User, id uuid.UUID, hash string) error
	SendBack(ctx context.Context, by store.User, id uuid.UUID, reason string) error
	// Fields lists what Correct takes, in order: canonical name and label.
	Fields() [][2]string
	// Amend changes terms from a day on; after the first bill it proposes others.
	Amend(ctx context.Context, by store.User, id uuid.UUID, a staffing.Amendment) error
	// PreviewAmendment gives the bills that Amend would propose, and what it finds;
	// nothing is kept.
	PreviewAmendment(ctx context.Context, by store.User, id uuid.UUID, a staffing.Amendment) (staffing.Amended, error)
	// ApproveBill approves exactly the bill with that hash, the first one too.
	ApproveBill(ctx context.Context, by store.User, billID uuid.UUID, hash string) error
	RefuseBill(ctx context.Context, by store.User, billID uuid.UUID, reason string) error
	// PreviewBill gives what would be sent to the ERP for a bill, in the ERP's own
	// fields, and the ERP's name. NotFound: no ERP is connected.
	PreviewBill(ctx context.Context, billID uuid.UUID) (fields json.RawMessage, erp string, err error)
	// ChooseBooks keeps which customer and items of the ERP a client's bills name, and
	// gives how many placements under review it worked out anew.
	ChooseBooks(ctx context.Context, by store.User, clientID uuid.UUID, books store.ClientBooks) (int, error)
	// SearchBooks looks for customers or items in the ERP. NotFound: none is connected;
	// Conflict: it cannot be searched.
	SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error)
	// Recheck holds the terms against rules, contract and purchase orders again.
	Recheck(ctx context.Context, by store.User, id uuid.UUID) error
}

// Profiles puts drafts of profiles to the test and in force. Everything is audited
// inside. Errors are coded: NotFound without a draft, Conflict when it changed
// meanwhile, Forbidden for who asked for a second person and is none, Invalid with
// what is wrong in the document.
type Profiles interface {
	// StartPreview runs the draft over the newest records that are here, at most
	// 10,000. The preview's row shows progress and result; nothing is called outside.
	StartPreview(ctx context.Context, connectionID uuid.UUID, records int, by string) (uuid.UUID, error)
	// Publish puts that revision of the draft in force, or notes that it waits for a
	// second person.
	Publish(ctx context.Context, connectionID uuid.UUID, revision int, by store.User, note string) (version int, waiting bool, err error)
	// RollBack puts an old version in force again, as a new one.
	RollBack(ctx context.Context, connectionID uuid.UUID, version int, by store.User, note string) (newVersion int, err error)
	// ListSaved tries the records again that a mapping or a rule holds, within the
	// transaction that saves a code list; it gives how many they are.
	ListSaved(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (n int, err error)
	// Reprocess maps and checks again what an older version made and is not at an end;
	// it gives how many records are on their way.
	Reprocess(ctx context.Context, connectionID uuid.UUID, by store.User) (n int, err error)
	// GoLive lets a connection write outside, and does what was left out; GoShadow
	// stops it.
	GoLive(ctx context.Context, connectionID uuid.UUID, by store.User) error
	GoShadow(ctx context.Context, connectionID uuid.UUID, by store.User) error
	// SwitchFlow does that for one flow. Conflict when it is so already, or when a flow
	// that has to come first is off.
	SwitchFlow(ctx context.Context, connectionID uuid.UUID, flow store.Flow, on bool, by store.User) error
}

// Notices tries the addresses that take notices.
type Notices interface {
	// TryNoticeHook sends a ping; the error says what the other side answered.
	TryNoticeHook(ctx context.Context, hook store.NoticeHook) error
}

// Probe is one check of /readyz. Check need not be quick: it is cut off.
type Probe struct {
	Name  string
	Check func(ctx context.Context) error
}
