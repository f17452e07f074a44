// An objflow that is about to die: starts the work that it is given, in the built executor, and tells how it ended.
// argv: the project's root, the work as JSON, and `exhaust` to have used up all descriptors before, or `kept` for shells that are kept.
import { openSync } from 'node:fs';
import path from 'node:path';
import { handedOn } from '../../dist/execute/environment.js';
import { localExecutor } from '../../dist/execute/local.js';
import { openShells } from '../../dist/execute/shells.js';

const [root, work, how] = process.argv.slice(2);
const shells = how?.includes('kept') && openShells({ cwd: root, env: handedOn(process.env) });
const executor = localExecutor({
  root,
  directory: path.join(root, '.objflow'),
  grace: 300,
  ...(shells && { starter: shells }),
});
const given = JSON.parse(work);
if (how?.includes('exhaust')) {
  await executor.start({ ...given, run: 'warm', job: { ...given.job, run: 'true' } }).outcome;
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // none left
  }
}
process.stdout.write(JSON.stringify(await executor.start(given).outcome));
if (shells) shells.close();
