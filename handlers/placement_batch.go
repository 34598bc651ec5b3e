package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// mostInBatch is how many records one confirmation may name.
const mostInBatch = 200

// whyNotInBatch says why somebody cannot approve a row among others; "": they can.
// The desk and the database decide again, about each one.
func whyNotInBatch(d store.DeskRow, viewer store.User) string {
	switch {
	case d.State != store.PlacementAwaitingReview:
		return "It does not wait for review any more."
	case d.Bill.V == nil:
		return "It has no bill."
	case !d.Clean():
		return "It has findings, so it is looked at by itself."
	case barred(d, viewer):
		return "You edited it, or made the map that it comes from."
	default:
		return ""
	}
}

// approveBatch approves several records that have no finding: first it asks, naming
// their number and their sum per currency, then it approves each by the content that
// the question showed.
func (s *Server) approveBatch(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	picked, err := s.picked(r)
	if err != nil {
		return err
	}
	if formText(r, "sure") == "yes" {
		return s.approvePicked(w, r, picked)
	}
	v := web.BatchView{Query: backQuery(r)}
	var sums moneySums
	for _, p := range picked {
		if p.why != "" {
			v.Left = append(v.Left, p.words()+": "+p.why)
			continue
		}
		v.Rows = append(v.Rows, deskRowView(p.row, viewer(r)))
		sums.add(p.row.Bill.V)
	}
	v.Sums = sums.words()
	if v.Page, err = s.page(r, web.NavPlacements, "Approve several"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.BatchPage(v))
}

// pick is one record of a batch as it stands now.
type pick struct {
	row  store.DeskRow
	hash string // that the person saw
	why  string // it cannot be approved; "": it can
}

func (p pick) words() string { return orText(p.row.Terms.V.WorkerName, "Unnamed worker") }

// picked reads what the form chose: rows by id and content, or all without findings
// that the queue's filters show.
func (s *Server) picked(r *http.Request) ([]pick, error) {
	who := viewer(r)
	if formText(r, "all") == "clean" {
		return s.pickedByFilter(r, who)
	}
	chosen := r.PostForm["pick"]
	if len(chosen) == 0 {
		return nil, staffing.Errorf(staffing.Invalid, "Choose at least one record of the queue first.")
	}
	if len(chosen) > mostInBatch {
		return nil, staffing.Errorf(staffing.Invalid, "At most %d records are approved at once.", mostInBatch)
	}
	var out []pick
	for _, text := range chosen {
		idText, hash, _ := strings.Cut(text, ":")
		id, err := uuid.Parse(idText)
		if err != nil {
			return nil, staffing.Errorf(staffing.Invalid, "%q is no record of the queue.", text)
		}
		row, err := s.store.DeskRow(r.Context(), id)
		if err != nil {
			return nil, err
		}
		p := pick{row: row, hash: hash, why: whyNotInBatch(row, who)}
		if p.why == "" && row.ContentHash != hash {
			p.why = "It changed after you chose it; look at it again."
		}
		out = append(out, p)
	}
	return out, nil
}

func (s *Server) pickedByFilter(r *http.Request, who store.User) (out []pick, err error) {
	values, err := url.ParseQuery(formText(r, "query"))
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the filters cannot be read")
	}
	f := s.deskFilter(listQuery{"/placements", values})
	f.State, f.Findings, f.Limit, f.Offset = store.PlacementAwaitingReview, store.FindingsNone, mostInBatch, 0
	rows, _, err := s.store.DeskQueue(r.Context(), f)
	for _, row := range rows {
		if whyNotInBatch(row, who) == "" {
			out = append(out, pick{row: row, hash: row.ContentHash})
		}
	}
	if err == nil && len(out) == 0 {
		err = staffing.Errorf(staffing.Invalid, "There is no record without findings that you could approve here.")
	}
	return out, err
}

// approvePicked approves one record after the other; each is its own transaction.
func (s *Server) approvePicked(w http.ResponseWriter, r *http.Request, picked []pick) (err error) {
	v := web.BatchResultView{Query: backQuery(r)}
	var sums moneySums
	for _, p := range picked {
		why := p.why
		if why == "" {
			why, err = s.approveOne(r.Context(), viewer(r), p)
		}
		if err != nil {
			return err
		}
		if why != "" {
			v.Left = append(v.Left, web.BatchLeft{Words: p.words(), URL: "/placements/" + p.row.PlacementID.String(), Why: sentence(why)})
			continue
		}
		v.Approved = append(v.Approved, deskRowView(p.row, viewer(r)))
		sums.add(p.row.Bill.V)
	}
	v.Sums = sums.words()
	if v.Page, err = s.page(r, web.NavPlacements, "Approved together"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.BatchResultPage(v))
}

// approveOne gives why the desk refuses; other errors end the batch.
func (s *Server) approveOne(ctx context.Context, by store.User, p pick) (why string, err error) {
	err = s.cfg.Desk.ApproveBill(ctx, by, p.row.ID, p.hash)
	if refused(err) {
		return staffing.MessageOf(err), nil
	}
	return "", err
}

// backQuery leads back to the queue with the filters that it had.
func backQuery(r *http.Request) string {
	values, err := url.ParseQuery(formText(r, "query"))
	if err != nil {
		return ""
	}
	return values.Encode()
}

// moneySums adds amounts per currency.
type moneySums struct{ by map[string]decimal.Decimal }

func (m *moneySums) add(b *staffing.Bill) {
	if b == nil {
		return
	}
	if m.by == nil {
		m.by = map[string]decimal.Decimal{}
	}
	m.by[b.Currency] = m.by[b.Currency].Add(b.Total)
}

// words gives one sum per currency, in the order of their codes.
func (m *moneySums) words() (out []string) {
	var codes []string
	for code := range m.by {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		out = append(out, strings.TrimSpace(code+" "+amount(m.by[code])))
	}
	return out
}
