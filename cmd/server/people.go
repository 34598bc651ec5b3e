package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/internal/password"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Add a person. The password is read from standard input."`
}

// userCreateCmd adds a person.
type userCreateCmd struct {
	Email string `required:"" help:"E-mail address: the sign-in."`
	Name  string `required:"" help:"Name, as pages show it."`
	Role  string `required:"" enum:"account_manager,finance,operator,admin" help:"account_manager, finance, operator or admin."`
}

// Run implements the command.
func (c *userCreateCmd) Run(p *program) error {
	fmt.Fprintln(p.errOut, "Password (12 characters or more), then Enter:")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return staffing.Errorf(staffing.Invalid, "no password came on standard input; for example: echo 'a long pass phrase' | server user create ...")
	}
	plain := strings.TrimRight(line, "\r\n")
	if len([]rune(plain)) < 12 {
		return staffing.Errorf(staffing.Invalid, "the password must have at least 12 characters")
	}
	return p.withStore(func(ctx context.Context, s *store.Store) error {
		u, err := addUser(ctx, s, store.User{Email: c.Email, Name: c.Name, Role: c.Role}, plain)
		if err == nil {
			fmt.Fprintf(p.out, "%s may sign in as %s\n", u.Email, u.Role)
		}
		return err
	})
}

func addUser(ctx context.Context, s *store.Store, u store.User, plain string) (store.User, error) {
	hash, err := password.Hash(plain)
	if err != nil {
		return u, err
	}
	u.PasswordHash = hash
	err = s.InTx(ctx, func(tx *store.Tx) error {
		if u, err = tx.InsertUser(ctx, u); err != nil {
			return err
		}
		return tx.Audit(ctx, "command line", "user.created", "user", u.ID.String(), map[string]any{"role": u.Role})
	})
	return u, err
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Issue a token and print it, once."`
}

// tokenCreateCmd issues an API token.
type tokenCreateCmd struct {
	Name  string   `required:"" help:"What the token is for."`
	Scope []string `required:"" help:"What it may do; repeat or separate by commas."`
	Days  int      `default:"90" help:"Days until it ends."`
}

// Run implements the command.
func (c *tokenCreateCmd) Run(p *program) error {
	if c.Days < 1 || c.Days > 366 {
		return staffing.Errorf(staffing.Invalid, "a token lives between 1 and 366 days")
	}
	return p.withStore(func(ctx context.Context, s *store.Store) error {
		text, err := issueToken(ctx, s, c)
		if err == nil {
			fmt.Fprintln(p.out, text)
		}
		return err
	})
}

func issueToken(ctx context.Context, s *store.Store, c *tokenCreateCmd) (text string, err error) {
	key, err := s.NamedSecret(ctx, apitoken.KeyName, apitoken.NewKey)
	if err != nil {
		return "", err
	}
	err = s.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.InsertAPIToken(ctx, store.APIToken{Name: c.Name, Scopes: c.Scope, CreatedBy: "command line", ExpiresAt: tx.Now().Add(time.Duration(c.Days) * 24 * time.Hour)})
		if err != nil {
			return err
		}
		if text, err = apitoken.Issue(key, apitoken.Token{ID: row.ID, Scopes: c.Scope, IssuedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt}); err != nil {
			return err
		}
		return tx.Audit(ctx, "command line", "token.created", "token", row.ID.String(), map[string]any{"scopes": c.Scope})
	})
	return text, err
}

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Walk the hash chain of the audit log; exit code 1 when it is broken."`
}

// auditVerifyCmd verifies the chain.
type auditVerifyCmd struct {
	Head string `help:"The head that was noted elsewhere, in hex: shows also a cut-off tail."`
}

// Run implements the command.
func (c *auditVerifyCmd) Run(p *program) error {
	var want []byte
	if c.Head != "" {
		var err error
		if want, err = hex.DecodeString(c.Head); err != nil {
			return staffing.Errorf(staffing.Invalid, "the head is not hexadecimal")
		}
	}
	p.looksOnly = true
	return p.withStore(func(ctx context.Context, s *store.Store) error {
		n, head, err := s.VerifyAudit(ctx, want)
		if err == nil {
			fmt.Fprintf(p.out, "%d entries, unbroken; head %x\n", n, head)
		}
		return err
	})
}

// migrateCmd brings the database to this program's schema.
type migrateCmd struct{}

// Run implements the command.
func (migrateCmd) Run(p *program) error {
	return p.withStore(func(context.Context, *store.Store) error {
		fmt.Fprintln(p.out, "the database has this program's schema")
		return nil
	})
}

// withStore opens the database for one command.
func (p *program) withStore(do func(context.Context, *store.Store) error) error {
	p.beside = true
	db, err := p.openDatabase(p.ctx)
	if err != nil {
		return err
	}
	defer db.close(p)
	return do(p.ctx, db.store)
}
