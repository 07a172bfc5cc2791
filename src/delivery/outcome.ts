/** What came back of one request. */
export interface Answer {
  /** HTTP status; 0 when no answer came (offline, blocked, refused by CORS, too late). */
  status: number;
  /** Whether it is the collector that speaks: no redirect, no page of HTML as shops and proxies give, no service worker. */
  isOwn: boolean;
  body: string;
  /** Returns a header of the answer, as far as the browser shows it. */
  header?(name: string): string | null;
  /** The header `Retry-After`, where the browser shows it. */
  retryAfter?: string | null;
  /** Whether the browser believes that it has no network. */
  isOffline?: boolean;
  /** For people: what came. Default: the status. */
  note?: string;
  /** What lets no request out to the collector, where the browser says so. */
  blockedBy?: string | undefined;
}

/**
 * What is to be done with a batch. `read`: the collector has it, and its answer may say more of single events. `wait`: unknown, try again.
 * `hold`: the same, but somebody has to mend something first. `shrink`: too many bytes. `split`: something in it is not taken.
 */
export type Action = 'read' | 'wait' | 'hold' | 'shrink' | 'split';

/** What an answer means. */
export interface Outcome {
  action: Action;
  /** How long to leave the collector alone, in milliseconds. */
  waitMs: number;
  /** How long a new page leaves it alone at most, from its own beginning, in milliseconds. Default: the collector itself has said how long, and all keep to it. */
  soonMs?: number | undefined;
}

/** Longest wait after the first failure, in milliseconds. With half of it, an outage would begin with three times the usual requests (`npm run simulate`). */
const BASE_MS = 2000;
/** Longest wait between attempts, in milliseconds. With twice as much, hardly fewer come back at once after an outage (`npm run simulate`). */
const MAX_WAIT_MS = 5 * 60_000;
/** How long a new page leaves a wrong address alone after the first failure, twice as long after the next, and at most, in milliseconds. Our choice: somebody may have put it right. */
const SOON_MS = 5000;
const MAX_SOON_MS = 60_000;
/** Failures in a row without any answer after which something seems to block the requests. Our choice: some minutes. */
const SILENT = 8;
/** Most of what a collector asks for that is obeyed, in milliseconds. Our choice. */
const MAX_ASKED_MS = 60 * 60_000;
/** Longest wait that there can be, in milliseconds. */
export const LONGEST_MS = 1.5 * MAX_ASKED_MS;

/**
 * Returns how long to wait before the next attempt, in milliseconds: full jitter, since after an outage every open tab of a shop must not come back
 * in the same second. Pure.
 *
 * @param failures consecutive failures, the latest included
 * @param random number in [0, 1); a parameter so that tests are exact
 */
export const backoff = (failures: number, random: number): number => random * Math.min(MAX_WAIT_MS, BASE_MS * 2 ** (failures - 1));

/** What an answer means that no format has another word for. Pure. */
function usual({ status, isOwn, isOffline, blockedBy }: Answer, failures: number): Action {
  const isTaken = status >= 200 && status < 300;
  if (isTaken && isOwn) return 'read';
  if (status === 413) return 'shrink';
  // The address is wrong, or there is no way to it: nothing gets better by trying soon.
  const isBlocked = blockedBy || (!status && !isOffline && failures > SILENT);
  if (isBlocked || isTaken || /^(3..|40[1345]|410)$/.test(`${status}`)) return 'hold';
  return /^4/.test(`${status}`) && !/^4(08|25|29)$/.test(`${status}`) ? 'split' : 'wait';
}

/**
 * Reads an answer. Pure; never throws.
 *
 * @param failures consecutive failures, this one included if it is one
 * @param random number in [0, 1)
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 * @param judged what the format says that it means; default: the usual
 */
export function readOutcome(answer: Answer, failures: number, random: number, now: number, judged?: Action): Outcome {
  const { retryAfter, status, blockedBy } = answer;
  // What is no action would be done over and over.
  const action = /^(read|wait|hold|shrink|split)$/.test(`${judged}`) ? judged! : usual(answer, failures);
  if (action === 'hold') {
    const waitMs = MAX_WAIT_MS * (1 + random);
    // A host that is silent may be down: whoever comes must not make it worse.
    return { action, waitMs, soonMs: status || blockedBy ? Math.min(MAX_SOON_MS, SOON_MS * 2 ** (failures - 1)) : waitMs };
  }
  if (action !== 'wait') return { action, waitMs: 0 };
  const asked = Number(retryAfter) * 1000 || Date.parse(`${retryAfter}`) - now || 0;
  // A date brings everybody back in one second: up to half as much again sets them apart.
  const waitMs = Math.max(Math.min(asked, MAX_ASKED_MS) * (1 + random / 2), backoff(failures, random));
  return { action, waitMs, soonMs: asked > 0 ? undefined : waitMs };
}
