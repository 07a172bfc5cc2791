import { MAX_BYTES } from './batch.js';
import type { KeptReason } from './change.js';
import { createDrain, OTHER_TAB_MS } from './drain.js';
import { createSchedule } from './schedule.js';
import { createSender, type Sender, type SenderParts } from './sender.js';
import { priorityOf } from '../outbox/priority.js';
import type { StoredEvent } from '../outbox/stored-event.js';
import { inTime } from '../util/in-time.js';

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
  add(event: StoredEvent): void;
  /** Sends what waits, after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /**
   * Sends everything that waits, whatever the collector said before, and says what became of it. Takes about half a minute at most.
   *
   * @param ready what to wait for first
   */
  flush(ready: Promise<unknown>): Promise<Sent>;
  /**
   * Starts to send what this page has not seen confirmed, in requests that outlive the page, and leaves the rest to the next one. Synchronous.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param share among how many collectors what may outlive the page is to be shared
   */
  leave(isLeft: boolean, share: number): void;
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
export interface DestinationParts extends SenderParts {
  /** Returns this tab's id. */
  me(): string;
  isHidden(): boolean;
  batchWaitMs: number;
}

/** Less than this is left for what else outlives the page, in bytes. Our choice: an event and what a batch says of itself. */
const MIN_ROOM = 1500;
/** Within this time all those try again whose network has come back, in milliseconds. Our choice: a town's comes back at once. */
const ONLINE_MS = 20_000;
/** Longest `flush`, in milliseconds. Our choice: whoever waits for it has something else to do. */
const FLUSH_MS = 30_000;

/** Returns the ids of events by their batches. */
function byBatch(batches: ReadonlyMap<string, string>): Record<string, string[]> {
  const sent: Record<string, string[]> = {};
  for (const [id, batch] of batches) (sent[batch] ??= []).push(id);
  return sent;
}

/** Returns what of this page is to go out as the page is left. */
function lastOf({ outbox }: DestinationParts, sender: Sender): StoredEvent[] {
  // What the collector fails on stays in the store, which is the better place; without one there is nothing to lose.
  const isWell = !outbox.health().failures || !outbox.store.isDurable();
  const isDue = (event: StoredEvent) => isWell || sender.trouble()?.isUntried(event);
  return outbox.own().filter((event) => !sender.inFlight.has(event.id) && isDue(event));
}

/** Returns the destination. It does nothing until it is woken. */
export function createDestination(parts: DestinationParts): Destination {
  const { outbox, format, post, isHidden, maySend, batchEvents, batchWaitMs, report } = parts;
  const { isDurable } = outbox.store;
  const sender = createSender(parts);
  const sendAll = createDrain({ ...parts, sender });
  let draining: Promise<void> | undefined;
  let isStopped = false;
  /** Whether the page is left, or in the back/forward cache. */
  let isGone = false;
  let newEvents = 0;
  let newBytes = 0;
  let hasFormat = !format.coming;
  const come = format.coming?.then(
    () => (hasFormat = true),
    (error: unknown) => sender.tell({ code: 'format_failed', message: `${error as string}` }),
  );
  const mayLook = () => !isStopped && !isGone && maySend();
  const waitMs = (now: number) => sender.until - now;
  const schedule = createSchedule(() => void drain(), mayLook, waitMs);

  /** What is under way comes to nothing: the page is left, stopped, or everything is forgotten. */
  function end(): void {
    sender.ends++;
    draining = undefined;
  }
  async function start(isForced: boolean): Promise<void> {
    const began = sender.ends;
    await come;
    const failed = (error: unknown) => (report('internal_error', `${error as string}`), Infinity);
    const nextMs = hasFormat ? await sendAll(isForced).catch(failed) : Infinity;
    if (began !== sender.ends) return;
    draining = undefined;
    const isAsked = schedule.isAsked();
    if (isAsked || nextMs < Infinity) schedule.wake(isAsked ? OTHER_TAB_MS : nextMs);
  }
  async function drain(isForced = false): Promise<void> {
    schedule.cancel();
    if (!mayLook()) return;
    // Asked for again while the last look at the outbox may be under way: look once more after it.
    schedule.start(!!draining);
    newEvents = newBytes = 0;
    return (draining ??= start(isForced));
  }
  /** Sends in requests that outlive the page what is not under way. */
  function sendLast(share: number): void {
    if (!maySend() || !hasFormat || isStopped) return;
    let events = lastOf(parts, sender);
    // What of the room is for others.
    const end = post.room() * (1 - 1 / share);
    while (events.length && (post.room() - end > MIN_ROOM || !isDurable())) {
      const batch = sender.next(events, Math.max(MIN_ROOM, post.room() - end - MIN_ROOM));
      events = events.slice(batch.length);
      void sender.send(batch, true).then((change) => change && !change.delivered.length && schedule.wake(0));
    }
  }

  return {
    wake: schedule.wake,
    add(event) {
      newEvents++;
      newBytes += event.event.length;
      // Nobody may be there any more when a timer is due.
      if (isGone) return void Promise.resolve().then(() => sendLast(1));
      const isFull = newEvents >= batchEvents || newBytes >= MAX_BYTES;
      schedule.wake(isFull || isHidden() || priorityOf(event) > 1 ? 0 : batchWaitMs);
    },
    async flush(ready) {
      const { delivered, refused } = sender.total;
      const sent = (async () => {
        await ready;
        await draining;
        await drain(true);
      })();
      await inTime(sent, FLUSH_MS).catch(() => {});
      const { total } = sender;
      return { delivered: total.delivered - delivered, refused: total.refused - refused, trouble: total.trouble };
    },
    leave(isLeft, share) {
      isGone ||= isLeft;
      if (isGone) {
        end();
        schedule.cancel();
      }
      sendLast(share);
      // What it has been given in good health is not given again as it is.
      const isTold = isGone && !outbox.health().failures && (format.receipts || format.idempotent === false);
      outbox.leave(isLeft, isTold ? byBatch(sender.inFlight) : {});
    },
    retry() {
      if (outbox.health().failures) setTimeout(() => drain(true), Math.random() * ONLINE_MS);
    },
    back(ready) {
      // Requests that were under way when the page was put away may never be answered to it (Firefox 153).
      end();
      isGone = false;
      sender.inFlight.clear();
      void ready.then(() => schedule.wake(0));
    },
    forget() {
      end();
      schedule.forget();
      sender.inFlight.clear();
    },
    stop() {
      isStopped = true;
      end();
      schedule.cancel();
    },
  };
}
