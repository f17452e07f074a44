/** `objflow logs`: the output of a run, past or present. Reads at any time, disturbs nobody. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { RunView } from '../core/views.js';
import { type LogReader, logReader } from '../execute/log-reader.js';
import { lookAtRun } from '../execute/look.js';
import { isHeld } from '../journal/lock.js';
import { listen } from '../objects/hints.js';
import { logFile } from '../orchestrator/places.js';
import { forTerminal, type LogView, logDocument, logEnd, logHead, logLeft } from '../report/logs.js';
import { terminal } from '../report/sinks.js';
import { type Changes, changesOf } from './changes.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { type Finder, finderOf, hasForgottenLog, whyNoRun } from './find-run.js';
import { recordedIn } from './recorded.js';
import { refusal } from './refused.js';
import { say } from './say.js';

export interface LogsOptions {
  readonly format: 'text' | 'json';
  readonly follow?: boolean;
  readonly lines?: number;
  readonly path?: boolean;
  readonly raw?: boolean;
}

/** Where output goes: `last` says that no more comes. Gives false when nobody reads it any more. */
export type Sink = (bytes: Uint8Array, last?: boolean) => Promise<boolean>;

/** Gives the exit status. */
export async function logs(
  context: Context,
  subject: string,
  options: LogsOptions,
  sink: Sink = process.stdout.isTTY && options.raw !== true ? escaping(context) : plain,
): Promise<number> {
  const { format, follow = false, lines } = options;
  if (follow && (format === 'json' || options.path)) {
    const other = options.path ? '--path' : '--format json';
    throw new UserError(`--follow and ${other} do not go together; ask for the one or the other`);
  }
  const file = recordedIn(context);
  const finder = finderOf(file, subject);
  const view = finder.look() ?? (await absent(context, file, subject, finder, follow));
  const log = logOf(file, view ?? subject);
  if (log.gone && format !== 'json')
    throw new UserError(`the log of \`${terminal(subject)}\` is gone: there is no ${terminal(log.path)}`, exit.unwell);
  if (options.path) context.out.write(`${process.stdout.isTTY ? terminal(log.path) : log.path}\n`);
  else if (format === 'json') context.out.write(logDocument(log));
  else {
    say(context, logHead(log, path.relative(context.cwd, log.path), Date.now()));
    const reader = logReader(log.path, lines);
    if (follow && view?.outcome === 'running') await followRun(context, file, view, reader, sink);
    else {
      await reader.read(sink);
      if (view?.outcome !== 'running' && !reader.position && lines !== 0) say(context, 'it has left no output');
    }
    await sink(new Uint8Array(), true);
  }
  return log.gone ? exit.unwell : exit.well;
}

function logOf(file: string, run: RunView | string): LogView {
  const view = typeof run === 'string' ? { run } : { run: run.run, view: run };
  const log = logFile(file, view.run);
  const bytes = sizeOf(log);
  const about = { ...view, path: path.resolve(log) };
  if (bytes !== undefined) return { ...about, bytes };
  return typeof run !== 'string' && hasBegun(run) ? { ...about, gone: true } : about;
}

/** Its command was started and has ended, so that there was a log. */
const hasBegun = ({ outcome, exitCode, signal }: RunView): boolean =>
  outcome === 'succeeded' || (outcome !== 'running' && (exitCode ?? signal) !== undefined);

/** Undefined where there is none. Throws a `UserError` where it cannot be read. */
function sizeOf(log: string): number | undefined {
  try {
    const bytes = statSync(log, { throwIfNoEntry: false })?.size;
    if (bytes !== undefined) accessSync(log, constants.R_OK);
    return bytes;
  } catch (error) {
    throw new UserError(`cannot read the log ${terminal(log)}: ${refusal(error)}`, exit.state);
  }
}

/** There is no such run. Undefined where its log is there all the same; waits for the first run where it is to be followed. */
async function absent(
  context: Context,
  file: string,
  subject: string,
  finder: Finder,
  follow: boolean,
): Promise<RunView | undefined> {
  if (hasForgottenLog(file, subject)) return undefined;
  const shown = `\`${terminal(subject)}\``;
  if (finder.onlyAdopted && !follow)
    throw new UserError(`${shown} was adopted and has not run since: there is no output`, exit.unwell);
  const why = await whyNoRun(context, subject, finder.names);
  if (why !== undefined) throw new UserError(why);
  if (!follow) throw new UserError(`${shown} has not run yet; \`objflow status\` says what it waits for`, exit.unwell);
  say(context, `waiting for the first run of ${shown}`);
  const changes = await changesOf([file], listen);
  try {
    for (;;) {
      const view = finder.look();
      if (view !== undefined) return view;
      await changes.next();
    }
  } finally {
    changes.close();
  }
}

/** Gives its output as it comes, until it has ended: as the state says or, where nobody keeps that, its process. */
async function followRun(context: Context, file: string, began: RunView, reader: LogReader, sink: Sink): Promise<void> {
  const finder = finderOf(file, began.run);
  const changes: Changes = await changesOf([file, logFile(file, began.run)], listen);
  let isRead = true;
  const give: Sink = async (bytes) => {
    isRead = await sink(bytes);
    return isRead;
  };
  try {
    while (isRead) {
      const end = endOf(file, finder, began);
      // What it wrote before it ended is there by now.
      await reader.read(give);
      if (end !== undefined) {
        say(context, end);
        return;
      }
      await changes.next();
    }
  } finally {
    changes.close();
  }
}

/** How the run has ended, in a sentence; undefined while it runs. */
function endOf(file: string, finder: Finder, began: RunView): string | undefined {
  // First who holds the state, then what that says: whoever lets go of it has recorded what there was to record.
  const held = isHeld(file);
  const view = finder.look() ?? began;
  if (view.outcome !== 'running') return logEnd(view);
  if (held) return undefined;
  const { runs, ending } = lookAtRun(path.resolve(path.dirname(file)), view.run);
  return runs ? undefined : logLeft(view, ending);
}

/** To a terminal, which obeys what it is given. */
function escaping({ out }: Context): Sink {
  const text = forTerminal();
  return async (bytes, last) => {
    out.write(text(bytes, last), true);
    await out.flush();
    return out.failure === undefined;
  };
}

/** As it is: it is read by a program, or was asked for so. */
const plain: Sink = (bytes) =>
  new Promise((resolve) => {
    process.stdout.write(bytes, (error) => resolve(!error));
  });
