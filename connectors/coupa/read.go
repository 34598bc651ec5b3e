package coupa

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	candidateScope = "ccw.candidate"
	candidatePath  = "/api/candidates/search"
	workerScope    = "ccw.contingent_workers"
	workerPath     = "/api/contingent_workers"

	pageSize = 50 // the largest that the vendor gives
	// step is less than a page: the vendor's page leaves open whether offset counts from
	// 0 or from 1.
	step = pageSize - 1
)

// fetchToken asks for a token of one scope. The vendor takes JSON.
func (a *api) fetchToken(scope string) func(context.Context) (connectors.Token, error) {
	return func(ctx context.Context) (connectors.Token, error) {
		resp, err := a.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: a.s["token_url"], ReadOnly: true, Header: http.Header{"Accept": {"application/json"}}, Allow: []int{400, 401},
			Body: map[string]string{"client_id": a.s["client_id"], "client_secret": a.s["client_secret"], "scope": scope, "grant_type": a.s["grant_type"]}})
		if err != nil {
			return connectors.Token{}, err
		}
		if resp.Status >= 400 { // the vendor's text may repeat what was sent
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Coupa refused the client ID, the secret, the scope %s or the grant type (status %d): Integration Toolkit > API Consumer Apps", scope, resp.Status)
		}
		var out struct {
			AccessToken string `json:"access_token"`
			ExpiresIn   int64  `json:"expires_in"`
		}
		if err := resp.Decode(&out); err != nil {
			return connectors.Token{}, err
		}
		if out.AccessToken == "" {
			return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Coupa's token answer holds no access token")
		}
		life := 50 * time.Minute
		if out.ExpiresIn > 0 {
			life = time.Duration(out.ExpiresIn) * time.Second
		}
		return connectors.Token{Value: out.AccessToken, ExpiresAt: a.now().Add(life)}, nil
	}
}

// search reads one page of a search. It changes nothing, although it is a POST.
func (a *api) search(ctx context.Context, scope, path string, data map[string]any, offset int) ([]json.RawMessage, error) {
	req := httpx.Request{Method: http.MethodPost, URL: a.base + path, ReadOnly: true,
		Body: map[string]any{"meta": map[string]int{"limit": pageSize, "offset": offset}, "data": data}}
	for again := true; ; again = false {
		t, err := a.tokens.Token(ctx, scope, a.fetchToken(scope))
		if err != nil {
			return nil, err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {"application/json"}, "Content-Type": {"application/json"}, "Correlation-Id": {rand.Text()}}
		var raw json.RawMessage
		_, err = a.http.JSON(ctx, req, &raw)
		if err == nil {
			return a.records(raw)
		}
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return nil, err
		}
		if err := a.tokens.Drop(ctx, scope, t.Value); err != nil {
			return nil, err
		}
	}
}

// records finds the list in an answer.
func (a *api) records(raw json.RawMessage) ([]json.RawMessage, error) {
	if path := a.s["records_path"]; path != "-" {
		for _, name := range strings.Split(path, ".") {
			var object map[string]json.RawMessage
			if json.Unmarshal(raw, &object) != nil || object[name] == nil {
				return nil, staffing.Errorf(staffing.Unavailable, "Coupa's answer has no %q, where the settings look for the list", path)
			}
			raw = object[name]
		}
	}
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Coupa's answer holds no list where the settings look for one")
	}
	return out, nil
}

// object reads one record.
func object(raw json.RawMessage) map[string]any {
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&out) != nil {
		return nil
	}
	return out
}

func text(v any) string {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x)
	case json.Number:
		return x.String()
	}
	return ""
}

// cursor is where the walk through the searches stands; it begins anew each time,
// because no search term for a time of change is public.
type cursor struct {
	Search int `json:"search,omitempty"`
	Offset int `json:"offset,omitempty"`
}

// Statuses implements [staffing.StatusSource].
func (a *api) Statuses(ctx context.Context, from staffing.Cursor) (staffing.Page, error) {
	var c cursor
	if len(from) > 0 {
		if err := json.Unmarshal(from, &c); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the cursor cannot be read: %w", err)
		}
	}
	if c.Search < 0 || c.Search >= len(a.filters) || c.Offset < 0 {
		c = cursor{} // the settings have fewer searches now
	}
	rows, err := a.search(ctx, candidateScope, candidatePath, a.filters[c.Search], c.Offset)
	if err != nil {
		return staffing.Page{}, err
	}
	var page staffing.Page
	for _, raw := range rows {
		rec, err := a.candidate(raw)
		if err != nil {
			return staffing.Page{}, err
		}
		page.Records = append(page.Records, rec)
	}
	if len(rows) >= pageSize {
		c.Offset += step
	} else {
		c = cursor{Search: c.Search + 1}
	}
	if page.More = c.Search < len(a.filters); !page.More {
		c = cursor{}
	}
	page.Next, err = json.Marshal(c)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the cursor cannot be written: %w", err)
	}
	return page, nil
}

// candidate is known by our key, where the client's system keeps it.
func (a *api) candidate(raw json.RawMessage) (staffing.Record, error) {
	o := object(raw)
	id := text(o[a.s["reference_field"]])
	if id == "" {
		id = text(o["id"])
	}
	if id == "" {
		return staffing.Record{}, staffing.Errorf(staffing.Unavailable, "a candidate in Coupa's answer has neither an id nor %q", a.s["reference_field"])
	}
	rec := staffing.Record{ExternalID: id, Raw: raw}
	if t, err := time.Parse(time.RFC3339Nano, text(o["updated_at"])); err == nil {
		rec.UpdatedAt = t.UTC()
	}
	return rec, nil
}

// workerFilter fills our key into the search for a worker.
func (a *api) workerFilter(key string) map[string]any {
	list, err := parseFilters(a.s["worker_filter"])
	if err != nil || len(list) == 0 {
		return nil // the settings were checked
	}
	for name, v := range list[0] {
		if s, ok := v.(string); ok {
			list[0][name] = strings.ReplaceAll(s, "{key}", key)
		}
	}
	return list[0]
}

// Placement implements [staffing.PlacementSource]. Only a worker that carries our key is
// believed: a search term that the vendor does not know might be passed over, and
// somebody else's terms be taken for these.
func (a *api) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	key := ref.ID
	if key == "" {
		key = ref.Key
	}
	rows, err := a.search(ctx, workerScope, workerPath, a.workerFilter(key), 0)
	if err != nil {
		return staffing.Record{}, err
	}
	for _, raw := range rows {
		o := object(raw)
		for _, v := range o {
			if text(v) != key {
				continue
			}
			id := text(o["id"])
			if id == "" {
				id = key
			}
			return staffing.Record{ExternalID: id, Raw: raw}, nil
		}
	}
	if len(rows) > 0 {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "%s", fmt.Sprintf("Coupa gives %d workers, none of which carries the key of this submission", len(rows)))
	}
	return staffing.Record{}, staffing.Errorf(staffing.NotFound, "Coupa has no contingent worker for this submission yet")
}

var (
	_ staffing.StatusSource    = (*api)(nil)
	_ staffing.PlacementSource = (*api)(nil)
)
