package handlers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// clientSteps is the checklist: what is done, and where the next step is.
func clientSteps(client string, systems []clientSystem) []web.ClientStep {
	if len(systems) == 0 {
		return []web.ClientStep{{Name: "Connected", Text: "No system is connected yet.", URL: connectURL(client), Do: "Connect a system"},
			{Name: "Mapped", Text: "Every value the client sends has a meaning."}, {Name: "Rules", Text: "The client's own rules are checked."},
			{Name: "Shadow run", Text: "Real records are tried, and nothing is written outside."}, {Name: "Live", Text: "Requisitions become jobs by themselves."}}
	}
	return []web.ClientStep{connectedStep(systems), mappedStep(systems), rulesStep(systems), shadowStep(systems), liveStep(systems)}
}

func connectedStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Connected", Done: true, Text: "The hub reads the client's system."}
	for _, x := range systems {
		read := len(x.row.Feeds) == 0 || slices.ContainsFunc(x.row.Feeds, func(f web.Feed) bool { return !f.LastSuccess.IsZero() })
		if x.row.State != staffing.ConnectionActive || !read {
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+" was not read yet, or needs attention.", "/connections/"+x.row.ID+"/setup#step-test", "Test the connection"
		}
	}
	return out
}

func mappedStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Mapped", Done: true, Text: "Every value that was sent has a meaning."}
	for _, x := range systems {
		holding := 0
		for _, g := range x.gaps {
			if g.Kind.Holds() {
				holding++
			}
		}
		switch {
		case x.version == 0:
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+" has no profile in force.", profileURL(x.row.ID), "Open the profile"
		case holding > 0:
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+": "+counted(holding, "value is not mapped.", "values are not mapped."), "#gaps", "See the gaps"
		}
	}
	return out
}

func rulesStep(systems []clientSystem) web.ClientStep {
	n := 0
	for _, x := range systems {
		n += len(x.document.Rules)
	}
	if n > 0 {
		return web.ClientStep{Name: "Rules", Done: true, Text: counted(n, "rule of this client is checked", "rules of this client are checked") + ", and the hub's own."}
	}
	return web.ClientStep{Name: "Rules", Text: "Only the hub's own rules are checked. Add what this client's programme asks for.", URL: profileURL(systems[0].row.ID, "rules"), Do: "Add a rule"}
}

func shadowStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Shadow run", Done: true, Text: "Real records were tried before the hub wrote anything."}
	for _, x := range systems {
		if x.row.Mode != store.ModeShadow {
			continue
		}
		if out.Done = x.score.Requisitions > 0; out.Done {
			out.Text = fmt.Sprintf("%s: %d %% of %d requisitions go through.", x.row.Name, x.score.Clean(), x.score.Requisitions)
			continue
		}
		out.Text, out.URL, out.Do = x.row.Name+" is in shadow mode, and no record was read yet.", "/connections/"+x.row.ID+"/setup#step-records", "Read it now"
		return out
	}
	return out
}

// liveStep is done when every flow of every system writes.
func liveStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Live", Done: true, Text: "Jobs, candidates, statuses and bills go their way by themselves."}
	for _, x := range systems {
		held := slices.DeleteFunc(store.Flows(), x.writes)
		switch {
		case len(held) == 0:
			continue
		case len(x.row.Live) == 0:
			out.Text, out.Do = x.row.Name+" writes nothing outside yet.", "Turn on the first flow"
		default:
			out.Text, out.Do = fmt.Sprintf("%s: %s. Still held back: %s.", x.row.Name, liveWords(x.row.Live), listed(held)), "Turn on the rest"
		}
		out.Done, out.URL = false, "#connections"
		return out
	}
	return out
}

func liveWords(flows []string) string {
	if len(flows) == 1 {
		return flows[0] + " are live"
	}
	return strings.Join(flows[:len(flows)-1], ", ") + " and " + flows[len(flows)-1] + " are live"
}

func listed(flows []store.Flow) string {
	var out []string
	for _, f := range flows {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// counted gives the number with the words that fit it.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + many
}
