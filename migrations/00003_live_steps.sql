-- +goose Up

-- A connection in shadow mode goes live flow by flow: those that are named here
-- write outside already.
alter table connections add column live_steps text[] not null default '{}'
    check (live_steps <@ array['jobs', 'candidates', 'statuses', 'bills'] and (mode = 'shadow' or live_steps = '{}'));

-- +goose Down
alter table connections drop column live_steps;
