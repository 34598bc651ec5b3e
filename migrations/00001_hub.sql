-- +goose Up

-- The hub's tables. Conventions: ids of our own are UUIDv7 (sorted by time);
-- times end in _at and are timestamptz; what outsiders sent as bytes stays bytea;
-- canonical documents are jsonb; a schedule is a column, a state is a checked word.

create table clients (
    id         uuid primary key,
    code       text not null unique check (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'), -- the client's key at the ERP
    name       text not null,
    currency   text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    timezone   text not null default 'UTC',
    created_at timestamptz not null
);

create table connections (
    id           uuid primary key,
    client_id    uuid references clients,
    kind         text not null,
    role         text not null check (role in ('client', 'internal_ats', 'erp')),
    name         text not null,
    settings     jsonb not null default '{}', -- values that are no secret
    secrets      bytea not null,              -- encrypted JSON of the secret values
    state        text not null default 'active' check (state in ('active', 'paused', 'needs_attention')),
    state_reason text not null default '',
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    check ((role = 'client') = (client_id is not null))
);

create table profiles (
    connection_id uuid not null references connections on delete cascade,
    version       int  not null,
    state         text not null check (state in ('draft', 'published', 'superseded')),
    document      text not null, -- the YAML as the author wrote it
    author        text not null,
    note          text not null default '',
    created_at    timestamptz not null,
    published_at  timestamptz,
    primary key (connection_id, version)
);
create unique index profiles_published on profiles (connection_id) where state = 'published';

-- One row per stream that is read: cursor, schedule, lease, freshness.
create table feeds (
    connection_id   uuid not null references connections on delete cascade,
    feed            text not null check (feed in ('requisitions', 'statuses', 'candidates')),
    interval_s      int  not null check (interval_s > 0),
    cursor          jsonb,
    next_poll_at    timestamptz not null,
    wanted_at       timestamptz, -- a hint (webhook, button) arrived; newer than the poll's start: poll again at once
    lease           uuid,
    lease_until     timestamptz,
    last_started_at timestamptz,
    last_success_at timestamptz,
    last_error_at   timestamptz,
    last_error      text not null default '',
    failures        int  not null default 0, -- in a row
    last_records    int  not null default 0, -- of the last successful poll
    primary key (connection_id, feed)
);
create index feeds_due on feeds (next_poll_at);

-- Bodies whose reading consumed them at the vendor; closed with the page that holds them.
create table spool (
    id            bigint generated always as identity primary key,
    connection_id uuid not null references connections on delete cascade,
    feed          text not null,
    body          bytea not null,
    created_at    timestamptz not null,
    closed_at     timestamptz
);
create index spool_pending on spool (connection_id, feed, id) where closed_at is null;

-- Bearer tokens that replicas share.
create table tokens (
    connection_id    uuid not null references connections on delete cascade,
    name             text not null,
    token            bytea, -- encrypted JSON
    expires_at       timestamptz,
    refreshing_until timestamptz,
    primary key (connection_id, name)
);

-- What a vendor sent, as it sent it; one row per change.
create table raw_records (
    id                bigint generated always as identity primary key,
    connection_id     uuid not null references connections on delete cascade,
    feed              text not null,
    external_id       text not null,
    version           text not null default '',
    hash              bytea not null,
    raw               bytea not null,
    vendor_updated_at timestamptz,
    received_at       timestamptz not null
);
create index raw_records_latest on raw_records (connection_id, feed, external_id, id desc);

create table requisitions (
    id                uuid primary key,
    client_id         uuid not null references clients,
    connection_id     uuid not null references connections,
    external_id       text not null,
    raw_id            bigint not null references raw_records,
    version           int not null default 1, -- counts changes of the raw record
    state             text not null default 'received'
                      check (state in ('received', 'needs_attention', 'valid', 'synced')),
    number            text not null default '',
    title             text not null default '',
    status            text not null default '',
    canonical         jsonb not null default '{}',
    findings          jsonb not null default '[]',
    gaps              jsonb not null default '[]',
    profile_version   int not null default 0,
    job_connection_id uuid references connections,
    job_id            text,
    job_url           text not null default '',
    synced_version    int not null default 0,
    synced_hash       bytea,
    received_at       timestamptz not null,
    updated_at        timestamptz not null,
    synced_at         timestamptz,
    unique (connection_id, external_id)
);
create unique index requisitions_job on requisitions (job_connection_id, job_id) where job_id is not null;
create index requisitions_list on requisitions (updated_at desc);

create table candidates (
    id            uuid primary key,
    connection_id uuid not null references connections,
    external_id   text not null,
    canonical     jsonb not null default '{}',
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    unique (connection_id, external_id)
);

create table submissions (
    id                  uuid primary key,
    client_id           uuid not null references clients,
    requisition_id      uuid not null references requisitions,
    candidate_id        uuid not null references candidates,
    ats_connection_id   uuid not null references connections,
    ats_submission_id   text not null,
    ats_status          text not null default '', -- the internal ATS's last word, or ours if we wrote it
    connection_id       uuid not null references connections, -- the client system
    state               text not null default 'pending'
                        check (state in ('pending', 'needs_attention', 'delivered')),
    canonical           jsonb not null default '{}',
    findings            jsonb not null default '[]',
    gaps                jsonb not null default '[]',
    profile_version     int not null default 0,
    client_ref          text,
    client_url          text not null default '',
    extra               jsonb not null default '{}',
    stage               text not null default 'internal_submittal',
    stage_at            timestamptz not null,
    raw_status          text not null default '',
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    delivered_at        timestamptz,
    unique (requisition_id, candidate_id),
    unique (ats_connection_id, ats_submission_id)
);
create unique index submissions_client_ref on submissions (connection_id, client_ref) where client_ref is not null;
create index submissions_list on submissions (updated_at desc);

create table stage_events (
    id            uuid primary key,
    submission_id uuid not null references submissions on delete cascade,
    source        text not null check (source in ('hub', 'client', 'internal_ats')),
    stage         text not null, -- '' when no status table knows the word
    raw_status    text not null,
    move          text not null,
    occurred_at   timestamptz not null, -- the vendor's clock
    original      text not null default '', -- the vendor's own spelling of it
    received_at   timestamptz not null,
    synced_at     timestamptz, -- the internal ATS shows it
    unique (submission_id, source, raw_status, occurred_at)
);

create table placements (
    id                uuid primary key,
    client_id         uuid not null references clients,
    submission_id     uuid not null unique references submissions,
    requisition_id    uuid not null references requisitions,
    version           int not null default 1, -- counts changes of the terms, by a payload or by a person
    state             text not null
                      check (state in ('needs_attention', 'awaiting_review', 'sent_back', 'approved', 'posted')),
    extracted         jsonb not null default '{}', -- as the client's payload says
    corrections       jsonb not null default '{}', -- field -> {value, by, reason, at}
    canonical         jsonb not null default '{}', -- extracted with the corrections over it
    bill              jsonb,
    content_hash      text not null default '', -- of canonical and bill; an approval is of this content
    findings          jsonb not null default '[]',
    gaps              jsonb not null default '[]',
    profile_version   int not null default 0,
    raw_id            bigint references raw_records,
    editors           uuid[] not null default '{}', -- who touched these terms
    sent_back_reason  text not null default '',
    approved_by       uuid,
    approved_at       timestamptz,
    approved_hash     text,
    erp_connection_id uuid references connections,
    erp_id            text,
    erp_number        text not null default '',
    erp_url           text not null default '',
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    posted_at         timestamptz,
    -- four eyes, where nobody can go round them
    constraint placements_four_eyes check (approved_by is null or not (approved_by = any (editors))),
    constraint placements_approved_content check (state not in ('approved', 'posted') or (approved_by is not null and approved_hash = content_hash))
);
create index placements_queue on placements (state, updated_at);

-- One write to an outside system: an intent before it, a receipt after it.
create table effects (
    id            uuid primary key,
    connection_id uuid not null references connections,
    kind          text not null, -- job.put, submission.put, status.put, billing.put
    key           text not null, -- our reference, which the vendor keeps
    subject       text not null,
    subject_id    uuid not null,
    state         text not null check (state in ('intended', 'sent', 'unknown', 'done', 'refused')),
    attempts      int not null default 0,
    request       text not null default '', -- masked
    vendor_id     text not null default '',
    vendor_number text not null default '',
    vendor_url    text not null default '',
    existed       boolean not null default false,
    error_code    text not null default '',
    error         text not null default '',
    created_at    timestamptz not null,
    sent_at       timestamptz,
    settled_at    timestamptz,
    unique (connection_id, kind, key)
);
create index effects_subject on effects (subject, subject_id);
create index effects_open on effects (connection_id) where state in ('intended', 'sent', 'unknown');

-- Calls to vendors, masked before they come here.
create table exchanges (
    id               bigint generated always as identity primary key,
    connection_id    uuid not null references connections on delete cascade,
    subject          text not null default '',
    subject_id       uuid,
    at               timestamptz not null,
    method           text not null,
    host             text not null,
    path             text not null,
    status           int not null default 0,
    duration_ms      int not null,
    request_headers  text not null default '',
    request_body     text not null default '',
    response_headers text not null default '',
    response_body    text not null default '',
    error            text not null default ''
);
create index exchanges_subject on exchanges (subject, subject_id, id desc);
create index exchanges_connection on exchanges (connection_id, id desc);
create index exchanges_old on exchanges (at);

create table failures (
    id            uuid primary key,
    step          text not null, -- the River kind
    subject       text not null,
    subject_id    text not null,
    connection_id uuid references connections on delete cascade,
    code          text not null,
    cause         text not null, -- equal for records that failed for the same reason
    message       text not null,
    state         text not null check (state in ('retrying', 'open', 'resolved', 'discarded')),
    attempts      int not null default 1,
    args          jsonb not null,
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    next_at       timestamptz,
    closed_at     timestamptz,
    closed_by     text not null default '',
    close_reason  text not null default ''
);
create unique index failures_live on failures (step, subject, subject_id) where state in ('retrying', 'open');
create index failures_cause on failures (cause) where state in ('retrying', 'open');

create table inbox (
    id            bigint generated always as identity primary key,
    connection_id uuid not null references connections on delete cascade,
    delivery_id   text not null,
    headers       jsonb not null,
    body          bytea not null,
    received_at   timestamptz not null,
    processed_at  timestamptz,
    outcome       text not null default '',
    unique (connection_id, delivery_id)
);

-- Deliveries that were refused, counted: nothing is silent.
create table refusals (
    connection_id text not null, -- as it stood in the address; may be nobody's
    reason        text not null,
    day           date not null,
    count         int not null default 1,
    last_at       timestamptz not null,
    primary key (connection_id, reason, day)
);

create table gaps (
    connection_id uuid not null references connections on delete cascade,
    kind          text not null,
    field         text not null,
    value         text not null,
    message       text not null,
    count         int not null default 1,
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    closed_at     timestamptz,
    primary key (connection_id, kind, field, value)
);

create table users (
    id            uuid primary key,
    email         text not null unique check (email = lower(email)),
    name          text not null,
    role          text not null check (role in ('account_manager', 'finance', 'operator', 'admin')),
    password_hash text not null,
    disabled_at   timestamptz,
    created_at    timestamptz not null
);

create table sessions (
    token   text primary key, -- hashed
    data    bytea not null,
    expiry  timestamptz not null
);
create index sessions_expiry on sessions (expiry);

create table login_throttle (
    key           text primary key, -- account or address
    failures      int not null,
    blocked_until timestamptz,
    last_at       timestamptz not null
);

create table api_tokens (
    id         uuid primary key,
    name       text not null,
    scopes     text[] not null,
    created_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

-- Who did what: append only, each row hashed over the one before it.
create table audit_log (
    id         bigint primary key,
    at         timestamptz not null,
    actor      text not null, -- e-mail of a user, name of a token, or 'hub'
    action     text not null, -- noun.verb
    subject    text not null default '',
    subject_id text not null default '',
    detail     text not null default '{}', -- JSON text: hashed as it stands
    prev_hash  bytea not null,
    hash       bytea not null
);

-- +goose StatementBegin
create function audit_log_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append only';
end $$;
-- +goose StatementEnd
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function audit_log_append_only();

-- Small facts of the hub itself: the key that signs API tokens, and the like.
create table secrets (
    name       text primary key,
    value      bytea not null, -- encrypted
    created_at timestamptz not null
);

-- +goose Down
drop table secrets, audit_log, api_tokens, login_throttle, sessions, users, gaps, refusals, inbox, failures, exchanges, effects,
    placements, stage_events, submissions, candidates, requisitions, raw_records, tokens, spool, feeds, profiles, connections, clients;
drop function audit_log_append_only;
