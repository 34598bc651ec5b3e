// Package expr is the expression language that mapping documents and rules
// share: CEL with the hub's variables and functions. It differs from plain CEL
// in one way, because the payloads of outside systems are never complete:
// selection is tolerant. A key or an index that is not there gives an absent
// value instead of an error; an absent value that flows into a function or an
// operator gives an empty result; a condition that is absent counts as false.
//
// An expression cannot harm the hub: its size, its nesting, its cost and the
// size of what it builds are limited, and it has no side effects. Packages
// mapping and rules compile expressions once and evaluate them often; an [Env]
// and a [Program] are safe for concurrent use.
package expr
