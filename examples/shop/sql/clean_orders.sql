create schema if not exists clean;
create table if not exists clean.orders (date date, id integer, customer_id integer, category varchar, quantity integer);

delete from clean.orders where date = $date::date;

-- One row an order: some are sent twice, some were cancelled, and categories are spelt in several ways.
insert into clean.orders
select distinct delivered, id, customer_id, lower(trim(category)), quantity
from raw.orders
where delivered = $date::date and status <> 'cancelled';
