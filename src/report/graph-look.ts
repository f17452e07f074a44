/** The colours of pictures, as style sheets that follow the light or dark ground that the reader prefers. */
import type { Phase } from '../core/views.js';
import { looks, phasesByNeed } from './graph-standing.js';

/** Fill and line of nodes that are not coloured by their phase. */
const kinds = {
  job: { light: ['#dbe9f6', '#3c6e9c'], dark: ['#1f3a54', '#8ab8e6'] },
  file: { light: ['#f4f1ea', '#8a7d62'], dark: ['#37332a', '#b8aa8c'] },
  named: { light: ['#eeeaf6', '#75669f'], dark: ['#322c44', '#ab9bd6'] },
} as const;

const ground = {
  light: { back: '#ffffff', text: '#1b1f24', faint: '#5c6570', edge: '#9aa4b0', rule: '#d5dae0', mark: '#d97706' },
  dark: { back: '#14171b', text: '#e6e9ed', faint: '#9aa4b0', edge: '#667080', rule: '#343a42', mark: '#fbbf24' },
} as const;

function palette(mode: 'light' | 'dark'): string {
  const pairs: [string, readonly [string, string]][] = [
    ...Object.entries(kinds).map(([name, look]): [string, readonly [string, string]] => [name, look[mode]]),
    ...phasesByNeed.map((phase): [Phase, readonly [string, string]] => [phase, looks[phase][mode]]),
  ];
  return [
    ...Object.entries(ground[mode]).map(([name, color]) => `--${name}:${color}`),
    ...pairs.map(([name, [fill, line]]) => `--${name}-fill:${fill};--${name}-line:${line}`),
  ].join(';');
}

/** Pixels of the text in boxes. */
export const fontSize = 12;

/** For a picture, and the page around one. */
export const pictureStyle = `
:root{color-scheme:light dark;${palette('light')}}
@media (prefers-color-scheme:dark){:root{${palette('dark')}}}
.back{fill:var(--back)}
.edge{fill:none;stroke:var(--edge);stroke-width:1.2}
.node text,.legend text{font:${fontSize}px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:var(--text)}
.shape{stroke-width:1.2}
.fold{fill:none;stroke-width:1.2}
${[...Object.keys(kinds), ...phasesByNeed]
  .map((name) => `.${name} .shape{fill:var(--${name}-fill)}.${name} .shape,.${name} .fold{stroke:var(--${name}-line)}`)
  .join('\n')}
.idle .shape{fill:var(--back);stroke:var(--faint);stroke-dasharray:4 3}
`;
