import { html, setText, showFew, showList } from './dom.js';
import { count, share, visitorName } from './words.js';

/** Hours shown before one asks for all. Our choice: what a small screen holds. */
const FEW_HOURS = 8;

/** What a figure by the hour is called, in the order of the columns and, as far as they are parts of one whole, of the bar. */
const FIGURES = [
  ['delivered', 'Delivered'], ['in_flight', 'In flight'], ['missing', 'Missing'], ['dropped', 'Dropped'], ['refused', 'Refused'], ['repeated', 'Repeated'],
];
const PARTS = FIGURES.slice(0, -1);

/** The causes for which browsers drop events, as reasons. */
const CAUSES = {
  queue_full: 'more waited than the browser may keep',
  too_old: 'waited too long',
  unreadable: 'could not be read from the browser’s storage',
  refused: 'refused on the way here',
  too_large: 'larger than a request may be',
  unanswered: 'nobody said in time whether they may be kept',
};

const hourName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/**
 * Shows whether everything that browsers sent is here: counts, in all and by the hour, gaps, drops and refusals.
 *
 * @param {any} delivery `delivery` of the snapshot
 */
export function showDelivery(delivery) {
  const { missing, in_flight, dropped_in_all } = delivery;
  const verdict = document.getElementById('verdict');
  verdict.dataset.state = missing > 0 ? 'missing' : dropped_in_all > 0 ? 'dropped' : 'complete';
  setText(verdict, verdictOf(delivery));

  const notes = Object.entries(delivery.dropped).filter(([, number]) => number > 0).map(([cause, number]) => `${count(number, 'event')} dropped: ${CAUSES[cause] ?? cause.replaceAll('_', ' ')}`);
  if (delivery.not_durable > 0) {
    notes.push(`${count(delivery.not_durable, 'batch', 'batches')} from browsers that refuse IndexedDB: what they had not sent ended with the page`);
  }
  showList(document.getElementById('delivery-notes'), notes, (note) => note, (note) => html('li', {}, note));

  const counts = [
    ['Delivered', delivery.events, 'events stored, each id once'],
    ['In flight', in_flight, 'numbers skipped just now'],
    ['Missing', missing, `numbers skipped for over ${delivery.in_flight_ms / 60_000} minutes`],
    ['Dropped', dropped_in_all, 'declared by browsers'],
    ['Refused', delivery.refused, 'events that the schema forbids'],
    ['Repeated', delivery.duplicates, 'events sent again, removed'],
    ['Batches', delivery.batches, `came ${count(delivery.deliveries, 'time')}, up to attempt ${delivery.highest_attempt}`],
    ['Rejected', delivery.rejected.count, 'requests, since the start'],
  ];
  showList(document.getElementById('delivery-counts'), counts, ([name]) => name, ([name, number, meaning]) =>
    html('div', {}, html('dt', {}, name), html('dd', {}, number.toLocaleString('en')), html('dd', { class: 'quiet' }, meaning)));

  showHours(delivery.hours);

  const details = [
    detail('Skipped sequence numbers', delivery.gaps, ({ visitor, user_id, tab, anonymous, ranges, ...figures }) =>
      [`${anonymous ? 'anonymous' : visitorName(visitor, user_id)}, tab ${tab.slice(0, 8)}`, `${ranges.map(range).join(', ')}: ${fatesOf(figures).join(', ')}`]),
    detail('Refused last', delivery.latest_refused, ({ id, reason }) => [id === null ? 'no id' : `event ${id.slice(-6)}`, reason]),
    detail('Rejected last', delivery.rejected.latest ? [delivery.rejected.latest] : [], ({ status, error }) => [`HTTP ${status}`, error]),
  ].filter(({ rows }) => rows.length > 0);
  showList(document.getElementById('delivery-details'), details, ({ title }) => title, renderDetail);
}

function verdictOf({ missing, in_flight, dropped_in_all, completeness }) {
  const onTheirWay = in_flight > 0 && `${count(in_flight, 'event')} may be on the way.`;
  if (missing + dropped_in_all === 0) return onTheirWay ? `Nothing is missing. ${onTheirWay}` : 'Every event up to the last number of each tab has arrived.';
  const losses = [missing > 0 && `${missing.toLocaleString('en')} missing`, dropped_in_all > 0 && `${dropped_in_all.toLocaleString('en')} dropped`].filter(Boolean);
  return [`${share(completeness)} complete: ${losses.join(', ')}.`, onTheirWay].filter(Boolean).join(' ');
}

const fatesOf = ({ missing, in_flight, dropped }) => [
  missing > 0 && `${missing.toLocaleString('en')} missing`,
  in_flight > 0 && `${in_flight.toLocaleString('en')} in flight`,
  dropped > 0 && `${dropped.toLocaleString('en')} dropped`,
].filter(Boolean);

/** The hours as rows. The bar of the busiest is the longest. */
function showHours(hours) {
  const all = (hour) => PARTS.reduce((sum, [kind]) => sum + hour[kind], 0);
  const most = Math.max(...hours.map(all));
  showFew(document.getElementById('hour-rows'), {
    entries: hours.map((hour) => ({ ...hour, length: most > 0 ? all(hour) / most : 0 })),
    few: FEW_HOURS, keyOf: ({ hour }) => hour, render: renderHour, again: () => showHours(hours),
    button: document.getElementById('more-hours'),
  });
  setText(document.getElementById('hours-note'), hours.length > 0
    ? 'By the hour in which events happened, in your time. A skipped number stands with the event after it.'
    : 'Nothing that happened in the last 24 hours has arrived.');
}

// The roles say again what the elements are: a narrow screen lays the rows out otherwise, and a browser may then take them for no table.
function renderHour({ length, ...hour }) {
  const bar = html('div', { class: 'hour-bar' });
  bar.style.width = `${length * 100}%`;
  for (const [kind] of PARTS) {
    if (hour[kind] === 0) continue;
    const part = html('span', { 'data-part': kind });
    part.style.flexGrow = hour[kind];
    bar.append(part);
  }
  return html('tr', { role: 'row' },
    html('th', { scope: 'row', role: 'rowheader' }, html('time', { datetime: hour.hour }, hourName.format(new Date(hour.hour)))),
    html('td', { class: 'number complete', role: 'cell' }, share(hour.completeness)),
    html('td', { class: 'bar', role: 'cell', 'aria-hidden': 'true' }, bar),
    ...FIGURES.map(([kind, title]) =>
      html('td', { class: 'number', role: 'cell', 'data-part': kind, 'data-title': title.toLowerCase(), 'data-none': hour[kind] === 0 ? '' : null }, hour[kind].toLocaleString('en'))));
}

const detail = (title, entries, describe) => ({ title, rows: entries.map(describe) });

const range = ([first, last]) => (first === last ? String(first) : `${first}–${last}`);

const renderDetail = ({ title, rows }) =>
  html('section', { class: 'detail' },
    html('h3', {}, title),
    html('dl', {}, ...rows.map(([name, text]) => html('div', {}, html('dt', {}, name), html('dd', {}, text)))));
