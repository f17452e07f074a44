/** What the system refused, as the end of a sentence. For files that are not the state: that has words of its own. */
import { systemCode } from '../journal/problem.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EEXIST: 'something else is there',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of its path is not a directory',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'symbolic links lead in a circle',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** Why a call on a file failed. What is no error of the system is a bug, and goes on. */
export function refusal(error: unknown): string {
  const code = systemCode(error);
  return reasons[code] ?? code;
}
