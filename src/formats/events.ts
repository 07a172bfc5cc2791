import type { Item } from '../commerce/item.js';
import type { Row } from '../delivery/row.js';
import type { Context, TrackedEvent } from '../event/event.js';
import type { Touchpoint } from '../journey/touchpoints.js';

/** The version of Waymark that collectors are told, that of the package. */
export const VERSION = '0.1.0';

/** One event in full, as a format writes it. A tracker that keeps no identifiers leaves out the visitor and the session. */
export type SentEvent = Omit<TrackedEvent, 'visitor' | 'session' | 'consent'> & {
  visitor?: Context['visitor'];
  session?: Context['session'];
  consent?: Context['consent'];
};

/** Properties of an event by name: plain data, as the shop gave it. */
export type Properties = Record<string, unknown>;

/** Returns the event of a row in full. */
export const fullEvent = ({ context, event }: Row): SentEvent => ({ ...(JSON.parse(context) as Context), ...(JSON.parse(event) as SentEvent) });

/** Returns the value as it is: what `JSON.stringify` is to write of it, whatever its `toJSON` says. */
function raw(this: Properties, key: string): unknown {
  return this[key];
}

/**
 * Writes plain data as JSON, also on pages with an old Prototype.js, whose lists and texts have a `toJSON` that writes them as texts in texts. What the stores behind
 * collectors do not take as text is told as U+FFFD: half of a character, which strict parsers refuse with the whole batch, and NUL, which PostgreSQL refuses.
 */
export const json = (value: unknown): string =>
  // An escaped backslash goes over as it is: what follows it is text.
  JSON.stringify(value, 'toJSON' in [] ? raw : undefined).replace(/(\\\\)|\\u(?:0000|d[89a-f]..)/g, (_, kept?: string) => kept ?? '\ufffd');

/** Returns the rows' events as one JSON list, each as `write` returns it. */
export const eachEvent = <Written>(rows: readonly Row[], write: (event: SentEvent) => Written): Written[] => rows.map((row) => write(fullEvent(row)));

/** Returns what a table has under a name, not what every object has. */
export const lookUp = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined => (({}).hasOwnProperty.call(table, name) ? table[name] : undefined);

/** Returns a text, also of a number; undefined for anything else, and for an empty one. */
export const text = (value: unknown): string | undefined => (/^(string|number)$/.test(typeof value) && value !== '' ? `${value as string}` : undefined);

/** Returns a finite number, also one that is written as a text; undefined for anything else. */
export const amount = (value: unknown): number | undefined => (text(value) && Number.isFinite(Number(value)) ? Number(value) : undefined);

/** Returns an object as it is, and an empty one for anything else. */
export const objectOf = (value: unknown): object => (Object(value) === value ? (value as object) : {});

/** Returns the items of an event: those entries of its `items` that are objects. */
export const itemsOf = ({ items }: Properties): Item[] => (Array.isArray(items) ? items.filter((item) => Object(item) === item) : []) as Item[];

/** Reads an address; undefined where it is none. */
export function readUrl(address: unknown): URL | undefined {
  try {
    return new URL(address as string);
  } catch {
    return undefined;
  }
}

/**
 * Returns whose event it is, for collectors that take none without such an id. Without a visitor it is the page view's, else the tab's: that tells
 * no visitors apart.
 */
export const anonymousId = ({ visitor, page, tab, id }: SentEvent): string => visitor?.id ?? page?.id ?? tab ?? id;

/** Writes a path of arrivals as one text, for collectors without lists: `organic_social:instagram > email > direct`. */
export const pathText = (path: readonly Touchpoint[]): string => path.map(({ channel, network }) => [channel, ...(network ? [network] : [])].join(':')).join(' > ');

/**
 * Returns the journey as properties, for collectors that have no place of their own for it: `journey_stage`, `journey_move`, `journey_from`,
 * `journey_loop`, `journey_furthest`, `journey_MODEL` for the stage in each other model, and `touch_channel`, `touch_network`, `touch_paid`,
 * `touch_campaign`, `touch_time` of the arrival that the event is credited to. What is not known is left out;
 * a conversion has `journey_path`, the arrivals that led to it, as `pathText` writes them.
 */
export function journeyOf({ journey, touchpoint }: SentEvent): Properties {
  const { channel, network, paid, campaign, time } = { ...touchpoint };
  const { path, stages, ...step } = { ...journey };
  const parts = { journey: { ...stages, ...step, path: path && pathText(path) }, touch: { channel, network, paid, campaign: campaign?.name, time } };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, fields]) => Object.entries(fields).flatMap(([name, value]) => ((value ?? null) === null ? [] : [[`${part}_${name}`, value]]))),
  );
}

/** Returns what the visitor had agreed to as properties: `consent_analytics`, `consent_marketing`, `consent_gpc` …, and by whose word as `consent_by`. */
export const consentOf = ({ consent }: SentEvent): Properties =>
  Object.fromEntries(Object.entries({ ...consent }).map(([name, answer]) => [`consent_${name}`, name === 'by' ? (answer as Properties).marketing : answer]));

/** What is measured of a page, not done on it: what counts a visitor's doings does not count these. */
export const isMeasured = (name: string): boolean => /^(engagement|web_vitals|(social_)?landing|identify)$/.test(name);
