import type { Format } from '../formats/format.js';
import type { DropCause } from '../outbox/bounds.js';
import type { Outbox } from '../outbox/outbox.js';
import { idsOf, type StoredEvent } from '../outbox/stored-event.js';
import type { Stop } from '../platform/listen.js';
import { isThere } from '../platform/of-document.js';
import { randomId } from '../util/id.js';
import { inTime } from '../util/in-time.js';
import { createAttempt, type AttemptParts, type Reply } from './attempt.js';
import { MAX_BYTES, nextBatch } from './batch.js';
import { settledBy, type Change, type KeptReason, type Sending } from './change.js';
import { afterFailure, afterSuccess, backoff } from './health.js';
import type { Trouble } from './trouble.js';

/** Sends single batches to one collector, and notes what comes of them. Nothing in it throws or rejects. */
export interface Sender {
  /** Sends one batch; undefined if it was not sent. `isEnd`: the page may end, so that nothing can be waited for. */
  send(events: readonly StoredEvent[], isEnd: boolean): Promise<Change | undefined>;
  /** Notes what follows from what came of a batch. */
  apply(change: Change): void;
  /** Returns the events of the next request. */
  next(events: readonly StoredEvent[], maxBytes?: number): StoredEvent[];
  /** Ids of the events that are under way, and of their batches. */
  inFlight: Map<string, string>;
  /** Loads what is to be done in trouble; where that fails, what is not confirmed is tried again later. */
  prepare(): Promise<void>;
  /** What is to be done in trouble, once that is loaded. */
  trouble(): Trouble | undefined;
  /** Reports a trouble with the collector once, until it is over or another. */
  tell(reason: KeptReason): void;
  /** Until when this page leaves the collector alone, in milliseconds since 1970. */
  until: number;
  /** Whether the collector has taken something since this tab began to send: then what it refuses is an event's fault. */
  hasTaken: boolean;
  /** How often what was under way was ended: the page is left, stopped, or everything is forgotten. */
  ends: number;
  /** How many events were confirmed and refused, and why others are kept. */
  total: { delivered: number; refused: number; trouble?: KeptReason | undefined };
}

/** What a sender is made of. */
export interface SenderParts extends AttemptParts {
  outbox: Outbox;
  format: Format;
  /** A text that is another one when an option is changed that says how the collector is asked. */
  mark: string;
  stops: Stop[];
  /** Whether anything may be sent now. */
  maySend(): boolean;
  batchEvents: number;
  /** Events that will never arrive, to tell the collector of, by cause. */
  dropped(): Record<string, number>;
  drop(cause: DropCause, count: number): void;
  /** Told of events that the collector has confirmed. */
  delivered(ids: readonly string[]): void;
}

/** Returns what follows where the collector has a batch, but for what its answer says of single events. Pure. */
function afterTaken({ events, batch, health, now, random }: Sending, verdict: NonNullable<Reply['verdict']>): Change {
  const { retry, refused, arrived } = verdict;
  const known = arrived.flatMap((each) => health.unsure[each] ?? []);
  const settled = [...idsOf(events).filter((id) => !retry.includes(id)), ...known];
  const well = afterSuccess(health, settled);
  const { failures } = health;
  return {
    delivered: settled.filter((id) => !(id in refused)),
    refused: settled.flatMap((id) => (id in refused ? [[id, refused[id]!] as const] : [])),
    health: retry.length ? afterFailure({ ...well, failures }, backoff(failures + 1, random), batch, now) : well,
    isHeld: retry.length > 0,
  };
}

/** Returns what follows where it is not known what to do in trouble: what is not confirmed is tried again later. Pure. */
const afterAny = ({ batch, health, now, random }: Sending): Change => ({
  delivered: [],
  refused: [],
  health: afterFailure(health, backoff(health.failures + 1, random), batch, now),
  isHeld: true,
});

/** Whether the collector has the batch. */
const isTakenBy = ({ judged, verdict }: Reply): boolean => judged === 'read' && !!verdict;

