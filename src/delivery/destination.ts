import type { Format } from '../formats/format.js';
import { timeOf, worthOf, type DropCause } from '../outbox/bounds.js';
import { CLOCK_MS, type Outbox } from '../outbox/outbox.js';
import type { Row } from '../outbox/row.js';
import { randomId } from '../util/id.js';
import { inTime } from '../util/in-time.js';
import { createAttempt, type Pack, type Result } from './attempt.js';
import { nextBatch } from './batch.js';
import { afterRefusal, ENOUGH, ENOUGH_UNWELL, guilty, isAllRefused, othersTaken, refusedAlone, without, type Parts } from './bisect.js';
import { afterFailure, afterSuccess, waitForHealth, type Page } from './health.js';
import { takeLease, waitForLease } from './lease.js';
import { holdOn } from './outcome.js';
import type { Post } from './request.js';
import { createSchedule } from './schedule.js';
import type { SendLock } from './tabs.js';
import type { Standing } from './standing.js';

/** What became of the events at one collector, in numbers. */
export interface Sent {
  /** Confirmed by the collector. */
  delivered: number;
  /** Refused by the collector or, since its format's limits say that it would be, before it was asked; not sent again. */
  refused: number;
  /** What is wrong with the collector, as far as it is known. */
  trouble?: KeptReason | undefined;
}

/** Why events are kept. */
export interface KeptReason {
  /** That of the problem, as in README; or `under_way`, `consent_required`. */
  code: string;
  /** What happened, and at which collector. */
  message: string;
}

/** Takes events from an outbox to its collector. Nothing in it throws or rejects. */
export interface Destination {
  /** An event was added: a purchase goes at once, a batch when it is full or has waited. */
  add(row: Row): void;
  /** Sends what waits, after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /**
   * Sends everything that waits, whatever the collector said before, and says what became of it. Takes about half a minute at most.
   *
   * @param ready what to wait for first
   */
  flush(ready: Promise<unknown>): Promise<Sent>;
  /**
   * Starts to send what this page has not seen confirmed, in requests that outlive the page. Synchronous.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param share among how many collectors what may outlive the page is to be shared; default: it is this one's alone
   */
  leave(isLeft: boolean, share?: number): void;
  /** There is a network again: what failed is tried again soon. */
  retry(): void;
  /**
   * The page is back out of the back/forward cache.
   *
   * @param ready what to wait for first
   */
  back(ready: Promise<unknown>): void;
  /** Forgets what is under way: there is nothing to send any more. */
  forget(): void;
  stop(): void;
}

/** What a destination is made of. */
export interface DestinationParts {
  queue: Outbox;
  format: Format;
  post: Post;
  /** The page that it is part of. */
  page: Page;
  lock: SendLock;
  /** Returns this tab's id. */
  me(): string;
  isHidden(): boolean;
  /** Whether anything may be sent now. */
  maySend(): boolean;
  batchEvents: number;
  batchWaitMs: number;
  /** Events that will never arrive, to tell the collector of, by cause. */
  dropped(): Record<string, number>;
  drop(cause: DropCause, count: number): void;
  /** Returns what makes bodies smaller, if anything does. */
  pack(): Pack | undefined;
  /** Told of events that the collector has confirmed. */
  delivered(ids: string[]): void;
  report(code: string, message: string): void;
}

/** Most bytes of a batch, in UTF-8. Our choice: two fit into the 64 KiB that may outlive a page. */
const MAX_BYTES = 25_000;
/** Fewest bytes that a batch is made smaller to. Our choice: an event is seldom larger. */
const MIN_BYTES = 1000;
/** Less than this is left for what else outlives the page, in bytes. Our choice: an event and what a batch says of itself. */
const MIN_ROOM = 1500;
/** Failures in a row after which one event at a time is tried, another each time: perhaps it is one of them that the collector does not take. Our choice. */
const FEW = 3;
/** Refusals in a row, of whatever it is given, after which a collector that had taken something is not well any more. Our choice: more than halving takes. */
const MANY_REFUSALS = 9;
/** Most events that are looked for before the oldest. Our choice: nobody buys more at once. */
const MANY_URGENT = 9;
/** How long an event that is refused alone waits where nothing else comes, twice as long each time, and at most, in milliseconds. Our choice: a deploy is over by the first. */
const ALONE_MS = 60_000;
const MAX_ALONE_MS = 6 * 60 * 60_000;
/** How long to leave it to the tab that is sending, in milliseconds. Our choice: a batch takes less. */
const OTHER_TAB_MS = 2000;
/** Within this time all those try again whose network has come back, in milliseconds. Our choice: a town's comes back at once. */
const ONLINE_MS = 20_000;
/** Longest `flush`, in milliseconds. Our choice: whoever waits for it has something else to do. */
const FLUSH_MS = 30_000;
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);

