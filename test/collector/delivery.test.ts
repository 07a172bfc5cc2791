import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IN_FLIGHT_MS, openDeliveries } from '../../examples/collector/deliveries.mjs';
import { aBatch, aContext, anEvent, at, newDatabase, newId, NOON, startTestCollector } from './helpers.js';

const BOUND = IN_FLIGHT_MS / 60_000;

/** A collector with a clock, and one visitor whose tab sends events by their numbers. */
async function startWithVisitor(options: Record<string, unknown> = {}) {
  let now = NOON;
  const collector = await startTestCollector({ now: () => now, ...options });
  const context = aContext();
  const send = (seqs: number[], changes: Record<string, unknown> = {}) =>
    collector.post(aBatch(seqs.map((seq) => anEvent({ seq, time: new Date(now).toISOString() })), { contexts: [context], sent_at: new Date(now).toISOString(), ...changes }));
  return {
    collector, context, send,
    /** Sets the clock to some minutes after noon. */
    setClock(minutes: number) { now = NOON + minutes * 60_000; },
    delivery: async () => (await collector.snapshot()).delivery,
  };
}

describe('skipped numbers', () => {
  const ranges = (numbers: number[]) => {
    const deliveries = openDeliveries(new DatabaseSync(':memory:'));
    for (const seq of numbers) deliveries.deliver({ visitor: { id: 'a' }, tab: 't', seq }, NOON, at(0));
    const { missing, gaps } = deliveries.report(NOON + IN_FLIGHT_MS);
    return { missing, ranges: gaps.flatMap((gap: any) => gap.ranges) };
  };

  test.each<[string, number[], number, number[][]]>([
    ['are none', [1, 2, 3], 0, []],
    ['are none, out of order', [3, 1, 2], 0, []],
    ['can be the beginning', [3, 4], 2, [[1, 2]]],
    ['can be one in the middle', [1, 3], 1, [[2, 2]]],
    ['can be several runs', [9, 2, 6, 5], 5, [[1, 1], [3, 4], [7, 8]]],
    ['are none where a number came twice', [1, 1, 2], 0, []],
    ['can be more than anyone could list', [1, Number.MAX_SAFE_INTEGER], Number.MAX_SAFE_INTEGER - 2, [[2, Number.MAX_SAFE_INTEGER - 1]]],
  ])('%s', (_, numbers, missing, expected) => {
    expect(ranges(numbers)).toEqual({ missing, ranges: expected });
  });

  test('are the same in whatever order the others arrive', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }), (numbers) => {
      const highest = Math.max(...numbers);
      const skipped = Array.from({ length: highest }, (_, index) => index + 1).filter((number) => !numbers.includes(number));
      const found = ranges(numbers);
      expect(found.missing).toBe(skipped.length);
      expect(found.ranges.flatMap(([first, last]: number[]) => Array.from({ length: last! - first! + 1 }, (_, index) => first! + index))).toEqual(skipped.slice(0, 200));
    }), { numRuns: 300 });
  });

  test('count for each tab and each visitor alone', async () => {
    const { collector, setClock, delivery } = await startWithVisitor();
    const contexts = [aContext({ tab: 'one' }), aContext({ tab: 'two', visitor: { id: newId(4), user_id: 'mara' } }), aContext({ tab: 'one' })];
    const events = [[0, 1], [0, 3], [1, 2], [1, 4], [2, 1], [2, 2]].map(([context, seq]) => anEvent({ context, seq }));
    await collector.post(aBatch(events, { contexts }));
    setClock(BOUND);
    expect((await delivery()).gaps).toMatchObject([
      { tab: 'two', user_id: 'mara', missing: 2, ranges: [[1, 1], [3, 3]] }, { tab: 'one', user_id: null, missing: 1, ranges: [[2, 2]] },
    ]);
  });

  test('are in flight until their neighbours have been here for ten minutes, then missing, until they come', async () => {
    const { send, setClock, delivery } = await startWithVisitor();
    await send([1, 4]);
    setClock(BOUND - 0.01);
    expect(await delivery()).toMatchObject({ in_flight: 2, missing: 0, completeness: 1, gaps: [{ missing: 0, in_flight: 2 }] });
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ in_flight: 0, missing: 2, completeness: 0.5, gaps: [{ missing: 2, in_flight: 0 }] });
    // A neighbour has just come: the other may be on its way as well.
    await send([3]);
    expect(await delivery()).toMatchObject({ in_flight: 1, missing: 0 });
    await send([2]);
    expect(await delivery()).toMatchObject({ in_flight: 0, missing: 0, events: 4, completeness: 1, gaps: [] });
  });

  test('are known for more visitors than the live page looks at', async () => {
    const { collector, setClock, delivery } = await startWithVisitor();
    for (let batch = 0; batch < 3; batch += 1) {
      const contexts = Array.from({ length: 100 }, () => aContext());
      await collector.post(aBatch(contexts.map((_, context) => anEvent({ context, seq: 2 })), { contexts }));
    }
    setClock(BOUND);
    const { missing, gaps } = await delivery();
    expect([missing, gaps.length]).toEqual([300, 20]);
  });
});

