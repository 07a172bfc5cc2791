import { describe, expect, test } from 'vitest';
import { changeCart, valueOf, type Lines } from '../../src/commerce/cart.js';
import type { Item } from '../../src/commerce/item.js';

/** Written `2 A1`, `2 A1/red` or `2 A1/red@19.9`: how many of which product, of which variant, and at what price. */
function line(text: string): Item {
  const [, quantity, item_id, item_variant, price] = /^(\S+) ([^/@]+)(?:\/([^@]+))?(?:@(.+))?$/.exec(text)!;
  return { item_id: item_id!, quantity: Number(quantity), ...(item_variant ? { item_variant } : {}), ...(price ? { price: Number(price) } : {}) };
}
const lines = (texts: string[]): Item[] => texts.map(line);
const written = (cart: Lines) =>
  cart.map(({ item_id, item_variant, price, quantity }) => `${quantity} ${item_id}${item_variant ? `/${item_variant}` : ''}${price === undefined ? '' : `@${price}`}`);

type Row = [promise: string, cart: string[], items: string[], after: string[], added: string[], removed: string[]];

describe('adding', () => {
  test.each<Row>([
    ['puts the first item in', [], ['1 A'], ['1 A'], ['1 A'], []],
    ['puts another product in behind', ['1 A'], ['2 B'], ['1 A', '2 B'], ['2 B'], []],
    ['makes one line of the same product', ['1 A', '1 B'], ['2 A'], ['3 A', '1 B'], ['2 A'], []],
    ['makes one line of the same product named twice in one call', [], ['1 A', '2 A'], ['3 A'], ['3 A'], []],
    ['keeps variants apart', ['1 A/red'], ['1 A/blue'], ['1 A/red', '1 A/blue'], ['1 A/blue'], []],
    ['makes one line of the same variant', ['1 A/red'], ['1 A/red'], ['2 A/red'], ['1 A/red'], []],
    ['keeps a product without variant apart from one with', ['1 A'], ['1 A/red'], ['1 A', '1 A/red'], ['1 A/red'], []],
    ['of nothing changes nothing', ['1 A'], [], ['1 A'], [], []],
    ['at one of several prices goes to the line of that price', ['1 A@20', '1 A@15'], ['2 A@15'], ['1 A@20', '3 A@15'], ['2 A@15'], []],
    ['at yet another price is a line of its own', ['1 A@20', '1 A@15'], ['1 A@18'], ['1 A@20', '1 A@15', '1 A@18'], ['1 A@18'], []],
    ['without a price goes to the first line', ['1 A@20', '1 A@15'], ['1 A'], ['2 A@20', '1 A@15'], ['1 A@20'], []],
    ['parts of a whole leaves no noise', ['0.1 A'], ['0.2 A'], ['0.3 A'], ['0.2 A'], []],
  ])('%s', (_promise, cart, items, after, added, removed) => {
    const change = changeCart(lines(cart), lines(items), 1);
    expect([written(change.items), written(change.added), written(change.removed)]).toEqual([after, added, removed]);
  });
});

