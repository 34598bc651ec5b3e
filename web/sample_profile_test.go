package web_test

import (
	"time"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/web"
)

// profileSamples are the pages of clients and profiles.
func profileSamples() []sample {
	return []sample{
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
		Connections: []web.ClientConnection{{ConnectionRow: row, Profile: 3, Draft: true, Score: []web.Field{{Label: "Requisitions read", Value: "412"}, {Label: "Would have gone through", Value: "97 %"}}}},
		Gaps: []web.ClientGap{{Connection: row.Name, RecordsURL: "/submissions?client=c1",
			Gap: web.Gap{Kind: "status", Field: "stages", Value: "Pending VP nod", Message: "No stage is mapped to the client's status “Pending VP nod”.", Count: 14, LastAt: ago(6 * time.Hour), URL: "/connections/k1/profile/statuses?word=Pending+VP+nod"}}},
		Form: web.ClientForm{Name: "Meridian Health", Currency: "USD", Timezone: "America/Chicago"}, Threshold: web.ClientThreshold{Value: "many", Error: "Give a number of records, 0 or more."},
	}
}
