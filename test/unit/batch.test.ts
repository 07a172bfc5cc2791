import { describe, expect, test } from 'vitest';
import { byteLength, nextBatch } from '../../src/delivery/batch.js';
import type { Row } from '../../src/delivery/row.js';

/** Rows with events of these sizes, in ASCII, that share one context of 10 bytes. */
const rows = (...sizes: number[]): Row[] => sizes.map((size, index) => ({ id: `${index}`, context: 'c'.repeat(10), event: 'e'.repeat(size) }));
const ids = (batch: Row[]) => batch.map(({ id }) => id).join(' ');

test.each([
  ['', 0],
  ['abc', 3],
  ['ä', 2],
  ['€', 3],
  ['😀', 4],
  ['\ud800', 3],
])('counts %j as the bytes on the wire: %i', (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
});

describe('a batch', () => {
  test.each<[promise: string, given: Row[], maxEvents: number, maxBytes: number, taken: string]>([
    ['takes everything that fits', rows(10, 10, 10), 50, 1000, '0 1 2'],
    ['takes nothing where there is nothing', [], 50, 1000, ''],
    ['takes no more events than allowed', rows(1, 1, 1, 1), 3, 1000, '0 1 2'],
    ['takes one where one is allowed', rows(1, 1), 1, 1000, '0'],
    ['takes exactly as many bytes as allowed', rows(30, 30, 30), 50, 10 + 60, '0 1'],
    ['takes one event less where a byte is missing', rows(30, 30, 30), 50, 10 + 59, '0'],
    ['takes an event that is larger than a batch alone', rows(500, 10), 50, 100, '0'],
    ['leaves an event that is larger than a batch for the next', rows(10, 500, 10), 50, 100, '0'],
    ['does not take later events past one that does not fit', rows(40, 80, 10), 50, 100, '0'],
    ['takes one event however small the bound', rows(10, 10), 50, 1, '0'],
    ['counts bytes, not letters', [...rows(0, 0)].map((row) => ({ ...row, event: '€'.repeat(20) })), 50, 10 + 60, '0'],
  ])('%s', (_promise, given, maxEvents, maxBytes, taken) => {
    expect(ids(nextBatch(given, maxEvents, maxBytes))).toBe(taken);
  });

  test('counts a context that events share once', () => {
    const shared = Array.from({ length: 5 }, (_, index) => ({ id: `${index}`, context: 'c'.repeat(50), event: 'e'.repeat(10) }));
    expect(nextBatch(shared, 50, 100)).toHaveLength(5);
    const apart = shared.map((row, index) => ({ ...row, context: `${index}`.repeat(50) }));
    expect(nextBatch(apart, 50, 100)).toHaveLength(1);
  });

  test('counts a context once also where another came between', () => {
    const mixed = ['a', 'b', 'a', 'b'].map((letter, index) => ({ id: `${index}`, context: letter.repeat(20), event: 'e'.repeat(10) }));
    expect(nextBatch(mixed, 50, 80)).toHaveLength(4);
    expect(nextBatch(mixed, 50, 79)).toHaveLength(3);
  });

  test('leaves the rows as they were', () => {
    const given = Object.freeze(rows(10, 500));
    expect(nextBatch(given, 1, 100)[0]).toBe(given[0]);
  });
});
