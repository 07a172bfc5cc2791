import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { createJournal } from '../../src/delivery/journal.js';
import { createQueue, type Row } from '../../src/delivery/queue.js';
import { openStore, type Store } from '../../src/delivery/store.js';
import { createProfile } from '../../src/identity/profile.js';
import { timeId } from '../../src/util/id.js';

/** Returns the queue of one page. Its end comes before more than `most` values of one transaction are written: that transaction comes to nothing. */
function openPage(most = Infinity) {
  const real = openStore('waymark-test', () => {});
  const begun: string[] = [];
  const run = <Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>, isPatient?: boolean): Promise<Value> => {
    begun.push(mode);
    return real(mode, (events) => {
      let count = 0;
      const { put } = events;
      events.put = (...args) => {
        if (++count > most) events.transaction.abort();
        return put.apply(events, args);
      };
      try {
        return body(events);
      } catch {
        // Nobody is there any more to hear of it.
        return new Promise<never>(() => {});
      }
    }, isPatient);
  };
  const profile = createProfile();
  const queue = createQueue({
    store: Object.assign(run, { remove: real.remove, isThere: real.isThere }) satisfies Store,
    journal: createJournal('waymark-test:', () => true),
    mayKeep: () => true,
    readers: [{ slot: 'one', wants: () => true, isOnce: false }],
    bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 },
    profile: () => profile,
    revive: (stored) => (stored as typeof profile) ?? profile,
    drop: () => {},
    onLost: () => {},
    onOverwritten: () => {},
  });
  return { queue, begun };
}

const rows = (count: number): Row[] => Array.from({ length: count }, () => ({ id: timeId(), context: '{}', event: '{}' }));
const stored = async (queue: ReturnType<typeof openPage>['queue']) => (await queue.lanes[0]!.step([], 10_000, (turn) => ({ turn, isMine: true }))).map(({ id }) => id);

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});

test('the events of a burst are there at the next visit, although the page ended before each had its row', async () => {
  const { queue } = openPage(100);
  const burst = rows(2000);
  for (const row of burst) queue.add(row);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const next = openPage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual(burst.map(({ id }) => id));
});

test('the events of a burst have a row each, and are nowhere else, once they are written', async () => {
  const { queue } = openPage();
  const burst = rows(2000);
  for (const row of burst) queue.add(row);
  expect(await stored(queue)).toEqual(burst.map(({ id }) => id));
  await queue.lanes[0]!.step(burst.map(({ id }) => id), 10, (turn) => ({ turn, isMine: false }));
  const next = openPage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual([]);
});

test('a few events are written once', async () => {
  const { queue, begun } = openPage();
  for (const row of rows(10)) queue.add(row);
  await queue.written();
  expect(begun).toEqual(['readwrite']);
});

test('what is no event in the place of a burst does no harm', async () => {
  const { queue } = openPage();
  await queue.load();
  await openStore('waymark-test', () => {})('readwrite', async (events) => {
    events.put([null, 7, { id: 'x' }], '~a');
    events.put('text', '~b');
  });
  const next = openPage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual([]);
});
