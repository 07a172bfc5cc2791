// @vitest-environment happy-dom
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandOver, type Left } from '../../src/outbox/hand-over.js';
import { createDraft, type Draft } from '../../src/event/draft.js';
import { idsOf, type StoredRow } from '../../src/outbox/stored-event.js';
import { newEvents, nextOf, openOutboxPage, storedRows, useStorage } from '../helpers/queue-page.js';

const PREFIX = 'waymark-test-';
const NOTHING: Left = { values: {}, sent: {} };
const row = (id: string, length = 10): StoredRow => [{ id, context: '{}', event: 'x'.repeat(length) }];
const ids = ({ values }: Left) => Object.keys(values);
/** What is left of events, by key. */
const of = (...rows: StoredRow[]) => Object.fromEntries(rows.map((each) => [each[0]!.id, each]));
/** Another page of the site. */
const open = () => createHandOver(PREFIX, () => true);
/** The lines of all pages. */
const lines = (prefix = PREFIX) => Object.keys(localStorage).filter((key) => key.startsWith(prefix));

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe('what is handed over', () => {
  test('has nothing where nobody left anything, and leaves no trace of itself', () => {
    const handOver = open();
    expect(handOver.take()).toEqual(NOTHING);
    handOver.add(NOTHING);
    handOver.clear(['a']);
    expect(localStorage.length).toBe(0);
  });

  test('gives the next page what this one has left, and that page alone', () => {
    open().add({ values: of(row('a')), sent: { batch: ['b'] } });
    expect(open().take()).toEqual({ values: of(row('a')), sent: { batch: ['b'] } });
    expect(lines()).toHaveLength(1);
  });

  test('of a page that took over and is gone, too, without having stored anything, comes to the one after it', () => {
    open().add({ values: of(row('a')), sent: { x: ['1'] } });
    open().take();
    expect(open().take()).toEqual({ values: of(row('a')), sent: { x: ['1'] } });
  });

  test('keeps what several pages leave at the same time', () => {
    const [one, other] = [open(), open()];
    one.add({ values: of(row('a')), sent: { x: ['1'] } });
    other.add({ values: of(row('b')), sent: { y: ['2', '3'] } });
    one.add({ values: of(row('c')), sent: {} });
    const left = open().take();
    const { sent } = left;
    expect(ids(left).sort()).toEqual(['a', 'b', 'c']);
    expect(sent).toEqual({ x: ['1'], y: ['2', '3'] });
    expect(lines()).toHaveLength(1);
  });

  test('has each event once, however often it is left', () => {
    const handOver = open();
    handOver.add({ values: of(row('a'), row('b')), sent: {} });
    handOver.add({ values: of(row('b'), row('c')), sent: {} });
    open().add({ values: of(row('c'), row('d')), sent: {} });
    expect(ids(open().take()).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('loses only what has found its way, of both kinds, and is gone when it is empty', () => {
    const handOver = open();
    handOver.add({ values: of(row('a'), row('b')), sent: { c: ['1'], d: ['a', '2'] } });
    handOver.clear(['a', 'c', 'unknown']);
    expect(handOver.take()).toEqual({ values: of(row('b')), sent: { d: ['a', '2'] } });
    handOver.clear(['b', 'd']);
    expect(lines()).toEqual([]);
  });

  test('tells what is to be deleted, too', () => {
    open().add({ values: { ...of(row('a')), b: null } });
    expect(open().take().values).toEqual({ ...of(row('a')), b: null });
  });

  test('is that of one tracker', () => {
    createHandOver('waymark-other-', () => true).add({ values: of(row('a')), sent: {} });
    expect(open().take()).toEqual(NOTHING);
    expect(ids(createHandOver('waymark-other-', () => true).take())).toHaveLength(1);
  });

  test('takes less than 64,000 characters a page of the shop’s storage: what comes first stays', () => {
    const handOver = open();
    handOver.add({ values: of(...Array.from({ length: 100 }, (_, index) => row(`${index}`, 1000))), sent: {} });
    expect(localStorage.getItem(lines()[0]!)!.length).toBeLessThan(64_000);
    const left = ids(open().take());
    expect(left.length).toBeGreaterThan(30);
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => `${index}`));
  });

  test('passes over an event that is larger than itself, not over the batches and events beside it', () => {
    open().add({
      values: of(row('huge', 70_000), row('a'), row('long', 50_000), row('longer', 51_000), row('b')),
      sent: { x: ['1'] },
    });
    const left = open().take();
    const { sent } = left;
    expect([ids(left), sent]).toEqual([['a', 'long', 'b'], { x: ['1'] }]);
  });

  test('keeps within its bound whatever is left, and has the first event, as long as that fits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        localStorage.clear();
        const handOver = open();
        lengths.forEach((length, index) => handOver.add({ values: of(row(`${index}`, length)), sent: {} }));
        for (const key of lines()) expect(localStorage.getItem(key)!.length).toBeLessThan(64_000);
        expect(ids(open().take())[0]).toBe('0');
      }),
      { numRuns: 50 },
    );
  });
});

