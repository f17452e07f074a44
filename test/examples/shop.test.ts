/**
 * The shop example, from the first run to a mended delivery, through the built program in a copy of the example. One
 * story: each test goes on where the one before it ended.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const example = join(repository, 'examples/shop');
/** The first of the days that are checked in; all of them are run where README.md says so. */
const later = ['2026-11-19', '2026-11-20'];
const days = ['2026-11-16', '2026-11-17', '2026-11-18'];
const deliveries = ['customers', 'orders', 'payments'];
const perDay = [
  'load_customers',
  'load_orders',
  'load_payments',
  'clean_orders',
  'clean_payments',
  'build_sales',
  'extract_sales',
];
const gathering = ['build_customer_value', 'extract_top_customers'];

let shop: string;

beforeAll(() => {
  shop = mkdtempSync(join(tmpdir(), 'objflow-shop-'));
  for (const name of ['objflow.yaml', 'sql.mjs', 'sql', 'make-deliveries.mjs']) {
    cpSync(join(example, name), join(shop, name), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(shop, 'node_modules'));
});

afterAll(() => rmSync(shop, { recursive: true, force: true }));

const filesOf = (some: readonly string[]) =>
  some.flatMap((day) => deliveries.map((delivery) => `landing/${delivery}_${day}.csv`));

/** The tasks of these jobs for one day. */
const tasksOf = (jobs: readonly string[], day: string) => jobs.map((job) => `${job}[date=${day}]`);

interface Line {
  readonly event: string;
  readonly task?: string;
  readonly exitCode?: number;
}

interface Called {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Node program in the copy, to its end. */
function node(...args: readonly string[]): Promise<Called> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: shop }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

const objflow = (...args: readonly string[]) => node(join(repository, 'bin/objflow.js'), ...args);

/** `objflow run`: its exit status, its events, and the last of them, which is the summary. */
async function run(): Promise<{ status: number | null; lines: readonly Line[]; summary: Line | undefined }> {
  const { status, stdout, stderr } = await objflow('run', '--format', 'json');
  expect(stdout, stderr).not.toBe('');
  const lines: Line[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { status, lines, summary: lines.at(-1) };
}

/** Tasks of these events, sorted; a task that comes twice stands here twice. */
const tasksIn = (lines: readonly Line[], event: string) =>
  lines.flatMap((line) => (line.event === event && line.task !== undefined ? [line.task] : [])).sort();

async function deliver(...args: readonly string[]): Promise<void> {
  const delivered = await node('make-deliveries.mjs', ...args);
  expect(delivered, delivered.stderr).toMatchObject({ status: 0 });
}

const rows = (file: string) =>
  readFileSync(join(shop, file), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

/** A day's extract, worked out from what was delivered without a database: paid orders by category. */
function expectedSales(day: string): readonly string[][] {
  const paid = new Map(
    rows(`landing/payments_${day}.csv`).flatMap(([, order = '', , amount, status]) =>
      status === 'paid' ? [[order, Number(amount)] as const] : [],
    ),
  );
  const orders = new Map(rows(`landing/orders_${day}.csv`).map((row) => [row[0] ?? '', row]));
  const categories = new Map<string, { orders: number; customers: Set<string>; revenue: number }>();
  for (const [id, [, customer = '', category = '', , , status]] of orders) {
    const amount = paid.get(id);
    if (status === 'cancelled' || amount === undefined) continue;
    const name = category.trim().toLowerCase();
    const sums = categories.get(name) ?? { orders: 0, customers: new Set(), revenue: 0 };
    categories.set(name, sums);
    sums.orders++;
    sums.customers.add(customer);
    sums.revenue += amount;
  }
  return [...categories]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, sums]) => [day, name, `${sums.orders}`, `${sums.customers.size}`, sums.revenue.toFixed(2)]);
}

/** What the top customers have spent, in the order of their extract. */
const topCustomers = () => rows('extracts/top_customers.csv').map((row) => Number(row[5]));

