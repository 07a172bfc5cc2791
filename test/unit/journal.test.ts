// @vitest-environment happy-dom
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createJournal, type Left } from '../../src/delivery/journal.js';
import type { Row } from '../../src/delivery/row.js';

const PREFIX = 'waymark-test-';
const NOTHING: Left = { rows: [], sent: {} };
const row = (id: string, length = 10): Row => ({ id, context: '{}', event: 'x'.repeat(length) });
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);
/** Another page of the site. */
const open = () => createJournal(PREFIX, () => true);
/** The lines of all pages. */
const lines = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe('a journal', () => {
  test('has nothing where nobody left anything, and leaves no trace of itself', () => {
    const journal = open();
    expect(journal.take()).toEqual(NOTHING);
    journal.add(NOTHING);
    journal.clear(['a']);
    expect(localStorage.length).toBe(0);
  });

  test('gives the next page what this one has left, and that page alone', () => {
    open().add({ rows: [row('a')], sent: { batch: ['b'] } });
    expect(open().take()).toEqual({ rows: [row('a')], sent: { batch: ['b'] } });
    expect(lines()).toHaveLength(1);
  });

  test('of a page that took over and is gone, too, without having stored anything, comes to the one after it', () => {
    open().add({ rows: [row('a')], sent: { x: ['1'] } });
    open().take();
    expect(open().take()).toEqual({ rows: [row('a')], sent: { x: ['1'] } });
  });

  test('keeps what several pages leave at the same time', () => {
    const [one, other] = [open(), open()];
    one.add({ rows: [row('a')], sent: { x: ['1'] } });
    other.add({ rows: [row('b')], sent: { y: ['2', '3'] } });
    one.add({ rows: [row('c')], sent: {} });
    const { rows, sent } = open().take();
    expect(ids(rows).sort()).toEqual(['a', 'b', 'c']);
    expect(sent).toEqual({ x: ['1'], y: ['2', '3'] });
    expect(lines()).toHaveLength(1);
  });

  test('has each event once, however often it is left', () => {
    const journal = open();
    journal.add({ rows: [row('a'), row('b')], sent: {} });
    journal.add({ rows: [row('b'), row('c')], sent: {} });
    open().add({ rows: [row('c'), row('d')], sent: {} });
    expect(ids(open().take().rows).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('loses only what has found its way, of both kinds, and is gone when it is empty', () => {
    const journal = open();
    journal.add({ rows: [row('a'), row('b')], sent: { c: ['1'], d: ['a', '2'] } });
    journal.clear(['a', 'c', 'unknown']);
    expect(journal.take()).toEqual({ rows: [row('b')], sent: { d: ['a', '2'] } });
    journal.clear(['b', 'd']);
    expect(lines()).toEqual([]);
  });

  test('is that of one tracker', () => {
    createJournal('waymark-other-', () => true).add({ rows: [row('a')], sent: {} });
    expect(open().take()).toEqual(NOTHING);
    expect(createJournal('waymark-other-', () => true).take().rows).toHaveLength(1);
  });

  test('takes less than 64,000 characters a page of the shop’s storage: what comes first stays', () => {
    const journal = open();
    journal.add({ rows: Array.from({ length: 100 }, (_, index) => row(`${index}`, 1000)), sent: {} });
    expect(localStorage.getItem(lines()[0]!)!.length).toBeLessThan(64_000);
    const left = ids(open().take().rows);
    expect(left.length).toBeGreaterThan(30);
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => `${index}`));
  });

  test('passes over an event that is larger than itself, not over the batches and events beside it', () => {
    open().add({ rows: [row('huge', 70_000), row('a'), row('long', 50_000), row('longer', 51_000), row('b')], sent: { x: ['1'] } });
    const { rows, sent } = open().take();
    expect([ids(rows), sent]).toEqual([['a', 'long', 'b'], { x: ['1'] }]);
  });

  test('keeps within its bound whatever is left, and has the first event, as long as that fits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        localStorage.clear();
        const journal = open();
        lengths.forEach((length, index) => journal.add({ rows: [row(`${index}`, length)], sent: {} }));
        for (const key of lines()) expect(localStorage.getItem(key)!.length).toBeLessThan(64_000);
        expect(ids(open().take().rows)[0]).toBe('0');
      }),
      { numRuns: 50 },
    );
  });
});

describe('where something else lies in its place', () => {
  test.each([
    'nonsense', '', 'null', '5', '"text"', '[]', '{}', 'true',
    '{"rows":5,"sent":{}}', '{"rows":[],"sent":null}', '{"rows":null,"sent":{}}', '{"sent":{"a":["b"]}}', '{"rows":[],"sent":{"a":5}}', '{"rows":[],"sent":{"a":[5]}}',
  ])('%s is read as nothing, and taken out', (text) => {
    localStorage.setItem(`${PREFIX}1`, text);
    const journal = open();
    expect(journal.take()).toEqual(NOTHING);
    expect(lines()).toEqual([]);
    journal.add({ rows: [row('a')], sent: {} });
    expect(ids(open().take().rows)).toEqual(['a']);
  });

  test.each([
    ['null', '[null]'],
    ['a number', '[5]'],
    ['a text', '["text"]'],
    ['an object without fields', '[{}]'],
    ['a row without an event', '[{"id":"b","context":"{}"}]'],
    ['a row whose event is a number', '[{"id":"b","context":"{}","event":5}]'],
    ['a row whose id is a number', '[{"id":7,"context":"{}","event":"{}"}]'],
  ])('%s among the rows harms nobody', (_what, rows) => {
    localStorage.setItem(`${PREFIX}1`, `{"rows":${rows},"sent":{}}`);
    open().add({ rows: [row('a')], sent: {} });
    expect(ids(open().take().rows)).toEqual(['a']);
  });

  test('what is called otherwise stays the shop’s', () => {
    localStorage.setItem('cart', '{"rows":[],"sent":{}}');
    localStorage.setItem('waymark-tes', 'x');
    open().take();
    expect(localStorage.getItem('cart')).toBe('{"rows":[],"sent":{}}');
    expect(localStorage.getItem('waymark-tes')).toBe('x');
  });
});

describe('where localStorage is refused', () => {
  const refuse = () => {
    throw new DOMException('refused', 'SecurityError');
  };
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  /** Nothing throws, and nothing is left for another page. */
  function tryAll(): void {
    const journal = open();
    expect(() => journal.add({ rows: [row('a')], sent: { x: ['b'] } })).not.toThrow();
    expect(() => journal.take()).not.toThrow();
    expect(() => journal.clear(['a'])).not.toThrow();
    expect(open().take()).toEqual(NOTHING);
  }

  test.each<[what: string, storage: unknown]>([
    ['throws at everything', { getItem: refuse, setItem: refuse, removeItem: refuse }],
    ['is full', { getItem: () => null, setItem: full, removeItem() {} }],
    ['is null', null],
    ['is missing', undefined],
  ])('or %s, nothing is left, and nothing throws', (_what, storage) => {
    vi.stubGlobal('localStorage', storage);
    tryAll();
  });

  test('or throws when it is looked at, nothing is left, and nothing throws', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')!;
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: refuse });
    try {
      tryAll();
    } finally {
      Object.defineProperty(globalThis, 'localStorage', before);
    }
  });
});
