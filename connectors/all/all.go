// Package all is the one list of connectors. A new one is one folder beside this
// one, and one line here.
package all

import (
	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/ashby"
	"github.com/tributary-hub/tributary/connectors/avionte"
	"github.com/tributary-hub/tributary/connectors/beeline"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	"github.com/tributary-hub/tributary/connectors/businesscentral"
	"github.com/tributary-hub/tributary/connectors/coupa"
	"github.com/tributary-hub/tributary/connectors/fieldglass"
	"github.com/tributary-hub/tributary/connectors/file"
	"github.com/tributary-hub/tributary/connectors/filebooks"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	"github.com/tributary-hub/tributary/connectors/icims"
	"github.com/tributary-hub/tributary/connectors/inbox"
	"github.com/tributary-hub/tributary/connectors/intacct"
	"github.com/tributary-hub/tributary/connectors/jobadder"
	"github.com/tributary-hub/tributary/connectors/jobdiva"
	"github.com/tributary-hub/tributary/connectors/lever"
	"github.com/tributary-hub/tributary/connectors/netsuite"
	"github.com/tributary-hub/tributary/connectors/oracle"
	"github.com/tributary-hub/tributary/connectors/quickbooks"
	"github.com/tributary-hub/tributary/connectors/rest"
	"github.com/tributary-hub/tributary/connectors/setu"
	"github.com/tributary-hub/tributary/connectors/smartrecruiters"
	"github.com/tributary-hub/tributary/connectors/successfactors"
	"github.com/tributary-hub/tributary/connectors/teamtailor"
	"github.com/tributary-hub/tributary/connectors/tryton"
	"github.com/tributary-hub/tributary/connectors/vincere"
	"github.com/tributary-hub/tributary/connectors/webhook"
	"github.com/tributary-hub/tributary/connectors/workable"
	"github.com/tributary-hub/tributary/connectors/workday"
	"github.com/tributary-hub/tributary/connectors/xero"
)

// Registry collects every connector of this program.
func Registry() (*connectors.Registry, error) {
	return connectors.NewRegistry(
		ashby.Kind(),
		avionte.Kind(),
		beeline.Kind(),
		bullhorn.Kind(),
		businesscentral.Kind(),
		coupa.Kind(),
		fieldglass.Kind(),
		file.Kind(),
		filebooks.Kind(),
		greenhouse.Kind(),
		icims.Kind(),
		inbox.Kind(),
		intacct.Kind(),
		jobadder.Kind(),
		jobdiva.Kind(),
		lever.Kind(),
		netsuite.Kind(),
		oracle.Kind(),
		quickbooks.Kind(),
		rest.Books(),
		rest.Kind(),
		setu.Kind(),
		smartrecruiters.Kind(),
		successfactors.Kind(),
		teamtailor.Kind(),
		tryton.Kind(),
		vincere.Kind(),
		webhook.Kind(),
		workable.Kind(),
		workday.Kind(),
		xero.Kind(),
	)
}
