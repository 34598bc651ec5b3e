// Package mapping turns a vendor's payloads into the canonical records of
// package staffing, and canonical records into a vendor's payloads. What maps to
// what is said by a mapping document (YAML, CEL in its cells), one per
// connection; [Parse] reads it, [Compile] checks all of it at once and gives a
// [Program], which the hub's jobs run.
//
// A program never guesses. A value that it does not know, a required value that
// is missing and a value of the wrong form become gaps, each naming the cell
// that closes it; the rest of the record is mapped all the same.
package mapping
