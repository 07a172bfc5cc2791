import { promisifyRequest } from 'idb-keyval';
import type { Bounds, DropCause } from '../outbox/bounds.js';
import type { Database } from '../outbox/database.js';
import type { HandOver } from '../outbox/hand-over.js';
import { rowsFrom } from '../outbox/keys.js';
import { createOutbox, type Outbox } from '../outbox/outbox.js';
import { eventsIn, idsOf, type StoredEvent } from '../outbox/stored-event.js';
import type { Stop } from '../platform/listen.js';
import type { TrackerEvents } from '../tracker-events.js';
import type { Emitter } from '../util/emitter.js';
import type { VisitorRecord } from '../visitor/record.js';
import type { Pack } from './attempt.js';
import { FEW_FAILURES } from './health.js';
import { createFilter, markOf, slotOf, type Collector } from './collectors.js';
import type { KeptReason } from './change.js';
import { createDestination } from './destination.js';
import type { Lane } from './lane.js';
import type { Post } from './request.js';

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

/** What the delivery is made of. */
export interface LanesParts {
  /** At least one. The first has the visitor, too. */
  collectors: readonly Collector[];
  /** Name of the first one's database. */
  name: string;
  options: Bounds & { batchEvents: number; batchWaitMs: number };
  stops: Stop[];
  /** Opens a database by its name; `onGone`: what was stored may be lost. */
  open(name: string, onGone: () => void): Database;
  /** Returns what hands over from page to page, by how its lines begin. */
  handOver(prefix: string): HandOver;
  /** Whether anything may be kept beyond the page now; if not, events live in memory. */
  mayKeep(): boolean;
  /** Whether anything may be sent now. */
  maySend(): boolean;
  /** Makes requests to a collector. */
  post(collector: Collector): Post;
  /** Returns the visitor, if somebody is known, and if it may be stored. */
  visitor(): VisitorRecord | undefined;
  record(): VisitorRecord | undefined;
  /** Mends or makes a record. */
  revive(stored: unknown): VisitorRecord;
  /** Told the record that another tab had written, which this tab's has just taken the place of. */
  onReplaced(record: unknown): void;
  me(): string;
  isHidden(): boolean;
  pack(): Pack | undefined;
  emit: Emitter<TrackerEvents>['emit'];
  report(code: string, message: string): void;
}

/** After so many events, and where so many rows wait as a page begins, it is looked whether there are too many; sooner where few may wait. Our choice. */
const LOOK_AFTER = 200;

