package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// longestPeriod is how many days one comparison may span.
const longestPeriod = 366

// period is what is compared: days, and a client or all.
type period struct {
	from, to staffing.Date
	client   *uuid.UUID
}

// periodOf reads a period; without one it is this month until today.
func (s *Server) periodOf(values url.Values) (p period, problem string) {
	today := s.now().UTC()
	p = period{from: staffing.DateOf(time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)), to: staffing.DateOf(today)}
	if id, err := uuid.Parse(values.Get("client")); err == nil {
		p.client = &id
	}
	from, to := values.Get("from"), values.Get("to")
	if from == "" && to == "" {
		return p, ""
	}
	a, badFrom := time.Parse(time.DateOnly, from)
	b, badTo := time.Parse(time.DateOnly, to)
	if badFrom != nil || badTo != nil || b.Before(a) || b.Sub(a) > longestPeriod*24*time.Hour {
		return p, "Give two days, the first before the last, at most a year apart. Shown is this month."
	}
	p.from, p.to = staffing.Date(from), staffing.Date(to)
	return p, ""
}

func (p period) query() string {
	v := url.Values{"from": {string(p.from)}, "to": {string(p.to)}}
	if p.client != nil {
		v.Set("client", p.client.String())
	}
	return v.Encode()
}

// showReconciliation shows the newest comparison of a period.
func (s *Server) showReconciliation(w http.ResponseWriter, r *http.Request) error {
	return s.renderReconciliation(w, r, http.StatusOK, web.ClosedForm{})
}

func (s *Server) renderReconciliation(w http.ResponseWriter, r *http.Request, status int, form web.ClosedForm) error {
	p, problem := s.periodOf(r.URL.Query())
	v := web.ReconciliationView{From: string(p.from), To: string(p.to), Client: idOf(p.client), Problem: problem, Close: form, MayClose: contracts.Allows(viewer(r).Role)}
	run, rows, err := s.reconciled(r.Context(), p)
	if err != nil {
		return err
	}
	if run.ID != uuid.Nil {
		v.Run = &web.ReconciliationRun{State: run.State, ERP: run.ERP, Error: sentence(run.Error), By: run.CreatedBy, At: run.CreatedAt, CutOff: run.CutOff, CanList: run.CanList}
		v.CSVURL = "/reconciliation/csv?" + p.query()
	}
	strays, err := s.strays(r.Context(), run)
	if err != nil {
		return err
	}
	v.Rows, v.Counts = append(strayRows(strays), reconciliationRows(rows)...), reconciliationCounts(rows, len(strays))
	closed, err := s.store.ClosedPeriods(r.Context())
	if err != nil {
		return err
	}
	for _, c := range closed {
		v.Closed = append(v.Closed, web.ClosedPeriod{Month: string(c.Month)[:7], Note: c.Note, By: c.ClosedBy, At: c.ClosedAt})
	}
	if v.Clients, err = s.clientOptions(r, v.Client); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavPlacements, "Reconciliation"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ReconciliationPage(v))
}

// reconciled gives the newest comparison of a period and its rows; none is no error.
func (s *Server) reconciled(ctx context.Context, p period) (store.Reconciliation, []store.ReconciliationLine, error) {
	run, err := optional(s.store.LastReconciliation(ctx, p.from, p.to, p.client))
	if err != nil || run.ID == uuid.Nil {
		return run, nil, err
	}
	rows, err := s.store.ReconciliationLines(ctx, run.ID)
	return run, rows, err
}

func reconciliationRows(lines []store.ReconciliationLine) (out []web.ReconciliationRow) {
	for _, l := range lines {
		row := web.ReconciliationRow{ID: l.BillID.String(), URL: "/placements/" + l.PlacementID.String(), Result: l.Result, Worker: l.WorkerName, Client: l.ClientName,
			Kind: string(l.Kind), Date: string(l.Bill.V.Date), Amount: l.Bill.V.Currency + " " + amount(l.Bill.V.Total), Number: l.ERPNumber, ERPURL: l.ERPURL}
		for _, d := range l.Differences.V {
			row.Details = append(row.Details, words(d.Field)+": here "+orText(words(d.Here), "nothing")+", there "+orText(words(d.There), "nothing")+".")
		}
		if l.Note != "" {
			row.Details = append(row.Details, sentence(l.Note))
		}
		out = append(out, row)
	}
	return out
}

// strays gives what a comparison found only in the ERP.
func (s *Server) strays(ctx context.Context, run store.Reconciliation) ([]store.ReconciliationStray, error) {
	if run.ID == uuid.Nil {
		return nil, nil
	}
	return s.store.ReconciliationStrays(ctx, run.ID)
}

func strayRows(list []store.ReconciliationStray) (out []web.ReconciliationRow) {
	for i, x := range list {
		row := web.ReconciliationRow{ID: "stray-" + strconv.Itoa(i), URL: x.ERPURL, Result: store.OnlyThere, Client: orText(x.CustomerName, x.CustomerCode), Date: string(x.Day), Number: orText(x.ERPNumber, x.ERPID), ERPURL: x.ERPURL}
		if x.ClientID != nil {
			row.URL = "/clients/" + x.ClientID.String()
		}
		if x.Untaxed != nil {
			row.Amount = strings.TrimSpace(x.Currency + " " + amount(*x.Untaxed))
		}
		row.Details = []string{strayNote(x)}
		out = append(out, row)
	}
	return out
}

