package web_test

import (
	"time"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/web"
)

// profileSamples are the pages of clients and profiles.
func profileSamples() []sample {
	return []sample{
		{"/connections/k1/profile", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileFieldsPage(fields(p)) }},
		{"/connections/k1/profile/cell", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileCellPage(cell(p)) }},
		{"/connections/k1/profile/statuses", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileStatusesPage(statuses(p)) }},
		{"/connections/k1/profile/rules", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileRulesPage(ruleList(p)) }},
		{"/connections/k1/profile/rule", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileRulePage(rule(p)) }},
		{"/connections/k1/profile/lists", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileListsPage(lists(p)) }},
		{"/connections/k1/profile/lists/departments", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileListPage(codeList(p)) }},
		{"/connections/k1/profile/preview", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfilePreviewPage(preview(p, "done")) }},
		{"/connections/k1/profile/preview?view=running", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfilePreviewPage(preview(p, "running")) }},
		{"/connections/k1/profile/versions", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileVersionsPage(versions(p)) }},
		{"/clients/c1", "Meridian Health", func(p web.Page) templ.Component { p.Nav = web.NavClients; return web.ClientPage(client(p)) }},
	}
}

func client(p web.Page) web.ClientView {
	p.Title = "Meridian Health"
	row := connectionRows()[0]
	row.Mode = "shadow"
	return web.ClientView{
		Page: p, ClientRow: web.ClientRow{ID: "c1", Code: "MERIDIAN", Name: "Meridian Health", Currency: "USD", Timezone: "America/Chicago"},
		Steps: []web.ClientStep{
			{Name: "Connected", Text: "The hub reads the client's system.", Done: true},
			{Name: "Mapped", Text: "2 values are not mapped.", URL: "#gaps", Do: "See the gaps"},
			{Name: "Live", Text: "It writes nothing outside yet."},
		},
		Connections: []web.ClientConnection{{ConnectionRow: row, Profile: 3, Draft: true, Flows: []web.ClientFlow{{Key: "jobs", Live: true}, {Key: "candidates", Waiting: 2}, {Key: "statuses", Needs: "candidates"}, {Key: "bills", System: "ERP", MissingURL: "/connections/new"}}, Score: []web.Field{{Label: "Requisitions read", Value: "412"}, {Label: "Would have gone through", Value: "97 %"}}}},
		Gaps: []web.ClientGap{{Connection: row.Name, RecordsURL: "/submissions?client=c1",
			Gap: web.Gap{Kind: "status", Field: "stages", Value: "Pending VP nod", Message: "No stage is mapped to the client's status “Pending VP nod”.", Count: 14, LastAt: ago(6 * time.Hour), URL: "/connections/k1/profile/statuses?word=Pending+VP+nod"}}},
		Books: web.ClientBooks{ERP: "The books", Code: "MERIDIAN", Customer: "MER-7", ItemTime: "TEMP", Problems: map[string]string{"item_fee": "Too long."}, Searched: true,
			Find:  []web.Option{{Value: "customer", Label: "Customers"}, {Value: "item", Label: "Items", Selected: true}},
			Found: []web.FoundEntry{{Code: "TEMP", Name: "Temporary work", Uses: []web.FoundUse{{Label: "Use for time", ItemTime: "TEMP"}, {Label: "Use for fees", ItemFee: "TEMP"}}}}},
		Form: web.ClientForm{Name: "Meridian Health", Currency: "USD", Timezone: "America/Chicago"}, Threshold: web.ClientThreshold{Value: "many", Error: "Give a number of records, 0 or more."},
	}
}

func profileFrame(p web.Page, tab string) web.ProfileView {
	p.Title, p.Nav = "Profile", web.NavConnections
	return web.ProfileView{Page: p, ID: "k1", Name: "Meridian · Harbor ATS", System: "Harbor ATS", Client: "Meridian Health", ClientID: "c1", Tab: tab, Version: 3,
		Draft: &web.Draft{Revision: 7, Base: 3, By: "maya@firm.example", At: ago(3 * time.Minute), Requested: "finn@firm.example", RequestedAt: ago(time.Minute), Note: "Rates of 2026"}}
}

