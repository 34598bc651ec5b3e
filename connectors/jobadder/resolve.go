package jobadder

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// resolve turns the hints of the job map into numbers of this account: _client.name
// into companyId, _status into statusId, _work_type into workTypeId, _custom into
// custom. A hint that is empty is dropped, one that nothing fits is an error.
func (c *Connector) resolve(ctx context.Context, fields row) error {
	client := strings.TrimSpace(fields.object("_client").text("name"))
	if fields["companyId"] == nil && client != "" {
		id, err := c.company(ctx, client)
		if err != nil {
			return err
		}
		fields["companyId"] = id
	}
	for _, h := range []struct{ hint, field, path, id string }{
		{"_status", "statusId", "/jobs/lists/status", "statusId"},
		{"_work_type", "workTypeId", "/worktypes", "workTypeId"},
	} {
		word := strings.TrimSpace(fields.text(h.hint))
		if word == "" || fields[h.field] != nil {
			continue
		}
		found, err := c.named(ctx, h.path, word)
		if err != nil {
			return err
		}
		fields[h.field] = number(found.text(h.id))
	}
	more, err := custom(fields.object("_custom"))
	if err != nil {
		return err
	}
	if len(more) > 0 {
		given, _ := fields["custom"].([]any) // absent: none
		fields["custom"] = append(given, more...)
	}
	for k := range fields {
		if strings.HasPrefix(k, "_") {
			delete(fields, k)
		}
	}
	return nil
}

// company finds the client's company by its name. The vendor's search may be by
// part of a name, so the answer is compared again. Companies are never created:
// they are the firm's master data.
func (c *Connector) company(ctx context.Context, name string) (json.Number, error) {
	p, err := c.list(ctx, "/companies", url.Values{"Name": {name}, "Limit": {"1000"}})
	if err != nil {
		return "", err
	}
	var ids []string
	for _, r := range p.items {
		if strings.EqualFold(strings.TrimSpace(r.text("name")), name) {
			ids = append(ids, r.text("companyId"))
		}
	}
	switch len(ids) {
	case 1:
		return number(ids[0]), nil
	case 0:
		return "", clientProblem("JobAdder has no company named %q: rename the client's company, or give companyId in the job map of this client", name)
	}
	return "", clientProblem("JobAdder has %d companies named %q: give companyId in the job map of this client", len(ids), name)
}

// named finds an entry of a list of the account by its name.
func (c *Connector) named(ctx context.Context, path, name string) (row, error) {
	p, err := c.list(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	var found row
	var names []string
	for _, r := range p.items {
		names = append(names, r.text("name"))
		if strings.EqualFold(r.text("name"), name) && (found == nil || r.bool("active") && !found.bool("active")) {
			found = r
		}
	}
	if found == nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: path,
			Message: "JobAdder has no " + strings.ReplaceAll(strings.Trim(path, "/"), "/", " ") + " named " + name + "; it has: " + strings.Join(names, ", ")}
	}
	return found, nil
}

// keep fills in what an update does not say, as it stands.
func keep(fields, now row) {
	id := func(field, object, name string) {
		if n := now.object(object).text(name); fields[field] == nil && n != "" {
			fields[field] = number(n)
		}
	}
	id("companyId", "company", "companyId")
	id("contactId", "contact", "contactId")
	id("ownerUserId", "owner", "userId")
	id("statusId", "status", "statusId")
	id("workTypeId", "workType", "workTypeId")
	if at := now.object("workplaceAddress").text("addressId"); at != "" && fields["workplaceAddressId"] == nil {
		fields["workplaceAddressId"] = at
	}
	if l := now.object("location"); l.text("locationId") != "" && fields["location"] == nil {
		fields["location"] = pair("locationId", l.text("locationId"), "areaId", l.object("area").text("areaId"))
	}
	if k := now.object("category"); k.text("categoryId") != "" && fields["category"] == nil {
		fields["category"] = pair("categoryId", k.text("categoryId"), "subCategoryId", k.object("subCategory").text("subCategoryId"))
	}
	for _, k := range []string{"jobDescription", "start", "duration", "salary", "fee", "skillTags", "numberOfJobs"} {
		if fields[k] == nil && now[k] != nil {
			fields[k] = now[k]
		}
	}
	var people []any
	for _, u := range now.rows("recruiters") {
		people = append(people, number(u.text("userId")))
	}
	if len(people) > 0 {
		fields["recruiterUserId"] = people
	}
	keepCustom(fields, now)
}

// keepCustom adds the custom fields that the map does not write. Lookups and links
// cannot be written.
func keepCustom(fields, now row) {
	list, _ := fields["custom"].([]any) // absent: none
	for _, f := range now.rows("custom") {
		written := slices.ContainsFunc(fields.rows("custom"), func(r row) bool { return r.text("fieldId") == f.text("fieldId") })
		if !written && f["value"] != nil && slices.Contains([]string{"Text", "List", "Date"}, f.text("type")) {
			list = append(list, map[string]any{"fieldId": f["fieldId"], "value": f["value"]})
		}
	}
	if len(list) > 0 {
		fields["custom"] = list
	}
}

func pair(name, id, partName, part string) map[string]any {
	out := map[string]any{name: number(id)}
	if part != "" {
		out[partName] = number(part)
	}
	return out
}

func number(s string) json.Number { return json.Number(s) }
