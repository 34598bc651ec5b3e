-- +goose Up

-- What a vendor's own setup says of fields, pick lists and statuses, as it was last
-- read, and when that is read again.
create table vocabularies (
    connection_id uuid primary key references connections on delete cascade,
    next_at       timestamptz, -- null: the connector cannot tell
    asked_at      timestamptz, -- later than read_at and failed_at: it is being read
    read_at       timestamptz,
    failed_at     timestamptz,
    error         text not null default '', -- of the last reading; '' when it went well
    checked       text not null default ''  -- the profile and lists that were held against it
);
create index vocabularies_due on vocabularies (next_at) where next_at is not null;
insert into vocabularies (connection_id, next_at) select id, now() from connections;

create table vendor_fields (
    connection_id uuid not null references connections on delete cascade,
    section       text not null, -- of the mapping document
    key           text not null, -- a cell's key where the map writes, an expression where it reads
    label         text not null,
    type          text not null,
    required      boolean not null,
    position      int not null,
    first_seen    timestamptz not null,
    last_seen     timestamptz not null,
    vanished_at   timestamptz,
    primary key (connection_id, section, key)
);

create table vendor_options (
    connection_id uuid not null,
    section       text not null,
    key           text not null,
    value         text not null,
    label         text not null,
    position      int not null,
    first_seen    timestamptz not null,
    last_seen     timestamptz not null,
    vanished_at   timestamptz,
    primary key (connection_id, section, key, value),
    foreign key (connection_id, section, key) references vendor_fields on delete cascade
);

create table vendor_statuses (
    connection_id uuid not null references connections on delete cascade,
    subject       text not null, -- submission, requisition
    word          text not null,
    label         text not null,
    position      int not null,
    first_seen    timestamptz not null,
    last_seen     timestamptz not null,
    vanished_at   timestamptz,
    primary key (connection_id, subject, word)
);

-- Which keys the records of a feed have had a value under.
create table payload_keys (
    connection_id uuid not null references connections on delete cascade,
    feed          text not null,
    path          text not null,
    example       text not null default '',
    count         int not null,
    initial       boolean not null, -- of the first records that were looked at: nothing new
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    ignored_at    timestamptz, -- a person does not want to be told
    ignored_by    text not null default '',
    primary key (connection_id, feed, path)
);

-- How far the records were looked through for keys.
create table payload_scan (
    only_one bool primary key default true check (only_one),
    raw_id   bigint not null
);
insert into payload_scan (raw_id) select coalesce(max(id), 0) from raw_records;

-- +goose Down
drop table payload_scan, payload_keys, vendor_statuses, vendor_options, vendor_fields, vocabularies;
delete from gaps where kind in ('field', 'option');