describe('taking out', () => {
  test.each<Row>([
    ['some of them leaves the rest', ['3 A', '1 B'], ['1 A'], ['2 A', '1 B'], [], ['1 A']],
    ['as many as there are leaves none', ['3 A', '1 B'], ['3 A'], ['1 B'], [], ['3 A']],
    ['more than there are takes out what there is', ['3 A'], ['5 A'], [], [], ['3 A']],
    ['all of a product takes out what there is', ['3 A', '2 B'], ['Infinity A'], ['2 B'], [], ['3 A']],
    ['what is not there takes out nothing', ['3 A'], ['1 B'], ['3 A'], [], []],
    ['of an empty cart takes out nothing', [], ['1 A', 'Infinity B'], [], [], []],
    ['all of a product takes out all variants and all prices of it', ['1 A/red@20', '2 B', '3 A/blue', '1 A', '1 A/red@15'], ['Infinity A'], ['2 B'], [], ['1 A/red@20', '3 A/blue', '1 A', '1 A/red@15']],
    ['one without a variant takes out one', ['1 A/red', '3 A/blue'], ['1 A'], ['3 A/blue'], [], ['1 A/red']],
    ['one without a variant takes out first what has none', ['1 A/red', '2 A'], ['1 A'], ['1 A/red', '1 A'], [], ['1 A']],
    ['several without a variant goes through the lines', ['1 A/red', '3 A/blue'], ['2 A'], ['2 A/blue'], [], ['1 A/red', '1 A/blue']],
    ['a variant takes out what was put in without one', ['2 A', '1 B'], ['1 A/red'], ['1 A', '1 B'], [], ['1 A']],
    ['all of a variant leaves the others', ['1 A/red@20', '1 A/red@15', '1 A/blue'], ['Infinity A/red'], ['1 A/blue'], [], ['1 A/red@20', '1 A/red@15']],
    ['one at a price takes out one of that price', ['1 A@20', '1 A@15'], ['1 A@15'], ['1 A@20'], [], ['1 A@15']],
    ['one at a price that nothing has takes out one all the same', ['1 A@20', '1 A@15'], ['1 A@7'], ['1 A@15'], [], ['1 A@20']],
    ['all of a product that names its price takes out all of it', ['1 A@20', '1 A@15'], ['Infinity A@15'], [], [], ['1 A@20', '1 A@15']],
    ['parts of a whole leaves none', ['0.3 A'], ['0.1 A', '0.2 A'], [], [], ['0.3 A']],
    ['another variant takes out nothing', ['3 A/red'], ['1 A/blue'], ['3 A/red'], [], []],
    ['one variant leaves the other', ['1 A/red', '1 A/blue'], ['1 A/red'], ['1 A/blue'], [], ['1 A/red']],
    ['several products at once takes out each', ['1 A', '2 B', '3 C'], ['1 A', '1 B'], ['1 B', '3 C'], [], ['1 A', '1 B']],
  ])('%s', (_promise, cart, items, after, added, removed) => {
    const change = changeCart(lines(cart), lines(items), -1);
    expect([written(change.items), written(change.added), written(change.removed)]).toEqual([after, added, removed]);
  });
});

describe('saying what is in the cart now', () => {
  test.each<Row>([
    ['tells nothing where nothing differs', ['1 A', '2 B'], ['1 A', '2 B'], ['1 A', '2 B'], [], []],
    ['tells nothing where only the order differs', ['1 A', '2 B'], ['2 B', '1 A'], ['2 B', '1 A'], [], []],
    ['tells what is new', ['1 A'], ['1 A', '2 B'], ['1 A', '2 B'], ['2 B'], []],
    ['tells of how many more there are', ['1 A'], ['4 A'], ['4 A'], ['3 A'], []],
    ['tells of how many fewer there are', ['4 A'], ['1 A'], ['1 A'], [], ['3 A']],
    ['tells what is gone', ['1 A', '2 B'], ['2 B'], ['2 B'], [], ['1 A']],
    ['tells what came and what went', ['1 A', '2 B'], ['3 B', '1 C'], ['3 B', '1 C'], ['1 B', '1 C'], ['1 A']],
    ['tells a change of variant as one gone and one new', ['1 A/red'], ['1 A/blue'], ['1 A/blue'], ['1 A/blue'], ['1 A/red']],
    ['tells everything gone where the cart is empty now', ['1 A', '2 B'], [], [], [], ['1 A', '2 B']],
    ['adds up lines of the same product', [], ['1 A', '1 A'], ['2 A'], ['2 A'], []],
    ['adds up lines of the same price', [], ['1 A@20', '2 A@20'], ['3 A@20'], ['3 A@20'], []],
    ['keeps two prices of one product', [], ['1 A@20', '2 A@15'], ['1 A@20', '2 A@15'], ['1 A@20', '2 A@15'], []],
    ['keeps two prices of one variant', [], ['1 A/red@20', '2 A/red@15'], ['1 A/red@20', '2 A/red@15'], ['1 A/red@20', '2 A/red@15'], []],
    ['tells nothing where two prices stay two', ['1 A@20', '2 A@15'], ['2 A@15', '1 A@20'], ['2 A@15', '1 A@20'], [], []],
    ['tells what is new at another price', ['1 A@20'], ['1 A@20', '1 A@15'], ['1 A@20', '1 A@15'], ['1 A@15'], []],
    ['tells what is gone at one price', ['1 A@20', '2 A@15'], ['2 A@15'], ['2 A@15'], [], ['1 A@20']],
    ['tells nothing where only the price is new', ['2 A@20'], ['2 A@15'], ['2 A@15'], [], []],
    ['tells nothing where one of two is reduced', ['2 A@20'], ['1 A@20', '1 A@15'], ['1 A@20', '1 A@15'], [], []],
    ['tells how many more there are where the price is new as well', ['2 A@20'], ['3 A@15'], ['3 A@15'], ['1 A@15'], []],
    ['keeps the price where the list names none', ['2 A@20', '1 B@5'], ['3 A', '1 B'], ['3 A@20', '1 B@5'], ['1 A@20'], []],
  ])('%s', (_promise, cart, items, after, added, removed) => {
    const change = changeCart(lines(cart), lines(items), 1, true);
    expect([written(change.items), written(change.added), written(change.removed)]).toEqual([after, added, removed]);
  });
});

