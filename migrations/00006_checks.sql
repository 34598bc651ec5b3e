-- +goose Up

-- The last test of each connection: once a day, and whenever a person asks.
create table connection_checks (
    connection_id uuid primary key references connections on delete cascade,
    next_at       timestamptz not null,               -- of the test that comes by itself
    checked_at    timestamptz,                        -- null: never
    error         text not null default '',           -- why it gave no report
    account       text not null default '',           -- who the vendor says we are
    permissions   jsonb not null default '[]',
    expires_at    timestamptz,                        -- when the vendor ends the credential, if it says so
    granted       text[] not null default '{}'        -- permissions that some test found since the settings changed
);
create index connection_checks_due on connection_checks (next_at);

-- +goose Down
drop table connection_checks;
