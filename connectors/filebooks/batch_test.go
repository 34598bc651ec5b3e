package filebooks

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/filebooks"
	"github.com/tributary-hub/tributary/staffing"
)

// firm is a folder, the connector that writes into it and the job that imports.
type firm struct {
	dir  string
	c    *Connector
	imp  *sandbox.Importer
	noon time.Time
}

func newFirm(t *testing.T, extra connectors.Settings) *firm {
	t.Helper()
	dir := t.TempDir()
	f := &firm{dir: filepath.Join(dir, "books"), noon: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)}
	for _, d := range []string{f.dir, filepath.Join(f.dir, "acks")} {
		if err := os.Mkdir(d, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	set := connectors.Settings{"transport": "folder", "folder": "books", "acknowledgement_folder": "acks"}
	for k, v := range extra {
		set[k] = v
	}
	c, err := Kind().Open(connectors.Deps{Settings: set, ShareDir: dir, Now: func() time.Time { return f.noon }})
	if err != nil {
		t.Fatal(err)
	}
	f.c, _ = c.(*Connector)
	f.imp = &sandbox.Importer{Dir: f.dir, Acks: filepath.Join(f.dir, "acks")}
	return f
}

func billOf(change func(*staffing.Bill)) staffing.BillingRequest {
	key := uuid.NewString()
	b, err := staffing.FirstBill(key, "ACME", "Acme Corp.", staffing.Placement{WorkerName: "Jane Doe", StartDate: "2026-12-01", Purchase: "PO-118",
		BillRate: &staffing.Rate{Amount: decimal.RequireFromString("95.15"), Currency: "USD", Unit: staffing.Hour}})
	if err != nil {
		panic(err)
	}
	if change != nil {
		change(&b)
		b.Total = decimal.Zero
		for _, l := range b.Lines {
			b.Total = b.Total.Add(l.Amount)
		}
	}
	return staffing.BillingRequest{Key: key, Bill: b, Fields: json.RawMessage(`{"customer":"C-7"}`)}
}

func (f *firm) put(t *testing.T, req staffing.BillingRequest) staffing.Receipt {
	t.Helper()
	rec, err := f.c.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func (f *firm) run(t *testing.T) {
	t.Helper()
	if err := f.imp.Run(); err != nil {
		t.Fatal(err)
	}
}

func (f *firm) file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestABillIsAFileWithControlTotals(t *testing.T) {
	f := newFirm(t, nil)
	req := billOf(nil)
	rec := f.put(t, req)
	if rec.Existed || rec.Number != "bill-"+req.Key+".csv" || rec.Extra["state"] != "waits for the import" {
		t.Errorf("the receipt is %+v", rec)
	}
	rows := strings.Split(strings.TrimSpace(f.file(t, rec.Number)), "\n")
	if len(rows) != 2 || rows[0] != "reference,kind,corrects,line,client_code,client_name,date,period_from,period_to,purchase_order,description,quantity,unit,unit_price,amount,currency,cost_centre,customer,item,work_order,work_site" ||
		rows[1] != req.Key+`,first,,1,ACME,Acme Corp.,2026-12-01,2026-12-01,2026-12-07,PO-118,First period: Jane Doe,40,hour,95.15,3806.00,USD,,C-7,,,` {
		t.Errorf("the file is %q", rows)
	}
	var totals control
	if err := json.Unmarshal([]byte(f.file(t, "control-"+rec.Number+".json")), &totals); err != nil || totals.Bills != 1 || totals.Lines != 1 || totals.Sums["USD"].String() != "3806" {
		t.Errorf("the totals are %+v, %v", totals, err)
	}
}

func TestEveryLineSaysWhatItSells(t *testing.T) {
	for name, c := range map[string]struct {
		format, item, fields string
		want                 string
		times                int
	}{
		"nothing, as CSV":      {format: "csv", want: ",USD,,,,,\n", times: 2},
		"the bill's, as CSV":   {format: "csv", item: "NIGHT", want: ",USD,,,NIGHT,,\n", times: 2},
		"the map's, as CSV":    {format: "csv", item: "NIGHT", fields: `{"item":"PERM-FEE"}`, want: ",USD,,,PERM-FEE,,\n", times: 2},
		"nothing, as JSON":     {format: "json", want: `"item"`, times: 0},
		"the bill's, as JSON":  {format: "json", item: "NIGHT", want: `"item": "NIGHT"`, times: 3}, // the bill and its lines
		"the map's, as JSON":   {format: "json", item: "NIGHT", fields: `{"item":"PERM-FEE"}`, want: `"item": "PERM-FEE"`, times: 4},
		"no other one as JSON": {format: "json", item: "NIGHT", fields: `{"item":"PERM-FEE"}`, want: "NIGHT", times: 0},
	} {
		f := newFirm(t, connectors.Settings{"format": c.format})
		req := billOf(func(b *staffing.Bill) { b.Item, b.Lines = c.item, append(b.Lines, b.Lines[0]) })
		req.Fields = json.RawMessage(c.fields)
		if text := f.file(t, f.put(t, req).Number); strings.Count(text, c.want) != c.times {
			t.Errorf("%s: %s is not %d times there: %s", name, c.want, c.times, text)
		}
		if again, err := f.c.PutBilling(t.Context(), req); err != nil || !again.Existed {
			t.Errorf("%s: put again gives %+v, %v", name, again, err)
		}
		f.run(t)
		if len(f.imp.Taken) != 1 || !f.imp.Taken[req.Key].Equal(req.Bill.Total) {
			t.Errorf("%s: taken is %v, held %v", name, f.imp.Taken, f.imp.Held)
		}
	}
}

func TestAFormulaIsATextInASpreadsheet(t *testing.T) {
	f := newFirm(t, nil)
	req := billOf(func(b *staffing.Bill) {
		b.ClientName, b.PurchaseOrder, b.Lines[0].Description = `=cmd|' /C calc'!A0`, "@SUM(A1)", "+49 40, \"quoted\""
		b.Lines[0].Quantity, b.Lines[0].Amount = b.Lines[0].Quantity.Neg(), b.Lines[0].Amount.Neg()
	})
	req.Fields = json.RawMessage(`{"customer":"-1+2","work_site":"-12.5"}`)
	text := f.file(t, f.put(t, req).Number)
	for _, want := range []string{`'=cmd|' /C calc'!A0`, `'@SUM(A1)`, `"'+49 40, ""quoted"""`, `'-1+2`, ",-12.5", ",-40,hour,95.15,-3806.00,USD"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %s: %s", want, text)
		}
	}
}

func TestWhatTheImportSaysIsReadBack(t *testing.T) {
	f := newFirm(t, nil)
	good, bad := billOf(nil), billOf(nil)
	f.imp.Refuse = func(ref string) string { return map[string]string{bad.Key: "customer C-7 is on hold"}[ref] }
	f.put(t, good)
	f.put(t, bad)
	f.run(t)
	if rec, err := f.c.FindBilling(t.Context(), good.Key); err != nil || rec.Number != "INV-1001" && rec.Number != "INV-1002" || !strings.HasPrefix(rec.Extra["state"], "taken") {
		t.Errorf("find of a taken bill gives %+v, %v", rec, err)
	}
	if rec, err := f.c.FindBilling(t.Context(), bad.Key); err != nil || !strings.Contains(rec.Extra["state"], "customer C-7 is on hold") {
		t.Errorf("find of a refused bill gives %+v, %v", rec, err)
	}
	if _, err := f.c.PutBilling(t.Context(), bad); staffing.CodeOf(err) != staffing.Conflict || !strings.Contains(staffing.MessageOf(err), "customer C-7 is on hold") {
		t.Errorf("put of a refused bill gives %v", err)
	}
	if rec := f.put(t, good); !rec.Existed {
		t.Error("a bill whose file was taken away was written again")
	}
}

func TestAnotherBillUnderTheSameReferenceIsAConflict(t *testing.T) {
	f := newFirm(t, nil)
	req := billOf(nil)
	f.put(t, req)
	req.Bill.Lines[0].Amount, req.Bill.Total = decimal.NewFromInt(1), decimal.NewFromInt(1)
	if _, err := f.c.PutBilling(t.Context(), req); staffing.CodeOf(err) != staffing.Conflict {
		t.Errorf("got %v", err)
	}
}

func TestABatchOfADayGrowsUntilItIsTaken(t *testing.T) {
	for _, format := range []string{"csv", "json"} {
		f := newFirm(t, connectors.Settings{"batch": "day", "format": format})
		for range 3 {
			if rec := f.put(t, billOf(nil)); rec.Number != "bills-20261201-1."+format {
				t.Errorf("%s: the bill is in %s", format, rec.Number)
			}
		}
		f.run(t)
		if rec := f.put(t, billOf(nil)); rec.Number != "bills-20261201-2."+format {
			t.Errorf("%s: after the import the bill is in %s", format, rec.Number)
		}
		f.noon = f.noon.AddDate(0, 0, 1)
		if rec := f.put(t, billOf(nil)); rec.Number != "bills-20261202-1."+format {
			t.Errorf("%s: on the next day the bill is in %s", format, rec.Number)
		}
		f.run(t)
		if len(f.imp.Taken) != 5 || len(f.imp.Twice) != 0 || f.imp.Files != 3 {
			t.Errorf("%s: %d bills were taken from %d files, twice: %v", format, len(f.imp.Taken), f.imp.Files, f.imp.Twice)
		}
	}
}

// flaky is a share whose connection is cut at one operation, before or after it acts.
type flaky struct {
	share
	at    int // the operation, from 1 on
	after bool
	seen  *int
}

var errCut = staffing.Errorf(staffing.Unavailable, "the connection is cut")

func (f flaky) step(act func() error) error {
	*f.seen++
	if *f.seen == f.at && f.after {
		return errors.Join(errCut, act())
	}
	if *f.seen >= f.at {
		return errCut
	}
	return act()
}

func (f flaky) list(d string) (out []string, err error) {
	err = f.step(func() error { out, err = f.share.list(d); return err })
	return out, err
}

func (f flaky) stat(n string) (at time.Time, found bool, err error) {
	err = f.step(func() error { at, found, err = f.share.stat(n); return err })
	return at, found, err
}

func (f flaky) read(n string) (out []byte, err error) {
	err = f.step(func() error { out, err = f.share.read(n); return err })
	return out, err
}

func (f flaky) write(n string, b []byte) error {
	return f.step(func() error {
		if *f.seen == f.at {
			b = b[:len(b)/2]
		}
		return f.share.write(n, b)
	})
}

func (f flaky) rename(a, b string) error { return f.step(func() error { return f.share.rename(a, b) }) }
func (f flaky) replace(a, b string) error {
	return f.step(func() error { return f.share.replace(a, b) })
}
func (f flaky) remove(n string) error { return f.step(func() error { return f.share.remove(n) }) }
func (f flaky) mkdir(n string) error  { return f.step(func() error { return f.share.mkdir(n) }) }

// TestABillIsImportedOnceWhereverTheConnectionIsCut cuts each operation of a put once,
// before and after it acted, and lets the import run in between, or not, before the put
// is tried again; other bills are in the batch before and after.
func TestABillIsImportedOnceWhereverTheConnectionIsCut(t *testing.T) {
	for _, batch := range []string{"bill", "day"} {
		for at, cuts := 1, true; cuts; at++ {
			for _, variant := range []struct{ after, imports bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
				f := newFirm(t, connectors.Settings{"batch": batch, "acknowledgement_folder": ""})
				f.put(t, billOf(nil))
				cut, seen := *f.c, 0
				cut.dial = func(ctx context.Context) (share, error) {
					s, err := f.c.dial(ctx)
					return flaky{s, at, variant.after, &seen}, err
				}
				req := billOf(nil)
				rec, err := cut.PutBilling(t.Context(), req)
				cuts = seen >= at
				if err == nil && rec.ID != req.Key {
					t.Fatalf("%s %d: %+v", batch, at, rec)
				}
				if variant.imports {
					f.run(t)
				}
				f.noon = f.noon.Add(lockLife) // whoever held the lock is dead
				f.put(t, billOf(nil))
				f.put(t, req)
				f.run(t)
				if len(f.imp.Taken) != 3 || len(f.imp.Twice) != 0 {
					t.Errorf("%s, cut at %d %+v: %d bills were taken, twice: %v", batch, at, variant, len(f.imp.Taken), f.imp.Twice)
				}
			}
		}
	}
}

func TestTwoProcessesDoNotLoseABill(t *testing.T) {
	f := newFirm(t, connectors.Settings{"batch": "hour"})
	f.noon = time.Now()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				req := billOf(nil)
				for {
					_, err := f.c.PutBilling(context.Background(), req)
					if err == nil {
						break
					}
					if staffing.RetryAfterOf(err) == 0 {
						t.Errorf("%v", err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	f.run(t)
	if len(f.imp.Taken) != 20 || len(f.imp.Twice) != 0 {
		t.Errorf("%d bills were taken, twice: %v", len(f.imp.Taken), f.imp.Twice)
	}
}

func TestWhatCannotBeWrittenIsSaidWithTheField(t *testing.T) {
	for name, c := range map[string]struct {
		extra  connectors.Settings
		change func(*staffing.BillingRequest)
		field  string
	}{
		"a key that is no file name":  {change: func(r *staffing.BillingRequest) { r.Key = "../x" }, field: "reference"},
		"a wrong sum":                 {change: func(r *staffing.BillingRequest) { r.Bill.Total = decimal.NewFromInt(1) }, field: "total"},
		"a column that is the bill's": {change: func(r *staffing.BillingRequest) { r.Fields = json.RawMessage(`{"amount":"1"}`) }, field: "bill"},
		"a column that is no text":    {change: func(r *staffing.BillingRequest) { r.Fields = json.RawMessage(`{"customer":{"id":1}}`) }, field: "bill"},
		"columns without the amount":  {extra: connectors.Settings{"columns": "reference, currency"}, field: "columns"},
		"a folder that is not there":  {extra: connectors.Settings{"acknowledgement_folder": "", "ledger_folder": "a/b"}, field: "folder"},
	} {
		f, req := newFirm(t, c.extra), billOf(nil)
		if c.change != nil {
			c.change(&req)
		}
		_, err := f.c.PutBilling(t.Context(), req)
		var e *staffing.Error
		if !errors.As(err, &e) || e.Code != staffing.Invalid || e.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
		f.run(t)
		if len(f.imp.Taken) != 0 {
			t.Errorf("%s: it was imported", name)
		}
	}
}

func TestBillMapGivesColumns(t *testing.T) {
	doc, err := mapping.Parse(Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	req := billOf(nil)
	raw, gaps, err := p.Bill(req.Bill, staffing.Placement{ExternalID: "WO-7", WorkSite: "Austin"}, staffing.Client{Code: "ACME"})
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	fields, err := flat(raw)
	if err != nil || fields["customer"] != "ACME" || fields["work_order"] != "WO-7" || fields["work_site"] != "Austin" {
		t.Errorf("%v %v", fields, err)
	}
}

func FuzzBatchesAndAcknowledgements(f *testing.F) {
	f.Add([]byte("reference,currency,amount\nx,USD,1.00\n"), "reference")
	f.Add([]byte(`[{"reference":"x","status":null}]`), "=1+1")
	f.Fuzz(func(t *testing.T, raw []byte, cell string) {
		for _, kind := range []string{"csv", "json"} {
			_, _ = format{kind: kind, comma: ','}.total("x", raw) // it must not panic
		}
		_ = rowsOf(raw, ',')
		if safe := harmless(cell); safe != "" && strings.ContainsRune("=+@\t\r\n", rune(safe[0])) && !plainNumber.MatchString(safe) {
			t.Errorf("%q stays a formula", safe)
		}
	})
}
