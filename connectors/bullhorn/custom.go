package bullhorn

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// customObject is the name of a field that holds the instances of a custom object.
var customObject = regexp.MustCompile(`^customObject[0-9]{1,2}s$`)

// customObjects gives the custom objects that a job map writes, as a list of instances
// each: a map writes one instance, cell by cell (customObject1s.text3).
func (r row) customObjects() (names []string, err error) {
	for name, v := range r {
		if !customObject.MatchString(name) {
			continue
		}
		switch v := v.(type) {
		case map[string]any:
			r[name] = []any{v}
		case []any: // the map wrote the vendor's own form
		default:
			return nil, &staffing.Error{Code: staffing.Invalid, Field: name, Message: "the job map sets " + name + " itself; it must set fields of it, e.g. " + name + ".text1"}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// keepInstances puts the ids of the instances that a job has into a change of it: an
// instance without an id would be added beside the old one.
// https://bullhorn.github.io/Custom-Objects
func (c *Connector) keepInstances(ctx context.Context, job string, fields row, names []string) error {
	if len(names) == 0 {
		return nil
	}
	asked := []string{"id"}
	for _, name := range names {
		asked = append(asked, name+"(id)")
	}
	there, err := c.one(ctx, "JobOrder", job, strings.Join(asked, ","))
	if err != nil {
		return err
	}
	for _, name := range names {
		have, _ := there.object(name)["data"].([]any) // none: the instances are new
		list, _ := fields[name].([]any)               // customObjects made it one
		for i, e := range list {
			instance, ok := e.(map[string]any)
			if !ok || i >= len(have) || instance["id"] != nil {
				continue
			}
			old, _ := have[i].(map[string]any) // no object: no id
			if id := row(old).int("id"); id != 0 {
				instance["id"] = id
			}
		}
	}
	return nil
}

// instances offers the fields of a custom object under the names that Support gave it.
// What says that the object itself is read-only does not hold for its fields.
func (h metaHome) instances(name string, r row) (out []staffing.VendorField) {
	object := r.object("associatedEntity")
	parts, _ := object["fields"].([]any) // absent: they are not described
	label := strings.TrimSpace(object.text("label"))
	if label == "" {
		label = name
	}
	for _, p := range parts {
		m, _ := p.(map[string]any) // anything else has no type
		part := row(m)
		if part.text("type") != "SCALAR" || part.bool("readOnly") {
			continue
		}
		options := optionsOf(part)
		f := staffing.VendorField{Section: h.section, Key: name + "." + part.text("name"), Label: label + ": " + named(part),
			Type: typeWord(part, len(options) > 0), Required: h.written && part.bool("required"), Options: options}
		if !h.written {
			f.Key = "raw." + name + ".data[0]." + part.text("name")
			if !h.reads(name, part.text("name")) {
				f.Label += " (not read yet: add " + name + "(" + part.text("name") + ") to " + h.settingLabel + " of the connection)"
			}
		}
		out = append(out, f)
	}
	return out
}

func named(part row) string {
	if s := strings.TrimSpace(part.text("label")); s != "" {
		return s
	}
	return part.text("name")
}

// reads says whether a field of a custom object is among those that are read.
func (h metaHome) reads(object, field string) bool {
	_, rest, found := strings.Cut(h.read, object+"(")
	inner, _, closed := strings.Cut(rest, ")")
	return found && closed && slices.Contains(fieldList(inner), field)
}
