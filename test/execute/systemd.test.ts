import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemdNotifier } from '../../src/execute/systemd.js';
import { until } from './rig.js';

let directory: string;
let warnings: string[];
let ends: (() => void)[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-systemd-'));
  warnings = [];
  ends = [];
  program('');
});

afterEach(() => {
  for (const end of ends) end();
  rmSync(directory, { recursive: true });
});

/** A systemd-notify that writes down what it is told, and then does something else. */
function program(then: string): void {
  const file = path.join(directory, 'systemd-notify');
  const keep = `IFS='|'; printf '%s\\n' "$NOTIFY_SOCKET|$*" >>"\${0%/*}/told"`;
  writeFileSync(file, `#!/bin/sh\n${keep}\n${then}\n`);
  chmodSync(file, 0o755);
}

const told = (): string[] => {
  const file = path.join(directory, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

const notifier = (env: Record<string, string> = {}, patience?: number) => {
  const made = systemdNotifier(
    { PATH: directory, NOTIFY_SOCKET: '/run/notify', ...env },
    (message) => warnings.push(message),
    patience,
  );
  if (made === undefined) throw new Error('nobody is to be told');
  return made;
};

/** Twenty milliseconds are ten between two messages. */
const short = { WATCHDOG_USEC: '20000' };

/** Starts a watchdog and gives how often it has asked. */
function watch(made: ReturnType<typeof notifier>, healthy: (asked: number) => boolean = () => false) {
  let asked = 0;
  const end = made.watchdog(() => healthy(++asked));
  ends.push(end);
  return { asked: () => asked, end };
}

test('where systemd does not ask, nobody is told', () => {
  const warn = (): void => {};
  expect(systemdNotifier({ PATH: directory, ...short }, warn)).toBeUndefined();
  expect(systemdNotifier({ PATH: directory, NOTIFY_SOCKET: '' }, warn)).toBeUndefined();
});

test('it is told in order, by arguments that no shell reads', async () => {
  const made = notifier();
  made.ready('watching 3 jobs; $(touch x)\nMAINPID=1');
  made.stopping();
  await until(() => told().length === 2);
  expect(told()).toEqual([
    '/run/notify|READY=1|STATUS=watching 3 jobs; $(touch x) MAINPID=1',
    '/run/notify|STOPPING=1',
  ]);
  expect(warnings).toEqual([]);
});

describe('the watchdog', () => {
  test('is fed again and again', async () => {
    const made = notifier({ ...short, WATCHDOG_PID: String(process.pid) });
    const { end } = watch(made, () => true);
    await until(() => told().length >= 3);
    end();
    made.stopping();
    await until(() => told().at(-1) === '/run/notify|STOPPING=1');
    expect(new Set(told().slice(0, -1))).toEqual(new Set(['/run/notify|WATCHDOG=1']));
  });

  test('is not fed while something is wrong, nor when it has ended', async () => {
    const made = notifier(short);
    const { asked, end } = watch(made, (count) => count === 1);
    await until(() => asked() >= 5);
    end();
    const before = asked();
    const other = watch(notifier(short));
    await until(() => other.asked() >= 5);
    expect(asked()).toBe(before);
    // What goes out last shows that nothing else is under way.
    made.stopping();
    await until(() => told().includes('/run/notify|STOPPING=1'));
    expect(told()).toEqual(['/run/notify|WATCHDOG=1', '/run/notify|STOPPING=1']);
  });

  test.each([
    ['there is none', {}],
    ['it is another process that is watched', { ...short, WATCHDOG_PID: '1' }],
    ['its time is not a time', { WATCHDOG_USEC: '0' }],
    ['its time is not a number', { WATCHDOG_USEC: '1e3' }],
  ])('is left alone where %s', async (_, env) => {
    const { asked } = watch(notifier(env), () => true);
    const other = watch(notifier(short));
    await until(() => other.asked() >= 5);
    expect(asked()).toBe(0);
  });

  test('a time longer than timers go does not fire at once', async () => {
    const { asked } = watch(notifier({ WATCHDOG_USEC: '9000000000000000' }), () => true);
    const other = watch(notifier(short));
    await until(() => other.asked() >= 5);
    expect(asked()).toBe(0);
  });

  test('keeps nothing alive', () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    watch(notifier(short));
    expect(timers()).toBe(before);
  });
});

describe('what goes wrong is told once, and harms nothing', () => {
  test('where the program is missing', async () => {
    rmSync(path.join(directory, 'systemd-notify'));
    const made = notifier();
    made.ready('x');
    made.ready('x');
    await until(() => warnings.length > 0);
    program('');
    made.stopping();
    await until(() => told().length === 1);
    expect(warnings).toEqual([
      'systemd is not told how objflow does: systemd-notify is not installed: install it, or let the unit say Type=exec, and no WatchdogSec',
    ]);
  });

  test('where it fails', async () => {
    program('exit 1');
    const made = notifier();
    for (let count = 0; count < 3; count += 1) made.ready('x');
    // The third begins when the second is over.
    await until(() => told().length === 3);
    expect(warnings).toEqual([
      'systemd is not told how objflow does: systemd-notify failed (exit status 1): the unit needs NotifyAccess=all, and systemd must listen',
    ]);
  });

  test('where it does not end', async () => {
    program('exec /bin/sleep 300');
    notifier({}, 500).ready('x');
    await until(() => warnings.length === 1);
    expect(warnings).toEqual(['systemd is not told how objflow does: systemd-notify did not end within 0.5s']);
  });
});
