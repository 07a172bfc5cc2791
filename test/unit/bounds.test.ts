import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure, overflow, worthOf, type Bounds, type Stored } from '../../src/delivery/bounds.js';
import type { Row } from '../../src/delivery/row.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const WIDE: Bounds = { maxStoredEvents: 1e9, maxStoredBytes: 1e12, maxStoredDays: 30 };

/** A row as the tracker makes it. */
const rowOf = (name: string, properties: object = {}, time = NOW): Row => ({
  id: 'a1',
  context: '{"page":{}}',
  event: JSON.stringify({ id: 'a1', name, time: new Date(time).toISOString(), seq: 1, properties }),
});

describe('what an event is worth', () => {
  test.each<[worth: number, name: string]>([
    [2, 'purchase'],
    [2, 'refund'],
    [2, 'order_cancel'],
    [2, 'subscribe'],
    [2, 'sign_up'],
    [1, 'add_to_cart'],
    [1, 'page_view'],
    [1, 'purchase_intent'],
    [1, 'my_purchase'],
    [1, 'of_the_shop'],
    [0, 'engagement'],
    [0, 'web_vitals'],
    [0, 'view_item_list'],
    [0, 'select_promotion'],
    [0, 'rage_click'],
    [0, 'dead_click'],
  ])('is %i for %s', (worth, name) => {
    expect(worthOf(rowOf(name))).toBe(worth);
  });

  test('is told from its name, not from what a property is called', () => {
    expect(worthOf(rowOf('of_the_shop', { name: 'purchase', text: '{"id":"x","name":"purchase"' }))).toBe(1);
    expect(worthOf(rowOf('purchase', { name: 'engagement' }))).toBe(2);
  });

  test.each(['', '{', 'null', '[]', '{"name":"purchase"}'])('is that of any other where %j was stored', (event) => {
    expect(worthOf({ id: 'a', context: '{}', event })).toBe(1);
  });
});

describe('what is known of a stored event', () => {
  test('is its id, length, worth and time', () => {
    const row = rowOf('purchase', { value: 5 });
    expect(measure(row)).toEqual({ id: 'a1', worth: 2, time: NOW, length: row.event.length + row.context.length });
  });

  test.each(['{}', 'nonsense', '{"id":"a1","name":"x","time":"yesterday"}'])('has no time where %j was stored', (event) => {
    expect(measure({ id: 'a', context: '', event }).time).toBe(0);
  });
});

const stored = (id: string, part: Partial<Stored> = {}): Stored => ({ id, length: 100, worth: 1, time: NOW, ...part });

