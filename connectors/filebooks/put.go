package filebooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// keyForm makes a key a file name as it stands.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

// entry is what the ledger has of a bill.
type entry struct {
	Reference string    `json:"reference"`
	File      string    `json:"file"`
	At        time.Time `json:"at"`
	SHA256    string    `json:"sha256"` // of the bill
}

// putting is one bill on its way. The import may take files away at any time, so what
// was written is known by the ledger. The order of the steps makes a repeated put one
// effect:
//
//  1. the file is written whole under a hidden name of this bill's own, then the file
//     of the control totals, then KEY.pending into the ledger;
//  2. the hidden file gets its name: a hidden file that is gone has got its name,
//     whether or not it is still there;
//  3. the done-marker, if there is one; then KEY.pending becomes KEY.sent.
//
// A batch that grows is written whole each time, under a lock of its folder.
type putting struct {
	*Connector
	share
	bill bill
	sum  string
	file string // its name, once it is chosen
}

// PutBilling writes the bill, unless it was written already.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	b, err := checked(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	s, err := c.dial(ctx)
	if err != nil {
		return staffing.Receipt{}, err
	}
	defer s.close()
	p := &putting{Connector: c, share: s, bill: b, sum: fingerprintOf(req.Bill, req.Key)}
	rec, err := p.run()
	return rec, there(err)
}

// FindBilling looks into the ledger, and for what the import said.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if !keyForm.MatchString(key) {
		return staffing.Receipt{}, badKey()
	}
	s, err := c.dial(ctx)
	if err != nil {
		return staffing.Receipt{}, err
	}
	defer s.close()
	e, found, err := c.sent(s, key)
	if err != nil {
		return staffing.Receipt{}, there(err)
	}
	if !found {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "no file was written for the bill %s", key)
	}
	a, err := c.acknowledged(s, key)
	return c.receipt(e, a, true), there(err)
}

// there keeps a folder that is missing from looking like a bill that is missing.
func there(err error) error {
	if !missing(err) {
		return err
	}
	out := &staffing.Error{Code: staffing.Invalid, Field: "folder", Err: err, Message: "the folder of the settings is not there, or files in it went away: " + staffing.MessageOf(err)}
	out.OutcomeUnknown = staffing.IsOutcomeUnknown(err)
	return out
}

func badKey() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "reference", Message: "a bill is found by its reference, which has 1 to 60 letters, digits, hyphens or underscores"}
}

func checked(req staffing.BillingRequest) (bill, error) {
	fields, err := flat(req.Fields)
	if err != nil {
		return bill{}, err
	}
	b := newBill(req.Bill, fields)
	switch {
	case !keyForm.MatchString(req.Key):
		return b, badKey()
	case b.Currency == "":
		return b, &staffing.Error{Code: staffing.Invalid, Field: "currency", Message: "the bill needs a currency"}
	case len(b.Lines) == 0:
		return b, &staffing.Error{Code: staffing.Invalid, Field: "lines", Message: "the bill needs a line"}
	}
	if _, err := staffing.ParseDate(string(b.Date)); err != nil {
		return b, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "the bill's date is no date", Err: err}
	}
	sum := decimal.Zero
	for _, l := range b.Lines {
		sum = sum.Add(l.Amount)
	}
	if !sum.Equal(b.Total) {
		return b, &staffing.Error{Code: staffing.Invalid, Field: "total", Message: "the lines of the bill add up to " + sum.String() + ", not to its total of " + b.Total.String()}
	}
	b.Reference = req.Key
	return b, nil
}