describe('examples/shop', { timeout: 180_000 }, () => {
  test('the deliveries that are checked in are what the script makes', async () => {
    await deliver();
    for (const file of filesOf([...days, ...later])) {
      expect(readFileSync(join(shop, file), 'utf8'), file).toBe(readFileSync(join(example, file), 'utf8'));
    }
    expect(readdirSync(join(example, 'landing')).length).toBe(filesOf([...days, ...later]).length);
    for (const file of filesOf(later)) rmSync(join(shop, file));
  });

  test('the first run runs every task once, one at a time, and the extracts are right', async () => {
    const all = [...days.flatMap((day) => tasksOf(perDay, day)), ...gathering].sort();
    const { status, lines, summary } = await run();
    expect(tasksIn(lines, 'run-failed')).toEqual([]);
    expect(tasksIn(lines, 'run-started')).toEqual(all);
    expect(tasksIn(lines, 'run-succeeded')).toEqual(all);
    expect(summary).toMatchObject({ event: 'summary', succeeded: all.length, failed: 0, blocked: 0, waiting: 0 });
    expect(status).toBe(0);

    const turns = lines.filter(({ event }) => event === 'run-started' || event === 'run-succeeded');
    for (const [index, { event }] of turns.entries()) {
      expect(event, `turn ${index}`).toBe(index % 2 === 0 ? 'run-started' : 'run-succeeded');
    }

    for (const day of days) expect(rows(`extracts/sales_${day}.csv`), day).toEqual(expectedSales(day));
    expect(topCustomers()).toHaveLength(20);
    expect(topCustomers()).toEqual(topCustomers().sort((one, other) => other - one));
    expect(readdirSync(join(shop, 'extracts'))).toHaveLength(days.length + 1);
  });

  test('a second run does nothing', async () => {
    const { status, lines, summary } = await run();
    expect(tasksIn(lines, 'run-started')).toEqual([]);
    expect(summary).toMatchObject({ succeeded: 0, failed: 0, blocked: 0, waiting: 0, upToDate: 23 });
    expect(status).toBe(0);
  });

  test('the same files delivered again start nothing', async () => {
    const before = statSync(join(shop, 'landing/orders_2026-11-18.csv')).ino;
    await deliver(...days);
    expect(statSync(join(shop, 'landing/orders_2026-11-18.csv')).ino).not.toBe(before);
    const { lines, summary } = await run();
    expect(tasksIn(lines, 'run-started')).toEqual([]);
    expect(summary).toMatchObject({ succeeded: 0, upToDate: 23 });
  });

  test('a new day runs its own tasks and what gathers them', async () => {
    await deliver('2026-11-19');
    const { status, lines, summary } = await run();
    expect(tasksIn(lines, 'run-started')).toEqual([...tasksOf(perDay, '2026-11-19'), ...gathering].sort());
    expect(summary).toMatchObject({ succeeded: 9, failed: 0, blocked: 0, waiting: 0, upToDate: 21 });
    expect(status).toBe(0);
    expect(rows('extracts/sales_2026-11-19.csv')).toEqual(expectedSales('2026-11-19'));
  });

  test('a customer who moves house is loaded, and no day is built again', async () => {
    const file = join(shop, 'landing/customers_2026-11-18.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/,[^,]*\n$/, ',Quito\n'));
    const { lines } = await run();
    expect(tasksIn(lines, 'run-started')).toEqual(['load_customers[date=2026-11-18]']);
  });

  describe('a bad delivery', () => {
    const day = '2026-11-20';
    const bad = `load_payments[date=${day}]`;
    const cone = tasksOf(['clean_payments', 'build_sales', 'extract_sales'], day);
    /** What has something to do and may not; the extract of top customers has nothing to do until its table is new. */
    const blocked = [...cone, 'build_customer_value'].sort();
    let customersBefore: readonly number[];

    test('fails its load; what does not depend on it goes on, another day in full, and what does is blocked', async () => {
      customersBefore = topCustomers();
      await deliver(day, '--bad');
      await deliver('2026-11-21');
      const { status, lines, summary } = await run();
      const good = [
        ...tasksOf(['load_customers', 'load_orders', 'clean_orders'], day),
        ...tasksOf(perDay, '2026-11-21'),
      ];
      expect(tasksIn(lines, 'run-failed')).toEqual([bad]);
      expect(lines.find(({ event }) => event === 'run-failed')).toMatchObject({ exitCode: 1 });
      expect(tasksIn(lines, 'run-succeeded')).toEqual(good.sort());
      expect(summary).toMatchObject({ succeeded: 10, failed: 1, blocked: blocked.length, waiting: 0 });
      expect(status).toBe(1);
      expect(rows('extracts/sales_2026-11-21.csv')).toEqual(expectedSales('2026-11-21'));
      expect(topCustomers()).toEqual(customersBefore);
    });

    test('status says what is blocked, and by what', async () => {
      const { status, stdout } = await objflow('status', '--format', 'json');
      const document: { tasks: { task: string; phase: string; reasons: { code: string; task?: string }[] }[] } =
        JSON.parse(stdout);
      const inPhase = (phase: string) => document.tasks.filter((task) => task.phase === phase);
      expect(inPhase('failed').map(({ task }) => task)).toEqual([bad]);
      expect(
        inPhase('blocked')
          .map(({ task }) => task)
          .sort(),
      ).toEqual(blocked);
      for (const { task, reasons } of inPhase('blocked')) {
        expect(reasons, task).toContainEqual(expect.objectContaining({ code: 'blocked-by', task: bad }));
      }
      expect(status).toBe(0);
    });

    test('the log says which value of which file is wrong', () => {
      const logs = join(shop, '.objflow/logs');
      const texts = readdirSync(logs, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(logs, name)).isFile())
        .map((name) => readFileSync(join(logs, name), 'utf8'));
      const told = texts.filter((text) => text.includes('Could not convert string "twelve"'));
      expect(told).toHaveLength(1);
      expect(told[0]).toContain(`landing/payments_${day}.csv`);
    });

    test('run tries it once more, and nothing else', async () => {
      const { status, lines } = await run();
      expect(tasksIn(lines, 'run-started')).toEqual([bad]);
      expect(tasksIn(lines, 'run-failed')).toEqual([bad]);
      expect(status).toBe(1);
    });

    test('delivered again and right, it runs with what was blocked, and nothing else', async () => {
      await deliver(day);
      const { status, lines, summary } = await run();
      expect(tasksIn(lines, 'run-started')).toEqual([bad, ...cone, ...gathering].sort());
      expect(summary).toMatchObject({ succeeded: 6, failed: 0, blocked: 0, waiting: 0 });
      expect(status).toBe(0);
      expect(rows(`extracts/sales_${day}.csv`)).toEqual(expectedSales(day));
      expect(topCustomers()).not.toEqual(customersBefore);
    });
  });
});
