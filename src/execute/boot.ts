/** Which start of the machine this is. Knows nothing of what is made of it. */
import { readFileSync } from 'node:fs';

let found: string | undefined;

/** The same from one start of the machine to the next; empty where the system does not tell. */
export function bootId(): string {
  found ??= read();
  return found;
}

function read(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
