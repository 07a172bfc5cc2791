import { html, setText, showList } from './dom.js';
import { count, moneySum, properName } from './words.js';

const choice = document.getElementById('attribution');
let shown;

/**
 * Shows what each channel is credited with.
 *
 * @param {any} touches `touches` of the snapshot
 */
export function showTouches(touches) {
  shown = touches;
  const { visitors, conversions, values, channels } = touches;
  const way = choice.selectedOptions[0].textContent;
  setText(document.getElementById('credit-name'), way);
  const credits = channels.map(({ credit, ...row }) => ({ ...row, credit, chosen: credit[choice.value] }));
  const most = Math.max(...credits.map(({ chosen }) => chosen.conversions)) || 1;
  const mostTouched = Math.max(...credits.flatMap(({ credit: { first, last } }) => [first.conversions, last.conversions])) || 1;
  showList(document.getElementById('touch-rows'), credits.map((row) => ({ ...row, most, mostTouched, way })), ({ channel, rest }) => JSON.stringify([channel, rest > 0]), renderRow);
  setText(document.getElementById('touches-note'), conversions === 0
    ? `${count(visitors, 'visitor')}, no conversion yet.`
    : `${count(visitors, 'visitor')}, ${count(conversions, 'conversion')}${values.length > 0 ? ` worth ${moneySum(values)}` : ''}.`);
}

choice.addEventListener('change', () => shown && showTouches(shown));

function renderRow({ channel, rest, visitors, credit, chosen, most, mostTouched, way }) {
  const name = rest > 0 ? `${count(rest, 'other channel')}` : channel === null ? 'not known' : properName(channel);
  const number = (title, ...content) => html('td', { class: 'number', 'data-title': title }, ...content);
  return html('tr', {},
    html('th', { scope: 'row' }, name),
    number('First visits', visitors === 0 ? '–' : visitors.toLocaleString('en')),
    number('First touch', amount(credit.first), bar(credit.first, mostTouched, 'touch-bar first')),
    number('Last touch', amount(credit.last), bar(credit.last, mostTouched, 'touch-bar last')),
    number('Last non-direct', amount(credit.last_non_direct)),
    html('td', { class: 'credit', 'data-title': way },
      bar(chosen, most, 'credit-bar'),
      html('b', {}, amount(chosen)), ' ',
      html('span', { class: 'quiet' }, moneySum(chosen.values))));
}

/** A bar as long as its part of the most. The number beside it says the same. */
function bar({ conversions }, most, className) {
  const fill = html('span', { class: 'fill' });
  fill.style.width = `${(conversions / most) * 100}%`;
  return html('div', { class: className, 'aria-hidden': 'true' }, fill);
}

/** A number of conversions, which may be a part of one. */
const amount = ({ conversions }) =>
  (conversions === 0 ? '–' : conversions.toLocaleString('en', { maximumFractionDigits: 1 }));
