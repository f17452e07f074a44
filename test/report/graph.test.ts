import { expect, test } from 'vitest';
import { type GraphOptions, renderGraph } from '../../src/report/graph.js';
import { terminal } from '../../src/report/sinks.js';
import { names, obeyed, readDot, readMermaid } from './hostile.js';
import { faults } from './schemas.js';
import { shop, viewOf } from './shop.js';

const render = (view = shop, options: Partial<GraphOptions> = {}): string =>
  renderGraph(view, { format: 'text', color: false, ...options });

test('the tree follows the data, shows everything in full once, and says what else a job reads', () => {
  expect(`\n${render()}`).toBe(`
landing/orders_{date}.csv
└─ load_orders
   └─ table:raw.orders/{date}
      └─ clean_orders
         └─ table:clean.orders/{date}
            └─ build_sales
               │  (with table:raw.payments/{date}, table:clean.customers)
               └─ table:mart.sales/{date}
                  └─ table:mart.sales/*
                     └─ build_revenue
                        └─ table:mart.revenue
                           └─ extract_revenue
                              └─ extracts/revenue.csv
landing/customers_{date}.csv
└─ load_customers
   └─ table:raw.customers/{date}
      └─ table:raw.customers/*
         └─ latest_customers
            └─ table:clean.customers
               └─ build_sales (above)
landing/payments_{date}.csv
└─ load_payments
   └─ table:raw.payments/{date}
      └─ build_sales (above)
`);
});

test('branches, a job without sources, a sink and a target made twice', () => {
  const view = viewOf([
    { name: 'seed', sources: [], targets: ['table:a', 'table:b'] },
    { name: 'notify', sources: ['table:a'], targets: [] },
    { name: 'more', sources: ['table:a', 'table:b'], targets: ['table:c'] },
    { name: 'also', sources: [], targets: ['table:c'] },
  ]);
  expect(`\n${render(view)}`).toBe(`
seed
├─ table:a
│  ├─ notify
│  └─ more (with table:b)
│     └─ table:c
└─ table:b
   └─ more (above)
also
└─ table:c
`);
});

test('what is too deep for the terminal goes on below, however long the chain', () => {
  const chain = viewOf(
    Array.from({ length: 20_000 }, (_, index) => ({
      name: `job_${index}`,
      sources: [`table:t${index}`],
      targets: [`table:t${index + 1}`],
    })),
  );
  const lines = render(chain).trimEnd().split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const name of ['job_0', 'job_19999', 'table:t20000']) {
    expect(lines.filter((line) => line.endsWith(` ${name}`) || line === name)).toHaveLength(1);
  }
  const continued = lines.filter((line) => line.endsWith(' (below)')).map((line) => /(\S+) \(/.exec(line)?.[1]);
  expect(continued.length).toBeGreaterThan(1000);
  expect(lines.filter((line) => /^\S+$/.test(line))).toEqual(['table:t0', ...continued]);
});

test('five hundred jobs that read each other widely are shown once each', () => {
  const layers = Array.from({ length: 500 }, (_, index) => ({
    name: `job_${index}`,
    sources: [0, 1, 2].map((other) => `table:t${Math.floor(index / 10)}_${(index + other) % 10}`),
    targets: [`table:t${Math.floor(index / 10) + 1}_${index % 10}`],
  }));
  const lines = render(viewOf(layers), { width: 400 }).trimEnd().split('\n');
  for (const { name } of layers) {
    const full = lines.filter((line) => new RegExp(` ${name}( \\(with .*\\))?$`).test(line));
    expect(full, name).toHaveLength(1);
  }
  // Each edge is one line, each root another.
  expect(lines).toHaveLength(500 * 4 + 10);
});

test('the table has a line for each source and target, and fits', () => {
  expect(`\n${render(shop, { format: 'table' })}`).toBe(`
JOB               SOURCES                       TARGETS
load_orders       landing/orders_{date}.csv     table:raw.orders/{date}
load_customers    landing/customers_{date}.csv  table:raw.customers/{date}
load_payments     landing/payments_{date}.csv   table:raw.payments/{date}
clean_orders      table:raw.orders/{date}       table:clean.orders/{date}
latest_customers  table:raw.customers/*         table:clean.customers
build_sales       table:clean.orders/{date}     table:mart.sales/{date}
                  table:raw.payments/{date}
                  table:clean.customers
build_revenue     table:mart.sales/*            table:mart.revenue
extract_revenue   table:mart.revenue            extracts/revenue.csv
`);
  const [first] = shop.jobs;
  const one = viewOf(first === undefined ? [] : [first]);
  expect(`\n${render(one, { format: 'table', width: 63 })}`).toBe(`
JOB          SOURCES                    TARGETS
load_orders  landing/orders_{date}.csv  table:raw.orders/{date}
`);
});

