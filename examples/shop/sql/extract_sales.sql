copy (
  select date, category, sum(orders) as orders, count(distinct customer_id) as customers, sum(revenue) as revenue
  from mart.sales
  where date = $date::date
  group by all
  order by category
) to $part (format csv, header);
