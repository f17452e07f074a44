/** For commands that read: a state that was named and does not exist reads like one in which nothing has happened. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { say } from './say.js';

/** Says so where `--state` names a file that is not there: most often a typo. */
export function tellMissingState(context: Context): void {
  const { state } = context.options;
  if (state === undefined || existsSync(path.resolve(context.cwd, state))) return;
  say(context, `\`${terminal(state)}\` does not exist: this is as if nothing had ever run; check what --state names`);
}
