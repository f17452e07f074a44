/**
 * What of a manifest bears on what is to be done: all but the texts of commands and descriptions. While that is the same,
 * whatever had nothing to do has nothing to do.
 */
import { hash } from 'node:crypto';
import { parseManifest } from './parse.js';
import { checkShape } from './shape.js';
import { decode, manifestText } from './text.js';
import { type Data, entries, entry, isMap } from './tree.js';

/** As a hash; undefined where something is to be said about the manifest. */
export async function bearingOf(file: string, bytes: Buffer): Promise<string | undefined> {
  const text = decode(bytes);
  if (!text.ok) return undefined;
  const { tree, findings } = await parseManifest(manifestText(file, text.value));
  if (tree === undefined || findings.length > 0 || checkShape(tree).findings.length > 0) return undefined;
  const jobs = entries(entry(tree.data, 'jobs')).map(([name, job]) => [
    name,
    isMap(job) ? entries(job).map(field) : job,
  ]);
  const others = entries(tree.data).filter(([name]) => name !== 'jobs');
  return hash('sha256', JSON.stringify([others, jobs]), 'base64');
}

/** Of a command, what a check may object to. */
function field([name, value]: readonly [string, Data]): readonly unknown[] {
  if (name === 'description' && typeof value === 'string') return [];
  if (name === 'run' && typeof value === 'string') return [name, value.match(/\$?\{\w+\}/g), value.trim() === ''];
  return [name, value];
}
