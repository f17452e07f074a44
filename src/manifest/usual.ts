/**
 * A quick look at the shape of a job in the form that nearly all have. What it lets pass, the schema lets pass (a test
 * holds one against the other); all else is left to the schema, mistakes included.
 */
import { type Data, isMap, newMap } from './tree.js';

/** The manifest less those of its jobs whose shape is fine at the first look. */
export function lessUsualJobs(manifest: Data): Data {
  if (!isMap(manifest) || !isMap(manifest.jobs)) return manifest;
  const left = newMap();
  for (const name in manifest.jobs) {
    const job = manifest.jobs[name];
    if (job !== undefined && !isUsual(name, job)) left[name] = job;
  }
  return Object.assign(newMap(), manifest, { jobs: left });
}

/** Is it certain that the schema has nothing to say of this job. */
export function isUsual(name: string, job: Data): boolean {
  if (!isMap(job) || job.run === undefined || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) return false;
  for (const field in job) if (!isFine(field, job[field])) return false;
  return true;
}

function isFine(field: string, value: Data | undefined): boolean {
  switch (field) {
    case 'run':
      return typeof value === 'string' && /\S/.test(value);
    case 'sources':
    case 'targets':
      return typeof value === 'string' || (Array.isArray(value) ? value.every(isText) : isMapOfText(value));
    case 'where':
      return isMapOfText(value);
    case 'description':
    case 'owner':
    case 'pool':
    case 'cwd':
      return typeof value === 'string';
    default:
      return false;
  }
}

const isText = (value: Data): boolean => typeof value === 'string';

function isMapOfText(value: Data | undefined): boolean {
  if (!isMap(value)) return false;
  for (const name in value) if (typeof value[name] !== 'string') return false;
  return true;
}
