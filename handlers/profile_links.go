package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

// Where things of a profile are edited.

// profileURL gives a page of a connection's profile; without parts its first.
func profileURL(connection string, parts ...string) string {
	u := "/connections/" + connection + "/profile"
	for _, p := range parts {
		u += "/" + url.PathEscape(p)
	}
	return u
}

// cellURL gives the editor of one cell.
func cellURL(connection, section, key string) string {
	return profileURL(connection, "cell") + "?" + url.Values{"section": {section}, "key": {key}}.Encode()
}

// gapURL leads to what closes a gap: the row of a status, the code list, or the
// cell.
func gapURL(connection uuid.UUID, g staffing.Gap, d mapping.Document) string {
	id := connection.String()
	section, key, _ := strings.Cut(g.Field, ".")
	switch {
	case g.Kind == staffing.GapField:
		return profileURL(id) + "?" + url.Values{"section": {section}}.Encode() + "#new-fields"
	case g.Kind == staffing.GapOption:
		return optionURL(id, g, d)
	case g.Kind == staffing.GapStatus:
		return profileURL(id, "statuses") + "?" + url.Values{"word": {g.Value}}.Encode() + "#" + orText(map[string]string{"requisition_status": "requisition-words"}[section], "stage-words")
	case section == "status":
		return profileURL(id, "statuses")
	}
	if g.Kind == staffing.GapCode {
		cells := cellsOf(d, section)
		if at := slices.IndexFunc(cells, func(c mapping.Cell) bool { return c.Key == key }); at >= 0 && cells[at].List != "" {
			return profileURL(id, "lists", cells[at].List) + "?" + url.Values{"add": {g.Value}}.Encode()
		}
	}
	return cellURL(id, section, key)
}

// optionURL leads to what says a word that the system does not have: a status table,
// the code list that holds it, or the cell.
func optionURL(id string, g staffing.Gap, d mapping.Document) string {
	section, key, _ := strings.Cut(g.Field, ".")
	switch section {
	case "internal_status":
		return profileURL(id, "statuses") + "#f-internal." + url.PathEscape(key)
	case "triggers":
		return profileURL(id, "statuses") + "#triggers"
	case "stages":
		return profileURL(id, "statuses") + "?" + url.Values{"word": {g.Value}}.Encode() + "#stage-words"
	}
	for _, w := range d.Writes() {
		if w.Section == section && w.Key == key && w.Value == g.Value && w.List == "" {
			return cellURL(id, section, key)
		}
	}
	cells := cellsOf(d, section)
	if at := slices.IndexFunc(cells, func(c mapping.Cell) bool { return c.Key == key }); at >= 0 && cells[at].List != "" && g.Value != "" {
		return profileURL(id, "lists", cells[at].List) + "?" + url.Values{"q": {g.Value}}.Encode()
	}
	return cellURL(id, section, key)
}

// cellsOf gives the cells of a section, in their order; those of the status record
// too.
func cellsOf(d mapping.Document, section string) (out []mapping.Cell) {
	if section == statusSection && d.Status != nil {
		for _, c := range []mapping.Cell{{Key: "word", CEL: d.Status.Word}, {Key: "at", CEL: d.Status.At}} {
			if c.CEL != "" {
				out = append(out, c)
			}
		}
	}
	if section == statusSection {
		return out
	}
	return d.Cells(section)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