test('where names do not fit beside one another the table has one a line, whole as long as it can', () => {
  const view = viewOf([
    {
      name: 'load_orders',
      sources: ['file:landing/orders_{date}.csv', 'table:rates'],
      targets: ['table:raw.orders/{date}'],
    },
    { name: 'notify_the_owners_of_all_that_was_delivered', sources: ['table:raw.orders/{date}'], targets: [] },
  ]);
  expect(`\n${render(view, { format: 'table', width: 40 })}`).toBe(`
load_orders
  sources  landing/orders_{date}.csv
           table:rates
  targets  table:raw.orders/{date}
notify_the_owners_of…_that_was_delivered
  sources  table:raw.orders/{date}
`);
  expect(render(view, { format: 'table', width: 34 })).toContain('  sources  landing/ord…_{date}.csv\n');
});

test('what does not fit in a line of the tree goes on below, or in a tree of its own; only without that a name is cut', () => {
  const view = viewOf([
    { name: 'load', sources: ['file:in.csv'], targets: ['table:raw.deliveries_of_orders'] },
    {
      name: 'join',
      sources: ['table:raw.deliveries_of_orders', 'table:rates', 'table:prices'],
      targets: ['file:out/x.csv'],
    },
    { name: 'send', sources: ['file:out/x.csv'], targets: ['table:an_object_that_is_called_as_nobody_wants'] },
  ]);
  expect(`\n${render(view, { width: 40 })}`).toBe(`
in.csv
└─ load
   └─ table:raw.deliveries_of_orders
      └─ join
         │  (with table:rates,
         │  table:prices)
         └─ out/x.csv
            └─ send (below)
send
└─ table:an_object_th…ed_as_nobody_wants
table:rates
└─ join (above)
table:prices
└─ join (above)
`);
  const deep = render(view, { width: 50 });
  expect(deep).toContain('            └─ send (below)\nsend\n└─ table:an_object_that_is_called_as_nobody_wants\n');
  for (let width = 40; width < 120; width += 3)
    for (const format of ['text', 'table'] as const)
      for (const line of render(shop, { format, width }).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
});

test('colour touches neither widths nor words', () => {
  for (const format of ['text', 'table'] as const) {
    const colored = render(shop, { format, color: true });
    expect(colored).toContain('\x1b[1mload_orders\x1b[22m');
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(render(shop, { format }));
  }
});

test('DOT', () => {
  const [first] = shop.jobs;
  expect(`\n${render(viewOf(first === undefined ? [] : [first]), { format: 'dot' })}`).toBe(`
digraph objflow {
  rankdir=LR;
  node [fontname="sans-serif"];
  "file:landing/orders_{date}.csv" [label="landing/orders_{date}.csv", shape=note];
  "table:raw.orders/{date}" [label="table:raw.orders/{date}", shape=ellipse];
  "job:load_orders" [label="load_orders", shape=box, style="rounded,filled", fillcolor="#dbe9f6"];
  "file:landing/orders_{date}.csv" -> "job:load_orders";
  "job:load_orders" -> "table:raw.orders/{date}";
}
`);
});

test('Mermaid', () => {
  const view = viewOf([{ name: 'gather', sources: ['table:a/*'], targets: ['file:out/a b.csv'] }]);
  expect(`\n${render(view, { format: 'mermaid' })}`).toBe(`
flowchart LR
  n0(["table:a/#42;"])
  n1(["out/a b.csv"])
  n2["gather"]:::job
  n0 --> n2
  n2 --> n1
  classDef job fill:#dbe9f6,stroke:#4a7ba6,color:#000
`);
});

test('JSON is the graph document', () => {
  const document = JSON.parse(render(shop, { format: 'json' }));
  expect(faults('graph', document)).toEqual([]);
  expect(document).toEqual(shop);
});

test('an empty mapping says so', () => {
  expect(
    ['text', 'table'].map((format) => render(viewOf([]), { format: format === 'text' ? 'text' : 'table' })),
  ).toEqual(['no jobs\n', 'no jobs\n']);
});

test.each(['text', 'table', 'dot', 'mermaid', 'json'] as const)('hostile names go through %s unharming', (format) => {
  const view = viewOf(names.map((name) => ({ name, sources: [`file:${name}`], targets: [`table:${name}`] })));
  const text = render(view, { format, width: 400 });
  expect(obeyed(text)).toBe(false);
  if (format === 'json') expect(JSON.parse(text)).toEqual(view);
  if (format === 'dot') {
    const statements = readDot(text).map(([first]) => first);
    for (const name of names) expect(statements).toContain(`table:${terminal(name)}`);
    // Head, two defaults, three nodes and two edges a job, the closing brace.
    expect(statements).toHaveLength(3 + names.length * 5 + 1);
  }
  if (format === 'mermaid') expect(readMermaid(text).size).toBe(names.length * 3);
});
