import type { Sent } from '../outbox/hand-over.js';

/** How a collector is. All tabs of a site share it; it lies in the store, beside the events, and survives reloads. */
export interface Health {
  /** Consecutive failures. */
  failures: number;
  /** When the collector may be asked again, in milliseconds since 1970. */
  blockedUntil: number;
  /** Id of the batch that was not confirmed: it keeps its id from attempt to attempt, also when it has grown. */
  batch?: string | undefined;
  /** Batches that pages sent as they were left, and that the collector has to be asked about. */
  unsure: Sent;
  /** Events that it has refused alone. */
  lone: readonly Lone[];
  /** When it failed last, in milliseconds since 1970. */
  failedAt?: number;
  /** How long after its own beginning a page that began later may ask again at the latest, in milliseconds. Default: not before `blockedUntil`. */
  soonMs?: number | undefined;
  /** How the collector was to be asked, by its options. */
  mark?: string | undefined;
}

/** An event that the collector has refused when it was alone in a request. */
export interface Lone {
  id: string;
  /** What came. */
  reason: string;
  /** How often it was refused, with something else taken in between. */
  times: number;
  /** After how many times more it is the event, and not the collector. */
  enough: number;
  /** Whether the collector has taken something else since it was refused last. */
  isOther?: boolean;
}

/** A collector of which nothing is known is well. */
export const WELL: Health = { failures: 0, blockedUntil: 0, unsure: {}, lone: [] };

/** After a collector has failed so often in a row, what is too old goes. Our choice: not at the first time, since a clock may be wrong for a moment. */
export const FEW_FAILURES = 4;

/** Returns what is stored; `WELL` where there is nothing, or it is not ours. */
export function readHealth(stored: unknown): Health {
  const { failures, blockedUntil, unsure, lone } = Object(stored) as Health;
  return [failures, blockedUntil].every(Number.isFinite) && unsure && Array.isArray(lone) ? (stored as Health) : WELL;
}

/** Longest wait after the first failure, in milliseconds. With half of it, an outage would begin with three times the usual requests (`npm run simulate`). */
const BASE_MS = 2000;
/** Longest wait between attempts, in milliseconds. With twice as much, hardly fewer come back at once after an outage (`npm run simulate`). */
export const MAX_WAIT_MS = 5 * 60_000;

/**
 * Returns how long to wait before the next attempt, in milliseconds: full jitter, since after an outage every open tab of a shop must not come back
 * in the same second. Pure.
 *
 * @param failures consecutive failures, the latest included
 * @param random number in [0, 1); a parameter so that tests are exact
 */
export const backoff = (failures: number, random: number): number =>
  random * Math.min(MAX_WAIT_MS, BASE_MS * 2 ** (failures - 1));

/** Returns the health after a batch that will be tried again. Pure. */
export const afterFailure = (health: Health, waitMs: number, batch: string, now: number): Health => ({
  ...health,
  failures: health.failures + 1,
  blockedUntil: now + waitMs,
  failedAt: now,
  soonMs: waitMs,
  batch,
});

/** Returns the health after a batch was taken: whoever was asked about what was unsure has answered, and what was refused alone may be tried again. Pure. */
export const afterSuccess = ({ lone }: Health, taken: readonly string[]): Health => ({
  ...WELL,
  lone: lone.filter(({ id }) => !taken.includes(id)).map((each) => ({ ...each, isOther: true })),
});
