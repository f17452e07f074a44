/**
 * What the page of `graph --format html` does: move and zoom the picture, search it, show what stands up- and downstream
 * of a node, and tell of it in the panel. Runs in a browser, by itself: everything it needs stands in the page. Text
 * goes into the page as text only.
 */
const byId = (id) => document.getElementById(id);
const { nodes, edges } = JSON.parse(byId('data').textContent);
const [picture, view, panel, search, found] = ['picture', 'view', 'panel', 'search', 'found'].map(byId);
const groups = [...view.querySelectorAll('.node')];
const paths = [...view.querySelectorAll('.edge')];

const above = nodes.map(() => []);
const below = nodes.map(() => []);
for (const [from, to] of edges) {
  below[from].push(to);
  above[to].push(from);
}

// Moving and zooming: the picture's origin on the screen, and pixels of the screen for one of the picture.
const size = { width: Number(picture.dataset.width), height: Number(picture.dataset.height) };
const [smallest, largest, edge] = [0.05, 4, 24];
let place = { x: 0, y: 0, scale: 1 };
let frame = 0;

function move(next) {
  place = { ...place, ...next };
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    view.setAttribute('transform', `translate(${place.x} ${place.y}) scale(${place.scale})`);
  });
}

function zoom(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  const scale = Math.min(largest, Math.max(smallest, place.scale * factor));
  const ratio = scale / place.scale;
  move({ scale, x: x - (x - place.x) * ratio, y: y - (y - place.y) * ratio });
}

/** Shows everything; where that would be smaller than `least`, its beginning at the top left, larger. */
function showAll(least) {
  const [width, height] = [picture.clientWidth - 2 * edge, picture.clientHeight - 2 * edge];
  const fitting = Math.min(1.25, width / (size.width || 1), height / (size.height || 1));
  const scale = fitting < least ? 0.75 : fitting;
  const start = (room, needed) => edge + Math.max(0, (room - needed * scale) / 2);
  move({ scale, x: start(width, size.width), y: start(height, size.height) });
}

const boxes = groups.map((group) => {
  const { e: x, f: y } = group.transform.baseVal.consolidate().matrix;
  const { width, height } = group.querySelector('.shape').getBBox();
  return { x, y, width, height };
});

/** Brings a node into sight, in the middle, where it is not in sight already. */
function reveal(index, always = false) {
  const box = boxes[index];
  const scale = Math.max(place.scale, 0.6);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const at = { x: place.x + x * place.scale, y: place.y + y * place.scale };
  const seen = at.x > 80 && at.y > 30 && at.x < picture.clientWidth - 80 && at.y < picture.clientHeight - 30;
  if (seen && !always && scale === place.scale) return;
  move({ scale, x: picture.clientWidth / 2 - x * scale, y: picture.clientHeight / 2 - y * scale });
}

// Choosing a node: its cone, and the panel.
let chosen = -1;

function cone(start, next) {
  const reached = new Set([start]);
  for (const node of reached) for (const other of next[node]) reached.add(other);
  return reached;
}

function choose(index) {
  groups[chosen]?.classList.remove('chosen');
  chosen = index;
  const [up, down] = index < 0 ? [new Set(), new Set()] : [cone(index, above), cone(index, below)];
  picture.classList.toggle('cone', index >= 0);
  for (const [node, group] of groups.entries()) group.classList.toggle('near', up.has(node) || down.has(node));
  for (const [number, path] of paths.entries()) {
    const [from, to] = edges[number];
    path.classList.toggle('near', (up.has(from) && up.has(to)) || (down.has(from) && down.has(to)));
  }
  panel.hidden = index < 0;
  panel.replaceChildren(...(index < 0 ? [] : tell(index, up.size - 1, down.size - 1)));
  panel.scrollTop = 0;
  if (index < 0) return;
  groups[index].classList.add('chosen');
  makeStop(index);
  reveal(index);
}

