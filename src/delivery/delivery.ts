import { markOf, readerOf, type Collector } from './collectors.js';
import { isLocal } from '../browser/is-local.js';
import type { Emitter } from '../util/emitter.js';
import type { Row } from './row.js';
import type { Post } from './request.js';
import type { Bounds, DropCause } from './bounds.js';
import type { TrackerEvents } from '../tracker.js';
import type { Profile } from '../identity/profile.js';
import type { SendLock } from './tabs.js';
import { createSender, type KeptReason, type Pack } from './sender.js';
import { createQueue, type Queue, type QueueParts } from './queue.js';

/** What became of the events, in numbers. With several collectors, an event counts once for each that has confirmed or refused it, and once while it is kept. */
export interface FlushResult {
  /** Confirmed by the collectors. */
  delivered: number;
  /** Still waiting, in this browser. */
  kept: number;
  /** Refused by the collectors or, since their formats' limits say that they would be, before they were asked; not sent again. */
  refused: number;
  /** Why something is kept; not there where nothing is. */
  reasons?: readonly KeptReason[];
}

/** Takes events to the collectors, each in its own time. Nothing in it throws or rejects. */
export interface Delivery {
  queue: Queue & { restore(): void };
  /** What the collectors are called. */
  names: string[];
  /** Has a collector told that events will never arrive there; without a slot, the first. */
  count(cause: string, lost: number, slot?: string): void;
  /** Takes an event. */
  add(row: Row): void;
  /** Sends what waits, after `afterMs` at the latest, unless a collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /**
   * Sends everything that waits, whatever the collectors said before, and says what became of it. Takes about half a minute at most.
   *
   * @param ready what to wait for first
   */
  flush(ready: Promise<unknown>): Promise<FlushResult>;
  /**
   * Starts to send what this page has not seen confirmed, in requests that outlive the page. Synchronous.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   */
  leave(isLeft: boolean): void;
  /** There is a network again: what failed is tried again soon. */
  retry(): void;
  /** The page is back out of the back/forward cache. */
  back(): void;
  /** Forgets what is under way: there is nothing to send any more. */
  forget(): void;
  stop(): void;
}

/** What the delivery is made of. */
export interface DeliveryParts extends Omit<QueueParts, 'readers' | 'bounds' | 'drop'> {
  /** At least one. */
  collectors: readonly Collector[];
  options: Bounds & { batchEvents: number; batchWaitMs: number };
  /** Makes requests to a collector. */
  post(collector: Collector): Post;
  /**
   * Returns what lets one tab send at a time.
   *
   * @param slot nothing for the first collector; for others, what tells them from each other
   */
  lock(slot: string): SendLock;
  /** Returns the visitor, if somebody is known. */
  visitor(): Pick<Profile, 'dropped' | 'droppedBy'> | undefined;
  me(): string;
  isHidden(): boolean;
  /** Whether anything may be sent now. */
  maySend(): boolean;
  pack(): Pack | undefined;
  emit: Emitter<TrackerEvents>['emit'];
  report(code: string, message: string): void;
}

/** How long it takes at most to make a page and show it, in milliseconds. Our choice. */
const MADE_MS = 60_000;

/** Returns the queue and a sender for each collector. Nothing is sent until it is woken. */
export function createDelivery({ collectors, options, post, lock, visitor, emit, report, ...parts }: DeliveryParts): Delivery {
  const readers = collectors.map(readerOf);
  const slots = readers.map(({ slot }) => slot);
  const names = collectors.map(({ collector, name }) => name || collector);

  /** Returns what never arrives at a collector, by cause. */
  function droppedAt(slot: string): Record<string, number> {
    const profile = visitor() ?? { dropped: {} };
    return slot === slots[0] ? profile.dropped : ((profile.droppedBy ??= {})[slot] ??= {});
  }
  function count(cause: string, lost: number, slot = slots[0]!): void {
    const counts = droppedAt(slot);
    counts[cause] = (counts[cause] ?? 0) + lost;
    queue.save();
  }
  function drop(cause: DropCause, lost: number, those: readonly string[]): void {
    for (const slot of those) count(cause, lost, slot);
    emit('dropped', { cause, count: lost, collectors: names.filter((_, index) => those.includes(slots[index]!)) });
  }

  const since = Date.now();
  // A page that is made for each visitor is as new as that, and says nothing by it. On a developer's machine anything may have changed.
  const modified = Date.parse(globalThis.document?.lastModified);
  const changedAt = isLocal(globalThis.location?.href) ? Infinity : modified < since - MADE_MS ? modified : NaN;
  const queue = createQueue({ ...parts, readers, bounds: options, drop });
  const senders = collectors.map((collector, index) => {
    const slot = slots[index]!;
    return createSender({
      ...parts,
      ...options,
      queue: queue.lanes[index]!,
      format: collector.format,
      post: post(collector),
      page: { since, mark: markOf(collector), changedAt },
      lock: lock(index ? slot : ''),
      dropped: () => droppedAt(slot),
      drop: (cause, count) => drop(cause, count, [slot]),
      delivered: (ids) => emit('delivered', { ids, collector: names[index]! }),
      report: (code, message) => report(code, slots.length > 1 ? `${names[index]}: ${message}` : message),
    });
  });

  return {
    queue,
    names,
    count,
    add(row) {
      queue.add(row);
      senders.forEach((sender, index) => readers[index]!.wants(row) && sender.add(row));
    },
    wake: (afterMs) => senders.forEach((sender) => sender.wake(afterMs)),
    async flush(ready) {
      const all = await Promise.all(senders.map((sender) => sender.flush(ready)));
      const sum = (what: 'delivered' | 'refused') => all.reduce((before, each) => before + each[what], 0);
      const kept = await queue.count();
      const known = all.flatMap(({ trouble }) => trouble ?? []);
      const reasons = known.length ? known : [{ code: 'under_way', message: 'not answered yet' }];
      return { delivered: sum('delivered'), kept, refused: sum('refused'), ...(kept && { reasons }) };
    },
    // What one does not need of its share, the next may have.
    leave: (isLeft) => senders.forEach((sender, index) => sender.leave(isLeft, senders.length - index)),
    retry: () => senders.forEach((sender) => sender.retry()),
    back() {
      const ready = queue.back();
      senders.forEach((sender) => sender.back(ready));
    },
    forget: () => senders.forEach((sender) => sender.forget()),
    stop: () => senders.forEach((sender) => sender.stop()),
  };
}
