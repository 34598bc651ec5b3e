package storetest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for n := range 10 {
		t.Run(fmt.Sprint("database ", n), func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			storetest.Client(t, s, func(c *store.Client) { c.Code = "SAME" })
			clients, err := s.Clients(context.Background())
			if err != nil || len(clients) != 1 {
				t.Fatalf("there are %d clients (%v), want the one of this test", len(clients), err)
			}
		})
	}
}

func TestBuildersMakeAWholePipeline(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, dsn := storetest.NewWithDSN(t)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	req := storetest.Requisition(t, s, conn)
	sub := storetest.Deliver(t, s, storetest.Submission(t, s, req))
	second := storetest.Submission(t, s, req)
	p := storetest.Placement(t, s, sub)
	if req.State != store.RequisitionValid || sub.State != store.SubmissionDelivered || sub.ClientRef == nil || second.State != store.SubmissionPending {
		t.Errorf("requisition %s, submission %s, second %s", req.State, sub.State, second.State)
	}
	if p.State != store.PlacementAwaitingReview || p.Bill.V == nil || p.Bill.V.Total.String() != "3800" {
		t.Errorf("placement %s with bill %+v", p.State, p.Bill.V)
	}
	if u := storetest.User(t, s, "finance"); u.Role != "finance" {
		t.Errorf("user %+v", u)
	}
	secrets, err := storetest.Replica(t, dsn, nil).ConnectionSecrets(conn)
	if err != nil || secrets["api_key"] != "hunter2" {
		t.Errorf("another replica reads %v (%v)", secrets, err)
	}
	if pending, err := store.Pending(ctx, s.DB()); err != nil || pending != 0 {
		t.Errorf("%d migrations are pending (%v)", pending, err)
	}
}
