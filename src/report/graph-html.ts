/**
 * The graph as a page: one HTML document that holds its picture, its data, its style and its script, and is forbidden
 * to fetch anything.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GraphView, StandingView } from '../core/views.js';
import { counted } from './count.js';
import { pictureStyle } from './graph-look.js';
import { pageStyle } from './graph-page-look.js';
import { looks, type Standings, standingWords } from './graph-standing.js';
import { draw, drawnOf, legendItems, swatchOf } from './graph-svg.js';
import { scriptJson, terminal } from './sinks.js';

/** What is declared of a job or an object besides its name. */
export interface Detail {
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
}

/** By node: `job:NAME`, or an object's id. */
export type Details = ReadonlyMap<string, Detail>;

/** Tasks of which a node tells the reasons; the others it counts. */
const told = 5;

/** The whole document; ends with a newline. */
export function graphHtml(view: GraphView, standings: Standings | undefined, details: Details): string {
  const script = readFileSync(new URL('graph-page.js', import.meta.url), 'utf8');
  const style = pictureStyle + pageStyle;
  const picture = draw(view, standings);
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>objflow graph</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${titleOf(view)}</h1>
<label><input id="search" type="search" placeholder="Search ( / )" aria-label="Search jobs and objects" autocomplete="off" spellcheck="false"></label>
<output id="found" for="search"></output>
<span class="buttons"><button id="out" title="Zoom out ( - )" aria-label="Zoom out">−</button><button id="in" title="Zoom in ( + )" aria-label="Zoom in">+</button><button id="fit" title="Show everything ( 0 )">Fit</button></span>
${legendOf(view, standings)}
</header>
<main>
<svg id="picture" xmlns="http://www.w3.org/2000/svg" data-width="${picture.width}" data-height="${picture.height}" aria-label="The graph of jobs and objects"><g id="view">
${picture.text}
</g></svg>
<aside id="panel" aria-live="polite" tabindex="-1" hidden></aside>
</main>
<script type="application/json" id="data">${scriptJson(dataOf(view, standings, details))}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** `5 jobs, 7 objects`, or the one kind that is there. */
const titleOf = ({ jobs, objects }: GraphView): string =>
  [jobs.length > 0 ? counted(jobs.length, 'job') : '', objects.length > 0 ? counted(objects.length, 'object') : '']
    .filter((text) => text !== '')
    .join(', ') || 'no jobs';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the page's script reads: nodes and edges in the order of the picture. All text in it is fit to be shown. */
function dataOf(view: GraphView, standings: Standings | undefined, details: Details) {
  const nodes = drawnOf(view);
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  return {
    nodes: nodes.map(({ id, kind, name }) => {
      const { description, owner, tags = [] } = details.get(id) ?? {};
      const standing = standings?.get(id);
      return {
        kind,
        name,
        ...(description === undefined ? {} : { description: terminal(description.trim()) }),
        ...(owner === undefined ? {} : { owner: terminal(owner) }),
        ...(tags.length === 0 ? {} : { tags: tags.map(terminal) }),
        ...(standing === undefined ? {} : { standing: standingData(standing) }),
      };
    }),
    edges: view.edges.map(({ from, to }) => [numbers.get(from), numbers.get(to)]),
  };
}

function standingData(standing: StandingView) {
  const { phase, tasks } = standing;
  return {
    words: standingWords(standing),
    ...(phase === undefined ? {} : { phase, symbol: looks[phase].symbol }),
    tasks: tasks.slice(0, told).map(({ task, phase: own, reasons }) => ({
      task: terminal(task),
      phase: own,
      symbol: looks[own].symbol,
      reasons: [...new Set(reasons.map(({ message }) => terminal(message)))],
    })),
    more: Math.max(0, tasks.length - told),
  };
}

function legendOf(view: GraphView, standings: Standings | undefined): string {
  const items = legendItems(view, standings).map((item) => {
    const { text, width, height } = swatchOf(item);
    const box = `viewBox="-1 -1 ${width + 2} ${height + 2}" width="${Math.round(width * 0.7)}" height="${Math.round(height * 0.7)}"`;
    return `<li><svg aria-hidden="true" ${box}>${text}</svg> ${item.text}</li>`;
  });
  return items.length === 0 ? '' : `<ul class="legend">${items.join('')}</ul>`;
}
