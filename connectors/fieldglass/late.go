package fieldglass

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// The words that the connector itself gives for uploads that no download shows.
const (
	uploadFailed  = "Upload Failed"
	uploadNotSeen = "Upload Not Seen"
)

const (
	unseenAfter = 48 * time.Hour // then somebody has to look
	lateAtOnce  = 20             // uploads asked about in one poll
)

// lateUpload is an upload that was taken and shows nowhere yet. It waits in the spool
// of the status feed.
type lateUpload struct {
	Transaction string    `json:"transaction"`
	Reference   string    `json:"reference"`
	Posting     string    `json:"posting"`
	At          time.Time `json:"at"`
	spooled     int64
}

// remember keeps an upload until a download or the audit trail says what became of it.
// That it cannot be kept is no reason to send it again.
func (c *Connector) remember(ctx context.Context, u lateUpload) {
	body, err := json.Marshal(u)
	if err == nil {
		_, err = c.spool.Append(ctx, staffing.FeedStatuses, body)
	}
	if err != nil {
		c.log.WarnContext(ctx, "an upload that is processed later is not watched", "reference", u.Reference, "code", string(staffing.CodeOf(err)))
	}
}

// late asks what became of the uploads that wait, and gives a record for each that
// failed or is missing for long, and the spooled bodies that are done with.
func (c *Connector) late(ctx context.Context, shown []seeker) (records []staffing.Record, closed []int64, err error) {
	waiting, err := c.waiting(ctx)
	if err != nil {
		return nil, nil, err
	}
	there := map[string]bool{}
	for _, s := range shown {
		there[s.reference] = true
	}
	for _, u := range waiting {
		word, reason := "", ""
		if !there[u.Reference] {
			var done bool
			if word, reason, done, err = c.fate(ctx, u); err != nil {
				return nil, nil, err
			}
			if !done {
				continue
			}
		}
		if word != "" {
			records = append(records, u.record(word, reason, c.now()))
		}
		closed = append(closed, u.spooled)
	}
	return records, closed, nil
}

func (c *Connector) waiting(ctx context.Context) ([]lateUpload, error) {
	list, err := c.spool.Pending(ctx, staffing.FeedStatuses)
	if err != nil {
		return nil, err
	}
	var out []lateUpload
	for _, s := range list[:min(len(list), lateAtOnce)] {
		u := lateUpload{}
		if err := json.Unmarshal(s.Body, &u); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "a kept upload cannot be read: %w", err)
		}
		u.spooled = s.ID
		out = append(out, u)
	}
	return out, nil
}

// fate says what became of one upload: the word and the reason when it needs to be
// said, and whether it is done with.
func (c *Connector) fate(ctx context.Context, u lateUpload) (word, reason string, done bool, err error) {
	v, err := c.audit(ctx, u.Transaction)
	if err != nil { // the feed is worth more than the reason; it is asked again
		c.log.WarnContext(ctx, "the audit trail cannot be read", "transaction", u.Transaction, "code", string(staffing.CodeOf(err)))
	}
	switch {
	case v.failed:
		return uploadFailed, v.reason, true, nil
	case v.done:
		return "", "", true, nil
	case c.now().Sub(u.At) < unseenAfter:
		return "", "", false, nil
	}
	_, err = c.seeker(ctx, u.Posting, u.Reference, "")
	switch staffing.CodeOf(err) {
	case "":
		return "", "", true, nil
	case staffing.NotFound:
		return uploadNotSeen, "SAP Fieldglass took the upload two days ago or longer and shows no job seeker", true, nil
	}
	return "", "", false, err
}

// record looks like a row of the status download.
func (u lateUpload) record(word, reason string, at time.Time) staffing.Record {
	stamp := at.UTC().Format(time.RFC3339)
	r := record(u.Reference, obj{colReference: u.Reference, colPosting: u.Posting, colStatus: word, colReason: reason,
		colModified: stamp, colUpdatedAt: stamp, "transaction_id": u.Transaction})
	r.UpdatedAt = at.UTC()
	return r
}
