/**
 * The page of `graph --format html`, and its picture, in a real Chromium. `PICTURES=DIR` keeps screenshots there. Without
 * a Chromium it is skipped, and fails where OBJFLOW_BROWSER says that there is to be one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphView } from '../../src/core/views.js';
import { type GraphOptions, renderGraph } from '../../src/report/graph.js';
import { terminal } from '../../src/report/sinks.js';
import { type Browser, chromium, type Page, type Point, startBrowser } from './browser.js';
import { platform, tasksOf } from './graph-samples.js';
import { names } from './hostile.js';
import { viewOf } from './shop.js';

let browser: Browser;
let directory: string;

const wanted = chromium !== undefined || process.env.OBJFLOW_BROWSER !== undefined;

beforeAll(async () => {
  if (!wanted) return;
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-page-'));
  browser = await startBrowser(chromium ?? 'chromium');
});

afterAll(async () => {
  await browser?.close();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

async function show(view: GraphView, options: Partial<GraphOptions> = {}, ground?: 'light' | 'dark'): Promise<Page> {
  const { format = 'html' } = options;
  const name = `${view.jobs.length}-${options.only ?? 'all'}-${ground ?? 'light'}`;
  const file = path.join(directory, `${name}.${format}`);
  writeFileSync(file, renderGraph(view, { format, color: false, ...options }));
  const page = await browser.open(file, ground);
  if (format === 'html') await transform(page);
  if (process.env.PICTURES !== undefined)
    writeFileSync(path.join(process.env.PICTURES, `${name}.${format}.png`), await page.screenshot());
  return page;
}

/** A page that was quiet: nothing was fetched, nothing went wrong. */
const quiet = ({ requests, complaints }: Page): void =>
  expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });

/** An expression for the node of this whole name. */
const node = (name: string): string =>
  `[...document.querySelectorAll('.node')].find((one) => one.querySelector('title').textContent.split(': ')[0] === ${JSON.stringify(name)})`;

