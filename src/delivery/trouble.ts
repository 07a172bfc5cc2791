import type { Format } from '../formats/format.js';
import { CLOCK_MS, timeOf } from '../outbox/priority.js';
import { lengthOf, type StoredEvent } from '../outbox/stored-event.js';
import { isLocal } from '../platform/is-local.js';
import { listen, type Stop } from '../platform/listen.js';
import type { Answer } from './answer.js';
import type { Reply } from './attempt.js';
import { MAX_BYTES } from './batch.js';
import { afterRefusal } from './bisect.js';
import type { Change, Sending } from './change.js';
import type { Health } from './health.js';
import { held, passedOn, refused, type Judging } from './judge.js';
import { actionOf, LONG_MS } from './outcome.js';

/** What to do where a collector does not take something: a part that is loaded as it does not. */
export interface Trouble {
  /** Returns what follows from an answer that does not take a batch as it is. */
  judge(sending: Sending, reply: Reply): Change;
  /** Something was taken, after so many failures. */
  onTaken(failures: number): void;
  /** This tab begins to send. `isForced`: everything is to be tried. */
  begin(isForced: boolean): void;
  /** Returns the events to try next, of those that wait, best first. */
  choose(events: readonly StoredEvent[], health: Health): readonly StoredEvent[];
  /** Returns what follows from the age of events that the collector takes no more; undefined where there are none. */
  findOld(events: readonly StoredEvent[], health: Health): Change | undefined;
  /** Returns the most bytes of a batch. */
  maxBytes(): number;
  /** Returns how long this page has to leave the collector alone, in milliseconds. */
  waitMs(health: Health, now: number): number;
  /** Returns when to try again what of these was refused alone, in milliseconds from now; endless where there is nothing. */
  aloneMs(events: readonly StoredEvent[], health: Health): number;
  /** Whether an event of this page was in no request that failed, though others were. */
  isUntried(event: StoredEvent): boolean;
}

/** Failures in a row after which one event at a time is tried, another each time: perhaps it is one of them that the collector does not take. Our choice. */
const FEW = 3;
/** Batches in a row that are not taken, of whatever is in them, after which the collector is not well any more. Our choice: more than halving takes. */
const MANY_REFUSALS = 16;
/** How long an event that is refused alone waits where nothing else comes, twice as long each time, and at most, in milliseconds. Our choice: a deploy is over by the first. */
const ALONE_MS = 60_000;
/** The shortest such wait, in milliseconds: it may be under way. */
const SOON_MS = 2000;
/** How long it takes at most to make a page and show it, in milliseconds. Our choice. */
const MADE_MS = 60_000;

/** Returns when the page was changed last, in milliseconds since 1970; endless on a developer's machine, where anything may have changed. */
function changedAt(since: number): number {
  const modified = Date.parse(document.lastModified);
  // A page that is made for each visitor is as new as that, and says nothing by it.
  return isLocal(location.href) ? Infinity : modified < since - MADE_MS ? modified : NaN;
}

/**
 * Returns what tells the origin that the page's content security policy does not let requests go to. The first request that it blocks goes by before anybody listens.
 *
 * @param stops gets what ends the listening
 */
function watchPolicy(stops: Stop[]): (answer: Answer) => string | undefined {
  let blocked = '';
  stops.push(
    listen(document, 'securitypolicyviolation', (event) => {
      const { blockedURI, effectiveDirective, disposition } = event as SecurityPolicyViolationEvent;
      if (disposition === 'enforce' && effectiveDirective === 'connect-src') blocked = blockedURI;
    }),
  );
  return ({ status, url }) => {
    const origin = url && new URL(url).origin;
    return !status && origin && blocked.startsWith(origin) ? origin : undefined;
  };
}

/** What is found out by halving. */
interface Search {
  /** Most bytes of the next batch. */
  maxBytes: number;
  /** Batches that were not taken, one after another. */
  refusals: number;
  /** Whether the collector takes some things: what it fails on now may be an event. */
  isOn: boolean;
}

