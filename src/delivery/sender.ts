import type { TrackerEvents } from '../tracker.js';
import type { Emitter } from '../util/emitter.js';
import type { Format } from '../formats/format.js';
import { timeId } from '../util/id.js';
import { nextBatch } from './batch.js';
import { readOutcome } from './outcome.js';
import { isPurchase, type Queue, type Row } from './queue.js';
import type { Post } from './request.js';
import type { SendLock } from './tabs.js';

/** What became of the events, in numbers. */
export interface FlushResult {
  /** Confirmed by the collector. */
  delivered: number;
  /** Still waiting, in this browser. */
  kept: number;
  /** Refused by the collector, and not sent again. */
  refused: number;
}

/** Takes events from the queue to the collector. Nothing in it throws or rejects. */
export interface Sender {
  /** An event was added: a purchase goes at once, a batch when it is full or has waited. */
  add(row: Row): void;
  /** Sends what waits, after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /** Sends everything that waits, whatever the collector said before, and says what became of it. */
  flush(): Promise<FlushResult>;
  /** Starts to send what this page has not seen confirmed, in requests that outlive the page. Synchronous. */
  leave(): void;
  /** The page is back out of the back/forward cache. */
  back(): void;
  stop(): void;
}

/** What the sender is made of. */
export interface SenderParts {
  queue: Queue;
  format: Format;
  post: Post;
  lock: SendLock;
  batchEvents: number;
  batchWaitMs: number;
  /** Events that will never arrive, to tell the collector of, by cause. */
  dropped(): Record<string, number>;
  emit: Emitter<TrackerEvents>['emit'];
  report(code: string, message: string): void;
}

/** Most bytes of a batch, in UTF-8. Our choice: two fit into the 64 KiB that may outlive a page. */
const MAX_BYTES = 25_000;
/** How long to leave it to the tab that is sending, in milliseconds. Our choice: a batch takes less. */
const OTHER_TAB_MS = 2000;
/** Most events that `flush` counts as kept: as many as may be kept at all. */
const MAX_KEPT = 10_000;

/** Returns the sender. It does nothing until it is woken. */
export function createSender({ queue, format, post, lock, batchEvents, batchWaitMs, dropped, emit, report }: SenderParts): Sender {
  const inFlight = new Set<string>();
  const total = { delivered: 0, refused: 0 };
  let isStopped = false;
  let draining: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When to send next. */
  let due = Infinity;
  let failures = 0;
  let blockedUntil = 0;
  let newEvents = 0;
  let newBytes = 0;
  let batchId = '';
  let release = () => {};

  function wake(afterMs: number): void {
    clearTimeout(timer);
    due = Math.min(due, Date.now() + afterMs);
    if (!isStopped) timer = setTimeout(drain, Math.max(due, blockedUntil) - Date.now());
  }

  /** Sends one batch and settles it. Returns whether to go on with the next. */
  async function send(rows: Row[], isEnd: boolean): Promise<boolean> {
    const ids = rows.map(({ id }) => id);
    // A batch keeps its id from attempt to attempt, also when it has grown.
    if (!failures) batchId = timeId();
    try {
      const body = format.encode(rows, { id: batchId, attempt: failures + 1, time: Date.now(), durable: queue.durable(), dropped: dropped() });
      for (const id of ids) inFlight.add(id);
      // A keepalive request that failed may have met a quota that other scripts use up: the next one goes without.
      const answer = await post(body, isEnd || !failures);
      for (const id of ids) inFlight.delete(id);

      const waitMs = readOutcome(answer, failures + 1, Math.random());
      if (waitMs !== undefined) {
        if (!failures++) report('not_confirmed', `HTTP ${answer.status} ${answer.type}`);
        blockedUntil = Date.now() + waitMs;
        wake(0);
        return false;
      }
      failures = blockedUntil = 0;
      const reasons = format.read(answer.body);
      const accepted = ids.filter((id) => !(id in reasons));
      for (const id in reasons) report('event_refused', `${id}: ${reasons[id]}`);
      total.delivered += accepted.length;
      total.refused += ids.length - accepted.length;
      await queue.remove(ids);
      emit('delivered', { ids: accepted });
      return true;
    } catch (error) {
      // A format of the shop's own that throws.
      report('internal_error', `${error}`);
      return false;
    }
  }

  async function sendAll(): Promise<void> {
    newEvents = newBytes = 0;
    let rows: Row[];
    do {
      rows = (await queue.take(batchEvents + inFlight.size)).filter(({ id }) => !inFlight.has(id));
    } while (rows.length && !isStopped && (await send(nextBatch(rows, batchEvents, MAX_BYTES), false)));
  }

  function drain(): Promise<void> {
    clearTimeout(timer);
    // Asked for again while the last look at the queue may be under way: look once more after it.
    due = draining ? 0 : Infinity;
    // A lock that another tab wants would throw this page out of the back/forward cache: it is given up when the page is hidden.
    draining ??= lock(() => Promise.race([sendAll(), new Promise<void>((resolve) => (release = resolve))])).then((ran) => {
      draining = undefined;
      if (ran && due) return;
      due ||= Infinity;
      wake(ran ? 0 : OTHER_TAB_MS);
    });
    return draining;
  }

  return {
    wake,
    add(row) {
      newEvents++;
      newBytes += row.event.length;
      wake(isPurchase(row) || newEvents >= batchEvents || newBytes >= MAX_BYTES ? 0 : batchWaitMs);
    },
    async flush() {
      const { delivered, refused } = total;
      await draining;
      await drain();
      const kept = (await queue.take(MAX_KEPT)).length;
      return { delivered: total.delivered - delivered, kept, refused: total.refused - refused };
    },
    leave() {
      release();
      // While the collector fails, the store is the better place; without one there is nothing to lose.
      if (failures && queue.durable()) return;
      let rows = queue.own().filter(({ id }) => !inFlight.has(id));
      rows.sort((a, b) => Number(isPurchase(b)) - Number(isPurchase(a)));
      while (rows.length) {
        const next = nextBatch(rows, batchEvents, MAX_BYTES);
        void send(next, true);
        rows = rows.slice(next.length);
      }
    },
    back() {
      // Requests that were under way when the page was put away may never be answered to it (Firefox 153).
      release();
      inFlight.clear();
      wake(0);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
