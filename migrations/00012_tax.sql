-- +goose Up

-- What the client's bills are taxed with, in percent, as a hint for who approves: the
-- ERP works the tax out. Null: not known.
alter table clients add column tax_percent numeric check (tax_percent between 0 and 100);

-- +goose Down
alter table clients drop column tax_percent;
