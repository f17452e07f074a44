import { expect, test } from 'vitest';
import type { RunView } from '../../src/core/views.js';
import { forTerminal, logDocument, logEnd, logHead, logLeft } from '../../src/report/logs.js';
import { controls, names, obeyed } from './hostile.js';
import { faults } from './schemas.js';

const start = Date.UTC(2026, 10, 24, 10);
const running: RunView = {
  ...{ run: 'x-1', task: 'load[date=1]', job: 'load', partition: { date: '1' }, outcome: 'running', attempts: 1 },
  ...{ startedAt: start, consumed: {}, produced: {} },
};
const failed: RunView = { ...running, outcome: 'failed', exitCode: 3, attempts: 2, endedAt: start + 5000 };

test('which run it is, and how it ended', () => {
  const head = (view: RunView | undefined) =>
    logHead({ run: 'x-1', path: '/p/x-1.log', ...(view ? { view } : {}) }, 'x-1.log', start + 65_000);
  expect(head(running)).toBe('load[date=1]: run x-1, running for 1m 05s: x-1.log');
  expect(head({ ...running, attempts: 2 })).toBe('load[date=1]: run x-1, running for 1m 05s, attempt 2: x-1.log');
  expect(head(failed)).toBe('load[date=1]: run x-1, failed 1m 00s ago, exit status 3, 2 attempts: x-1.log');
  expect(head(undefined)).toBe('run x-1, no longer recorded: x-1.log');
  expect(logEnd(failed)).toBe('load[date=1] failed after 5.0s: exit status 3');
  expect(logEnd({ ...failed, outcome: 'succeeded' })).toBe('load[date=1] succeeded after 5.0s');
  const rest = 'and no objflow was there to record it; the next run or watch does';
  expect(logLeft(running, { exitCode: 0 })).toBe(`load[date=1]: its command has ended (exit status 0), ${rest}`);
  expect(logLeft(running, { signal: 'SIGKILL' })).toBe(
    `load[date=1]: its command has ended (killed by SIGKILL), ${rest}`,
  );
  expect(logLeft(running, undefined)).toBe(`load[date=1]: its command is gone, ${rest}`);
});

test('the document is as its schema says, also of a run that is forgotten', () => {
  const document = JSON.parse(logDocument({ run: 'x-1', view: failed, path: '/p/x-1.log', bytes: 7 }));
  expect(faults('logs', document)).toEqual([]);
  expect(document).toEqual({
    ...{ run: 'x-1', task: 'load[date=1]', job: 'load', partition: { date: '1' }, path: '/p/x-1.log', bytes: 7 },
    ...{ outcome: 'failed', exitCode: 3, attempts: 2 },
    ...{ startedAt: '2026-11-24T10:00:00.000Z', endedAt: '2026-11-24T10:00:05.000Z' },
  });
  const forgotten = JSON.parse(logDocument({ run: 'x-1', path: '/p/x-1.log' }));
  expect(faults('logs', forgotten)).toEqual([]);
  expect(forgotten).toEqual({ run: 'x-1', path: '/p/x-1.log' });
});

/** Output as a terminal is given it, when it comes in pieces of so many bytes. */
function shown(bytes: Buffer, size: number): string {
  const text = forTerminal();
  let all = '';
  for (let at = 0; at < bytes.length; at += size) all += text(bytes.subarray(at, at + size));
  return all + text(new Uint8Array(), true);
}

test('a terminal is shown output, line by line, wherever it is cut', () => {
  const output = Buffer.from('one\r\ntwo\ttabs\n\x1b[31m赤\x1b[0m 💩 50%\r100%\r');
  for (let size = 1; size <= output.length; size += 1)
    expect(shown(output, size)).toBe('one\ntwo  tabs\n\\x1b[31m赤\\x1b[0m 💩 50%\\x0d100%\\x0d');
  expect(shown(Buffer.from([0x61, 0xff, 0xe3, 0x81]), 1)).toBe('a\ufffd\ufffd');
});

test('nothing that a command prints is obeyed, nor what it is called', () => {
  const all = Buffer.from([...controls, ...names].join('\r'));
  for (const size of [1, 7, all.length]) expect(obeyed(shown(all, size))).toBe(false);
  for (const name of names) {
    const view = { ...failed, run: name, task: name, problem: name };
    const log = { run: name, view, path: name };
    for (const text of [logHead(log, name, start), logEnd(view), logLeft(view, { signal: name })])
      expect(obeyed(text), JSON.stringify(name)).toBe(false);
    expect(JSON.parse(logDocument(log)).task).toBe(name);
  }
});