/** Returns what each of the collectors has, in their order. Nothing is sent until it is woken. */
export function createLanes(parts: LanesParts): Lane[] {
  const { collectors, name, options, stops, mayKeep, post, visitor, record, revive, emit, report } = parts;
  const isOne = collectors.length < 2;
  // A row has fifty events or 25,000 bytes at most.
  const most = Math.min(LOOK_AFTER, options.maxStoredEvents / 50, options.maxStoredBytes / 25_000);
  const databaseOf = (collector: Collector) => `${name}~${slotOf(collector)}`;
  let hasSwept = false;

  function createLane(collector: Collector, index: number): Lane {
    const { format } = collector;
    const title = collector.name || collector.collector;
    const slot = slotOf(collector);
    const own = index ? databaseOf(collector) : name;
    const database = parts.open(own, () => outbox.store.doubt());
    const say = (code: string, message: string) => report(code, isOne ? message : `${title}: ${message}`);
    const wants = createFilter(collector);

    /** Returns what never arrives there, by cause. */
    function dropped(): Record<string, number> {
      const { dropped: first, droppedBy = {} } = visitor() ?? { dropped: {} };
      return index ? (droppedBy[slot] ??= {}) : first;
    }
    function drop(cause: DropCause | 'unanswered', count: number): void {
      const known = visitor();
      if (index && known) known.droppedBy ??= {};
      const counts = dropped();
      counts[cause] = (counts[cause] ?? 0) + count;
      lanes[0]!.outbox.store.touchRecord();
      emit('dropped', { cause, count, collectors: [title] });
    }
    let isTidying = false;
    let count = 0;
    /** What is seldom done to stored events is in a part of its own. */
    const withTidy = (work: (part: typeof import('../outbox/tidy.js')) => Promise<unknown>) =>
      import('../outbox/tidy.js').then(work).catch((error) => report('more_failed', `${error as string}`));
    function tidy(isFull = false): void {
      if (isTidying) return;
      isTidying = true;
      count = 0;
      void withTidy((part) => part.tidy({ outbox, bounds: options, isFull, stops, drop })).then(
        () => (isTidying = false),
      );
    }
    /** Looks once for what waits for collectors that are no longer there; `former`: the one that was the first before. */
    async function sweep(former: string): Promise<void> {
      if (hasSwept) return;
      hasSwept = true;
      const stray = (await database.others()).filter((each) => !collectors.slice(1).map(databaseOf).includes(each));
      if (!stray.length && former === slot) return;
      await withTidy(async (part) => {
        if (former !== slot)
          await part.setAside(
            outbox.store,
            parts.open(`${name}~${former}`, () => {}),
          );
        await part.sweep(stray, databaseOf(collector), lanes[0]!, options.maxStoredDays, parts.open);
      });
    }
    async function begin(known: VisitorRecord): Promise<void> {
      const { first = slot } = known;
      const swept = sweep(first);
      if (first !== slot) await swept;
      if (known.first || !isOne) known.first = slot;
    }
    const outbox: Outbox = createOutbox({
      database,
      handOver: parts.handOver(`${own}:`),
      mayKeep,
      stops,
      record: index ? () => undefined : record,
      // Of another one, it is known when a page last had it.
      revive: index ? Date.now : revive,
      onReplaced: parts.onReplaced,
      isOnce: format.idempotent === false,
      onUnreadable: (count) => drop('unreadable', count),
      onLost(error, isFull) {
        report('storage_unavailable', `${error as string}`);
        if (isFull) tidy(true);
      },
      onLoaded(size) {
        if (size > most || outbox.health().failures > FEW_FAILURES) tidy();
      },
      onPut: () => void (++count >= most && tidy()),
    });
    const destination = createDestination({
      ...parts,
      ...options,
      outbox,
      format,
      post: post(collector),
      mark: markOf(collector),
      dropped,
      drop,
      delivered: (ids) => emit('delivered', { ids: [...ids], collector: title }),
      report: say,
    });
    return { name: title, wants, outbox, destination, drop, begin };
  }
  const lanes = collectors.map(createLane);
  return lanes;
}

/** Takes an event for those collectors that want it. */
export function addTo(lanes: readonly Lane[], event: StoredEvent): void {
  for (const { wants, outbox, destination } of lanes) {
    if (!wants(event)) continue;
    outbox.put(event);
    destination.add(event);
  }
  // Where nobody wants it, what it changed is stored.
  lanes[0]!.outbox.store.touchRecord();
}

/**
 * Sends everything that waits, whatever the collectors said before, and says what became of it. Takes about half a minute at most.
 *
 * @param ready what to wait for first
 */
export async function flush(lanes: readonly Lane[], ready: Promise<unknown>): Promise<FlushResult> {
  const all = await Promise.all(lanes.map(({ destination }) => destination.flush(ready)));
  const kept = new Set(
    (
      await Promise.all(
        lanes.map(async ({ outbox: { store, rows } }) => {
          await store.written();
          const stored = await store.run('readonly', (values) =>
            promisifyRequest<unknown[]>(values.getAll(rowsFrom())),
          );
          return [...rows.values(), ...(stored ?? [])].flatMap((row) => idsOf(eventsIn(row)));
        }),
      )
    ).flat(),
  ).size;
  const known = all.flatMap(({ trouble }) => trouble ?? []);
  const reasons = known.length ? known : [{ code: 'under_way', message: 'not answered yet' }];
  const sum = (what: 'delivered' | 'refused') => all.reduce((before, each) => before + each[what], 0);
  // Each once, however many wait for it.
  return { delivered: sum('delivered'), kept, refused: sum('refused'), ...(kept && { reasons }) };
}
