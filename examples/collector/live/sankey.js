import { svg } from './dom.js';
import { stageName, toneOf } from './models.js';
import { count } from './words.js';

/** Measures of the drawing, in pixels. Its height never changes, so that nothing below it moves. */
const TOP = 26;
const HEIGHT = 400;
const NODE = 10;
const GAP = 28;
/** A column must have room for a label; that of the ends alone has short ones. */
const MIN_COLUMN = 116;
const ENDS_COLUMN = 84;
const LINE = 13;
/** Letters that a line of a label has room for. */
const LINE_LETTERS = 14;

/** The library that lays the drawing out, served by the collector; null where it has none. */
export const loadLibrary = () => import('./d3-sankey.js').catch(() => null);

/**
 * Draws journeys unrolled, a column for each stage that they went through.
 *
 * @param {any} library d3-sankey
 * @param {any} flows `flows` of the snapshot
 * @param {number} width room that there is; the drawing is wider where its labels need it
 */
export function drawSankey({ sankey, sankeyLeft, sankeyLinkHorizontal }, flows, width) {
  const { model } = flows;
  const graph = readGraph(flows);
  const stageColumns = 1 + Math.max(0, ...flows.nodes.map(({ column }) => column));
  const endsAlone = graph.nodes.some(({ column }) => column === stageColumns);
  const room = endsAlone ? ENDS_COLUMN : 0;
  const step = Math.max(MIN_COLUMN, (width - room) / stageColumns);
  const ranks = [...model.stages.map(({ name }) => name), 'more', 'left'];
  const rank = ({ stage, end }) => ranks.indexOf(stage ?? end);
  const { nodes, links } = sankey()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyLeft)
    // Stages stand in the model's order in every column, so that a column reads like the next one, and nothing jumps.
    .nodeSort((a, b) => rank(a) - rank(b))
    .nodeWidth(NODE)
    .nodePadding(GAP)
    .extent([[0, TOP + GAP / 2], [step * stageColumns + room, HEIGHT - GAP / 2]])(graph);
  // The library has its last column end where the drawing ends, and cannot place a single one. Labels need room to the right of it.
  for (const node of nodes) {
    node.x0 = node.column * step;
    node.x1 = node.x0 + NODE;
  }
  const curve = sankeyLinkHorizontal();
  return svg('svg', { class: 'sankey', width: step * stageColumns + room, height: HEIGHT, role: 'img', 'aria-label': flowsInWords(flows) },
    ...Array.from({ length: stageColumns }, (_, column) => svg('text', { class: 'column', x: column * step, y: 14 }, column === 0 ? 'begin in' : 'then')),
    ...links.map((link) => band(link, curve(link), model)),
    ...nodes.map((node) => bar(node, model)),
    ...nodes.map((node) => label(node, model)));
}

/** Nodes and links as the library takes them. Ends are nodes, too: one in each column for those who left, or who go on beyond. */
function readGraph({ nodes, links }) {
  const idOf = (column, stage) => `${column}/${stage}`;
  const all = nodes.map(({ column, stage, count: fixedValue }) => ({ id: idOf(column, stage), column, stage, fixedValue }));
  const ends = new Map();
  const bands = links.map(({ column, from, to, move, count: value }) => {
    const target = to === null ? `${column + 1}/${move}` : idOf(column + 1, to);
    if (to === null) ends.set(target, { id: target, column: column + 1, stage: null, end: move });
    return { source: idOf(column, from), target, value, move };
  });
  return { nodes: [...all, ...ends.values()], links: bands };
}

function band({ source, target, width, move, value }, path, model) {
  return svg('path', { class: 'band', 'data-move': move, 'data-tone': toneOf(model, source.stage), d: path, 'stroke-width': Math.max(1, width) },
    svg('title', {}, `${stageName(model, source.stage)} → ${nameOf(target, model)}: ${value}`));
}

function bar({ x0, x1, y0, y1, ...node }, model) {
  return svg('rect', {
    class: 'bar-node', 'data-tone': toneOf(model, node.stage), 'data-end': node.end ?? null,
    x: x0, y: y0, width: x1 - x0, height: Math.max(1, y1 - y0), rx: 2,
  }, svg('title', {}, `${nameOf(node, model)}: ${node.value}`));
}

const nameOf = ({ stage, end }, model) => (end === 'left' ? 'left' : end === 'more' ? 'go on' : stageName(model, stage));

/** The number and the name, on two lines where that is long. */
function label(node, model) {
  const [first, ...more] = wrap(`${node.value} ${nameOf(node, model)}`);
  const x = node.x1 + 5;
  const y = (node.y0 + node.y1) / 2 + 4 - (more.length * LINE) / 2;
  const [number, ...words] = first.split(' ');
  return svg('text', { class: 'node-name', 'data-tone': toneOf(model, node.stage), 'data-end': node.end ?? null, x, y },
    svg('tspan', { class: 'node-count' }, number), ` ${words.join(' ')}`,
    ...more.map((line) => svg('tspan', { x, dy: LINE }, line)));
}

/** A text on at most two lines. The number stays with the first word. */
function wrap(text) {
  const [number, first, ...words] = text.split(' ');
  const lines = [`${number} ${first}`];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (lines.length < 2 && line.length > LINE_LETTERS) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

/** The drawing as a sentence, for those who cannot see it. */
function flowsInWords({ model, moves, visitors }) {
  const few = moves.filter(({ from, to }) => from !== null && to !== null).slice(0, 5)
    .map(({ from, to, count: times }) => `${stageName(model, from)} to ${stageName(model, to)} ${times}`);
  return `Moves of ${count(visitors, 'visitor')}. The most frequent: ${few.join(', ') || 'none yet'}. The table below has them all.`;
}
