// Package connectortest is the conformance suite that every connector passes. It
// holds the promises of package staffing's capability interfaces against a
// simulated vendor that is made to misbehave: pages, cursors, refused
// credentials, limits, broken answers, lost answers, forged webhooks.
//
// # For the author of a connector
//
// In the connector's folder, one test is enough:
//
//	func TestConformance(t *testing.T) {
//		connectortest.Run(t, vendor.Kind(), func(t *testing.T) connectortest.Vendor {
//			sim := sandbox.New(...)
//			return connectortest.Vendor{
//				Handler: sim,
//				Settings: func(base string) connectors.Settings { ... },
//				...
//			}
//		})
//	}
//
// The function gives a fresh vendor each time: it is called once or more in every
// case, and cases run in parallel, so two vendors must share nothing. A fresh
// vendor holds no requisitions, statuses, submissions, jobs or billing records;
// master data (users, accounts, stages) may be there. What else to know:
//
//   - Fill in the functions of [Vendor] for the capabilities that the connector has,
//     and no others. They act at the vendor directly, not through its API, as a
//     person at the vendor would; the suite calls them while no request is running.
//   - The vendor speaks its real wire format and checks credentials, also on the
//     token endpoint. The suite learns which calls fetch a token by watching the
//     TokenStore, and spares them when it breaks the others.
//   - Time is the real time. Submission, Job, Billing and Status give a request with
//     a new key each time they are called.
//   - Sinks are swept: every single call that one Submit (PutJob, ...) makes is lost,
//     cut, garbled or refused once, on a fresh vendor, and after each of these the
//     next try must leave exactly one effect. Whenever find gives a receipt after a put
//     that gave an error, that error must have had OutcomeUnknown. An effect of several
//     parts (an application, then its résumé) counts as not found until it is whole.
//   - FieldLister and StatusLister need nothing of the Vendor: the suite asks for the
//     words of a fresh vendor, which must have some.
//   - BillingLister and BookSearcher need Billing of the Vendor only: what a bill leaves
//     in the books must be listed, and its customer found.
//   - A case that cannot be met because the vendor's API does not allow it is a reason
//     to talk about the suite, not to bend the simulator.
package connectortest
