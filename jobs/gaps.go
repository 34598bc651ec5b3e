package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	gapsEvery = time.Minute
	scanBatch = 500 // records in one transaction
	scanMost  = 20  // batches of one run
)

// gapsArgs ask for gaps that no record waits for: new fields, vanished values.
type gapsArgs struct{}

func (gapsArgs) Kind() string { return kindGaps }
func (gapsArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, "gaps"
}

// findGaps looks through the records that came since the last time, and holds
// profiles that changed against the vendors' words.
func (h *Hub) findGaps(ctx context.Context, _ *run, _ gapsArgs) error {
	for range scanMost {
		n := 0
		err := h.store.InTx(ctx, func(tx *store.Tx) (err error) {
			n, err = scanPayloads(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if n < scanBatch {
			break
		}
	}
	ids, err := h.store.ReadVocabularies(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := h.store.InTx(ctx, func(tx *store.Tx) error { return checkOptions(ctx, tx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// feedOf names the records of one feed of one connection.
type feedOf struct {
	connection uuid.UUID
	feed       staffing.Feed
}

// scanPayloads counts the keys of the next records, and notes those that are new.
func scanPayloads(ctx context.Context, tx *store.Tx) (int, error) {
	list, err := tx.ScanRaw(ctx, scanBatch)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var order []feedOf
	found := map[feedOf]*keyCount{}
	for _, r := range list {
		of := feedOf{r.ConnectionID, r.Feed}
		if found[of] == nil {
			order = append(order, of)
			found[of] = &keyCount{at: map[string]int{}}
		}
		found[of].add(mapping.Keys(r.Raw))
	}
	for _, of := range order {
		if err := noteKeys(ctx, tx, of, found[of].keys); err != nil {
			return 0, err
		}
	}
	return len(list), tx.ScannedRaw(ctx, list[len(list)-1].ID)
}

type keyCount struct {
	keys []store.PayloadKey
	at   map[string]int
}

func (k *keyCount) add(list []mapping.Key) {
	for _, key := range list {
		i, known := k.at[key.Path]
		if !known {
			i = len(k.keys)
			k.at[key.Path] = i
			k.keys = append(k.keys, store.PayloadKey{Path: key.Path, Example: key.Example})
		}
		k.keys[i].Count++
	}
}

// sectionsOf are the maps that read the records of a feed.
var sectionsOf = map[staffing.Feed]string{staffing.FeedRequisitions: "requisition", staffing.FeedStatuses: "status", staffing.FeedCandidates: "candidate", feedPlacements: "placement"}

// noteKeys counts keys, and makes gaps of those that were not there when the profile
// in force was published and that no cell of it reads.
func noteKeys(ctx context.Context, tx *store.Tx, of feedOf, keys []store.PayloadKey) error {
	now, err := tx.NotePayloadKeys(ctx, of.connection, of.feed, keys)
	if err != nil {
		return err
	}
	profile, err := tx.PublishedProfile(ctx, of.connection)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	section := sectionsOf[of.feed]
	fresh := now[:0]
	for _, k := range now {
		if !k.Initial && k.IgnoredAt == nil && profile.PublishedAt != nil && k.FirstAt.After(*profile.PublishedAt) {
			fresh = append(fresh, k)
		}
	}
	if len(fresh) == 0 || section == "" {
		return nil
	}
	doc, err := mapping.Parse([]byte(profile.Document))
	if err != nil {
		return nil //nolint:nilerr // a profile that cannot be read says so on its own page
	}
	counts := map[string]int{}
	for _, k := range keys {
		counts[k.Path] = k.Count
	}
	var gaps []store.CountedGap
	for _, k := range fresh {
		if doc.Reads(k.Path) {
			continue
		}
		gaps = append(gaps, store.CountedGap{Count: counts[k.Path], Gap: staffing.Gap{Kind: staffing.GapField, Field: section, Value: k.Path,
			Message: fmt.Sprintf("A field that was not there before, for example “%s”; no cell reads it.", k.Example)}})
	}
	return tx.NoteGapCounts(ctx, of.connection, gaps)
}
