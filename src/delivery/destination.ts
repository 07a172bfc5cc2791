import type { Format } from '../formats/format.js';
import { timeOf, worthOf, type DropCause } from '../outbox/bounds.js';
import { CLOCK_MS, type Outbox } from '../outbox/outbox.js';
import { idsOf, type Row } from '../outbox/row.js';
import { randomId } from '../util/id.js';
import { inTime } from '../util/in-time.js';
import { createAttempt, type Pack, type Result } from './attempt.js';
import { nextBatch } from './batch.js';
import { waitForHealth, type Page } from './health.js';
import { createJudge, MAX_BYTES, NO_CHANGE, type KeptReason } from './judge.js';
import { takeLease, waitForLease } from './lease.js';
import type { Post } from './request.js';
import { createSchedule } from './schedule.js';
import type { SendLock } from './tabs.js';

/** What became of the events at one collector, in numbers. */
export interface Sent {
  /** Confirmed by the collector. */
  delivered: number;
  /** Refused by the collector or, since its format's limits say that it would be, before it was asked; not sent again. */
  refused: number;
  /** What is wrong with the collector, as far as it is known. */
  trouble?: KeptReason | undefined;
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

/** Less than this is left for what else outlives the page, in bytes. Our choice: an event and what a batch says of itself. */
const MIN_ROOM = 1500;
/** Most events that are looked for before the oldest. Our choice: nobody buys more at once. */
const MANY_URGENT = 9;
/** How long to leave it to the tab that is sending, in milliseconds. Our choice: a batch takes less. */
const OTHER_TAB_MS = 2000;
/** Within this time all those try again whose network has come back, in milliseconds. Our choice: a town's comes back at once. */
const ONLINE_MS = 20_000;
/** Longest `flush`, in milliseconds. Our choice: whoever waits for it has something else to do. */
const FLUSH_MS = 30_000;

/** Returns the destination. It does nothing until it is woken. */
export function createDestination({ queue: outbox, format, post, page, lock, me, isHidden, maySend, batchEvents, batchWaitMs, dropped, drop, pack, delivered, report }: DestinationParts): Destination {
  const attempt = createAttempt({ format, post, pack, report });
  const judge = createJudge({ outbox, page, drop, delivered, report });
  const most = Math.min(batchEvents, format.maxEvents ?? batchEvents);
  /** Ids of the events that are under way, and of their batches. */
  const inFlight = new Map<string, string>();
  let isStopped = false;
  let draining: Promise<void> | undefined;
  /** Whether the format can be used. */
  let hasFormat = !format.coming;
  const come = format.coming?.then(
    () => (hasFormat = true),
    (error) => judge.tell('format_failed', `${error}`),
  );
  let newEvents = 0;
  let newBytes = 0;
  let release = () => {};
  /** Whether the page is left, or in the back/forward cache. */
  let isGone = false;
  const schedule = createSchedule(() => void drain(), () => !isStopped && !isGone && maySend(), (now) => waitForHealth(outbox.standing(), page, now));

  /** Whether the collector still takes an event of its age. */
  function isYoung(row: Row): boolean {
    const time = timeOf(row);
    return time < CLOCK_MS || !(Date.now() - time > (format.maxAgeMs ?? Infinity));
  }
  /** Takes events to be under way no more. */
  function land(ids: readonly string[]): void {
    for (const id of ids) inFlight.delete(id);
  }
  /** Returns the events of the next request. */
  const next = (rows: readonly Row[], bytes = MAX_BYTES): Row[] => nextBatch(rows, most, Math.min(judge.maxBytes(), bytes, format.maxBytes ?? bytes));

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

  /** Returns the ids of this page's events that go before what has waited for longer. */
  const urgent = (): string[] => idsOf(outbox.own().filter((row) => worthOf(row) > 1)).slice(0, MANY_URGENT);

  /** Sends batch after batch while it is this tab's turn. Returns after how many milliseconds to look again. */
  async function sendAll(hasLock: boolean, isForced: boolean, isOver: () => boolean): Promise<number> {
    let change = NO_CHANGE;
    let landed: readonly string[] = [];
    let isMore = true;
    /** Ids of events that the collector has refused alone, and that were tried again since somebody asked for everything. */
    const tried = isForced ? new Set<string>() : undefined;
    judge.begin();
    for (;;) {
      let waitMs = 0;
      const asked = () => Object.values(outbox.standing().unsure ?? {}).flat();
      const known = inFlight.size + (outbox.standing().lone?.length ?? 0) + asked().length;
      const limit = most + known + judge.searched();
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
        judge.outdate(old.length);
        change = { ...NO_CHANGE, settled: idsOf(old) };
        continue;
      }
      // What may have arrived is asked about first, if there is something to ask it with.
      const unsure = asked();
      const sure = free.filter(({ id }) => !unsure.includes(id));
      const batch = next(judge.choose(sure.length ? sure : free, tried));
      isMore = false;
      if (!batch.length) {
        const { lone = [] } = outbox.standing();
        // What is refused alone is tried again in a while.
        if (free.some(({ id }) => lone.some((each) => each.id === id))) setTimeout(() => schedule.wake(judge.aloneMs()));
        continue;
      }
      const sent = await send(batch, false);
      landed = idsOf(batch);
      if (sent) change = judge.judge(batch, sent.result, sent.batch);
      // What comes in the meantime waits for others, as it would have before.
      isMore = rows.length >= limit || free.length > batch.length || unsure.length > 0 || !sent || sent.result.kind !== 'taken' || judge.searched() > 0 || change.isHeld === true;
    }
  }

  /** Sends one batch as the page is left, and settles it if the page is still there by then. */
  async function sendLast(rows: Row[]): Promise<void> {
    const sent = await send(rows, true);
    if (!sent) return;
    const { settled, standing } = judge.judge(rows, sent.result, sent.batch);
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
      let rows = outbox.own().filter((row) => !inFlight.has(row.id) && isYoung(row) && !(failures && outbox.durable() && (judge.failed.has(row.id) || !judge.failed.size)));
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
      const { delivered, refused } = judge.total;
      const sent = (async () => {
        await ready;
        await draining;
        await drain(true);
      })();
      await inTime(sent, FLUSH_MS).catch(() => {});
      return { delivered: judge.total.delivered - delivered, refused: judge.total.refused - refused, trouble: judge.trouble() };
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
      judge.forget();
    },
    stop() {
      isStopped = true;
      release();
      schedule.cancel();
    },
  };
}
