package jobs

import (
	"context"
	"maps"
	"strings"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// compiled is a profile that can be run.
type compiled struct {
	program *mapping.Program // nil: there is no document, nothing is mapped
	rules   *rules.Set       // the baseline with the profile's rules on top
}

// compileProfile makes a profile's document and the connection's code lists ready
// to run. A list of the connection takes the place of one in the document.
func compileProfile(document string, lists map[string]map[string]string) (c compiled, err error) {
	doc, err := mapping.Parse([]byte(document))
	if err != nil {
		return c, err
	}
	merged := maps.Clone(doc.Lists)
	if merged == nil {
		merged = map[string]map[string]string{}
	}
	maps.Copy(merged, lists)
	doc.Lists = merged
	if c.program, err = mapping.Compile(doc); err != nil {
		return c, err
	}
	c.rules, err = rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists)
	return c, err
}

// CheckProfile says what is wrong with a document, together with a connection's
// code lists: [staffing.Invalid].
func CheckProfile(document string, lists map[string]map[string]string) error {
	_, err := compileProfile(document, lists)
	return err
}

// A preview looks at no more than MaxPreview records. Publishing rests on one of
// fullPreview records, or of all that are here.
const (
	MaxPreview  = 10_000
	fullPreview = 1000
)

// StartPreview lets the queue run the draft of a connection over its newest records
// that are here, and gives the preview whose row shows progress and result. A draft
// that does not compile is [staffing.Invalid] at once.
func (h *Hub) StartPreview(ctx context.Context, connectionID uuid.UUID, records int, by string) (id uuid.UUID, err error) {
	if records < 1 || records > MaxPreview {
		return id, &staffing.Error{Code: staffing.Invalid, Field: "records", Message: "A preview looks at 1 to 10,000 records."}
	}
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		draft, err := tx.LockDraft(ctx, connectionID)
		if err != nil {
			return err
		}
		version, lists, err := tx.ProfileStamp(ctx, connectionID)
		if err != nil {
			return err
		}
		if err := compiles(ctx, tx, connectionID, draft.Document); err != nil {
			return err
		}
		p, err := tx.InsertPreview(ctx, store.Preview{ConnectionID: connectionID, Revision: draft.Revision, Document: draft.Document,
			BaseVersion: version, Lists: lists, Wanted: records, CreatedBy: by})
		if err != nil {
			return err
		}
		id = p.ID
		_, err = h.river.InsertTx(ctx, tx.SQL(), previewArgs{idArgs{p.ID}}, &river.InsertOpts{Queue: queuePoll})
		return err
	})
	return id, err
}

// compiles says what is wrong with a document, together with the code lists that
// are there.
func compiles(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, document string) error {
	lists, err := tx.AllCodeLists(ctx, connectionID)
	if err != nil {
		return err
	}
	return CheckProfile(document, lists)
}

// Publish puts the draft of that revision in force. It rests on a preview of this
// very revision. A draft that changes more records than the client's threshold is
// only requested (waiting), until a second person publishes it too; whoever
// requested it is [staffing.Forbidden] to. Gaps close, to open again where they
// are met again, and what is held goes on its way once more.
func (h *Hub) Publish(ctx context.Context, connectionID uuid.UUID, revision int, by store.User, note string) (version int, waiting bool, err error) {
	if len([]rune(note)) > maxReason {
		return 0, false, wrongTerm("note", "A note has at most %d characters.", maxReason)
	}
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		draft, err := tx.RequireRevision(ctx, connectionID, revision)
		if err != nil {
			return err
		}
		affected, err := restsOn(ctx, tx, draft)
		if err != nil {
			return err
		}
		if err := compiles(ctx, tx, connectionID, draft.Document); err != nil {
			return err
		}
		waiting, err = h.secondPerson(ctx, tx, draft, affected, by, note)
		if err != nil || waiting {
			return err
		}
		if version, err = tx.PublishDraft(ctx, connectionID, revision, by.Email, note); err != nil {
			return err
		}
		return h.inForce(ctx, tx, connectionID, draft.Document, deed{by.Email, "profile.published",
			map[string]any{"version": version, "base": draft.BaseVersion, "affected": affected, "requested_by": draft.RequestedBy}})
	})
	if err != nil {
		return 0, false, err
	}
	return version, waiting, h.Wake(ctx)
}

// restsOn gives how many records the draft changes, by a finished preview of it
// against what is in force now.
func restsOn(ctx context.Context, tx *store.Tx, draft store.Profile) (affected int, err error) {
	again := func(why string) (int, error) {
		return 0, staffing.Errorf(staffing.Conflict, "%s; run the preview, look at it, then publish", why)
	}
	p, err := tx.LatestPreview(ctx, draft.ConnectionID, draft.Revision)
	if staffing.CodeOf(err) == staffing.NotFound {
		return again("nobody has previewed this draft as it stands")
	}
	if err != nil {
		return 0, err
	}
	version, lists, err := tx.ProfileStamp(ctx, draft.ConnectionID)
	switch {
	case err != nil:
		return 0, err
	case p.State == store.PreviewRunning:
		return 0, staffing.Errorf(staffing.Conflict, "the preview of this draft is still running (%d of %d records)", p.Done, p.Total)
	case p.State == store.PreviewFailed:
		return again("the preview of this draft failed")
	case p.BaseVersion != version:
		return again("another version came into force after the preview")
	case p.Lists != lists:
		return again("a code list changed after the preview")
	case p.Wanted < fullPreview && p.Total >= p.Wanted:
		return again("the preview looked at too few records for publishing (1,000, or all)")
	}
	return p.Summary.V.Affected(), nil
}

