import { ago } from './clock.js';
import { html, makeReachable, setText, showFew } from './dom.js';
import { pathChart } from './path-chart.js';
import { chooseVisitor } from './visitor.js';
import { count, describeArrival, stageLabel, visitorName } from './words.js';

/** Visitors shown before one asks for more. */
const FEW = 6;

/**
 * Shows who came, from where, and the way each took.
 *
 * @param {{ count: number, shown: any[] }} visitors `visitors` of the snapshot
 */
export function showJourneys(visitors) {
  const { count: total, shown } = visitors;
  const list = document.getElementById('visitors');
  // A path that is scrolled to its end stays there as it grows; one that is being read stays where it is.
  const read = new Map();
  for (const box of list.querySelectorAll('.path-box')) {
    const toEnd = box.scrollWidth - box.clientWidth - box.scrollLeft;
    if (toEnd > 4) read.set(box.closest('li[data-key]').dataset.key, box.scrollLeft);
  }
  showFew(list, {
    entries: shown, few: FEW, keyOf: ({ id }) => id, render: renderVisitor, again: () => showJourneys(visitors),
  });
  for (const box of list.querySelectorAll('.path-box')) {
    box.scrollLeft = read.get(box.closest('li[data-key]').dataset.key) ?? box.scrollWidth;
    makeReachable(box, 'Path, scrolls sideways');
  }
  setText(document.getElementById('visitors-note'),
    total > shown.length ? `The ${shown.length} visitors seen last, of ${total}.` : '');
}

function renderVisitor({ id, user_id, last_seen, events, touchpoints, steps }) {
  const latest = steps.at(-1);
  const choose = html('button', { type: 'button', class: 'choose', 'aria-label': `${count(events, 'event')} of ${visitorName(id, user_id)}` }, count(events, 'event'));
  choose.addEventListener('click', () => chooseVisitor(id));
  return html('li', { class: 'visitor' },
    html('div', { class: 'who' },
      html('h3', { title: id }, visitorName(id, user_id)),
      html('p', {}, stageLabel(latest?.stage), latest?.loop > 1 && html('span', { class: 'tag', 'data-move': 'loop' }, `loop ${latest.loop}`)),
      html('p', { class: 'quiet' }, ago(last_seen, 'seen ', ' ago'), ' · ', choose),
      html('ul', { class: 'arrivals plain', 'aria-label': 'Came from' }, ...(touchpoints.length ? touchpoints : [null]).map(arrival))),
    latest ? pathChart(steps) : html('p', { class: 'quiet' }, 'These events came without stages.'));
}

const arrival = (touchpoint) => html('li', {}, ...describeArrival(touchpoint));
