import { expect, test } from 'vitest';
import { openDatabase } from '../../src/outbox/database.js';
import { idsOf } from '../../src/outbox/stored-event.js';
import { newEvents, nextOf, openOutboxPage, storedRows, useStorage, type Outbox } from '../helpers/queue-page.js';

const stored = async (outbox: Outbox) => idsOf((await storedRows(outbox)).flat());

useStorage();

test('the events of a burst are there at the next visit, although the page ended before each could have been written by itself', async () => {
  const { outbox } = openOutboxPage({ most: 100 });
  const burst = newEvents(2000);
  for (const event of burst) outbox.put(event);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const next = openOutboxPage();
  await next.outbox.load();
  expect(await stored(next.outbox)).toEqual(idsOf(burst));
});

test('the events of a burst share rows of at most fifty, and are nowhere else, once they are written', async () => {
  const { outbox } = openOutboxPage();
  const burst = newEvents(2000);
  for (const event of burst) outbox.put(event);
  await outbox.store.written();
  const rows = await storedRows(outbox);
  expect(idsOf(rows.flat())).toEqual(idsOf(burst));
  expect(Math.max(...rows.map(({ length }) => length))).toBe(50);
  outbox.settle(idsOf(burst), outbox.health());
  await outbox.store.written();
  const next = openOutboxPage();
  await next.outbox.load();
  expect(await stored(next.outbox)).toEqual([]);
  expect(await nextOf(next.outbox)).toEqual([]);
});

test('a few events are written once', async () => {
  const { outbox, begun } = openOutboxPage();
  for (const event of newEvents(10)) outbox.put(event);
  await outbox.store.written();
  expect(begun).toEqual(['readwrite']);
});

test('what is no event in the place of a row does no harm', async () => {
  const { outbox } = openOutboxPage();
  await outbox.load();
  const [event] = newEvents(1);
  await openDatabase('waymark-test', () => {})('readwrite', async (events) => {
    events.put([null, 7, { id: 'x' }, event], 'a');
    events.put('text', 'b');
  });
  const next = openOutboxPage();
  await next.outbox.load();
  expect(await nextOf(next.outbox)).toEqual([event]);
  expect(next.seen.unreadable).toBe(4);
  expect(await stored(next.outbox)).toEqual([event!.id]);
});
