import { expect, test } from 'vitest';
import { readItems, type Fields, type Item } from '../../src/commerce/item.js';

/** Reads items, and tells which problems were reported: of what, and what it got. */
function read(fields: Fields, quantity = 1): { items: Item[]; problems: [string, unknown][] } {
  const problems: [string, unknown][] = [];
  const items = readItems(fields, quantity, (name, takes, got) => {
    expect(takes).toBeTruthy();
    problems.push([name, got]);
  });
  return { items, problems };
}

test.each<[promise: string, fields: Fields, items: Fields[]]>([
  ['reads a list', { items: [{ item_id: 'A', price: 5, quantity: 2 }, { item_name: 'Kite' }] }, [{ item_id: 'A', price: 5, quantity: 2 }, { item_name: 'Kite', quantity: 1 }]],
  ['reads the fields themselves where there is no list', { item_id: '007', price: 5 }, [{ item_id: '007', price: 5, quantity: 1 }]],
  ['does not take the event’s value and currency for the item’s', { item_id: 'A', value: 5, currency: 'EUR' }, [{ item_id: 'A', quantity: 1 }]],
  ['keeps what else an item carries', { items: [{ item_id: 'A', item_brand: 'Larus', size: 42 }] }, [{ item_id: 'A', item_brand: 'Larus', size: 42, quantity: 1 }]],
  ['reads a quantity that the page wrote as text', { item_id: 'A', quantity: '2' }, [{ item_id: 'A', quantity: 2 }]],
  ['reads a quantity written with decimals', { items: [{ item_id: 'A', quantity: '2,00' }, { item_id: 'B', quantity: '1.0' }, { item_id: 'C', quantity: ' 3 ' }, { item_id: 'D', quantity: '4 pcs' }, { item_id: 'E', quantity: '２' }] }, [{ item_id: 'A', quantity: 2 }, { item_id: 'B', quantity: 1 }, { item_id: 'C', quantity: 3 }, { item_id: 'D', quantity: 4 }, { item_id: 'E', quantity: 2 }]],
  ['reads parts of a whole', { item_id: 'A', quantity: 0.25 }, [{ item_id: 'A', quantity: 0.25 }]],
  ['takes a quantity of null for one that was left out', { item_id: 'A', quantity: null }, [{ item_id: 'A', quantity: 1 }]],
  ['reads an item known only by a number', { item_id: 7 }, [{ item_id: 7, quantity: 1 }]],
  ['reads an empty list', { items: [] }, []],
])('%s', (_promise, fields, items) => {
  expect(read(fields)).toEqual({ items, problems: [] });
});

test('takes as many as the call means where an item does not say how many', () => {
  expect(read({ items: [{ item_id: 'A' }, { item_id: 'B', quantity: 2 }] }, Infinity).items).toEqual([
    { item_id: 'A', quantity: Infinity },
    { item_id: 'B', quantity: 2 },
  ]);
});

test.each<[what: string, given: unknown, problem: [string, unknown]]>([
  ['a negative quantity', { item_id: 'A', quantity: -1 }, ['quantity', -1]],
  ['a negative quantity written as text', { item_id: 'A', quantity: '-1' }, ['quantity', '-1']],
  ['a negative quantity with another minus', { item_id: 'A', quantity: '−1' }, ['quantity', '−1']],
  ['a negative quantity in brackets', { item_id: 'A', quantity: '(1)' }, ['quantity', '(1)']],
  ['a quantity of nothing, written with decimals', { item_id: 'A', quantity: '0,00' }, ['quantity', '0,00']],
  ['a quantity of yes', { item_id: 'A', quantity: true }, ['quantity', true]],
  ['a quantity of nothing', { item_id: 'A', quantity: 0 }, ['quantity', 0]],
  ['a quantity that is empty', { item_id: 'A', quantity: '' }, ['quantity', '']],
  ['a quantity that is no number', { item_id: 'A', quantity: 'many' }, ['quantity', 'many']],
  ['a quantity that is an object', { item_id: 'A', quantity: {} }, ['quantity', {}]],
  ['a product that is not named', { price: 5 }, ['item', { price: 5 }]],
  ['a product whose id and name are empty', { item_id: '', item_name: '' }, ['item', { item_id: '', item_name: '' }]],
  ['null', null, ['item', null]],
  ['a text', 'A1', ['item', 'A1']],
  ['a number', 7, ['item', 7]],
  ['a list in the list', [{ item_id: 'A' }], ['item', [{ item_id: 'A' }]]],
])('leaves %s out, tells the problem, and keeps the others', (_what, given, problem) => {
  const good = { item_id: 'good', quantity: 1 };
  expect(read({ items: [given, good] })).toEqual({ items: [good], problems: [problem] });
});

test.each(['A1', 7, true, { length: 1 }])('tells the problem of %j, which is no list of items', (items) => {
  const { items: found, problems } = read({ items });
  expect(found).toEqual([]);
  expect(problems).toHaveLength(1);
});
