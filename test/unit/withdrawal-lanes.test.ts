import { promisifyRequest } from 'idb-keyval';
import { expect, test } from 'vitest';
import { WELL } from '../../src/delivery/health.js';
import { openDatabase } from '../../src/outbox/database.js';
import { LEASE } from '../../src/outbox/keys.js';
import { idsOf, type StoredEvent } from '../../src/outbox/stored-event.js';
import { withdraw } from '../../src/outbox/tidy.js';
import {
  newEvents,
  nextOf,
  openOutboxPage,
  storedRows,
  useStorage,
  type Outbox,
  type PageParts,
} from '../helpers/queue-page.js';

/** Returns the outboxes of one page with two collectors. The second wants what is marked `both`. */
function openPage(parts: PageParts = {}) {
  const all = ['waymark-test', 'waymark-test~two'].map((name) => openOutboxPage({ ...parts, name }).outbox);
  const [one, two] = all as [Outbox, Outbox];
  const lanes = [
    { outbox: one, wants: () => true },
    { outbox: two, wants: ({ context }: StoredEvent) => context.includes('both') },
  ];
  function add(context: string, count = 1): string[] {
    const events = newEvents(count, JSON.stringify({ context }));
    for (const event of events) for (const { outbox, wants } of lanes) if (wants(event)) outbox.put(event);
    return idsOf(events);
  }
  return {
    one,
    two,
    add,
    load: () => Promise.all(all.map((outbox) => outbox.load())),
    written: () => Promise.all(all.map(({ store }) => store.written())),
    forget: () => Promise.all(all.map((outbox) => outbox.forget())),
    /** Has every event changed, as it is when consent to marketing is withdrawn. */
    change: (redact: (event: StoredEvent) => StoredEvent) => withdraw(lanes, [{ name: 'test', redact }], {} as never),
  };
}
/** Takes it that a collector has confirmed events. */
const settle = (outbox: Outbox, ids: readonly string[]) => outbox.settle(ids, outbox.health());
const sentTo = async (outbox: Outbox) => idsOf(await nextOf(outbox));
const stored = async (outbox: Outbox) => (await storedRows(outbox)).flat();
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);

useStorage();

test('the events of a burst belong to the same collectors at the next visit, although the page ended before each could have been written by itself', async () => {
  const page = openPage({ most: 100 });
  const mixed = Array.from({ length: 2000 }, (_, n) => page.add(n % 2 ? 'both' : 'only')[0]!);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { one, two, load } = openPage();
  await load();
  expect(idsOf(await stored(one)).sort()).toEqual(mixed);
  expect(idsOf(await stored(two))).toEqual(mixed.filter((_, n) => n % 2));
});

test('what is changed is changed for every collector, in memory and in the store, wherever it lies', async () => {
  const before = openPage();
  const [only] = before.add('only secret');
  await before.written();
  const [both] = before.add('both secret');
  await before.written();
  const [left] = before.add('both secret');
  settle(before.one, [left!]);
  await before.written();
  const burst = openPage().add('both secret', 60);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { one, two, add, written, change } = openPage();
  const [stays] = add('both secret');
  await written();
  const [own] = add('both secret');
  await change(({ context, ...event }) => ({ ...event, context: context.replace(' secret', '') }));
  await written();
  const all = await Promise.all([stored(one), stored(two)]);
  expect(idsOf(all[0]!).sort()).toEqual([only, both, ...burst, stays, own]);
  expect(idsOf(all[1]!).sort()).toEqual([both, left, ...burst, stays, own]);
  const sent = [await nextOf(one), await nextOf(two)];
  expect(sent.map(idsOf)).toEqual(all.map((events) => idsOf(events).sort()));
  expect([...all, ...sent, one.own(), two.own()].flat().filter(({ context }) => context.includes('secret'))).toEqual(
    [],
  );
});

test('a collector does not get, from the store or from memory, what is no longer for it once it is changed', async () => {
  for (const mayKeep of [true, false]) {
    const { one, two, add, written, change } = openPage({ mayKeep: () => mayKeep });
    const [id] = add('both');
    await written();
    await change((event) => ({ ...event, context: '{}' }));
    expect(two.own()).toEqual([]);
    expect(await sentTo(two)).toEqual([]);
    expect(await sentTo(one)).toEqual([id]);
    settle(one, [id!]);
    await written();
    expect([await sentTo(one), await sentTo(two)]).toEqual([[], []]);
    if (mayKeep) expect([await stored(one), await stored(two)]).toEqual([[], []]);
  }
});

test('forgets what waits for each of the collectors, how it is, and whose turn it was', async () => {
  const { one, two, add, load, forget } = openPage();
  const all = add('both', 3);
  await load();
  one.settle(all.slice(1), { ...WELL, failures: 3 });
  await nextOf(two);
  const lease = await two.store.run('readonly', (values) => promisifyRequest(values.getKey(LEASE)));
  expect(lease).toBeDefined();
  expect(one.health()).not.toEqual(WELL);
  expect(await forget()).toEqual([true, true]);
  expect(await databases()).toEqual([]);
  expect([one, two].flatMap((outbox) => outbox.own())).toEqual([]);
  expect([one.health(), two.health()]).toEqual([WELL, WELL]);
  expect([await sentTo(one), await sentTo(two)]).toEqual([[], []]);
});

test('where nothing may be kept, each of the collectors gets its own from memory, and nothing is there to be deleted', async () => {
  const { one, two, add } = openPage({ mayKeep: () => false });
  const [only, both] = [...add('only'), ...add('both')];
  expect(await sentTo(one)).toEqual([only, both]);
  expect(await sentTo(two)).toEqual([both]);
  settle(one, [only!, both!]);
  expect([await sentTo(one), await sentTo(two)]).toEqual([[], [both]]);
  expect(await databases()).toEqual([]);
  // A page that comes back would take it for a withdrawal.
  expect([await one.store.isGone(), await two.store.isGone()]).toEqual([false, false]);
});

test('tells that what it has kept was deleted', async () => {
  const { one, add, written } = openPage();
  expect(await one.store.isGone()).toBe(false);
  add('both');
  await written();
  expect(await one.store.isGone()).toBe(false);
  await openDatabase('waymark-test', () => {}).remove();
  expect(await one.store.isGone()).toBe(true);
});