const middle = (page: Page, element: string): Promise<Point> =>
  page.evaluate(
    `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(${element}.getBoundingClientRect())`,
  );

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`);

/** What is seen after the frame in which it is drawn. */
const transform = (page: Page): Promise<string> =>
  page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.getElementById('view').getAttribute('transform')))))",
  );

const nearest = (page: Page): Promise<string[]> => texts(page, '.near text');

const platforms = { 5: platform(5), 50: platform(50), 500: platform(500) } as const;
const pages = new Map<number, Promise<Page>>();

/** The page of a platform with its state, opened once for all tests; each leaves it as it found it. */
async function pageOf(size: keyof typeof platforms): Promise<Page> {
  const view = platforms[size];
  const tasks = view.jobs.flatMap(({ name }, index) =>
    index % 9 === 8 ? [] : tasksOf(name, 'succeeded', index % 4 === 3 ? 'failed' : 'succeeded'),
  );
  const page = pages.get(size) ?? show(view, { tasks }, size === 50 ? 'dark' : 'light');
  pages.set(size, page);
  await (await page).bringToFront();
  return page;
}

describe.runIf(wanted)('the page', () => {
  test.each([5, 50, 500] as const)('%i jobs: it renders quietly, and every text stands in its shape', async (size) => {
    const view = platforms[size];
    const page = await pageOf(size);
    quiet(page);
    const found = await page.evaluate<{ nodes: number; edges: number; beyond: string[] }>(`({
      nodes: document.querySelectorAll('.node').length,
      edges: document.querySelectorAll('.edge').length,
      beyond: [...document.querySelectorAll('.node')].filter((one) => {
        const [shape, text] = ['.shape', 'text'].map((part) => one.querySelector(part).getBBox());
        return text.x < 4 || text.x + text.width > shape.width - 4 || text.y < 0 || text.y + text.height > shape.height;
      }).map((one) => one.textContent),
    })`);
    expect(found).toEqual({ nodes: view.jobs.length + view.objects.length, edges: view.edges.length, beyond: [] });
    const back = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(back).toBe(size === 50 ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)');
  });

  test('a click shows the cone and tells of the node, a link in the panel goes on, Escape clears', async () => {
    const view = viewOf([
      { name: 'load', sources: ['file:in.csv'], targets: ['table:raw'] },
      { name: 'build', sources: ['table:raw', 'table:other'], targets: ['table:mart'] },
      { name: 'apart', sources: ['table:other'], targets: [] },
    ]);
    const details = new Map([
      ['job:load', { description: 'Loads what was delivered', owner: 'data-team', tags: ['nightly'] }],
    ]);
    const tasks = tasksOf('load', 'succeeded', 'failed', ...Array<'succeeded'>(9).fill('succeeded'));
    const page = await show(view, { tasks, details });
    await page.press(await middle(page, node('load')));
    expect(await nearest(page)).toEqual(['in.csv', 'table:raw', 'table:mart', '✗ load', 'build']);
    expect(await texts(page, '.edge.near')).toHaveLength(4);
    const [told = ''] = await texts(page, '#panel');
    for (const text of ['load', '✗ 1 failed, 10 succeeded', 'Loads what was delivered', 'data-team', 'nightly'])
      expect(told).toContain(text);
    expect(told).toMatch(
      /Sources.*in\.csv.*Targets.*table:raw.*Tasks.*load\[date=2026-11-21\].*failed, says the reason/,
    );
    expect(told).toContain('and 6 more');
    await page.evaluate(
      "[...document.querySelectorAll('#panel li button')].find((one) => one.textContent === 'table:raw').click()",
    );
    expect(await texts(page, '#panel h2')).toEqual(['table:raw']);
    expect((await texts(page, '#panel'))[0]).toMatch(/Made by.*load.*Read by.*build/);
    await page.key('Escape');
    expect(await nearest(page)).toEqual([]);
    expect(await page.evaluate("document.getElementById('panel').hidden")).toBe(true);
    quiet(page);
  });

  test('it opens with all of the picture where that can be read, and says what its shapes and colours mean', async () => {
    const stages = ['landing', 'checked', 'cleaned', 'joined'];
    const view = viewOf(
      stages.map((stage, at) => ({
        name: `make_more_of_${stage}`,
        sources: [at === 0 ? 'file:landing/orders_{date}.csv' : `table:${stage}.orders/{date}`],
        targets: [`table:${stages[at + 1] ?? 'mart'}.orders/{date}`],
      })),
    );
    const page = await show(view, { tasks: tasksOf('make_more_of_landing', 'failed') });
    const ends = await page.evaluate<number[]>(
      "(({ left, right }) => [left, right])(document.getElementById('view').getBoundingClientRect())",
    );
    expect(ends[0]).toBeGreaterThanOrEqual(0);
    expect(ends[1]).toBeLessThanOrEqual(1200);
    // Smaller than it is drawn: it would not have fitted.
    expect(ends[1]).toBeGreaterThan(1100);
    expect(await texts(page, '.legend li')).toEqual([' file', ' other object', ' ✗ failed', ' no tasks yet']);
    expect(await texts(page, '.legend svg .shape')).toHaveLength(4);
    quiet(page);
  });

  test('search finds jobs and objects, Enter goes from one to the next', async () => {
    const page = await pageOf(50);
    await page.key('/');
    for (const key of 'THING_12') await page.key(key);
    expect(await texts(page, '#found')).toEqual(['4 found']);
    expect(await texts(page, '.match text')).toEqual([
      'table:load.thing_12/{date}',
      'table:clean.thing_12/{date}',
      '✓ load_thing_12',
      '✗ clean_thing_12',
    ]);
    const seen: string[][] = [];
    for (let press = 0; press < 5; press++) {
      await page.key('Enter');
      seen.push(await texts(page, '.chosen text'));
      const { x, y } = await middle(page, "document.querySelector('.chosen')");
      await transform(page);
      expect({ seen: x > 0 && x < 1200 && y > 0 && y < 800 }).toEqual({ seen: true });
    }
    expect(seen.flat()).toEqual([
      'table:load.thing_12/{date}',
      'table:clean.thing_12/{date}',
      '✓ load_thing_12',
      '✗ clean_thing_12',
      'table:load.thing_12/{date}',
    ]);
    expect(await texts(page, '#found')).toEqual(['1 of 4']);
    await page.key('Escape');
    expect(await texts(page, '.match, .chosen, .near')).toEqual([]);
    await page.key('/');
    for (const key of 'zzz') await page.key(key);
    await page.key('Enter');
    expect(await texts(page, '#found')).toEqual(['nothing']);
    await page.key('Escape');
    quiet(page);
  });

  test('it moves with the pointer, zooms with wheel, keys and buttons, and is walked with arrows', async () => {
    const page = await pageOf(500);
    const places = [await transform(page)];
    const [start, end] = [
      { x: 700, y: 500 },
      { x: 600, y: 420 },
    ];
    await page.press(start, end);
    places.push(await transform(page));
    expect(places[1]).toBe(
      places[0]?.replace(/\((\S+) (\S+)\)/, (_, x, y) => `(${Number(x) - 100} ${Number(y) - 80})`),
    );
    expect(await texts(page, '.chosen')).toEqual([]);
    for (const act of [
      () => page.wheel(end, -200),
      () => page.key('+'),
      () => page.evaluate("document.getElementById('out').click()"),
      () => page.key('0'),
    ]) {
      await act();
      places.push(await transform(page));
    }
    for (const [index, place] of places.slice(1).entries()) expect(place).not.toBe(places[index]);
    const inside = await page.evaluate<boolean>(
      "[...document.querySelectorAll('.node')].every((one) => { const { left, right, top, bottom } = one.getBoundingClientRect(); return left >= 0 && top >= 0 && right <= 1200 && bottom <= 800; })",
    );
    expect(inside).toBe(true);
    await page.evaluate(`${node('load_thing_3')}.focus()`);
    const steps: string[][] = [];
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowLeft', 'Enter']) {
      await page.key(key);
      steps.push(await texts(page, '.node:focus text'));
    }
    expect(steps.flat()).toEqual([
      'table:load.thing_3/{date}',
      '✗ load_thing_3',
      'landing/feed_3/d…very_{date}.csv',
      'landing/feed_3/d…very_{date}.csv',
    ]);
    expect(await texts(page, '#panel h2')).toEqual(['landing/feed_3/delivery_{date}.csv']);
    quiet(page);
  });

  test('hostile names are text, in the picture, the panel and the search', async () => {
    const bad = [
      ...['<img src=x onerror="window.pwned = 1">', '</script><script>window.pwned = 1</script>', '<!--<script>'],
      ...[
        '"><svg onload="window.pwned = 1">',
        "' onfocus='window.pwned = 1' autofocus='",
        '\u202egnp.exe',
        '&lt;b&gt;',
      ],
      ...['constructor', '__proto__', ...names],
    ];
    const view = viewOf(bad.map((name) => ({ name, sources: [`file:${name}`], targets: [] })));
    const details = new Map(bad.map((name) => [`job:${name}`, { description: name, owner: name, tags: [name] }]));
    const tasks = bad.flatMap((name) => tasksOf(name, 'failed'));
    const page = await show(view, { tasks, details });
    const shown = await page.evaluate<string[][]>(`[...document.querySelectorAll('.node.job')].map((one) => {
      one.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0 }));
      one.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, button: 0 }));
      return [document.querySelector('#panel h2').textContent, document.querySelector('#panel .tag').textContent];
    })`);
    expect(shown).toEqual(bad.map((name) => [terminal(name), terminal(name)]));
    expect(await texts(page, 'img, iframe, object, embed, link, svg svg, body > :not(header, main, script)')).toEqual(
      [],
    );
    expect(await page.evaluate("document.scripts.length + ' ' + typeof window.pwned")).toBe('2 undefined');
    quiet(page);
    const picture = await show(view, { format: 'svg', tasks });
    expect(await texts(picture, 'parsererror, script, image')).toEqual([]);
    expect((await texts(picture, '.node.job title')).map((text) => text.replace(/: failed$/, ''))).toEqual(
      bad.map(terminal),
    );
    quiet(picture);
  });

  test('its policy lets nothing in and nothing out', async () => {
    const page = await pageOf(5);
    const violated = await page.evaluate<string[]>(`new Promise((resolve) => {
      const told = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        told.push(effectiveDirective);
        if (told.length === 3) resolve(told.sort());
      });
      new Image().src = 'http://127.0.0.1:9/x.png';
      fetch('http://127.0.0.1:9/').catch(() => undefined);
      document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.pwned = 1' }));
    })`);
    expect(violated).toEqual(['connect-src', 'img-src', 'script-src-elem']);
    expect(await page.evaluate('typeof window.pwned')).toBe('undefined');
  });
});
