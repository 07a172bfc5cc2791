import { ago, duration } from './clock.js';
import { html, makeReachable, setText, showList } from './dom.js';
import { showOptions } from './filters.js';
import { stageMark } from './models.js';
import { arrivalName, count, describeArrival, keyProperties, money, pageName, properName, visitorName } from './words.js';

const choice = document.getElementById('visitor');

const moment = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Chooses the visitor of whom every event is shown, as if by hand. */
export function chooseVisitor(id) {
  showOptions(choice, [...[...choice.options].slice(1).map(({ value, textContent }) => [value, textContent]), ...([...choice.options].some(({ value }) => value === id) ? [] : [[id, visitorName(id)]])]);
  choice.value = id;
  choice.dispatchEvent(new Event('change'));
  document.getElementById('one-visitor').scrollIntoView();
  choice.focus({ preventScroll: true });
}

/**
 * Shows one visitor's events, visit by visit, and offers the others.
 *
 * @param {any} visitor `visitor` of the snapshot, null where none is chosen or known
 * @param {any[]} names `visitors.names` of the snapshot
 * @param {any} model the model of the stages, `flows.model` of the snapshot
 */
export function showVisitor(visitor, names, model) {
  showOptions(choice, names.map(({ id, user_id, events, arrival }) => [id, [visitorName(id, user_id), arrival && arrivalName(arrival), count(events, 'event')].filter(Boolean).join(' · ')]));
  const about = document.getElementById('visitor-about');
  if (!visitor) {
    about.replaceChildren(choice.value === '' ? 'Choose a visitor to see every event, stage, arrival and cart, one after the other.' : 'Nothing is known of this visitor any more.');
  } else if (about.dataset.shows !== JSON.stringify([visitor.id, visitor.events, visitor.left])) {
    about.dataset.shows = JSON.stringify([visitor.id, visitor.events, visitor.left]);
    about.replaceChildren(`${visitorName(visitor.id, visitor.user_id)}: ${count(visitor.events, 'event')}, the last one `, ago(visitor.shown.at(-1).at, '', ' ago'), visitor.left ? '. Has left.' : '.');
  }
  if (!visitor) delete about.dataset.shows;
  const earlier = visitor ? visitor.events - visitor.shown.length : 0;
  setText(document.getElementById('visitor-note'), earlier > 0 ? `${count(earlier, 'event')} before these.` : '');
  const box = document.getElementById('visits');
  // Another visitor is read from the beginning; of the same one, what is being read stays where it is.
  if (box.dataset.visitor !== (visitor?.id ?? '')) box.scrollTop = 0;
  box.dataset.visitor = visitor?.id ?? '';
  showList(box, visitor ? visitsOf(visitor, model) : [], ({ key }) => key, renderVisit);
  makeReachable(box, 'Events of the chosen visitor, scrolls');
}

/** The events by session; those of a tracker without sessions are one. */
function visitsOf({ id, shown }, model) {
  const visits = [];
  for (const entry of shown) {
    if (visits.length === 0 || entry.session !== null) visits.push({ key: `${model.name}/${id}/${entry.id}`, number: entry.session, at: entry.at, away: entry.away, entries: [], model });
    visits.at(-1).entries.push(entry);
  }
  return visits;
}

function renderVisit({ number, at, away, entries, model }) {
  const title = [number === null ? 'Events' : `Visit ${number}`, moment.format(new Date(at)), away !== null && `after ${duration(away)} away`, count(entries.length, 'event')];
  return html('section', { class: 'visit' },
    html('h3', {}, title.filter(Boolean).join(' · ')),
    html('ol', { class: 'plain' }, ...entries.map((entry) => renderEntry(entry, model))));
}

function renderEntry({ at, name, properties, page, in_app, stage, move, arrival, cart }, model) {
  const details = keyProperties(properties);
  return html('li', { class: 'entry', 'data-move': move },
    html('time', { datetime: at }, clock.format(new Date(at))),
    html('div', {},
      html('p', { class: 'event-head' },
        html('b', {}, name), stageMark(model, stage),
        ['skip', 'back', 'loop'].includes(move) && html('span', { class: 'tag', 'data-move': move }, move === 'loop' ? 'new loop' : move),
        page && html('span', { class: 'quiet', title: page.title ?? null }, pageName(page))),
      arrival && html('p', { class: 'arrived' }, 'Arrived: ', ...describeArrival(arrival), in_app && html('span', { class: 'quiet' }, ` in the app of ${properName(in_app)}`)),
      details !== '' && html('p', { class: 'details' }, details),
      cart && html('p', { class: 'cart-now' }, cart.quantity === 0 ? 'Cart is empty now.' : `Cart now: ${count(cart.quantity, 'thing')}, ${money(cart.value, cart.currency)}`)));
}
