import { checkOptions, TEXT, type Takes } from './check.js';
import { eachEvent, json, readUrl, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { readLists } from './verdict.js';

/** What `cloudevents` can be told. */
export interface CloudEventsOptions {
  /** Where events come from, as a URI: with the id it tells an event from all others. Default: the origin of the page (`https://shop.example`). */
  source?: string;
  /** What the types of events begin with; reverse DNS is usual: `example.shop.` makes `example.shop.purchase`. Default: `waymark.`. */
  typePrefix?: string;
}

const URI: Takes = [(value: unknown) => typeof value === 'string' && /^[^\s]+$/.test(value), 'a URI'];

/**
 * CloudEvents 1.0 in batches (JSON batch mode over HTTP), for receivers that say they take batches.
 *
 * - Address: the receiver's own; a key goes into it (`?access_token=…`) or into `headers`.
 * - Content type `application/cloudevents-batch+json`: the browser asks first (a preflight), so `sendBeacon` cannot carry it.
 * - Limits: 64 KiB for each event are safe, says the specification; Waymark's are smaller. Ids: `source` and `id` together name an event.
 * - Answer: a 2xx confirms all, unless it has the lists of Waymark's own collector. 429 may say when to come again; 410 stops it for good.
 * - Journey: attributes `journeystage`, `journeymove`, `journeyloop`, `journeyfurthest` (names may only have small letters and digits); `data.journey`
 *   in full, with the path, and `data.touchpoint`. Consent: `data.consent`. Visitor: `subject`, absent where no identifiers are kept.
 *
 * @throws TypeError for a wrong option
 */
export function cloudevents(options: CloudEventsOptions = {}): Format {
  checkOptions('cloudevents', options, {}, { source: URI, typePrefix: TEXT });
  const { source, typePrefix = 'waymark.' } = options;
  const write = (event: SentEvent): object => {
    const { id, time, ...data } = event;
    const { name, visitor, journey } = data;
    return {
      specversion: '1.0',
      id,
      source: source ?? `${readUrl(event.page?.url)?.origin}`.replace(/^(null|undefined)$/, 'urn:waymark'),
      type: typePrefix + name,
      subject: visitor?.id,
      time,
      datacontenttype: 'application/json',
      journeystage: journey?.stage,
      journeymove: journey?.move,
      journeyloop: journey?.loop,
      journeyfurthest: journey?.furthest,
      data,
    };
  };
  return {
    type: 'application/cloudevents-batch+json',
    beacon: false,
    encode: (rows) => json(eachEvent(rows, write)),
    read: ({ body }) => readLists(body),
  };
}
