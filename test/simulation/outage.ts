import { coreDefaults } from '../../src/options.js';
import type { Policy } from './policies.js';

/** What the collector does while it is down. */
export type Outage =
  /** Refuses at once: a connection that is refused, or a 503. */
  | { kind: 'refuses' }
  /** Does not answer: the tracker gives up after `afterMs`. */
  | { kind: 'hangs'; afterMs: number }
  /** Answers at once with 429 or 503 and `Retry-After: seconds`. */
  | { kind: 'asks'; seconds: number }
  /** Answers at once with 429 or 503 and the same date in `Retry-After` for everybody: the moment when it is back. */
  | { kind: 'dates' };

/** One run of the simulation. */
export interface Setting {
  /** Browsers that are on the shop's pages at some moment of the outage, about. */
  clients: number;
  outage: Outage;
  policy: Policy;
  /** Default: `PEOPLE`. */
  people?: People;
  seed: number;
  /** Over how many seconds a rate is taken; a small crowd is uneven by chance. */
  binS: number;
}

/** What the collector saw. */
export interface Result {
  /** Requests of each bin in relation to the rate before the outage; the first begins `BEFORE_S` before it. */
  rate: Float64Array;
  /** Requests a second before the outage. */
  steady: number;
  /** Highest of `rate` while the collector is down. */
  peakDuring: number;
  /** Highest of `rate` after that. */
  peakAfter: number;
  /** Browsers of which at least one request failed. */
  met: number;
  /** Browsers with an open page and events that wait, when the collector is back; and the shares of them that were rid of these 1, 5 and 10 minutes later. */
  waiting: number;
  delivered: number[];
  /** Browsers that still keep events at the end: their pages are closed, their next visit brings them. */
  kept: number;
}

/** Simulated time: warm-up, what is shown before the outage, the outage, what follows. In seconds. */
const WARM_UP_S = 3600;
export const BEFORE_S = 300;
export const OUTAGE_S = 600;
export const AFTER_S = 2400;
const START = -(WARM_UP_S + BEFORE_S) * 1000;
const BACK = OUTAGE_S * 1000;
const END = BACK + AFTER_S * 1000;

/** What visitors do. Times are means, and spread at random (exponentially). */
export interface People {
  /** After a page there is another one, with this probability. */
  morePages: number;
  /** How long a page is looked at. */
  lookMs: number;
  /** Something is tracked when a page is opened, at its end, and in between every so often. */
  betweenMs: number;
  /** Share of the visits that leave their last page open, for how long, and how often something happens there. */
  stays: number;
  stayMs: number;
  idleBetweenMs: number;
  /** Share of the browsers that make a second visit in the time that is simulated. */
  returns: number;
}

/** Four pages, three minutes: assumptions, not measurements. */
export const PEOPLE: People = { morePages: 0.75, lookMs: 45_000, betweenMs: 60_000, stays: 0.2, stayMs: 1_800_000, idleBetweenMs: 600_000, returns: 0.2 };

const { batchWaitMs: BATCH_WAIT_MS, batchEvents: BATCH_EVENTS } = coreDefaults;
/** Browsers wake a page that has been hidden for five minutes once a minute (Chrome 88 and later). */
const HIDDEN_MS = 300_000;
const HIDDEN_WAKE_MS = 60_000;
/** How long an answer takes. */
const LATENCY_MS = 100;

/** A seeded generator of numbers in [0, 1): Marsaglia's xorshift, 32 bits. */
class Dice {
  #state = 1;
  seed(one: number, two: number): void {
    this.#state = Math.imul(one + 1, 0x9e3779b1) ^ Math.imul(two + 1, 0x85ebca6b) || 1;
    // Neighbours begin alike.
    for (let step = 0; step < 4; step++) this.next();
  }
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 4294967296;
  }
  /** Time to the next of events that come at random. */
  after(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }
}

