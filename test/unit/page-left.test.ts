import { expect, test } from 'vitest';
import type { StoredEvent } from '../../src/outbox/stored-event.js';
import { newEvents, nextOf, openOutboxPage, storedRows, useStorage } from '../helpers/queue-page.js';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Long enough for a transaction to begin, and too short for an answer. */
async function begun(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}

useStorage();

/** A page with two stored events. */
async function openPage() {
  const { outbox, begun: transactions } = openOutboxPage();
  const [one, two] = newEvents(2) as [StoredEvent, StoredEvent];
  await outbox.load();
  outbox.put(one);
  outbox.put(two);
  await outbox.store.written();
  return { outbox, transactions, one, two };
}
/** Returns what the next page would send. */
async function next(): Promise<StoredEvent[]> {
  const { outbox } = openOutboxPage();
  await outbox.load();
  return (await storedRows(outbox)).flat();
}

test('what a page waits for as it is left is given up, so that it holds up nobody, and done when it is back', async () => {
  const { outbox, one, two } = await openPage();
  let isLeft = false;
  const looking = nextOf(outbox).then(() => expect(isLeft).toBe(true));
  await begun();
  isLeft = true;
  outbox.leave(true, {});
  // It has not even taken the lease.
  expect(await next()).toEqual([one, two]);
  await looking;
  outbox.store.setLeft(false);
  expect(await nextOf(outbox)).toEqual([one, two]);
});

test('a page that is left begins nothing but its last write until it is back', async () => {
  const { outbox, transactions, one, two } = await openPage();
  outbox.leave(true, {});
  await wait(20);
  const before = transactions.length;
  void nextOf(outbox);
  await wait(20);
  expect(transactions).toHaveLength(before);
  outbox.store.setLeft(false);
  expect(await nextOf(outbox)).toEqual([one, two]);
});

test('an event that was confirmed as the page was left is not there for the next one', async () => {
  const { outbox, one, two } = await openPage();
  outbox.settle([one.id], outbox.health());
  void nextOf(outbox);
  await begun();
  outbox.leave(true, {});
  await wait(20);
  expect(await next()).toEqual([two]);
});

test('what is tracked as the page is left is stored', async () => {
  const { outbox, one, two } = await openPage();
  void nextOf(outbox);
  await begun();
  outbox.leave(true, {});
  const [last] = newEvents(1) as [StoredEvent];
  outbox.put(last);
  await wait(20);
  expect(await next()).toEqual([one, two, last]);
});

test('a page that is denied while it is away takes up nothing', async () => {
  let mayKeep = true;
  const { outbox } = openOutboxPage({ mayKeep: () => mayKeep });
  await outbox.load();
  outbox.put(newEvents(1)[0]!);
  await outbox.store.written();
  void nextOf(outbox);
  await begun();
  outbox.leave(true, {});
  await wait(20);
  mayKeep = false;
  expect(await outbox.forget()).toBe(true);
  outbox.store.setLeft(false);
  expect(await nextOf(outbox)).toEqual([]);
  expect(await indexedDB.databases()).toEqual([]);
});
