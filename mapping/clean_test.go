package mapping

import "testing"

func TestDescriptionsAreCleanHoweverTheyAreMapped(t *testing.T) {
	const raw = `{"a": "<p onclick='x'>Hi</p>", "b": "<script>alert(1)</script>", "k": "k"}`
	for name, cell := range map[string]string{
		"a bare field":               `raw.a`,
		"a clean field":              `html_clean(raw.a)`,
		"a clean field and more":     `html_clean(raw.a) + raw.b`,
		"a choice":                   `'raw.none ? html_clean(raw.a) : raw.a + raw.b'`,
		"a default that is not":      `{cel: html_clean(raw.none), default: raw.a + raw.b}`,
		"a list that gives unclean":  `{cel: html_clean(raw.k), list: l}`,
		"a choice of two, both bare": `'first([raw.a, html_clean(raw.b)]) + raw.b'`,
	} {
		p := mustCompile(t, "requisition:\n  description: "+cell+"\nlists: {l: {k: \"<p onclick='x'>Hi</p>\"}}")
		if req, _, err := p.Requisition([]byte(raw), testClient()); err != nil || req.Description != "<p>Hi</p>" {
			t.Errorf("%s gives %q, %v", name, req.Description, err)
		}
	}
}