/** Where requests and findings of one browser go. */
interface Log {
  request(at: number): void;
  met(): void;
  /** Events waited at `BACK` in an open page, and were gone this much later. */
  recovered(afterMs: number): void;
  waited(): void;
  kept(): void;
}

/**
 * Lives one browser's life.
 *
 * @param people draws what the visitor does; the same under every policy
 * @param luck draws for the tracker
 * @param outage undefined: the collector is always well
 * @returns when it first opened a page and last had one open
 */
function live(habits: People, people: Dice, luck: Dice, policy: Policy, outage: Outage | undefined, log: Log): [from: number, to: number] {
  // Stored in the browser, for all its pages.
  let waiting = 0;
  let failures = 0;
  let blockedUntil = -Infinity;
  // Of the page.
  let due = Infinity;
  let inFlight = 0;
  let answerAt = Infinity;
  let hiddenAt = Infinity;
  // Of the log.
  let hasMet = false;
  let isWatched = false;

  const isDown = (at: number) => outage && at >= 0 && at < BACK;

  function fail(at: number): void {
    failures++;
    inFlight = 0;
    answerAt = Infinity;
    const asked = outage!.kind === 'asks' ? outage!.seconds * 1000 : outage!.kind === 'dates' ? Math.max(0, BACK - at) : undefined;
    blockedUntil = at + policy.waitMs(failures, luck.next(), asked);
    due = Math.min(due, at);
  }
  function send(at: number): void {
    log.request(at);
    due = Infinity;
    if (isDown(at)) {
      if (!hasMet) log.met();
      hasMet = true;
      inFlight = Math.min(waiting, BATCH_EVENTS);
      answerAt = at + (outage!.kind === 'hangs' ? outage!.afterMs : LATENCY_MS);
      return;
    }
    waiting -= Math.min(waiting, BATCH_EVENTS);
    failures = 0;
    blockedUntil = -Infinity;
    if (waiting) due = at + LATENCY_MS;
    else if (isWatched) {
      log.recovered(at - BACK);
      isWatched = false;
    }
  }
  /** Lets the page's timers run. */
  function pass(until: number): void {
    for (;;) {
      if (answerAt < Infinity) {
        if (answerAt > until) return;
        fail(answerAt);
      }
      let at = Math.max(due, blockedUntil);
      if (at - hiddenAt > HIDDEN_MS) at = hiddenAt + Math.ceil((at - hiddenAt) / HIDDEN_WAKE_MS) * HIDDEN_WAKE_MS;
      if (at > until) return;
      send(at);
    }
  }
  /** As `pass`, and looks at the moment when the collector is back. */
  function wait(until: number, from: number): void {
    if (outage && from < BACK && until >= BACK) {
      pass(BACK - 1);
      if (waiting) {
        log.waited();
        isWatched = true;
      }
    }
    pass(Math.min(until, END));
  }
  function track(at: number): void {
    waiting++;
    due = Math.min(due, at + BATCH_WAIT_MS);
  }
  /** The page is hidden or left: what is not under way goes at once, while the collector is healthy. */
  function leave(at: number): void {
    if (!failures && waiting > inFlight) send(at);
  }
  /** The page is gone: what answers come, nobody hears. */
  function close(at: number): void {
    leave(at);
    due = answerAt = hiddenAt = Infinity;
    inFlight = 0;
  }

  let next = START + people.next() * (END - START);
  let after = people.next() < habits.returns ? START + people.next() * (END - START) : Infinity;
  if (after < next) [next, after] = [after, next];
  const from = next;
  let now = next;
  /** Something is tracked now and then, until the page ends. */
  function look(until: number, between: number): void {
    for (;;) {
      const then = Math.min(until, now + people.after(between));
      wait(then, now);
      now = then;
      if (now >= until) return;
      track(now);
    }
  }
  while (next < END) {
    now = Math.max(now, next);
    next = after;
    after = Infinity;
    do {
      track(now);
      look(now + people.after(habits.lookMs), habits.betweenMs);
      // How long, how far: the visit's end.
      track(now);
      if (people.next() < habits.morePages) close(now);
      else break;
    } while (now < END);
    if (people.next() < habits.stays) {
      leave(now);
      hiddenAt = now;
      look(Math.max(now, Math.min(next, now + people.after(habits.stayMs))), habits.idleBetweenMs);
    }
    close(now);
    isWatched = false;
  }
  if (waiting) log.kept();
  return [from, now];
}

