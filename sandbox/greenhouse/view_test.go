package greenhouse

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheWorldSeesWhoStandsWhereSinceWhen(t *testing.T) {
	c := newClock()
	a := open(t, nil, Options{Now: c.now})
	job := a.OpenJob(JobSpec{Title: "Nurse", Openings: 2, Stages: []string{"Review", "Interview", "Offer"}})
	a.OpenJob(JobSpec{Title: "Draft", Draft: true})
	app, err := a.Apply(job, "Ada", "Grey", "Ada@Mail.example")
	if err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Hour)
	stage, err := a.Advance(app)
	v := a.Applications()[0]
	if err != nil || stage != "Interview" || v.StageName != "Interview" || !v.StageSince.Equal(c.at) || v.CandidateName != "Ada Grey" || v.SourceID == a.AgencySource() {
		t.Errorf("%q %v %+v", stage, err, v)
	}
	if jobs := a.OpenJobs(); len(jobs) != 1 || jobs[0].ID != job || jobs[0].OpenOpenings != 2 || jobs[0].Applications != 1 {
		t.Errorf("open jobs %+v", jobs)
	}
	if _, err := a.Advance(app); err != nil {
		t.Error(err)
	}
	if stage, err := a.Advance(app); err == nil {
		t.Errorf("moved behind the last stage, to %q", stage)
	}
	if _, err := a.Advance(1); err == nil {
		t.Error("an application that is not there was moved")
	}
	a.CloseJob(job)
	if jobs := a.OpenJobs(); len(jobs) != 0 {
		t.Errorf("a closed job is called open: %+v", jobs)
	}
}

func TestDuplicatesAreCounted(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	for _, email := range []string{"eve@mail.example", "Eve@Mail.example", "ann@mail.example"} {
		a.post("candidates", candidate(email, job))
	}
	counts := a.ApplicationCounts()
	if counts[JobCandidate{job, "eve@mail.example"}] != 2 || counts[JobCandidate{job, "ann@mail.example"}] != 1 {
		t.Errorf("got %v", counts)
	}
}

func TestAnOfferIsResolvedOnce(t *testing.T) {
	for _, accepted := range []bool{true, false} {
		a := open(t, nil, Options{})
		app, err := a.Apply(a.OpenJob(JobSpec{Title: "Nurse"}), "Ada", "Grey", "ada@mail.example")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.ResolveOffer(app, accepted); err == nil {
			t.Error("an offer that nobody made was resolved")
		}
		if err := a.OfferTerms(app, Terms{BillRate: "92.25", Currency: "USD", StartDate: "2026-12-07"}); err != nil {
			t.Fatal(err)
		}
		if err := a.ResolveOffer(app, accepted); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "Accepted", false: "Rejected"}[accepted]
		row := a.rows("offers?current_only=true")[0]
		if row["status"] != want || row["starts_on"] != "2026-12-07" || row["resolved_at"] == nil || a.Applications()[0].OfferStatus != want {
			t.Errorf("offer %v, application %+v; want %s", row, a.Applications()[0], want)
		}
		if err := a.ResolveOffer(app, !accepted); err == nil {
			t.Error("an offer was resolved twice")
		}
	}
}

func TestOnlyChosenEventsAreSent(t *testing.T) {
	a, in := open(t, nil, Options{}), &inbox{}
	a.SetWebhook(Webhook{URL: "http://hub.example", Secret: "s", Events: []string{"job_created", "hire_candidate"}, Post: in.post})
	busy(t, a.Server)
	a.Ping()
	a.FlushWebhooks()
	if got := in.actions(t); !slices.Equal(got, []string{"job_created", "hire_candidate", "ping"}) {
		t.Errorf("got %v", got)
	}
}

// TestFiltersAreTheVendors keeps the simulator from taking a parameter that the
// vendor's lists do not have, and so keeps the connector from sending one.
func TestFiltersAreTheVendors(t *testing.T) {
	vendor := vendorParameters(t)
	a := open(t, nil, Options{})
	for name, l := range a.lists {
		for filter := range l.filters {
			if !slices.Contains(vendor["/v3/"+name], filter) {
				t.Errorf("%s takes %s, the vendor does not: %s", name, filter, strings.Join(vendor["/v3/"+name], " "))
			}
		}
	}
	if got := a.get("jobs?office_ids=1").status; got != http.StatusUnprocessableEntity {
		t.Errorf("a parameter that no list of the vendor has: %d, want 422", got)
	}
}
