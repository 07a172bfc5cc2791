import { checkOptions, type Takes } from './check.js';
import { amount, consentOf, eachEvent, journeyOf, json, objectOf, urlOf, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { accepted, readJson } from './verdict.js';

/** What `umami` can be told. */
export interface UmamiOptions {
  /** The website's id, a UUID. */
  website: string;
  /** A tag of all events. Default: none. */
  tag?: string;
}

/** Most events of a request. Its batch writes them one after the other: 200 took half a minute (measured, 3.1.0). */
const MAX_EVENTS = 50;
/** Longest name, in letters. Source: its schema, 3.1.0. */
const MAX_NAME = 50;
/** The largest value of each vital that its schema takes: milliseconds, and the unit of CLS. Source: its request schema, 2026. */
const VITALS: Readonly<Record<string, number>> = { lcp: 60_000, inp: 60_000, cls: 100, fcp: 60_000, ttfb: 60_000 };

const UUID: Takes = [(value: unknown) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(`${value as string}`), 'the website\'s id, a UUID'];
const TAG: Takes = [(value: unknown) => typeof value === 'string' && /^[^=+\-@\s]/.test(value), 'a text that begins with none of = + - @'];

/**
 * Umami's batch.
 *
 * - Address: the collector's (your Umami, or `https://cloud.umami.is`) and `/api/batch`. The website's id goes into each event.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: 50 events, since it is slow. Ids are not recognised: what may have arrived as a page was left is not sent again. Times are whole seconds.
 * - Answer: 200 with `details`: an event with a failure of the server is sent again, any other that is named is refused with its reason. What it takes for a
 *   program (HeadlessChrome, too) it confirms and does not store.
 * - `page_view` is a page view, `web_vitals` `performance`, `identify` `identify`; others are events with `data`. An order's `data.revenue` and `data.currency` make
 *   its revenue report.
 * - Journey: `data.journey_stage`, `journey_move`, `journey_from`, `journey_loop`, `journey_furthest`, `journey_MODEL`, `journey_path` (a text); the arrival as
 *   `touch_channel` …, and in the address. Consent: `data.consent_PURPOSE`. Visitor: `id`; without it, Umami counts by its own means.
 *
 * @throws TypeError for a wrong option, or without `website`
 */
export function umami(options: UmamiOptions): Format {
  checkOptions('umami', options, { website: UUID }, { tag: TAG });
  const { website, tag } = options;

  function write(event: SentEvent): object {
    const { name, time, visitor, page, properties } = event;
    const url = urlOf(event);
    const userId = visitor?.user_id;
    const payload: Properties = {
      website,
      hostname: url?.hostname,
      url: url ? url.pathname + url.search : '/',
      referrer: page?.referrer,
      title: page?.title,
      tag,
      id: visitor?.id,
      timestamp: Math.floor(Date.parse(time) / 1000),
    };
    if (name === 'web_vitals') {
      for (const [vital, most] of Object.entries(VITALS)) {
        const value = amount(properties[vital]);
        if (value !== undefined) payload[vital] = Math.min(Math.max(value, 0), most);
      }
      return { type: 'performance', payload };
    }
    if (name === 'identify' && visitor) {
      return { type: 'identify', payload: { ...payload, data: { ...objectOf(properties.traits), user_id: userId } } };
    }
    const revenue = name === 'purchase' ? { revenue: amount(properties.value) } : {};
    const data = { ...properties, ...revenue, ...journeyOf(event), ...consentOf(event), user_id: userId, bot: event.bot };
    return { type: 'event', payload: { ...payload, name: name === 'page_view' ? undefined : name.slice(0, MAX_NAME), data } };
  }

  return {
    type: 'text/plain;charset=UTF-8',
    path: '/api/batch',
    maxEvents: MAX_EVENTS,
    idempotent: false,
    encode: (rows) => json(eachEvent(rows, write)),
    read({ body }, ids) {
      const { details } = Object(readJson(body)) as { details?: unknown };
      const retry: string[] = [];
      const refused: [id: string, reason: string][] = [];
      for (const detail of Array.isArray(details) ? details : []) {
        const { index, response } = Object(detail) as { index?: number; response?: { error?: unknown } };
        const { status, message } = Object(response?.error) as { status?: number; message?: unknown };
        const id = ids[index!];
        // A failure of the server's, or too much at once, may pass.
        if (id && (status === 429 || status! >= 500)) retry.push(id);
        else if (id) refused.push([id, `${(message ?? json(response)) as string}`]);
      }
      return { ...accepted(), retry, refused: Object.fromEntries(refused) };
    },
  };
}
