package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// sampleRows is how many requisitions the guide shows of a first read.
const sampleRows = 20

func setupURL(id uuid.UUID) string { return "/connections/" + id.String() + "/setup" }

// showSetup is the guide after the settings: test, webhook, first records, go on.
func (s *Server) showSetup(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return s.renderSetup(w, r, id, func(v *web.SetupView) { v.TestNow = queryOf(r, "").text("test") == "now" && v.May.Operate })
}

// renderSetup shows the guide; with adds what just happened.
func (s *Server) renderSetup(w http.ResponseWriter, r *http.Request, id uuid.UUID, with func(v *web.SetupView)) error {
	v, err := s.setupView(r.Context(), id)
	if err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavConnections, "Set up "+v.Name); err != nil {
		return err
	}
	v.Sample.Page = v.Page
	with(&v)
	return s.render(w, r, http.StatusOK, web.SetupPage(v))
}

// testSetup tests the connection within the guide: the step alone for the page that
// is open, or the whole page without scripts.
func (s *Server) testSetup(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	report, err := s.tested(r, id)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") == "" {
		return s.renderSetup(w, r, id, func(v *web.SetupView) { v.Test = report })
	}
	rows, err := s.connectionRows(r.Context(), id)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errNoPage
	}
	v := web.SetupView{Page: s.bare(r, web.NavConnections, rows[0].Name), ConnectionRow: rows[0], Test: report}
	return s.render(w, r, http.StatusOK, web.SetupTest(v))
}

// showSampleFragment shows what a first read brought again, after a change.
func (s *Server) showSampleFragment(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	rows, err := s.connectionRows(r.Context(), id)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errNoPage
	}
	v, err := s.sampleView(r.Context(), id, rows[0])
	if err != nil {
		return err
	}
	v.Page = s.bare(r, web.NavConnections, rows[0].Name)
	return s.render(w, r, http.StatusOK, web.SampleFragment(v))
}

func (s *Server) setupView(ctx context.Context, id uuid.UUID) (v web.SetupView, err error) {
	c, err := s.connectionView(ctx, id)
	if err != nil {
		return v, err
	}
	v = web.SetupView{ConnectionRow: c.ConnectionRow, Profile: c.Profile, Tested: answered(c)}
	v.System = c.System
	if err := s.addLastTest(ctx, id, &v); err != nil {
		return v, err
	}
	if v.Sample, err = s.sampleView(ctx, id, c.ConnectionRow); err != nil {
		return v, err
	}
	if v.Webhook, err = s.setupWebhook(ctx, id, c); err != nil {
		return v, err
	}
	v.Other, err = s.notConnected(ctx)
	return v, err
}

// answered says that the system took a call of ours.
func answered(c web.ConnectionView) bool {
	for _, f := range c.Feeds {
		if !f.LastSuccess.IsZero() {
			return true
		}
	}
	return len(c.Exchanges) > 0 && c.Exchanges[0].Status >= http.StatusOK && c.Exchanges[0].Status < http.StatusBadRequest
}

func (s *Server) sampleView(ctx context.Context, id uuid.UUID, c web.ConnectionRow) (v web.SampleView, err error) {
	v = web.SampleView{ConnectionID: c.ID, ClientID: c.ClientID, Active: c.State == staffing.ConnectionActive}
	for i := range c.Feeds {
		if c.Feeds[i].Name == staffing.FeedRequisitions {
			v.Feed = &c.Feeds[i]
		}
	}
	if v.Feed == nil {
		return v, nil
	}
	rows, total, err := s.store.NewestRequisitions(ctx, id, sampleRows)
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		v.Rows = append(v.Rows, requisitionRowView(r))
	}
	gaps, err := s.store.Gaps(ctx, id)
	if err != nil {
		return v, err
	}
	gaps = slices.DeleteFunc(gaps, func(g store.Gap) bool { return !g.Kind.Holds() }) // the others are news
	document, _, err := s.documentInForce(ctx, id)
	v.Total, v.Gaps = total, connectionGaps(gaps, document)
	return v, err
}

// notConnected leads to what an installation needs and does not have yet.
func (s *Server) notConnected(ctx context.Context) (out []web.KindLink, err error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	have := map[staffing.Role]bool{}
	for _, c := range list {
		have[c.Role] = true
	}
	for _, o := range []struct {
		role       staffing.Role
		label, url string
	}{{staffing.RoleClient, "Connect a client's system", "/connections/new"}, {staffing.RoleInternalATS, "Connect the internal ATS", "/connections/new"},
		{staffing.RoleERP, "Connect the ERP", "/connections/new"}} {
		if !have[o.role] {
			out = append(out, web.KindLink{Label: o.label, URL: o.url})
		}
	}
	return out, nil
}

// setupWebhook tells what is pasted into the vendor's pages.
func (s *Server) setupWebhook(ctx context.Context, id uuid.UUID, v web.ConnectionView) (out web.SetupWebhook, err error) {
	if out.URL, out.Help = v.WebhookURL, v.WebhookHelp; out.URL == "" {
		return out, nil
	}
	last, err := s.store.LastDelivery(ctx, id)
	if err != nil {
		return out, err
	}
	out.Arrived = !last.IsZero()
	c, err := s.store.Connection(ctx, id)
	if err != nil {
		return out, err
	}
	kind, err := s.cfg.Registry.Kind(c.Kind)
	if err != nil {
		return out, err
	}
	secrets, err := s.store.ConnectionSecrets(c)
	if err != nil {
		return out, err
	}
	for _, f := range kind.Spec {
		if f.Generate != nil {
			out.Secrets = append(out.Secrets, web.SetupSecret{Key: f.Key, Label: f.Label, IsSet: secrets[f.Key] != ""})
		}
	}
	return out, nil
}

// makeSecret makes the secret that both sides share, and shows it this once.
func (s *Server) makeSecret(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	fresh, err := s.freshSecret(r.Context(), viewer(r).Email, id, formText(r, "key"))
	if err != nil {
		return err
	}
	return s.renderSetup(w, r, id, func(v *web.SetupView) {
		for i := range v.Webhook.Secrets {
			if v.Webhook.Secrets[i].Key == formText(r, "key") {
				v.Webhook.Secrets[i].Fresh = fresh
			}
		}
	})
}

// freshSecret replaces one secret of a connection by a new one.
func (s *Server) freshSecret(ctx context.Context, by string, id uuid.UUID, key string) (fresh string, err error) {
	c, err := s.store.Connection(ctx, id)
	if err != nil {
		return "", err
	}
	kind, err := s.cfg.Registry.Kind(c.Kind)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(kind.Spec, func(f connectors.Field) bool { return f.Key == key && f.Generate != nil })
	if at < 0 {
		return "", staffing.Errorf(staffing.Invalid, "%s has no setting %q that the hub can make", kind.Label, key)
	}
	secrets, err := s.store.ConnectionSecrets(c)
	if err != nil {
		return "", err
	}
	fresh = kind.Spec[at].Generate()
	secrets[key] = fresh
	err = s.audited(ctx, deed{by, "connection.updated", staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		return map[string]any{"fields": key}, tx.UpdateConnectionSettings(ctx, id, c.Name, c.Settings.V, secrets)
	})
	if err != nil {
		return "", err
	}
	s.cfg.Systems.Forget(id)
	return fresh, nil
}
