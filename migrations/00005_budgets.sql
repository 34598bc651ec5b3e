-- +goose Up

-- What one credential may call, over all processes. Unlogged: after a crash of the
-- database every credential begins with a fresh budget, and its vendor's answers
-- correct it.
create unlogged table call_budgets (
    key          text primary key,                    -- of the credential: a keyed hash
    tokens       double precision not null default 0, -- of the documented pace; negative: calls that have their turn later
    refilled_at  timestamptz,                         -- null: never used
    window_left  int not null default 0,              -- calls left in the vendor's window, as its headers said
    window_limit int not null default 0,
    window_ends  timestamptz,
    window_ms    bigint not null default 0,
    paused_until timestamptz,                         -- the vendor asked for silence
    flying       int not null default 0               -- calls that were not answered yet
);

-- +goose Down
drop table call_budgets;