describe('what an outbox leaves as its page is left', () => {
  useStorage();
  const draft = (id: string): Draft => createDraft({ id, name: 'a', time: Date.now(), properties: {}, context: {} });

  test('are its events, its drafts and what is to be deleted, which the next page takes over, and clears', async () => {
    const first = openOutboxPage();
    const [stored, late] = newEvents(2);
    await first.outbox.load();
    first.outbox.put(stored!);
    first.outbox.drafts.put(draft('gone'));
    first.outbox.drafts.put(draft('1'));
    await first.outbox.store.written();
    // From now on, nothing is written.
    let isSlow = true;
    const broken = openOutboxPage({ hangs: () => isSlow });
    isSlow = false;
    await broken.outbox.load();
    expect(await nextOf(broken.outbox)).toEqual([stored]);
    isSlow = true;
    broken.outbox.settle([stored!.id], broken.outbox.health());
    broken.outbox.put(late!);
    broken.outbox.drafts.put(draft('2'));
    broken.outbox.drafts.remove(draft('gone'));
    broken.outbox.leave(true, { batch: ['x'] });
    first.outbox.leave(true, {});
    const next = openOutboxPage();
    const loaded = await next.outbox.load();
    expect(loaded!.drafts.map(({ id }) => id)).toEqual(['1', '2']);
    expect(await storedRows(next.outbox)).toEqual([[late]]);
    expect(idsOf(await nextOf(next.outbox))).toEqual([late!.id]);
    expect(next.outbox.health().unsure).toEqual({ batch: ['x'] });
    expect(lines('waymark-test:')).toEqual([]);
    // It has them now: nobody else takes them up meanwhile.
    expect((await openOutboxPage().outbox.load())!.drafts).toEqual([]);
  });

  test.each([
    ['a number', '{"b":5}'],
    ['a text', '{"b":"text"}'],
    ['an object without fields', '{"b":{}}'],
    ['a row of an object without fields', '{"b":[{}]}'],
    ['a row of an event without a text', '{"b":[{"id":"b","context":"{}"}]}'],
    ['a row of an event that is a number', '{"b":[{"id":"b","context":"{}","event":5}]}'],
    ['a row of an event whose id is a number', '{"b":[{"id":7,"context":"{}","event":"{}"}]}'],
    ['a draft that is none', '{"!b":{"id":"b"}}'],
    ['a visitor that is none', '{"visitor":5}'],
    ['the health of a collector that is none', '{"health":{"failures":"x"}}'],
    ['a lease that is none', '{"lease":{"owner":5,"until":"x"}}'],
  ])('harms nobody where %s is among it', async (_what, values) => {
    localStorage.setItem('waymark-test:1', `{"values":${values},"sent":{}}`);
    createHandOver('waymark-test:', () => true).add({ values: of(row('a')), sent: {} });
    const { outbox } = openOutboxPage();
    const loaded = await outbox.load();
    expect(loaded!.drafts).toEqual([]);
    expect(idsOf(await nextOf(outbox))).toEqual(['a']);
    expect(idsOf((await storedRows(outbox)).flat())).toEqual(['a']);
    expect(outbox.health().failures).toBe(0);
  });
});

describe('where something else lies in its place', () => {
  test.each([
    'nonsense',
    '',
    'null',
    '5',
    '"text"',
    '[]',
    '{}',
    'true',
    '{"values":5,"sent":{}}',
    '{"values":{},"sent":null}',
    '{"values":null,"sent":{}}',
    '{"sent":{"a":["b",5]}}',
    '{"values":[],"sent":{"a":5}}',
    '{"values":[],"sent":{"a":[5]}}',
  ])('%s is read as nothing, and taken out', (text) => {
    localStorage.setItem(`${PREFIX}1`, text);
    const handOver = open();
    expect(handOver.take()).toEqual(NOTHING);
    expect(lines()).toEqual([]);
    handOver.add({ values: of(row('a')), sent: {} });
    expect(ids(open().take())).toEqual(['a']);
  });

  test('what is called otherwise stays the shop’s', () => {
    localStorage.setItem('cart', '{"values":[],"sent":{}}');
    localStorage.setItem('waymark-tes', 'x');
    open().take();
    expect(localStorage.getItem('cart')).toBe('{"values":[],"sent":{}}');
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
    const handOver = open();
    expect(() => handOver.add({ values: of(row('a')), sent: { x: ['b'] } })).not.toThrow();
    expect(() => handOver.take()).not.toThrow();
    expect(() => handOver.clear(['a'])).not.toThrow();
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
