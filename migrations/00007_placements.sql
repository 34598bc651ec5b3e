-- +goose Up

-- What the firm and a client agreed, for the checks of the finance desk.
alter table clients
    add column tax_region            text not null default '',
    add column margin_floor          numeric check (margin_floor between 0 and 100), -- percent of the bill rate; null: none agreed
    add column po_required           boolean not null default false,
    add column billing_contact_name  text not null default '',
    add column billing_contact_email text not null default '',
    add column net_days              int check (net_days >= 0);

create table purchase_orders (
    id         uuid primary key,
    client_id  uuid not null references clients on delete cascade,
    number     text not null check (number <> ''),
    valid_from date,
    valid_to   date,
    amount     numeric check (amount >= 0), -- null: no budget is known
    currency   text not null default '',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (client_id, number),
    check (valid_to is null or valid_from is null or valid_to >= valid_from)
);

-- How much one decision of a role may be about; none: no limit.
create table approval_limits (
    role     text not null,
    currency text not null,
    amount   numeric not null check (amount >= 0),
    primary key (role, currency)
);

-- Who decides for whom while they are away.
create table delegations (
    id         uuid primary key,
    from_user  uuid not null references users on delete cascade,
    to_user    uuid not null references users on delete cascade,
    from_at    timestamptz not null,
    until_at   timestamptz not null,
    created_by text not null,
    created_at timestamptz not null,
    ended_at   timestamptz,
    check (until_at > from_at),
    check (from_user <> to_user)
);
create index delegations_to on delegations (to_user, until_at);

alter table placements
    add column provenance      jsonb not null default '{}', -- field -> {path, profile_version | person, reason, at}
    add column checks          jsonb not null default '[]',
    add column makers          uuid[] not null default '{}', -- who wrote or published the map that made the terms
    add column approved_for    uuid,                         -- whose delegate the approver was
    add column erp_error       text not null default '',     -- the ERP refused the bill with these words
    add column erp_error_field text not null default '',
    drop constraint placements_state_check,
    add constraint placements_state_check check (state in ('needs_attention', 'awaiting_review', 'sent_back', 'approved', 'posted', 'cancelled')),
    drop constraint placements_four_eyes,
    add constraint placements_four_eyes check ((approved_by is null or not (approved_by = any (editors || makers)))
        and (approved_for is null or not (approved_for = any (editors || makers))));

update placements p set makers = coalesce((select array_agg(distinct u.id) from submissions s
        join profiles f on f.connection_id = s.connection_id and f.version = p.profile_version
        join users u on u.email in (f.author, f.updated_by, f.published_by, f.requested_by) where s.id = p.submission_id), '{}')
    where state in ('needs_attention', 'awaiting_review', 'sent_back');

-- Each change of the terms, by the client's system or by a person.
create table placement_versions (
    placement_id   uuid not null references placements on delete cascade,
    version        int not null,
    kind           text not null check (kind in ('hire', 'correction', 'amendment', 'early_end', 'cancellation', 'no_show')),
    effective_from date, -- null: nobody said
    terms          jsonb not null,
    provenance     jsonb not null default '{}',
    findings       jsonb not null default '[]', -- of the amendment itself
    reason         text not null default '',
    author         text not null,
    created_at     timestamptz not null,
    primary key (placement_id, version)
);
insert into placement_versions (placement_id, version, kind, effective_from, terms, author, created_at)
    select id, version, 'hire', nullif(canonical->>'start_date', '')::date, canonical, 'hub', updated_at from placements where content_hash <> '';

-- What goes to the ERP. The first bill of a placement is kept on the placement, and
-- its row here follows by a trigger; later ones exist here only.
create table bills (
    id                uuid primary key,
    placement_id      uuid not null references placements on delete cascade,
    version           int not null, -- of the placement's terms
    kind              text not null check (kind in ('first', 'delta', 'credit', 'rebill')),
    reference         text not null unique, -- our key at the ERP
    bill              jsonb not null,
    content_hash      text not null, -- of those terms and the bill; an approval is of this content
    state             text not null check (state in ('proposed', 'awaiting_review', 'approved', 'posted', 'refused')),
    reason            text not null default '', -- why it was refused
    editors           uuid[] not null default '{}',
    makers            uuid[] not null default '{}',
    approved_by       uuid,
    approved_at       timestamptz,
    approved_hash     text,
    approved_for      uuid,
    erp_connection_id uuid references connections,
    erp_id            text,
    erp_number        text not null default '',
    erp_url           text not null default '',
    erp_error         text not null default '',
    erp_error_field   text not null default '',
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    posted_at         timestamptz,
    constraint bills_four_eyes check ((approved_by is null or not (approved_by = any (editors || makers)))
        and (approved_for is null or not (approved_for = any (editors || makers)))),
    constraint bills_approved_content check (state not in ('approved', 'posted') or (approved_by is not null and approved_hash = content_hash))
);
create index bills_of on bills (placement_id, created_at);
create index bills_queue on bills (state, updated_at);
create unique index bills_one_first on bills (placement_id) where kind = 'first';

