create schema if not exists raw;
create table if not exists raw.customers (delivered date, id integer, name varchar, city varchar);

delete from raw.customers where delivered = $date::date;

insert into raw.customers
select $date::date, *
from read_csv($source, header = true, delim = ',', columns = {id: 'integer', name: 'varchar', city: 'varchar'});
