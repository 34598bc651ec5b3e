package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/jobs"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// change is what differs of one client or connection, in words, and how it is made
// as the file says.
type change struct {
	about string
	words []string
	do    []func(ctx context.Context, tx *store.Tx) error
}

func (c *change) add(do func(ctx context.Context, tx *store.Tx) error, words ...string) {
	c.words = append(c.words, words...)
	c.do = append(c.do, do)
}

// plan compares a file with the hub. It is made as a whole, or not at all.
type plan struct {
	store    *store.Store
	registry *connectors.Registry
	hub      *jobs.Hub
	changes  []change
	problems []error
	notes    []string // what is worth knowing and no change

	reviewedBy string                   // who reviewed the file; "": nobody said so
	unreviewed []string                 // profiles that change more than one person may
	fresh      map[string]*store.Client // clients that the file adds, by code
}

func (p *plan) wrong(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// make works out the changes. The error names everything that is wrong with the file.
func (p *plan) make(ctx context.Context, f configFile) error {
	clients, err := p.store.Clients(ctx)
	if err != nil {
		return err
	}
	connections, err := p.store.Connections(ctx)
	if err != nil {
		return err
	}
	p.fresh = map[string]*store.Client{}
	byCode, codes := map[string]store.Client{}, map[uuid.UUID]string{}
	for _, c := range clients {
		byCode[c.Code], codes[c.ID] = c, c.Code
	}
	p.clients(f, byCode)
	seen := map[string]bool{}
	for _, want := range f.Connections {
		name := nameOf(want.Client, want.Name)
		if seen[name] {
			p.wrong("the %s stands twice in the file", name)
			continue
		}
		seen[name] = true
		if _, known := byCode[want.Client]; want.Client != "" && !known && p.fresh[want.Client] == nil {
			p.unknownClient(want.Client)
			continue
		}
		if err := p.connection(ctx, want, named(connections, codes, want)); err != nil {
			return err
		}
	}
	if len(p.problems) > 0 {
		return &staffing.Error{Code: staffing.Invalid, Message: errors.Join(p.problems...).Error()}
	}
	return nil
}

func (p *plan) unknownClient(code string) {
	err := fmt.Errorf("the file names the client %s, which neither this hub has nor the file adds: put it under clients, with code and name", code)
	if !slices.ContainsFunc(p.problems, func(e error) bool { return e.Error() == err.Error() }) {
		p.problems = append(p.problems, err)
	}
}

// nameOf is a connection in words.
func nameOf(client, name string) string {
	if client == "" {
		return fmt.Sprintf("connection %q of the firm", name)
	}
	return fmt.Sprintf("connection %q of client %s", name, client)
}

// named gives the connections of the hub that the file may mean.
func named(all []store.Connection, codes map[uuid.UUID]string, want fileConnection) (out []store.Connection) {
	for _, c := range all {
		code := ""
		if c.ClientID != nil {
			code = codes[*c.ClientID]
		}
		if c.Name == want.Name && code == want.Client {
			out = append(out, c)
		}
	}
	return out
}

func (p *plan) clients(f configFile, known map[string]store.Client) {
	seen := map[string]bool{}
	for _, want := range f.Clients {
		have, there := known[want.Code]
		if seen[want.Code] {
			p.wrong("the client %s stands twice in the file", want.Code)
			continue
		}
		seen[want.Code] = true
		if !there {
			p.newClient(want)
			continue
		}
		next := have
		ch := change{about: "client " + want.Code}
		differs := func(field string, to *string, value string) {
			if value != "" && value != *to {
				ch.words = append(ch.words, fmt.Sprintf("%s: was %q, is %q", field, *to, value))
				*to = value
			}
		}
		differs("name", &next.Name, want.Name)
		differs("currency", &next.Currency, want.Currency)
		differs("timezone", &next.Timezone, want.Timezone)
		if want.ReviewThreshold != nil && *want.ReviewThreshold != have.ReviewThreshold {
			next.ReviewThreshold = *want.ReviewThreshold
			ch.words = append(ch.words, fmt.Sprintf("review_threshold: was %d, is %d", have.ReviewThreshold, next.ReviewThreshold))
		}
		p.checkClient(next)
		if len(ch.words) > 0 {
			ch.add(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.UpdateClient(ctx, next); err != nil {
					return err
				}
				return tx.Audit(ctx, byCommandLine, "client.updated", "client", next.ID.String(), map[string]any{"file": true})
			})
			p.changes = append(p.changes, ch)
		}
	}
}