// secondPerson says whether publishing waits for somebody else. A token may ask as
// a person does, and confirms nothing: neither what it asked for nor what others did.
func (h *Hub) secondPerson(ctx context.Context, tx *store.Tx, draft store.Profile, affected int, by store.User, note string) (waiting bool, err error) {
	threshold, err := thresholdOf(ctx, tx, draft.ConnectionID)
	token := by.ID == uuid.Nil
	switch {
	case err != nil:
		return false, err
	case affected <= threshold:
		return false, tx.WithdrawRequest(ctx, draft.ConnectionID)
	case token && draft.RequestedBy == by.Email:
		return true, nil // it asks again, and still waits
	case token && draft.RequestedBy != "":
		return false, staffing.Errorf(staffing.Forbidden, "%s asked for this publication; it changes %d records, so a second person has to confirm it, and a token is none", draft.RequestedBy, affected)
	case draft.RequestedBy == by.Email:
		return false, staffing.Errorf(staffing.Forbidden, "you asked for this publication; it changes %d records, so somebody else has to confirm it", affected)
	case draft.RequestedBy != "":
		return false, noIssuer(ctx, tx, draft, by)
	}
	if err := tx.RequestPublication(ctx, draft.ConnectionID, draft.Revision, by.Email, note); err != nil {
		return false, err
	}
	return true, tx.Audit(ctx, by.Email, "profile.requested", string(staffing.SubjectConnection), draft.ConnectionID.String(), map[string]any{"revision": draft.Revision, "affected": affected})
}

// noIssuer refuses the person who issued the token that asked: they would confirm
// what they asked for.
func noIssuer(ctx context.Context, tx *store.Tx, draft store.Profile, by store.User) error {
	token, ok := strings.CutPrefix(draft.RequestedBy, store.TokenActor)
	if !ok {
		return nil
	}
	issued, err := tx.IssuedToken(ctx, token, by.Email)
	if err == nil && issued {
		err = staffing.Errorf(staffing.Forbidden, "you issued the token that asked for this publication; somebody else has to confirm it")
	}
	return err
}

func thresholdOf(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (int, error) {
	c, err := tx.Connection(ctx, connectionID)
	if err != nil || c.ClientID == nil {
		return store.DefaultReviewThreshold, err
	}
	client, err := tx.Client(ctx, *c.ClientID)
	return client.ReviewThreshold, err
}

// RollBack publishes the document of an old version as a new one. It needs no
// preview and no second person: it is the way out when a version does harm.
func (h *Hub) RollBack(ctx context.Context, connectionID uuid.UUID, version int, by store.User, note string) (newVersion int, err error) {
	if len([]rune(note)) > maxReason {
		return 0, wrongTerm("note", "A note has at most %d characters.", maxReason)
	}
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		if newVersion, err = tx.RollBack(ctx, connectionID, version, by.Email, note); err != nil {
			return err
		}
		old, err := tx.ProfileVersion(ctx, connectionID, version)
		if err != nil {
			return err
		}
		if err := compiles(ctx, tx, connectionID, old.Document); err != nil {
			return err
		}
		return h.inForce(ctx, tx, connectionID, old.Document, deed{by.Email, "profile.rolled_back", map[string]any{"version": newVersion, "to": version}})
	})
	if err != nil {
		return 0, err
	}
	return newVersion, h.Wake(ctx)
}

// FileProfile is a profile that is kept as a file.
type FileProfile struct {
	ConnectionID uuid.UUID
	Document     string
	By           string // who applies the file
	ReviewedBy   string // who looked at it before; "": nobody said so
	Affected     int    // records that it changes, by [Hub.Affects]
}

// PublishDocument puts a document in force without a draft, in the caller's
// transaction. A document that changes more records than the client's threshold is
// [staffing.Forbidden] unless somebody reviewed it.
func (h *Hub) PublishDocument(ctx context.Context, tx *store.Tx, p FileProfile) (version int, err error) {
	threshold, err := thresholdOf(ctx, tx, p.ConnectionID)
	if err != nil {
		return 0, err
	}
	note := "from a file"
	switch {
	case p.ReviewedBy != "":
		note += ", reviewed by " + p.ReviewedBy
	case p.Affected > threshold:
		return 0, staffing.Errorf(staffing.Forbidden, "it changes %d records, more than the %d that need no second person; name who reviewed the file", p.Affected, threshold)
	}
	if version, err = tx.PublishProfile(ctx, p.ConnectionID, p.Document, p.By, note); err != nil {
		return 0, err
	}
	if err := compiles(ctx, tx, p.ConnectionID, p.Document); err != nil {
		return 0, err
	}
	return version, h.inForce(ctx, tx, p.ConnectionID, p.Document, deed{p.By, "profile.published",
		map[string]any{"version": version, "file": true, "affected": p.Affected, "reviewed_by": p.ReviewedBy}})
}
