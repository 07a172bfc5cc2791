import type { Sent } from './journal.js';
import { LONGEST_MS, type Outcome } from './outcome.js';

/** Whose turn it is to send, and how the collector is. All tabs of a site share it; it lies in the store, beside the events, and survives reloads. */
export interface Turn {
  /** The tab that sends. */
  owner: string;
  /** Whether it holds the lock for that: then it is no more once the lock is free. */
  byLock?: boolean;
  /** When its turn ends at the latest, in milliseconds since 1970. */
  until: number;
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
  /** Since when there have been events that wait for nobody that there is, in milliseconds since 1970. */
  gone?: number | undefined;
}

/** A turn that nobody has taken. */
export const NO_TURN: Turn = { owner: '', until: 0, failures: 0, blockedUntil: 0 };

/** Returns the turn that is stored; one that nobody has taken where there is none, or it is not ours. */
export function readTurn(stored: unknown): Turn {
  const turn = Object(stored) as Turn;
  return [turn.until, turn.failures, turn.blockedUntil].every(Number.isFinite) ? turn : NO_TURN;
}

/**
 * Longest turn without a sign of life, in milliseconds: for so long can a tab that was frozen or killed hold up the others. Our choice: longer than
 * one request and the transactions around it take.
 */
export const TURN_MS = 15_000;

/**
 * Returns how long a tab has to wait until it may send, in milliseconds; 0: it may. Pure.
 *
 * A clock that was set back makes nobody wait for longer than was ever meant.
 *
 * @param me the tab
 * @param hasLock whether the tab has the lock
 * @param isForced whether the collector is asked again even if it is to be left alone
 */
export function waitFor({ owner, byLock, until, blockedUntil }: Turn, me: string, hasLock: boolean, isForced: boolean, now: number): number {
  const left = (end: number, most: number) => (end - now > most ? 0 : end - now);
  return Math.max(0, (hasLock && byLock) || owner === me ? 0 : left(until, TURN_MS), isForced ? 0 : left(blockedUntil, LONGEST_MS));
}

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
 * Returns the turn as it is for a page that may know better than an earlier one, which failed: what was wrong may have been put right in the meantime. With
 * other options, in a new version, and on a developer's machine it asks at once, else soon. Pure.
 */
export function forPage(turn: Turn, { since, mark, changedAt }: Page): Turn {
  const { failedAt = since, soonMs = Infinity, blockedUntil } = turn;
  if (failedAt >= since) return turn;
  return { ...turn, blockedUntil: mark !== turn.mark || (changedAt > failedAt && soonMs < Infinity) ? 0 : Math.min(blockedUntil, since + soonMs) };
}

/** Returns the turn after an answer to a batch. Pure. */
export function afterAnswer(turn: Turn, { action, waitMs, soonMs }: Outcome, batch: string, now: number, mark?: string): Turn {
  if (action === 'read') return { ...turn, failures: 0, blockedUntil: 0, batch: undefined };
  if (!waitMs && action !== 'wait') return turn;
  return { ...turn, failures: turn.failures + 1, blockedUntil: now + waitMs, failedAt: now, soonMs, mark, batch };
}
