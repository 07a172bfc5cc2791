import { expect, test } from 'vitest';
import { show } from '../../src/util/show.js';

test.each<[value: unknown, shown: string]>([
  ['a word', '"a word"'],
  ['', '""'],
  ['a "quote"\n', '"a \\"quote\\"\\n"'],
  [5, '5'],
  [NaN, 'NaN'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [10n, '10'],
  [Symbol('s'), 'Symbol(s)'],
  [{ secret: 1 }, 'object'],
  [['secret'], 'list'],
  [[], 'list'],
  [new Set(['secret']), 'object'],
  [() => 'secret', 'function'],
  [Object.create(null), 'object'],
  [{ toString: () => { throw new Error('no'); } }, 'object'],
])('names a value in a message: %#', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('does not cut an emoji in half', () => {
  expect(show(`${'x'.repeat(39)}😀`)).toBe(`"${'x'.repeat(39)}"`);
});

test('names no more than forty characters of a long text', () => {
  expect(show('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(40)}"`);
});
