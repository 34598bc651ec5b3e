package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// configFile is the set-up of a hub as a file: everything that an account manager
// decides. Secrets are never in it.
type configFile struct {
	Clients     []fileClient     `yaml:"clients"`
	Connections []fileConnection `yaml:"connections"`
}

// fileClient is a client, known by its code. What is left out stays as it is.
type fileClient struct {
	Code            string `yaml:"code"`
	Name            string `yaml:"name,omitempty"`
	Currency        string `yaml:"currency,omitempty"`
	Timezone        string `yaml:"timezone,omitempty"`
	ReviewThreshold *int   `yaml:"review_threshold,omitempty"`
}

// fileConnection is a connection, known by its client and its name. What is left
// out stays as it is; settings and lists that are there are all there are.
type fileConnection struct {
	Client string `yaml:"client,omitempty"` // code; none: the firm's own
	Name   string `yaml:"name"`
	Kind   string `yaml:"kind"`
	Mode   string `yaml:"mode,omitempty"`
	// LiveFlows write outside although the connection is in shadow mode.
	LiveFlows *[]string                    `yaml:"live_flows,omitempty,flow"`
	Settings  map[string]string            `yaml:"settings"`
	Profile   yaml.Node                    `yaml:"profile,omitempty"`
	Lists     map[string]map[string]string `yaml:"lists"`
}

const maxConfigFile = 256 << 20

// readConfig reads a file. Keys that are not known, aliases and tags are refused.
func readConfig(r io.Reader) (f configFile, err error) {
	src, err := io.ReadAll(io.LimitReader(r, maxConfigFile+1))
	if err != nil {
		return f, err
	}
	if len(src) > maxConfigFile {
		return f, staffing.Errorf(staffing.Invalid, "the file is larger than %d MiB", maxConfigFile>>20)
	}
	wrong := func(err error) error {
		return &staffing.Error{Code: staffing.Invalid, Message: "the file cannot be read as a hub's set-up (" + strings.TrimPrefix(err.Error(), "yaml: ") + ")"}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return f, wrong(err)
	}
	if err := guardNode(&root); err != nil {
		return f, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, wrong(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return f, staffing.Errorf(staffing.Invalid, "the file holds more than one YAML document")
	}
	return f, nil
}

// guardNode refuses what lets a small file grow large.
func guardNode(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge" {
		return staffing.Errorf(staffing.Invalid, "line %d: anchors, aliases and merge keys are not allowed", n.Line)
	}
	for _, c := range n.Content {
		if err := guardNode(c); err != nil {
			return err
		}
	}
	return nil
}

// writeConfig writes a file that [readConfig] reads to the same.
func writeConfig(w io.Writer, f configFile) error {
	if _, err := io.WriteString(w, "# The set-up of a Tributary hub, as \"server config export\" writes it. Secrets are not in it.\n"); err != nil {
		return err
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(f); err != nil {
		return err
	}
	return enc.Close()
}

// exported gives the set-up of the hub, or of one client.
func exported(ctx context.Context, s *store.Store, client string) (f configFile, err error) {
	f = configFile{Clients: []fileClient{}, Connections: []fileConnection{}}
	clients, err := s.Clients(ctx)
	if err != nil {
		return f, err
	}
	codes := map[uuid.UUID]string{}
	for _, c := range clients {
		if client != "" && c.Code != client {
			continue
		}
		threshold := c.ReviewThreshold
		codes[c.ID] = c.Code
		f.Clients = append(f.Clients, fileClient{c.Code, c.Name, c.Currency, c.Timezone, &threshold})
	}
	if client != "" && len(f.Clients) == 0 {
		return f, staffing.Errorf(staffing.NotFound, "there is no client with the code %s", client)
	}
	connections, err := s.Connections(ctx)
	if err != nil {
		return f, err
	}
	for _, c := range connections {
		code := ""
		if c.ClientID != nil {
			code = codes[*c.ClientID]
		}
		if client != "" && code != client {
			continue
		}
		one, err := exportedConnection(ctx, s, c, code)
		if err != nil {
			return f, err
		}
		f.Connections = append(f.Connections, one)
	}
	return f, nil
}

func exportedConnection(ctx context.Context, s *store.Store, c store.Connection, code string) (out fileConnection, err error) {
	out = fileConnection{Client: code, Name: c.Name, Kind: c.Kind, Settings: c.Settings.V}
	if out.Settings == nil {
		out.Settings = map[string]string{}
	}
	if c.Role == staffing.RoleClient {
		out.Mode = c.Mode
		if flows := c.Live(); c.Mode == store.ModeShadow {
			names := make([]string, len(flows))
			for i, f := range flows {
				names[i] = string(f)
			}
			out.LiveFlows = &names
		}
	}
	if out.Lists, err = s.AllCodeLists(ctx, c.ID); err != nil {
		return out, err
	}
	p, err := s.PublishedProfile(ctx, c.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	node, err := profileNode(p.Document)
	if err != nil {
		return out, err
	}
	out.Profile = *node
	return out, nil
}

// profileNode gives a document as a part of the file, with the author's comments
// where they survive that.
func profileNode(document string) (*yaml.Node, error) {
	doc, err := mapping.Parse([]byte(document))
	if err != nil {
		return nil, err
	}
	want, err := yaml.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(document), &root); err == nil && len(root.Content) == 1 && root.Content[0].Kind == yaml.MappingNode {
		if got, err := canonical(root.Content[0]); err == nil && bytes.Equal(got, want) {
			return root.Content[0], nil
		}
	}
	if err := yaml.Unmarshal(want, &root); err != nil {
		return nil, err
	}
	return root.Content[0], nil
}

// profileText gives a profile of the file as a document of its own.
func profileText(n *yaml.Node) (string, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return "", fmt.Errorf("write the profile: %w", err)
	}
	return b.String(), enc.Close()
}

// canonical gives the one form of a profile of the file: equal profiles are equal
// in it.
func canonical(n *yaml.Node) ([]byte, error) {
	text, err := profileText(n)
	if err != nil {
		return nil, err
	}
	doc, err := mapping.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(doc)
}
