/**
 * Loads the mapping again when a manifest may have changed: a good edit is handed on, a bad one is told, and the mapping
 * before it goes on. Editors write in several steps, so it waits until it has been calm for a moment.
 */
import path from 'node:path';
import { changesBetween } from '../core/changes.js';
import { isDirectory } from '../execute/start.js';
import { loadMapping } from '../manifest/load.js';
import type { ManifestSources } from '../manifest/sources.js';
import { listen } from '../objects/hints.js';
import type { Timeless, WatchEvent } from '../report/run-event.js';
import type { Mapped } from './session.js';

/** Milliseconds without a change after which manifests are read, and how long that may be put off. */
const calm = 100;
const longest = 1000;
/** Milliseconds between two readings, where nothing is heard. */
const every = 10_000;

export interface MappingListener {
  /** The mapping was edited, well; resolves when the edit holds. */
  edited(next: Mapped): Promise<void>;
  tell(event: Timeless<WatchEvent>): void;
  warn(message: string): void;
}

export interface MappingWatch {
  /** Something may have changed unheard. */
  check(): void;
  close(): void;
}

export async function watchMapping(first: Mapped, { edited, tell, warn }: MappingListener): Promise<MappingWatch> {
  const ends = new Map<string, () => void>();
  let current = first;
  let sources = first.sources;
  /** Fingerprint of what was read last, good or not. */
  let read = sources.fingerprint;
  /** Fingerprint of what was bad at the last reading. It may be half written: it is told if it still is that when all is calm. */
  let doubted: string | undefined;
  let reading = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  let polls = false;

  const soon = (): void => {
    if (closed) return;
    if (timer === undefined) due = performance.now() + longest;
    clearTimeout(timer);
    timer = setTimeout(again, Math.max(0, Math.min(calm, due - performance.now())));
  };

  function again(): void {
    timer = undefined;
    if (reading) {
      soon();
      return;
    }
    reading = true;
    void readOnce().finally(() => {
      reading = false;
    });
  }

  async function readOnce(): Promise<void> {
    // A directory that was replaced is another one now.
    await listenTo(sources);
    if (sources.isAsRead()) return;
    const loaded = await loadMapping(first.path);
    const bad = loaded.ok ? undefined : 'problem' in loaded.error ? '' : loaded.error.sources.fingerprint;
    if (bad !== undefined && bad !== doubted && bad !== read) {
      doubted = bad;
      soon();
      return;
    }
    doubted = undefined;
    if (loaded.ok) {
      const next = loaded.value;
      if (!(await isNews(next.sources))) return;
      const changes = changesBetween(current.mapping, next.mapping);
      const isOther = next.sources.fingerprint !== current.sources.fingerprint;
      current = next;
      if (isOther) await edited(next);
      tell({ event: 'reloaded', jobs: next.mapping.jobs.size, ...changes });
    } else if ('problem' in loaded.error) {
      if (read !== '') warn(`${loaded.error.message}; the mapping as it was goes on`);
      read = '';
    } else if (await isNews(loaded.error.sources)) {
      tell({ event: 'reload-refused', diagnostics: loaded.error.diagnostics });
    }
  }

  /** Something else was read than the last time. It may have been edited again before that was listened to. */
  async function isNews(next: ManifestSources): Promise<boolean> {
    await listenTo(next);
    if (next.fingerprint === read) return false;
    read = next.fingerprint;
    soon();
    return true;
  }

  async function listenTo(next: ManifestSources): Promise<void> {
    sources = next;
    const wanted = new Set(next.directories);
    for (const [directory, end] of ends) {
      if (wanted.has(directory)) continue;
      end();
      ends.delete(directory);
    }
    for (const directory of wanted) {
      if (ends.has(directory)) continue;
      // What is not there yet is heard of where it is missing.
      if (!isDirectory(directory)) continue;
      const end = await listen(directory, {
        heard(name, moved) {
          if (moved && name === path.basename(directory)) {
            ends.get(directory)?.();
            ends.delete(directory);
            soon();
          } else if (name === undefined || sources.concerns(path.join(directory, name))) soon();
        },
        failed() {
          if (!polls) setTimeout(poll, every).unref();
          polls = true;
        },
      });
      if (closed) end();
      else ends.set(directory, end);
    }
  }

  function poll(): void {
    if (closed) return;
    again();
    setTimeout(poll, every).unref();
  }

  await listenTo(sources);

  return {
    check: soon,
    close() {
      closed = true;
      clearTimeout(timer);
      for (const end of ends.values()) end();
    },
  };
}
