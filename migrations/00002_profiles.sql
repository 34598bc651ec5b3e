-- +goose Up

-- Profiles that are edited: a draft is version 0 until it is published. Its
-- revision changes with each save, so that an old page cannot undo a newer one.
alter table clients add column review_threshold int not null default 25 check (review_threshold >= 0); -- records that a publication may change before a second person looks

alter table connections
    add column mode text not null default 'live' check (mode in ('shadow', 'live')), -- shadow: nothing is written outside for its records
    add column draft_revision int not null default 0; -- the last one that was given out; never used twice

alter table profiles
    add column revision     int not null default 0, -- of a draft
    add column base_version int not null default 0, -- what the draft was begun from
    add column updated_at   timestamptz,
    add column updated_by   text not null default '',
    add column published_by text not null default '',
    add column requested_by text not null default '', -- wants this draft published; a second person confirms
    add column requested_at timestamptz,
    add column request_note text not null default '',
    add constraint profiles_draft_is_zero check ((state = 'draft') = (version = 0)),
    add constraint profiles_second_person check (state = 'draft' or requested_by = '' or requested_by <> published_by);
update profiles set updated_at = created_at, updated_by = author, published_by = author;
alter table profiles alter column updated_at set not null;

-- Code lists of a connection: each save is a version of its own.
create table code_lists (
    id            bigint generated always as identity primary key,
    connection_id uuid not null references connections on delete cascade,
    name          text not null,
    version       int  not null,
    entries       bytea not null, -- gzip of a JSON object: code -> value
    count         int  not null,
    created_by    text not null,
    created_at    timestamptz not null,
    unique (connection_id, name, version)
);

-- What a draft would do to records that are here.
create table previews (
    id            uuid primary key,
    connection_id uuid not null references connections on delete cascade,
    revision      int  not null, -- of the draft
    document      text not null, -- the draft as it was looked at
    base_version  int  not null, -- what was in force
    lists         text not null default '', -- the code lists that were in force
    wanted        int  not null check (wanted > 0),
    total         int  not null default 0,
    done          int  not null default 0,
    state         text not null default 'running' check (state in ('running', 'done', 'failed')),
    error         text not null default '',
    summary       jsonb not null default '{}',
    created_by    text not null,
    created_at    timestamptz not null,
    finished_at   timestamptz
);
create index previews_newest on previews (connection_id, created_at desc);

create table preview_records (
    preview_id     uuid not null references previews on delete cascade,
    ordinal        int  not null, -- the newest record is 1
    raw_id         bigint,
    requisition_id uuid,
    subject        text not null, -- requisition, submission, placement
    subject_id     text not null default '',
    title          text not null default '',
    verdict        text not null check (verdict in ('same', 'changed', 'held', 'released', 'resubmit')),
    changes        jsonb not null default '[]', -- [{field, before, after}]
    reasons        jsonb not null default '[]', -- why it is held, or was
    primary key (preview_id, ordinal)
);
create index preview_records_verdict on preview_records (preview_id, verdict, ordinal);

-- What would have been written outside for a connection in shadow mode.
create table shadow_events (
    connection_id uuid not null references connections on delete cascade,
    step          text not null, -- the River kind that goes on when the connection is live
    subject       text not null,
    subject_id    uuid not null,
    words         text not null, -- what would have happened
    body          text not null default '', -- masked
    target_id     uuid references connections on delete cascade, -- where to
    count         int  not null default 1,
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    released_at   timestamptz, -- the connection went live
    primary key (step, subject_id)
);
create index shadow_events_waiting on shadow_events (connection_id) where released_at is null;

-- +goose Down
drop table shadow_events, preview_records, previews, code_lists;
delete from profiles where state = 'draft';
alter table profiles drop column revision, drop column base_version, drop column updated_at, drop column updated_by, drop column published_by,
    drop column requested_by, drop column requested_at, drop column request_note, drop constraint profiles_draft_is_zero;
alter table connections drop column mode, drop column draft_revision;
alter table clients drop column review_threshold;
