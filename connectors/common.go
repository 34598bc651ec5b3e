package connectors

import (
	"maps"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
)

// The keys of the settings that every connection has beside its kind's own.
const (
	// CallsPerSecond replaces [Limits] for one connection: vendors give some accounts
	// more than they document.
	CallsPerSecond = "calls_per_second"
	// MaintenanceWindow says when the vendor is down by plan; see [ParseMaintenance].
	MaintenanceWindow = "maintenance"
	// CredentialExpires is the day on which the vendor ends the credential.
	CredentialExpires = "credential_expires" //nolint:gosec // it names a day
)

// common are the settings that have the same meaning at every vendor.
func common() Spec {
	return Spec{
		{Key: CallsPerSecond, Label: "Calls a second", Pattern: `[0-9]{1,3}(\.[0-9]+)?`, Advanced: true,
			Help: "Empty: the pace that the vendor documents, corrected by what its answers say. Enter another only when the vendor gives this account more or less."},
		{Key: MaintenanceWindow, Label: "Maintenance window", Advanced: true, Check: checkMaintenance,
			Help: "When the vendor is down by plan, each week: Sat 22:00-02:00 America/New_York. Several are separated by a semicolon; daily stands for all days. The hub makes no calls then and goes on by itself."},
		{Key: CredentialExpires, Label: "Credential expires on", Pattern: `[0-9]{4}-[0-9]{2}-[0-9]{2}`, Advanced: true, Check: checkDay,
			Help: "The day on which the vendor ends this credential, as year-month-day. The hub reminds in time."},
	}
}

// withCommon adds the common settings to a spec; a kind that has one of its own
// keeps that. A system that only pushes is not called, so it has no pace.
func withCommon(k Kind) Spec {
	out := slices.Clone(k.Spec)
	for _, f := range common() {
		own := slices.ContainsFunc(out, func(g Field) bool { return g.Key == f.Key })
		if !own && (f.Key == CredentialExpires || k.Limits != Limits{}) {
			out = append(out, f)
		}
	}
	return out
}

// withoutCommon gives the kind's Open without the common settings that are the hub's
// alone: a connector refuses settings that its own spec does not have.
func withoutCommon(k Kind) func(Deps) (staffing.Checker, error) {
	own, open := k.Spec, k.Open
	return func(d Deps) (staffing.Checker, error) {
		d.Settings = maps.Clone(d.Settings)
		for _, f := range common() {
			if !slices.ContainsFunc(own, func(g Field) bool { return g.Key == f.Key }) {
				delete(d.Settings, f.Key)
			}
		}
		return open(d)
	}
}
