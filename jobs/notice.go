package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// Mailer sends one plain text.
type Mailer interface {
	Configured() bool
	Send(ctx context.Context, to, subject, text string) error
}

// noticesEvery is how often the hub looks for what people should know.
const noticesEvery = time.Minute

// noticesArgs ask to look for notices.
type noticesArgs struct{}

func (noticesArgs) Kind() string { return kindNotices }
func (noticesArgs) about() (staffing.Subject, string) {
	return staffing.SubjectPlacement, "notices"
}

// noticePostArgs name one delivery of a notice to an address.
type noticePostArgs struct{ idArgs }

func (noticePostArgs) Kind() string { return kindNoticePost }
func (a noticePostArgs) about() (staffing.Subject, string) {
	return staffing.SubjectWebhook, "notice-" + a.ID.String()
}

// digestArgs name a person whose digest is due.
type digestArgs struct{ idArgs }

func (digestArgs) Kind() string { return kindDigest }
func (a digestArgs) about() (staffing.Subject, string) {
	return staffing.SubjectPlacement, "digest-" + a.ID.String()
}

// findNotices opens and closes notices, and puts their deliveries and the digests
// that are due on their way, all in one transaction.
func (h *Hub) findNotices(ctx context.Context, r *run, _ noticesArgs) error {
	return r.finish(ctx, func(tx *store.Tx) error {
		changed, err := tx.FindNotices(ctx, h.reviewDue)
		if err != nil {
			return err
		}
		for _, n := range changed {
			posts, err := tx.PlanNoticePosts(ctx, n)
			if err != nil {
				return err
			}
			for _, p := range posts {
				if err := h.enqueue(ctx, tx, noticePostArgs{idArgs{p.ID}}); err != nil {
					return err
				}
			}
		}
		return h.planDigests(ctx, tx)
	})
}

func (h *Hub) planDigests(ctx context.Context, tx *store.Tx) error {
	if h.mail == nil || !h.mail.Configured() {
		return nil
	}
	people, err := tx.DueDigests(ctx, digestHour)
	if err != nil {
		return err
	}
	for _, u := range people {
		if err := h.enqueue(ctx, tx, digestArgs{idArgs{u.ID}}); err != nil {
			return err
		}
	}
	return nil
}

// digestHour is when the daily digest leaves, in UTC.
const digestHour = 6

// noticeBody is what an address gets, after Standard Webhooks.
type noticeBody struct {
	Type      string     `json:"type"` // such as review.overdue
	Timestamp time.Time  `json:"timestamp"`
	Data      noticeData `json:"data"`
}

type noticeData struct {
	Event     string    `json:"event"` // opened or closed
	NoticeID  int64     `json:"notice_id"`
	Subject   string    `json:"subject"`
	SubjectID uuid.UUID `json:"subject_id"`
	Since     time.Time `json:"since"`
	Text      string    `json:"text"`
	URL       string    `json:"url"`
}

// postNotice delivers a notice, signed. The same delivery has the same id on each
// try. An address that was removed gets nothing.
func (h *Hub) postNotice(ctx context.Context, r *run, a noticePostArgs) error {
	r.quiet = true
	p, hook, err := h.store.NoticePostWithHook(ctx, a.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := h.store.Notice(ctx, p.NoticeID)
	if err != nil {
		return err
	}
	if err := h.sendNotice(ctx, hook, p, n); err != nil {
		why := staffing.MessageOf(err)
		if e := h.store.NoticeRefused(ctx, hook.ID, why); e != nil {
			return e
		}
		// Whatever the answer was: it may be taken later, as the standard wants.
		return &staffing.Error{Code: staffing.Unavailable, RetryAfter: staffing.RetryAfterOf(err), Message: "A notice was not taken: " + why, Err: err}
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.NoticeSent(ctx, p) })
}

