/** The graph as a picture: one SVG document without scripts, which refers to nothing outside of itself. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { type Box, boxHeight, type Layout, layout, type Route } from './graph-layout.js';
import { fontSize, pictureStyle } from './graph-look.js';
import { looks, phasesByNeed, type Standings, standingWords, symbolOf } from './graph-standing.js';
import { takeEnd, takeStart, widthOf } from './measure.js';
import { markup, terminal } from './sinks.js';

/** A node as it is drawn. */
export interface Drawn {
  readonly id: string;
  readonly kind: 'job' | 'file' | 'named';
  /** In full, escaped as for a terminal. */
  readonly name: string;
}

/** Objects before jobs, each in the order of the mapping. */
export const drawnOf = (view: GraphView): Drawn[] => [
  ...view.objects.map(
    ({ id, kind }): Drawn => ({ id, kind: kind === 'file' ? 'file' : 'named', name: terminal(displayName(id)) }),
  ),
  ...view.jobs.map(({ name }): Drawn => ({ id: `job:${name}`, kind: 'job', name: terminal(name) })),
];

/** Columns of text in a box, at most. */
const longest = 32;
/** Pixels of one column: fixed-width fonts have 0.60 em, at most 0.605. */
const column = fontSize * 0.605;
const padding = 10;
const margin = 20;

/** The whole document; ends with a newline. */
export function graphSvg(view: GraphView, standings: Standings | undefined): string {
  const picture = draw(view, standings);
  const legend = standings ? legendOf(view, standings, picture.width) : { text: '', width: 0, height: 0 };
  const width = Math.max(picture.width, legend.width) + 2 * margin;
  const height = picture.height + legend.height + 2 * margin;
  const shift = `translate(${margin} ${margin + legend.height})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<title>objflow: the graph of jobs and objects</title>',
    `<style>${pictureStyle}</style>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    ...(legend.text === '' ? [] : [`<g class="legend" transform="translate(${margin} ${margin})">${legend.text}</g>`]),
    `<g transform="${shift}">`,
    picture.text,
    '</g>',
    '</svg>\n',
  ].join('\n');
}

/** What stands in the picture, from its own origin: edges in the order of the view, then nodes in that of `drawnOf`. */
export function draw(view: GraphView, standings: Standings | undefined) {
  const nodes = drawnOf(view).map((node) => {
    const symbol = symbolOf(standings?.get(node.id));
    return { ...node, label: symbol + middleCut(node.name, longest - widthOf(symbol)) };
  });
  const widths = nodes.map(({ id, label }) => [id, Math.ceil(widthOf(label) * column) + 2 * padding] as const);
  const laid = layout(new Map(widths), view.edges);
  const lines = [...edgesOf(view, laid), ...nodes.map((node) => nodeMarkup(node, laid.boxes.get(node.id), standings))];
  return { text: lines.join('\n'), width: laid.width, height: laid.height };
}

/** The text if it fits, otherwise its start and its end: names that are alike differ in either. */
export function middleCut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const start = takeStart(text, Math.ceil((width - 1) / 2));
  return `${start}…${takeEnd(text, width - 1 - widthOf(start))}`;
}

/** One path for each edge of the view; one that leads from a node to itself has nothing to draw. */
function edgesOf(view: GraphView, { routes }: Layout): string[] {
  const byEnds = new Map(routes.map((route) => [JSON.stringify([route.from, route.to]), route]));
  return view.edges.map(({ from, to }) => {
    const route = byEnds.get(JSON.stringify([from, to]));
    return `<path class="edge" d="${route ? pathOf(route) : ''}"/>`;
  });
}

function pathOf({ points }: Route): string {
  let path = '';
  let [x, y] = [0, 0];
  let back = false;
  for (const [index, point] of points.entries()) {
    back = point.x < x;
    const bend = Math.round((point.x - x) / 2);
    if (index === 0) path = `M${point.x} ${point.y}`;
    else if (point.y === y) path += `H${point.x}`;
    else path += `C${x + bend} ${y} ${point.x - bend} ${point.y} ${point.x} ${point.y}`;
    ({ x, y } = point);
  }
  return `${path}${back ? 'm5 -4l-5 4l5 4' : 'm-5 -4l5 4l-5 4'}`;
}