/** What every run of this crowd has in common: the browsers that the outage does not touch. */
interface Crowd {
  touched: number[];
  /** Requests in each second, of the browsers that are not touched. */
  others: Float64Array;
  steady: number;
}

const SECONDS = BEFORE_S + OUTAGE_S + AFTER_S;
const count = (requests: Float64Array, at: number): void => {
  const second = Math.floor(at / 1000) + BEFORE_S;
  if (second >= 0 && second < SECONDS) requests[second]!++;
};
const crowds = new Map<string, Crowd>();

function gather(clients: number, habits: People, seed: number, policy: Policy): Crowd {
  const key = JSON.stringify([clients, habits, seed]);
  const found = crowds.get(key);
  if (found) return found;
  const visitMs = habits.lookMs / (1 - habits.morePages) + habits.stays * habits.stayMs;
  const browsers = Math.round((clients * (END - START)) / (BACK + visitMs) / (1 + habits.returns));
  const people = new Dice();
  const luck = new Dice();
  const others = new Float64Array(SECONDS);
  const touched: number[] = [];
  let before = 0;
  let seen: number[] = [];
  const log: Log = { request: (at) => void seen.push(at), met() {}, recovered() {}, waited() {}, kept() {} };
  for (let browser = 0; browser < browsers; browser++) {
    seen = [];
    people.seed(seed, browser);
    const [from, to] = live(habits, people, luck, policy, undefined, log);
    for (const at of seen) if (at >= -BEFORE_S * 1000 && at < 0) before++;
    if (from < BACK && to >= 0) touched.push(browser);
    else for (const at of seen) count(others, at);
  }
  const crowd = { touched, others, steady: before / BEFORE_S };
  crowds.set(key, crowd);
  return crowd;
}

/** Lets the collector fail for `OUTAGE_S`, and returns what it saw before, meanwhile and afterwards. */
export function simulateOutage({ clients, outage, policy, people: habits = PEOPLE, seed, binS }: Setting): Result {
  const { touched, others, steady } = gather(clients, habits, seed, policy);
  const requests = others.slice();
  const people = new Dice();
  const luck = new Dice();
  const result = { met: 0, waiting: 0, kept: 0 };
  const delivered = [60, 300, 600].map((seconds) => ({ ms: seconds * 1000, count: 0 }));
  const log: Log = {
    request: (at) => count(requests, at),
    met: () => void result.met++,
    waited: () => void result.waiting++,
    kept: () => void result.kept++,
    recovered(afterMs) {
      for (const within of delivered) if (afterMs <= within.ms) within.count++;
    },
  };
  for (const browser of touched) {
    people.seed(seed, browser);
    luck.seed(~seed, browser);
    live(habits, people, luck, policy, outage, log);
  }
  const rate = new Float64Array(SECONDS / binS);
  requests.forEach((seen, second) => (rate[Math.floor(second / binS)]! += seen / binS / steady));
  const peak = (fromS: number, toS: number) => Math.max(...rate.subarray((BEFORE_S + fromS) / binS, (BEFORE_S + toS) / binS));
  return {
    ...result, rate, steady, peakDuring: peak(0, OUTAGE_S), peakAfter: peak(OUTAGE_S, OUTAGE_S + AFTER_S),
    delivered: delivered.map((within) => within.count / result.waiting),
  };
}