func fields(p web.Page) web.FieldsView {
	return web.FieldsView{ProfileView: profileFrame(p, "fields"), Section: "requisition", Label: "Requisition", Help: "What the client's record says.", Sample: "Data engineer", SampleOf: "/requisitions/r1", Open: true,
		Sections: []web.SectionTab{{Key: "requisition", Label: "Requisition", URL: "/connections/k1/profile?section=requisition", Current: true, Missing: 1}},
		Rows: []web.FieldRow{
			{Key: "title", Label: "Title", Required: true, URL: "/connections/k1/profile/cell?section=requisition&key=title"},
			{Key: "bill_rate.max", Label: "Bill rate (max)", Mapped: true, Source: "raw.rate.max", Transform: "Amount", Live: "110.00", URL: "/connections/k1/profile/cell"},
			{Key: "nte", Label: "NTE", Mapped: true, CEL: `rate(raw.nte, "USD", "hour")`, Problem: "A number is needed.", Default: `"0"`, List: "rates", URL: "/connections/k1/profile/cell"},
		}}
}

func cell(p web.Page) web.CellView {
	return web.CellView{ProfileView: profileFrame(p, "fields"), At: web.Edition{Revision: 7, Base: 3}, Section: "requisition", Label: "Requisition", Key: "title", Title: "Title", Required: true, Exists: true,
		Mode: "cel", CEL: "raw.nam", CELError: "Undeclared.", CELAt: "Line 1, column 5", Error: "It does not work.", Conflict: "finn@firm.example saved this draft.", Lists: []web.Option{{Label: "No list"}, {Value: "rates", Label: "rates"}},
		Transforms: []web.TransformChoice{{Name: "copy", Label: "As it is"}, {Name: "date", Label: "Date", Chosen: true, Params: []web.FormField{{Key: "param.date.format", Label: "Form", Help: "How.", Suggestions: []string{"2006-01-02"}}, {Key: "param.date.more", Label: "More", Help: "What.", Lines: true}}}},
		Live:       &web.LiveValue{Value: "Data engineer", Sample: "the record 20418"}, Sources: []web.SourceRow{{Path: "raw.name", Type: "text", Present: "98 of 100 records", Examples: []string{"Data engineer"}, Chosen: true}}, More: 12}
}

func statuses(p web.Page) web.StatusesView {
	choices := []web.Option{{Label: "Choose a stage"}, {Value: "interview", Label: "Interview", Selected: true}}
	return web.StatusesView{ProfileView: profileFrame(p, "statuses"), ShowWords: true, ShowInternal: true, Triggers: "Client Submission",
		Words:    []web.WordRow{{Word: "Pending VP nod", Count: 14, LastAt: ago(time.Hour), Waiting: 3, WaitingURL: "/submissions?client=c1", Choices: choices, Marked: true}, {Word: "Onsite", Count: 200, LastAt: ago(time.Minute), Mapped: true, Choices: choices}, {Choices: choices}},
		Internal: []web.FormField{{Key: "internal.interview", Label: "Interview", Value: "Interview Scheduled"}}}
}

func ruleList(p web.Page) web.RulesView {
	row := web.RuleRow{ID: "PO_REQUIRED", On: "requisition", Form: "Required", Severity: "error", Message: "The purchase order is missing.", URL: "/connections/k1/profile/rule?on=requisition&id=PO_REQUIRED"}
	return web.RulesView{ProfileView: profileFrame(p, "rules"), Error: "Meanwhile finn@firm.example removed the rule.", Rows: []web.RuleRow{row}, House: []web.RuleRow{{ID: "TITLE_MISSING", On: "requisition", Words: `req.title != ""`, Severity: "warning", Message: "No title."}},
		Forms: []web.RuleCard{{Label: "Required", Help: "The field must have a value.", URL: "/connections/k1/profile/rule?form=required"}}}
}

