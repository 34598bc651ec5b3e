package setu

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Check asks for a human resource and an assignment that nobody has: 404 is the
// answer of a client that knows us. Version 1.x can be asked nothing, so an offer
// that nobody has is withdrawn. It reads the list of orders where there is one.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "supplier " + c.set["supplier_id"] + " of " + c.set["customer_id"]}
	push := staffing.Permission{Name: "push", Purpose: "take staffing orders and assignments", Granted: c.set["push_secret"] != "",
		Detail: "Without a push secret every message is refused."}
	if push.Granted {
		push.Detail = "Untested: ask the client to send a message."
	}
	for _, p := range c.probes() {
		permission := staffing.Permission{Name: p.name, Purpose: p.purpose}
		switch err := p.try(ctx); staffing.CodeOf(err) {
		case "":
			permission.Granted = true
		case staffing.NotFound:
			permission.Granted = p.absent
			permission.Detail = "There is nothing at this address: ask the client's integration contact."
		case staffing.Forbidden:
			permission.Detail = "The client's system knows us, but does not let us: ask the client's integration contact."
		default:
			return staffing.Report{}, err
		}
		if permission.Granted && p.absent {
			permission.Detail = "The standard has no better question: that 404 comes from the right address shows with the first offer."
		}
		report.Permissions = append(report.Permissions, permission)
	}
	report.Permissions = append(report.Permissions, push)
	return report, nil
}

type probe struct {
	name, purpose string
	absent        bool // 404 is the answer that is wanted
	try           func(context.Context) error
}

func (c *Connector) probes() (list []probe) {
	nobody := uuid.NewSHA1(offerSpace, []byte("connection test")).String()
	ask := func(kind string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := c.read(ctx, kind, nobody)
			return err
		}
	}
	switch {
	case c.set["base_url"] == "":
	case c.set["version"] == "1.4":
		list = append(list, probe{"offer", "submit candidates", true, func(ctx context.Context) error {
			resp, err := c.do(ctx, httpx.Request{Method: http.MethodDelete, URL: c.set.URL("base_url") + "/offer/" + nobody, ReadOnly: true})
			return absent(notAPage(resp, err))
		}})
	default:
		list = append(list, probe{"human-resource", "submit candidates, and look for an offer before it is made", true, ask("human-resource")},
			probe{assignmentPath, "read the terms of a hire", true, ask(assignmentPath)})
	}
	if c.set["orders_url"] != "" {
		list = append(list, probe{"orders", "read the list of staffing orders", false, func(ctx context.Context) error {
			_, err := c.orders(ctx)
			return err
		}})
	}
	return list
}
