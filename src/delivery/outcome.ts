import type { Action, Answer } from './answer.js';
import { backoff, MAX_WAIT_MS } from './health.js';

/** How long a new page leaves a wrong address alone after the first failure, twice as long after the next, and at most, in milliseconds. Our choice: somebody may have put it right. */
const SOON_MS = 5000;
const MAX_SOON_MS = 60_000;
/** Failures in a row without any answer after which something seems to block the requests. Our choice: some minutes. */
const SILENT = 8;
/** Most of what a collector asks for that is obeyed, in milliseconds. Our choice. */
const MAX_ASKED_MS = 60 * 60_000;
/** Longest wait before what can only be mended by somebody, in milliseconds. Our choice. */
export const LONG_MS = 2 * MAX_WAIT_MS;

/** What is to be done by the status, the first that fits; after any other, the batch is tried again by itself. */
const ACTIONS: readonly [statuses: RegExp, action: Action][] = [
  [/^413$/, 'shrink'],
  [/^4(08|25|29)$/, 'wait'],
  [/^([23]..|40[1345]|410)$/, 'hold'],
  [/^4/, 'split'],
];

/**
 * Returns what is to be done with a batch after an answer, where the format does not say. Pure but for `navigator.onLine`.
 *
 * @param failures consecutive failures, this one included if it is one
 */
export function actionOf(answer: Answer, failures: number, isOnline = navigator.onLine): Action {
  const { status, isOwn, isDropped, blockedBy } = answer;
  // The address is wrong, or there is no way to it: nothing gets better by trying soon.
  if (isDropped || blockedBy || (!status && isOnline && failures > SILENT)) return 'hold';
  if (isOwn && /^2/.test(`${status}`)) return 'read';
  return ACTIONS.find(([statuses]) => statuses.test(`${status}`))?.[1] ?? 'wait';
}

/** How long to leave the collector alone. */
export interface Delay {
  /** In milliseconds. */
  waitMs: number;
  /** How long a new page leaves it alone at most, from its own beginning, in milliseconds. Not there where the collector itself has said how long: all keep to it. */
  soonMs: number | undefined;
}

/**
 * Returns how long to leave the collector alone after an answer. Pure.
 *
 * @param action what is to be done: `hold`, or else the batch is tried again by itself
 * @param failures consecutive failures, this one included
 * @param random number in [0, 1)
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 */
export function delayOf(
  answer: Answer | undefined,
  action: Action,
  failures: number,
  random: number,
  now: number,
): Delay {
  if (action === 'hold') {
    const waitMs = MAX_WAIT_MS * (1 + random);
    // A host that is silent may be down: whoever comes must not make it worse.
    const isSilent = answer && !answer.status && !answer.isDropped && !answer.blockedBy;
    return { waitMs, soonMs: isSilent ? waitMs : Math.min(MAX_SOON_MS, SOON_MS * 2 ** (failures - 1)) };
  }
  const retryAfter = answer?.header?.('Retry-After');
  const asked = Number(retryAfter) * 1000 || Date.parse(`${retryAfter}`) - now || 0;
  // A date brings everybody back in one second: up to half as much again sets them apart.
  const waitMs = Math.max(Math.min(asked, MAX_ASKED_MS) * (1 + random / 2), backoff(failures, random));
  return { waitMs, soonMs: asked > 0 ? undefined : waitMs };
}