func rule(p web.Page) web.RuleView {
	return web.RuleView{ProfileView: profileFrame(p, "rules"), WasOn: "requisition", WasID: "PO_REQUIRED", Form: "free", Label: "A rule of your own", Help: "An expression that must hold.", Free: true, Key: "PO_REQUIRED",
		On: []web.Option{{Value: "requisition", Label: "Requisition"}}, Severity: []web.Option{{Value: "error", Label: "Blocks"}}, Params: []web.FormField{{Key: "param.field", Label: "Field"}}, Assert: "true", Error: "It does not compile.", Conflict: "Somebody saved."}
}

func lists(p web.Page) web.ListsView {
	return web.ListsView{ProfileView: profileFrame(p, "lists"), Rows: []web.ListRow{{Name: "departments", Count: 4410, Version: 2, By: "maya@firm.example", At: ago(time.Hour), URL: "/connections/k1/profile/lists/departments"}},
		Error: "Nothing was saved.", Lines: []web.LineError{{Line: 3, Text: "the code is empty"}}, More: 2, Name: "departments", Text: "a,b"}
}

func codeList(p web.Page) web.ListView {
	return web.ListView{ProfileView: profileFrame(p, "lists"), ListRow: lists(p).Rows[0], Entries: []web.ListEntry{{Code: "IT-7", Value: "IT"}}, Total: 4410, Versions: lists(p).Rows, Code: "IT-8", Error: "Give a code.", Uses: []string{"Department (Requisition) in force"}, Refused: "The list departments is needed."}
}

func preview(p web.Page, state string) web.PreviewView {
	return web.PreviewView{ProfileView: profileFrame(p, "preview"), Sizes: []web.Option{{Value: "1000", Label: "1,000"}}, Limit: 25, Again: &web.AgainView{Requisitions: 41, Held: 12}, Changes: []web.ChangeRow{{Section: "requisition", Words: "Title: was raw.name, is trim(raw.name)"}},
		Run: &web.PreviewRun{State: state, Tried: []string{"412 requisitions", "30 statuses of the client"}, Untried: []string{"How a candidate is read: the record stays in the internal ATS."}, Wanted: 1000, Total: 1000, Done: 400, By: "maya@firm.example", At: ago(time.Minute), Took: 2 * time.Second, Affected: 42,
			Verdicts: []web.VerdictCount{{Key: "changed", Label: "Changed", Help: "Other content.", Count: 40, URL: "/connections/k1/profile/preview?verdict=changed"}, {Key: "held", Label: "Newly held", Count: 2, URL: "/connections/k1/profile/preview?verdict=held", Current: true}},
			Reasons:  []web.ReasonCount{{Reason: "PO_REQUIRED", Count: 2}}, Pager: web.Pager{Page: 1, Pages: 1, Total: 42},
			Rows: []web.PreviewRow{{Title: "Data engineer", URL: "/requisitions/r1", Verdict: "held", Reasons: []string{"The purchase order is missing."}, Changes: []web.FieldChange{{Path: "title", Field: "Title", Before: "Data engineer ", After: "Data engineer"}}}}}}
}

func versions(p web.Page) web.VersionsView {
	return web.VersionsView{ProfileView: profileFrame(p, "versions"), From: []web.Option{{Value: "2", Label: "version 2"}}, To: []web.Option{{Value: "3", Label: "version 3"}}, Heading: "From version 2 to version 3", Again: &web.AgainView{Requisitions: 41, Submissions: 1, Placements: 3, Held: 12, Shadow: true}, Notes: []web.VersionRow{{Version: 3, Author: "maya@firm.example", RequestedBy: "maya@firm.example", PublishedBy: "finn@firm.example", Note: "Rates"}}, Rolled: 2, Note: "Too wide", Error: "Say in the note why.", Changes: []web.ChangeRow{{Section: "stages", Words: "Onsite: is interview"}},
		Rows: []web.VersionRow{{Version: 3, State: "published", Author: "maya@firm.example", PublishedBy: "finn@firm.example", At: ago(time.Hour), Note: "Rates", DiffURL: "/connections/k1/profile/versions?from=2&to=3"}, {Version: 2, State: "superseded", Author: "maya@firm.example", At: ago(50 * time.Hour), Note: "First"}}}
}