describe('declared drops', () => {
  test('are not missing, but make the delivery incomplete', async () => {
    const { send, setClock, delivery } = await startWithVisitor();
    await send([1, 5, 6], { dropped: { queue_full: 2 } });
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 1, in_flight: 0, dropped: { queue_full: 2 }, dropped_in_all: 2, completeness: 3 / 6 });
    expect((await delivery()).gaps).toMatchObject([{ missing: 1, dropped: 2, ranges: [[2, 4]] }]);
  });

  test.each(['queue_full', 'too_old', 'unreadable', 'a_cause_yet_to_come'])('may have the cause %s', async (cause) => {
    const { send, setClock, delivery } = await startWithVisitor();
    await send([3], { dropped: { [cause]: 2 } });
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 0, dropped: { [cause]: 2 }, completeness: 1 / 3, gaps: [] });
  });

  test('explain first what has been missing longest', async () => {
    const { send, setClock, delivery } = await startWithVisitor();
    await send([2]);
    setClock(BOUND);
    await send([4], { dropped: { too_old: 1 } });
    expect(await delivery()).toMatchObject({ missing: 0, in_flight: 1 });
  });

  test('of one visitor explain nothing of another, and no more than is missing', async () => {
    const { collector, send, setClock, delivery } = await startWithVisitor();
    await send([3], { dropped: { queue_full: 9 } });
    await collector.post(aBatch([anEvent({ seq: 4 })]));
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 3, dropped_in_all: 9, completeness: 2 / 14 });
  });
});

describe('refused events', () => {
  test('are neither missing nor dropped', async () => {
    const { collector, context, send, setClock, delivery } = await startWithVisitor();
    const bad = anEvent({ seq: 2, name: 'no name' });
    const answer = await collector.post(aBatch([anEvent(), bad, anEvent({ seq: 3 })], { contexts: [context] }));
    expect(answer.body).toEqual({ accepted: 2, duplicates: 0, refused: [{ id: bad.id, reason: expect.any(String) }] });
    await send([4]);
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 0, refused: 1, dropped: {}, completeness: 1 });
  });

  test('that a proxy refused, alone and without a name for them, are dropped', async () => {
    const { collector, context, send, setClock, delivery } = await startWithVisitor();
    await collector.post(aBatch([anEvent(), anEvent({ seq: 2, name: 'no name' })], { contexts: [context] }));
    await send([5], { dropped: { refused: 2 } });
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 0, refused: 1, dropped: { refused: 2 }, completeness: 2 / 4 });
  });

  test('leave a gap where their number cannot be read', async () => {
    const { collector, context, send, setClock, delivery } = await startWithVisitor();
    await collector.post(aBatch([anEvent(), anEvent({ seq: 0 })], { contexts: [context] }));
    await send([3]);
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 1, refused: 1 });
  });

  test('of a bad context keep their numbers, where it names the visitor and the tab', async () => {
    const { collector, context, send, setClock, delivery } = await startWithVisitor();
    await collector.post(aBatch([anEvent()], { contexts: [{ ...context, bot: 'perhaps' }] }));
    await send([2]);
    setClock(BOUND);
    expect(await delivery()).toMatchObject({ missing: 0, refused: 1 });
  });

  test('count once, wherever in a batch they come again', async () => {
    const { collector, delivery } = await startWithVisitor();
    const bad = anEvent({ name: '' });
    await collector.post(aBatch([bad]));
    await collector.post(aBatch([anEvent(), anEvent(), bad]));
    expect(await delivery()).toMatchObject({ refused: 1, hours: [{ refused: 1 }] });
  });
});

