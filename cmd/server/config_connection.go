package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/jobs"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// connection compares one connection of the file with those of the hub that it
// may mean.
func (p *plan) connection(ctx context.Context, want fileConnection, have []store.Connection) error {
	name := nameOf(want.Client, want.Name)
	switch {
	case len(have) == 0:
		p.wrong("the file names the %s, which this hub does not have; a connection needs secrets, which are in no file: add it first, on the page Connections or by POST /api/v1/connections, under that name and kind (%s)", name, want.Kind)
		return nil
	case len(have) > 1:
		p.wrong("this hub has %d connections that are the %s; give each a name of its own first", len(have), name)
		return nil
	case have[0].Kind != want.Kind:
		p.wrong("the %s is of kind %s in the file and of kind %s here", name, want.Kind, have[0].Kind)
		return nil
	}
	ch := change{about: name}
	p.settings(&ch, want, have[0])
	lists, err := p.lists(ctx, &ch, want, have[0])
	if err != nil {
		return err
	}
	if err := p.profile(ctx, &ch, want, have[0], lists); err != nil {
		return err
	}
	p.mode(&ch, want, have[0]) // last: what goes live goes under what is in force then
	if len(ch.words) > 0 {
		p.changes = append(p.changes, ch)
	}
	return nil
}

// settings compares the settings that are no secrets. An address is not changed by
// a file: the secrets were entrusted to the old one.
func (p *plan) settings(ch *change, want fileConnection, have store.Connection) {
	if want.Settings == nil || maps.Equal(want.Settings, have.Settings.V) {
		return
	}
	kind, err := p.registry.Kind(have.Kind)
	if err != nil {
		p.wrong("%s: %s", ch.about, staffing.MessageOf(err))
		return
	}
	var words []string
	for _, f := range kind.Spec {
		was, is := have.Settings.V[f.Key], want.Settings[f.Key]
		switch {
		case f.Secret && is != "":
			p.wrong("%s: %s is a secret; it is set on the connection's page, never in a file", ch.about, f.Key)
		case was == is:
		case f.URL:
			p.wrong("%s: the address %s differs; change it on the connection's page, where its secrets are asked for again", ch.about, f.Key)
		default:
			if _, err := (connectors.Spec{f}).Complete(connectors.Settings{f.Key: is}); err != nil {
				p.wrong("%s: %s", ch.about, staffing.MessageOf(err))
			}
			words = append(words, fmt.Sprintf("setting %s: was %q, is %q", f.Key, was, is))
		}
	}
	for key := range want.Settings {
		if !slices.ContainsFunc(kind.Spec, func(f connectors.Field) bool { return f.Key == key }) {
			p.wrong("%s: a %s has no setting %q", ch.about, kind.Label, key)
		}
	}
	if len(words) > 0 {
		ch.add(func(ctx context.Context, tx *store.Tx) error { return applySettings(ctx, tx, have, want.Settings) }, words...)
	}
}

func applySettings(ctx context.Context, tx *store.Tx, have store.Connection, settings map[string]string) error {
	secrets, err := tx.ConnectionSecrets(have)
	if err != nil {
		return err
	}
	if err := tx.UpdateConnectionSettings(ctx, have.ID, have.Name, settings, secrets); err != nil {
		return err
	}
	return audit(ctx, tx, have.ID, "connection.updated", map[string]any{"file": true})
}

func audit(ctx context.Context, tx *store.Tx, id uuid.UUID, action string, detail map[string]any) error {
	return tx.Audit(ctx, byCommandLine, action, string(staffing.SubjectConnection), id.String(), detail)
}

// lists compares the code lists, and gives those that are then in force.
func (p *plan) lists(ctx context.Context, ch *change, want fileConnection, have store.Connection) (map[string]map[string]string, error) {
	now, err := p.store.AllCodeLists(ctx, have.ID)
	if err != nil || want.Lists == nil {
		return now, err
	}
	for _, name := range slices.Sorted(maps.Keys(want.Lists)) {
		entries, there := want.Lists[name], now[name] != nil
		diff := diffMaps(now[name], entries)
		if there && diff == "" {
			continue
		}
		if diff == "" {
			diff = "added, without entries"
		}
		ch.add(func(ctx context.Context, tx *store.Tx) error {
			version, err := tx.SaveCodeList(ctx, have.ID, name, entries, byCommandLine)
			if err != nil {
				return err
			}
			released, err := p.hub.ListSaved(ctx, tx, have.ID)
			if err != nil {
				return err
			}
			return audit(ctx, tx, have.ID, "profile.list_saved", map[string]any{"list": name, "version": version, "entries": len(entries), "released": released, "file": true})
		}, "list "+name+": "+diff)
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if _, stays := want.Lists[name]; !stays {
			ch.add(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.DropCodeList(ctx, have.ID, name); err != nil {
					return err
				}
				return audit(ctx, tx, have.ID, "profile.list_deleted", map[string]any{"list": name, "file": true})
			}, fmt.Sprintf("list %s: removed (%d entries)", name, len(now[name])))
		}
	}
	return want.Lists, nil
}

