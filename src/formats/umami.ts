import { cut } from '../util/cut.js';
import { checkOptions, type Takes } from './check.js';
import { amount, consentOf, fullEvent, journeyOf, json, objectOf, text, readUrl, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { listOf, readFields, refuse } from './verdict.js';

/** What `umami` can be told. */
export interface UmamiOptions {
  /** The website's id, a UUID. */
  website: string;
  /** A tag of all events, of 50 letters at most. Default: none. */
  tag?: string;
}

/** Most events of a request. Its batch writes them one after the other: 200 took half a minute (measured, 3.1.0). */
const MAX_EVENTS = 50;
/** Longest name and tag, in letters. Source: its schema, 3.1.0; an event with a longer one is refused. */
const MAX_NAME = 50;
/**
 * Longest text, list and name of its table of data, in letters, and the number that is too large for it. Longest value of a parameter of the address. Source: its
 * schema, 3.1.0. What is beyond fails after the event was stored.
 */
const MAX_TEXT = 500;
const TOO_LARGE = 1e15 - 1;
const MAX_PARAMETER = 255;
/** Longest language and currency. Source: as above. */
const MAX_LANGUAGE = 35;
const MAX_CURRENCY = 10;
/** The vitals that its schema knows, and the largest values: milliseconds, and the unit of CLS. Source: its request schema, 2026. */
const VITALS = ['lcp', 'inp', 'cls', 'fcp', 'ttfb'];
const MAX_VITAL_MS = 60_000;
const MAX_CLS = 100;

/** An entry of its batch. */
interface Written {
  type: string;
  payload: Properties;
}

/** Seconds of an hour. */
const HOUR = 3600;
/** The header by which it is told the visit. */
const CACHE = 'x-umami-cache';
/** Why it has stored nothing of a program, and what most of those have in their user agents. Source: its dependency `isbot`; `Cubot` is a phone. */
const ROBOT = 'taken for a program, not stored';
const PROGRAM = /[^u]bot|headless|^[^M]/i;

const UUID: Takes = [(value: unknown) => /^[\da-f-]{36}$/i.test(`${value as string}`), 'a UUID'];
const TAG: Takes = [(value: unknown) => typeof value === 'string' && /^[^=+\-@\s].{0,49}$/.test(value), 'up to 50 letters, the first none of = + - @'];

/** Returns a value as its table of data takes it; undefined for none that it takes. `path` is the name of what is in it, with a dot. */
function fit(value: unknown, path: string): unknown {
  if (typeof value === 'number') return Math.abs(value) < TOO_LARGE ? value : undefined;
  if (typeof value === 'string') {
    const short = cut(value, MAX_TEXT);
    // What looks like a time is one to Umami: one that there is not would fail.
    return Date.parse(short) > 0 ? short : short.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ');
  }
  if (Array.isArray(value)) {
    let room = MAX_TEXT - 1;
    // The first entries, each in full: half a list could not be read.
    return value.filter((entry) => (room -= json(entry ?? null).length + 1) >= 0);
  }
  return Object(value) === value ? fitAll(value as object, path) : value;
}

/** Returns data as its table of data takes it: names within names are one name there, with dots. */
const fitAll = (data: object, path = ''): Properties =>
  Object.fromEntries(Object.entries(data).flatMap(([name, value]) => ((path + name).length > MAX_TEXT ? [] : [[name, fit(value, `${path + name}.`)]])));

/** Returns a text of at most so many letters; undefined for none. */
const shorten = (value: unknown, max: number): string | undefined => cut(text(value) ?? '', max) || undefined;

/** Returns path, query and route of the page, with no parameter that is too long. */
function addressOf(url: URL): string {
  for (const [name, value] of [...url.searchParams]) if (value.length > MAX_PARAMETER) url.searchParams.set(name, cut(value, MAX_PARAMETER));
  return url.pathname + url.search + url.hash;
}

/**
 * Umami's batch.
 *
 * - Address: the collector's (your Umami, or `https://cloud.umami.is`) and `/api/batch`. The website's id goes into each event.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: 50 events, since it is slow. Ids are not recognised: what may have arrived as a page was left is not sent again. What its tables do not take is cut: texts of data
 *   at 500 letters, lists at the last entry that fits into them, parameters of the address at 255; numbers of 10^15 and more are left out.
 * - Times are whole seconds: a page view has that in which it was, all else the next. Its reports look for what a visit began with by the second, and would count an order in it twice.
 * - Answer: 200 with `details`: an event with a failure of the server is sent again if the whole batch failed. Alone it is refused with its reason, as is any other that is named:
 *   Umami stores an event before its data, so it may have counted. What it takes for a program (HeadlessChrome, too) is refused: it does not store it, and gives no `cache`.
 *   Before 3.0 it gave none to anybody: there, only what the user agent calls a program is refused.
 * - Visits: Umami begins another with every full hour, unless it is told the visit (`x-umami-cache`, with a preflight). That is done within a page; the next page does not know it.
 * - `page_view` is a page view, `web_vitals` `performance`, `identify` `identify`; others are events with `data`. An order's `data.revenue` and `data.currency` make
 *   its revenue report. `language` and `screen` are the browser's.
 * - Journey: `data.journey_stage`, `journey_move`, `journey_from`, `journey_loop`, `journey_furthest`, `journey_MODEL`, `journey_path` (a text); the arrival as
 *   `touch_channel` …, and in the address. Consent: `data.consent_PURPOSE`. Visitor: `id`; without it, Umami counts by its own means.
 *
 * @throws TypeError for a wrong option, or without `website`
 */
export function umami(options: UmamiOptions): Format {
  checkOptions('umami', options, { website: UUID }, { tag: TAG });
  const { website, tag } = options;
  /** The sender reads them anew for each request. */
  const headers: Record<string, string> = {};
  /** The session that events went out of, the hour of the first of them, and what Umami calls the visit. */
  let visit: { session?: string | undefined; hour?: number; cache?: unknown } = {};

  function write(event: SentEvent): Written {
    const { name, time, visitor, page, properties } = event;
    const url = readUrl(page?.url);
    const userId = visitor?.user_id;
    const isView = name === 'page_view';
    const { screen, navigator } = globalThis;
    const payload: Properties = {
      website,
      hostname: url?.hostname,
      language: shorten(navigator?.language, MAX_LANGUAGE),
      screen: screen && `${screen.width}x${screen.height}`,
      url: url ? addressOf(url) : '/',
      referrer: page?.referrer,
      title: page?.title,
      tag,
      id: visitor?.id,
      timestamp: Math.floor(Date.parse(time) / 1000) + (isView ? 0 : 1),
    };
    if (name === 'web_vitals') {
      for (const vital of VITALS) {
        const value = amount(properties[vital]);
        if (value !== undefined) payload[vital] = Math.min(Math.max(value, 0), vital === 'cls' ? MAX_CLS : MAX_VITAL_MS);
      }
      return { type: 'performance', payload };
    }
    if (name === 'identify' && visitor) {
      return { type: 'identify', payload: { ...payload, data: fitAll({ ...objectOf(properties.traits), user_id: userId }) } };
    }
    const money = { revenue: amount(name === 'purchase' ? properties.value : properties.revenue), currency: shorten(properties.currency, MAX_CURRENCY) };
    const data = fitAll({ ...properties, ...money, ...journeyOf(event), ...consentOf(event), user_id: userId, bot: event.bot });
    return { type: 'event', payload: { ...payload, name: isView ? undefined : shorten(name, MAX_NAME), data } };
  }

  return {
    type: 'text/plain;charset=UTF-8',
    path: '/api/batch',
    headers,
    beacon: true,
    maxEvents: MAX_EVENTS,
    idempotent: false,
    encode(rows) {
      const events = rows.map(fullEvent);
      const written = events.map(write);
      const session = events[0]!.session?.id;
      const hourOf = ({ payload }: Written) => Math.floor((payload.timestamp as number) / HOUR);
      if (session !== visit.session) visit = { session, hour: hourOf(written[0]!) };
      // Within one hour Umami knows the visit by itself, and no preflight is needed.
      const isNeeded = session && visit.cache && written.some((one) => hourOf(one) !== visit.hour);
      if (isNeeded) headers[CACHE] = `${visit.cache as string}`;
      else delete headers[CACHE];
      // Umami decodes addresses and titles, and NUL is no text to its database.
      return json(written).replace(/%00/g, ' ');
    },
    read({ body }, ids) {
      const { size, details, cache } = readFields(body);
      visit.cache ??= cache;
      const failures = listOf(details) as { index?: unknown; response?: { error?: unknown } | null }[];
      const failureOf = (at: number) => failures.find(({ index }) => Number(index) === at);
      const isTaken = ids.some((_, at) => !failureOf(at));
      const retry: string[] = [];
      // Where it has stored anything, it says what it calls the visit; before 3.0 it never did.
      const isDropped = !cache && !failures.length && size === ids.length && PROGRAM.test(globalThis.navigator?.userAgent);
      const { refused } = refuse(isDropped ? ids : [], ROBOT);
      ids.forEach((id, at) => {
        const failure = failureOf(at);
        if (!failure) return;
        const { response = {} } = failure;
        const { status, message } = Object(response?.error) as { status?: number; message?: string };
        const told = json(response);
        const isServer = status! >= 500;
        // What the database says of a value (SQLSTATE 22) does not pass.
        if (status === 429 || (isServer && !isTaken && !told.includes('"originalCode":"22'))) retry.push(id);
        else refused[id] = `${message ?? told}${isServer ? ': perhaps stored' : ''}`;
      });
      return { refused, retry, arrived: [] };
    },
  };
}