// fingerprintOf is of the bill alone: what its map makes may change, the bill not.
func fingerprintOf(b staffing.Bill, key string) string {
	b.Reference = key
	raw, err := json.Marshal(b)
	if err != nil { // a bill is made of texts and decimals
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (c *Connector) ledger(name string) string { return path.Join(c.set["ledger_folder"], name) }

// entry reads an entry of the ledger. One that was begun and not ended has no File.
func (c *Connector) entry(s share, name string) (e entry, found bool, err error) {
	found, err = exists(s, c.ledger(name))
	if err != nil || !found {
		return entry{}, false, err
	}
	raw, err := s.read(c.ledger(name))
	if missing(err) {
		return entry{}, false, nil
	}
	if err == nil && json.Unmarshal(raw, &e) != nil {
		e = entry{}
	}
	return e, err == nil, err
}

// sent reads the entry of a bill that was handed over: it was whole before it got its
// name.
func (c *Connector) sent(s share, key string) (e entry, found bool, err error) {
	e, found, err = c.entry(s, key+".sent")
	if found && e.File == "" {
		err = staffing.Errorf(staffing.Unavailable, "the ledger's file %s.sent cannot be read", key)
	}
	return e, found && err == nil, err
}

func (p *putting) key() string    { return p.bill.Reference }
func (p *putting) hidden() string { return "." + p.key() + ".tmp" }

func (p *putting) run() (staffing.Receipt, error) {
	e, found, err := p.sent(p.share, p.key())
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found {
		return p.again(e)
	}
	if p.set["batch"] != "bill" {
		unlock, err := p.lock()
		if err != nil {
			return staffing.Receipt{}, err
		}
		defer unlock()
	}
	published, err := p.resumed()
	if err == nil && !published {
		published, err = p.stage()
	}
	if err == nil && !published {
		err = p.publish()
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := p.finish(); err != nil {
		return staffing.Receipt{}, unknown(err)
	}
	return p.receipt(entry{p.key(), p.file, p.now().UTC(), p.sum}, acknowledgement{}, false), nil
}

// again answers for a bill that was written before.
func (p *putting) again(e entry) (staffing.Receipt, error) {
	if e.SHA256 != p.sum {
		return staffing.Receipt{}, &staffing.Error{Code: staffing.Conflict, Field: "reference", Message: "another bill was handed over under this reference, in the file " + e.File}
	}
	a, err := p.acknowledged(p.share, p.key())
	if err != nil {
		return staffing.Receipt{}, err
	}
	if a.refused {
		return staffing.Receipt{}, &staffing.Error{Code: staffing.Conflict, Field: "reference", Message: "the import of the books refused the bill in " + e.File + ": " + a.words()}
	}
	return p.receipt(e, a, true), nil
}

// resumed says whether an earlier put came as far as giving the file its name.
func (p *putting) resumed() (bool, error) {
	e, found, err := p.entry(p.share, p.key()+".pending")
	if err != nil || !found {
		return false, err
	}
	waits, err := exists(p.share, p.hidden())
	if err != nil || waits {
		return false, err
	}
	p.file = e.File
	if p.file == "" && p.set["batch"] == "bill" {
		p.file = p.single()
	}
	switch {
	case p.file == "":
		return false, staffing.Errorf(staffing.Unavailable, "the ledger's file %s.pending cannot be read", p.key())
	case e.SHA256 != p.sum && e.SHA256 != "":
		return false, &staffing.Error{Code: staffing.Conflict, Field: "reference", Message: "another bill was handed over under this reference, in the file " + p.file}
	}
	return true, nil
}

// single names the file of one bill.
func (p *putting) single() string { return "bill-" + p.key() + "." + p.set["format"] }

// stage writes everything but the name. published says that the batch has the bill.
func (p *putting) stage() (published bool, err error) {
	base, published, err := p.choose()
	if err != nil || published {
		return published, err
	}
	content, err := p.format().add(base, p.bill)
	if err != nil {
		return false, err
	}
	totals, err := p.format().total(p.file, content)
	if err != nil {
		return false, err
	}
	sum, err := json.MarshalIndent(totals, "", " ")
	if err != nil {
		return false, staffing.Errorf(staffing.Internal, "the control totals have no form in JSON: %w", err)
	}
	if err := p.write(p.hidden(), content); err != nil {
		return false, err
	}
	if err := p.write("control-"+p.file+".json", append(sum, '\n')); err != nil {
		return false, err
	}
	return false, p.note(p.key()+".pending", entry{p.key(), p.file, p.now().UTC(), p.sum})
}

// note writes an entry of the ledger, and the ledger's folder before the first.
func (p *putting) note(name string, e entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the ledger's entry has no form in JSON: %w", err)
	}
	err = p.write(p.ledger(name), raw)
	if missing(err) {
		if err := p.mkdir(p.set["ledger_folder"]); err != nil {
			return err
		}
		err = p.write(p.ledger(name), raw)
	}
	return err
}

// choose names the file and gives what it has already. A batch whose file is gone was
// taken by the import: the next bills go into another.
func (p *putting) choose() (base []byte, published bool, err error) {
	kind := p.set["format"]
	if p.set["batch"] == "bill" {
		p.file = p.single()
		return nil, false, nil
	}
	stamp := p.now().UTC().Format(map[string]string{"hour": "20060102T15", "day": "20060102"}[p.set["batch"]])
	for n := 1; n < 1000; n++ {
		p.file = fmt.Sprintf("bills-%s-%d.%s", stamp, n, kind)
		base, err := p.read(p.file)
		if missing(err) {
			used, err := exists(p.share, p.ledger(p.file+".used"))
			if err != nil {
				return nil, false, err
			}
			if used {
				continue
			}
			return nil, false, p.note(p.file+".used", entry{Reference: p.key(), File: p.file, At: p.now().UTC()})
		}
		if err != nil {
			return nil, false, err
		}
		totals, err := p.format().total(p.file, base)
		if err != nil {
			return nil, false, err
		}
		if slices.Contains(totals.Refs, p.key()) {
			return base, true, p.note(p.key()+".pending", entry{p.key(), p.file, p.now().UTC(), p.sum})
		}
		var e *staffing.Error
		if _, err := p.format().add(base, p.bill); errors.As(err, &e) && e.Field == "columns" {
			continue
		}
		return base, false, nil
	}
	return nil, false, staffing.Errorf(staffing.Unavailable, "a thousand batches of one time are there already")
}

// publish gives the hidden file its name. Whatever goes wrong from here on, the bill may
// be there.
func (p *putting) publish() error {
	if p.set["batch"] == "bill" {
		return unknown(p.rename(p.hidden(), p.file))
	}
	return unknown(p.replace(p.hidden(), p.file))
}

func (p *putting) finish() error {
	if p.set["marker"] != "" && p.set["batch"] == "bill" {
		if err := p.write(p.file+p.set["marker"], nil); err != nil {
			return err
		}
	}
	return p.rename(p.ledger(p.key()+".pending"), p.ledger(p.key()+".sent"))
}

// unknown says of an error that the step may have taken effect. A rule that the server
// broke before it began is known.
func unknown(err error) error {
	if err == nil || staffing.CodeOf(err) == staffing.Invalid {
		return err
	}
	return &staffing.Error{Code: staffing.CodeOf(err), Message: staffing.MessageOf(err), Err: err, OutcomeUnknown: true, RetryAfter: time.Second}
}

func (c *Connector) receipt(e entry, a acknowledgement, existed bool) staffing.Receipt {
	out := staffing.Receipt{ID: e.Reference, Number: e.File, At: e.At, Existed: existed,
		Extra: map[string]string{"file": e.File, "state": "handed over", "sha256": e.SHA256}}
	switch {
	case a.found && a.refused:
		out.Extra["state"] = "refused: " + a.words()
	case a.found:
		out.Extra["state"] = "taken: " + a.words()
		if a.number != "" {
			out.Number = a.number
		}
	case c.set["acknowledgement_folder"] != "":
		out.Extra["state"] = "waits for the import"
	}
	return out
}
