/** What a state is known by while nobody touches it. */
import { lstatSync, readdirSync } from 'node:fs';

export interface Rest {
  readonly file: string;
  readonly inbox: string;
  readonly stamp: string;
}

/** Which file it is, and when it last changed; undefined where it cannot be seen. */
export function stampOf(stateFile: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = lstatSync(stateFile, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return undefined;
  }
}

/** Is it as it was, with nobody holding it, and nothing waiting in its inbox. */
export function isAtRest({ file, inbox, stamp }: Rest): boolean {
  if (stampOf(file) !== stamp || lstatSync(`${file}.lock`, { throwIfNoEntry: false }) !== undefined) return false;
  try {
    return readdirSync(inbox).every((name) => name.startsWith('.'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