function element(tag, { text, on, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  if (on) made.addEventListener('click', on);
  made.append(...children);
  return made;
}

const kindNames = { job: 'Job', file: 'File', named: 'Object' };
const phaseMark = ({ phase, symbol, words }) =>
  element('span', { className: `phase ${phase ?? ''}`, text: `${symbol ? `${symbol} ` : ''}${words}` });

function tell(index, upstream, downstream) {
  const { kind, name, description, owner, tags = [], standing } = nodes[index];
  const job = kind === 'job';
  const same = (node) => (nodes[node].kind === 'job') === job;
  const lists = [
    [job ? 'Sources' : 'Made by', above[index].filter((node) => !same(node))],
    ['Directly upstream', above[index].filter(same)],
    [job ? 'Targets' : 'Read by', below[index].filter((node) => !same(node))],
    ['Directly downstream', below[index].filter(same)],
  ];
  return [
    element('button', { className: 'close', text: '×', ariaLabel: 'Close', on: () => clear() }),
    element('h2', { text: name }),
    element('p', { className: 'faint', text: `${kindNames[kind]} · ${upstream} upstream, ${downstream} downstream` }),
    ...(standing ? [element('p', {}, phaseMark(standing))] : []),
    ...(description ? [element('p', { text: description })] : []),
    ...(owner ? [element('p', { className: 'faint', text: `Owner: ${owner}` })] : []),
    ...(tags.length ? [element('p', {}, ...tags.map((tag) => element('span', { className: 'tag', text: tag })))] : []),
    ...lists.flatMap(([title, list]) => (list.length ? [element('h3', { text: title }), links(list)] : [])),
    ...(standing?.tasks.length ? tasksOf(standing) : []),
  ];
}

const links = (list) => element('ul', {}, ...list.map((node) => element('li', {}, ...linkTo(node))));

function linkTo(node) {
  const { name, standing } = nodes[node];
  const link = element('button', { text: name, on: () => choose(node) });
  return standing ? [link, ' ', phaseMark(standing)] : [link];
}

function tasksOf({ tasks, more }) {
  const items = tasks.map(({ task, phase, symbol, reasons }) =>
    element(
      'li',
      {},
      element('span', { className: `phase ${phase}`, text: `${symbol} ${phase}` }),
      ` ${task}`,
      ...reasons.map((reason) => element('p', { className: 'faint', text: reason })),
    ),
  );
  if (more > 0) items.push(element('li', { className: 'faint', text: `and ${more} more` }));
  return [element('h3', { text: 'Tasks' }), element('ul', {}, ...items)];
}

// Searching: a part of a name, in any case.
let matches = [];
let current = -1;

function look() {
  const wanted = search.value.trim().toLowerCase();
  matches =
    wanted === '' ? [] : nodes.flatMap(({ name }, index) => (name.toLowerCase().includes(wanted) ? [index] : []));
  current = -1;
  const hit = new Set(matches);
  for (const [index, group] of groups.entries()) group.classList.toggle('match', hit.has(index));
  found.value = wanted === '' ? '' : matches.length === 0 ? 'nothing' : `${matches.length} found`;
}

function next(step) {
  if (matches.length === 0) return;
  current = current < 0 && step < 0 ? matches.length - 1 : (current + step + matches.length) % matches.length;
  found.value = `${current + 1} of ${matches.length}`;
  choose(matches[current]);
  reveal(matches[current], true);
}

function clear() {
  search.value = '';
  look();
  choose(-1);
}

// The keyboard: one node is a stop of Tab, arrows lead on from it along the edges and up and down its column.
let stop = 0;

function makeStop(index) {
  groups[stop]?.setAttribute('tabindex', '-1');
  stop = index;
  groups[stop]?.setAttribute('tabindex', '0');
}

function beside(index, step) {
  const column = boxes
    .map(({ x, y }, node) => ({ x, y, node }))
    .filter(({ x }) => x === boxes[index].x)
    .sort((one, other) => one.y - other.y);
  return column[column.findIndex(({ node }) => node === index) + step]?.node;
}

const arrows = {
  ArrowLeft: (index) => above[index][0],
  ArrowRight: (index) => below[index][0],
  ArrowUp: (index) => beside(index, -1),
  ArrowDown: (index) => beside(index, 1),
};

const keys = { '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: () => showAll(0) };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const node = groups.indexOf(document.activeElement);
  if (event.key === 'Escape') {
    clear();
    if (document.activeElement === search) search.blur();
  } else if (document.activeElement === search) {
    if (event.key === 'Enter') next(event.shiftKey ? -1 : 1);
    return;
  } else if (event.key === '/') search.focus();
  else if (node >= 0 && (event.key === 'Enter' || event.key === ' ')) choose(node);
  else if (node >= 0 && event.key in arrows) {
    const to = arrows[event.key](node);
    if (to !== undefined) {
      makeStop(to);
      groups[to].focus({ preventScroll: true });
      reveal(to);
    }
  } else if (event.key in keys) keys[event.key]();
  else return;
  event.preventDefault();
});

// The pointer: a press that moves drags the picture, one that does not chooses what is under it.
let drag;
picture.addEventListener('pointerdown', (event) => {
  if (event.button === 0) drag = { x: event.clientX - place.x, y: event.clientY - place.y, from: event, far: false };
});
picture.addEventListener('pointermove', (event) => {
  if (!drag) return;
  if (!drag.far && Math.hypot(event.clientX - drag.from.clientX, event.clientY - drag.from.clientY) < 4) return;
  if (!drag.far) picture.setPointerCapture(event.pointerId);
  drag.far = true;
  picture.classList.add('drag');
  move({ x: event.clientX - drag.x, y: event.clientY - drag.y });
});
for (const name of ['pointerup', 'pointercancel'])
  picture.addEventListener(name, (event) => {
    if (drag && !drag.far && name === 'pointerup') choose(groups.indexOf(event.target.closest('.node')));
    drag = undefined;
    picture.classList.remove('drag');
  });
picture.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    const { left, top } = picture.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / (event.deltaMode === 0 ? 400 : 20)), event.clientX - left, event.clientY - top);
  },
  { passive: false },
);

for (const [index, group] of groups.entries()) {
  group.setAttribute('role', 'button');
  group.setAttribute('tabindex', index === stop ? '0' : '-1');
}
byId('in').addEventListener('click', () => zoom(1.25));
byId('out').addEventListener('click', () => zoom(0.8));
byId('fit').addEventListener('click', () => showAll(0));
search.addEventListener('input', look);
// Half of its size can still be read.
showAll(0.5);
