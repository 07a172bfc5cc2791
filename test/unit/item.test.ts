import { describe, expect, test } from 'vitest';
import { readAmount, readCurrency, readItems, type Fields } from '../../src/commerce/item.js';

/** Runs `read` and returns what it returned, with the problems that it told: which field, and what it got. */
function told<Result>(read: (reject: (name: string, takes: unknown, got: unknown) => void) => Result) {
  const problems: [string, unknown][] = [];
  const result = read((name, takes, got) => {
    expect(takes).toBeTruthy();
    problems.push([name, got]);
  });
  return { result, problems };
}

describe('an amount', () => {
  test.each<[given: unknown, amount: number]>([
    [12.5, 12.5],
    [0, 0],
    ['12.50', 12.5],
    ['0', 0],
    [' 7 ', 7],
    ['1e3', 1000],
  ])('is read from %j', (given, amount) => {
    expect(told((reject) => readAmount({ price: given }, 'price', reject))).toEqual({ result: amount, problems: [] });
  });

  test.each(['dear', '', '12,50', '€ 5', -1, '-1', -Infinity, NaN, {}, [1, 2]])('is none in %j, and the problem is told', (given) => {
    expect(told((reject) => readAmount({ price: given }, 'price', reject))).toEqual({ result: undefined, problems: [['price', given]] });
  });

  test('that is left out is no problem', () => {
    expect(told((reject) => readAmount({}, 'price', reject))).toEqual({ result: undefined, problems: [] });
  });
});

describe('a currency', () => {
  test.each<[promise: string, fields: Fields, byDefault: string, currency: string | undefined]>([
    ['is the one of the event', { currency: 'EUR' }, '', 'EUR'],
    ['of the event goes before the shop’s', { currency: 'NOK' }, 'EUR', 'NOK'],
    ['is the shop’s where the event has none', {}, 'EUR', 'EUR'],
    ['is the shop’s where the event’s is empty', { currency: '' }, 'EUR', 'EUR'],
    ['is the shop’s where the event’s is null', { currency: null }, 'EUR', 'EUR'],
    ['is left out where nobody names one', {}, '', undefined],
  ])('%s', (_promise, fields, byDefault, currency) => {
    expect(told((reject) => readCurrency(fields, byDefault, reject))).toEqual({ result: currency, problems: [] });
  });

  test.each(['eur', '€', 'EURO', 'EU', 'EUR ', '978', 978, true])('%j is no ISO 4217 code: the problem is told, and the shop’s counts', (currency) => {
    expect(told((reject) => readCurrency({ currency }, 'EUR', reject))).toEqual({ result: 'EUR', problems: [['currency', currency]] });
    expect(told((reject) => readCurrency({ currency }, '', reject)).result).toBeUndefined();
  });
});

describe('items', () => {
  test.each<[promise: string, fields: Fields, items: Fields[]]>([
    ['are read from a list', { items: [{ item_id: 'A', price: 5, quantity: 2 }, { item_name: 'Kite' }] }, [{ item_id: 'A', price: 5, quantity: 2 }, { item_name: 'Kite', quantity: 1 }]],
    ['keep what else they carry', { items: [{ item_id: 'A', item_brand: 'Larus', size: 42 }] }, [{ item_id: 'A', item_brand: 'Larus', size: 42, quantity: 1 }]],
    ['have numbers where the page wrote text', { items: [{ item_id: 'A', price: '12.50', quantity: '2' }] }, [{ item_id: 'A', price: 12.5, quantity: 2 }]],
    ['are the fields themselves where there is no list', { item_id: '007', price: '5' }, [{ item_id: '007', price: 5, quantity: 1 }]],
    ['do not take the event’s value and currency for their own', { item_id: 'A', value: 5, currency: 'EUR' }, [{ item_id: 'A', quantity: 1 }]],
    ['may be none', { items: [] }, []],
    ['of which there are none are left out', { items: [{ item_id: 'A', quantity: 0 }, { item_id: 'B' }] }, [{ item_id: 'B', quantity: 1 }]],
  ])('%s', (_promise, fields, items) => {
    expect(told((reject) => readItems(fields, 1, reject))).toEqual({ result: items, problems: [] });
  });

  test('that say nothing of how many are as many as the call means', () => {
    expect(readItems({ items: [{ item_id: 'A' }, { item_id: 'B', quantity: 2 }] }, Infinity, () => {})).toEqual([
      { item_id: 'A', quantity: Infinity },
      { item_id: 'B', quantity: 2 },
    ]);
  });

  test.each<[promise: string, given: unknown, kept: Fields[], problems: [string, unknown][]]>([
    ['a negative quantity: the item is left out', { item_id: 'A', quantity: -1 }, [], [['quantity', -1]]],
    ['a quantity that is no number: the item is left out', { item_id: 'A', quantity: 'many' }, [], [['quantity', 'many']]],
    ['a price that is no number: the item stays without', { item_id: 'A', price: 'dear' }, [{ item_id: 'A', quantity: 1 }], [['price', 'dear']]],
    ['a negative price: the item stays without', { item_id: 'A', price: -5 }, [{ item_id: 'A', quantity: 1 }], [['price', -5]]],
    ['a product that is not named', { price: 5 }, [], [['item', { price: 5 }]]],
    ['a product whose name and id are empty', { item_id: '', item_name: '' }, [], [['item', { item_id: '', item_name: '' }]]],
    ['null', null, [], [['item', null]]],
    ['a text', 'A1', [], [['item', 'A1']]],
    ['a number', 7, [], [['item', 7]]],
  ])('tell the problem of %s', (_promise, given, kept, problems) => {
    const good = { item_id: 'good', quantity: 1 };
    expect(told((reject) => readItems({ items: [given, good] }, 1, reject))).toEqual({ result: [...kept, good], problems });
  });

  test.each(['A1', 7, true, { length: 1 }])('are not read from %j, which is no list', (items) => {
    const { result, problems } = told((reject) => readItems({ items }, 1, reject));
    expect(result).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});
