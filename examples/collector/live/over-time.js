import { html, makeReachable, setText, showList } from './dom.js';
import { count, properName } from './words.js';

/** Measures of the drawing, in pixels. Its height never changes, so that nothing below it moves. */
const HEIGHT = 230;
const MAX_BAR = 34;
/** The width of a label below the axis; half of the last one stands beyond it. */
const LABEL = 48;

/** Colours that series have, `--series-1` and so on in the style sheet; the last one is for what is summed up. */
const COLOURS = 6;

const DAY_MS = 86_400_000;

const box = document.getElementById('over-time-box');
const choice = document.getElementById('series');
const readout = document.getElementById('over-time-readout');
const table = document.getElementById('over-time-table');

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The colour of each series by its key, kept while it is shown: nothing changes its colour because it was overtaken. */
const colours = { channels: new Map(), networks: new Map() };

let shown;
let library;
let chart;
/** The step that is read, as its place; null for none. */
let read = null;

/**
 * Shows how many arrived when, by channel or by network: as bars, step by step, and as a table.
 *
 * @param {any} overTime `over_time` of the snapshot
 */
export async function showOverTime(overTime) {
  shown = overTime;
  const { rows } = describe();
  showList(document.getElementById('over-time-legend'), rows, ({ key }) => key, ({ colour, title, arrivals }) =>
    html('li', { 'data-series': colour }, `${title} ${arrivals.toLocaleString('en')}`));
  setText(document.getElementById('over-time-note'), rows.length === 0
    ? `No arrival${choice.value === 'networks' ? ' by a network' : ''} in this time.`
    : `Each bar is ${stepName(overTime.step_ms)}.${overTime.step_ms >= DAY_MS ? ' Days begin at midnight in UTC.' : ''}`);
  showTable(rows);
  library ??= await import('./uplot.js').then((module) => module.default, () => false);
  draw();
}

choice.addEventListener('change', () => shown && showOverTime(shown));
// The drawing takes its colours from the style sheet when it is made.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => remake());
new ResizeObserver(() => shown && library && draw()).observe(box);

function remake() {
  chart?.destroy();
  chart = undefined;
  if (shown && library) draw();
}

/** The series of the chosen kind, with names and colours, the largest first. */
function describe() {
  const kind = choice.value;
  const known = colours[kind];
  const series = shown[kind].map((each) => ({ ...each, key: JSON.stringify([each.name, each.rest > 0]) }));
  const keys = new Set(series.map(({ key }) => key));
  for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
  const rows = series.map(({ name, rest, ...each }) => {
    const free = Array.from({ length: COLOURS }, (_, index) => index + 1).find((colour) => ![...known.values()].includes(colour));
    const colour = rest > 0 ? COLOURS + 1 : known.get(each.key) ?? free;
    if (rest === 0) known.set(each.key, colour);
    const title = rest > 0 ? count(rest, `other ${kind.slice(0, -1)}`) : name === null ? 'Not told' : properName(name);
    return { ...each, colour, title };
  });
  return { kind, rows };
}

function draw() {
  if (!library) return setText(readout, 'The drawing needs uPlot, which is not installed here. The table has the same numbers.');
  const { kind, rows } = describe();
  const { clientWidth: width } = box;
  if (width === 0) return;
  // Drawn from the top of each pile down, so that what is lower covers what is higher.
  const piles = [];
  for (const { counts } of rows) piles.push(counts.map((number, index) => number + (piles.at(-1)?.[index] ?? 0)));
  // A library of numbers draws nothing at all of no series: an empty one keeps the axes.
  const data = [shown.starts, ...(rows.length > 0 ? piles.toReversed() : [shown.starts.map(() => 0)])];
  const form = JSON.stringify([kind, rows.map(({ key, colour }) => [key, colour]), shown.step_ms]);
  if (chart?.form === form) {
    if (chart.width !== width) chart.setSize({ width, height: HEIGHT });
    chart.setData(data);
  } else {
    chart?.destroy();
    chart = new library(optionsOf(rows, width), data, box);
    chart.form = form;
  }
  box.setAttribute('aria-valuemax', String(shown.starts.length - 1));
  say();
}

