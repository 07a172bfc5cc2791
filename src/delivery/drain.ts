import { byPriority } from '../outbox/priority.js';
import { type StoredEvent } from '../outbox/stored-event.js';
import { settledBy, type Change } from './change.js';
import type { Health } from './health.js';
import type { Sender, SenderParts } from './sender.js';

/** How long to leave it to the tab that is sending, in milliseconds. Our choice: a batch takes less. */
export const OTHER_TAB_MS = 2000;
/** Longest wait that there can be, in milliseconds: an hour and a half, by what a collector may ask for. */
const LONGEST_MS = 90 * 60_000;

/** What a drain is made of. */
export interface DrainParts extends SenderParts {
  sender: Sender;
  /** Returns this tab's id. */
  me(): string;
}

/**
 * Returns what sends batch after batch while it is this tab's turn: the page reads once what waits, and sends from that. `isForced`: whatever the collector said before.
 * It resolves with after how many milliseconds to look again.
 */
export function createDrain({
  sender,
  outbox,
  format,
  maySend,
  me,
}: DrainParts): (isForced: boolean) => Promise<number> {
  /** Returns how long this page leaves the collector alone, in milliseconds. */
  function waitFor(health: Health): number {
    const now = Date.now();
    const waitMs = sender.trouble()?.waitMs(health, now) ?? health.blockedUntil - now;
    // A clock that was set back makes nobody wait for longer than was ever meant.
    sender.until = waitMs > LONGEST_MS ? 0 : now + waitMs;
    return Math.max(0, sender.until - now);
  }
  /** Returns the events to try next, best first. */
  function choose(events: readonly StoredEvent[]): readonly StoredEvent[] {
    const health = outbox.health();
    const asked = new Set(Object.values(health.unsure).flat());
    const free = events.filter(({ id }) => !sender.inFlight.has(id));
    // What may have arrived is asked about first, if there is something to ask it with.
    const sure = free.filter(({ id }) => !asked.has(id));
    const those = byPriority(sure.length ? sure : free);
    return sender.trouble()?.choose(those, health) ?? those;
  }
  const without = (events: readonly StoredEvent[], change: Change): StoredEvent[] => {
    const gone = new Set(settledBy(change));
    return events.filter(({ id }) => !gone.has(id));
  };
  /** Sends what was read. Returns what waits of it, and what came of the last batch; nothing where that was ended. */
  async function sendFrom(
    read: readonly StoredEvent[],
  ): Promise<{ waiting: StoredEvent[]; last?: Change | undefined } | undefined> {
    const began = sender.ends;
    const old = sender.trouble()?.findOld(read, outbox.health());
    if (old) sender.apply(old);
    let waiting = old ? without(read, old) : [...read];
    let last: Change | undefined;
    for (;;) {
      if (began !== sender.ends || !maySend()) return undefined;
      const batch = sender.next(choose(waiting));
      if (!batch.length) return { waiting, last };
      last = await sender.send(batch, false);
      if (!last || last.isHeld) return { waiting, last };
      waiting = without(waiting, last);
      outbox.keepLease(me(), false);
    }
  }

  /** Reads what waits, and sends it. Resolves with after how many milliseconds to look again; with nothing where there may be more. */
  async function sendRead(isForced: boolean): Promise<number | undefined> {
    const { events, isMore, waitMs } = await outbox.take(me(), (health) => (isForced ? 0 : waitFor(health)));
    if (waitMs > 0) return Math.min(waitMs, OTHER_TAB_MS);
    const sent = await sendFrom(events);
    if (!sent) return Infinity;
    const { last, waiting } = sent;
    if (isMore && last && !last.isHeld) return undefined;
    outbox.keepLease(me(), true);
    return last?.isHeld ? 0 : (sender.trouble()?.aloneMs(waiting, outbox.health()) ?? Infinity);
  }

  return async (isForced) => {
    const { failures, lone } = outbox.health();
    if (failures || lone.length || format.maxAgeMs) await sender.prepare();
    sender.hasTaken = false;
    sender.trouble()?.begin(isForced);
    let waitMs = await sendRead(isForced);
    while (waitMs === undefined) waitMs = await sendRead(false);
    return waitMs;
  };
}
