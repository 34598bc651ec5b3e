package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// audited is a store with n entries in its log.
func audited(t *testing.T, n int) *store.Store {
	t.Helper()
	s := storetest.New(t)
	for i := range n {
		audit(t, s, i)
	}
	return s
}

func audit(t *testing.T, s *store.Store, i int) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.Audit(ctx, "ada@example.com\x00", "placement.approve", "placement", fmt.Sprint(i), map[string]any{"field": "po\x00", "n": i})
	})
}

func TestAuditLogIsAppendOnly(t *testing.T) {
	t.Parallel()
	s := audited(t, 2)
	for _, attack := range []string{`update audit_log set actor = 'eve' where id = 1`, `delete from audit_log where id = 2`, `truncate audit_log`, `delete from audit_log where false`} {
		if _, err := s.DB().Exec(attack); err == nil || !strings.Contains(err.Error(), "append only") {
			t.Errorf("%s gives %v", attack, err)
		}
	}
	n, _, err := s.VerifyAudit(context.Background(), nil)
	if err != nil || n != 2 {
		t.Errorf("the log has %d entries (%v)", n, err)
	}
}

// Whoever owns the database can switch the trigger off; the chain shows it.
func TestAuditLogShowsTampering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attack string
		word   string // in the sentence; empty: only a noted head shows it
	}{
		"another actor":            {`update audit_log set actor = 'eve' where id = 3`, "entry 3"},
		"another detail":           {`update audit_log set detail = '{}' where id = 3`, "entry 3"},
		"another time":             {`update audit_log set at = at + interval '1 microsecond' where id = 3`, "entry 3"},
		"words moved over a field": {`update audit_log set action = 'placement.', subject = 'approve' || subject where id = 3`, "entry 3"},
		"a removed entry":          {`delete from audit_log where id = 3`, "entry 3"},
		"a removed beginning":      {`delete from audit_log where id = 1`, "entry 1"},
		"entries in another order": {`update audit_log set id = case id when 3 then 4 else 3 end + 100 where id in (3, 4)`, "entry 3"},
		"a cut tail":               {`delete from audit_log where id = 5`, ""},
		"an emptied log":           {`delete from audit_log`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s := audited(t, 5)
			_, head, err := s.VerifyAudit(ctx, nil)
			ok(t, err)
			_, err = s.DB().Exec(`alter table audit_log disable trigger all`)
			ok(t, err)
			_, err = s.DB().Exec(c.attack)
			ok(t, err)
			_, _, err = s.VerifyAudit(ctx, nil)
			if c.word == "" {
				ok(t, err)
				audit(t, s, 6) // and the log went on
				_, _, err = s.VerifyAudit(ctx, head)
			}
			coded(t, err, staffing.Conflict)
			if !strings.Contains(err.Error(), c.word) {
				t.Errorf("it says: %v", err)
			}
		})
	}
}

func TestANotedHeadStaysGoodWhenTheLogGrows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	_, empty, err := s.VerifyAudit(ctx, nil)
	ok(t, err)
	audit(t, s, 1)
	_, head, err := s.VerifyAudit(ctx, empty)
	ok(t, err)
	audit(t, s, 2)
	for _, noted := range [][]byte{empty, head} {
		if n, _, err := s.VerifyAudit(ctx, noted); err != nil || n != 2 {
			t.Errorf("the grown log of %d entries does not fit the head %x: %v", n, noted, err)
		}
	}
}

func TestAuditEntriesQueueUp(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, dsn := storetest.NewWithDSN(t)
	replicas := []*store.Store{one, storetest.Replica(t, dsn, nil)}
	for i, err := range together(30, func(i int) error {
		return try(replicas[i%2], func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Audit(ctx, fmt.Sprint("user ", i), "user.create", "user", "", nil); err != nil || i%5 > 0 {
				return err
			}
			return staffing.Errorf(staffing.Internal, "what it tells of failed")
		})
	}) {
		if err != nil && staffing.CodeOf(err) != staffing.Internal {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n, _, err := one.VerifyAudit(ctx, nil); err != nil || n != 24 {
		t.Errorf("the log has %d entries (%v), want 24: those of transactions that committed", n, err)
	}
	entries, total, err := one.AuditLog(ctx, store.AuditFilter{Action: "user.", Actor: "user 7"})
	if err != nil || total != 1 || len(entries) != 1 {
		t.Errorf("user 7 has %d of %d entries (%v)", len(entries), total, err)
	}
}
