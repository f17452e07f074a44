/**
 * What selectors select, or what was meant instead. The present state is read only where a selector asks for it.
 */
import { type NotKnown, phases } from '../core/named.js';
import { asObjectId, displayName, nameOf } from '../core/object.js';
import { isLiteral, parsePattern } from '../core/pattern.js';
import { err, ok, type Result, unreachable } from '../core/result.js';
import { readSelectors } from '../core/select.js';
import type { Selection } from '../core/selector.js';
import type { State } from '../core/state.js';
import { didYouMean } from '../manifest/suggest.js';
import { terminal } from '../report/sinks.js';
import { meantObject, quoted } from './named.js';
import type { Problem } from './problem.js';
import type { Mapped } from './session.js';
import { noJobCanRead, whyUntaken } from './untaken.js';

/**
 * What is selected; undefined where there are no selectors: all. `present` gives the present state; paths of objects may
 * have been meant from `cwd`.
 */
export async function select(
  mapped: Mapped,
  selectors: readonly string[],
  present: () => Promise<Result<{ readonly state: State }, Problem>>,
  cwd: string,
): Promise<Result<Selection | undefined, Problem>> {
  if (selectors.length === 0) return ok(undefined);
  const read = readSelectors(mapped.mapping, mapped.graph, selectors);
  if (!read.ok) return err(unknown(cwd, mapped, read.error, undefined));
  const now = read.value.needState ? await present() : undefined;
  if (now?.ok === false) return now;
  const state = now?.value.state;
  const selected = read.value.select(state);
  return selected.ok ? selected : err(unknown(cwd, mapped, selected.error, state));
}

const unknown = (cwd: string, mapped: Mapped, what: NotKnown, state: State | undefined): Problem => ({
  kind: 'unknown-selector',
  message: notKnown(cwd, mapped, what, state),
});

function notKnown(cwd: string, mapped: Mapped, { what, name }: NotKnown, state: State | undefined): string {
  const shown = quoted(name);
  const never = what === 'object' || what === 'absent' ? untaken(mapped, name) : undefined;
  if (never !== undefined) return never;
  const close = meant(cwd, mapped, { what, name }, state);
  const hint = (otherwise: string): string => terminal(close ?? otherwise);
  switch (what) {
    case 'nothing':
      return 'a selector is empty; give the name of a job, `tag:nightly`, `state:failed`, or an object';
    case 'job':
      return `no job, task or object is called ${shown}; ${hint('`objflow graph` lists the jobs and what they read and write')}`;
    case 'tag': {
      const tags = tagsOf(mapped);
      return `no job has the tag ${shown}; ${hint(tags.length === 0 ? 'no job has any' : `tags are ${tags.join(', ')}`)}`;
    }
    case 'phase':
      return `no phase is called ${shown}; ${hint(`phases are ${phases.join(', ')}`)}`;
    case 'task':
      return `no task is called ${shown}; ${hint('`objflow status` lists the tasks')}`;
    case 'object':
      return `no job reads or writes ${shown}; ${hint('`objflow graph` lists what they read and write')}`;
    case 'absent':
      return `${shown} is not there, and no task makes it; ${hint('`objflow status` lists the tasks')}`;
    default:
      return unreachable(what);
  }
}

/** What keeps an object of this name from being a source, in a sentence. */
function untaken({ mapping }: Mapped, name: string): string | undefined {
  const pattern = parsePattern(name);
  if (!pattern.ok || !isLiteral(pattern.value)) return undefined;
  const object = asObjectId(pattern.value.id);
  const why = whyUntaken(mapping)(object);
  return why === undefined ? undefined : noJobCanRead(object, why);
}

/** “did you mean”: the same with its `tag:`, `state:` or kind, or else what is closest. */
function meant(cwd: string, mapped: Mapped, { what, name }: NotKnown, state: State | undefined): string | undefined {
  const { mapping } = mapped;
  const jobs = [...mapping.jobs.values()];
  const patterns = jobs.flatMap(({ sources, targets }) => [...sources, ...targets]);
  const words = [
    ...tagsOf(mapped).map((tag) => `tag:${tag}`),
    ...phases.map((phase) => `state:${phase}`),
    ...new Set(patterns.map(({ pattern }) => displayName(pattern.id))),
  ];
  const other = words.find((word) => word.includes(':') && nameOf(word) === name);
  if (other !== undefined) return `did you mean \`${other}\`?`;
  switch (what) {
    case 'tag':
      return didYouMean(`tag:${name}`, words);
    case 'phase':
      return didYouMean(`state:${name}`, words);
    case 'task':
      return state ? didYouMean(name, state.tasks.keys()) : didYouMean(name.replace(/\[.*/s, ''), mapping.jobs.keys());
    case 'absent':
      return state && didYouMean(name, [...state.objects.keys()].map(displayName));
    case 'object':
      return meantObject(mapping, name, cwd) ?? didYouMean(name, words);
    default:
      return didYouMean(name, [...mapping.jobs.keys(), ...words]) ?? meantObject(mapping, name, cwd);
  }
}

const tagsOf = ({ mapping }: Mapped): readonly string[] =>
  [...new Set([...mapping.jobs.values()].flatMap((job) => job.tags))].sort();
