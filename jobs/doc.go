// Package jobs is the river itself: one file per step from a client's requisition
// to the billing record, the schedule of polls, and the one place that turns an
// error into cancel, snooze or retry (outcome.go).
//
// A step never calls the next one. It commits its result and enqueues the next
// job in the same transaction, which also completes its own job, fenced by
// attempt (step.go). Whatever writes to an outside system goes through
// [run.once] (effect.go): an intent before it, a receipt after it, and a look at
// the vendor when a crash or a lost answer left the outcome open.
//
// Job arguments carry ids only: no payloads, no names.
package jobs
