-- +goose Up

-- When the client's system is asked for a placement's terms again: an offer that was
-- withdrawn, or a work order that was extended, changes no status that is polled.
alter table placements add column next_read_at timestamptz not null default now() + interval '1 day';
create index placements_next_read on placements (next_read_at) where state <> 'cancelled';

-- +goose Down
alter table placements drop column next_read_at;
