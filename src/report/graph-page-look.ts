/** The style sheet of the page around a picture; its colours are those of the picture. */
import { phasesByNeed } from './graph-standing.js';

export const pageStyle = `
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--back);color:var(--text);font:14px/1.45 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;align-items:center;gap:6px 14px;padding:8px 14px;border-bottom:1px solid var(--rule)}
h1{font-size:14px;margin:0}
input,button{font:inherit;color:inherit;background:var(--back);border:1px solid var(--edge);border-radius:5px;padding:3px 9px}
input{width:15em}
button{cursor:pointer}
.buttons button{margin-right:4px;min-width:30px}
:focus-visible{outline:2px solid var(--running-line);outline-offset:1px}
#found{color:var(--faint);min-width:6em}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;list-style:none;margin:0 0 0 auto;padding:0;font-size:12px}
.legend li{display:flex;align-items:center;gap:5px;white-space:nowrap}
.phase{border:1px solid var(--edge);border-radius:5px;padding:0 7px;white-space:nowrap}
main{flex:1;min-height:0;display:flex}
#picture{flex:1;min-width:0;height:100%;display:block;cursor:grab;touch-action:none;user-select:none}
#picture.drag{cursor:grabbing}
.node{cursor:pointer}
.node:focus{outline:none}
.node:focus-visible .shape{stroke-width:3}
.cone .node:not(.near){opacity:.16}
.cone .edge:not(.near){opacity:.1}
.cone .edge.near{stroke:var(--text);stroke-width:1.6}
.chosen .shape{stroke-width:3}
.match .shape{stroke:var(--mark);stroke-width:2.5}
.cone .node.match:not(.near){opacity:.6}
aside{width:340px;overflow:auto;padding:14px;border-left:1px solid var(--rule);overflow-wrap:anywhere}
@media (max-width:640px){aside{position:absolute;right:0;bottom:0;max-height:45%;width:100%;background:var(--back);border-top:1px solid var(--rule)}}
aside h2{font-size:15px;margin:0 28px 6px 0}
aside h3{font-size:12px;color:var(--faint);margin:14px 0 3px;font-weight:600}
aside p{margin:4px 0;white-space:pre-line}
aside ul{list-style:none;margin:0;padding:0}
aside li{margin:3px 0}
aside li button{border:0;background:none;padding:0;text-align:left;text-decoration:underline;text-decoration-color:var(--edge)}
aside .close{float:right}
aside .faint{color:var(--faint)}
.tag{display:inline-block;border:1px solid var(--rule);border-radius:9px;padding:0 8px;margin:2px 4px 2px 0;font-size:12px}
${phasesByNeed.map((phase) => `.phase.${phase}{background:var(--${phase}-fill);border-color:var(--${phase}-line)}`).join('\n')}
`;
