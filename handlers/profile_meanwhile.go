package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// auditLog reads the audit log: the store or a transaction on it.
type auditLog interface {
	AuditLog(ctx context.Context, f store.AuditFilter) ([]store.AuditEntry, int, error)
}

// profileDeeds say in words what somebody did to a profile.
var profileDeeds = map[string]string{
	"profile.cell_saved": "changed", "profile.cell_removed": "removed the source of", "profile.statuses_saved": "changed the statuses",
	"profile.rule_saved": "saved the rule", "profile.rule_removed": "removed the rule", "profile.saved": "saved the whole draft",
	"profile.discarded": "discarded the draft", "profile.published": "put a new version in force", "profile.rolled_back": "put an old version in force again",
	"profile.requested": "asked for the publication", "profile.request_withdrawn": "took the request for the publication back",
	"profile.list_saved": "saved the list", "profile.list_deleted": "deleted the list", "profile.copied": "replaced the draft by a copy", "profile.reset": "replaced the draft by the template",
}

// lastDeed says who did what to a profile last, and when; empty when nobody did.
func lastDeed(ctx context.Context, log auditLog, id uuid.UUID) (string, error) {
	list, _, err := log.AuditLog(ctx, store.AuditFilter{Action: "profile.", Subject: string(staffing.SubjectConnection), ID: id.String(), Limit: 20})
	for _, e := range list {
		if profileDeeds[e.Action] != "" {
			return deedWords(e), err
		}
	}
	return "", err
}

// deedWords gives an entry of the audit log as a sentence without its end.
func deedWords(e store.AuditEntry) string {
	did := profileDeeds[e.Action]
	var detail struct {
		Cells   string `json:"cells"`
		List    string `json:"list"`
		Version int    `json:"version"`
	}
	if json.Unmarshal([]byte(e.Detail), &detail) == nil { // what is not there is not said
		did = strings.TrimSpace(did + " " + cellsWords(e.Action, detail.Cells))
		did = strings.TrimSpace(did + " " + detail.List)
		if detail.Version > 0 && detail.List == "" {
			did += " (version " + strconv.Itoa(detail.Version) + ")"
		}
	}
	return e.Actor + " " + did + " at " + momentText(e.At)
}

// cellsWords names the cells that an entry of the audit log lists: the first of them.
func cellsWords(action, cells string) string {
	list := strings.Fields(cells)
	if len(list) == 0 || action == "profile.statuses_saved" {
		return ""
	}
	first := list[0]
	if rule, ok := strings.CutPrefix(first, "rules."); ok {
		return rule
	}
	first = placeWords(first)
	if more := len(list) - 1; more > 0 {
		first += " and " + counted(more, "more cell", "more cells")
	}
	return first
}

func momentText(at time.Time) string { return at.UTC().Format("15:04:05 on 2 January (UTC)") }

// meanwhile is the conflict that a form was opened before somebody's change: it
// says who changed what since, and when.
func meanwhile(ctx context.Context, log auditLog, id uuid.UUID, fallback string) error {
	said, err := lastDeed(ctx, log, id)
	if err != nil {
		return err
	}
	return staffing.Errorf(staffing.Conflict, "meanwhile %s.", orText(said, fallback))
}

// draftGone turns the error of a draft that is no more, or is another one, into the
// conflict with who did that.
func (s *Server) draftGone(ctx context.Context, id uuid.UUID, err error) error {
	switch {
	case staffing.CodeOf(err) == staffing.NotFound:
		return meanwhile(ctx, s.store, id, "the draft was published or discarded")
	case errors.Is(err, store.ErrOvertaken):
		return meanwhile(ctx, s.store, id, "somebody saved the draft")
	}
	return err
}

// undone ends a form that changed nothing: it leads back to the page that it came
// from, which shows why and how things are now.
func (s *Server) undone(w http.ResponseWriter, r *http.Request, target string, why error) error {
	s.sessions.Put(r.Context(), sessionFlash, string(web.ToneBad)+"|"+sentence(staffing.MessageOf(why))+" Nothing was changed.")
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // targets are written in the handlers, with ids that were parsed
	return nil
}

// tabURL gives the tab of a profile that a form names.
func tabURL(id uuid.UUID, tab string) string {
	switch tab {
	case "statuses", "rules", "lists", "preview", "versions":
		return profileURL(id.String(), tab)
	}
	return profileURL(id.String())
}
