package handlers

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// The parts that the pages of all records share.

func findingsView(list []staffing.Finding) (out []web.Finding) {
	for _, f := range list {
		out = append(out, web.Finding{Rule: f.Rule, Severity: string(f.Severity), Message: f.Message, Field: f.Field})
	}
	return out
}

func gapsView(list []staffing.Gap) (out []web.Gap) {
	for _, g := range list {
		out = append(out, web.Gap{Kind: string(g.Kind), Field: g.Field, Value: g.Value, Message: g.Message, Do: gapDo(g.Kind)})
	}
	return out
}

// gapDo says what closes a gap.
func gapDo(k staffing.GapKind) string {
	switch k {
	case staffing.GapStatus:
		return "Give the word a stage in the status table of the connection's profile."
	case staffing.GapCode:
		return "Add the value to the code list of the connection's profile."
	case staffing.GapRequired:
		return "Ask the client to fill in the field, or give the cell a default."
	case staffing.GapValue:
		return "Correct the cell's expression in the connection's profile."
	case staffing.GapField:
		return "Map the field in the connection's profile, or say there that it is ignored. No record waits for it."
	case staffing.GapOption:
		return "Choose a value that the system has, or read its fields again."
	default:
		return ""
	}
}

func effectsView(list []store.Effect, systems map[uuid.UUID]string) (out []web.Effect) {
	for _, e := range list {
		at := e.CreatedAt
		if e.SentAt != nil {
			at = *e.SentAt
		}
		if e.SettledAt != nil {
			at = *e.SettledAt
		}
		out = append(out, web.Effect{What: effectWords(e.Kind), System: systems[e.ConnectionID], Key: e.Key, State: e.State, Attempts: e.Attempts,
			Number: orText(e.VendorNumber, e.VendorID), URL: e.VendorURL, Existed: e.Existed, Error: sentence(e.Error), At: at})
	}
	return out
}

func effectWords(kind string) string {
	switch kind {
	case store.EffectJob:
		return "Job in the internal ATS"
	case store.EffectSubmission:
		return "Submission to the client"
	case store.EffectStatus:
		return "Status in the internal ATS"
	case store.EffectBilling:
		return "Billing record in the ERP"
	default:
		return kind
	}
}

func exchangesView(list []store.Exchange, systems map[uuid.UUID]string) (out []web.Exchange) {
	for _, x := range list {
		out = append(out, web.Exchange{ID: strconv.FormatInt(x.ID, 10), At: x.At, Connection: systems[x.ConnectionID], Method: x.Method, Host: x.Host, Path: x.Path,
			Status: x.Status, DurationMS: x.DurationMS, RequestHeaders: x.RequestHeaders, RequestBody: x.RequestBody,
			ResponseHeaders: x.ResponseHeaders, ResponseBody: x.ResponseBody, Error: x.Error})
	}
	return out
}

// words turns a code of ours into words for a list.
func words(code string) string {
	if code == "" {
		return ""
	}
	text := strings.ReplaceAll(code, "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// actionWords turns an action of the audit log into words.
func actionWords(action string) string {
	noun, verb, _ := strings.Cut(action, ".")
	return words(noun) + ": " + strings.ReplaceAll(verb, "_", " ")
}

// sources say which expression of the profile gave a canonical field.
type sources []mapping.Cell

// longSource is how much of an expression a page shows, in characters.
const longSource = 120

// of gives the expression, or those of the field's parts.
func (s sources) of(key string) string {
	var parts []string
	for _, c := range s {
		if c.Key == key || strings.HasPrefix(c.Key, key+".") {
			parts = append(parts, c.CEL)
		}
	}
	text := []rune(strings.Join(parts, "; "))
	if len(text) > longSource {
		return string(text[:longSource]) + "…"
	}
	return string(text)
}

// sourcesOf reads the version of the profile that mapped a requisition. A version
// that is gone or cannot be read any more gives no sources.
func (s *Server) sourcesOf(ctx context.Context, connectionID uuid.UUID, version int) (sources, error) {
	p, err := optional(s.store.ProfileVersion(ctx, connectionID, version))
	if err != nil || p.Document == "" {
		return nil, err
	}
	doc, err := mapping.Parse([]byte(p.Document))
	if err != nil {
		s.log.Warn("a published profile cannot be read", "connection_id", connectionID, "version", version, "err", err)
		return nil, nil
	}
	return doc.Requisition, nil
}
