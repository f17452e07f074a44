/**
 * Remembers the answer of a run that found nothing to do, and told of nothing else: the next one asks the disk the same,
 * and is answered so while it says the same. Nothing of the state may have changed, nor anything wait for a time.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inboxOf } from '../journal/inbox.js';
import { bearingOf } from '../manifest/bearing.js';
import { contentOf, type Seen } from '../manifest/seen.js';
import type { OnceOptions } from '../orchestrator/once.js';
import { recordQuestions } from '../recall/questions.js';
import { stampOf } from '../recall/state.js';
import type { Outlet } from '../report/outlet.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import type { Mapped } from './mapping.js';
import { type Grounds, remember } from './memory.js';

export interface RunMemory extends Pick<OnceOptions, 'asked' | 'leaving'> {
  /** Standard output, which is listened to. */
  readonly out: Outlet;
  /** Something happened. */
  happened(): void;
  end(status: number): Promise<void>;
}

/** For a run of this mapping that has taken the state. Undefined where the call is not one to be remembered. */
export function runMemory({ call, out }: Context, mapped: Mapped, file: string): RunMemory | undefined {
  if (call === undefined || path.dirname(file) !== call.directory) return undefined;
  const recorder = recordQuestions(mapped.mapping.root);
  const before = stampOf(file);
  let after: string | undefined;
  let output = '';
  let isQuiet = true;
  return {
    asked: recorder,
    leaving() {
      after = stampOf(file);
    },
    out: Object.assign(Object.create(out), {
      write(text: string, always?: boolean) {
        output += text;
        return out.write(text, always);
      },
    }),
    happened() {
      isQuiet = false;
    },
    async end(status) {
      if (!isQuiet || status !== exit.well || before === undefined || after !== before) return;
      const answered = recorder.finish();
      if (answered === undefined) return;
      const seen = mapped.sources.seen();
      const state = { file, inbox: inboxOf(file), stamp: before };
      const at = /"at":"([^"]*)"/.exec(output)?.[1];
      remember(call, { output, status, at }, { seen, state, ...(await bearingsOf(seen)) }, answered);
    },
  };
}

/** Of each manifest, as it was read; none where one says more than can be told so. */
async function bearingsOf({ read }: Seen): Promise<Pick<Grounds, 'bearings'>> {
  const bearings: Record<string, string> = {};
  for (const [file, , content] of read) {
    const bytes = bytesOf(file);
    const bearing = bytes && contentOf(bytes) === content ? await bearingOf(file, bytes) : undefined;
    if (bearing === undefined) return {};
    bearings[file] = bearing;
  }
  return { bearings };
}

/** Undefined where it has gone since it was read: an editor or a checkout puts another in its place. */
function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