func (h *Hub) sendNotice(ctx context.Context, hook store.NoticeHook, p store.NoticePost, n store.Notice) error {
	at := n.OpenedAt
	if n.ClosedAt != nil && p.Event == "closed" {
		at = *n.ClosedAt
	}
	body, err := json.Marshal(noticeBody{Type: n.Kind, Timestamp: at.UTC(), Data: noticeData{Event: p.Event, NoticeID: n.ID, Subject: string(n.Subject),
		SubjectID: n.SubjectID, Since: n.Since.UTC(), Text: n.Words, URL: h.noticeURL(n)}})
	if err != nil {
		return err
	}
	return h.postSigned(ctx, hook, "notice_"+p.ID.String(), body)
}

// postSigned sends one delivery to an address.
func (h *Hub) postSigned(ctx context.Context, hook store.NoticeHook, id string, body []byte) error {
	secret, err := h.store.NoticeSecret(ctx, hook)
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if err := stdhooks.SetHeaders(header, secret, id, h.now(), body); err != nil {
		return err
	}
	client := httpx.New(httpx.Config{AllowCIDRs: h.systems.allow, AllowHTTP: true, Secrets: []string{secret}, Now: h.now, Log: h.log})
	defer client.Close()
	_, err = client.Do(ctx, httpx.Request{Method: http.MethodPost, URL: hook.URL, Header: header, Body: bytes.NewReader(body)})
	return err
}

// TryNoticeHook sends a ping to an address, so that a person sees whether it is taken.
func (h *Hub) TryNoticeHook(ctx context.Context, hook store.NoticeHook) error {
	body, err := json.Marshal(map[string]any{"type": "ping", "timestamp": h.now().UTC(), "data": map[string]any{}})
	if err != nil {
		return err
	}
	return h.postSigned(ctx, hook, "ping_"+store.NewID().String(), body)
}

func (h *Hub) noticeURL(n store.Notice) string {
	return h.publicURL + "/placements/" + n.SubjectID.String()
}

// sendDigest writes to a person what is open and theirs to see to. Nothing open:
// nothing is sent.
func (h *Hub) sendDigest(ctx context.Context, r *run, a digestArgs) error {
	r.quiet = true
	u, err := h.store.User(ctx, a.ID)
	if err != nil {
		return err
	}
	all, err := h.store.Notices(ctx, mostNotices)
	if err != nil {
		return err
	}
	mine := noticesFor(u.Role, all)
	if len(mine) == 0 || u.DisabledAt != nil || u.Digest == "off" {
		return nil
	}
	return h.mail.Send(ctx, u.Email, digestSubject(len(mine)), h.digestText(u, mine))
}

// mostNotices is how many a digest tells; the page shows all.
const mostNotices = 50

// noticesFor picks what a role sees to: finance what waits for it, account managers
// what came back, operators what failed, admins all.
func noticesFor(role string, all []store.Notice) (out []store.Notice) {
	mine := map[string][]string{
		"finance": {store.NoticeOverdue, store.NoticePosting}, "account_manager": {store.NoticeSentBack},
		"operator": {store.NoticePosting}, "admin": store.NoticeKinds(),
	}[role]
	for _, n := range all {
		for _, kind := range mine {
			if n.Kind == kind {
				out = append(out, n)
			}
		}
	}
	return out
}

func digestSubject(n int) string {
	if n == 1 {
		return "Tributary: one thing waits for you"
	}
	return fmt.Sprintf("Tributary: %d things wait for you", n)
}

func (h *Hub) digestText(u store.User, list []store.Notice) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Hello %s,\n\nthis waits for you:\n", u.Name)
	for _, n := range list {
		fmt.Fprintf(&out, "\n- %s\n  Since %s. %s\n", n.Words, n.Since.UTC().Format("2 January 15:04 UTC"), h.noticeURL(n))
	}
	fmt.Fprintf(&out, "\nHow often you get this is on %s/notices\n", h.publicURL)
	return out.String()
}
