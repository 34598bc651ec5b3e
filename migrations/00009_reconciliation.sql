-- +goose Up

-- Months whose books are closed. What takes effect in one is not changed unseen.
create table closed_periods (
    month     date primary key check (extract(day from month) = 1),
    note      text not null default '',
    closed_by text not null,
    closed_at timestamptz not null
);

-- One comparison of the bills of a period with the ERP.
create table reconciliations (
    id          uuid primary key,
    from_day    date not null,
    to_day      date not null check (to_day >= from_day),
    client_id   uuid references clients on delete cascade, -- null: all
    state       text not null check (state in ('running', 'done', 'failed')),
    erp         text not null default '', -- the name of the system that was asked
    can_list    boolean not null default false, -- it can tell of bills that the hub does not know
    cut_off     boolean not null default false, -- there were more bills than one run looks up
    error       text not null default '',
    created_by  text not null,
    created_at  timestamptz not null,
    finished_at timestamptz
);
create index reconciliations_newest on reconciliations (created_at desc);

create table reconciliation_rows (
    reconciliation_id uuid not null references reconciliations on delete cascade,
    bill_id           uuid not null references bills on delete cascade,
    result            text not null check (result in ('both', 'different', 'only_here', 'only_there', 'unknown')),
    differences       jsonb not null default '[]', -- {field, here, there}
    note              text not null default '',
    erp_number        text not null default '',
    erp_url           text not null default '',
    primary key (reconciliation_id, bill_id)
);

-- +goose Down
drop table reconciliation_rows, reconciliations, closed_periods;
