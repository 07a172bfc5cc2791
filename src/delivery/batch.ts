import type { Row } from './row.js';

/** Returns the length of `text` on the wire, in bytes of UTF-8: four for a pair of surrogates, two for characters up to U+07FF, three for all else beyond ASCII. */
export const byteLength = (text: string): number =>
  text
    .replace(/[\ud800-\udbff][\udc00-\udfff]/g, '....')
    .replace(/[\x80-\u07ff]/g, '..')
    .replace(/[\u0800-\uffff]/g, '...').length;

/**
 * Returns the first rows that make one batch: as many as the limits allow, and one that is larger alone. Pure.
 *
 * @param maxBytes of the events and the contexts they share, in UTF-8
 */
export function nextBatch(rows: readonly Row[], maxEvents: number, maxBytes: number): Row[] {
  const contexts = new Set<string>();
  let bytes = 0;
  const end = rows.findIndex(({ context, event }, index) => {
    bytes += byteLength(event) + (contexts.has(context) ? 0 : byteLength(context));
    contexts.add(context);
    return bytes > maxBytes || index >= maxEvents;
  });
  return rows.slice(0, end < 0 ? rows.length : end || 1);
}
