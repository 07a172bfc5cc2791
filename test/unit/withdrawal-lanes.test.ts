import { expect, test } from 'vitest';
import type { Row } from '../../src/delivery/row.js';
import { openStore } from '../../src/delivery/store.js';
import { NO_TURN } from '../../src/delivery/turn.js';
import { timeId } from '../../src/util/id.js';
import { openQueuePage, useStorage, type PageParts } from '../helpers/queue-page.js';

/** Returns the queue of one page with two collectors. The second wants what is marked `both`. More than `most` values of one transaction are never written. */
function openPage(parts: PageParts = {}) {
  const { queue } = openQueuePage({ ...parts, readers: [{ slot: 'one', wants: () => true, isOnce: false }, { slot: 'two', wants: ({ context }) => context.includes('both'), isOnce: false }] });
  const [one, two] = queue.lanes;
  return { queue, one: one!, two: two!, add: (context: string, count = 1) => addTo(queue, context, count) };
}
type Page = ReturnType<typeof openPage>;

function addTo(queue: Page['queue'], context: string, count: number): string[] {
  const rows = Array.from({ length: count }, (): Row => ({ id: timeId(), context: JSON.stringify({ context }), event: '{}' }));
  for (const row of rows) queue.add(row);
  return rows.map(({ id }) => id);
}
/** Returns what a collector is sent. */
const sent = (lane: Page['one']) => lane.step([], 10_000, (turn) => ({ turn, isMine: true }));
const ids = async (lane: Page['one']) => (await sent(lane)).map(({ id }) => id);
/** Takes it that a collector has confirmed events. */
const settle = (lane: Page['one'], settled: string[]) => lane.step(settled, 1, (turn) => ({ turn, isMine: false }));
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);

useStorage();

test('the events of a burst belong to the same collectors at the next visit, although the page ended before each had its row', async () => {
  const page = openPage({ most: 100 });
  const mixed = Array.from({ length: 2000 }, (_, n) => page.add(n % 2 ? 'both' : 'only')[0]!);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { queue, one, two } = openPage();
  await queue.load();
  expect((await ids(one)).sort()).toEqual(mixed);
  expect(await ids(two)).toEqual(mixed.filter((_, n) => n % 2));
  expect(await two.count()).toBe(1000);
});

test('what is changed is changed for every collector, in memory and in the store, wherever it lies', async () => {
  const before = openPage();
  const [only] = before.add('only secret');
  const [both] = before.add('both secret');
  const [left] = before.add('both secret');
  await settle(before.one, [left!]);
  const torn = openPage({ most: 10 });
  const burst = torn.add('both secret', 60);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { queue, one, two, add } = openPage();
  const [own] = add('both secret');
  await queue.written();
  await queue.revise(({ context, ...row }) => ({ ...row, context: context.replace(' secret', '') }));
  const [first, second] = [await sent(one), await sent(two)];
  expect(first.map(({ id }) => id).sort()).toEqual([only, both, ...burst, own]);
  expect(second.map(({ id }) => id).sort()).toEqual([both, left, ...burst, own]);
  expect([...first, ...second, ...one.own(), ...two.own()].filter(({ context }) => context.includes('secret'))).toEqual([]);
});

test('a collector does not get, from the store or from memory, what is no longer for it once it is changed', async () => {
  for (const mayKeep of [true, false]) {
    const { queue, one, two, add } = openPage({ mayKeep: () => mayKeep });
    const [id] = add('both');
    await queue.written();
    await queue.revise((row) => ({ ...row, context: '{}' }));
    expect(two.own()).toEqual([]);
    expect(await ids(two)).toEqual([]);
    expect(await ids(one)).toEqual([id]);
    await settle(one, [id!]);
    expect(await queue.count()).toBe(0);
  }
});

test('forgets what waits for each of the collectors, and whose turn it was', async () => {
  const { queue, one, two, add } = openPage();
  const all = add('both', 3);
  await queue.load();
  await settle(one, all.slice(1));
  await sent(two);
  expect(two.turn()).not.toBe(NO_TURN);
  expect(await queue.forget()).toBe(true);
  expect(await databases()).toEqual([]);
  expect([one, two].flatMap((lane) => lane.own())).toEqual([]);
  expect([one.turn(), two.turn()]).toEqual([NO_TURN, NO_TURN]);
  expect(await queue.count()).toBe(0);
  expect(await ids(two)).toEqual([]);
});

test('where nothing may be kept, each of the collectors gets its own from memory, and nothing is there to be deleted', async () => {
  const { queue, one, two, add } = openPage({ mayKeep: () => false });
  const [only, both] = [...add('only'), ...add('both')];
  expect(await ids(one)).toEqual([only, both]);
  expect(await ids(two)).toEqual([both]);
  await settle(one, [only!, both!]);
  expect([await one.count(), await two.count()]).toEqual([0, 1]);
  expect(await databases()).toEqual([]);
  // A page that comes back would take it for a withdrawal.
  expect(await queue.isGone()).toBe(false);
});

test('tells that what it has kept was deleted', async () => {
  const { queue, add } = openPage();
  expect(await queue.isGone()).toBe(false);
  add('both');
  await queue.written();
  expect(await queue.isGone()).toBe(false);
  await openStore('waymark-test', () => {}).remove();
  expect(await queue.isGone()).toBe(true);
});