// profile compares the documents by what they say, not by how they are written.
func (p *plan) profile(ctx context.Context, ch *change, want fileConnection, have store.Connection, lists map[string]map[string]string) error {
	if want.Profile.Kind == 0 || want.Profile.Tag == "!!null" {
		return nil
	}
	text, err := profileText(&want.Profile)
	if err != nil {
		return err
	}
	next, err := mapping.Parse([]byte(text))
	if err == nil {
		err = jobs.CheckProfile(text, lists)
	}
	if err != nil {
		p.wrong("%s: the profile: %s", ch.about, strings.ReplaceAll(sentence(err), "\n", "; "))
		return nil
	}
	published, err := p.store.PublishedProfile(ctx, have.ID)
	if err != nil && staffing.CodeOf(err) != staffing.NotFound {
		return err
	}
	now, err := mapping.Parse([]byte(published.Document))
	if err != nil {
		return err
	}
	words, err := profileWords(now, next)
	if err != nil || len(words) == 0 {
		return err
	}
	file := jobs.FileProfile{ConnectionID: have.ID, Document: text, By: byCommandLine, ReviewedBy: p.reviewedBy}
	weighed, err := p.weigh(ctx, ch.about, have, &file, lists)
	if err != nil {
		return err
	}
	ch.add(func(ctx context.Context, tx *store.Tx) error {
		_, err := p.hub.PublishDocument(ctx, tx, file)
		return err
	}, append(words, weighed)...)
	return p.openDraft(ctx, ch.about, have)
}

// weigh tries a profile on the records that are here. The threshold is that of now,
// whatever the file makes of it.
func (p *plan) weigh(ctx context.Context, about string, have store.Connection, file *jobs.FileProfile, lists map[string]map[string]string) (string, error) {
	sum, tried, err := p.hub.Affects(ctx, have.ID, file.Document, lists)
	if err != nil {
		return "", err
	}
	file.Affected = sum.Affected()
	threshold := store.DefaultReviewThreshold
	if have.ClientID != nil {
		c, err := p.store.Client(ctx, *have.ClientID)
		if err != nil {
			return "", err
		}
		threshold = c.ReviewThreshold
	}
	words := fmt.Sprintf("profile: of %d records that were tried %d change, %d would be held, %d released, %d sent again", tried, sum.Changed, sum.Held, sum.Released, sum.Resubmit)
	if file.Affected > threshold {
		p.unreviewed = append(p.unreviewed, fmt.Sprintf("the profile of the %s touches %d records, more than the %d that need no second person", about, file.Affected, threshold))
		words += fmt.Sprintf("; that is more than %d and needs --reviewed-by", threshold)
	}
	return words, nil
}

// openDraft notes that somebody works on the profile on the page: the draft stays,
// and was begun from what the file replaces.
func (p *plan) openDraft(ctx context.Context, about string, have store.Connection) error {
	d, err := p.store.Draft(ctx, have.ID)
	switch {
	case staffing.CodeOf(err) == staffing.NotFound:
		return nil
	case err != nil:
		return err
	}
	p.notes = append(p.notes, fmt.Sprintf("the %s has a draft, saved last by %s; it stays, and was begun from what the file replaces", about, d.UpdatedBy))
	return nil
}

func profileWords(now, next mapping.Document) (out []string, err error) {
	was, err := yaml.Marshal(now)
	if err != nil {
		return nil, err
	}
	is, err := yaml.Marshal(next)
	if err != nil || bytes.Equal(was, is) {
		return nil, err
	}
	for _, c := range mapping.Diff(now, next) {
		out = append(out, "profile: "+c.Words)
	}
	if len(out) == 0 {
		out = append(out, "profile: it is written in another order")
	}
	return out, nil
}

func (p *plan) mode(ch *change, want fileConnection, have store.Connection) {
	if want.LiveFlows != nil {
		p.flows(ch, want, have)
		return
	}
	switch {
	case want.Mode == "" || want.Mode == have.Mode:
	case want.Mode != store.ModeLive && want.Mode != store.ModeShadow:
		p.wrong("%s: a mode is live or shadow, not %q", ch.about, want.Mode)
	case have.Role != staffing.RoleClient:
		p.wrong("%s: only a client's connection has a shadow mode", ch.about)
	default:
		ch.add(func(ctx context.Context, tx *store.Tx) error {
			return p.hub.ChangeMode(ctx, tx, have.ID, want.Mode, byCommandLine)
		},
			fmt.Sprintf("mode: was %s, is %s", have.Mode, want.Mode))
	}
}

// flows compares which flows write outside, while the connection is in shadow mode.
func (p *plan) flows(ch *change, want fileConnection, have store.Connection) {
	var flows []store.Flow
	for _, f := range *want.LiveFlows {
		if !store.Flow(f).Known() {
			p.wrong("%s: there is no flow %q; there are %v", ch.about, f, store.Flows())
		}
		flows = append(flows, store.Flow(f))
	}
	for _, f := range flows {
		if needs := f.Needs(); needs != "" && !slices.Contains(flows, needs) {
			p.wrong("%s: the flow %s needs %s", ch.about, f, needs)
		}
	}
	flows = slices.DeleteFunc(store.Flows(), func(f store.Flow) bool { return !slices.Contains(flows, f) }) // in their order
	switch {
	case have.Role != staffing.RoleClient:
		p.wrong("%s: only a client's connection has a shadow mode", ch.about)
	case want.Mode == store.ModeLive:
		p.wrong("%s: in the mode live everything writes; live_flows are for the mode shadow", ch.about)
	case want.Mode != "" && want.Mode != store.ModeShadow:
		p.wrong("%s: a mode is live or shadow, not %q", ch.about, want.Mode)
	case !slices.Equal(have.Live(), flows):
		ch.add(func(ctx context.Context, tx *store.Tx) error {
			return p.hub.ChangeFlows(ctx, tx, have.ID, flows, byCommandLine)
		}, fmt.Sprintf("live_flows: were %v, are %v", have.Live(), flows))
	}
}
