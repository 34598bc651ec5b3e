package handlers

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListConnections implements the operation of that name.
func (a restAPI) ListConnections(ctx context.Context, _ api.ListConnectionsRequestObject) (api.ListConnectionsResponseObject, error) {
	list, err := a.s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListConnections200JSONResponse{Items: each(list, connectionSummary)}, nil
}

func connectionSummary(c store.Connection) api.ConnectionSummary {
	return api.ConnectionSummary{ID: c.ID, ClientID: value(c.ClientID), Kind: c.Kind, Role: c.Role, Name: c.Name, State: c.State, StateReason: c.StateReason, Mode: c.Mode, LiveFlows: liveFlows(c),
		CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC()}
}

// GetConnection implements the operation of that name.
func (a restAPI) GetConnection(ctx context.Context, req api.GetConnectionRequestObject) (api.GetConnectionResponseObject, error) {
	c, err := a.connection(ctx, req.ID)
	return api.GetConnection200JSONResponse(c), err
}

// connection gives all of a connection but the values of its secrets.
func (a restAPI) connection(ctx context.Context, id uuid.UUID) (out api.ConnectionDetail, err error) {
	c, err := a.s.store.Connection(ctx, id)
	if err != nil {
		return out, err
	}
	out = api.ConnectionDetail{ConnectionSummary: connectionSummary(c), Settings: map[string]string{}, SecretsSet: []string{}}
	if err := a.addSettings(&out, c); err != nil {
		return out, err
	}
	a.addCapabilities(ctx, &out)
	if out.ProfileVersion, err = a.s.store.PublishedVersion(ctx, id); err != nil {
		return out, err
	}
	feeds, err := a.s.store.Feeds(ctx, id)
	if err != nil {
		return out, err
	}
	refusals, err := a.s.store.Refusals(ctx, id.String())
	if err != nil {
		return out, err
	}
	out.Feeds = each(feeds, func(f store.Feed) api.Feed { return feedAnswer(f, a.s.now()) })
	out.Refusals = each(refusals, func(r store.Refusal) api.Refusal {
		return api.Refusal{Reason: r.Reason, Day: staffing.DateOf(r.Day.UTC()), Count: r.Count, LastAt: r.LastAt.UTC()}
	})
	return out, nil
}

// addSettings tells the settings that the spec calls no secret, and of the
// secrets only which are set. A kind that this build lacks has neither.
func (a restAPI) addSettings(out *api.ConnectionDetail, c store.Connection) error {
	kind, err := a.s.cfg.Registry.Kind(c.Kind)
	if err != nil {
		return nil //nolint:nilerr // the connection is there, its connector is not
	}
	secrets, err := a.s.store.ConnectionSecrets(c)
	if err != nil {
		return err
	}
	for _, f := range kind.Spec {
		switch {
		case f.Secret && secrets[f.Key] != "":
			out.SecretsSet = append(out.SecretsSet, f.Key)
		case !f.Secret && c.Settings.V[f.Key] != "":
			out.Settings[f.Key] = c.Settings.V[f.Key]
		}
	}
	return nil
}

// addCapabilities tells what the connector can do. One that cannot be opened with
// its settings can do nothing.
func (a restAPI) addCapabilities(ctx context.Context, out *api.ConnectionDetail) {
	c, err := a.s.cfg.Systems.Connector(ctx, out.ID)
	if err != nil {
		a.s.log.Warn("the connector cannot be opened", "connection_id", out.ID, "code", string(staffing.CodeOf(err)))
		out.Capabilities = []api.Capability{}
		return
	}
	out.Capabilities = each(connectors.CapabilitiesOf(c), capability)
	if slices.Contains(out.Capabilities, api.Webhooks) {
		out.WebhookURL = a.s.cfg.PublicURL + "/hooks/" + out.ID.String()
	}
}

func feedAnswer(f store.Feed, now time.Time) api.Feed {
	out := api.Feed{ConnectionID: f.ConnectionID, Feed: f.Feed, IntervalSeconds: f.IntervalS, NextPollAt: f.NextPollAt.UTC(), LastSuccessAt: utc(f.LastSuccessAt),
		LastRecords: f.LastRecords, Failures: f.Failures, LastErrorAt: utc(f.LastErrorAt), LastError: f.LastError,
		Running: f.LeaseUntil != nil && f.LeaseUntil.After(now)}
	if f.LastSuccessAt != nil {
		age := max(0, int(now.Sub(*f.LastSuccessAt).Seconds()))
		out.SecondsSinceSuccess = &age
	}
	return out
}

// ListExchanges implements the operation of that name.
func (a restAPI) ListExchanges(ctx context.Context, req api.ListExchangesRequestObject) (api.ListExchangesResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	list, err := a.s.store.ExchangesWith(ctx, req.ID, req.Params.Limit)
	if err != nil {
		return nil, err
	}
	return api.ListExchanges200JSONResponse{Items: each(list, func(e store.Exchange) api.Exchange {
		out := api.Exchange{ID: e.ID, At: e.At.UTC(), Subject: string(e.Subject), Method: e.Method, Host: e.Host, Path: e.Path, Status: e.Status, DurationMs: e.DurationMS,
			RequestHeaders: e.RequestHeaders, RequestBody: e.RequestBody, ResponseHeaders: e.ResponseHeaders, ResponseBody: e.ResponseBody, Error: e.Error}
		if e.SubjectID != nil {
			out.SubjectID = e.SubjectID.String()
		}
		return out
	})}, nil
}
