import { cut } from '../util/cut.js';
import { checkOptions, TEXT } from './check.js';
import { amount, consentOf, fullEvent, isMeasured, journeyOf, json, text, type Properties } from './events.js';
import type { Format } from './format.js';
import { refuse } from './verdict.js';

/** What `plausible` can be told. */
export interface PlausibleOptions {
  /** The site's name in Plausible, mostly its domain; several with commas. */
  domain: string;
}

/** Oldest event that is sent, in milliseconds: it is counted when it arrives, whatever its time. Our choice: within a third of Plausible's session. */
const MAX_AGE_MS = 10 * 60_000;
/** Most properties of an event, and the most letters of a name and of a value. Source: its documentation of custom properties. */
const MAX_PROPS = 30;
const MAX_NAME = 300;
const MAX_TEXT = 2000;
/** The header that says that it was dropped. */
const DROPPED = 'x-plausible-dropped';

/**
 * Plausible's events API.
 *
 * - Address: the collector's (`https://plausible.io`, or your own) and `/api/event`. The domain goes into the body.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: one event a request; 30 properties of 2,000 letters, the journey's first. It has no time: what is older than ten minutes is not sent. Ids are not
 *   recognised: what may have arrived as a page was left is not sent again.
 * - Answer: 202, whatever becomes of the event; `x-plausible-dropped: 1`, where the browser shows it, says that it was dropped.
 * - `page_view` is `pageview`, `engagement` its own; an order, a refund and a cart have `revenue`, if they have a currency. Visitor and session are never sent.
 * - Journey: `props.journey_stage`, `journey_move`, `journey_from`, `journey_loop`, `journey_furthest`, `journey_MODEL`, `journey_path` (a text); the arrival as
 *   `touch_channel` …, and in the address. Consent: `props.consent_PURPOSE`. Lists and maps, items among them, have no place.
 *
 * @throws TypeError for a wrong option, or without `domain`
 */
export function plausible(options: PlausibleOptions): Format {
  checkOptions('plausible', options, { domain: TEXT });
  const { domain } = options;
  return {
    type: 'text/plain;charset=UTF-8',
    path: '/api/event',
    maxEvents: 1,
    maxAgeMs: MAX_AGE_MS,
    idempotent: false,
    encode([row]) {
      const event = fullEvent(row!);
      const { name, page, properties, bot } = event;
      const { value, currency, visible_seconds, scroll_percent } = properties;
      const all: Properties = { ...journeyOf(event), ...consentOf(event), bot, ...properties };
      const props: Properties = {};
      for (const [key, given] of Object.entries(all)) {
        const isTold = typeof given === 'boolean' || text(given) !== undefined;
        if (isTold && Object.keys(props).length < MAX_PROPS) props[cut(key, MAX_NAME)] = typeof given === 'string' ? cut(given, MAX_TEXT) : given;
      }
      const money = amount(value);
      const isEngagement = name === 'engagement';
      return json({
        name: name === 'page_view' ? 'pageview' : name,
        // It takes no event without one.
        url: page?.url ?? `https://${domain.split(',')[0]!.trim()}/`,
        domain,
        referrer: page?.referrer,
        props,
        ...(money !== undefined && text(currency) && { revenue: { currency, amount: money } }),
        ...(isEngagement && { sd: Math.round(amount(scroll_percent) ?? 0), e: Math.round((amount(visible_seconds) ?? 0) * 1000) }),
        ...(isMeasured(name) && { interactive: false }),
      });
    },
    read: ({ header }, ids) => refuse(header?.(DROPPED) === '1' ? ids : [], DROPPED),
  };
}
