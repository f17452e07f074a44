/** The picture as text: a strict reader of its grammar, what it says, and what fits. */
import { expect, test } from 'vitest';
import { renderGraph } from '../../src/report/graph.js';
import { middleCut } from '../../src/report/graph-svg.js';
import { widthOf } from '../../src/report/measure.js';
import { terminal } from '../../src/report/sinks.js';
import { tasksOf } from './graph-samples.js';
import { names } from './hostile.js';
import { shop, viewOf } from './shop.js';

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands directly in it. */
  text: string;
}

const plain = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** The tags of an XML document in their order. Throws where the grammar is left. */
function readXml(document: string): Tag[] {
  const tags: Tag[] = [];
  const open: Tag[] = [];
  const piece = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>|((?:[^<&]|&#\d+;)+)/gy;
  let end = 0;
  for (const [whole, closing, name = '', attributes = '', alone, text] of document.matchAll(piece)) {
    end += whole.length;
    if (text !== undefined) {
      const last = open.at(-1);
      if (last) last.text += plain(text);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    } else {
      const pairs = [...attributes.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
      const tag: Tag = { name, attributes: Object.fromEntries(pairs), text: '' };
      tags.push(tag);
      if (!alone) open.push(tag);
    }
  }
  if (end !== document.length || open.length > 0) throw new Error(`not XML: ${document.slice(end, end + 60)}`);
  return tags;
}

const svg = (view = shop, tasks?: ReturnType<typeof tasksOf>): Tag[] =>
  readXml(renderGraph(view, { format: 'svg', color: false, tasks }));

const those = (tags: readonly Tag[], name: string): string[] =>
  tags.filter((tag) => tag.name === name).map(({ text }) => text);

test('every job and object is drawn once with its whole name, and every edge', () => {
  const tags = svg();
  const nodes = [...shop.objects.map(({ id }) => id.replace(/^file:/, '')), ...shop.jobs.map(({ name }) => name)];
  expect(those(tags, 'title').slice(1)).toEqual(nodes);
  expect(those(tags, 'text')).toEqual(nodes);
  expect(tags.filter(({ attributes }) => attributes.class === 'edge')).toHaveLength(shop.edges.length);
  expect(tags.filter(({ attributes }) => attributes.class === 'node file')).toHaveLength(4);
});

test('it runs nothing and refers to nothing', () => {
  const text = renderGraph(shop, { format: 'svg', color: false });
  expect(new Set(readXml(text).map(({ name }) => name))).toEqual(
    new Set(['svg', 'title', 'style', 'rect', 'g', 'path', 'text']),
  );
  expect(text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/\bon\w+=|href|url\(|https?:|@import/);
  expect(text).toContain('prefers-color-scheme:dark');
});

test('a long name is cut in the middle, and whole in its title', () => {
  const long = `${'very_'.repeat(30)}long`;
  const tags = svg(viewOf([{ name: long, sources: [], targets: [] }]));
  expect(those(tags, 'title')[1]).toBe(long);
  expect(those(tags, 'text')).toEqual(['very_very_very_v…_very_very_long']);
  expect(middleCut('landing/orders_{date}.csv', 12)).toBe('landin…}.csv');
  for (const name of [...names, '日本語'.repeat(20), '💩'.repeat(30)])
    for (const width of [4, 9, 32]) expect(widthOf(middleCut(terminal(name), width))).toBeLessThanOrEqual(width);
});

test('with the state: the look of its phase, the counts in the title, a legend of what is there', () => {
  const tags = svg(shop, [...tasksOf('load_orders', 'failed', 'succeeded'), ...tasksOf('build_sales', 'held')]);
  expect(tags.filter(({ attributes }) => attributes.class === 'node job failed')).toHaveLength(1);
  expect(those(tags, 'title')).toContain('load_orders: 1 failed, 1 succeeded');
  expect(those(tags, 'title')).toContain('load_payments: no tasks yet');
  expect(those(tags, 'text')).toContain('✗ load_orders');
  expect(those(tags, 'text').slice(0, 5)).toEqual(['file', 'other object', '✗ failed', '‖ held', 'no tasks yet']);
});

test('hostile names are text', () => {
  const hostile = [
    ...names,
    '<img src=x onerror="alert(1)">',
    ']]>',
    '</svg><script>alert(1)</script>',
    'a\ufffeb\uffff',
  ];
  const titles = those(svg(viewOf(hostile.map((name) => ({ name, sources: [], targets: [] })))), 'title');
  expect(titles.slice(1)).toEqual(
    hostile.map((name) => terminal(name).replace('\ufffe', '\\ufffe').replace('\uffff', '\\uffff')),
  );
});

test('no jobs', () => {
  expect(those(svg(viewOf([])), 'title')).toHaveLength(1);
});
