/**
 * What can be wrong with a state, as a value and in a sentence: what happened, where, what to do. Knows nothing of how
 * the journal works.
 */

export type ProblemCode =
  /** Another process holds the state. */
  | 'held'
  /** The path, its directory or its lock cannot be used as they are. */
  | 'unusable'
  | 'not-ours'
  | 'newer'
  | 'damaged'
  /** No room: nothing was written, the same append may succeed later. */
  | 'full'
  /** Writing or syncing failed: what is on disk is in doubt. */
  | 'failed'
  /** Something else removed, replaced, cut or wrote the file while we held it. */
  | 'changed';

export interface JournalProblem {
  readonly code: ProblemCode;
  /** Without a final full stop. */
  readonly message: string;
  /** The same call may succeed later; where false, it never will on this journal. */
  readonly retryable: boolean;
  /** Where a damaged file is damaged: its line from 1, the byte offset of that line from 0. */
  readonly line?: number;
  readonly offset?: number;
  /** Who holds the state, as far as its lock file tells. */
  readonly holder?: { readonly pid: number; readonly host: string; readonly since: string };
}

/** A problem that stays. */
export const problem = (code: ProblemCode, message: string, more: Partial<JournalProblem> = {}): JournalProblem => ({
  code,
  message,
  retryable: false,
  ...more,
});

/** Text from outside (a path, a lock file) as it may stand in a sentence: what could steer a terminal is escaped. */
export const shown = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/** The code of an error of the system; anything else is a bug, and goes on. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

/** There is no room; making some helps. */
export const isFull = (code: string): boolean => code === 'ENOSPC' || code === 'EDQUOT';

const reasons: Readonly<Record<string, string>> = {
  EACCES:
    'permission denied; give this user read and write access to it and its directory, or name another with --state',
  EPERM: 'not permitted; give this user read and write access to it and its directory, or name another with --state',
  EROFS: 'the file system is read-only; name a state on another one with --state',
  EISDIR: 'it is a directory; name a file with --state',
  ENOTDIR: 'a part of its path is not a directory; name another with --state',
  ENOTFILE: 'it is not a regular file; move it away, or name another with --state',
  ENXIO: 'it is not a regular file; move it away, or name another with --state',
  ELOOP: 'it is a symbolic link; name the file itself with --state',
  ENAMETOOLONG: 'its name is too long; name another with --state',
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'the disk quota is used up; make room',
  EMFILE: 'too many files are open; raise `ulimit -n`',
  ENFILE: 'the system has too many files open; end something',
};

/** Why a call on a file failed, and what to do about it. */
export const reasonOf = (code: string): string => reasons[code] ?? `${code}; check the disk`;

/** A path that cannot be used: `what` begins the sentence, as in `cannot open the state`. */
export const unusable = (what: string, path: string, error: unknown): JournalProblem =>
  problem('unusable', `${what} ${shown(path)}: ${reasonOf(systemCode(error))}`);
