import { showAbandonments } from './abandonments.js';
import { learnCurrency, showCarts, totalValue } from './carts.js';
import { showChannels } from './channels.js';
import { setClock, tick } from './clock.js';
import { showDelivery } from './delivery.js';
import { html, setText, showList } from './dom.js';
import { showDropOuts } from './drop-outs.js';
import { chosen, showFilters, startFilters } from './filters.js';
import { showFlows } from './flows.js';
import { showFunnel } from './funnel.js';
import { showJourneys } from './journeys.js';
import { showOverTime } from './over-time.js';
import { showPrivacy } from './privacy.js';
import { showShares } from './shares.js';
import { createStream } from './stream.js';
import { showTouches } from './touches.js';
import { showVisitor } from './visitor.js';
import { showVitals } from './vitals.js';
import { count, share } from './words.js';

/** Shortest time between two snapshots, so that a burst of events costs one, in milliseconds. */
const REFRESH_MS = 800;

/** A visitor has left, and a cart is silent, by the mere passing of time: a snapshot at least this often, in milliseconds. */
const IDLE_REFRESH_MS = 20_000;

/** Wait before a stream is opened anew that the browser has given up, in milliseconds. */
const RECONNECT_MS = 5000;

const stream = createStream();
let cursor = -1;
let refreshTimer = 0;

document.getElementById('script-tag').textContent =
  `<script async src="waymark.min.js" data-collector="${location.origin}/events"></script>`;

function showSummary({ visitors, bots, counted, carts, abandonments, delivery }) {
  learnCurrency(carts);
  const note = document.getElementById('bots-note');
  note.hidden = bots.events === 0;
  setText(note, `${count(bots.events, 'event')} of browsers that a program drives (automated tests, the developer’s own among them) ${bots.events === 1 ? 'is' : 'are'} counted nowhere on this page. To see them as people’s, give the tracker the option bots: 'keep' (data-bots="keep" at the script tag).`);
  const cart = (state, ...more) => [totalValue(carts.totals[state]), [count(carts.totals[state].count, 'cart'), ...more].filter(Boolean).join(', ')];
  const { silent, provisional } = carts.totals;
  const { recoveries } = abandonments;
  const figures = [
    ['Visitors', visitors.count.toLocaleString('en'), [count(counted.events, 'event'), bots.visitors > 0 && `${count(bots.visitors, 'bot')} left out`].filter(Boolean).join(', ')],
    ['In open carts', ...cart('open', silent.count > 0 && `${silent.count} silent`)],
    ['Abandoned', ...cart('abandoned', provisional.count > 0 && `${provisional.count} for now`)],
    ['Recovered', totalValue(recoveries), count(recoveries.count, 'time')],
    ['Bought', ...cart('bought')],
    ['Delivery', delivery.missing > 0 ? `${delivery.missing.toLocaleString('en')} missing` : delivery.dropped_in_all > 0 ? share(delivery.completeness) : 'Complete', count(delivery.batches, 'batch', 'batches')],
  ];
  showList(document.getElementById('summary'), figures, ([name]) => name, ([name, figure, note]) =>
    html('div', { 'data-figure': name, 'data-state': figure.endsWith('missing') ? 'missing' : null },
      html('dt', {}, name), html('dd', {}, figure), html('dd', { class: 'quiet' }, note)));
}

async function refresh() {
  refreshTimer = 0;
  const choice = chosen();
  const response = await fetch(new URL(`snapshot?${choice}`, import.meta.url)).catch(() => null);
  if (!response?.ok) return; // the stream says that the connection is lost, and its return brings us here again
  const snapshot = await response.json();
  // Something else was chosen meanwhile: its own answer is on the way, and must not be overtaken by this one.
  if (choice !== chosen()) return;
  setClock(snapshot.now);
  document.getElementById('main').dataset.empty = String(snapshot.cursor === 0);
  // The first time, or the database was deleted meanwhile.
  if (cursor < 0 || snapshot.cursor < cursor) {
    stream.restart(snapshot.events);
    cursor = snapshot.cursor;
  }
  const { model } = snapshot.flows;
  showFilters(snapshot);
  showSummary(snapshot);
  showFunnel(snapshot.funnel, model);
  showFlows(snapshot.flows);
  showJourneys(snapshot.visitors);
  showVisitor(snapshot.visitor, snapshot.visitors.names, model);
  showDropOuts(snapshot.drop_outs, model);
  showOverTime(snapshot.over_time);
  showChannels(snapshot.arrivals);
  showTouches(snapshot.touches);
  showShares(snapshot.shares);
  showAbandonments(snapshot.abandonments);
  showCarts(snapshot.carts, snapshot.abandoned_after_ms);
  showVitals(snapshot.vitals);
  showPrivacy(snapshot.consents, snapshot.anonymous);
  showDelivery(snapshot.delivery);
}

function refreshSoon() {
  refreshTimer ||= setTimeout(refresh, REFRESH_MS);
}

function listen() {
  const source = new EventSource(new URL(`events?since=${Math.max(0, cursor)}`, import.meta.url));
  const connection = document.getElementById('connection');
  const say = (state, text) => { connection.dataset.state = state; setText(connection, text); };
  source.onopen = () => { say('live', 'Live'); refreshSoon(); };
  source.onerror = () => {
    say('lost', 'Connection lost, trying again');
    // The browser tries again by itself, save where a server in between answered with an error.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RECONNECT_MS);
  };
  source.addEventListener('changed', refreshSoon);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.received.row > cursor) {
      cursor = event.received.row;
      stream.add(event);
    }
    refreshSoon();
  };
}

startFilters(refresh);

await refresh();
listen();
setInterval(tick, 1000);
setInterval(refreshSoon, IDLE_REFRESH_MS);
