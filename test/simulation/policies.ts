import { backoff, readOutcome } from '../../src/delivery/outcome.js';

/** How long a tracker waits after an attempt that failed. */
export interface Policy {
  name: string;
  /**
   * @param failures consecutive failures, this one included
   * @param random number in [0, 1)
   * @param askedMs what the collector's `Retry-After` asks for
   */
  waitMs(failures: number, random: number, askedMs?: number): number;
}

/** The code that Waymark ships. */
export const waymark: Policy = {
  name: 'Waymark',
  waitMs(failures, random, askedMs) {
    const retryAfter = askedMs === undefined ? null : `${askedMs / 1000}`;
    return readOutcome({ status: 503, isOwn: true, body: '', retryAfter }, failures, random, 0).waitMs;
  },
};

/** Where Waymark's waits begin and end. */
const BASE_MS = backoff(1, 1);
const MAX_WAIT_MS = backoff(1000, 1);

/** Exponential with the same bounds, without jitter; what the collector asks for is done to the letter. */
export const exponential: Policy = {
  name: 'Exponential, no jitter',
  waitMs: (failures, _random, askedMs) => askedMs ?? Math.min(MAX_WAIT_MS, BASE_MS * 2 ** (failures - 1)),
};

/** Always the same, whatever the collector asks for. */
export const fixed = (seconds: number): Policy => ({ name: `Every ${seconds} s`, waitMs: () => seconds * 1000 });
