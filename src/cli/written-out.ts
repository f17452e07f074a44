/** The end of a call: its output is out, or could not be written. */
import { closeSync } from 'node:fs';
import type { Outlet } from '../report/outlet.js';
import { exitOfSignal } from './exit.js';

/** Waits until all is written; gives the exit status: that of the call, unless there was no room for what it said. */
export async function writtenOut(status: number, out: Outlet): Promise<number> {
  await out.flush();
  if (status === exitOfSignal.SIGHUP) leaveTerminal();
  if (status !== 0 || out.failure !== 'ENOSPC') return status;
  process.stderr.write('objflow: standard output could not be written: no space left on the device\n');
  return 1;
}

/** Node aborts where it cannot leave a terminal as it found it: one that was closed, which is what a SIGHUP tells. */
function leaveTerminal(): void {
  const outlets = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY);
  for (const descriptor of [0, ...outlets.map(({ fd }) => fd)]) {
    try {
      closeSync(descriptor);
    } catch {
      // Whoever called us had closed it.
    }
  }
}
