package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
)

func contract(t *testing.T) *api.Contract {
	t.Helper()
	c, err := api.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheEmbeddedContractIsTheFile(t *testing.T) {
	t.Parallel()
	loader := openapi3.NewLoader()
	file, err := loader.LoadFromFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Validate(loader.Context, openapi3.EnableExamplesValidation()); err != nil {
		t.Errorf("openapi.yaml is not valid: %v", err)
	}
	want, errFile := file.MarshalJSON()
	got, errEmbedded := contract(t).Doc.MarshalJSON()
	if errFile != nil || errEmbedded != nil || !jsonEqual(t, want, got) {
		t.Errorf("the embedded contract is stale: run make generate (%v, %v)", errFile, errEmbedded)
	}
}

func jsonEqual(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		t.Fatal("a document is no JSON")
	}
	return reflect.DeepEqual(x, y)
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	c := contract(t)
	tags, ids := map[string]int{}, map[string]bool{}
	for _, tag := range c.Tags {
		tags[tag.Name] = len(tag.Operations)
		if tag.Description == "" || len(tag.Operations) == 0 {
			t.Errorf("the tag %s has no description or no operation", tag.Name)
		}
	}
	for _, o := range c.Operations {
		if o.ID == "" || ids[o.ID] || o.Summary == "" || tags[o.Tag] == 0 {
			t.Errorf("%s %s needs an id of its own, a summary and a tag", o.Method, o.Path)
		}
		ids[o.ID] = true
		for _, p := range slices.Concat(o.Item.Parameters, o.Spec.Parameters) {
			if p.Value.Description == "" {
				t.Errorf("%s: the parameter %s has no description", o.ID, p.Value.Name)
			}
		}
	}
	if len(ids) < 40 {
		t.Errorf("only %d operations", len(ids))
	}
}

func TestWritingNeedsMoreThanReading(t *testing.T) {
	t.Parallel()
	for _, o := range contract(t).Operations {
		switch {
		case !strings.HasPrefix(o.Path, api.Base):
			if o.Scope != "" || o.Spec.Security == nil || len(*o.Spec.Security) != 0 {
				t.Errorf("%s takes no token and must say so", o.ID)
			}
		case (o.Method == http.MethodGet) != (o.Scope == apitoken.ScopeRead):
			t.Errorf("%s %s has the scope %q", o.Method, o.Path, o.Scope)
		case o.Spec.Security != nil:
			t.Errorf("%s loosens the security of the whole", o.ID)
		}
	}
}

// TestNoTokenApproves holds the promise of four eyes.
func TestNoTokenApproves(t *testing.T) {
	t.Parallel()
	for _, o := range contract(t).Operations {
		if o.Method != http.MethodGet && regexp.MustCompile(`(?i)approv|correct|refus|delegat`).MatchString(o.ID+o.Path) {
			t.Errorf("%s %s: approval, refusal and correction belong to people who are signed in", o.Method, o.Path)
		}
	}
}

// ours are the types of the hub that answers are made of; a schema names each as
// x-go-type.
var ours = map[string]any{
	"Allocation": staffing.Allocation{}, "Bill": staffing.Bill{}, "BillLine": staffing.BillLine{}, "BillRecord": api.BillDetail{}, "Candidate": staffing.Candidate{},
	"Check": staffing.Check{}, "Reconciliation": api.ReconciliationDetail{}, "Source": staffing.Source{},
	"CanonicalRequisition": staffing.Requisition{}, "CanonicalSubmission": staffing.Submission{}, "Connection": api.ConnectionDetail{},
	"Contact": staffing.Contact{}, "Finding": staffing.Finding{}, "Gap": staffing.Gap{}, "Instant": staffing.Instant{},
	"Location": staffing.Location{}, "Offered": staffing.Offered{}, "Placement": api.PlacementDetail{}, "Question": staffing.Question{},
	"Rate": staffing.Rate{}, "RateRange": staffing.RateRange{}, "Requisition": api.RequisitionDetail{},
	"Submission": api.SubmissionDetail{}, "ProfileVersion": api.ProfileVersionDetail{}, "Terms": staffing.Placement{},
}

func TestEveryJSONFieldIsDocumented(t *testing.T) {
	t.Parallel()
	for name, ref := range contract(t).Doc.Components.Schemas {
		documented := properties(ref.Value)
		for field, p := range documented {
			if p.Value.Description == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
		value, own := ours[name]
		if _, named := ref.Value.Extensions["x-go-type"]; named && len(documented) > 0 && !own {
			t.Errorf("%s is made of a type of the hub: add it to the table of this test", name)
		}
		if !own {
			continue // generated from the schema
		}
		fields := jsonFields(reflect.TypeOf(value))
		for _, f := range fields {
			if documented[f] == nil {
				t.Errorf("%s: the field %q is in answers and not in openapi.yaml", name, f)
			}
		}
		for f := range documented {
			if !slices.Contains(fields, f) {
				t.Errorf("%s: the field %q is in openapi.yaml and in no answer", name, f)
			}
		}
	}
}

func properties(s *openapi3.Schema) openapi3.Schemas {
	out := openapi3.Schemas{}
	for name, p := range s.Properties {
		out[name] = p
	}
	for _, part := range s.AllOf {
		for name, p := range properties(part.Value) {
			out[name] = p
		}
	}
	return out
}

func jsonFields(t reflect.Type) (out []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, jsonFields(f.Type)...)
		case name != "" && name != "-":
			out = append(out, name)
		}
	}
	return out
}

func TestListsOfWordsAreComplete(t *testing.T) {
	t.Parallel()
	schemas := contract(t).Doc.Components.Schemas
	for name, want := range map[string][]string{
		"Stage":             texts(staffing.Stages()),
		"RequisitionStatus": texts(staffing.RequisitionStatuses()),
		"WorkerType":        texts(staffing.WorkerTypes()),
		"Unit":              texts(staffing.Units()),
		"Code":              texts(staffing.Codes()),
		"VersionKind":       texts(staffing.VersionKinds()),
	} {
		var got []string
		for _, v := range schemas[name].Value.Enum {
			got = append(got, v.(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %v, the hub knows %v", name, got, want)
		}
	}
}

func texts[T ~string](list []T) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

func TestEveryScopeIsExplainedAndUsed(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range apitoken.Scopes() {
		used := slices.ContainsFunc(contract(t).Operations, func(o api.Operation) bool { return o.Scope == s.Name })
		if !used || !strings.Contains(string(file), "| `"+s.Name+"` |") {
			t.Errorf("the scope %s is not used or not in the table of openapi.yaml", s.Name)
		}
	}
}
