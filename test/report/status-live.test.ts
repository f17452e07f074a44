/** The state as it goes on: drawn in place on a terminal, told again elsewhere when it is another. */
import { expect, test } from 'vitest';
import { jsonStatus, liveStatus, plainStatus, type Told } from '../../src/report/status-live.js';
import { Screen } from './screen.js';
import { ManualClock } from './stage.js';
import { failed, now, succeeded, viewOf } from './status-stage.js';
import { KeptOutlet, start } from './story.js';

const told = (tasks: Parameters<typeof viewOf>[0]): Told => ({
  view: viewOf(tasks),
  lastLine: () => 'no such column',
  document: () => `${JSON.stringify(tasks.map(({ task, phase }) => [task, phase]))}\n`,
});
const ago = start - now;
const well = told([succeeded('load', 8000 - ago)]);
const unwell = told([failed('load', 2000 - ago)]);

function live(columns = 60, rows = 24) {
  const out = new KeptOutlet();
  Object.assign(out, { columns, rows });
  const clock = new ManualClock();
  const teller = liveStatus({ out, clock, color: false, verbose: false });
  const screen = (): string => {
    const terminal = new Screen(columns);
    for (const text of out.writes) terminal.write(text);
    return `\n${terminal.text}`;
  };
  return { out, clock, teller, screen };
}

test('a terminal is drawn over: what was there before is gone, and ages go on', () => {
  const { out, clock, teller, screen } = live();
  teller.tell(unwell);
  clock.moveTo(start + 200);
  expect(screen()).toContain('✗ load  2s ago  failed');
  teller.tell(well);
  clock.moveTo(start + 1000);
  expect(screen()).toBe(`
✓ load  8s ago  succeeded

1 task: 1 succeeded
no daemon is running · last run 8s ago
Ctrl-C ends
`);
  clock.moveTo(start + 3000);
  teller.tick();
  clock.moveTo(start + 3000);
  expect(screen()).toContain('✓ load  11s ago  succeeded');
  const writes = out.writes.length;
  clock.moveTo(start + 60_000);
  expect(out.writes).toHaveLength(writes);
  expect(clock.pending).toBe(0);
});

test('when it is over the last stays, whole, without the word about how to end it', () => {
  const { clock, teller, screen } = live();
  teller.tell(unwell);
  clock.moveTo(start + 200);
  teller.close();
  expect(screen()).toBe(`
✗ load  2s ago  failed

✗ failed  load  2s ago  exit status 1: no such column

1 task: 1 failed
no daemon is running · last run 2s ago
`);
});

test('no frame is higher than the terminal, however small', () => {
  for (const rows of [3, 8, 24]) {
    const { clock, teller, screen } = live(60, rows);
    teller.tell(told(Array.from({ length: 300 }, (_, n) => failed(`load[n=${n}]`, 1000))));
    clock.moveTo(start + 200);
    expect(screen().trim().split('\n').length).toBeLessThan(rows);
  }
});

test('elsewhere it is told again when more than ages is different', () => {
  const out = new KeptOutlet();
  const clock = new ManualClock();
  const teller = plainStatus({ out, clock, color: false, verbose: false, width: 80 });
  teller.tell(well);
  clock.moveTo(start + 5000);
  teller.tell(well);
  expect(out.writes).toHaveLength(1);
  teller.tell(told([succeeded('load', 1000 - ago)])); // it ran once more, and well
  teller.tell(unwell);
  teller.tick();
  teller.close();
  expect(out.writes).toHaveLength(3);
  expect(out.writes[2]).toMatch(/^\n2026-11-24 10:03:05\n✗ load {2}7s ago {2}failed\n/);
});

test('as JSON it is one document a line, whenever it is another', () => {
  const out = new KeptOutlet();
  const teller = jsonStatus({ out });
  for (const one of [well, well, unwell, unwell, well]) teller.tell(one);
  expect(out.text).toBe('[["load","succeeded"]]\n[["load","failed"]]\n[["load","succeeded"]]\n');
});
