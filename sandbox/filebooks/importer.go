// Package filebooks simulates books that only import files: a job that looks into a
// folder, proves each batch by its control totals, takes its bills once by their
// reference, answers with an acknowledgement file, and takes the batch away.
package filebooks

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Importer is the job. It is not safe for several goroutines.
type Importer struct {
	Dir  string // with the batches
	Acks string // where it answers; empty: it does not
	// Refuse says why a bill is not taken; nil: all are.
	Refuse func(reference string) string

	Taken  map[string]decimal.Decimal // by reference
	Twice  []string                   // references that came a second time
	Files  int                        // batches that were taken away
	Held   error                      // why the last batch was left where it is; nil: it was taken
	number int
}

// line is one row of a batch.
type line struct {
	reference, currency string
	amount              decimal.Decimal
}

// Run imports every batch that is there.
func (i *Importer) Run() error {
	entries, err := os.ReadDir(i.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasPrefix(name, "bill") || !slices.Contains([]string{".csv", ".json"}, filepath.Ext(name)) {
			continue
		}
		if err := i.batch(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (i *Importer) batch(name string) error {
	content, err := os.ReadFile(filepath.Join(i.Dir, name))
	if err != nil {
		return err
	}
	lines, err := parse(name, content)
	if err != nil {
		return err
	}
	i.Held = i.prove(name, content, lines)
	if i.Held != nil {
		return nil //nolint:nilerr // left for the next run: it is being written
	}
	bills := map[string]decimal.Decimal{}
	var order []string
	for _, l := range lines {
		if _, ok := bills[l.reference]; !ok {
			order = append(order, l.reference)
		}
		bills[l.reference] = bills[l.reference].Add(l.amount)
	}
	if err := i.take(name, order, bills); err != nil {
		return err
	}
	i.Files++
	return os.Remove(filepath.Join(i.Dir, name))
}

// prove holds a batch against its control totals.
func (i *Importer) prove(name string, content []byte, lines []line) error {
	raw, err := os.ReadFile(filepath.Join(i.Dir, "control-"+name+".json"))
	if err != nil {
		return err
	}
	var control struct {
		File   string                     `json:"file"`
		Lines  int                        `json:"lines"`
		Sums   map[string]decimal.Decimal `json:"sums"`
		SHA256 string                     `json:"sha256"`
	}
	if err := json.Unmarshal(raw, &control); err != nil {
		return err
	}
	sums := map[string]decimal.Decimal{}
	for _, l := range lines {
		sums[l.currency] = sums[l.currency].Add(l.amount)
	}
	sum := sha256.Sum256(content)
	if control.File != name || control.Lines != len(lines) || control.SHA256 != hex.EncodeToString(sum[:]) || len(sums) != len(control.Sums) {
		return errors.New("it does not agree with its control totals")
	}
	for currency, s := range sums {
		if !s.Equal(control.Sums[currency]) {
			return fmt.Errorf("its sum in %s is %s, the control total is %s", currency, s, control.Sums[currency])
		}
	}
	return nil
}

func (i *Importer) take(name string, order []string, bills map[string]decimal.Decimal) error {
	if i.Taken == nil {
		i.Taken = map[string]decimal.Decimal{}
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{{"reference", "status", "number", "message"}}
	for _, ref := range order {
		switch _, twice := i.Taken[ref]; {
		case twice:
			i.Twice = append(i.Twice, ref)
		case i.Refuse != nil && i.Refuse(ref) != "":
			rows = append(rows, []string{ref, "rejected", "", i.Refuse(ref)})
		default:
			i.number++
			i.Taken[ref] = bills[ref]
			rows = append(rows, []string{ref, "imported", "INV-" + strconv.Itoa(1000+i.number), ""})
		}
	}
	if i.Acks == "" {
		return nil
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(i.Acks, "ack-"+name+".csv"), out.Bytes(), 0o600)
}

func parse(name string, content []byte) (out []line, err error) {
	if filepath.Ext(name) == ".json" {
		var doc struct {
			Bills []struct {
				Reference string `json:"reference"`
				Currency  string `json:"currency"`
				Lines     []struct {
					Amount decimal.Decimal `json:"amount"`
				} `json:"lines"`
			} `json:"bills"`
		}
		if err := json.Unmarshal(content, &doc); err != nil {
			return nil, err
		}
		for _, b := range doc.Bills {
			for _, l := range b.Lines {
				out = append(out, line{b.Reference, b.Currency, l.Amount})
			}
		}
		return out, nil
	}
	table, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil || len(table) == 0 {
		return nil, errors.Join(err, errors.New("it is no table"))
	}
	ref, currency, amount := slices.Index(table[0], "reference"), slices.Index(table[0], "currency"), slices.Index(table[0], "amount")
	if ref < 0 || currency < 0 || amount < 0 {
		return nil, errors.New("it lacks a column")
	}
	for _, cells := range table[1:] {
		a, err := decimal.NewFromString(cells[amount])
		if err != nil {
			return nil, err
		}
		out = append(out, line{cells[ref], cells[currency], a})
	}
	return out, nil
}
