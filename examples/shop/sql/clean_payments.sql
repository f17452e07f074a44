create schema if not exists clean;
create table if not exists clean.payments (date date, order_id integer, amount decimal(10, 2));

delete from clean.payments where date = $date::date;

-- One row a paid order: refused payments are left out.
insert into clean.payments
select delivered, order_id, sum(amount)
from raw.payments
where delivered = $date::date and status = 'paid'
group by all;
