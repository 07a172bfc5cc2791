/** What came back of one request. */
export interface Answer {
  /** HTTP status; 0 when no answer came (offline, blocked, refused by CORS, too late). */
  status: number;
  body: string;
  /** Content type; `redirect` where the collector's address leads elsewhere. */
  type: string;
  /** What `Retry-After` asked for, in milliseconds; NaN where it did not. */
  retryAfterMs: number;
}

/** What to do with a batch after one attempt. */
export type Outcome =
  /** Confirmed, but for the events that the format reads out of the body. */
  | { kind: 'accepted' }
  /** Something in the batch is wrong: what the format reads out of the body, else send smaller batches. */
  | { kind: 'refused' }
  /** Keep everything, say so, and try again after `afterMs`: nobody knows whether it arrived, or the address is wrong. */
  | { kind: 'collector_unreachable' | 'collector_wrong'; afterMs: number };

/** Longest wait between attempts that we choose, in milliseconds. Our choice: few visits outlast it. */
const MAX_WAIT_MS = 10 * 60_000;
/** Longest wait that a collector can ask for, in milliseconds. Our choice: an hour. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * Reads the collector's answer to one batch. Never throws.
 *
 * @param answer the answer; a page of HTML is a shop's or a proxy's own, and no confirmation
 * @param failures consecutive failures, this one included
 * @param random number in [0, 1); a parameter so that tests are exact
 */
export function readOutcome({ status, type, retryAfterMs }: Answer, failures: number, random: number): Outcome {
  const isConfirmed = status >= 200 && status < 300;
  const isTemporary = status < 200 || status >= 500 || [408, 425, 429].includes(status);
  if (isTemporary && type !== 'redirect') {
    // Full jitter: after an outage, every open tab of a shop must not come back in the same second.
    const afterMs = random * Math.min(MAX_WAIT_MS, 1000 * 2 ** (failures - 1));
    return { kind: 'collector_unreachable', afterMs: Math.max(afterMs, Math.min(retryAfterMs || 0, MAX_RETRY_AFTER_MS)) };
  }
  const isWrongPlace = /redirect|html/i.test(type) || [401, 403, 404, 405].includes(status);
  if (isWrongPlace) return { kind: 'collector_wrong', afterMs: MAX_WAIT_MS };
  return { kind: isConfirmed ? 'accepted' : 'refused' };
}
