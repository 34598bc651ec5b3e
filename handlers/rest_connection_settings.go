package handlers

import (
	"context"
	"errors"
	"maps"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// CreateConnection implements the operation of that name.
func (a restAPI) CreateConnection(ctx context.Context, req api.CreateConnectionRequestObject) (api.CreateConnectionResponseObject, error) {
	kind, err := a.s.cfg.Registry.Kind(req.Body.Kind)
	if err != nil {
		return nil, invalidField("kind", "%s", staffing.MessageOf(err))
	}
	all, err := a.complete(kind, nil, req.Body.Settings, req.Body.Secrets)
	if err != nil {
		return nil, err
	}
	f := connectionForm{kind: kind, name: req.Body.Name}
	if f.clients, err = a.owner(ctx, kind, req.Body.ClientID); err != nil {
		return nil, err
	}
	f.client = req.Body.ClientID.String()
	c, err := a.s.insertConnection(ctx, actorOf(ctx), f, all)
	if err != nil {
		return nil, err
	}
	a.s.wake(ctx)
	out, err := a.connection(ctx, c.ID)
	return api.CreateConnection201JSONResponse(out), err
}

// owner gives the client that a system of that kind is to belong to, or none.
func (a restAPI) owner(ctx context.Context, kind connectors.Kind, id uuid.UUID) ([]store.Client, error) {
	switch needed := kind.Role == staffing.RoleClient; {
	case needed && id == uuid.Nil:
		return nil, invalidField("client_id", "client_id: it is required, the system belongs to a client")
	case !needed && id != uuid.Nil:
		return nil, invalidField("client_id", "client_id: the system is the firm's own and belongs to no client")
	case !needed:
		return nil, nil
	}
	c, err := a.s.store.Client(ctx, id)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil, invalidField("client_id", "client_id: %s", staffing.MessageOf(err))
	}
	return []store.Client{c}, err
}

// UpdateConnection implements the operation of that name.
func (a restAPI) UpdateConnection(ctx context.Context, req api.UpdateConnectionRequestObject) (api.UpdateConnectionResponseObject, error) {
	err := a.s.audited(ctx, deed{actorOf(ctx), "connection.updated", staffing.SubjectConnection, req.ID}, func(tx *store.Tx) (map[string]any, error) {
		c, err := tx.Connection(ctx, req.ID)
		if err != nil {
			return nil, err
		}
		f := connectionForm{id: c.ID, name: c.Name, stored: c.Settings.V}
		if f.kind, err = a.s.cfg.Registry.Kind(c.Kind); err != nil {
			return nil, staffing.Errorf(staffing.Conflict, "this build of the hub has no connector %q", c.Kind)
		}
		if f.secrets, err = tx.ConnectionSecrets(c); err != nil {
			return nil, err
		}
		all, err := a.complete(f.kind, merged(f.stored, f.secrets), req.Body.Settings, req.Body.Secrets)
		if err != nil {
			return nil, err
		}
		if err := entrusted(f, all, req.Body.Secrets); err != nil {
			return nil, err
		}
		if req.Body.Name != "" {
			f.name = req.Body.Name
		}
		settings, secrets := split(f.kind.Spec, all)
		detail := map[string]any{"fields": changedFields(f, c.Name, settings, secrets)}
		return detail, tx.UpdateConnectionSettings(ctx, c.ID, f.name, settings, secrets)
	})
	if err != nil {
		return nil, err
	}
	a.s.cfg.Systems.Forget(req.ID)
	c, err := a.connection(ctx, req.ID)
	return api.UpdateConnection200JSONResponse(c), err
}

// entrusted refuses to send a stored secret to another address than it was
// entered for.
func entrusted(f connectionForm, all connectors.Settings, sent api.SecretSettings) error {
	if !addressMoved(f.kind.Spec, f.stored, all) {
		return nil
	}
	for _, field := range f.kind.Spec {
		if _, again := sent[field.Key]; field.Secret && f.secrets[field.Key] != "" && !again {
			return invalidField("secrets."+field.Key, "secrets.%s: send it again, because the address changed", field.Key)
		}
	}
	return nil
}

// complete puts what was sent over what is stored, and checks the whole as the
// form does. It opens the connector and calls nobody.
func (a restAPI) complete(kind connectors.Kind, stored connectors.Settings, plain api.PlainSettings, secrets api.SecretSettings) (connectors.Settings, error) {
	known := map[string]connectors.Field{}
	for _, f := range kind.Spec {
		known[f.Key] = f
	}
	for key := range plain {
		if f, ok := known[key]; ok && f.Secret {
			return nil, invalidField("settings."+key, "settings.%s: it is a secret; send it in secrets", key)
		} else if !ok {
			return nil, invalidField("settings."+key, "settings.%s: there is no such setting", key)
		}
	}
	for key := range secrets {
		if f, ok := known[key]; !ok || !f.Secret {
			return nil, invalidField("secrets."+key, "secrets.%s: there is no such secret", key)
		}
	}
	all := merged(stored, plain)
	maps.Copy(all, secrets)
	all, err := kind.Spec.Complete(all)
	if err != nil {
		return nil, inSettings(known, err)
	}
	_, err = a.s.cfg.Systems.Try(kind, all)
	return all, inSettings(known, err)
}

// inSettings makes the field of an error one of the request.
func inSettings(known map[string]connectors.Field, err error) error {
	var e *staffing.Error
	if err == nil || !errors.As(err, &e) || e.Code != staffing.Invalid {
		return err
	}
	field := "settings"
	if f, ok := known[e.Field]; ok && f.Secret {
		field = "secrets." + e.Field
	} else if ok {
		field = "settings." + e.Field
	}
	return &staffing.Error{Code: staffing.Invalid, Message: e.Message, Field: field}
}

func merged(a, b map[string]string) connectors.Settings {
	out := connectors.Settings{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// TryConnector implements the operation of that name.
func (a restAPI) TryConnector(ctx context.Context, req api.TryConnectorRequestObject) (api.TryConnectorResponseObject, error) {
	kind, err := a.s.cfg.Registry.Kind(req.Kind)
	if err != nil {
		return nil, err
	}
	all, err := a.complete(kind, nil, req.Body.Settings, req.Body.Secrets)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	c, err := a.s.cfg.Systems.Try(kind, all)
	if err != nil {
		return nil, err
	}
	report, err := c.Check(ctx)
	return api.TryConnector200JSONResponse(reportAnswer(report, err)), nil
}
