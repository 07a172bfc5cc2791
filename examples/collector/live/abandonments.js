import { totalValue } from './carts.js';
import { duration } from './clock.js';
import { figure, html, setText, showList } from './dom.js';
import { arrivalName, count, moneySum, percent, spaced } from './words.js';

const LEVELS = { checkout: 'Checkout begun', cart: 'Cart looked at', browse: 'Put in, no further' };
const REASONS = [['exit', 'Left for now'], ['idle', 'Not touched for a while'], ['return', 'Found at the next visit']];

/**
 * Shows what browsers told of abandoned carts, and how people came back to them.
 *
 * @param {any} abandonments `abandonments` of the snapshot
 */
export function showAbandonments({ levels, ways, more_ways, recoveries, ...all }) {
  document.getElementById('left').hidden = all.count === 0;
  showList(document.getElementById('left-rows'), levels, ({ level }) => String(level), renderLevel);
  const { exit } = all.reasons;
  setText(document.getElementById('left-note'), all.count === 0
    ? 'No browser has told of an abandoned cart yet.'
    : [`Abandoned ${count(all.count, 'time')} with ${totalValue(all)}, recovered after ${all.recovered.count} (${percent(all.recovered.count / all.count)}).`,
      exit.count > 0 && `${exit.count} of ${all.count} told on leaving, for now: who closes the tab may be back in a minute.`].filter(Boolean).join(' '));

  document.getElementById('ways').hidden = recoveries.count === 0;
  showList(document.getElementById('way-rows'), ways, ({ channel, network }) => JSON.stringify([channel, network]), renderWay);
  setText(document.getElementById('ways-note'), more_ways > 0 ? `and ${count(more_ways, 'more way')}` : '');
}

function renderLevel({ level, reasons, recovered, ...all }) {
  return html('tr', {},
    html('th', { scope: 'row' }, LEVELS[level] ?? 'not told'),
    amount('Times', all),
    ...REASONS.map(([reason, title]) => amount(title, reasons[reason])),
    amount('Recovered', recovered));
}

/** How many, and what they are worth. */
const amount = (title, total) =>
  figure(title, total.count === 0 ? '–' : String(total.count), total.count > 0 && html('span', { class: 'quiet' }, moneySum(total.values)));

function renderWay({ channel, network, seconds, values, bought, count: times }) {
  const name = channel === null && network === null ? 'No new arrival' : arrivalName({ channel: channel ?? '', network });
  return html('tr', {},
    html('th', { scope: 'row' }, name, network !== null && channel !== null && html('span', { class: 'quiet' }, ` ${spaced(channel)}`)),
    figure('Recovered', String(times)),
    figure('Away, median', seconds === null ? '–' : duration(seconds * 1000)),
    figure('Worth', moneySum(values) || '–'),
    figure('Bought', bought === 0 ? '–' : String(bought)));
}
