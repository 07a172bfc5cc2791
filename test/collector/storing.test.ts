import { statSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newDatabase, newId, startTestCollector } from './helpers.js';

describe('storing a batch', () => {
  test('gives every event back in full, in order of arrival', async () => {
    const collector = await startTestCollector();
    const first = anEvent({ name: 'page_view' });
    const second = anEvent({ seq: 2, context: 1, properties: { value: 12.5 } });
    const batch = aBatch([first, second], { contexts: [aContext(), aContext({ tab: 'tab-2' })] });

    const answer = await collector.post(batch);

    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, duplicates: 0, refused: [] } });
    const [one, two] = await collector.events();
    expect(one).toEqual({ ...batch.contexts[0], ...first, received: { row: 1, at: at(0), occurred_at: at(0), batch_id: batch.batch_id } });
    expect(two).toMatchObject({ ...batch.contexts[1], ...second, received: { row: 2 } });
  });

  test('takes application/json as well as text/plain', async () => {
    const collector = await startTestCollector();
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(200);
  });

  test('dates an event by its own clock when the clock of the browser is wrong', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([anEvent({ time: '2001-01-01T00:00:00.000Z' })], { sent_at: '2001-01-01T00:05:00.000Z' }));
    const [event] = await collector.events();
    expect(event).toMatchObject({ time: '2001-01-01T00:00:00.000Z', received: { occurred_at: at(-5) } });
  });

  test('dates an event by its arrival when its time lies after the sending, or is a leap second', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([anEvent({ time: at(9) }), anEvent({ seq: 2, time: '2016-12-31T23:59:60.000Z' })]));
    expect((await collector.events()).map(({ received }) => received.occurred_at)).toEqual([at(0), at(0)]);
  });

  test('counts an event once, however often its batch is sent', async () => {
    const collector = await startTestCollector();
    const batch = aBatch([anEvent(), anEvent({ seq: 2 })], { dropped: { too_old: 2 } });
    await collector.post(batch);

    const answer = await collector.post({ ...batch, attempt: 4, dropped: { too_old: 3 } });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 2, refused: [] } });
    expect(await collector.events()).toHaveLength(2);
    const { delivery } = await collector.snapshot();
    expect(delivery).toMatchObject({ batches: 1, deliveries: 2, events: 2, duplicates: 2, highest_attempt: 4, dropped: { too_old: 3 } });
  });

  test('counts an event once when one batch holds it twice, and keeps what came first', async () => {
    const collector = await startTestCollector();
    const event = anEvent({ name: 'first' });
    const answer = await collector.post(aBatch([event, { ...event, name: 'second' }]));
    expect(answer.body).toEqual({ accepted: 1, duplicates: 1, refused: [] });
    expect(await collector.events()).toMatchObject([{ name: 'first' }]);
  });

  test('adds up the drops of different batches', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([anEvent()], { dropped: { too_old: 1, too_many: 2 } }));
    await collector.post(aBatch([anEvent()], { dropped: { too_old: 10 } }));
    await collector.post(aBatch([anEvent()], { dropped: { absurd: 9e18 } }));
    await collector.post(aBatch([anEvent()], { dropped: { absurd: 9e18 } }));
    const { delivery } = await collector.snapshot();
    expect(delivery.dropped).toEqual({ too_old: 11, too_many: 2, absurd: 1.8e19 });
  });

  test('keeps everything over a restart, and goes on counting', async () => {
    const data = newDatabase();
    const before = await startTestCollector({ data });
    const batch = aBatch();
    await before.post(batch);
    const stored = await before.events();
    await Promise.all([before.close(), before.close()]);
    expect(statSync(`${data}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);

    const after = await startTestCollector({ data });

    expect(await after.events()).toEqual(stored);
    expect((await after.post(batch)).body).toEqual({ accepted: 0, duplicates: 1, refused: [] });
    await after.post(aBatch());
    const rows = (await after.events()).map(({ received }) => received.row);
    expect(rows).toEqual([1, expect.any(Number)]);
    expect(rows[1]).toBeGreaterThan(1);
  });

  test('reads on from a row, a page at a time', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([1, 2, 3].map((seq) => anEvent({ seq }))));
    expect((await collector.events('?since=1&limit=1')).map(({ seq }) => seq)).toEqual([2]);
    expect((await collector.events('?since=3'))).toEqual([]);
    const refused = await fetch(`${collector.endpoint}?since=yesterday`);
    expect(refused.status).toBe(400);
  });

  test('answers 503 with Retry-After while the file cannot be written, and takes the same batch later', async () => {
    const collector = await startTestCollector();
    const batch = aBatch();
    const other = new DatabaseSync(collector.data);
    other.exec('BEGIN IMMEDIATE');

    const answer = await collector.post(batch);

    expect(answer.status).toBe(503);
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(answer.body).toEqual({ error: expect.any(String) });
    other.exec('ROLLBACK');
    other.close();
    expect((await collector.post(batch)).body).toEqual({ accepted: 1, duplicates: 0, refused: [] });
  });

  test('stores all of a batch or nothing', async () => {
    const collector = await startTestCollector();
    // A real failure in the middle: the third event is one that this database will not take.
    const other = new DatabaseSync(collector.data);
    const bad = newId();
    other.exec(`CREATE TRIGGER no BEFORE INSERT ON events WHEN new.id = '${bad}' BEGIN SELECT raise(ABORT, 'no'); END`);
    const events = [anEvent(), anEvent({ seq: 2 }), anEvent({ seq: 3, id: bad })];

    expect((await collector.post(aBatch(events))).status).toBe(503);

    expect(await collector.events()).toEqual([]);
    other.exec('DROP TRIGGER no');
    other.close();
    expect((await collector.post(aBatch(events))).body.accepted).toBe(3);
  });
});