type Labelled = Drawn & { readonly label: string };

function nodeMarkup({ id, kind, name, label }: Labelled, box: Box | undefined, standings: Standings | undefined) {
  if (box === undefined) return '';
  const standing = standings?.get(id);
  const look = standing === undefined ? '' : ` ${standing.phase ?? 'idle'}`;
  const title = standing === undefined ? name : `${name}: ${standingWords(standing)}`;
  return (
    `<g class="node ${kind}${look}" transform="translate(${box.x} ${box.y})"><title>${markup(title)}</title>` +
    `${shapeOf(kind, box.width)}<text x="${padding}" y="17"${fitted(label)}>${markup(label)}</text></g>`
  );
}

/** Other characters than ASCII come from other fonts, whose widths nobody knows: they are made to fit. */
const fitted = (label: string): string =>
  /^[ -~]*…?[ -~]*$/.test(label)
    ? ''
    : ` textLength="${Math.floor(widthOf(label) * column)}" lengthAdjust="spacingAndGlyphs"`;

const fold = 9;

/** Jobs are boxes with round corners, files sheets with a folded corner, other objects have round ends. */
function shapeOf(kind: Drawn['kind'], width: number): string {
  if (kind !== 'file')
    return `<rect class="shape" width="${width}" height="${boxHeight}" rx="${kind === 'job' ? 5 : boxHeight / 2}"/>`;
  const corner = width - fold;
  return (
    `<path class="shape" d="M0 0H${corner}L${width} ${fold}V${boxHeight}H0Z"/>` +
    `<path class="fold" d="M${corner} 0V${fold}H${width}"/>`
  );
}

interface Item {
  readonly look: string;
  readonly kind: Drawn['kind'];
  readonly text: string;
}

/** What shapes and colours mean: those that are there. */
export function legendItems(view: GraphView, standings: Standings | undefined): Item[] {
  const found = new Set([...(standings?.values() ?? [])].map(({ phase }) => phase));
  const carrier = view.jobs.length > 0 ? 'job' : 'named';
  const kinds = new Set(drawnOf(view).map(({ kind }) => kind));
  return [
    ...(standings === undefined && kinds.has('job') ? [{ look: '', kind: 'job', text: 'job' } as const] : []),
    ...(kinds.has('file') ? [{ look: '', kind: 'file', text: 'file' } as const] : []),
    ...(kinds.has('named') ? [{ look: '', kind: 'named', text: 'other object' } as const] : []),
    ...phasesByNeed.flatMap((phase) =>
      found.has(phase) ? [{ look: phase, kind: carrier, text: `${looks[phase].symbol} ${phase}` } as const] : [],
    ),
    ...(standings && found.has(undefined) ? [{ look: 'idle', kind: carrier, text: 'no tasks yet' } as const] : []),
  ];
}

const swatch = 30;
const row = boxHeight + 8;

/** The shape of an item, as wide and high as it says. */
export const swatchOf = ({ look, kind }: Item) => ({
  text: `<g class="${kind}${look === '' ? '' : ` ${look}`}">${shapeOf(kind, swatch)}</g>`,
  width: swatch,
  height: boxHeight,
});

/** In rows as wide as the picture, or a little screen. */
function legendOf(view: GraphView, standings: Standings, room: number) {
  const items = legendItems(view, standings);
  let [x, y, width] = [0, 0, 0];
  const texts = items.map(({ look, kind, text }) => {
    const needed = swatch + 8 + Math.ceil(widthOf(text) * column) + 20;
    if (x > 0 && x + needed > Math.max(room, 600)) [x, y] = [0, y + row];
    const at = `<g class="${kind}${look === '' ? '' : ` ${look}`}" transform="translate(${x} ${y})">`;
    x += needed;
    width = Math.max(width, x);
    return `${at}${shapeOf(kind, swatch)}<text x="${swatch + 8}" y="17"${fitted(text)}>${text}</text></g>`;
  });
  return { text: texts.join(''), width, height: items.length === 0 ? 0 : y + row + 12 };
}
