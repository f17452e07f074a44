import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { lineWriter, openOutlet, type Stream } from '../../src/report/outlet.js';

/** A stream of this test, as if it were one of the process. */
const asStream = (stream: Writable, more: object = {}): Stream =>
  // Nothing else of a standard stream is used.
  Object.assign(stream, more) as unknown as Stream;

const drops = (count: number): string => `${count} dropped\n`;
const mebibyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;

test('a pipe that is not read costs lines, not memory, and learns how many', async () => {
  const stalled: (() => void)[] = [];
  let open = false;
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      chunks.push(chunk);
      if (open) done();
      else stalled.push(done);
    },
  });
  const outlet = openOutlet(asStream(stream, { isTTY: false }));
  const say = lineWriter(outlet, drops);
  for (let count = 0; count < 100; count += 1) say(mebibyte);
  expect(outlet.busy).toBe(true);
  expect(stream.writableLength).toBeLessThanOrEqual(10 * 1024 * 1024);

  open = true;
  for (const done of stalled) done();
  await outlet.flush();
  expect(outlet.busy).toBe(false);
  const written = chunks.filter((chunk) => chunk !== '').length;
  say('after\n');
  await outlet.flush();
  expect(chunks.filter((chunk) => chunk !== '').at(-1)).toBe(`${100 - written} dropped\nafter\n`);
});

test('a reader that is gone is no crash: nothing more is written, and flushing ends', async () => {
  const child = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'exit');
  const outlet = openOutlet(asStream(child.stdin, { isTTY: false }));
  outlet.write('x\n');
  await outlet.flush();
  expect(outlet.failure).toMatch(/^(EPIPE|ERR_STREAM_DESTROYED)$/);
  expect(outlet.write('y\n')).toBe(false);
  await outlet.flush();
});

test('a text longer than what may wait is taken whole', async () => {
  let length = 0;
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      length += chunk.length;
      setImmediate(done);
    },
  });
  const outlet = openOutlet(asStream(stream, { isTTY: false }));
  expect(outlet.write(mebibyte.repeat(20))).toBe(true);
  await outlet.flush();
  expect(length).toBe(20 * 1024 * 1024);
});

test('the size of a terminal that does not know it', () => {
  const outlet = openOutlet(asStream(new Writable(), { isTTY: false, columns: 0 }));
  expect(outlet.size()).toEqual({ columns: 80, rows: 24 });
});

// A named pipe is opened and blocks as a terminal does. Where descriptors have no paths, there is nothing to try.
test.runIf(process.platform === 'linux')(
  'a terminal that is stopped stops nobody, and gets the rest when it goes on',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'objflow-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'terminal');
    execFileSync('mkfifo', [path]);
    const held = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const outlet = openOutlet(asStream(new Writable(), { isTTY: true, fd: held }));
    const say = lineWriter(outlet, drops);

    for (let count = 0; count < 100; count += 1) say(mebibyte);
    expect(outlet.busy).toBe(true);

    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void reader.kill());
    let read = 0;
    let last = '';
    reader.stdout.on('data', (chunk: Buffer) => {
      read += chunk.length;
      last = (last + chunk.toString()).slice(-40);
    });
    await outlet.flush();
    expect(outlet.busy).toBe(false);
    say('é after\n');
    await outlet.flush();
    while (!last.endsWith('after\n')) await once(reader.stdout, 'data');
    expect(last).toMatch(/x\n9\d dropped\né after\n$/);
    expect(read).toBeLessThan(10 * 1024 * 1024);

    // Now it is closed.
    closeSync(held);
    reader.kill();
    await once(reader, 'exit');
    expect(outlet.write('x\n')).toBe(true);
    expect([outlet.failure, outlet.busy, outlet.write('y\n')]).toEqual(['EPIPE', false, false]);
    await outlet.flush();
  },
);
