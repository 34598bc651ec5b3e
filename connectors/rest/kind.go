// Package rest connects a client's system that the hub has no connector for, by a
// document that a person writes into the connection's settings: no Go code. The
// engine is package document; README.md is the document's reference.
package rest

import (
	_ "embed"
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

var (
	//go:embed mapping.yaml
	mapping []byte
	//go:embed books.yaml
	booksMapping []byte
)

// Kind is the registry's entry for systems that are described by a document.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "rest",
		Label:      "Any REST system (document)",
		Role:       staffing.RoleClient,
		DocsURL:    "https://github.com/tributary-hub/tributary/blob/main/connectors/rest/README.md",
		APIVersion: "document 1",
		Summary:    "A client's system with a REST/JSON interface, described by a document: calls, paging, errors, webhooks.",
		Spec:       spec(),
		// Nobody knows the pace of a system that nobody knows: a calm one, which rate
		// headers and calls_per_second refine.
		Limits:      connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 2},
		WebhookHelp: "In the client's system: send its webhooks to this connection's address, signed as the part webhook of the document says.",
		Shaped:      true,
		Mapping:     mapping,
		Open:        func(d connectors.Deps) (staffing.Checker, error) { return open(d, spec(), readClient) },
	}
}

// Books is the registry's entry for books that are described by a document.
func Books() connectors.Kind {
	k := Kind()
	k.Name, k.Label, k.Role = "rest_books", "Any books with REST (document)", staffing.RoleERP
	k.Summary = "Books with a REST/JSON interface, described by a document: how a draft invoice is found and made."
	k.WebhookHelp, k.Shaped, k.Mapping, k.Can = "", false, booksMapping, []connectors.Capability{connectors.WritesBilling}
	k.Spec = slices.DeleteFunc(spec(), func(f connectors.Field) bool { return strings.HasPrefix(f.Key, "webhook_") })
	for i := range k.Spec {
		if k.Spec[i].Key == keyDocument {
			k.Spec[i].Check = func(text string) error { return saying(readBooks(text)) }
		}
	}
	own := k.Spec
	k.Open = func(d connectors.Deps) (staffing.Checker, error) { return open(d, own, readBooks) }
	return k
}

const (
	keyDocument = "document"
	keyValues   = "values"
)

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: document.BaseURL, Label: "Base URL", Required: true, URL: true,
			Help: "Where every call of the document goes, e.g. https://client.example.com/api/v2. No document and no answer can lead a call to another host."},
		{Key: keyDocument, Label: "Document", Required: true, Multiline: true, Check: func(text string) error { return saying(readClient(text)) },
			Help: "How the system signs in, which calls it has, how it pages (YAML). README.md of this connector has every key and an example; Try it shows what a call gives."},
		{Key: keyValues, Label: "Values", Multiline: true, Check: checkValues,
			Help: "What the document reads as settings.NAME, one NAME: value a line, e.g. member_id: 4711. No secrets."},
		{Key: "token", Label: "Token", Secret: true,
			Help: "The API token or key, as {token} in auth. From the administration of the client's system."},
		{Key: "username", Label: "User name", Help: "As {username} in auth, for HTTP Basic."},
		{Key: "password", Label: "Password", Secret: true, Help: "As {password} in auth, for HTTP Basic."},
		{Key: "client_id", Label: "Client ID", Help: "As {client_id} in auth, for OAuth 2."},
		{Key: "client_secret", Label: "Client secret", Secret: true, Help: "As {client_secret} in auth, for OAuth 2."},
		{Key: "refresh_token", Label: "Refresh token", Secret: true,
			Help: "The first one, for OAuth 2 with the grant refresh_token. Newer ones that the system gives are kept by the hub."},
		{Key: document.TokenURL, Label: "Token address", URL: true,
			Help: "Where OAuth 2 tokens come from, when it is another host than the base URL's. The client's secret is sent there."},
		{Key: "webhook_secret", Label: "Webhook secret", Secret: true, Generate: connectors.SharedSecret,
			Help: "What deliveries are signed with. Empty: every delivery is refused, and the hub polls."},
		{Key: "webhook_secret_previous", Label: "Previous webhook secret", Secret: true, Advanced: true,
			Help: "While the secret is being changed: the old one, so that no delivery is refused meanwhile. Empty it afterwards."},
		{Key: connectors.CallsPerSecond, Label: "Calls a second", Advanced: true, Pattern: `[0-9]{1,3}(\.[0-9]+)?`,
			Help: "What the system allows. Empty: 2. Its rate headers and Retry-After are obeyed in any case."},
	}
}

func open(d connectors.Deps, own connectors.Spec, read func(string) (*document.Document, error)) (staffing.Checker, error) {
	s, err := own.Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	doc, err := read(s[keyDocument])
	if err != nil {
		return nil, err
	}
	values, err := readValues(s[keyValues])
	if err != nil {
		return nil, err
	}
	d.Settings = s
	return document.Open(d, own, doc, values)
}

func readClient(text string) (*document.Document, error) {
	doc, err := document.Parse([]byte(text))
	if err == nil && doc.Billing != nil {
		err = staffing.Errorf(staffing.Invalid, "this document describes books: connect it as books, not as a client's system")
	}
	return doc, err
}

func readBooks(text string) (*document.Document, error) {
	doc, err := document.Parse([]byte(text))
	if err == nil && doc.Billing == nil {
		err = staffing.Errorf(staffing.Invalid, "this document describes a client's system: books have billing")
	}
	return doc, err
}

// saying gives what is wrong in a sentence alone: the cause repeats it.
func saying(_ *document.Document, err error) error {
	if err == nil {
		return nil
	}
	return errors.New(staffing.MessageOf(err))
}

func checkValues(text string) error {
	_, err := readValues(text)
	return err
}

var valueName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// readValues reads the values that the document sees beside its settings.
func readValues(text string) (map[string]string, error) {
	refuse := func(format string, args ...any) error {
		e := staffing.Errorf(staffing.Invalid, format, args...)
		e.Field = keyValues
		return e
	}
	if len(text) > 16<<10 {
		return nil, refuse("the values are larger than 16 KiB")
	}
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &nodes); err != nil {
		return nil, refuse("the values are not lines of the form NAME: value")
	}
	out := map[string]string{}
	for name, n := range nodes {
		if !valueName.MatchString(name) || n.Kind != yaml.ScalarNode {
			return nil, refuse("the value %q is not of the form NAME: value, with small letters, digits and _ in the name", name)
		}
		out[name] = n.Value
	}
	return out, nil
}
