package handlers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// hiddenSecret stands for a secret that is set. Its length tells nothing.
const hiddenSecret = "••••••••" //nolint:gosec // it is none

func (s *Server) connectionRow(c store.Connection, clients []store.Client, feeds []store.Feed) web.ConnectionRow {
	row := web.ConnectionRow{ID: c.ID.String(), Name: c.Name, System: c.Kind, Role: c.Role, State: c.State, StateReason: c.StateReason, Mode: c.Mode}
	if c.Role == staffing.RoleClient {
		for _, f := range c.Live() {
			row.Live = append(row.Live, string(f))
		}
	}
	if kind, err := s.cfg.Registry.Kind(c.Kind); err == nil {
		row.System = kind.Label
	}
	for _, client := range clients {
		if c.ClientID != nil && client.ID == *c.ClientID {
			row.Client, row.ClientID = client.Name, client.ID.String()
		}
	}
	for _, f := range feeds {
		if f.ConnectionID == c.ID {
			row.Feeds = append(row.Feeds, feedView(f, row, s.now()))
		}
	}
	return row
}

func feedView(f store.Feed, c web.ConnectionRow, now time.Time) web.Feed {
	return web.Feed{ConnectionID: c.ID, Connection: c.Name, System: c.System, Client: c.Client, Name: f.Feed, State: c.State, StateReason: c.StateReason,
		Interval: time.Duration(f.IntervalS) * time.Second, LastSuccess: value(f.LastSuccessAt), LastError: value(f.LastErrorAt), NextPoll: f.NextPollAt,
		Error: sentence(f.LastError), Failures: f.Failures, Records: f.LastRecords, Running: f.LeaseUntil != nil && f.LeaseUntil.After(now)}
}

func gapsOf(list []store.Gap, id uuid.UUID) (n int) {
	for _, g := range list {
		if g.ConnectionID == id {
			n++
		}
	}
	return n
}

func connectionGaps(list []store.Gap, d mapping.Document) (out []web.Gap) {
	for _, g := range list {
		out = append(out, web.Gap{Kind: string(g.Kind), Field: g.Field, Value: g.Value, Message: g.Message, Do: gapDo(g.Kind), Count: g.Count, LastAt: g.LastAt,
			URL: gapURL(g.ConnectionID, staffing.Gap{Kind: g.Kind, Field: g.Field, Value: g.Value}, d)})
	}
	return out
}

// refusalsView adds up the days of each reason.
func refusalsView(list []store.Refusal) (out []web.Refusal) {
	at := map[string]int{}
	for _, r := range list { // newest first
		i, known := at[r.Reason]
		if !known {
			at[r.Reason] = len(out)
			out = append(out, web.Refusal{Reason: r.Reason, Count: r.Count, LastAt: r.LastAt})
			continue
		}
		out[i].Count += r.Count
	}
	return out
}

// settingsView shows what is set. Secrets show only that they are.
func settingsView(spec connectors.Spec, settings, secrets map[string]string) (out []web.Field) {
	for _, f := range spec {
		field := web.Field{Label: f.Label, Value: settings[f.Key]}
		if f.Multiline && field.Value != "" {
			field.Value = fmt.Sprintf("%d lines, shown in the settings form", strings.Count(field.Value, "\n")+1)
		}
		if f.Secret {
			field.Value = ""
			if secrets[f.Key] != "" {
				field.Value = hiddenSecret
			}
		}
		out = append(out, field)
	}
	return out
}

func kindCard(k connectors.Kind) web.KindCard {
	c := web.KindCard{Name: k.Name, Label: k.Label, Role: k.Role, Summary: k.Summary, DocsURL: k.DocsURL, APIVersion: k.APIVersion, Webhooks: k.WebhookHelp != "", Pace: pace(k.Limits)}
	for _, can := range k.Can {
		c.Can = append(c.Can, can.Words())
	}
	for _, f := range k.Spec {
		if f.Required && f.Default == "" {
			c.Needs = append(c.Needs, f.Label)
		}
	}
	if k.End != nil {
		c.Ends = k.End.On.Format("2 Jan 2006")
	}
	return c
}

// pace says what a vendor allows for one credential.
func pace(l connectors.Limits) string {
	var out []string
	if l.PerSecond > 0 {
		out = append(out, strconv.FormatFloat(l.PerSecond, 'g', 3, 64)+" calls a second")
	}
	if l.Concurrency > 0 {
		out = append(out, counted(l.Concurrency, "at a time", "at a time"))
	}
	return strings.Join(out, ", ")
}

// formFields makes the settings form from the spec. What was typed wins over what
// is stored; a secret is never given back.
func formFields(spec connectors.Spec, typed, stored map[string]string, isSet func(key string) bool, problems map[string]string) (out []web.FormField) {
	for _, f := range spec {
		v, was := typed[f.Key]
		if !was {
			v = stored[f.Key]
		}
		if !was && v == "" {
			v = f.Default
		}
		field := web.FormField{Key: f.Key, Label: f.Label, Help: f.Help, Required: f.Required, Secret: f.Secret, URL: f.URL, Error: problems[f.Key], Advanced: f.Advanced, Lines: f.Multiline}
		if f.Secret {
			field.IsSet = isSet(f.Key)
			if f.Generate != nil && f.Required && !field.IsSet {
				field.Offer = f.Generate()
			}
		} else {
			field.Value = v
		}
		field.Changed = f.Advanced && v != f.Default
		if len(f.Options) > 0 {
			field.Options = settingOptions(f, v)
		}
		out = append(out, field)
	}
	return out
}

func settingOptions(f connectors.Field, chosen string) []web.Option {
	var pairs [][2]string
	if !f.Required && f.Default == "" {
		pairs = append(pairs, [2]string{"", "Not set"})
	}
	for _, o := range f.Options {
		pairs = append(pairs, [2]string{o, o})
	}
	return options(chosen, pairs...)
}
