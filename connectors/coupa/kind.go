// Package coupa connects clients on Coupa Contingent Workforce (CCW). Its API is read
// for candidates and contingent workers, which is all that its public pages describe;
// requisitions and submissions go as files by SFTP, through connectors/file. README.md
// says which fact rests on what.
package coupa

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/file"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

// Kind is the registry's entry for Coupa Contingent Workforce.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "coupa",
		Label:      "Coupa Contingent Workforce",
		Role:       staffing.RoleClient,
		DocsURL:    "https://compass.coupa.com/en-us/products/product-documentation/integration-technical-documentation/the-ccw-api/candidate-lookup-api",
		APIVersion: "CCW API (2021)",
		Summary:    "A client's Coupa Contingent Workforce: candidates and workers by its API, requisitions and submissions as files.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 1, Burst: 5, Concurrency: 2}, // none is published for this API
		Shaped:     true,
		Mapping:    mapping,
		Open:       open,
	}
}

func spec() connectors.Spec {
	own := connectors.Spec{
		{Key: "base_url", Label: "CCW address", Required: true, URL: true, Help: "https:// and the host of the client's CCW instance, without /api. The client tells it."},
		{Key: "client_id", Label: "Client ID", Required: true, Help: "CCW: Integration Toolkit > API Consumer Apps. The client registers an app (machine to machine) for you; its role must see your candidates."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true, Help: "Beside the client ID: Integration Toolkit > API Consumer Apps."},
		{Key: "token_url", Label: "Token address", Default: "https://sso-prd1.coupahost.com/as/token.oauth2", URL: true, Advanced: true, Help: "Production's by default; the client tells another one for tests. Core Coupa's token address is another and does not fit."},
		{Key: "grant_type", Label: "Grant type", Default: "client_credential", Options: []string{"client_credential", "client_credentials"}, Advanced: true, Help: "Coupa's page prints client_credential; take the other if the token call is refused."},
		{Key: "candidate_filters", Label: "Searches for candidates", Required: true, Multiline: true, Check: filters,
			Help: "One JSON object a line, each the data of one search; Coupa asks for at least one search term, for instance {\"status\":\"Submitted\"}. Together they must find every candidate of yours. The API Explorer (Integration Toolkit > Integration Documentation) lists the terms."},
		{Key: "worker_filter", Label: "Search for a worker", Default: `{"external_reference_number":"{key}"}`, Check: filters, Advanced: true, Help: "The data of the search for a hired candidate; {key} stands for our key. The API Explorer lists the terms."},
		{Key: "records_path", Label: "Where the list stands", Default: "data", Pattern: `[A-Za-z0-9_.-]{1,60}`, Advanced: true, Help: "The name of the list in the answers; a dash: the answer is the list. The form of the answers is not public."},
		{Key: "reference_field", Label: "Field with our key", Default: "external_reference_number", Pattern: `[A-Za-z0-9_]{1,60}`, Advanced: true, Help: "The candidate's field that holds submission_key of the submission file. Candidates without it are told by their id."},
	}
	return append(own, files()...)
}

// files are the settings of the file connector, each of them optional: without an SFTP
// server there are no files.
func files() (out connectors.Spec) {
	defaults := map[string]string{"folder": "/", "requisition_folder": "Outgoing/CCW"}
	for _, f := range file.Kind().Spec {
		if f.Key == "transport" || strings.HasPrefix(f.Key, "status_") || f.Key == connectors.CallsPerSecond {
			continue
		}
		f.Required = false
		if d, ok := defaults[f.Key]; ok {
			f.Default = d
		}
		if f.Key == "host" {
			f.Help += " Empty: requisitions and submissions do not come by this connection."
		}
		out = append(out, f)
	}
	return out
}

func filters(v string) error {
	_, err := parseFilters(v)
	return err
}

func parseFilters(v string) (out []map[string]any, err error) {
	for _, line := range strings.Split(v, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var f map[string]any
		if json.Unmarshal([]byte(line), &f) != nil || len(f) == 0 {
			return nil, staffing.Errorf(staffing.Invalid, "each search must be a JSON object with at least one term, on a line of its own")
		}
		out = append(out, f)
	}
	return out, nil
}

// api reads candidates and workers.
type api struct {
	s       connectors.Settings
	base    string
	filters []map[string]any
	http    *httpx.Client
	tokens  connectors.TokenStore
	now     func() time.Time
	files   staffing.Checker // nil: none
}

// byFiles is what the file connector can do here.
type byFiles interface {
	staffing.RequisitionSource
}

// submits is byFiles with a folder for submissions.
type submits interface {
	staffing.RequisitionSource
	staffing.SubmissionSink
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	a := &api{s: s, base: s.URL("base_url"), http: d.HTTP, tokens: d.Tokens, now: d.Now}
	if a.now == nil {
		a.now = time.Now
	}
	if a.filters, err = parseFilters(s["candidate_filters"]); err != nil {
		return nil, err
	}
	if s["host"] == "" {
		return a, nil
	}
	d.Settings = connectors.Settings{"transport": "sftp"}
	for _, f := range files() {
		if s[f.Key] != "" {
			d.Settings[f.Key] = s[f.Key]
		}
	}
	if a.files, err = file.Kind().Open(d); err != nil {
		return nil, err
	}
	switch f := a.files.(type) {
	case submits:
		return struct {
			*api
			submits
		}{a, f}, nil
	case byFiles:
		return struct {
			*api
			byFiles
		}{a, f}, nil
	}
	return nil, staffing.Errorf(staffing.Internal, "the file connector reads no requisitions")
}

// Check tries both searches, and the files where there are any.
func (a *api) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "API consumer app " + a.s["client_id"]}
	for _, p := range []struct {
		scope, path, purpose string
		data                 map[string]any
	}{
		{candidateScope, candidatePath, "read the statuses of submissions", a.filters[0]},
		{workerScope, workerPath, "read the terms of a hire", a.workerFilter("tributary-check")},
	} {
		_, err := a.search(ctx, p.scope, p.path, p.data, 0)
		perm := staffing.Permission{Name: p.scope, Purpose: p.purpose, Granted: err == nil}
		switch staffing.CodeOf(err) {
		case "":
		case staffing.Forbidden:
			perm.Detail = "CCW does not give this app the scope or its role the right: Integration Toolkit > API Consumer Apps, at the client's."
		default:
			return report, err
		}
		report.Permissions = append(report.Permissions, perm)
	}
	if a.files != nil {
		more, err := a.files.Check(ctx)
		if err != nil {
			return report, err
		}
		report.Account += "; files: " + more.Account
		report.Permissions = append(report.Permissions, more.Permissions...)
	}
	return report, nil
}