test('knows a product by its name where it has no id', () => {
  const kite = (quantity: number): Item => ({ item_name: 'Kite', quantity });
  expect(changeCart([kite(1)], [kite(2)], 1).items).toEqual([kite(3)]);
  expect(changeCart([kite(1)], [{ item_name: 'Reel', quantity: 1 }], 1).items).toHaveLength(2);
});

test('knows a product by its name only where one of both has no id', () => {
  const [id, name, both, other] = [{ item_id: 'A' }, { item_name: 'Kite' }, { item_id: 'A', item_name: 'Kite' }, { item_id: 'B', item_name: 'Kite' }];
  const left = (inCart: Item, taken: Item) => changeCart([{ ...inCart, quantity: 1 }], [{ ...taken, quantity: Infinity }], -1).items.length;
  expect([left(both, id), left(both, name), left(name, both), left(both, other), left(id, name), left(name, id), left({ item_id: 7 as never }, { item_id: '7' }), left({ item_id: '07' }, { item_id: 7 as never })])
    .toEqual([0, 0, 0, 1, 1, 1, 0, 1]);
});

test('keeps a line that is reduced apart from one that is not', () => {
  const [full, reduced] = [{ item_id: 'A', price: 20, quantity: 1 }, { item_id: 'A', price: 20, discount: 5, quantity: 1 }];
  expect(changeCart([], [full, reduced], 1, true).items).toEqual([full, reduced]);
});

test('holds 500 lines', () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ item_id: `SKU-${index}`, price: index, quantity: 1 }));
  const { items } = changeCart([], many, 1, true);
  const again = changeCart(items, many, 1, true);
  expect([items.length, again.added, again.removed]).toEqual([500, [], []]);
});

test('keeps the details that only the first call knew', () => {
  const { items } = changeCart([{ item_id: 'A', item_name: 'Kite', price: 12, quantity: 1 }], [{ item_id: 'A', quantity: 1 }], 1);
  expect(items).toEqual([{ item_id: 'A', item_name: 'Kite', price: 12, quantity: 2 }]);
});

test('takes a new price over', () => {
  const { items, added } = changeCart([{ item_id: 'A', price: 12, quantity: 1 }], [{ item_id: 'A', price: 10, quantity: 1 }], 1);
  expect(items).toEqual([{ item_id: 'A', price: 10, quantity: 2 }]);
  expect(added).toEqual([{ item_id: 'A', price: 10, quantity: 1 }]);
});

test('leaves the cart it was given alone', () => {
  const cart = Object.freeze(lines(['1 A', '2 B']).map((item) => Object.freeze(item)));
  changeCart(cart, lines(['5 A']), 1);
  changeCart(cart, lines(['1 B']), -1);
  changeCart(cart, [], 1, true);
  expect(written(cart)).toEqual(['1 A', '2 B']);
});

test.each<[items: Item[], value: number]>([
  [[], 0],
  [[{ price: 0.1 }, { price: 0.2 }], 0.3],
  [[{ price: 0.1, quantity: 3 }], 0.3],
  [[{ price: 19.99, quantity: 3 }], 59.97],
  [[{ price: 1.005, quantity: 100 }], 100.5],
  [[{ price: 8.95 }, { price: 4.35, quantity: 2 }], 17.65],
  [[{ price: 0.0001, quantity: 3 }], 0.0003],
  [[{ price: 1_234_567.89, quantity: 2 }], 2_469_135.78],
  [[{ item_id: 'without a price', quantity: 7 }], 0],
  [[{ price: 5 }], 5],
  [[{ price: 5, quantity: 0 }], 0],
  [[{ price: undefined, quantity: undefined }], 0],
])('adds up %j to %d, without binary noise', (items, value) => {
  expect(valueOf(items)).toBe(value);
});
