/**
 * A real Chromium without a screen, driven over its debugging pipe. It fetches nothing by itself; what a page asks for,
 * and what it complains of, is kept. Where there is no Chromium, its tests are skipped.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The program: the first of these that `PATH` leads to. Undefined where there is none. */
export const chromium: string | undefined = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(path.delimiter).map((directory) => path.join(directory, name)))
  .find((file) => existsSync(file));

export interface Page {
  /** Requests that the page made, itself left out. */
  readonly requests: readonly string[];
  /** What it wrote to the console, and what it threw. */
  readonly complaints: readonly string[];
  /** What an expression comes to in the page. A promise is waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses and releases the left button; moves in between where a second place is given. */
  press(at: Point, to?: Point): Promise<void>;
  wheel(at: Point, pixels: number): Promise<void>;
  /** Types a text, or presses a key that has a name. */
  key(key: string): Promise<void>;
  /** Before it is used again: what is behind another page draws nothing. */
  bringToFront(): Promise<void>;
  /** A PNG of what is seen. */
  screenshot(): Promise<Buffer>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Browser {
  /** A page of 1200 × 800 pixels that has loaded this file. */
  open(file: string, ground?: 'light' | 'dark'): Promise<Page>;
  close(): Promise<void>;
}

/** Starts Chromium; whoever starts it closes it. */
export async function startBrowser(program: string): Promise<Browser> {
  const directory = mkdtempSync(path.join(tmpdir(), 'objflow-chromium-'));
  const flags = [
    ...['--headless', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-extensions', '--disable-sync'],
    // Its sandbox wants rights that a container's root has not.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${directory}`,
  ];
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const protocol = talk(child);

  async function open(file: string, ground: 'light' | 'dark' = 'light'): Promise<Page> {
    const { targetId } = await protocol.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attach = { targetId, flatten: true };
    const { sessionId } = await protocol.send<{ sessionId: string }>('Target.attachToTarget', attach);
    const send = <T>(method: string, params: object = {}) => protocol.send<T>(method, params, sessionId);
    const requests: string[] = [];
    const complaints: string[] = [];
    const url = `file://${file}`;
    const loaded = new Promise<void>((resolve) =>
      protocol.listen(sessionId, (method, params) => {
        const text = JSON.stringify(params);
        if (method === 'Page.loadEventFired') resolve();
        else if (method === 'Network.requestWillBeSent') requests.push(text);
        else if (method !== 'Log.entryAdded' || !text.includes('"level":"verbose"')) complaints.push(text);
      }),
    );
    const metrics = { width: 1200, height: 800, deviceScaleFactor: 1, mobile: false };
    await Promise.all([
      ...['Page', 'Runtime', 'Log', 'Network'].map((domain) => send(`${domain}.enable`)),
      send('Emulation.setDeviceMetricsOverride', metrics),
      send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: ground }] }),
    ]);
    await send('Page.navigate', { url });
    await loaded;
    const mouse = (type: string, { x, y }: Point, more: object = {}) =>
      send('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: 1, clickCount: 1, ...more });
    return {
      get requests() {
        return requests.filter(
          (text) => !text.includes(`"documentURL":${JSON.stringify(url)},"request":{"url":${JSON.stringify(url)}`),
        );
      },
      complaints,
      async evaluate<T>(expression: string) {
        const asked = { expression, returnByValue: true, awaitPromise: true };
        const answer = await send<{ result: { value: T }; exceptionDetails?: object }>('Runtime.evaluate', asked);
        if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
        return answer.result.value;
      },
      async press(at, to) {
        await mouse('mousePressed', at);
        if (to) await mouse('mouseMoved', { x: (at.x + to.x) / 2, y: (at.y + to.y) / 2 });
        if (to) await mouse('mouseMoved', to);
        await mouse('mouseReleased', to ?? at, { buttons: 0 });
      },
      async wheel(at, pixels) {
        await mouse('mouseWheel', at, { button: 'none', buttons: 0, deltaX: 0, deltaY: pixels });
      },
      async key(key) {
        const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
        await send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...(text === undefined ? {} : { text }) });
        await send('Input.dispatchKeyEvent', { type: 'keyUp', key });
      },
      async bringToFront() {
        await send('Page.bringToFront');
      },
      async screenshot() {
        const { data } = await send<{ data: string }>('Page.captureScreenshot', { format: 'png' });
        return Buffer.from(data, 'base64');
      },
    };
  }

  return {
    open,
    async close() {
      await protocol.send('Browser.close').catch(() => undefined); // it may go before it answers
      await ended;
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Listener = (method: string, params: object) => void;

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: object;
  readonly result?: object;
  readonly error?: { readonly message: string };
}

/** What is listened to, besides answers. */
const heard = new Set([
  'Page.loadEventFired',
  'Network.requestWillBeSent',
  'Runtime.consoleAPICalled',
  'Runtime.exceptionThrown',
  'Log.entryAdded',
]);

/** The protocol: JSON messages with a NUL after each, on the child's third and fourth descriptors. */
function talk(child: ChildProcess) {
  // Both are pipes, as `stdio` says.
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { resolve: (value: object) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, Listener>();
  let last = 0;
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const text of messages) take(JSON.parse(text));
  });
  // A program that is gone answers nothing more.
  input.on('error', () => undefined);
  child.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'));
  });
  child.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error);
  });

  function take({ id, sessionId, method, params, result, error }: Message): void {
    if (id === undefined) {
      if (method !== undefined && heard.has(method)) listeners.get(sessionId ?? '')?.(method, params ?? {});
      return;
    }
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result ?? {});
  }

  return {
    send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
      last += 1;
      const id = last;
      return new Promise<T>((resolve, reject) => {
        // The answer is as the protocol says for this method.
        waiting.set(id, { resolve: (value) => resolve(value as T), reject });
        input.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      });
    },
    listen: (sessionId: string, listener: Listener): void => void listeners.set(sessionId, listener),
  };
}
