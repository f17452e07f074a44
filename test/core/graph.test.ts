/**
 * The graph that follows from patterns: edges, order, cycles, and what is printed of it.
 */
import { expect, test } from 'vitest';
import { buildGraph, graphView } from '../../src/core/graph.js';
import type { Job } from '../../src/core/job.js';
import { OverlapIndex } from '../../src/core/overlaps.js';
import { overlap, type Pattern, parsePattern } from '../../src/core/pattern.js';
import { forSeeds, type Random } from './pattern-tools.js';

function pattern(text: string, where?: Readonly<Record<string, string>>): Pattern {
  const parsed = parsePattern(text, where);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

type Spec = readonly [name: string, sources: readonly string[], targets: readonly string[]];

const mappingOf = (...specs: readonly Spec[]) => ({
  jobs: new Map(
    specs.map(([name, sources, targets], index): [string, Job] => [
      name,
      {
        ...{
          name,
          index,
          tags: [],
          captures: [],
          when: 'any',
          run: 'true',
          shell: 'sh',
          env: {},
          priority: 0,
          enabled: true,
        },
        ...{ retries: { attempts: 1, delay: 0, backoff: 1 }, onUpstreamFailure: 'block', onMissingTarget: 'ignore' },
        ...{ sourcesAs: 'all', definition: '', place: { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 } },
        sources: sources.map((text) => ({ pattern: pattern(text), trigger: true, optional: false })),
        targets: targets.map((text) => ({ pattern: pattern(text) })),
      },
    ]),
  ),
});

const edgesOf = (...specs: readonly Spec[]) =>
  [...buildGraph(mappingOf(...specs)).consumers.values()]
    .flat()
    .map(({ from, to, witness }) => `${from}→${to} ${witness}`);

test('literals and patterns meet in every pairing', () => {
  const read: Spec = ['read', ['data/a.csv'], []];
  expect(edgesOf(['w', [], ['data/a.csv']], read)).toEqual(['w→read file:data/a.csv']);
  expect(edgesOf(['w', ['in/{x}'], ['data/{x}.csv']], read)).toEqual(['w→read file:data/a.csv']);
  expect(edgesOf(['w', [], ['data/b.csv']], ['read', ['data/*.csv'], []])).toEqual(['w→read file:data/b.csv']);
  expect(edgesOf(['w', [], ['data/{x}_1.csv']], ['read', ['{y}/b_*.csv'], []])).toHaveLength(1);
  expect(edgesOf(['w', [], ['table:t/{x}']], ['read', ['table:t'], []])).toEqual([]);
  expect(edgesOf(['w', [], ['table:a']], ['read', ['view:a'], []])).toEqual([]);
});

test('producers are listed by source, in places that point into the jobs', () => {
  const graph = buildGraph(mappingOf(['a', [], ['x', 'table:t']], ['b', [], ['table:t']], ['c', ['y', 'table:t'], []]));
  expect(
    graph.producers.get('c')?.map((edges) => edges.map(({ from, target, source }) => [from, target, source])),
  ).toEqual([
    [],
    [
      ['a', 1, 1],
      ['b', 0, 1],
    ],
  ]);
});

test('order: upstream first, otherwise as declared', () => {
  const { order, cycles } = buildGraph(
    mappingOf(['z', ['m'], []], ['m1', ['s'], ['m']], ['other', [], []], ['s', [], ['s']]),
  );
  expect(order).toEqual(['other', 's', 'm1', 'z']);
  expect(cycles).toEqual([]);
});

test('one shortest cycle for each set of jobs that feed one another; what is only downstream is on none', () => {
  const { cycles, order } = buildGraph(
    mappingOf(
      ['before', [], ['s']],
      ['a', ['s', 'c'], ['a']],
      ['b', ['a'], ['b']],
      ['c', ['b', 'a'], ['c']],
      ['after', ['c'], ['end']],
      ['self', ['d/{x}.csv'], ['d/{x}_clean.csv']],
    ),
  );
  expect(cycles.map((cycle) => cycle.map(({ from, to }) => `${from}→${to}`))).toEqual([['a→c', 'c→a'], ['self→self']]);
  expect(order).toEqual(['before']);
});

test('a chain of 20,000 jobs that ends in its beginning is one cycle, found without recursion', () => {
  const specs = Array.from({ length: 20_000 }, (_, at): Spec => [`j${at}`, [`f${at}`], [`f${(at + 1) % 20_000}`]]);
  expect(buildGraph(mappingOf(...specs)).cycles.map(({ length }) => length)).toEqual([20_000]);
});

test('the view: nodes once, and an edge between objects that are written differently but meet', () => {
  const view = graphView(
    mappingOf(
      ['load', ['in/{d}.csv'], ['table:raw/{d}']],
      ['sum', ['table:raw/*'], ['out.csv']],
      ['mail', ['out.csv'], []],
    ),
  );
  expect(view.jobs).toContainEqual({ name: 'load', sources: ['file:in/{d}.csv'], targets: ['table:raw/{d}'] });
  expect(view.objects).toContainEqual({ id: 'table:raw/*', kind: 'table' });
  expect(view.objects).toHaveLength(4);
  expect(view.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    'file:in/{d}.csv → job:load',
    'job:load → table:raw/{d}',
    'table:raw/* → job:sum',
    'job:sum → file:out.csv',
    'file:out.csv → job:mail',
    'table:raw/{d} → table:raw/*',
  ]);
});

const parts = ['a', 'ab', 'b', '*', '**', '{x}', 'a{x}', '{x}b', 'a*b', '?', 'a?'];
const patterns = parts
  .flatMap((one) => [one, ...parts.flatMap((other) => [`${one}/${other}`, `table:${one}/${other}`])])
  .map((text) => pattern(text));

/** By text, texts of all that overlap it. */
const meeting = new Map(
  patterns.map((one) => [one.text, new Set(patterns.flatMap((two) => (overlap(one, two) ? two.text : [])))]),
);

function compare(all: readonly Pattern[], asked: readonly Pattern[]) {
  const index = new OverlapIndex(all.map((each) => [each, each.text] as const));
  for (const each of asked) {
    const expected = all.map(({ text }) => text).filter((text) => meeting.get(each.text)?.has(text));
    const found = index.of(each).map(({ value }) => value);
    if (found.sort().join() !== expected.sort().join())
      throw new Error(`${each.text} among ${all.map(({ text }) => text)}: ${found}, not ${expected}`);
  }
}

test('the index finds what comparing all with all finds', () => compare(patterns, patterns));

test('so it does among few', () => {
  const some = (random: Random, most: number) =>
    Array.from({ length: 1 + random.below(most) }, () => random.of(patterns));
  forSeeds(500, (random) => compare(some(random, 8), some(random, 20)));
});
