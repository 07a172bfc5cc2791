import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { toJson, writeJson } from '../../src/util/json.js';

/** What is written of a value, read again, and which properties were told as lost. */
function written(value: unknown, room?: number) {
  const told: string[] = [];
  const text = toJson(value, told, room);
  return { value: JSON.parse(text) as Record<string, unknown>, lost: [...new Set(told.map((each) => each.replace(/:.*/, '')))], told };
}

const cycle: Record<string, unknown> = { name: 'a cycle' };
cycle.self = cycle;

class Money {
  constructor(readonly amount: number) {}
}

describe('plain data', () => {
  test.each<[value: object, expected?: object]>([
    [{}],
    [{ text: 'a', number: 1.5, yes: true, no: false, nothing: null }],
    [{ items: [{ item_id: 'A1', quantity: 2 }, []], deep: { deeper: { deepest: [1, [2, [3]]] } } }],
    [{ '': 'an empty name', 'a "quote"': 'b\n\t\\', ünï: '🙂' }],
    [{ left_out: undefined, kept: 1 }, { kept: 1 }],
    [{ list: [undefined, 1] }, { list: [null, 1] }],
    [{ endless: Infinity, none: NaN, minus: -0 }, { endless: null, none: null, minus: 0 }],
    [{ date: new Date(Date.UTC(2026, 5, 1)) }, { date: '2026-06-01T00:00:00.000Z' }],
    [{ date: new Date(NaN) }, { date: null }],
    [{ address: new URL('https://shop.example/a') }, { address: 'https://shop.example/a' }],
    [{ price: { toJSON: () => 12 } }, { price: 12 }],
    [{ money: new Money(5) }, { money: { amount: 5 } }],
    [{ boxed: [Object('a'), Object(1), Object(true)] }, { boxed: ['a', 1, true] }],
    [Object.assign(Object.create(null), { kept: 1 }), { kept: 1 }],
    [{ inner: Object.assign(Object.create(null), { kept: 1 }) }, { inner: { kept: 1 } }],
    [Object.assign(Object.create({ inherited: 1 }), { kept: 1 }), { kept: 1 }],
  ])('is written as it is: %#', (value, expected = value) => {
    expect(written(value)).toMatchObject({ value: expected, lost: [] });
  });

  test('is written as a copy: what the shop changes later does not reach it', () => {
    const properties = { items: [{ item_id: 'A1' }] };
    const text = toJson(properties);
    properties.items[0]!.item_id = 'B2';
    expect(text).toBe('{"items":[{"item_id":"A1"}]}');
  });
});

describe('what is no plain data', () => {
  test.each<[what: string, bad: unknown]>([
    ['a function', () => 'secret'],
    ['a class', Money],
    ['a symbol', Symbol('s')],
    ['a BigInt', 10n],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a WeakMap', new WeakMap()],
    ['an error', new Error('secret')],
    ['a regular expression', /a/],
    ['a promise', Promise.resolve(1)],
    ['a typed array', new Uint8Array(8)],
    ['a buffer', new ArrayBuffer(8)],
    ['an iterator', [][Symbol.iterator]()],
    ['a module’s namespace', { [Symbol.toStringTag]: 'Module' }],
    ['an object that says it is an element', { [Symbol.toStringTag]: 'HTMLDivElement', innerHTML: 'secret' }],
    ['a cycle', cycle],
    ['a list that holds itself', (() => { const list: unknown[] = []; list.push(list); return list; })()],
    ['a getter that throws', { get price() { throw new Error('no'); } }],
    ['a toJSON that throws', { toJSON: () => { throw new Error('no'); } }],
    ['a toJSON that returns a function', { toJSON: () => () => 1 }],
    ['a Proxy that throws', new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } })],
    ['a revoked Proxy', (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()],
    ['an object whose kind cannot be asked', { get [Symbol.toStringTag]() { throw new Error('no'); } }],
    ['endless depth', (() => { let deep: object = {}; for (let level = 0; level < 100_000; level++) deep = { deep }; return deep; })()],
  ])('is left out and told, and the rest stays: %s', (_what, bad) => {
    expect(written({ before: 1, bad, after: 2 })).toEqual({ value: { before: 1, after: 2 }, lost: ['bad'], told: expect.arrayContaining(['bad: no plain data']) });
  });

  test('is left out of what holds it, which stays', () => {
    expect(written({ item: { item_id: 'A1', onClick: () => 1, tags: ['a', Symbol('s'), 10n] } })).toMatchObject({
      value: { item: { item_id: 'A1', tags: ['a', null, null] } },
      lost: ['item'],
    });
  });

  test('is left out where a getter of the whole throws, and the rest stays', () => {
    const properties = {
      before: 1,
      get bad(): never {
        throw new Error('no');
      },
      after: 2,
    };
    expect(written(properties)).toMatchObject({ value: { before: 1, after: 2 }, lost: ['bad'], told: expect.arrayContaining(['bad: no plain data']) });
  });

  test.each<[what: string, value: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'purchase'],
    ['a number', 7],
    ['a list', [1, 2]],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 10n],
    ['a Map', new Map([['a', 1]])],
    ['an error', new Error('no')],
    ['a date', new Date()],
  ])('makes an empty object of %s, and tells it', (_what, value) => {
    expect(JSON.parse(toJson(value, undefined))).toEqual({});
    const lost: string[] = [];
    toJson(value, lost);
    expect(lost).toEqual(['properties: no plain data']);
  });
});

