package tryton

import "slices"

// fieldsGet describes fields of a model, as the server's own method does: the
// members that a client of an invoice looks at.
func (s *Server) fieldsGet(m model, c call) (any, error) {
	var asked []string
	if names, ok := arg(c, 0).([]any); ok {
		for _, n := range names {
			asked = append(asked, text(n))
		}
	}
	out := map[string]any{}
	for name, f := range m.fields {
		if asked != nil && !slices.Contains(asked, name) {
			continue // an unknown name is passed over, not refused
		}
		d := map[string]any{"name": name, "string": f.label, "help": "", "type": f.kind.word(name), "required": f.required, "readonly": f.closed || f.kind == virtual,
			"searchable": true, "sortable": true, "states": "{}", "domain": "[]", "context": "{}", "loading": "eager", "depends": []string{},
			"on_change": []string{}, "on_change_with": []string{}, "create": !f.closed, "delete": !f.closed}
		if f.target != "" {
			d["relation"] = f.target
		}
		out[name] = d
	}
	return out, nil
}

// word is the server's name of a kind; a comment is a text of several lines there.
func (k kind) word(name string) string {
	if name == "comment" {
		return "text"
	}
	return map[kind]string{char: "char", boolean: "boolean", integer: "integer", float: "float", numeric: "numeric", date: "date", datetime: "datetime",
		many2one: "many2one", one2many: "one2many", many2many: "many2many", virtual: "numeric"}[k]
}

// DropTerm takes a payment term away, as an accountant does who no longer offers it.
func (s *Server) DropTerm(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.data["account.invoice.payment_term"]
	for _, r := range t.List(func(r record) bool { return text(r["name"]) == name }) {
		t.Delete(idOf(r["id"]))
	}
}
