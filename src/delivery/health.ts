import type { Sent } from '../outbox/hand-over.js';
import { LONGEST_MS, type Outcome } from './outcome.js';

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

/** How a collector is. All tabs of a site share it; it lies in the store, beside the events, and survives reloads. */
export interface Health {
  /** Consecutive failures. */
  failures: number;
  /** When the collector may be asked again, in milliseconds since 1970. */
  blockedUntil: number;
  /** When it failed last, in milliseconds since 1970. */
  failedAt?: number;
  /** How long after its own beginning a page that began later may ask again at the latest, in milliseconds. Default: not before `blockedUntil`. */
  soonMs?: number | undefined;
  /** How the collector was to be asked, by its options. */
  mark?: string | undefined;
  /** Id of the batch that was not confirmed: it keeps its id from attempt to attempt, also when it has grown. */
  batch?: string | undefined;
  /** Batches that pages sent as they were left, and that the collector has to be asked about. */
  unsure?: Sent | undefined;
  /** Events that it has refused alone. */
  lone?: readonly Lone[] | undefined;
}

/** A collector of which nothing is known is well. */
export const WELL: Health = { failures: 0, blockedUntil: 0 };

/** A page, as far as it matters to what it has to wait for. */
export interface Page {
  /** When it began, in milliseconds since 1970. */
  since: number;
  /** How it asks the collector, by its options. */
  mark: string;
  /** When it was changed last, in milliseconds since 1970; NaN where nobody knows, endless where it is changed all the time. */
  changedAt: number;
}

/**
 * Returns how long a page has to leave a collector alone, in milliseconds; 0: it may ask. What was wrong may have been put right since an earlier page failed: with
 * other options, in a new version, and on a developer's machine a page asks at once, else soon. Pure.
 */
export function waitForHealth({ failedAt, soonMs = Infinity, blockedUntil, mark }: Health, page: Page, now: number): number {
  const { since, changedAt } = page;
  const isEarlier = failedAt !== undefined && failedAt < since;
  const isMended = isEarlier && (mark !== page.mark || (changedAt > failedAt && soonMs < Infinity));
  const until = isMended ? 0 : isEarlier ? Math.min(blockedUntil, since + soonMs) : blockedUntil;
  // A clock that was set back makes nobody wait for longer than was ever meant.
  return until - now > LONGEST_MS ? 0 : Math.max(0, until - now);
}

/** Returns the health after a batch was taken: whoever was asked about what was unsure has answered. Pure. */
export const afterSuccess = <Known extends Health>(health: Known): Known => ({ ...health, failures: 0, blockedUntil: 0, batch: undefined, unsure: undefined });

/** Returns the health after a batch that will be tried again. Pure. */
export const afterFailure = <Known extends Health>(health: Known, { waitMs, soonMs }: Outcome, batch: string, mark: string, now: number): Known => ({
  ...health,
  failures: health.failures + 1,
  blockedUntil: now + waitMs,
  failedAt: now,
  soonMs,
  mark,
  batch,
});
