/** A graph that is coloured by the present state, and one that is left with one kind. */
import { describe, expect, test } from 'vitest';
import type { GraphView } from '../../src/core/views.js';
import { type GraphOptions, graphFormats, renderGraph } from '../../src/report/graph.js';
import { terminal } from '../../src/report/sinks.js';
import { tasksOf } from './graph-samples.js';
import { names, obeyed } from './hostile.js';
import { faults } from './schemas.js';
import { shop, viewOf } from './shop.js';

const render = (options: Partial<GraphOptions>, view: GraphView = shop): string =>
  renderGraph(view, { format: 'text', color: false, ...options });

const three = viewOf([
  { name: 'load', sources: ['file:in/{date}.csv'], targets: ['table:raw/{date}'] },
  { name: 'build', sources: ['table:raw/{date}'], targets: ['table:mart/{date}'] },
  { name: 'extract', sources: ['table:mart/{date}'], targets: ['file:out.csv'] },
]);
const tasks = [...tasksOf('load', 'succeeded', 'failed', 'succeeded'), ...tasksOf('build', 'blocked')];

describe('with the present state', () => {
  test('text says what most needs a person first, once for each job', () => {
    expect(`\n${render({ tasks }, three)}`).toBe(`
in/{date}.csv
└─ load ✗ 1 failed, 2 succeeded
   └─ table:raw/{date}
      └─ build ▪ blocked
         └─ table:mart/{date}
            └─ extract no tasks yet
               └─ out.csv
`);
    expect(render({ tasks, color: true }, three)).toContain('\x1b[31m✗ 1 failed, 2 succeeded\x1b[39m');
  });

  test('the table has a column for it', () => {
    expect(`\n${render({ format: 'table', tasks }, three)}`).toBe(`
JOB      STATUS                   SOURCES            TARGETS
load     ✗ 1 failed, 2 succeeded  in/{date}.csv      table:raw/{date}
build    ▪ blocked                table:raw/{date}   table:mart/{date}
extract  no tasks yet             table:mart/{date}  out.csv
`);
  });

  test('DOT and Mermaid', () => {
    const dot = render({ format: 'dot', tasks }, three);
    expect(dot).toContain(
      '"job:load" [label="✗ load", shape=box, style="rounded,filled", fillcolor="#fcdcda", color="#c62828", tooltip="1 failed, 2 succeeded"];',
    );
    expect(dot).toContain('"job:extract" [label="extract", shape=box, style="rounded,filled", fillcolor="#dbe9f6"');
    const mermaid = render({ format: 'mermaid', tasks }, three);
    expect(mermaid).toContain('["#10007; load"]:::failed\n');
    expect(mermaid).toContain('["extract"]:::job\n');
    expect(mermaid.match(/classDef \w+/g)).toEqual(['classDef job', 'classDef failed', 'classDef blocked']);
  });

  test('JSON', () => {
    const document = JSON.parse(render({ format: 'json', tasks }, three));
    expect(faults('graph', document)).toEqual([]);
    expect(document.jobs).toMatchObject([
      { name: 'load', phase: 'failed', tasks: { failed: 1, succeeded: 2 } },
      { name: 'build', phase: 'blocked', tasks: { blocked: 1 } },
      { name: 'extract', tasks: {} },
    ]);
    expect('phase' in document.jobs[2]).toBe(false);
    expect(document.objects).toEqual(three.objects);
  });
});

