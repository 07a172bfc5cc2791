import { statSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test } from 'vitest';
import { aBatch, aContext, aCoreContext, aCoreEvent, anEvent, at, newDatabase, newId, startTestCollector } from './helpers.js';

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

  describe('takes over a title that engagement tells at the end of a page view', () => {
    const page = { id: newId(4), url: 'https://shop.example/kites' };
    const visitor = { id: newId(4) };
    const early = aContext({ visitor, page });
    const ended = aContext({ visitor, page: { ...page, title: 'Kites "& more" 🪁' } });
    const view = () => anEvent({ name: 'page_view' });
    const seen = (seq = 2) => anEvent({ name: 'view_item', seq });
    const engagement = (seq = 3, context = 0) => anEvent({ name: 'engagement', seq, context });
    const titles = async (collector: any) => (await collector.events()).map(({ name, page }: any) => [name, page?.title]);
    const TITLE = 'Kites "& more" 🪁';

    test('in the same batch, in a later one, and in an earlier one', async () => {
      const batches = [
        [aBatch([view(), seen(), engagement(3, 1)], { contexts: [early, ended] })],
        [aBatch([view(), seen()], { contexts: [early] }), aBatch([engagement()], { contexts: [ended] })],
        [aBatch([engagement()], { contexts: [ended] }), aBatch([view(), seen()], { contexts: [early] })],
      ];
      for (const some of batches) {
        const collector = await startTestCollector();
        for (const batch of some) expect((await collector.post(batch)).body.refused).toEqual([]);
        expect((await titles(collector)).sort()).toEqual([['engagement', TITLE], ['page_view', TITLE], ['view_item', TITLE]]);
      }
    });

    test('of a page view without identifiers, too', async () => {
      const collector = await startTestCollector();
      const { visitor: _, ...own } = early;
      await collector.post(aBatch([view(), engagement(2, 1)], { contexts: [own, { ...own, page: ended.page }] }));
      expect(await titles(collector)).toEqual([['page_view', TITLE], ['engagement', TITLE]]);
    });

    test('and none of another page view, of another visitor’s, or where the view has one', async () => {
      const collector = await startTestCollector();
      const other = aContext({ visitor, page: { ...page, id: newId(4) } });
      const stranger = aContext({ page });
      const named = aContext({ visitor, page: { ...page, title: 'Kite' } });
      await collector.post(aBatch([anEvent({ seq: 1, context: 0 }), anEvent({ seq: 2, context: 1 }), engagement(3, 2)], { contexts: [other, named, ended] }));
      await collector.post(aBatch([anEvent({ seq: 1 })], { contexts: [stranger] }));
      expect(await titles(collector)).toEqual([['view_item', undefined], ['view_item', 'Kite'], ['engagement', TITLE], ['view_item', undefined]]);
    });

    test('leaves everything else of the event as it came', async () => {
      const collector = await startTestCollector();
      const given = anEvent({ name: 'page_view', properties: { value: 1.1, big: 12345678901234567890, list: [null, '\u2028', { a: 'ö' }] } });
      const batch = aBatch([given, engagement(2, 1)], { contexts: [early, ended] });
      await collector.post(batch);
      const [event] = await collector.events();
      expect(event).toEqual({ ...early, ...given, page: ended.page, received: { row: 1, at: at(0), occurred_at: at(0), batch_id: batch.batch_id } });
    });
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
    const batch = aBatch([anEvent(), anEvent({ seq: 2 })]);
    await collector.post(batch);

    const answer = await collector.post({ ...batch, attempt: 4 });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 2, refused: [] } });
    expect(await collector.events()).toHaveLength(2);
    const { delivery } = await collector.snapshot();
    expect(delivery).toMatchObject({ batches: 1, deliveries: 2, events: 2, duplicates: 2, highest_attempt: 4 });
  });

  test('stores what a later attempt at a batch holds more', async () => {
    const collector = await startTestCollector();
    const batch = aBatch();
    await collector.post(batch);
    const later = anEvent({ seq: 2 });

    const answer = await collector.post({ ...batch, attempt: 2, events: [...batch.events, later] });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 1, refused: [] } });
    expect((await collector.events()).map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await collector.snapshot()).delivery).toMatchObject({ batches: 1, deliveries: 2, events: 2, duplicates: 1 });
  });

  test('takes events of a tracker without sessions, pages and stages', async () => {
    const collector = await startTestCollector();
    const [context, event] = [aCoreContext(), aCoreEvent()];
    expect((await collector.post(aBatch([event], { contexts: [context] }))).body.accepted).toBe(1);
    const [{ received, ...stored }] = await collector.events() as [any];
    expect(stored).toEqual(JSON.parse(JSON.stringify({ ...context, ...event })));
  });

  test('takes an event’s place in the journey from its context where it has none of its own', async () => {
    const collector = await startTestCollector();
    const [own, { journey, ...bare }] = [anEvent(), anEvent({ seq: 2 })];
    const shared = { ...journey, stage: 'decision', move: 'stay' };
    await collector.post(aBatch([own, bare], { contexts: [aContext({ journey: shared })] }));
    expect((await collector.events()).map((event: any) => event.journey)).toEqual([own.journey, shared]);
    expect((await collector.post(aBatch([anEvent({ seq: 3 })], { contexts: [aContext({ journey: 7 })] }))).body.refused).toMatchObject([{ reason: '/contexts/0/journey must be object, got 7' }]);
  });

  test('takes from an event and its context only what the schema has checked there', async () => {
    const collector = await startTestCollector();
    const context = aContext({ name: 7, experiment: 'b' });
    const event = aCoreEvent({ visitor: null, page: 7, tab: {}, touchpoint: 7, session: 7, mood: 'good' });
    expect((await collector.post(aBatch([event], { contexts: [context] }))).body).toEqual({ accepted: 1, duplicates: 0, refused: [] });
    const [stored] = await collector.events();
    expect(stored).toMatchObject({ ...aContext(), visitor: context.visitor, session: context.session, page: context.page, name: 'view_item', experiment: 'b', mood: 'good' });
    expect(stored).not.toHaveProperty('journey');
    expect(stored).not.toHaveProperty('touchpoint');
  });

  test('counts an event once when one batch holds it twice, and keeps what came first', async () => {
    const collector = await startTestCollector();
    const event = anEvent({ name: 'first' });
    const answer = await collector.post(aBatch([event, { ...event, name: 'second' }]));
    expect(answer.body).toEqual({ accepted: 1, duplicates: 1, refused: [] });
    expect(await collector.events()).toMatchObject([{ name: 'first' }]);
  });

  test('takes the id of an order, which a server can make as well', async () => {
    const collector = await startTestCollector();
    const order = anEvent({ id: newId(5), name: 'purchase' });
    expect((await collector.post(aBatch([order]))).body).toEqual({ accepted: 1, duplicates: 0, refused: [] });
    expect(await collector.events()).toMatchObject([{ id: order.id }]);
  });

  test('keeps in which app a page was shown, and whether a program drove the browser', async () => {
    const collector = await startTestCollector();
    const seen = { in_app: { network: 'instagram', evidence: 'Instagram' }, bot: true };
    await collector.post(aBatch([anEvent({ in_app: 7, bot: 'no' })], { contexts: [aContext(seen)] }));
    expect(await collector.events()).toMatchObject([seen]);
  });

  describe('an event that comes twice under other numbers', () => {
    const visitor = { id: newId(4) };
    const sale = newId(5);
    const [one, other] = ['one', 'other'].map((tab) => aContext({ visitor, tab }));
    const stranger = aContext({ tab: 'other' });
    const seen = (seq: number) => anEvent({ seq });
    const sold = (seq: number, id = sale) => anEvent({ seq, id, name: 'purchase' });

    test.each<[string, [unknown, unknown[]][], number[][]]>([
      ['is missing nowhere', [[one, [sold(1)]], [other, [seen(1), sold(2), seen(3)]]], []],
      ['is missing nowhere, whichever tab was first', [[other, [seen(1), sold(2), seen(3)]], [one, [sold(1)]]], []],
      ['is missing nowhere in one batch', [[one, [seen(1), sold(2), sold(3), seen(4)]]], []],
      ['is missing nowhere after a reset', [[one, [sold(1)]], [stranger, [seen(1), sold(2), seen(3)]]], []],
      ['tells of what is missing before it', [[one, [sold(1)]], [other, [sold(3)]]], [[1, 2]]],
      ['hides no other gap', [[one, [sold(1)]], [other, [seen(1), sold(2), seen(5)]]], [[3, 4]]],
      ['brings no number where its batch is sent again', [[one, [sold(2)]], [one, [sold(2)]]], [[1, 1]]],
    ])('%s', async (_, batches, ranges) => {
      const collector = await startTestCollector();
      for (const [context, events] of batches) {
        expect((await collector.post(aBatch(events, { contexts: [context] }))).body).toMatchObject({ refused: [] });
      }
      const { delivery } = await collector.snapshot();
      expect(delivery.gaps.flatMap((gap: any) => gap.ranges)).toEqual(ranges);
      expect((await collector.events()).filter(({ id }) => id === sale)).toHaveLength(1);
    });
  });

  describe('counts drops', () => {
    const [mara, noor] = [aContext(), aContext()];
    const dropsOf = async (...reports: [unknown[], Record<string, number>][]) => {
      const collector = await startTestCollector();
      for (const [contexts, dropped] of reports) {
        expect((await collector.post(aBatch([anEvent()], { contexts, dropped }))).status).toBe(200);
      }
      return (await collector.snapshot()).delivery.dropped;
    };

    test.each<[string, [unknown[], Record<string, number>][], Record<string, number>]>([
      ['by the highest total of a visitor, whatever arrives last', [[[mara], { queue_full: 2 }], [[mara], { queue_full: 12 }], [[mara], { queue_full: 5 }], [[mara], {}]], { queue_full: 12 }],
      ['for each cause', [[[mara], { queue_full: 2, refused: 1 }], [[mara], { queue_full: 2, refused: 3 }]], { queue_full: 2, refused: 3 }],
      ['over all visitors', [[[mara], { queue_full: 12 }], [[noor], { queue_full: 3 }]], { queue_full: 15 }],
      ['for the last visitor of a batch that holds two', [[[mara], { queue_full: 5 }], [[mara, noor], { queue_full: 3 }]], { queue_full: 8 }],
    ])('%s', async (_, reports, expected) => {
      expect(await dropsOf(...reports)).toEqual(expected);
    });
  });

  test('counts the batches of browsers that keep nothing, by their latest word', async () => {
    const collector = await startTestCollector();
    const batch = aBatch();
    await collector.post(batch);
    await collector.post(aBatch([anEvent()], { durable: false }));
    expect((await collector.snapshot()).delivery.not_durable).toBe(1);
    await collector.post({ ...batch, durable: false });
    expect((await collector.snapshot()).delivery.not_durable).toBe(2);
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

test('tells which of the batches that a browser asks about are stored', async () => {
  const collector = await startTestCollector();
  const first = aBatch([anEvent()]);
  const never = aBatch([anEvent()]);
  expect((await collector.post(first)).body).not.toHaveProperty('arrived');
  const answer = await collector.post({ ...aBatch([anEvent()]), unsure: [first.batch_id, never.batch_id] });
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1, arrived: [first.batch_id] } });
  expect((await collector.post({ ...aBatch([anEvent()]), unsure: ['none'] })).status).toBe(400);
});
