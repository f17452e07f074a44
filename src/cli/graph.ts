/** `objflow graph`: prints the graph. */
import { graphView } from '../core/graph.js';
import { type GraphOptions, renderGraph } from '../report/graph.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { requireMapping, requireSelected } from './mapping.js';

/** Gives the exit status. */
export async function graph(
  context: Context,
  selectors: readonly string[],
  { format }: { readonly format: GraphOptions['format'] },
): Promise<number> {
  const mapped = await requireMapping(context);
  const { mapping, graph: whole } = mapped;
  const selected = requireSelected(mapped, selectors);
  const jobs = new Map([...mapping.jobs].filter(([name]) => selected?.has(name) ?? true));
  const view = selected ? graphView({ jobs }) : graphView(mapping, whole);
  context.out.write(
    renderGraph(view, {
      format,
      color: context.colorOut && (format === 'text' || format === 'table'),
      width: context.width,
    }),
  );
  return exit.well;
}
