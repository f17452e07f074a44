/** How objflow is to be called from a directory: what a message may tell people to type there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package. */
const home = fileURLToPath(new URL('../..', import.meta.url));

/**
 * `npx objflow` where npx finds it: in a clone of it, where a project above has it installed, or where npx itself called
 * us. Elsewhere npx would ask the registry, and `objflow` is on the path.
 */
export function calledFrom(directory: string, env: NodeJS.ProcessEnv = process.env): 'npx objflow' | 'objflow' {
  const isOurs = path.relative(home, directory).split(path.sep)[0] !== '..';
  const above = [directory];
  for (let at = directory; path.dirname(at) !== at; above.push(at)) at = path.dirname(at);
  const isInstalled = above.some((at) => existsSync(path.join(at, 'node_modules/.bin/objflow')));
  return isOurs || isInstalled || env.npm_command === 'exec' ? 'npx objflow' : 'objflow';
}
