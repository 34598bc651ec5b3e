-- +goose Up

-- What the bills of a client name in the books: the customer (empty: the client's own
-- code) and the items (empty: the ERP connection's). Who chose them approves none of
-- the bills that come of it.
alter table clients
    add column erp_customer  text not null default '',
    add column item_time     text not null default '',
    add column item_fee      text not null default '',
    add column books_chosen_by uuid references users on delete set null;

-- What a comparison found only in the ERP.
create table reconciliation_strays (
    reconciliation_id uuid not null references reconciliations on delete cascade,
    erp_id            text not null,
    reference         text not null default '', -- ours, if it carries one; the hub knows none such
    erp_number        text not null default '',
    erp_url           text not null default '',
    client_id         uuid references clients on delete cascade, -- whose customer code it names
    customer_code     text not null default '',
    customer_name     text not null default '',
    day               date not null,
    currency          text not null default '',
    untaxed           numeric,
    primary key (reconciliation_id, erp_id)
);

-- +goose Down
drop table reconciliation_strays;
alter table clients drop column erp_customer, drop column item_time, drop column item_fee, drop column books_chosen_by;
