copy (
  select customer_id, customer, city, days, orders, revenue
  from mart.customer_value
  order by revenue desc, customer_id
  limit 20
) to $part (format csv, header);
