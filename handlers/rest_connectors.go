package handlers

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/connectors"
)

// ListConnectors implements the operation of that name.
func (a restAPI) ListConnectors(context.Context, api.ListConnectorsRequestObject) (api.ListConnectorsResponseObject, error) {
	return api.ListConnectors200JSONResponse{Items: each(a.s.cfg.Registry.Kinds(), connectorAnswer)}, nil
}

// GetConnector implements the operation of that name.
func (a restAPI) GetConnector(_ context.Context, req api.GetConnectorRequestObject) (api.GetConnectorResponseObject, error) {
	kind, err := a.s.cfg.Registry.Kind(req.Kind)
	if err != nil {
		return nil, err
	}
	return api.GetConnector200JSONResponse(connectorAnswer(kind)), nil
}

func connectorAnswer(k connectors.Kind) api.Connector {
	var ends api.APIEnd
	if k.End != nil {
		ends = api.APIEnd{On: types.Date{Time: k.End.On}, What: k.End.What, Source: k.End.Source}
	}
	return api.Connector{Kind: k.Name, Capabilities: each(k.Can, capability), Ends: ends, Label: k.Label, Role: k.Role, Summary: k.Summary, DocsURL: k.DocsURL, APIVersion: k.APIVersion,
		TakesWebhooks: k.WebhookHelp != "", WebhookHelp: k.WebhookHelp,
		Limits: api.Limits{PerSecond: k.Limits.PerSecond, Burst: k.Limits.Burst, Concurrency: k.Limits.Concurrency},
		Fields: each([]connectors.Field(k.Spec), func(f connectors.Field) api.SettingField {
			return api.SettingField{Key: f.Key, Label: f.Label, Help: f.Help, Required: f.Required, Secret: f.Secret, Default: f.Default, Pattern: f.Pattern,
				Options: f.Options, URL: f.URL, Advanced: f.Advanced, Multiline: f.Multiline}
		})}
}

// capability is the API's word: the one that the house uses.
func capability(c connectors.Capability) api.Capability { return api.Capability(c) }
