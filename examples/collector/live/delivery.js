import { html, setText, showList } from './dom.js';
import { count, visitorName } from './words.js';

/**
 * Shows whether everything that browsers sent is here: counts, gaps, drops and refusals.
 *
 * @param {any} delivery `delivery` of the snapshot
 */
export function showDelivery(delivery) {
  const dropped = Object.values(delivery.dropped).reduce((sum, number) => sum + number, 0);
  const verdict = document.getElementById('verdict');
  verdict.dataset.state = delivery.missing > 0 ? 'missing' : 'complete';
  setText(verdict, delivery.missing > 0
    ? `${count(delivery.missing, 'numbered event')} ${delivery.missing === 1 ? 'has' : 'have'} not arrived. They may be on their way, dropped or refused.`
    : 'Every event up to the last number of each tab has arrived.');

  const notes = Object.entries(delivery.dropped).filter(([, number]) => number > 0).map(([cause, number]) => `${count(number, 'event')} dropped: ${cause.replaceAll('_', ' ')}`);
  if (delivery.not_durable > 0) {
    notes.push(`${count(delivery.not_durable, 'batch', 'batches')} from browsers that refuse IndexedDB: what they had not sent ended with the page`);
  }
  showList(document.getElementById('delivery-notes'), notes, (note) => note, (note) => html('li', {}, note));

  const counts = [
    ['Events stored', delivery.events, 'each id once'],
    ['Batches', delivery.batches, `delivered ${count(delivery.deliveries, 'time')}`],
    ['Repeats', delivery.duplicates, 'events sent again, not counted again'],
    ['Highest attempt', delivery.highest_attempt, 'tries that one batch needed'],
    ['Missing', delivery.missing, 'numbers skipped'],
    ['Dropped', dropped, 'given up by browsers'],
    ['Refused', delivery.refused, 'events that the schema forbids'],
    ['Rejected', delivery.rejected.count, 'requests, since the start'],
  ];
  showList(document.getElementById('delivery-counts'), counts, ([name]) => name, ([name, number, meaning]) =>
    html('div', {}, html('dt', {}, name), html('dd', {}, number.toLocaleString('en')), html('dd', { class: 'quiet' }, meaning)));

  const details = [
    detail('Missing sequence numbers', delivery.gaps, ({ visitor, user_id, tab, ranges }) =>
      [`${visitorName(visitor, user_id)}, tab ${tab.slice(0, 8)}`, ranges.map(range).join(', ')]),
    detail('Refused last', delivery.latest_refused, ({ id, reason }) => [id === null ? 'no id' : `event ${id.slice(-6)}`, reason]),
    detail('Rejected last', delivery.rejected.latest ? [delivery.rejected.latest] : [], ({ status, error }) => [`HTTP ${status}`, error]),
  ].filter(({ rows }) => rows.length > 0);
  showList(document.getElementById('delivery-details'), details, ({ title }) => title, renderDetail);
}

const detail = (title, entries, describe) => ({ title, rows: entries.map(describe) });

const range = ([first, last]) => (first === last ? String(first) : `${first}–${last}`);

const renderDetail = ({ title, rows }) =>
  html('section', { class: 'detail' },
    html('h3', {}, title),
    html('dl', {}, ...rows.map(([name, text]) => html('div', {}, html('dt', {}, name), html('dd', {}, text)))));
