/** `objflow init`: writes a small mapping that works at once. */
import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { terminal } from '../report/sinks.js';
import { calledFrom } from './called.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { initFiles } from './init-template.js';
import { refusal } from './refused.js';

/** Gives the exit status. Writes nothing where something of that name is there already. */
export function init(context: Context, directory: string): number {
  const root = path.resolve(context.cwd, directory);
  const files = initFiles();
  const there = [...files.map((file) => file.path), 'objflow.yml'].filter((name) => isThere(path.join(root, name)));
  if (there.length > 0)
    throw new UserError(
      `${terminal(there.join(', '))} ${there.length === 1 ? 'is' : 'are'} there already; nothing was written. Name another directory: \`objflow init DIR\``,
    );
  for (const file of files)
    tried(path.join(root, file.path), (target) => {
      makeDirectories(path.dirname(target));
      writeFileSync(target, file.content, { flag: 'wx' });
    });
  const as = calledFrom(root);
  const shown = path.relative(context.cwd, root);
  const step =
    shown === '' ? '' : `cd ${/^[\w./-]+$/.test(shown) ? shown : `'${terminal(shown).replaceAll("'", "'\\''")}'`}\n  `;
  context.out.write(
    `wrote ${files.map((file) => file.path).join(', ')}\n\nNow type:\n  ${step}${as} graph    # see it\n  ${as} run      # run it\n  ${as} status   # see what stands\n  ${as} watch    # run whatever lands from now on\n`,
  );
  return exit.well;
}

const isThere = (target: string): boolean =>
  tried(target, () => lstatSync(target, { throwIfNoEntry: false }) !== undefined);

/** What the system refuses is told in a sentence. */
function tried<T>(target: string, act: (target: string) => T): T {
  try {
    return act(target);
  } catch (error) {
    throw new UserError(
      `cannot write ${terminal(target)}: ${refusal(error)}; name another directory: \`objflow init DIR\``,
    );
  }
}

/** One after the other: Node's own `recursive` never ends where a parent is there and takes no directory, as in /proc. */
function makeDirectories(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return;
  makeDirectories(path.dirname(directory));
  mkdirSync(directory);
}
