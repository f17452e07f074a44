/** A directory of real files, a world over it, and an ear that hears what the test says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { undeclared } from '../../src/core/mapping.ts';
import type { Look } from '../../src/core/object.ts';
import { parsePattern } from '../../src/core/pattern.ts';
import { PatternIndex } from '../../src/core/pattern-index.ts';
import type { Heard, Listen } from '../../src/objects/hints.ts';
import { type Watching, type WatchOptions, watchFiles } from '../../src/objects/watch.ts';
import type { FileWorld } from '../../src/objects/world.ts';

/** The directory of our own. */
const own = '.own';

export interface Place {
  readonly root: string;
  /** Absolute path. */
  at(name: string): string;
  /** Writes a file, and makes the directories that it is in. */
  write(name: string, text?: string): void;
  remove(name: string): void;
}

/** An empty directory that is gone after the test. */
export function place(): Place {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'objflow-objects-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const at = (name: string): string => path.join(root, name);
  return {
    root,
    at,
    write(name, text = 'x') {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    },
    remove: (name) => rmSync(at(name), { recursive: true }),
  };
}

/** A world in which these patterns are wanted. */
export function worldOf(root: string, patterns: readonly string[], more: Partial<FileWorld> = {}): FileWorld {
  const index = new PatternIndex<string>();
  for (const text of patterns) {
    const parsed = parsePattern(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    index.add(parsed.value, text);
  }
  return {
    root,
    walk: (at) => index.walk(at),
    fixed: new Set(),
    objectsOf: (file) => (index.match(file).length > 0 ? [file] : []),
    asksFor: (id, ending) => index.match(id).some(({ value }) => value.endsWith(ending)),
    ignores: () => false,
    rulesOf: () => undeclared,
    contents: new Map(),
    isMade: () => false,
    clockOffset: () => 0,
    ...more,
  };
}

/** What was told last of each object: its state, by its path. */
export function latest(looks: readonly Look[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { object, found: now } of looks) found[object.slice('file:'.length)] = now.state;
  return found;
}

export interface Ear {
  readonly listen: Listen;
  /** Directories that are listened to, relative to the root; one that is listened to twice stands there twice. */
  live(): string[];
  /** Delivers a hint to whoever listens to this directory. */
  say(directory: string, name: string, moved?: boolean): void;
  /** From now on it does not even hear what is written to try it. */
  deafen(): void;
  /** Directories in which listening fails, by the code. */
  readonly failing: Map<string, string>;
  /** The next who listens to this directory waits until he is let on. */
  hold(directory: string): Held;
}

export interface Held {
  /** Resolves once somebody waits. */
  readonly reached: Promise<void>;
  release(): void;
}

/** Hears nothing but what `say` says. */
export function ear({ root }: Place): Ear {
  const listeners: { readonly directory: string; readonly heard: Heard }[] = [];
  const failing = new Map<string, string>();
  let deaf = false;
  const held = new Map<string, { readonly reach: () => void; readonly go: Promise<void> }>();
  return {
    failing,
    deafen() {
      deaf = true;
    },
    hold(directory) {
      let release = (): void => {};
      const go = new Promise<void>((resolve) => {
        release = resolve;
      });
      const reached = new Promise<void>((reach) => held.set(directory, { reach, go }));
      return { reached, release };
    },
    live: () => listeners.map(({ directory }) => directory).sort(),
    say(directory, name, moved = true) {
      for (const each of [...listeners]) if (each.directory === directory) each.heard.heard(name, moved);
    },
    async listen(at, heard) {
      const directory = path.relative(root, at);
      const mine = { directory, heard };
      const hold = held.get(directory);
      held.delete(directory);
      hold?.reach();
      await hold?.go;
      const code = failing.get(directory);
      if (code !== undefined) heard.failed(code);
      else if (directory === own) {
        if (!deaf) heard.heard(undefined, true);
      } else listeners.push(mine);
      return () => {
        if (listeners.includes(mine)) listeners.splice(listeners.indexOf(mine), 1);
      };
    },
  };
}

export interface Watched {
  readonly watching: Watching;
  readonly looks: Look[];
  /** The latest state of each object. */
  now(): Record<string, string>;
  /** Everything that was told besides looks, as one line each. */
  readonly told: string[];
  /** Resolves once this holds; it is asked again whenever something is told. */
  until(holds: () => boolean): Promise<void>;
}

/** Watches, and is closed after the test. Rescans only where it is told how often. */
export function watchOf(world: FileWorld, listen: Listen, more: Partial<WatchOptions> = {}): Watched {
  const looks: Look[] = [];
  const told: string[] = [];
  let waiters: { readonly holds: () => boolean; readonly met: () => void }[] = [];
  const check = (): void => {
    const [ready, others] = [waiters.filter(({ holds }) => holds()), waiters.filter(({ holds }) => !holds())];
    waiters = others;
    for (const { met } of ready) met();
  };
  const tell = (line: string): void => {
    told.push(line);
    check();
  };
  mkdirSync(path.join(world.root, own), { recursive: true });
  const watching = watchFiles(world, {
    listen,
    rescan: 2 ** 30,
    polling: () => undefined,
    own: path.join(world.root, own),
    looked(some) {
      looks.push(...some);
      check();
    },
    setAside: ({ name, why }) => tell(`set aside ${name}: ${why}`),
    polled: (directory, every, why) => tell(`polled ${directory} every ${every}: ${why}`),
    told: new Set(),
    relisted: () => tell('relisted'),
    ...more,
  });
  onTestFinished(() => watching.close());
  return {
    watching: {
      ...watching,
      get directories() {
        return watching.directories;
      },
      async open() {
        const found = await watching.open();
        looks.push(...found);
        return found;
      },
    },
    looks,
    told,
    now: () => latest(looks),
    until: (holds) =>
      new Promise((resolve) => {
        waiters.push({ holds, met: resolve });
        check();
      }),
  };
}
