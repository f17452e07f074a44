create schema if not exists mart;
create table if not exists mart.sales (
  date date, category varchar, customer_id integer, customer varchar, city varchar, orders integer, revenue decimal(12, 2)
);

delete from mart.sales where date = $date::date;

insert into mart.sales
with customers as ( -- each customer as of that day: the newest row delivered until then
  select distinct on (id) id, name, city
  from raw.customers
  where delivered <= $date::date
  order by id, delivered desc
)
select orders.date, orders.category, customers.id, customers.name, customers.city, count(*), sum(payments.amount)
from clean.orders
join clean.payments on payments.order_id = orders.id and payments.date = orders.date
join customers on customers.id = orders.customer_id
where orders.date = $date::date
group by all;
