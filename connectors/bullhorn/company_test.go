package bullhorn_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func creating() connectors.Settings { return connectors.Settings{"missing_company": "create"} }

func TestAMissingCompanyIsMadeOnlyWhenTheSettingSaysSo(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	_, err := b.PutJob(t.Context(), job("req-1", ""))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), `enter "ACME" as External ID`) || b.account.CountCompanies() != 0 {
		t.Fatalf("%v, %d companies", err, b.account.CountCompanies())
	}
	c := b.open(t, creating())
	if _, err := c.PutJob(t.Context(), job("req-1", "")); err != nil {
		t.Fatal(err)
	}
	if j := b.account.Jobs(); len(j) != 1 || j[0].Company != "Acme Corp" || b.account.CountCompanies() != 1 || b.account.CountContacts() != 1 {
		t.Errorf("%+v, %d companies, %d contacts", j, b.account.CountCompanies(), b.account.CountContacts())
	}
	if _, err := b.open(t, nil).PutJob(t.Context(), job("req-2", "")); err != nil {
		t.Errorf("the company is not found by the code that it was given: %v", err)
	}
}

func TestReplicasMakeOneCompanyBetweenThem(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	tokens := &connectors.MemoryTokens{}
	s := settings(b.url)
	s["missing_company"] = "create"
	var wg sync.WaitGroup
	for i := range 6 {
		c := openAt(t, s, func(d *connectors.Deps) { d.Tokens = tokens })
		key := "req-" + strconv.Itoa(i)
		wg.Go(func() {
			if _, err := c.PutJob(t.Context(), job(key, "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b.account.CountCompanies() != 1 || b.account.CountContacts() != 1 || len(b.account.Jobs()) != 6 {
		t.Errorf("%d companies, %d contacts, %d jobs", b.account.CountCompanies(), b.account.CountContacts(), len(b.account.Jobs()))
	}
}

func TestALostAnswerLeavesOneCompanyAndOneContact(t *testing.T) {
	for _, entity := range []string{"ClientCorporation", "ClientContact"} {
		b := setup(t, sandbox.Options{}, creating())
		b.cutAfter(func(r *http.Request) bool { return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, entity) })
		if _, err := b.PutJob(t.Context(), job("req-1", "")); err == nil {
			t.Errorf("%s: the answer was lost", entity)
		}
		b.cutAfter(nil)
		if _, err := b.PutJob(t.Context(), job("req-1", "")); err != nil || b.account.CountCompanies() != 1 || b.account.CountContacts() != 1 || len(b.account.Jobs()) != 1 {
			t.Errorf("%s: %v, %d companies, %d contacts", entity, err, b.account.CountCompanies(), b.account.CountContacts())
		}
	}
}

func TestWhatACompanyIsNotMadeOf(t *testing.T) {
	b := setup(t, sandbox.Options{}, creating())
	for name, client := range map[string]string{
		"no code":         `{"name":"Acme Corp"}`,
		"no name":         `{"code":"ACME"}`,
		"a code too long": `{"code":"` + strings.Repeat("A", 31) + `","name":"Acme Corp"}`,
	} {
		_, err := b.PutJob(t.Context(), staffing.JobRequest{Key: name, Fields: []byte(`{"title":"Nurse","employmentType":"Contract","onSite":"On-Site","_client":` + client + `}`)})
		if staffing.CodeOf(err) != staffing.Invalid || b.account.CountCompanies() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheClientCodeMayStandInAnotherField(t *testing.T) {
	b := setup(t, sandbox.Options{}, connectors.Settings{"missing_company": "create", "company_code_field": "customText3"})
	b.account.AddCompany("ACME", "Another firm") // its External ID belongs to the back office
	if _, err := b.PutJob(t.Context(), job("req-1", "")); err != nil {
		t.Fatal(err)
	}
	if j := b.account.Jobs(); j[0].Company != "Acme Corp" {
		t.Errorf("the job is with %s", j[0].Company)
	}
	_, err := b.open(t, connectors.Settings{"company_code_field": "customText3"}).PutJob(t.Context(),
		staffing.JobRequest{Key: "req-2", Fields: []byte(`{"title":"Nurse","employmentType":"Contract","onSite":"On-Site","_client":{"code":"GLX","name":"Globex"}}`)})
	if !strings.Contains(staffing.MessageOf(err), `enter "GLX" as customText3`) {
		t.Error(err)
	}
}

func TestMakingCompaniesNeedsItsEntitlements(t *testing.T) {
	b := setup(t, sandbox.Options{Entitlements: map[string][]string{"ClientCorporation": {"READ_CORPORATE"}}}, creating())
	report, err := b.Check(t.Context())
	missing := ""
	for _, p := range report.Permissions {
		if !p.Granted {
			missing += p.Name + ","
		}
	}
	if err != nil || missing != "ClientCorporation CREATE," {
		t.Errorf("missing %q, %v", missing, err)
	}
}

func TestNoSessionLeftAsksForPatience(t *testing.T) {
	b := setup(t, sandbox.Options{MaxSessions: 1}, nil)
	if _, err := b.FindJob(t.Context(), "x"); staffing.CodeOf(err) != staffing.NotFound {
		t.Fatal(err)
	}
	_, err := b.open(t, nil).FindJob(t.Context(), "x") // another hub, with tokens of its own
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != time.Second {
		t.Errorf("%v, wait %s", err, staffing.RetryAfterOf(err))
	}
	if _, err := b.FindJob(t.Context(), "x"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("the session that lives: %v", err)
	}
}

func TestASessionThatEndsInTheMiddleOfAJobIsRenewedOnce(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	ended := false
	b.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "entity/JobOrder") && !ended {
			ended = true
			b.account.ExpireSessions()
		}
		return false
	})
	rec, err := b.PutJob(t.Context(), job("req-1", ""))
	if err != nil || rec.Existed || len(b.account.Jobs()) != 1 || b.account.Logins() != 2 {
		t.Errorf("%+v %v, %d jobs, %d sign-ins", rec, err, len(b.account.Jobs()), b.account.Logins())
	}
}
