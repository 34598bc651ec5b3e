package smartrecruiters

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// Signatures, rows and cursors are a stranger's text.

func FuzzSignatures(f *testing.F) {
	f.Add("v1=00;v1=2e9291f10d44ca10204a4cd81b05d73b6a316b2b605d4e2e0e0b37b40198ce1f")
	f.Add(";;=;v1=")
	f.Fuzz(func(t *testing.T, header string) {
		for _, sig := range signatures(header) {
			if len(sig) != 32 || len(hex.EncodeToString(sig)) > len(header) {
				t.Fatalf("%q gives %x", header, sig)
			}
		}
	})
}

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"id":"1","updatedOn":"2026-11-02T09:00:00.000Z","properties":[{"id":"a","label":"Cost Center","value":{"id":"1","label":"CC"}}]}`))
	f.Add([]byte(`{"primaryAssignment":{"job":1},"secondaryAssignments":[{"job":{"id":"j"}},null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r row
		if json.Unmarshal(raw, &r) != nil || r == nil {
			return
		}
		r["_fields"], r["_named"] = fieldsOf(r)
		for _, a := range assignments(r) {
			if a.object("job").text("id") == "" {
				t.Fatalf("%q: an application on no job", raw)
			}
		}
		if rec, err := r.record("x", r.changed()); err == nil && !json.Valid(rec.Raw) {
			t.Fatalf("%q gives the record %q", raw, rec.Raw)
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"since":"2026-11-02T09:00:00Z","walk":{"token":"p","offset":2,"total":3,"start":"2026-11-02T09:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err != nil && staffing.CodeOf(err) != staffing.Internal {
			t.Fatalf("uncoded error %v", err)
		}
		if err == nil {
			if _, err := cu.page(nil); err != nil && staffing.CodeOf(err) != staffing.Internal {
				t.Fatalf("uncoded error %v", err)
			}
		}
	})
}