describe('by the hour', () => {
  const kinds = ['delivered', 'missing', 'in_flight', 'dropped', 'refused', 'repeated'];
  const table = ({ hours }: any) => hours.map((hour: any) => [hour.hour.slice(11, 16), ...kinds.map((kind) => hour[kind])].join(' '));

  test('each figure stands where the event happened, a skipped number where the next one did', async () => {
    const { collector, context, send, setClock, delivery } = await startWithVisitor();
    // Tracked at 10:30, 10:40 and 11:50, sent at noon.
    const early = [anEvent({ seq: 2, time: at(-90) }), anEvent({ seq: 3, time: at(-80), name: 'no name' }), anEvent({ seq: 6, time: at(-10) })];
    const batch = aBatch(early, { contexts: [context], dropped: { queue_full: 1 } });
    await collector.post(batch);
    setClock(75);
    await send([7, 9]);
    // Sent again as it was, its clock and all: it counts with the events that are stored.
    await collector.post({ ...batch, attempt: 2 });
    expect(table(await delivery())).toEqual(['13:00 2 0 1 0 0 0', '12:00 0 0 0 0 0 0', '11:00 1 2 0 0 0 1', '10:00 1 0 0 1 1 1']);
    expect((await delivery()).hours.map(({ completeness }: any) => completeness)).toEqual([1, null, 1 / 3, 1 / 2]);
  });

  test('it tells of the last 24 hours, and keeps the sums of all', async () => {
    const { send, setClock, delivery } = await startWithVisitor();
    await send([1, 3]);
    setClock(24 * 60);
    await send([4]);
    const { hours, ...sums } = await delivery();
    expect(hours).toHaveLength(1);
    expect(sums).toMatchObject({ events: 3, missing: 1 });
    setClock(48 * 60 - 1);
    expect((await delivery()).hours).toHaveLength(24);
  });

  test('there is nothing before anything has arrived', async () => {
    const { delivery } = await startWithVisitor();
    expect(await delivery()).toMatchObject({ hours: [], gaps: [], completeness: null, missing: 0, in_flight: 0 });
  });
});

describe('a wrong clock', () => {
  const HOUR = 60;
  const DAY = 24 * HOUR;

  test.each<[string, { happened: number; sent: number; arrived: number; ahead: number }]>([
    ['one hour fast', { happened: -2, sent: 0, arrived: 0, ahead: HOUR }],
    ['one day slow', { happened: -2, sent: 0, arrived: 0, ahead: -DAY }],
    ['one hour fast, before a sleep of nine hours', { happened: -9 * HOUR, sent: 0, arrived: 0, ahead: HOUR }],
    ['right, on a way that took a minute', { happened: -2, sent: -1, arrived: 0, ahead: 0 }],
  ])('%s: the event stands where it happened', async (_, { happened, sent, arrived, ahead }) => {
    const { collector, delivery } = await startWithVisitor();
    await collector.post(aBatch([anEvent({ time: at(happened + ahead) })], { sent_at: at(sent + ahead), attempt: 7 }));
    const expected = at(happened + (arrived - sent));
    expect(await collector.events()).toMatchObject([{ time: at(happened + ahead), received: { at: at(arrived), occurred_at: expected } }]);
    expect((await delivery()).hours.at(-1)).toMatchObject({ hour: `${expected.slice(0, 13)}:00:00.000Z`, delivered: 1 });
  });

  test('keeps the order of what was tracked before and after a sleep, and in which order it is sent', async () => {
    const { collector, setClock } = await startWithVisitor();
    const context = aContext();
    const [before, after] = [anEvent({ seq: 1, time: at(HOUR) }), anEvent({ seq: 2, time: at(9 * HOUR) })];
    setClock(8 * HOUR + 1);
    await collector.post(aBatch([after], { contexts: [context], sent_at: at(9 * HOUR + 1) }));
    await collector.post(aBatch([before], { contexts: [context], sent_at: at(9 * HOUR + 1) }));
    expect((await collector.events()).map(({ seq, received }) => [seq, received.occurred_at])).toEqual([[2, at(8 * HOUR)], [1, at(0)]]);
  });
});

test('a file of an older collector gets its books when it is opened', async () => {
  const data = newDatabase();
  const before = await startTestCollector({ data });
  const sale = newId(5);
  const [one, two] = [aContext({ tab: 'one' }), aContext({ tab: 'two' })];
  await before.post(aBatch([anEvent({ seq: 1 }), anEvent({ seq: 2, id: sale }), anEvent({ seq: 5, time: at(-60) }), anEvent({ seq: 6, name: '' })], { contexts: [one] }));
  await before.post(aBatch([anEvent({ seq: 1 }), anEvent({ seq: 3 })], { contexts: [two] }));
  await before.close();
  // As the collector before this one left its file.
  const file = new DatabaseSync(data);
  file.exec(`
    DROP TABLE tabs; DROP TABLE gaps; DROP TABLE hours; PRAGMA user_version = 0;
    CREATE TABLE repeats (visitor TEXT NOT NULL, tab TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (visitor, tab, seq)) WITHOUT ROWID;
    INSERT INTO repeats VALUES ('${two.visitor.id}', 'two', 2)`);
  file.close();

  for (let opening = 0; opening < 2; opening += 1) {
    const after = await startTestCollector({ data, now: () => NOON + IN_FLIGHT_MS });
    const { delivery } = await after.snapshot();
    expect(delivery).toMatchObject({ events: 5, missing: 2, refused: 1, gaps: [{ tab: 'one', ranges: [[3, 4]] }], hours: [{ delivered: 4, refused: 1 }, { delivered: 1 }] });
    await after.close();
  }
});
