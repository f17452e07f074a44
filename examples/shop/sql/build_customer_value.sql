create or replace table mart.customer_value as
select customer_id, max_by(customer, date) as customer, max_by(city, date) as city,
  count(distinct date) as days, sum(orders) as orders, sum(revenue) as revenue
from mart.sales
group by customer_id;
