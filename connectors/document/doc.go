// Package document is the engine of connectors that are a document instead of
// Go code: a YAML text that says how a REST/JSON system signs in, which calls it
// has, how it pages, what its errors mean and how its webhooks are proven.
// connectors/rest takes the document from a connection's settings; a Kind may as
// well ship one (see [Kind]).
//
// A document can do no harm: every call goes to the base URL of the connection's
// settings, secrets are filled into the sign-in and the webhook check only and are
// no variables of any expression, and expressions, pages and calls are bounded.
package document