describe('one kind', () => {
  test('jobs are joined where one feeds the other, through patterns that meet as well', () => {
    const document = JSON.parse(render({ format: 'json', only: 'jobs' }));
    expect(faults('graph', document)).toEqual([]);
    expect(document).toMatchObject({ jobs: shop.jobs, objects: [] });
    const edge = (from: string, to: string) => ({ from: `job:${from}`, to: `job:${to}` });
    expect(document.edges).toEqual([
      edge('load_orders', 'clean_orders'),
      edge('load_customers', 'latest_customers'),
      edge('load_payments', 'build_sales'),
      edge('clean_orders', 'build_sales'),
      edge('latest_customers', 'build_sales'),
      edge('build_sales', 'build_revenue'),
      edge('build_revenue', 'extract_revenue'),
    ]);
  });

  test('what meets a pattern does not meet all that this one meets', () => {
    const view = viewOf(
      [
        { name: 'one', sources: [], targets: ['file:a/{x}.csv'] },
        { name: 'two', sources: ['file:*/b.csv'], targets: [] },
        { name: 'three', sources: ['file:c/*.csv'], targets: [] },
      ],
      [
        { from: 'file:a/{x}.csv', to: 'file:*/b.csv' },
        { from: 'file:*/b.csv', to: 'file:c/*.csv' },
      ],
    );
    expect(JSON.parse(render({ format: 'json', only: 'jobs' }, view)).edges).toEqual([
      { from: 'job:one', to: 'job:two' },
    ]);
  });

  test('objects are joined through jobs, and stand where the jobs stand that make them', () => {
    const document = JSON.parse(render({ format: 'json', only: 'objects', tasks }, three));
    expect(faults('graph', document)).toEqual([]);
    expect(document).toEqual({
      jobs: [],
      objects: [
        { id: 'file:in/{date}.csv', kind: 'file' },
        { id: 'table:raw/{date}', kind: 'table', phase: 'failed', tasks: { failed: 1, succeeded: 2 } },
        { id: 'table:mart/{date}', kind: 'table', phase: 'blocked', tasks: { blocked: 1 } },
        { id: 'file:out.csv', kind: 'file', tasks: {} },
      ],
      edges: [
        { from: 'file:in/{date}.csv', to: 'table:raw/{date}' },
        { from: 'table:raw/{date}', to: 'table:mart/{date}' },
        { from: 'table:mart/{date}', to: 'file:out.csv' },
      ],
    });
  });

  test('a job that makes nothing stays among objects, where its state would be nowhere else', () => {
    const view = viewOf([...three.jobs, { name: 'noisy', sources: ['table:mart/{date}'], targets: [] }]);
    const all = [...tasks, ...tasksOf('noisy', 'failed')];
    expect(`\n${render({ only: 'objects', tasks: all }, view)}`).toBe(`
in/{date}.csv
└─ table:raw/{date} ✗ 1 failed, 2 succeeded
   └─ table:mart/{date} ▪ blocked
      ├─ out.csv no tasks yet
      └─ noisy ✗ failed
`);
    for (const format of graphFormats) {
      expect(render({ format, only: 'objects', tasks: all }, view), format).toContain('noisy');
      expect(render({ format, only: 'objects' }, view), format).not.toContain('noisy');
    }
    const document = JSON.parse(render({ format: 'json', only: 'objects', tasks: all }, view));
    expect(faults('graph', document)).toEqual([]);
    expect(document.jobs).toMatchObject([{ name: 'noisy', phase: 'failed', tasks: { failed: 1 } }]);
    expect(document.edges).toContainEqual({ from: 'table:mart/{date}', to: 'job:noisy' });
  });

  test('text and table', () => {
    expect(`\n${render({ only: 'jobs', tasks }, three)}`).toBe(`
load ✗ 1 failed, 2 succeeded
└─ build ▪ blocked
   └─ extract no tasks yet
`);
    expect(`\n${render({ format: 'table', only: 'objects' }, three)}`).toBe(`
OBJECT             UPSTREAM           DOWNSTREAM
in/{date}.csv                         table:raw/{date}
table:raw/{date}   in/{date}.csv      table:mart/{date}
table:mart/{date}  table:raw/{date}   out.csv
out.csv            table:mart/{date}
`);
  });

  test.each(graphFormats)('%s names nothing of the other kind', (format) => {
    for (const [only, gone] of [
      ['jobs', /raw\/|mart\/|in\/\{|out\.csv/],
      ['objects', /\b(build|extract|load)\b/],
    ] as const) {
      // JSON keeps what each job reads and writes; the words of the page are its own.
      const text = render({ format, only }, three);
      const told =
        format === 'json'
          ? JSON.stringify(JSON.parse(text).edges)
          : text.replace(/[\s\S]*<svg|<script type="module">[\s\S]*/g, '');
      expect(told).not.toMatch(gone);
    }
  });
});

test.each(graphFormats)('%s: hostile names stay names, whatever the graph shows', (format) => {
  const view = viewOf(names.map((name) => ({ name, sources: [`file:${name}`], targets: [`table:${name}`] })));
  const all = names.flatMap((name) => tasksOf(name, 'failed'));
  for (const only of [undefined, 'jobs', 'objects'] as const) {
    const text = render({ format, only, tasks: all, width: 400 }, view);
    expect(obeyed(text)).toBe(false);
    expect(text).toContain(terminal('plain.csv'));
  }
});