var (
	clientCode   = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{1,39}$`)
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
)

func (p *plan) checkClient(c store.Client) {
	if !clientCode.MatchString(c.Code) {
		p.wrong("%q is no code of a client: capitals, digits and hyphens, 2 to 40 of them", c.Code)
	}
	if strings.TrimSpace(c.Name) == "" {
		p.wrong("client %s: it needs a name", c.Code)
	}
	if !currencyCode.MatchString(c.Currency) {
		p.wrong("client %s: the currency %q is not three capitals by ISO 4217", c.Code, c.Currency)
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" || c.ReviewThreshold < 0 {
		p.wrong("client %s: the time zone %q or the threshold %d is not one", c.Code, c.Timezone, c.ReviewThreshold)
	}
}

// newClient adds a client: it needs no secret, so a file may declare it.
func (p *plan) newClient(want fileClient) {
	c := &store.Client{Code: want.Code, Name: want.Name, Currency: cmp.Or(want.Currency, "USD"), Timezone: cmp.Or(want.Timezone, "UTC"), ReviewThreshold: store.DefaultReviewThreshold}
	if want.ReviewThreshold != nil {
		c.ReviewThreshold = *want.ReviewThreshold
	}
	p.checkClient(*c)
	p.fresh[want.Code] = c
	ch := change{about: "client " + want.Code}
	ch.add(func(ctx context.Context, tx *store.Tx) error {
		threshold := c.ReviewThreshold
		made, err := tx.InsertClient(ctx, *c)
		if err != nil {
			return err
		}
		made.ReviewThreshold = threshold // 0 is a threshold, and not one that is left out
		if err := tx.UpdateClient(ctx, made); err != nil {
			return err
		}
		return tx.Audit(ctx, byCommandLine, "client.created", "client", made.ID.String(), map[string]any{"code": made.Code, "file": true})
	}, fmt.Sprintf("new: %q, %s, %s, review_threshold %d", c.Name, c.Currency, c.Timezone, c.ReviewThreshold))
	p.changes = append(p.changes, ch)
}

// tell prints what differs.
func (p *plan) tell(w io.Writer) {
	if len(p.changes) == 0 {
		fmt.Fprintln(w, "the hub is as the file says")
	}
	var b bytes.Buffer
	for _, c := range p.changes {
		fmt.Fprintln(&b, c.about)
		for _, s := range c.words {
			fmt.Fprintln(&b, "  "+s)
		}
	}
	for _, n := range p.notes {
		fmt.Fprintln(&b, "note: "+n)
	}
	_, _ = b.WriteTo(w) // nobody can be told that the output is closed
}

func (p *plan) size() (n int) {
	for _, c := range p.changes {
		n += len(c.words)
	}
	return n
}

func (p *plan) apply(ctx context.Context, tx *store.Tx) error {
	for _, c := range p.changes {
		for _, do := range c.do {
			if err := do(ctx, tx); err != nil {
				return fmt.Errorf("%s: %w", c.about, err)
			}
		}
	}
	return nil
}

// diffMaps says in words how a list differs: at most a few entries by name.
func diffMaps(have, want map[string]string) string {
	added, removed, changed := 0, 0, 0
	example := ""
	for _, k := range slices.Sorted(maps.Keys(want)) {
		old, there := have[k]
		switch {
		case !there:
			added++
		case old != want[k]:
			changed++
		default:
			continue
		}
		if example == "" {
			example = k
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if _, there := want[k]; !there {
			removed++
			if example == "" {
				example = k
			}
		}
	}
	if added+removed+changed == 0 {
		return ""
	}
	return fmt.Sprintf("%d added, %d removed, %d changed (the first is %s)", added, removed, changed, example)
}
