/**
 * The launcher's own program: starts what it is asked to, tells how that ends, and ends with whoever asks. It starts
 * commands by Node's own spawn, with what execa is told elsewhere: loading execa would double the memory that is copied
 * at each start, and its checks take half as long again as the start itself.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Answer, Request } from './launcher.js';
import { inDirectory, whyNot } from './start.js';

const answer = (message: Answer | 'ready'): void => {
  process.send?.(message, undefined, undefined, () => {}); // nobody may be there any more
};

function start({ id, arguments: given, cwd, env, log }: Request): void {
  let output: number | undefined;
  try {
    output = inDirectory(log, () => openSync(log, 'a', 0o600));
    const child = spawn('/bin/sh', given, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    child.on('error', (error) => answer({ id, failed: whyNot(error) }));
    if (child.pid !== undefined) answer({ id, pid: child.pid });
    child.on('exit', (exitCode, signal) => {
      answer({
        id,
        gone: { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) },
      });
    });
  } catch (error) {
    answer({ id, failed: whyNot(error) });
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', (request) => start(request as Request)); // nobody else has this channel
answer('ready');
