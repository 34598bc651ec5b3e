// Package rules checks canonical records against the rules of a profile and the
// baseline that holds for every profile. A rule is a CEL expression; what breaks
// it is a finding, and a rule that cannot be worked out is a finding too: it
// never passes in silence. The hub's jobs compile a [Set] per profile version
// and check requisitions, submissions and placements with it.
package rules
