import { siteAddress } from '../browser/site-address.js';
import type { Format } from '../formats/format.js';
import { addressOf } from './address.js';
import { nameOf } from './bounds.js';
import type { Credentials } from './credentials.js';
import type { Reader } from './queue.js';
import type { Row } from './row.js';
import { toJson } from '../util/json.js';

/** A collector, with all that can be said of it. */
export interface Collector {
  /** Its address: an http(s) URL, or a path on the shop's own host. */
  collector: string;
  format: Format;
  headers: Readonly<Record<string, string>>;
  credentials: Credentials;
  /** Names of the events that it gets, where `*` is any text; those that begin with `!` it does not get. Nothing: it gets all. */
  events?: readonly string[];
  /** Purpose without consent to which it gets no event. */
  consent?: string;
  /** What it is called in messages, and known by from visit to visit. */
  name?: string;
}

/** Returns where a collector's requests go. On a server, where there is no page, of a host that does not matter. */
export const whereOf = ({ collector, format }: Collector): string => addressOf(collector, format.path, globalThis.location ? siteAddress() : 'http://localhost/').href;

/** Returns a text that is another one when an option is changed that says how a collector is asked. */
export const markOf = ({ collector, headers, credentials, format }: Collector): string => toJson({ collector, headers, credentials, format });

/** Returns what a collector's filters let through: by the name of an event, and by the consent that its context bears. */
export function createFilter({ events = [], consent }: Collector): (row: Row) => boolean {
  const names = (isOut: boolean) => events.filter((name) => name.startsWith('!') === isOut).map((name) => name.replace('!', '').replace(/\*/g, '\\w*'));
  const pattern = new RegExp(`^(?!(${names(true).join('|')})$)(${names(false).join('|') || '\\w*'})$`);
  const given = new RegExp(consent ? `"consent":{("by":{[^}]*})?[^}]*"${consent}":"granted"` : '');
  return (row) => (!events.length || pattern.test(nameOf(row))) && given.test(row.context);
}

/** Returns what the queue has to know of a collector. */
export const readerOf = (collector: Collector): Reader => ({
  slot: (collector.name || whereOf(collector)).replace(/~/g, ''),
  wants: createFilter(collector),
  isOnce: collector.format.idempotent === false,
});
