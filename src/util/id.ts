/** Returns `value` in hex, filled up with zeros to `length` digits. */
export const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');

/** Returns `length` random hex digits. */
export function randomHex(length: number): string {
  let digits = '';
  const bytes = new Uint8Array(length).map(() => Math.random() * 256);
  try {
    crypto.getRandomValues(bytes);
  } catch {
    // A page has taken it away: what there is will do for an id that keeps no secret.
  }
  for (const byte of bytes) digits += hex(byte % 16, 1);
  return digits;
}

/** Writes 30 hex digits as a UUID (RFC 9562, 4) of the given version; of its variant, the one with two zeros is used. */
export const uuid = (version: 4 | 7, digits: string): string =>
  `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${version}${digits.slice(12, 15)}-8${digits.slice(15, 18)}-${digits.slice(18)}`;

/** Returns a random UUID (version 4): nothing can be read from it. */
export const randomId = (): string => uuid(4, randomHex(30));

/** Time of the latest id, in 1/1024 of a millisecond since 1970. */
let latest = 0;
/** The random end of this page's ids. */
let tail = '';
/** Gives the ids to come another end: nothing in them tells that they are of the same page as those before. */
export const renewIds = (): void => void (tail = '');

/**
 * Returns a UUIDv7 (RFC 9562, 5.7). Ids of one page sort in the order they were made, also within a millisecond and when the
 * clock steps back: `rand_a` counts on from the id before. `rand_b` is random once for each page, since randomness takes its time.
 *
 * @param now milliseconds since 1970; default: the clock
 */
export function timeId(now = Date.now()): string {
  latest = Math.max(latest + 1, now * 1024);
  tail ||= randomHex(15);
  return uuid(7, hex(Math.floor(latest / 1024), 12) + hex(latest % 1024, 3) + tail);
}