/** Returns the destination. It does nothing until it is woken. */
export function createDestination({ queue: outbox, format, post, page, lock, me, isHidden, maySend, batchEvents, batchWaitMs, dropped, drop, pack, delivered, report }: DestinationParts): Destination {
  const attempt = createAttempt({ format, post, pack, report });
  const most = Math.min(batchEvents, format.maxEvents ?? batchEvents);
  /** Ids of the events that are under way, and of their batches. */
  const inFlight = new Map<string, string>();
  /** Ids of events that were in requests that failed, and are not to be sent again as this page is left. */
  const failed = new Set<string>();
  const total = { delivered: 0, refused: 0 };
  let parts: Parts = [];
  /** The event that was refused alone by the request before, by an answer that may have been chance. */
  let again: string | undefined;
  let refusals = 0;
  /** Whether the collector has taken something after it had failed: what it fails on now may be an event. */
  let isSearching = false;
  let triedAloneAt = 0;
  let timesAlone = 0;
  let maxBytes = MAX_BYTES;
  let isStopped = false;
  let draining: Promise<void> | undefined;
  /** What is wrong with the collector, until it has taken something. */
  let trouble: KeptReason | undefined;
  /** Whether the format can be used. */
  let hasFormat = !format.coming;
  const come = format.coming?.then(
    () => (hasFormat = true),
    (error) => tell('format_failed', `${error}`),
  );
  let newEvents = 0;
  let newBytes = 0;
  let release = () => {};
  /** Whether the page is left, or in the back/forward cache. */
  let isGone = false;
  const schedule = createSchedule(() => void drain(), () => !isStopped && !isGone && maySend(), (now) => waitForHealth(outbox.standing(), page, now));

  /** Reports a trouble with the collector once, until it is over or another. */
  function tell(code: string, message: string): void {
    if (trouble?.code !== code) report(code, message);
    trouble = { code, message };
  }
  /** Whether the collector still takes an event of its age. */
  function isYoung(row: Row): boolean {
    const time = timeOf(row);
    return time < CLOCK_MS || !(Date.now() - time > (format.maxAgeMs ?? Infinity));
  }
  /** Takes events to be under way no more. */
  function land(ids: readonly string[]): void {
    for (const id of ids) inFlight.delete(id);
  }
  /** Counts and reports events that the collector never takes. */
  function refuse(reasons: readonly (readonly [id: string, reason: string])[], cause?: DropCause): string[] {
    for (const [id, reason] of reasons) report('event_refused', `${id}: ${reason}`);
    total.refused += reasons.length;
    if (cause && reasons.length) drop(cause, reasons.length);
    return reasons.map(([id]) => id);
  }
  /** Returns the events of the next request. */
  const next = (rows: readonly Row[], bytes = maxBytes): Row[] => nextBatch(rows, most, Math.min(maxBytes, bytes, format.maxBytes ?? bytes));

  /** What to do next with the turn, and with events that are settled. */
  interface Change {
    settled: readonly string[];
    standing(standing: Standing): Standing;
    /** Whether the collector is to be left alone, also where somebody asks for more. */
    isHeld?: boolean;
  }
  const NO_CHANGE: Change = { settled: [], standing: (standing) => standing };

  /** Returns how long an event that is refused alone waits for the next time, in milliseconds. */
  const aloneMs = (): number => (timesAlone ? Math.min(MAX_ALONE_MS, ALONE_MS * 2 ** (timesAlone - 1)) : 0);

  /** Returns the events of the next request: what is searched in, else the best, else one that was refused alone. */
  function choose(free: readonly Row[], isForced: boolean): Row[] {
    const { failures, lone = [] } = outbox.standing();
    const isLone = ({ id }: Row) => lone.some((each) => each.id === id);
    const here = parts.map((part) => free.filter(({ id }) => part.includes(id))).filter((part) => part.length);
    parts = here.map(idsOf);
    if (here.length) return next(here[here.length - 1]!);
    const usual = free.filter((row) => !isLone(row));
    // Another one each time, from the newest on.
    if (failures >= FEW && usual.length) return [usual[usual.length - 1 - ((failures - FEW) % usual.length)]!];
    if (usual.length) return next([...usual].sort((a, b) => worthOf(b) - worthOf(a)));
    const isDue = isForced || Date.now() - triedAloneAt >= aloneMs();
    const alone = free.find(({ id }) => lone.some((each) => each.id === id && (isDue || each.isOther)));
    if (alone) {
      triedAloneAt = Date.now();
      timesAlone++;
    }
    return alone ? [alone] : [];
  }

  /** Sends one batch; undefined if it was not sent. */
  async function send(rows: readonly Row[], isEnd: boolean): Promise<{ result: Result; batch: string } | undefined> {
    const { failures, batch: before, unsure = {} } = outbox.standing();
    // As the page is left, an attempt at that batch may be under way, whose arrival would be taken for this one's.
    const batch = (!isEnd && before) || randomId();
    const ids = idsOf(rows);
    const result = await attempt({
      rows,
      info: { id: batch, attempt: failures + 1, time: Date.now(), durable: outbox.durable(), dropped: dropped(), unsure: isEnd ? [] : Object.keys(unsure) },
      unsure,
      // A keepalive request that failed may have met a quota that other scripts use up: the next one goes without.
      outlive: isEnd || !failures,
      isEnd,
      onSend() {
        // In the meantime, the page may have been left, or consent withdrawn.
        if (!maySend() || ids.some((id) => inFlight.has(id))) return false;
        for (const id of ids) inFlight.set(id, batch);
        return true;
      },
    });
    return result && { result, batch };
  }

  /** Notes what came of a batch. */
  function settle(rows: readonly Row[], { result, batch }: { result: Result; batch: string }): Change {
    const ids = idsOf(rows);
    if (result.kind === 'taken') return taken(ids, result, batch);
    refusals++;
    for (const id of ids) failed.add(id);
    if (result.kind === 'failed') return unwell(ids, result, batch);
    if (result.kind === 'too_large') return tooLarge(ids, result);
    if (result.wasSent) tell('not_confirmed', result.reason);
    return refused(ids, result.reason, ENOUGH, batch);
  }
  function taken(ids: readonly string[], { settled, refused: reasons, outcome }: Result & { kind: 'taken' }, batch: string): Change {
    const accepted = settled.filter((id) => !(id in reasons));
    refuse(settled.flatMap((id) => (id in reasons ? [[id, reasons[id]!] as const] : [])));
    total.delivered += accepted.length;
    delivered(accepted);
    trouble = again = undefined;
    refusals = 0;
    failed.clear();
    maxBytes = Math.min(MAX_BYTES, maxBytes * 2);
    timesAlone = 0;
    parts = without(parts, ids);
    isSearching = parts.length > 0 || outbox.standing().failures >= FEW;
    const lone = othersTaken(outbox.standing().lone ?? [], settled);
    const now = Date.now();
    return {
      settled,
      standing: (standing) => ({ ...(outcome ? afterFailure({ ...standing, unsure: undefined }, outcome, batch, page.mark, now) : afterSuccess(standing)), lone }),
      isHeld: !!outcome,
    };
  }
  /** Events are refused: halves them until one is alone, and sets that aside where it is known that it is not the collector. */
  function refused(ids: readonly string[], reason: string, enough: number, batch: string): Change {
    parts = afterRefusal(parts, ids);
    if (ids.length > 1) return NO_CHANGE;
    const lone = refusedAlone(outbox.standing().lone ?? [], ids[0]!, reason, enough);
    const found = guilty(lone);
    const settled = refuse(found.map((each) => [each.id, each.reason] as const), 'refused');
    const isAll = isAllRefused(lone);
    const outcome = holdOn(outbox.standing().failures + 1, Math.random());
    const now = Date.now();
    const rest = lone.filter((each) => !found.includes(each));
    // Whatever it is given, it refuses.
    return { settled, standing: (standing) => (isAll ? { ...afterFailure(standing, outcome, batch, page.mark, now), lone: undefined } : { ...standing, lone: rest }), isHeld: isAll };
  }
  function tooLarge(ids: readonly string[], { reason, bytes, wasSent }: Result & { kind: 'too_large' }): Change {
    if (wasSent) tell('batch_too_large', reason);
    if (ids.length < 2) return wasSent ? refused(ids, reason, ENOUGH, '') : { settled: refuse([[ids[0]!, reason]], 'too_large'), standing: (standing) => standing };
    maxBytes = Math.max(MIN_BYTES, Math.min(maxBytes, bytes) >> 1);
    return maxBytes > MIN_BYTES ? NO_CHANGE : refused(ids, reason, ENOUGH, '');
  }
  /** The collector is not well, or it is an event that it cannot bear. */
  function unwell(ids: readonly string[], { reason, outcome, isOffline, isSilent, isFormat }: Result & { kind: 'failed' }, batch: string): Change {
    if (!isFormat) tell(outcome.action !== 'hold' ? 'not_confirmed' : isSilent ? 'collector_blocked' : 'wrong_endpoint', reason);
    const isSuspect = ids.length < 2 && (outbox.standing().lone ?? []).some(({ id }) => id === ids[0]);
    if ((isSearching || isSuspect) && !isOffline && refusals < MANY_REFUSALS) {
      if (ids.length > 1) return refused(ids, reason, ENOUGH_UNWELL, batch);
      // Once more at once: a collector that fails now and then takes it.
      const isTwice = again === ids[0];
      again = isTwice ? undefined : ids[0];
      if (isTwice) return refused(ids, reason, ENOUGH_UNWELL, batch);
      parts = [...without(parts, ids), ids];
      return NO_CHANGE;
    }
    isSearching = false;
    parts = [];
    const now = Date.now();
    return { settled: [], standing: (standing) => afterFailure(standing, outcome, batch, page.mark, now), isHeld: true };
  }

  /** Returns the ids of this page's events that go before what has waited for longer. */
  const urgent = (): string[] => idsOf(outbox.own().filter((row) => worthOf(row) > 1)).slice(0, MANY_URGENT);

  /** Sends batch after batch while it is this tab's turn. Returns after how many milliseconds to look again. */
  async function sendAll(hasLock: boolean, isForced: boolean, isOver: () => boolean): Promise<number> {
    let change = NO_CHANGE;
    let landed: readonly string[] = [];
    let isMore = true;
    for (;;) {
      let waitMs = 0;
      const asked = () => Object.values(outbox.standing().unsure ?? {}).flat();
      const known = inFlight.size + (outbox.standing().lone?.length ?? 0) + asked().length;
      const limit = most + known + parts.flat().length;
      const { settled, standing: revise, isHeld } = change;
      const rows = await outbox.step(settled, limit, (stored) => {
        const now = Date.now();
        const standing = revise(stored);
        waitMs = isOver() || !maySend() || !isMore ? Infinity : Math.max(waitForLease(standing, me(), hasLock, now), isForced && !isHeld ? 0 : waitForHealth(standing, page, now));
        const isMine = !waitMs;
        // A turn that another tab has taken over in the meantime is that tab's.
        if (!isMine && standing.owner !== me()) return { standing, isMine };
        return { standing: { ...standing, ...(isMine ? takeLease(me(), hasLock, now) : { owner: me(), until: 0 }) }, isMine };
      }, urgent());
      land(landed);
      landed = [];
      change = NO_CHANGE;
      if (waitMs) return waitMs;
      const free = rows.filter(({ id }) => !inFlight.has(id));
      const old = free.filter((row) => !isYoung(row));
      if (old.length) {
        // All of a summer, perhaps: they are counted, not named.
        total.refused += old.length;
        drop('too_old', old.length);
        change = { ...NO_CHANGE, settled: idsOf(old) };
        continue;
      }
      // What may have arrived is asked about first, if there is something to ask it with.
      const unsure = asked();
      const sure = free.filter(({ id }) => !unsure.includes(id));
      const batch = choose(sure.length ? sure : free, isForced);
      isMore = false;
      if (!batch.length) {
        const { lone = [] } = outbox.standing();
        // What is refused alone is tried again in a while.
        if (free.some(({ id }) => lone.some((each) => each.id === id))) setTimeout(() => schedule.wake(aloneMs()));
        continue;
      }
      const sent = await send(batch, false);
      landed = idsOf(batch);
      if (sent) change = settle(batch, sent);
      // What comes in the meantime waits for others, as it would have before.
      isMore = rows.length >= limit || free.length > batch.length || unsure.length > 0 || !sent || sent.result.kind !== 'taken' || parts.length > 0 || change.isHeld === true;
    }
  }

  /** Sends one batch as the page is left, and settles it if the page is still there by then. */
  async function sendLast(rows: Row[]): Promise<void> {
    const sent = await send(rows, true);
    if (!sent) return;
    const { settled, standing } = settle(rows, sent);
    await outbox.step(settled, 0, (stored) => ({ standing: standing(stored), isMine: false }));
    land(idsOf(rows));
    if (sent.result.kind !== 'taken') schedule.wake(0);
  }

  /** Returns `work` so that a format of the shop's own that throws is reported. */
  const guard = <Value>(work: Promise<Value>, instead: Value): Promise<Value> => work.catch((error) => (report('internal_error', `${error}`), instead));

  async function start(isForced: boolean): Promise<void> {
    let isOver = false;
    // A lock that another tab wants would throw this page out of the back/forward cache: it is given up when the page is left.
    const left = new Promise<number>((resolve) => {
      release = () => {
        isOver = true;
        resolve(OTHER_TAB_MS);
      };
    });
    // A page that has nothing to send asks for no lock: if it is left in that moment, the answer would keep it out of that cache, too.
    const size = await outbox.count();
    await come;
    const isIdle = isOver || !hasFormat || !(size || outbox.own().length);
    const waitMs = isIdle ? Infinity : await lock((hasLock) => Promise.race([guard(sendAll(hasLock, isForced, () => isOver), Infinity), left]));
    draining = undefined;
    if (schedule.isAsked() || waitMs < Infinity) schedule.wake(Math.min(waitMs, OTHER_TAB_MS));
  }

  async function drain(isForced = false): Promise<void> {
    schedule.cancel();
    // It would be put away with the lock, and be thrown out of the back/forward cache by the next tab that asks for it.
    if (isGone || !maySend()) return;
    // Asked for again while the last look at the outbox may be under way: look once more after it.
    schedule.start(!!draining);
    newEvents = newBytes = 0;
    return (draining ??= start(isForced));
  }

  function leave(share = 1): void {
    if (isGone) release();
    if (!maySend()) return;
    const { failures } = outbox.standing();
    // What the collector fails on stays in the store, which is the better place; without one there is nothing to lose.
    if (hasFormat) {
      let rows = outbox.own().filter((row) => !inFlight.has(row.id) && isYoung(row) && !(failures && outbox.durable() && (failed.has(row.id) || !failed.size)));
      // What of the room is for others.
      const end = post.room() * (1 - 1 / share);
      while (rows.length && (post.room() - end > MIN_ROOM || !outbox.durable())) {
        const batch = next(rows, Math.max(MIN_ROOM, post.room() - end - MIN_ROOM));
        rows = rows.slice(batch.length);
        void guard(sendLast(batch), undefined);
      }
    }
    // What it has been given in good health is not given again as it is.
    const sent: Record<string, string[]> = {};
    if (isGone && !failures && (format.idempotent === false || format.receipts)) for (const [id, batch] of inFlight) (sent[batch] ??= []).push(id);
    outbox.leave(sent);
  }

  return {
    wake: schedule.wake,
    add(row) {
      newEvents++;
      newBytes += row.event.length;
      // Nobody may be there any more when a timer is due.
      if (isGone) void Promise.resolve().then(() => leave());
      else schedule.wake(isHidden() || worthOf(row) > 1 || newEvents >= most || newBytes >= MAX_BYTES ? 0 : batchWaitMs);
    },
    async flush(ready) {
      const { delivered, refused } = total;
      const sent = (async () => {
        await ready;
        await draining;
        await drain(true);
      })();
      await inTime(sent, FLUSH_MS).catch(() => {});
      return { delivered: total.delivered - delivered, refused: total.refused - refused, trouble };
    },
    leave(isLeft, share) {
      isGone ||= isLeft;
      if (isGone) schedule.cancel();
      leave(share);
    },
    retry() {
      if (outbox.standing().failures) setTimeout(() => isStopped || drain(true), Math.random() * ONLINE_MS);
    },
    back(ready) {
      // Requests that were under way when the page was put away may never be answered to it (Firefox 153).
      release();
      isGone = false;
      inFlight.clear();
      page.since = Date.now();
      void ready.then(() => schedule.wake(0));
    },
    forget() {
      release();
      schedule.forget();
      inFlight.clear();
      parts = [];
    },
    stop() {
      isStopped = true;
      release();
      schedule.cancel();
    },
  };
}