describe('what has to go', () => {
  test('is nothing within the bounds, at their edge too', () => {
    const all = [stored('a'), stored('b', { time: NOW - 30 * DAY })];
    expect(overflow(all, { maxStoredEvents: 2, maxStoredBytes: 200, maxStoredDays: 30 }, NOW)).toEqual({ too_old: [], queue_full: [] });
    expect(overflow([], { maxStoredEvents: 1, maxStoredBytes: 1, maxStoredDays: 1 }, NOW)).toEqual({ too_old: [], queue_full: [] });
  });

  test('is the oldest of those worth least', () => {
    const all = [stored('old', { time: 1000 + NOW }), stored('cheap and new', { worth: 0, time: NOW + 9000 }), stored('older', { time: NOW }), stored('purchase', { worth: 2, time: NOW - 9000 })];
    const leaving = (maxStoredEvents: number) => overflow(all, { ...WIDE, maxStoredEvents }, NOW).queue_full;
    expect(leaving(3)).toEqual(['cheap and new']);
    expect(leaving(2)).toEqual(['cheap and new', 'older']);
    expect(leaving(1)).toEqual(['cheap and new', 'older', 'old']);
    expect(leaving(0)).toEqual(['cheap and new', 'older', 'old', 'purchase']);
  });

  test('is as much as brings the bytes down', () => {
    const all = [stored('a', { length: 500, time: NOW - 3 }), stored('b', { length: 10, time: NOW - 2 }), stored('c', { length: 10, time: NOW - 1 })];
    expect(overflow(all, { ...WIDE, maxStoredBytes: 519 }, NOW).queue_full).toEqual(['a']);
    expect(overflow(all, { ...WIDE, maxStoredBytes: 19 }, NOW).queue_full).toEqual(['a', 'b']);
  });

  test('is first what is too old, whatever it is worth, and it makes room for the rest', () => {
    const all = [stored('purchase of a year ago', { worth: 2, time: NOW - 365 * DAY }), stored('a'), stored('b')];
    expect(overflow(all, { ...WIDE, maxStoredEvents: 2 }, NOW)).toEqual({ too_old: ['purchase of a year ago'], queue_full: [] });
  });

  test('is not what the future holds: its clock was wrong, or ours is', () => {
    expect(overflow([stored('a', { time: NOW + 365 * DAY })], WIDE, NOW)).toEqual({ too_old: [], queue_full: [] });
  });

  const many = fc
    .array(fc.record({ length: fc.integer({ min: 1, max: 5000 }), worth: fc.integer({ min: 0, max: 2 }), age: fc.integer({ min: -5 * DAY, max: 60 * DAY }) }), { maxLength: 60 })
    .map((all) => all.map(({ length, worth, age }, index) => ({ id: `${index}`, length, worth, time: NOW - age })));
  const bounds = fc.record({ maxStoredEvents: fc.integer({ min: 1, max: 60 }), maxStoredBytes: fc.integer({ min: 1, max: 100_000 }), maxStoredDays: fc.integer({ min: 1, max: 60 }) });
  const each = (check: (all: Stored[], bounds: Bounds, gone: { too_old: string[]; queue_full: string[] }, rest: Stored[]) => void) =>
    fc.assert(
      fc.property(many, bounds, (all, limits) => {
        const gone = overflow(all, limits, NOW);
        const ids = new Set([...gone.too_old, ...gone.queue_full]);
        expect(ids.size).toBe(gone.too_old.length + gone.queue_full.length);
        check(all, limits, gone, all.filter(({ id }) => !ids.has(id)));
      }),
    );

  test('leaves what keeps within all bounds', () => {
    each((_all, { maxStoredEvents, maxStoredBytes, maxStoredDays }, _gone, rest) => {
      expect(rest.length).toBeLessThanOrEqual(maxStoredEvents);
      expect(rest.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(maxStoredBytes);
      for (const { time } of rest) expect(time).toBeGreaterThanOrEqual(NOW - maxStoredDays * DAY);
    });
  });

  test('is never more than needed: with the last that goes, there would be too many', () => {
    each((all, { maxStoredEvents, maxStoredBytes }, { queue_full: full }, rest) => {
      if (!full.length) return;
      const last = all.find(({ id }) => id === full.at(-1))!;
      const bytes = rest.reduce((sum, { length }) => sum + length, last.length);
      expect(rest.length + 1 > maxStoredEvents || bytes > maxStoredBytes).toBe(true);
    });
  });

  test('is never worth more than what stays, nor newer among equals', () => {
    each((all, _bounds, { queue_full: full }, rest) => {
      for (const gone of all.filter(({ id }) => full.includes(id))) {
        for (const kept of rest) {
          expect(gone.worth).toBeLessThanOrEqual(kept.worth);
          if (gone.worth === kept.worth) expect(gone.time).toBeLessThanOrEqual(kept.time);
        }
      }
    });
  });

  test('is a purchase only when nothing else is left', () => {
    each((all, _bounds, { queue_full: full }, rest) => {
      if (all.some(({ id, worth }) => worth === 2 && full.includes(id))) expect(rest.every(({ worth }) => worth === 2)).toBe(true);
    });
  });

  test('does not depend on the order in which events are found', () => {
    each((all, limits, gone) => {
      const times = new Set(all.map(({ time, worth }) => `${time} ${worth}`));
      if (times.size < all.length) return;
      const again = overflow([...all].reverse(), limits, NOW);
      expect(new Set(again.queue_full)).toEqual(new Set(gone.queue_full));
      expect(new Set(again.too_old)).toEqual(new Set(gone.too_old));
    });
  });
});
