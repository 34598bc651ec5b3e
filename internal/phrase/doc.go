// Package phrase makes expressions of fill-in forms, and forms of expressions:
// a [Template] such as parse_date({source:path}, {format:text}) is filled with
// values, and matched against an expression to find the values in it. The
// pickers of the profile editor are built on it, so that what a person picked
// and what the expression says can never differ. Packages mapping and rules use
// it; it evaluates nothing.
package phrase
