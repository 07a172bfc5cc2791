import { expect, test } from 'vitest';
import type { Row } from '../../src/delivery/row.js';
import { openStore } from '../../src/delivery/store.js';
import { timeId } from '../../src/util/id.js';
import { openQueuePage, useStorage } from '../helpers/queue-page.js';

const rows = (count: number): Row[] => Array.from({ length: count }, () => ({ id: timeId(), context: '{}', event: '{}' }));
const stored = async (queue: ReturnType<typeof openQueuePage>['queue']) => (await queue.lanes[0]!.step([], 10_000, (turn) => ({ turn, isMine: true }))).map(({ id }) => id);

useStorage();

test('the events of a burst are there at the next visit, although the page ended before each had its row', async () => {
  const { queue } = openQueuePage({ most: 100 });
  const burst = rows(2000);
  for (const row of burst) queue.add(row);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const next = openQueuePage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual(burst.map(({ id }) => id));
});

test('the events of a burst have a row each, and are nowhere else, once they are written', async () => {
  const { queue } = openQueuePage();
  const burst = rows(2000);
  for (const row of burst) queue.add(row);
  expect(await stored(queue)).toEqual(burst.map(({ id }) => id));
  await queue.lanes[0]!.step(burst.map(({ id }) => id), 10, (turn) => ({ turn, isMine: false }));
  const next = openQueuePage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual([]);
});

test('a few events are written once', async () => {
  const { queue, begun } = openQueuePage();
  for (const row of rows(10)) queue.add(row);
  await queue.written();
  expect(begun).toEqual(['readwrite']);
});

test('what is no event in the place of a burst does no harm', async () => {
  const { queue } = openQueuePage();
  await queue.load();
  await openStore('waymark-test', () => {})('readwrite', async (events) => {
    events.put([null, 7, { id: 'x' }], '~a');
    events.put('text', '~b');
  });
  const next = openQueuePage();
  await next.queue.load();
  expect(await stored(next.queue)).toEqual([]);
});
