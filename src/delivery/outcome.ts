/** What came back of one request. */
export interface Answer {
  /** HTTP status; 0 when no answer came (offline, blocked, refused by CORS, too late). */
  status: number;
  body: string;
  /** Content type; `redirect` where the collector's address leads elsewhere. */
  type: string;
}

/** Longest wait between attempts, in milliseconds. Our choice: few visits outlast it. */
const MAX_WAIT_MS = 10 * 60_000;

/**
 * Reads whether the collector has confirmed a batch: a 2xx of its own, not a shop's or a proxy's page of HTML. Never throws.
 *
 * @param failures consecutive failures, this one included
 * @param random number in [0, 1); a parameter so that tests are exact
 * @returns how long to wait before the next attempt, in milliseconds; undefined when the batch is confirmed
 */
export function readOutcome({ status, type }: Answer, failures: number, random: number): number | undefined {
  if (status >= 200 && status < 300 && !/html|redirect/i.test(type)) return undefined;
  // Full jitter: after an outage, every open tab of a shop must not come back in the same second.
  return random * Math.min(MAX_WAIT_MS, 1000 * 2 ** (failures - 1));
}
