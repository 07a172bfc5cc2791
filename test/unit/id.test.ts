import { beforeEach, describe, expect, test, vi } from 'vitest';

const NOON = Date.UTC(2026, 5, 1, 12);

/** A page of its own: the module remembers the latest id. */
let page: typeof import('../../src/util/id.js');
beforeEach(async () => {
  vi.resetModules();
  page = await import('../../src/util/id.js');
});

const timeOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

describe('an event id', () => {
  test('is a UUID of version 7 that says when it was made', () => {
    for (const now of [0, 1, NOON, NOON + 0.5, 2 ** 42]) {
      expect(page.timeId(now)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    vi.resetModules();
    const before = Date.now();
    const time = timeOf(page.timeId());
    expect(time).toBeGreaterThanOrEqual(before);
  });

  test('says the millisecond it was given', () => {
    expect(timeOf(page.timeId(NOON))).toBe(NOON);
    expect(timeOf(page.timeId(NOON + 1))).toBe(NOON + 1);
  });

  test('sorts behind the one before, also within a millisecond', () => {
    const ids = Array.from({ length: 5000 }, () => page.timeId(NOON));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(5000);
  });

  test('sorts behind the one before, also when the clock steps back', () => {
    const ids = [NOON, NOON + 5, NOON - 3_600_000, NOON - 1, NOON + 4, NOON + 6, 0].map((now) => page.timeId(now));
    expect([...ids].sort()).toEqual(ids);
  });

  test('is of the clock again once that has caught up', () => {
    page.timeId(NOON);
    page.timeId(NOON - 10);
    expect(timeOf(page.timeId(NOON + 20))).toBe(NOON + 20);
  });

  test('is never the same twice in ten thousand, nor in two pages at the same moment', async () => {
    const ids = Array.from({ length: 10_000 }, () => page.timeId(NOON));
    vi.resetModules();
    const other = await import('../../src/util/id.js');
    ids.push(...Array.from({ length: 10_000 }, () => other.timeId(NOON)));
    expect(new Set(ids).size).toBe(20_000);
  });
});

describe('a visitor id', () => {
  test('is a UUID of version 4', () => {
    for (let count = 0; count < 1000; count++) {
      expect(page.randomId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  test('is never the same twice in ten thousand', () => {
    expect(new Set(Array.from({ length: 10_000 }, page.randomId)).size).toBe(10_000);
  });

  test('says nothing of the time: every free digit takes every value', () => {
    const ids = Array.from({ length: 2000 }, page.randomId);
    const free = [...Array(36).keys()].filter((at) => ![8, 13, 14, 18, 19, 23].includes(at));
    for (const at of free) expect(new Set(ids.map((id) => id[at])).size).toBe(16);
  });
});

test.each([0, 1, 12, 30])('random text has the length asked for: %i', (length) => {
  expect(page.randomHex(length)).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
});
