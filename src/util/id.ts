/** Returns `value` in hex, filled up with zeros to `length` digits. */
export const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');

/** Returns `length` random hex digits. */
export const randomHex = (length: number): string =>
  [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => hex(byte % 16, 1)).join('');

/** Writes 30 hex digits as a UUID (RFC 9562, 4) of the given version; of its variant, the one with two zeros is used. */
export const uuid = (version: 4 | 7, digits: string): string => digits.replace(/(.{8})(.{4})(...)(...)/, `$1-$2-${version}$3-8$4-`);

/** Returns a random UUID (version 4): nothing can be read from it. */
export const randomId = (): string => uuid(4, randomHex(30));

/** Time of the latest id, in 1/1024 of a millisecond since 1970. */
let latest = 0;

/**
 * Returns a UUIDv7 (RFC 9562, 5.7). Ids of one page sort in the order they were made, also within a millisecond and when the
 * clock steps back: `rand_a` counts on from the id before.
 *
 * @param now milliseconds since 1970; default: the clock
 */
export function timeId(now = Date.now()): string {
  latest = Math.max(latest + 1, now * 1024);
  return uuid(7, hex(Math.floor(latest / 1024), 12) + hex(latest % 1024, 3) + randomHex(15));
}