function optionsOf(rows, width) {
  const style = getComputedStyle(box);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour('--quiet'), font, grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1, size: 5 } };
  const bars = library.paths.bars({ size: [0.88, MAX_BAR], align: 1 });
  const fills = rows.length > 0 ? rows.map((row) => colour(`--series-${row.colour}`)).toReversed() : ['transparent'];
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, LABEL / 2, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: () => [shown.starts[0], shown.starts.at(-1) + shown.step_ms / 1000] },
      // Whole arrivals, and never a scale on which one of them looks like a crowd.
      y: { range: (_, least, most) => [0, Math.max(4, Math.ceil(most * 1.05))] },
    },
    axes: [
      { ...axis, space: 64, size: 28, values: (_, splits) => splits.map((split, index) => splitName(split, splits[index - 1])) },
      { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
    ],
    series: [{}, ...fills.map((fill) => ({ fill, width: 0, paths: bars, points: { show: false } }))],
    hooks: { setCursor: [({ cursor: { left, idx } }) => { read = left >= 0 && idx !== null ? stepAt(left) : null; say(); }] },
  };
}

/** The step under a place in the drawing: the library would round to the nearest beginning. */
function stepAt(left) {
  const seconds = chart ? chart.posToVal(left, 'x') - shown.starts[0] : 0;
  return Math.min(shown.starts.length - 1, Math.max(0, Math.floor(seconds / (shown.step_ms / 1000))));
}

// By keyboard, the drawing is a slider over time, of which one step is read at a time.
box.addEventListener('keydown', (event) => {
  const last = (shown?.starts.length ?? 1) - 1;
  const at = read ?? last + 1;
  const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
  if (to === undefined || !shown) return;
  event.preventDefault();
  read = Math.min(last, Math.max(0, to));
  say();
});
box.addEventListener('blur', () => { read = null; say(); });

/** Says what happened in the step that is read. */
function say() {
  const { rows } = describe();
  const text = read === null || read >= shown.starts.length ? 'Point at a bar, or move along with the arrow keys, to read it.' : stepInWords(read, rows);
  setText(readout, text);
  box.setAttribute('aria-valuenow', String(read ?? shown.starts.length - 1));
  box.setAttribute('aria-valuetext', stepInWords(read ?? shown.starts.length - 1, rows));
}

function stepInWords(place, rows) {
  const parts = rows.filter(({ counts }) => counts[place] > 0).map(({ title, counts }) => `${title} ${counts[place].toLocaleString('en')}`);
  return `${startName(shown.starts[place])}: ${parts.join(', ') || 'nobody arrived'}.`;
}

function startName(seconds) {
  const date = new Date(seconds * 1000);
  return shown.step_ms >= DAY_MS ? day.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** What stands below the axis: the day where it begins, else the time. */
function splitName(seconds, before) {
  const date = new Date(seconds * 1000);
  if (shown.step_ms >= DAY_MS) return day.format(date);
  return before !== undefined && day.format(new Date(before * 1000)) !== day.format(date) ? day.format(date) : clock.format(date);
}

function stepName(ms) {
  const [length, unit] = ms >= DAY_MS ? [ms / DAY_MS, 'day'] : ms >= 3_600_000 ? [ms / 3_600_000, 'hour'] : [ms / 60_000, 'minute'];
  return length === 1 ? `one ${unit}` : `${length} ${unit}s`;
}

function showTable(rows) {
  const heads = ['When', ...rows.map(({ title }) => title)];
  showList(table.querySelector('thead tr'), heads.map((title, index) => ({ title, index })), ({ index }) => String(index), ({ title, index }) =>
    html('th', { scope: 'col', class: index > 0 ? 'number' : null }, title));
  const steps = shown.starts.map((start, place) => ({ when: startName(start), start, numbers: rows.map(({ counts }) => counts[place]) }))
    .filter(({ numbers }) => numbers.some((number) => number > 0)).reverse();
  showList(table.querySelector('tbody'), steps, ({ start }) => String(start), ({ when, numbers }) =>
    html('tr', {}, html('th', { scope: 'row' }, when), ...numbers.map((number) => html('td', { class: 'number' }, number === 0 ? '–' : number.toLocaleString('en')))));
  makeReachable(table.parentElement, 'Arrivals over time, scrolls sideways');
}

// Whether it scrolls is known once it is open.
table.closest('details').addEventListener('toggle', () => makeReachable(table.parentElement, 'Arrivals over time, scrolls sideways'));
