import { html, svg } from './dom.js';
import { STAGES, arrivalName } from './words.js';

/** Measures of the drawing, in pixels. */
const TOP = 26;
const LANE = 16;
const STEP = 46;
const NAMED_STEP = 62;
const SIDE = 16;
const BOTTOM = 18;
const HEIGHT = TOP + LANE * (STAGES.length - 1) + BOTTOM;

/** Width of one letter of an arrival's name: an estimate, wide enough for the fonts of all systems. */
const LETTER = 8;

/** Moves that are no straight line, and are named in the drawing. */
const NAMED = ['skip', 'back'];

const laneOf = (stage) => TOP + LANE * STAGES.indexOf(stage);

/**
 * A visitor's path: a lane for each stage, the first on top, and a dot for each step. Going on leads down, going back
 * leads up, and each loop has a field of its own. Stages that are none of ours have no lane and are left out.
 *
 * @param {any[]} steps `steps` of a visitor
 */
export function pathChart(steps) {
  const points = place(steps.filter(({ stage }) => STAGES.includes(stage)));
  const width = (points.at(-1)?.right ?? 0) + SIDE;
  const chart = svg('svg', { width, height: HEIGHT, role: 'img', 'aria-label': inWords(steps) },
    ...loopFields(points, width),
    ...STAGES.map((stage) => svg('line', { class: 'lane', x1: 0, x2: '100%', y1: laneOf(stage), y2: laneOf(stage) })),
    ...points.flatMap(arrivalMark),
    ...points.slice(1).map((point, index) => edge(points[index], point)),
    ...points.slice(1).map((point, index) => moveLabel(points[index], point)).filter(Boolean),
    ...points.map((point, index) => dot(point, index === points.length - 1)));
  return html('div', { class: 'path' },
    html('ol', { class: 'lanes plain', 'aria-hidden': 'true' }, ...STAGES.map((stage) => html('li', { 'data-stage': stage }, stage))),
    html('div', { class: 'path-box' }, chart));
}

/** The path as a sentence, for those who cannot see the drawing. */
export function inWords(steps) {
  return steps.map(({ stage, move, loop, arrival }) => {
    const from = arrival ? ` from ${arrivalName(arrival)}` : '';
    const how = move === 'loop' ? `new loop ${loop}:` : move === 'skip' ? 'skip to' : move === 'back' ? 'back to' : move === 'stay' ? 'again' : '';
    return `${how} ${stage}${from}`.trim();
  }).join(', ');
}

/** Gives each step its place. Names of arrivals must not overlap, so a step with one may stand further right. */
function place(steps) {
  let free = 0;
  let x = SIDE - STEP;
  return steps.map((step, index) => {
    const half = step.arrival ? (arrivalName(step.arrival).length * LETTER) / 2 : 0;
    x = Math.max(x + (index > 0 && NAMED.includes(step.move) ? NAMED_STEP : STEP), step.arrival ? free + half : 0);
    if (step.arrival) free = x + half + 8;
    return { ...step, x, y: laneOf(step.stage), right: Math.max(x, x + half) };
  });
}

function loopFields(points, width) {
  const starts = points.filter(({ loop }, index) => index === 0 || loop !== points[index - 1].loop);
  if (starts.length < 2) return [];
  return starts.flatMap(({ loop, x }, index) => {
    const left = index === 0 ? 0 : x - STEP / 2;
    const right = starts[index + 1] ? starts[index + 1].x - STEP / 2 : width;
    return [
      svg('rect', { class: index % 2 ? 'loop odd' : 'loop', x: left, y: TOP - 9, width: right - left, height: HEIGHT - TOP + 9 }),
      svg('text', { class: 'loop-name', x: left + 6, y: HEIGHT - 3 }, `loop ${loop}`),
    ];
  });
}

function arrivalMark({ arrival, x, y }) {
  if (!arrival) return [];
  return [
    svg('line', { class: 'arrival', x1: x, x2: x, y1: 15, y2: y }),
    svg('text', { class: 'arrival-name', x, y: 11, 'text-anchor': 'middle' }, arrivalName(arrival)),
  ];
}

function edge(from, to) {
  const middle = (from.x + to.x) / 2;
  return svg('path', {
    class: 'edge',
    'data-move': to.move,
    'data-stage': to.stage,
    d: `M${from.x} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`,
  });
}

function moveLabel(from, to) {
  if (!NAMED.includes(to.move)) return null;
  // Right of the middle, on the side that the line leaves free: below a line that rises, above one that falls.
  const at = { x: (from.x + to.x) / 2 + 5, y: (from.y + to.y) / 2 + (to.y < from.y ? 10 : -2) };
  return svg('text', { class: 'move', 'data-move': to.move, ...at }, to.move);
}

/** A dot; its area grows with the number of events, up to a bound. The last one is where the visitor is now. */
function dot({ x, y, stage, events, names }, last) {
  const radius = Math.min(7.5, 3.5 + Math.sqrt(events));
  return svg('g', { 'data-stage': stage },
    last && svg('circle', { class: 'now', cx: x, cy: y, r: radius + 3.5 }),
    svg('circle', { class: 'dot', cx: x, cy: y, r: radius }),
    svg('title', {}, `${stage}: ${names.join(', ')}`));
}
