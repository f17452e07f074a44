create schema if not exists raw;
create table if not exists raw.payments (
  delivered date, id integer, order_id integer, method varchar, amount decimal(10, 2), status varchar
);

delete from raw.payments where delivered = $date::date;

-- An amount that is no number ends it here, and nothing of the day is kept.
insert into raw.payments
select $date::date, *
from read_csv($source, header = true, delim = ',', columns = {
  id: 'integer', order_id: 'integer', method: 'varchar', amount: 'decimal(10, 2)', status: 'varchar'
});
