-- +goose Up

-- What people should know of without looking: a notice is open while it is so.
create table notices (
    id         bigint generated always as identity primary key,
    kind       text not null check (kind in ('review.overdue', 'posting.failed', 'placement.sent_back')),
    subject    text not null,
    subject_id uuid not null,
    client_id  uuid references clients on delete cascade,
    words      text not null,
    since      timestamptz not null, -- since when it is so
    opened_at  timestamptz not null,
    closed_at  timestamptz
);
create unique index notices_open on notices (kind, subject_id) where closed_at is null;

-- Where notices go by webhook.
create table notice_hooks (
    id         uuid primary key,
    url        text not null unique,
    secret     bytea not null, -- sealed
    kinds      text[] not null,
    created_by text not null,
    created_at timestamptz not null,
    sent_at    timestamptz, -- the last one that was taken
    error      text not null default '' -- of the last try
);

-- One delivery per notice, hook and event: an intent, then the answer.
create table notice_posts (
    id        uuid primary key, -- also the delivery's id at the other side
    hook_id   uuid not null references notice_hooks on delete cascade,
    notice_id bigint not null references notices on delete cascade,
    event     text not null check (event in ('opened', 'closed')),
    sent_at   timestamptz,
    unique (hook_id, notice_id, event)
);

alter table users
    add column digest text not null default 'daily' check (digest in ('off', 'hourly', 'daily')),
    add column digest_at timestamptz; -- the last one that left

-- +goose Down
alter table users drop column digest_at, drop column digest;
drop table notice_posts, notice_hooks, notices;
