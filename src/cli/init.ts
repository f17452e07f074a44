/** `objflow init`: writes a small mapping that works at once. */
import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { initFiles } from './init-template.js';

/** Gives the exit status. Writes nothing where something of that name is there already. */
export function init(context: Context, directory: string): number {
  const root = path.resolve(context.cwd, directory);
  const files = initFiles();
  const there = [...files.map((file) => file.path), 'objflow.yml'].filter(
    (name) => lstatSync(path.join(root, name), { throwIfNoEntry: false }) !== undefined,
  );
  if (there.length > 0)
    throw new UserError(
      `${terminal(there.join(', '))} is there already; nothing was written. Name another directory: objflow init DIR`,
    );
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file.path)), { recursive: true });
    writeFileSync(path.join(root, file.path), file.content, { flag: 'wx' });
  }
  const shown = path.relative(context.cwd, root);
  const step =
    shown === '' ? '' : `cd ${/^[\w./-]+$/.test(shown) ? shown : `'${terminal(shown).replaceAll("'", "'\\''")}'`}\n  `;
  context.out.write(
    `wrote ${files.map((file) => file.path).join(', ')}\n\nNow type:\n  ${step}npx objflow graph    # see it\n  npx objflow run      # run it\n  npx objflow status   # see what stands\n  npx objflow watch    # run whatever lands from now on\n`,
  );
  return exit.well;
}
