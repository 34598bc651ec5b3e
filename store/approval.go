package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// ApprovalLimit is the highest amount that one decision of a role may be about.
type ApprovalLimit struct {
	Role     string          `db:"role"`
	Currency string          `db:"currency"`
	Amount   decimal.Decimal `db:"amount"`
}

// ApprovalLimits lists all limits. A role that has none in a currency is not limited.
func (q queries) ApprovalLimits(ctx context.Context) (out []ApprovalLimit, err error) {
	return out, q.list(ctx, &out, "approval limits", `select * from approval_limits order by role, currency`)
}

// SetApprovalLimit sets a role's limit in a currency; nil takes it away.
func (q queries) SetApprovalLimit(ctx context.Context, role, currency string, amount *decimal.Decimal) error {
	if amount == nil {
		return q.exec(ctx, "approval limit", `delete from approval_limits where role = $1 and currency = $2`, role, currency)
	}
	return q.exec(ctx, "approval limit", `insert into approval_limits (role, currency, amount) values ($1, $2, $3)
		on conflict (role, currency) do update set amount = excluded.amount`, role, currency, *amount)
}

// LimitOf gives a role's limit in a currency; nil: none.
func (q queries) LimitOf(ctx context.Context, role, currency string) (*decimal.Decimal, error) {
	var l ApprovalLimit
	err := q.get(ctx, &l, "approval limit", `select * from approval_limits where role = $1 and currency = $2`, role, currency)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil, nil
	}
	return &l.Amount, err
}

// Delegation lets one user decide for another who is away.
type Delegation struct {
	ID        uuid.UUID  `db:"id"`
	FromUser  uuid.UUID  `db:"from_user"`
	ToUser    uuid.UUID  `db:"to_user"`
	FromAt    time.Time  `db:"from_at"`
	UntilAt   time.Time  `db:"until_at"`
	CreatedBy string     `db:"created_by"`
	CreatedAt time.Time  `db:"created_at"`
	EndedAt   *time.Time `db:"ended_at"` // taken back before its time
}

// DelegationRow is a delegation with the people's names.
type DelegationRow struct {
	Delegation
	FromName  string `db:"from_name"`
	FromEmail string `db:"from_email"`
	FromRole  string `db:"from_role"`
	ToName    string `db:"to_name"`
}

const delegationRow = `select d.*, f.name from_name, f.email from_email, f.role from_role, t.name to_name
	from delegations d join users f on f.id = d.from_user join users t on t.id = d.to_user`

// AddDelegation adds a delegation; id and time are set here.
func (q queries) AddDelegation(ctx context.Context, d Delegation) (Delegation, error) {
	d.ID, d.CreatedAt = NewID(), q.now()
	return d, q.exec(ctx, "delegation", `insert into delegations (id, from_user, to_user, from_at, until_at, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.FromUser, d.ToUser, d.FromAt, d.UntilAt, d.CreatedBy, d.CreatedAt)
}

// EndDelegation takes a delegation back from now on.
func (q queries) EndDelegation(ctx context.Context, id uuid.UUID) error {
	return q.execOne(ctx, staffing.NotFound, "delegation", `update delegations set ended_at = coalesce(ended_at, $2) where id = $1`, id, q.now())
}

// Delegations lists all delegations, the newest first.
func (q queries) Delegations(ctx context.Context) (out []DelegationRow, err error) {
	return out, q.list(ctx, &out, "delegations", delegationRow+` order by d.from_at desc, d.id`)
}

// ActiveDelegations gives the delegations to a user that hold now, of people who are
// not shut out.
func (q queries) ActiveDelegations(ctx context.Context, toUser uuid.UUID) (out []DelegationRow, err error) {
	return out, q.list(ctx, &out, "delegations", delegationRow+` where d.to_user = $1 and d.from_at <= $2 and d.until_at > $2 and d.ended_at is null
		and f.disabled_at is null order by d.from_at, d.id`, toUser, q.now())
}

// MapMakers gives the users who wrote or published a version of a connection's
// profile: whoever began, saved or put it in force, by themselves or by a token that they
// issued.
func (q queries) MapMakers(ctx context.Context, connectionID uuid.UUID, version int) (out pq.StringArray, err error) {
	return out, q.get(ctx, &out, "profile", `select coalesce(array_agg(distinct u.id::text), '{}') from profiles p
		join users u on u.email in (p.author, p.updated_by, p.published_by, p.requested_by)
			or u.email in (select t.created_by from api_tokens t where $3 || t.name in (p.author, p.updated_by, p.published_by, p.requested_by))
		where p.connection_id = $1 and p.version = $2`, connectionID, version, TokenActor)
}

// PeopleBehind gives the users who an author is: the person with that e-mail, or who
// issued a token of that name. The hub itself is nobody.
func (q queries) PeopleBehind(ctx context.Context, author string) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "users", `select id from users where email = $1 or email in (select created_by from api_tokens where $2 || name = $1)`, author, TokenActor)
}
