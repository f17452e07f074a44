/** `objflow graph`: prints the graph, and with `--status` how its jobs stand now. */
import { tasksView } from '../core/answers.js';
import { graphView } from '../core/graph.js';
import type { Mapping } from '../core/mapping.js';
import { type Present, readPresent } from '../orchestrator/present.js';
import { type GraphOptions, renderGraph } from '../report/graph.js';
import type { Detail, Details } from '../report/graph-html.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { requireMapping } from './mapping.js';
import { rememberMapping } from './memory.js';
import { tellMissingState } from './missing-state.js';
import { requireSelection } from './selection.js';

export interface GraphCommandOptions {
  readonly format: GraphOptions['format'];
  readonly status?: boolean;
  readonly jobs?: boolean;
  readonly objects?: boolean;
}

/** Gives the exit status. */
export async function graph(
  context: Context,
  selectors: readonly string[],
  { format, status, jobs: jobsOnly, objects: objectsOnly }: GraphCommandOptions,
): Promise<number> {
  const mapped = await requireMapping(context);
  const { mapping, graph: whole } = mapped;
  // A selector and `--status` may both ask for it; it is read once.
  let reading: Promise<Present> | undefined;
  const present = (): Promise<Present> => {
    reading ??= readPresent(stateFile(context, mapped.mapping), mapped).then(must);
    return reading;
  };
  const selected = await requireSelection(context, mapped, selectors, present);
  const jobs = new Map([...mapping.jobs].filter(([name]) => selected?.jobs.has(name) ?? true));
  const view = selected ? graphView({ jobs }) : graphView(mapping, whole);
  if (status) tellMissingState(context);
  const tasks = status ? tasksView((await present()).state).filter((task) => selected?.has(task) ?? true) : undefined;
  const output = renderGraph(view, {
    format,
    color: context.colorOut && (format === 'text' || format === 'table'),
    width: context.width,
    only: jobsOnly ? 'jobs' : objectsOnly ? 'objects' : undefined,
    tasks,
    details: detailsOf(mapping),
  });
  context.out.write(output);
  // What followed from a state as well would have to look at all of it.
  if (reading === undefined) rememberMapping(context.call, { output, status: exit.well }, mapped.sources);
  return exit.well;
}

/** What is declared of each job, and of each object whose declaration is written with the same pattern. */
function detailsOf({ jobs, objects }: Mapping): Details {
  const details = new Map<string, Detail>([...jobs].map(([name, job]) => [`job:${name}`, job]));
  // The first declaration counts.
  for (const declared of objects.toReversed()) details.set(declared.pattern.id, declared);
  return details;
}
