package file

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// writer puts submissions into a folder: a résumé, and a file that names it. The client
// may take files away at any time, so what was written is known by a ledger that the
// client leaves alone. The order of the steps makes a repeated put one effect:
//
//  1. both files are written whole under hidden names;
//  2. KEY.pending goes into the ledger;
//  3. the hidden files get their names, the data last: a hidden file that is gone has
//     got its name, whether or not it is still there;
//  4. the done-marker, if there is one; then KEY.pending becomes KEY.sent.
type writer struct {
	open    opener
	dir     string
	ledger  string
	format  string // json, csv
	columns []string
	marker  string
	types   []string // endings of résumés
	maxSize int64
	now     func() time.Time
}

// outgoing is one submission on its way.
type outgoing struct {
	*writer
	share   share
	req     staffing.SubmissionRequest
	name    string // of the data file
	resume  string // of the résumé's file; empty: none
	pending string
	sent    string
}

func (w *writer) start(ctx context.Context, req staffing.SubmissionRequest) (*outgoing, error) {
	key := safe(req.Key)
	o := &outgoing{writer: w, req: req, name: "submission-" + key + "." + w.format,
		pending: within(w.ledger, key+".pending"), sent: within(w.ledger, key+".sent")}
	if req.Resume != nil {
		ext := strings.ToLower(path.Ext(req.Resume.Name))
		switch {
		case !slices.Contains(w.types, strings.TrimPrefix(ext, ".")):
			return nil, refused("the résumé is a %s file; by the connection's settings the client takes %s", strings.TrimPrefix(ext, "."), strings.Join(w.types, ", "))
		case req.Resume.Size > w.maxSize:
			return nil, refused("the résumé has %d bytes; by the connection's settings the client takes %d MB", req.Resume.Size, w.maxSize>>20)
		}
		o.resume = "submission-" + key + "-resume" + ext
	}
	var err error
	o.share, err = w.open(ctx)
	return o, err
}

func refused(format string, args ...any) error {
	e := staffing.Errorf(staffing.Invalid, format, args...)
	e.Field = "resume"
	return e
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// safe makes a file name of a key. Different keys give different names.
func safe(key string) string {
	if plain.MatchString(key) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "k" + hex.EncodeToString(sum[:16])
}

func (o *outgoing) receipt(at time.Time, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: o.req.Key, Number: o.name, At: at, Existed: existed}
}

// find looks into the ledger.
func (o *outgoing) find() (staffing.Receipt, error) {
	e, err := o.share.stat(o.sent)
	if isNotFound(err) {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "no submission file was written under this key")
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return o.receipt(e.at, true), nil
}

func (o *outgoing) put(ctx context.Context) (staffing.Receipt, error) {
	found, err := o.find()
	if err == nil || !isNotFound(err) {
		return found, err
	}
	_, err = o.share.stat(o.pending)
	if isNotFound(err) {
		err = o.stage(ctx)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := o.publish(); err != nil {
		return staffing.Receipt{}, staffing.PartlyDone(err)
	}
	err = o.share.rename(o.pending, o.sent)
	if isNotFound(err) { // another worker was faster
		return o.find()
	}
	if err != nil {
		return staffing.Receipt{}, staffing.PartlyDone(err)
	}
	return o.receipt(o.now(), false), nil
}

func hidden(name string) string { return "." + name + ".tmp" }

// stage writes the files under hidden names, then the mark that they are whole.
func (o *outgoing) stage(ctx context.Context) error {
	if o.resume != "" {
		if err := o.stageResume(ctx); err != nil {
			return err
		}
	}
	data, err := o.data()
	if err != nil {
		return err
	}
	n, err := o.share.write(within(o.dir, hidden(o.name)), strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	if n != int64(len(data)) {
		return short(o.name)
	}
	mark := o.now().UTC().Format(time.RFC3339) + " " + o.name + "\n"
	_, err = o.share.write(o.pending, strings.NewReader(mark))
	if isNotFound(err) {
		if err := o.share.mkdir(o.ledger); err != nil {
			return err
		}
		_, err = o.share.write(o.pending, strings.NewReader(mark))
	}
	return err
}

func (o *outgoing) stageResume(ctx context.Context) error {
	in, err := o.req.Resume.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	name := within(o.dir, hidden(o.resume))
	from := &counted{r: in, left: o.maxSize}
	n, err := o.share.write(name, from)
	switch {
	case from.err != nil:
		return from.err // the résumé's own source failed, or it is too large
	case err != nil:
		return err
	case o.req.Resume.Size >= 0 && n != o.req.Resume.Size:
		return short(o.resume)
	}
	return nil
}

func short(name string) error {
	return staffing.Errorf(staffing.Unavailable, "%s did not come through whole", name)
}

// publish gives the hidden files their names.
func (o *outgoing) publish() error {
	for _, name := range []string{o.resume, o.name} {
		if name == "" {
			continue
		}
		if err := o.share.rename(within(o.dir, hidden(name)), within(o.dir, name)); err != nil && !isNotFound(err) {
			return err
		}
	}
	if o.marker == "" {
		return nil
	}
	if _, err := o.share.stat(within(o.dir, o.name)); isNotFound(err) {
		return nil // it was taken away already
	} else if err != nil {
		return err
	}
	_, err := o.share.write(within(o.dir, o.name+o.marker), strings.NewReader(""))
	return err
}

// data writes what the profile's outbound map made, with our keys beside it.
func (o *outgoing) data() ([]byte, error) {
	fields := map[string]any{}
	dec := json.NewDecoder(strings.NewReader(string(o.req.Fields)))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the submission's fields are no JSON object: %w", err)
	}
	fields["submission_key"], fields["requisition_id"], fields["resume_file"] = o.req.Key, o.req.RequisitionID, o.resume
	if o.format == "json" {
		out, err := json.MarshalIndent(fields, "", "  ")
		if err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the submission cannot be written as JSON: %w", err)
		}
		return append(out, '\n'), nil
	}
	return table(o.columns, fields)
}

// table writes one row below the names of its columns: those of the settings, or all by
// name.
func table(columns []string, fields map[string]any) ([]byte, error) {
	if len(columns) == 0 {
		columns = slices.Sorted(maps.Keys(fields))
	}
	cells := make([]string, len(columns))
	for i, name := range columns {
		switch v := at(fields, name).(type) {
		case nil:
		case string:
			cells[i] = v
		case json.Number, bool:
			cells[i] = fmt.Sprint(v)
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, staffing.Errorf(staffing.Internal, "%s cannot be written: %w", name, err)
			}
			cells[i] = string(text)
		}
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, line := range [][]string{columns, cells} {
		if err := w.Write(line); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the row cannot be written: %w", err)
		}
	}
	w.Flush()
	return []byte(out.String()), nil
}
