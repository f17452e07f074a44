/** A mapping like that of a shop: deliveries are loaded, cleaned, joined, and leave as extracts. */
import { kindOf } from '../../src/core/object.js';
import type { GraphView } from '../../src/core/views.js';

const jobs: GraphView['jobs'] = (
  [
    ['load_orders', ['file:landing/orders_{date}.csv'], ['table:raw.orders/{date}']],
    ['load_customers', ['file:landing/customers_{date}.csv'], ['table:raw.customers/{date}']],
    ['load_payments', ['file:landing/payments_{date}.csv'], ['table:raw.payments/{date}']],
    ['clean_orders', ['table:raw.orders/{date}'], ['table:clean.orders/{date}']],
    ['latest_customers', ['table:raw.customers/*'], ['table:clean.customers']],
    [
      'build_sales',
      ['table:clean.orders/{date}', 'table:raw.payments/{date}', 'table:clean.customers'],
      ['table:mart.sales/{date}'],
    ],
    ['build_revenue', ['table:mart.sales/*'], ['table:mart.revenue']],
    ['extract_revenue', ['table:mart.revenue'], ['file:extracts/revenue.csv']],
  ] as const
).map(([name, sources, targets]) => ({ name, sources, targets }));

/** A view of jobs: edges along sources and targets, and others given, where patterns of two objects meet. */
export const viewOf = (declared: GraphView['jobs'], others: GraphView['edges'] = []): GraphView => ({
  jobs: declared,
  objects: [...new Set(declared.flatMap(({ sources, targets }) => [...sources, ...targets]))].map((id) => ({
    id,
    kind: kindOf(id),
  })),
  edges: [
    ...declared.flatMap(({ name, sources, targets }) => [
      ...sources.map((id) => ({ from: id, to: `job:${name}` })),
      ...targets.map((id) => ({ from: `job:${name}`, to: id })),
    ]),
    ...others,
  ],
});

export const shop = viewOf(jobs, [
  { from: 'table:raw.customers/{date}', to: 'table:raw.customers/*' },
  { from: 'table:mart.sales/{date}', to: 'table:mart.sales/*' },
]);