/** Returns what sends to one collector. */
export function createSender(parts: SenderParts): Sender {
  const { outbox, format, mark, stops, maySend, batchEvents, dropped, drop, delivered, report } = parts;
  const attempt = createAttempt(parts);
  const most = Math.min(batchEvents, format.maxEvents ?? batchEvents);
  const inFlight = new Map<string, string>();
  const total: Sender['total'] = { delivered: 0, refused: 0 };
  let trouble: Trouble | undefined;

  function tell(reason: KeptReason): void {
    if (total.trouble?.code !== reason.code) report(reason.code, reason.message);
    total.trouble = reason;
  }
  function apply(change: Change): void {
    const { health, delivered: ids, refused, cause, isHeld } = change;
    if (ids.length) total.trouble = undefined;
    if (change.trouble) tell(change.trouble);
    for (const [id, why] of refused) report('event_refused', `${id}: ${why}`);
    total.delivered += ids.length;
    total.refused += refused.length;
    if (cause && refused.length) drop(cause, refused.length);
    sender.until = isHeld ? health.blockedUntil : 0;
    outbox.settle(settledBy(change), health);
    if (ids.length) delivered(ids);
  }
  async function prepare(): Promise<void> {
    try {
      trouble ??= (await inTime(import('./trouble.js'))).createTrouble(format, mark, stops);
    } catch (error) {
      report('more_failed', `${error as string}`);
    }
  }
  /** Makes one request. */
  function post(events: readonly StoredEvent[], batch: string, isEnd: boolean): Promise<Reply | undefined> {
    const { failures, unsure } = outbox.health();
    const began = sender.ends;
    return attempt({
      events,
      info: {
        id: batch,
        attempt: failures + 1,
        time: Date.now(),
        durable: outbox.store.isDurable(),
        dropped: dropped(),
        unsure: isEnd ? [] : Object.keys(unsure),
      },
      // A keepalive request that failed may have met a quota that other scripts use up: the next one goes without.
      outlive: isEnd || !failures,
      isEnd,
      onSend() {
        // In the meantime, the page may have been left, or consent withdrawn.
        if (!maySend() || (!isEnd && began !== sender.ends) || events.some(({ id }) => inFlight.has(id))) return false;
        for (const { id } of events) inFlight.set(id, batch);
        return true;
      },
    });
  }
  async function send(events: readonly StoredEvent[], isEnd: boolean): Promise<Change | undefined> {
    const { failures, batch: before } = outbox.health();
    // As the page is left, an attempt at that batch may be under way, whose arrival would be taken for this one's.
    const batch = (!isEnd && before) || randomId();
    const reply = await post(events, batch, isEnd);
    // Where tests run, the page may be gone by now.
    if (reply && isThere() && !isTakenBy(reply)) await prepare();
    land(events, batch);
    if (!reply || !isThere()) return undefined;
    sender.hasTaken ||= isTakenBy(reply);
    const { hasTaken } = sender;
    const health = outbox.health();
    const change = changeBy(
      { events, batch, health, now: Date.now(), random: Math.random(), hasTaken },
      reply,
      failures,
    );
    apply(change);
    return change;
  }
  function changeBy(sending: Sending, reply: Reply, failures: number): Change {
    if (!isTakenBy(reply)) return trouble?.judge(sending, reply) ?? afterAny(sending);
    trouble?.onTaken(failures);
    return afterTaken(sending, reply.verdict!);
  }
  /** Takes the events of a batch to be under way no more. */
  function land(events: readonly StoredEvent[], batch: string): void {
    for (const { id } of events) if (inFlight.get(id) === batch) inFlight.delete(id);
  }
  const sender: Sender = {
    send,
    apply,
    next: (events, maxBytes = MAX_BYTES) =>
      nextBatch(events, most, Math.min(trouble?.maxBytes() ?? maxBytes, maxBytes, format.maxBytes ?? maxBytes)),
    inFlight,
    prepare,
    trouble: () => trouble,
    tell,
    until: 0,
    hasTaken: false,
    ends: 0,
    total,
  };
  return sender;
}