describe('what is long', () => {
  const MEGABYTE = 'x'.repeat(1_000_000);

  test('is cut and told: a text of a megabyte keeps its beginning', () => {
    const { value, lost } = written({ text: MEGABYTE, inner: { text: MEGABYTE }, list: [MEGABYTE], short: 'a' });
    expect(JSON.stringify(value).length).toBeLessThan(5000);
    expect(value).toMatchObject({ text: expect.stringMatching(/^x{100,}$/), inner: { text: expect.stringMatching(/^x{100,}$/) }, short: 'a' });
    expect(lost).toEqual(['text', 'inner', 'list']);
  });

  test('is kept whole up to 1024 characters', () => {
    const text = 'x'.repeat(1024);
    expect(written({ text })).toMatchObject({ value: { text }, lost: [] });
    expect(written({ text: `${text}x` })).toMatchObject({ value: { text }, told: ['text: cut at 1024 characters'] });
  });

  test('is not cut inside an emoji', () => {
    const text = 'x'.repeat(1023);
    expect(written({ text: `${text}😀`, list: [`${text}😀`] }).value).toEqual({ text, list: [text] });
    expect(written({ text: `${'x'.repeat(1022)}😀x` }).value).toEqual({ text: `${'x'.repeat(1022)}😀` });
  });

  test('is left out and told where it makes the whole too long', () => {
    const { value, told: lost } = written({ first: 'a', long: Array(1000).fill(12345) }, 500);
    expect(value).toEqual({ first: 'a' });
    expect(lost).toEqual(['long: too long, left out']);
  });

  test('has room of its own where it is the lines of an order', () => {
    const items = Array.from({ length: 500 }, (_, index) => ({ item_id: `A${index}`, description: 'x'.repeat(1000) }));
    expect(written({ items, other: 'y'.repeat(400), items_again: items }, 500)).toMatchObject({ value: { items, other: 'y'.repeat(400) }, told: ['items_again: too long, left out'] });
    expect(written({ items: Array(2000).fill(items[0]), other: 1 }, 500)).toMatchObject({ value: { other: 1 }, told: ['items: too long, left out'] });
  });

  test('stays within the room when it is many', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 'x'.repeat(100)]));
    const lost: string[] = [];
    const text = toJson(many, lost, 16_000);
    expect(text.length).toBeLessThan(20_000);
    expect(lost.length).toBeGreaterThan(9000);
    expect(JSON.parse(text)).toMatchObject({ p0: 'x'.repeat(100) });
  });
});

describe('strange names and letters', () => {
  test('does not take a property called __proto__ for the prototype', () => {
    const given = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"kept":1}') as object;
    const { value } = written(given);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(value.kept).toBe(1);
  });

  test('are written so that everybody can read them; half a pair of surrogates is the character for what cannot be read', () => {
    const text = writeJson({ 'half\ud83d': '\ude00 and \ud800', whole: '😀', nul: '\u0000\u2028', spelt: '\\ud83d and \\\\ud83d' });
    expect(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(text))).toBe(text);
    expect(JSON.parse(text)).toEqual({ 'half\ufffd': '\ufffd and \ufffd', whole: '😀', nul: '\u0000\u2028', spelt: '\\ud83d and \\\\ud83d' });
  });
});

describe('with an old Prototype.js in the page', () => {
  const prototype = Array.prototype as { toJSON?: unknown };
  afterEach(() => {
    delete prototype.toJSON;
  });

  test('lists stay lists', () => {
    // What Prototype.js 1.6 does: a text where JSON.stringify expects a value.
    Object.defineProperty(prototype, 'toJSON', {
      configurable: true,
      value(this: unknown[]) {
        return `[${this.join(', ')}]`;
      },
    });
    const text = toJson({ items: [{ item_id: 'A1', tags: ['a', 'b'] }], empty: [] });
    delete prototype.toJSON;
    expect(JSON.parse(text)).toEqual({ items: [{ item_id: 'A1', tags: ['a', 'b'] }], empty: [] });
  });
});

test('never throws, and what it writes can always be read, whatever it is given', () => {
  const hostile = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true, withBoxedValues: true, withObjectString: true }),
    fc.func(fc.anything()),
    fc.constantFrom(cycle, Symbol('s'), 'x'.repeat(5000)),
  );
  fc.assert(
    fc.property(fc.oneof(hostile, fc.dictionary(fc.string({ unit: 'binary' }), hostile)), (value) => {
      const read: unknown = JSON.parse(toJson(value));
      expect(Object.prototype.toString.call(read)).toBe('[object Object]');
    }),
  );
});

test('keeps what any JSON holds, so long as its texts are short', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      expect(JSON.stringify(written(value).value)).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))));
    }),
  );
});