func strayNote(x store.ReconciliationStray) string {
	if x.Reference != "" {
		return "It carries a reference such as the hub's, and the hub has no bill in force with it."
	}
	return "It carries no reference of the hub, so somebody made it there."
}

func reconciliationCounts(lines []store.ReconciliationLine, strays int) (out []web.Field) {
	n := map[string]int{store.OnlyThere: strays}
	for _, l := range lines {
		n[l.Result]++
	}
	for _, c := range [][2]string{{store.InBoth, "In both"}, {store.Different, "Different"}, {store.OnlyHere, "Only here"}, {store.OnlyThere, "Only there"}, {store.NotKnown, "Not known"}} {
		out = append(out, web.Field{Label: c[1], Value: strconv.Itoa(n[c[0]])})
	}
	return out
}

// startReconciliation begins a comparison.
func (s *Server) startReconciliation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	p, problem := s.periodOf(r.PostForm)
	if problem != "" {
		return staffing.Errorf(staffing.Invalid, "%s", problem)
	}
	if _, err := s.reconcileBy(r.Context(), viewer(r).Email, p); err != nil {
		return err
	}
	return s.done(w, r, "/reconciliation?"+p.query(), "The bills are being looked up in the ERP.")
}

// reconcileBy begins a comparison, in a person's or a token's name.
func (s *Server) reconcileBy(ctx context.Context, by string, p period) (rec store.Reconciliation, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if rec, err = tx.InsertReconciliation(ctx, store.Reconciliation{From: p.from, To: p.to, ClientID: p.client, CreatedBy: by}); err != nil {
			return err
		}
		if err := s.cfg.Queue.Reconcile(ctx, tx, rec.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, by, "reconciliation.started", "reconciliation", rec.ID.String(), map[string]any{"from": p.from, "to": p.to, "client": idOf(p.client)})
	})
	return rec, err
}

// saveReconciliation gives the rows as a file for a spreadsheet.
func (s *Server) saveReconciliation(w http.ResponseWriter, r *http.Request) error {
	p, problem := s.periodOf(r.URL.Query())
	if problem != "" {
		return staffing.Errorf(staffing.Invalid, "%s", problem)
	}
	run, lines, err := s.reconciled(r.Context(), p)
	if err != nil {
		return err
	}
	strays, err := s.strays(r.Context(), run)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	out := csv.NewWriter(&body)
	rows := [][]string{{"result", "client", "worker", "kind", "date", "currency", "amount", "state", "reference", "erp_number", "erp_url", "details"}}
	for i, row := range reconciliationRows(lines) {
		l := lines[i]
		rows = append(rows, []string{l.Result, l.ClientName, l.WorkerName, string(l.Kind), string(l.Bill.V.Date), l.Bill.V.Currency, l.Bill.V.Total.String(), l.State,
			l.Bill.V.Reference, l.ERPNumber, l.ERPURL, strings.Join(row.Details, " ")})
	}
	for _, x := range strays {
		sum := ""
		if x.Untaxed != nil {
			sum = x.Untaxed.String()
		}
		rows = append(rows, []string{store.OnlyThere, orText(x.CustomerName, x.CustomerCode), "", "", string(x.Day), x.Currency, sum, "", x.Reference, x.ERPNumber, x.ERPURL, strayNote(x)})
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = plainCell(cell)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return s.download(w, "reconciliation-"+string(p.from)+"-"+string(p.to)+".csv", "text/csv; charset=utf-8", body.Bytes())
}

// plainCell keeps a spreadsheet from taking a text for a formula. A number keeps its
// sign.
func plainCell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && text[0] == '-' {
		return text
	}
	return "'" + text
}

// download sends a file that the browser saves.
func (s *Server) download(w http.ResponseWriter, name, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(body); err != nil {
		s.log.Debug("the file did not leave", "err", err)
	}
	return nil
}

// closePeriod closes the books of a month.
func (s *Server) closePeriod(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	f := web.ClosedForm{Month: formText(r, "month"), Note: formText(r, "note")}
	at, err := time.Parse("2006-01", f.Month)
	switch {
	case err != nil:
		f.Error = "Give a month such as 2026-04."
	case at.After(s.now()):
		f.Error = "That month has not begun."
	case f.Note == "" || len([]rune(f.Note)) > longReason:
		f.Error = "A note of at most 500 characters is needed."
	}
	if f.Error != "" {
		return s.renderReconciliation(w, r, http.StatusUnprocessableEntity, f)
	}
	ctx, by := r.Context(), viewer(r).Email
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.ClosePeriod(ctx, store.ClosedPeriod{Month: staffing.DateOf(at), Note: f.Note, ClosedBy: by}); err != nil {
			return err
		}
		return tx.Audit(ctx, by, "period.closed", "period", f.Month, map[string]any{"note": f.Note})
	})
	if refused(err) {
		f.Error = "That month is closed already."
		return s.renderReconciliation(w, r, http.StatusConflict, f)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/reconciliation#closed", f.Month+" is closed.")
}

// reopenPeriod opens a closed month again.
func (s *Server) reopenPeriod(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	at, err := time.Parse("2006-01", formText(r, "month"))
	if err != nil {
		return errNoPage
	}
	ctx := r.Context()
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.ReopenPeriod(ctx, staffing.DateOf(at)); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "period.reopened", "period", at.Format("2006-01"), nil)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/reconciliation#closed", "Opened again.")
}
