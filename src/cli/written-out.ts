/** The end of a call: its output is out, or could not be written. */
import type { Outlet } from '../report/outlet.js';

/** Waits until all is written; gives the exit status: that of the call, unless there was no room for what it said. */
export async function writtenOut(status: number, out: Outlet): Promise<number> {
  await out.flush();
  if (status !== 0 || out.failure !== 'ENOSPC') return status;
  process.stderr.write('objflow: standard output could not be written: no space left on the device\n');
  return 1;
}