/** Returns what follows from an answer that does not take a batch as it is; changes the search. */
function judgeBy(search: Search, judging: Judging): Change {
  const { sending, reply, action, format } = judging;
  const { events, health } = sending;
  const { isWorker, status } = { status: 0, ...reply.answer };
  search.refusals++;
  if (isWorker && format.receipts && /^2/.test(`${status}`)) return passedOn(judging);
  const isSuspect = !events[1] && health.lone.some(({ id }) => id === events[0]!.id);
  const isSearched = (search.isOn || isSuspect) && search.refusals < MANY_REFUSALS;
  if (/split|shrink/.test(action) || (isSearched && (status || navigator.onLine))) {
    search.maxBytes = afterRefusal(events.reduce((sum, event) => sum + lengthOf(event), 0));
    return refused(judging);
  }
  // A batch that fails for the first time is sent again as it is.
  search.maxBytes = MAX_BYTES;
  search.isOn = false;
  return held(judging);
}

/** Returns how long a page that began at `since` has to leave the collector alone, in milliseconds. */
function waitAfter(
  { failedAt, soonMs = Infinity, blockedUntil, mark: before }: Health,
  mark: string,
  since: number,
  now: number,
): number {
  const isEarlier = failedAt !== undefined && failedAt < since;
  if (!isEarlier) return blockedUntil - now;
  // What was wrong may have been put right since an earlier page failed: with other options, in a new version, and on a developer's machine a page asks at once,
  // else soon.
  const isMended = (before && mark !== before) || (changedAt(since) > failedAt && soonMs < Infinity);
  return isMended ? 0 : Math.min(blockedUntil, since + soonMs) - now;
}

/**
 * Returns what to do in trouble with one collector.
 *
 * @param mark a text that is another one when an option is changed that says how it is asked
 * @param stops gets what ends the listening to a content security policy that blocks requests
 */
export function createTrouble(format: Format, mark: string, stops: Stop[]): Trouble {
  const since = Date.now();
  const search: Search = { maxBytes: MAX_BYTES, refusals: 0, isOn: false };
  const policyOf = watchPolicy(stops);
  /** Whether those that were refused alone may be tried again. */
  let isForced = false;
  let aloneAt = 0;
  let timesAlone = 0;
  /** Ids of the events in batches that were not taken. */
  const failed = new Set<string>();

  return {
    judge(sending, { answer: came, judged, verdict }) {
      for (const { id } of sending.events) failed.add(id);
      const answer = came && { ...came, blockedBy: policyOf(came) };
      // A format that cannot read what the collector says is no reason to send it again and again.
      const action = judged === 'read' ? 'hold' : (judged ?? actionOf(answer!, sending.health.failures + 1));
      return judgeBy(search, { sending, reply: { answer, judged, verdict }, action, format, mark });
    },
    onTaken(failures) {
      search.maxBytes = Math.min(MAX_BYTES, search.maxBytes * 2);
      search.isOn = failures >= FEW || search.maxBytes < MAX_BYTES;
      search.refusals = timesAlone = aloneAt = 0;
      failed.clear();
    },
    begin(isAll) {
      isForced = isAll;
    },
    choose(events, { failures, lone }) {
      const usual = events.filter(({ id }) => !lone.some((each) => each.id === id));
      // Another one each time, from the newest on.
      if (failures >= FEW && usual.length) return [usual[usual.length - 1 - ((failures - FEW) % usual.length)]!];
      if (usual.length) return usual;
      const now = Date.now();
      const isDue = isForced || now >= aloneAt;
      const alone = events.find(({ id }) => lone.some((each) => each.id === id && (isDue || each.isOther)));
      if (!alone) return [];
      isForced = false;
      aloneAt = now + Math.min(LONG_MS, ALONE_MS * 2 ** timesAlone++);
      return [alone];
    },
    findOld(events, health) {
      const { maxAgeMs = Infinity } = format;
      const now = Date.now();
      const old = events.filter((event) => timeOf(event) > CLOCK_MS && now - timeOf(event) > maxAgeMs);
      const reason = `older than ${maxAgeMs} ms`;
      if (!old.length) return undefined;
      return { delivered: [], refused: old.map(({ id }) => [id, reason]), cause: 'too_old', health, isHeld: false };
    },
    maxBytes: () => search.maxBytes,
    waitMs: (health, now) => waitAfter(health, mark, since, now),
    aloneMs: (events, { lone }) =>
      events.some(({ id }) => lone.some((each) => each.id === id)) ? Math.max(SOON_MS, aloneAt - Date.now()) : Infinity,
    isUntried: ({ id }) => failed.size > 0 && !failed.has(id),
  };
}
