import { html, makeReachable, setText, showList } from './dom.js';
import { stageMark, toneOf } from './models.js';
import { drawSankey, loadLibrary } from './sankey.js';
import { count } from './words.js';

/** What is called what in the table. */
const MOVES = { enter: 'begins', forward: 'forward', skip: 'skips', back: 'back', loop: 'new loop', left: 'left the shop' };

const box = document.getElementById('flow-box');
let shown;
let library;

/**
 * Shows how visitors move between the stages of the chosen model: as a Sankey diagram, and in words and numbers.
 *
 * @param {any} flows `flows` of the snapshot
 */
export async function showFlows(flows) {
  const { model, moves } = flows;
  const stages = model.stages.map((stage) => ({ ...stage, tone: toneOf(model, stage.name) }));
  showList(document.getElementById('stages'), stages, ({ name }) => `${model.name}/${name}`, renderStage);
  const rows = moves.map((move) => ({ ...move, model }));
  showList(document.getElementById('moves'), rows, ({ from, to, move }) => JSON.stringify([model.name, from, to, move]), renderMove);

  shown = flows;
  library ??= await loadLibrary();
  draw();
}

/** Draws what is shown, unless it is drawn already: a drawing that is being looked at stays as it is. */
function draw() {
  if (!library) return setText(box, 'The drawing needs d3-sankey, which is not installed here. The table has the same numbers.');
  const { clientWidth: width } = box;
  const content = JSON.stringify([width, shown]);
  if (width === 0 || box.shows === content) return;
  box.shows = content;
  const { scrollLeft } = box;
  // The library cannot lay out nothing.
  if (shown.nodes.length === 0) return box.replaceChildren(html('p', { class: 'quiet' }, 'Nobody has been in a stage in this time.'));
  box.replaceChildren(drawSankey(library, shown, width));
  box.scrollLeft = scrollLeft;
  makeReachable(box, 'Moves between stages, scrolls sideways');
}

new ResizeObserver(() => shown && library && draw()).observe(box);

function renderStage({ label, meaning, visitors, tone }) {
  return html('div', { 'data-tone': tone },
    html('dt', {}, label), html('dd', { class: 'quiet' }, meaning), html('dd', { class: 'number' }, count(visitors, 'visitor')));
}

function renderMove({ model, from, to, move, count: times }) {
  return html('tr', { 'data-move': move },
    html('td', {}, from === null ? html('span', { class: 'quiet' }, 'arrives') : stageMark(model, from)),
    html('td', {}, to === null ? html('span', { class: 'quiet' }, 'away') : stageMark(model, to)),
    html('td', {}, MOVES[move]),
    html('td', { class: 'number' }, times.toLocaleString('en')));
}
