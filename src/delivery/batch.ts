import type { StoredEvent } from '../outbox/stored-event.js';

/** Returns the length of `text` on the wire, in bytes of UTF-8: four for a pair of surrogates, two for characters up to U+07FF, three for all else beyond ASCII. */
export const byteLength = (text: string): number =>
  text
    .replace(/[\ud800-\udbff][\udc00-\udfff]/g, '....')
    .replace(/[\x80-\u07ff]/g, '..')
    .replace(/[\u0800-\uffff]/g, '...').length;

/**
 * Returns the first events that make one batch: as many as the limits allow, and one that is larger alone. Pure.
 *
 * @param maxBytes of the events and the contexts they share, in UTF-8
 */
export function nextBatch(events: readonly StoredEvent[], maxEvents: number, maxBytes: number): StoredEvent[] {
  const contexts = new Set<string>();
  let bytes = 0;
  const end = events.findIndex(({ context, event }, index) => {
    bytes += byteLength(event) + (contexts.has(context) ? 0 : byteLength(context));
    contexts.add(context);
    return bytes > maxBytes || index >= maxEvents;
  });
  return events.slice(0, end < 0 ? events.length : end || 1);
}

/** Most bytes of a batch, in UTF-8. Our choice: two fit into the 64 KiB that may outlive a page. */
export const MAX_BYTES = 25_000;
