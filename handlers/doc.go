// Package handlers is the hub's HTTP: the table of routes, webhooks, the admin
// pages and the REST API. A handler returns an error; respond.go turns it into
// an answer, in one place. What the pages show is made in files *_view.go, which
// know no HTTP.
package handlers