-- +goose StatementBegin
create function first_bill_follows() returns trigger language plpgsql as $$
begin
    if new.bill is null or new.bill = 'null'::jsonb then
        delete from bills where id = new.id and state <> 'posted';
        return null;
    end if;
    insert into bills as b (id, placement_id, version, kind, reference, bill, content_hash, state, reason, editors, makers, approved_by, approved_at,
            approved_hash, approved_for, erp_connection_id, erp_id, erp_number, erp_url, erp_error, erp_error_field, created_at, updated_at, posted_at)
        values (new.id, new.id, new.version, 'first', new.id::text, new.bill, new.content_hash,
            case when new.state in ('needs_attention', 'sent_back') then 'proposed' when new.state = 'cancelled' or new.erp_error <> '' and new.state = 'awaiting_review' then 'refused' else new.state end,
            new.sent_back_reason, new.editors, new.makers, new.approved_by, new.approved_at, new.approved_hash, new.approved_for, new.erp_connection_id,
            new.erp_id, new.erp_number, new.erp_url, new.erp_error, new.erp_error_field, new.updated_at, new.updated_at, new.posted_at)
        on conflict (id) do update set version = case when b.state = 'posted' then b.version else excluded.version end, bill = excluded.bill,
            content_hash = excluded.content_hash, state = excluded.state, reason = excluded.reason, editors = excluded.editors, makers = excluded.makers,
            approved_by = excluded.approved_by, approved_at = excluded.approved_at, approved_hash = excluded.approved_hash, approved_for = excluded.approved_for,
            erp_connection_id = excluded.erp_connection_id, erp_id = excluded.erp_id, erp_number = excluded.erp_number, erp_url = excluded.erp_url,
            erp_error = excluded.erp_error, erp_error_field = excluded.erp_error_field, updated_at = excluded.updated_at, posted_at = excluded.posted_at;
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- An approval is within the limit of who decides, and a delegate is one at that time.
create function approval_rules() returns trigger language plpgsql as $$
declare
    decider uuid := coalesce(new.approved_for, new.approved_by);
    most numeric;
begin
    if new.approved_by is null or tg_op = 'UPDATE' and (old.approved_by, old.approved_for, old.approved_hash) is not distinct from (new.approved_by, new.approved_for, new.approved_hash) then
        return new;
    end if;
    if new.approved_for is not null and not exists (select from delegations where from_user = new.approved_for and to_user = new.approved_by
            and from_at <= new.approved_at and until_at > new.approved_at and (ended_at is null or ended_at > new.approved_at)) then
        raise exception 'no delegation' using errcode = '23514', constraint = 'approvals_delegated';
    end if;
    select l.amount into most from approval_limits l join users u on u.role = l.role where u.id = decider and l.currency = new.bill->>'currency';
    if most is not null and abs((new.bill->>'total')::numeric) > most then
        raise exception 'over the limit' using errcode = '23514', constraint = 'approvals_limit';
    end if;
    return new;
end $$;
-- +goose StatementEnd

create trigger placements_approval before insert or update on placements for each row execute function approval_rules();
create trigger placements_first_bill after insert or update on placements for each row execute function first_bill_follows();
update placements set version = version where bill is not null;
create trigger bills_approval before insert or update on bills for each row execute function approval_rules();

-- +goose Down
drop trigger placements_first_bill on placements;
drop trigger placements_approval on placements;
drop table bills, placement_versions, delegations, approval_limits, purchase_orders;
drop function first_bill_follows;
drop function approval_rules;
update placements set state = 'needs_attention' where state = 'cancelled';
update placements set state = 'awaiting_review', approved_by = null, approved_at = null, approved_hash = null
    where state = 'approved' and approved_by = any (editors);
alter table placements
    drop constraint placements_four_eyes,
    add constraint placements_four_eyes check (approved_by is null or not (approved_by = any (editors))),
    drop constraint placements_state_check,
    add constraint placements_state_check check (state in ('needs_attention', 'awaiting_review', 'sent_back', 'approved', 'posted')),
    drop column provenance, drop column checks, drop column makers, drop column approved_for, drop column erp_error, drop column erp_error_field;
alter table clients drop column tax_region, drop column margin_floor, drop column po_required, drop column billing_contact_name,
    drop column billing_contact_email, drop column net_days;
