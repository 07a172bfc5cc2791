import { cut, cutAddress, text } from './values.mjs';

/** Bounds of Google's Measurement Protocol, from its page "Sending events" and "Limitations", 2026: events of a request, parameters of an event, items. */
const MAX_EVENTS = 25;
const MAX_PARAMS = 25;
const MAX_ITEMS = 200;
/** Longest value, and of the parameters that may be longer. Source: Google, "Event collection limits", 2026. */
const MAX_VALUE = 100;
const LONGER = { page_location: 1000, page_referrer: 420, page_title: 300 };
/** How far back an event may be dated. Source: the same; what is older would be dated now. */
const MAX_AGE_MS = 72 * 3_600_000;

/** Names and beginnings that Google keeps for itself. Source: the same, "Reserved names". */
const RESERVED = /^(error|first_open|first_visit|in_app_purchase|session_start|user_engagement|app_.*|ad_.*|ga_.*|google_.*|firebase_.*)$/;

/** How long a request may take, and the first and longest wait after one that failed, in milliseconds. Our choice. */
const REQUEST_MS = 10_000;
const WAIT_MS = [1000, 60_000];
/** How long an answer is waited for as the collector ends, in milliseconds. Our choice: whoever stops it waits, too. */
const GRACE_MS = 1000;
/** Between two looks where nothing rings, in milliseconds. */
const IDLE_MS = 60_000;

/** Why an event is not forwarded; undefined where it is. Google needs a client; one that nothing tells from others is none. */
function reasonAgainst(event, now) {
  if (!event.visitor) return 'anonymous';
  if (event.bot) return 'bot';
  if (event.consent?.analytics === 'denied') return 'denied';
  if (now - Date.parse(event.received.occurred_at) > MAX_AGE_MS) return 'too_old';
}

const clip = (name, value) => (typeof value === 'string' ? (/^page_(location|referrer)$/.test(name) ? cutAddress : cut)(value, LONGER[name] ?? MAX_VALUE) : value);

/** What of an object is text, number or yes and no, under names that Google takes. */
const plain = (object) => Object.entries(object)
  .filter(([name, value]) => /^[A-Za-z]\w{0,39}$/.test(name) && /^(string|number|boolean)$/.test(typeof value))
  .map(([name, value]) => [name, clip(name, typeof value === 'boolean' ? String(value) : value)]);

/** One event as Google takes it: its own properties last, so that they give way where there are too many. */
export function ga4Event(event) {
  const { name, properties, page, session, journey, touchpoint, received } = event;
  const params = Object.entries({
    // Without the first, Google counts no session; without the second, no user.
    ...(session && { session_id: Math.floor(Date.parse(session.started) / 1000) }),
    engagement_time_msec: 1,
    page_location: page?.url, page_title: page?.title, page_referrer: page?.referrer,
    journey_stage: journey?.stage, journey_move: journey?.move, journey_loop: journey?.loop, channel: text(touchpoint?.channel), network: text(touchpoint?.network),
  }).filter(([, value]) => value != null).map(([key, value]) => [key, clip(key, value)]);
  const items = Array.isArray(properties.items) ? properties.items.filter((item) => item && typeof item === 'object').slice(0, MAX_ITEMS) : [];
  const kept = Object.fromEntries([...plain(properties), ...params].slice(-(MAX_PARAMS - 1)));
  return {
    name: RESERVED.test(name) ? `waymark_${name}`.slice(0, 40) : name,
    timestamp_micros: Date.parse(received.occurred_at) * 1000,
    params: { ...kept, ...(items.length > 0 && { items: items.map((item) => Object.fromEntries(plain(item))) }) },
  };
}

/**
 * Hands what is stored on to Google Analytics 4, in order, by its Measurement Protocol: from here, since it needs a secret. Where it stopped is
 * stored too, so it goes on after a restart. Google recognises no ids: when a crash comes between its answer and our note of it, up to 25 events
 * go twice; a purchase counts once by its `transaction_id`. Google answers 204 to everything: what it thinks of an event is not known.
 *
 * @param {object} parts
 * @param {ReturnType<import('./store.mjs').openStore>} parts.store
 * @param {ReturnType<import('./bell.mjs').createBell>} parts.bell rung after every change
 * @param {string} parts.measurementId `G-...` of the data stream
 * @param {string} parts.secret made in Google Analytics under the data stream; never logged
 * @param {string} [parts.endpoint] default `https://www.google-analytics.com`; within the European Union `https://region1.google-analytics.com`
 * @param {() => number} parts.now epoch milliseconds
 * @param {(message: string, error: unknown) => void} parts.log
 * @returns {{ stop: () => Promise<void>, counts: Record<string, number> }} `counts` since the start: `forwarded`, and what was left out by reason
 */
export function startGa4Forwarder({ store, bell, measurementId, secret, endpoint = 'https://www.google-analytics.com', now, log }) {
  const reader = `ga4 ${measurementId}`;
  const url = `${endpoint}/mp/collect?${new URLSearchParams({ measurement_id: measurementId, api_secret: secret })}`;
  const counts = { forwarded: 0 };
  const ending = new AbortController();
  let isEnding = false;
  let wait = WAIT_MS[0];

  async function post(events) {
    const { visitor, consent } = events.at(-1);
    const answer = consent && (consent.marketing === 'granted' ? 'GRANTED' : 'DENIED');
    const body = {
      client_id: visitor.id, ...(visitor.user_id && { user_id: visitor.user_id }),
      ...(answer && { consent: { ad_user_data: answer, ad_personalization: answer } }),
      events: events.map(ga4Event),
    };
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(REQUEST_MS)]);
    const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`Google answered ${response.status}`);
  }

  /** The next events of one client and one consent, and up to which row they go; what is left out in between is counted. */
  function nextRun(events) {
    const [run, left] = [[], {}];
    let row;
    for (const event of events) {
      const reason = reasonAgainst(event, now());
      const sameAs = (other) => other.visitor.id === event.visitor.id && other.visitor.user_id === event.visitor.user_id && other.consent?.marketing === event.consent?.marketing;
      if (!reason && run.length > 0 && !sameAs(run[0])) break;
      if (reason) left[reason] = (left[reason] ?? 0) + 1;
      else run.push(event);
      row = event.received.row;
    }
    return { run, left, row };
  }

  async function forward() {
    while (!isEnding) {
      const events = store.eventsAfter(store.readerAt(reader), MAX_EVENTS);
      if (events.length === 0) {
        await bell.wait(IDLE_MS);
        if (bell.closed) return;
        continue;
      }
      const { run, left, row } = nextRun(events);
      try {
        if (run.length > 0) await post(run);
        store.moveReader(reader, row);
      } catch (error) {
        if (isEnding) return;
        log('Events could not be forwarded to Google Analytics; they are tried again.', error);
        await new Promise((resolve) => setTimeout(resolve, wait).unref());
        wait = Math.min(wait * 2, WAIT_MS[1]);
        continue;
      }
      wait = WAIT_MS[0];
      counts.forwarded += run.length;
      for (const reason of Object.keys(left)) counts[reason] = (counts[reason] ?? 0) + left[reason];
    }
  }

  const done = forward().catch((error) => log('Forwarding to Google Analytics has ended.', error));
  return {
    counts,
    async stop() {
      isEnding = true;
      bell.wake();
      const within = (ms) => Promise.race([done, new Promise((resolve) => setTimeout(resolve, ms))]);
      // What Google has already would be told to it twice if its answer was not waited for.
      await within(GRACE_MS);
      ending.abort();
      await within(100);
    },
  };
}
