create schema if not exists raw;
create table if not exists raw.orders (
  delivered date, id integer, customer_id integer, category varchar, quantity integer, price decimal(10, 2), status varchar
);

-- Loading a day again replaces it, whole or not at all: this file is one transaction.
delete from raw.orders where delivered = $date::date;

insert into raw.orders
select $date::date, *
from read_csv($source, header = true, delim = ',', columns = {
  id: 'integer', customer_id: 'integer', category: 'varchar', quantity: 'integer', price: 'decimal(10, 2)', status: 'varchar'
});
