import { expect, test } from 'vitest';
import type { Row } from '../../src/delivery/row.js';
import { timeId } from '../../src/util/id.js';
import { openQueuePage, useStorage } from '../helpers/queue-page.js';

type Page = ReturnType<typeof openQueuePage>;

const row = (): Row => ({ id: timeId(), context: '{}', event: '{}' });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** One look of the sender's, with what it was told of events. */
const step = ({ queue }: Page, settled: string[] = []) => queue.lanes[0]!.step(settled, 10, (turn) => ({ turn, isMine: true }));
/** Long enough for a transaction to begin, and too short for an answer. */
async function begun(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}
const leave = ({ queue }: Page) => queue.lanes[0]!.leave(true, {});

useStorage();

/** A page with two stored events. */
async function openPage() {
  const page = openQueuePage();
  const [one, two] = [row(), row()];
  await page.queue.load();
  page.queue.add(one);
  page.queue.add(two);
  await page.queue.written();
  return { page, one, two };
}

test('what a page waits for as it is left is given up, so that it holds up nobody, and done when it is back', async () => {
  const { page, one, two } = await openPage();
  let found: Row[] | undefined;
  void step(page).then((rows) => (found = rows));
  await begun();
  leave(page);
  const next = openQueuePage();
  await next.queue.load();
  expect(await next.queue.count()).toBe(2);
  expect(found).toBeUndefined();
  await page.queue.back();
  await wait(20);
  expect(found).toEqual([one, two]);
});

test('what a page begins once it is left waits until it is back', async () => {
  const { page, one, two } = await openPage();
  leave(page);
  let found: Row[] | undefined;
  void step(page).then((rows) => (found = rows));
  await wait(20);
  expect(found).toBeUndefined();
  await page.queue.back();
  await wait(20);
  expect(found).toEqual([one, two]);
});

test('an event that was confirmed as the page was left is not there for the next one', async () => {
  const { page, one, two } = await openPage();
  void step(page, [one.id]);
  await begun();
  leave(page);
  await page.queue.written();
  const next = openQueuePage();
  await next.queue.load();
  expect(await step(next)).toEqual([two]);
});

test('what is tracked as the page is left is stored', async () => {
  const { page, one, two } = await openPage();
  void step(page);
  await begun();
  leave(page);
  const last = row();
  page.queue.add(last);
  await page.queue.written();
  const next = openQueuePage();
  await next.queue.load();
  expect(await step(next)).toEqual([one, two, last]);
});

test('a page that is denied while it is away takes up nothing', async () => {
  let mayKeep = true;
  const page = openQueuePage({ mayKeep: () => mayKeep });
  await page.queue.load();
  page.queue.add(row());
  await page.queue.written();
  const looking = step(page);
  await begun();
  leave(page);
  await wait(20);
  mayKeep = false;
  expect(await page.queue.forget()).toBe(true);
  await page.queue.back();
  expect(await looking).toEqual([]);
  expect(await indexedDB.databases()).toEqual([]);
});
