import { describe, expect, test } from 'vitest';
import { commerce } from '../../src/commerce/commerce.js';
import type { Draft } from '../../src/event/stamp.js';
import { createProfile } from '../../src/identity/profile.js';
import type { Enrich, Handler, RecordOptions, Tools } from '../../src/plugin.js';
import { toJson } from '../../src/util/json.js';

/** A shop whose visitor is known at once: `events` are those tracked, `problems` those told. */
function openShop(currency?: string) {
  const profile = createProfile();
  const events: { name: string; [property: string]: unknown }[] = [];
  const problems: [string, unknown][] = [];
  const calls = new Map<string, Handler>();
  const enrich: Enrich[] = [];
  const merges: Tools['merges'] = [];
  const copy = (properties: unknown) => JSON.parse(toJson(properties ?? {})) as Record<string, unknown>;
  function record(name: string, given: unknown, { late }: RecordOptions = {}): void {
    const properties = late ? late(profile) : (given as object);
    if (!properties) return;
    const draft = { name, properties: copy(properties) } as Draft;
    for (const add of enrich) add(draft, profile, {}, { visitor: { id: profile.id }, tab: 't' });
    events.push({ name, ...copy(draft.properties) });
  }
  const tools: Partial<Tools> = { calls, copy, enrich, merges, record, reject: (name, _takes, got) => problems.push([name, got]), safe: (work) => work };
  const methods = commerce(currency)(tools as Tools)!;
  const track = (name: string, properties?: unknown) => (calls.get(name) ?? record.bind(null, name))(properties, {});
  return { ...methods, track, profile, merges, events, problems };
}

/** The events without what is not asked about. */
const short = (events: { name: string; [property: string]: unknown }[]) =>
  events.map(({ name, items, value }) => [name, (items as { item_id: string; quantity: number }[]).map((item) => `${item.quantity} ${item.item_id}`).join(', '), value]);

const KITE = { item_id: 'kite', price: 20 };
const REEL = { item_id: 'reel', price: 5 };

describe('the cart', () => {
  test('tells what was added, what it costs, and which cart it is', () => {
    const { cart, events } = openShop('EUR');
    cart.add({ ...KITE, quantity: 2 });
    expect(events).toEqual([
      { name: 'add_to_cart', currency: 'EUR', value: 40, items: [{ ...KITE, quantity: 2 }], cart_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
  });

  test('tells only what differs', () => {
    const { cart, events } = openShop();
    cart.set([KITE, { ...REEL, quantity: 3 }]);
    cart.set([KITE, { ...REEL, quantity: 3 }]);
    cart.set([{ ...KITE, quantity: 2 }, REEL]);
    expect(short(events)).toEqual([
      ['add_to_cart', '1 kite, 3 reel', 35],
      ['remove_from_cart', '2 reel', 10],
      ['add_to_cart', '1 kite', 20],
    ]);
  });

  test('takes out what is there, and says nothing of what is not', () => {
    const { cart, events, profile } = openShop();
    cart.add([{ ...KITE, quantity: 3 }, REEL]);
    cart.remove({ ...KITE, quantity: 1 });
    cart.remove({ item_id: 'tail' });
    cart.remove({ item_id: 'kite' });
    cart.clear();
    cart.clear();
    expect(short(events)).toEqual([
      ['add_to_cart', '3 kite, 1 reel', 65],
      ['remove_from_cart', '1 kite', 20],
      ['remove_from_cart', '2 kite', 40],
      ['remove_from_cart', '1 reel', 5],
    ]);
    expect(profile.cart).toBeUndefined();
  });

  test('keeps the price of what stays when a call does not name it', () => {
    const { cart, checkout, events } = openShop();
    cart.add({ ...KITE, quantity: 2 });
    cart.remove({ item_id: 'kite', quantity: 1 });
    cart.add({ item_id: 'kite' });
    checkout();
    expect(short(events).at(-1)).toEqual(['begin_checkout', '2 kite', 40]);
  });

  test('has one id from the first item to the last', () => {
    const { cart, checkout, purchase, events } = openShop();
    cart.add(KITE);
    cart.add(REEL);
    checkout();
    cart.clear();
    cart.add(KITE);
    purchase({ transaction_id: 'T1' });
    cart.add(KITE);
    const ids = events.map(({ cart_id }) => cart_id);
    const numbers = ids.map((id) => [...new Set(ids)].indexOf(id));
    expect(numbers).toEqual([0, 0, 0, 0, 1, 1, 2]);
  });

  test('reads what the page or a tag tracks by hand just the same', () => {
    const { track, events, profile } = openShop('EUR');
    track('add_to_cart', { item_id: '007', price: 12.5, quantity: '2' });
    track('add_to_cart', { items: [KITE], currency: 'NOK', placement: 'list' });
    track('remove_from_cart', { item_id: '007', quantity: 1 });
    expect(short(events)).toEqual([
      ['add_to_cart', '2 007', 25],
      ['add_to_cart', '1 kite', 20],
      ['remove_from_cart', '1 007', 12.5],
    ]);
    expect(events[1]).toMatchObject({ currency: 'NOK', placement: 'list' });
    expect(profile.cart?.items).toHaveLength(2);
  });

  test('tells the problem of an item that cannot be read, and takes the others', () => {
    const { cart, events, problems } = openShop();
    cart.add([{ price: 5 }, { ...KITE, quantity: -1 }, REEL]);
    cart.add(null as never);
    (cart.add as () => void)();
    expect(problems).toEqual([['item', { price: 5 }], ['quantity', -1], ['item', null]]);
    expect(short(events)).toEqual([['add_to_cart', '1 reel', 5]]);
  });
});

describe('the checkout', () => {
  test.each<[step: string | undefined, name: string]>([
    [undefined, 'begin_checkout'],
    ['shipping', 'add_shipping_info'],
    ['payment', 'add_payment_info'],
    ['gift_wrap', 'checkout_progress'],
  ])('with the step %s is %s, and carries the cart', (step, name) => {
    const { cart, checkout, events } = openShop();
    cart.add(KITE);
    checkout(step);
    expect(short(events).at(-1)).toEqual([name, '1 kite', 20]);
    expect(events.at(-1)).toMatchObject({ cart_id: events[0]!.cart_id, ...(step ? { checkout_step: step } : {}) });
  });

  test('of an empty cart is told too', () => {
    const { checkout, events } = openShop();
    checkout();
    expect(short(events)).toEqual([['begin_checkout', '', 0]]);
  });
});

describe('an order', () => {
  test('is told with what the shop says of it, and empties the cart', () => {
    const { cart, purchase, events, profile } = openShop('EUR');
    cart.add({ ...KITE, quantity: 2 });
    purchase({ transaction_id: 'T1', value: 45.9, currency: 'NOK', shipping: 5.9, coupon: 'WIND', items: [{ ...KITE, quantity: 2 }] });
    expect(events.at(-1)).toEqual({
      name: 'purchase', transaction_id: 'T1', value: 45.9, currency: 'NOK', shipping: 5.9, coupon: 'WIND', items: [{ ...KITE, quantity: 2 }], cart_id: events[0]!.cart_id,
    });
    expect(profile.cart).toBeUndefined();
  });

  test('has the items of the cart, and what they cost, where it names none', () => {
    const { cart, purchase, events } = openShop('EUR');
    cart.add([{ ...KITE, quantity: 2 }, REEL]);
    purchase({ transaction_id: 'T1' });
    expect(short(events).at(-1)).toEqual(['purchase', '2 kite, 1 reel', 45]);
    expect(events.at(-1)).toMatchObject({ currency: 'EUR' });
  });

  test('counts once, however often the thank-you page is loaded', () => {
    const { purchase, track, events } = openShop();
    purchase({ transaction_id: 'T1', items: [KITE] });
    purchase({ transaction_id: 'T1', items: [KITE] });
    track('purchase', { transaction_id: 'T1', items: [KITE] });
    purchase({ transaction_id: 'T2', items: [KITE] });
    purchase({ transaction_id: 'T1', items: [KITE] });
    expect(events.map(({ transaction_id }) => transaction_id)).toEqual(['T1', 'T2']);
  });

  test('counts once, whether its number is a number or a text', () => {
    const { purchase, events } = openShop();
    purchase({ transaction_id: 1001 as unknown as string, items: [KITE] });
    purchase({ transaction_id: '1001', items: [KITE] });
    expect(events.map(({ transaction_id }) => transaction_id)).toEqual(['1001']);
  });

  test('that comes again does not empty the cart that was begun since', () => {
    const { cart, purchase, profile } = openShop();
    purchase({ transaction_id: 'T1', items: [KITE] });
    cart.add(REEL);
    purchase({ transaction_id: 'T1', items: [KITE] });
    expect(profile.cart?.items).toMatchObject([REEL]);
  });

  test('is remembered among the latest fifty', () => {
    const { purchase, events, profile } = openShop();
    for (let order = 1; order <= 60; order++) purchase({ transaction_id: `T${order}`, items: [KITE] });
    purchase({ transaction_id: 'T11', items: [KITE] });
    expect(events).toHaveLength(60);
    expect(profile.orders).toHaveLength(50);
  });

  test.each([undefined, null, '', 0, false, {}, ['T1']])('without an order number (%j) is not counted: the problem is told', (transaction_id) => {
    const { cart, purchase, events, problems, profile } = openShop();
    cart.add(KITE);
    purchase({ transaction_id: transaction_id as string });
    expect(events).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]![0]).toBe('transaction_id');
    expect(profile.cart).toBeDefined();
  });
});

describe('the currency', () => {
  test.each<[promise: string, properties: object, shops: string, currency: string | undefined]>([
    ['is the one of the event', { items: [KITE], currency: 'NOK' }, '', 'NOK'],
    ['of the event goes before the shop’s', { items: [KITE], currency: 'NOK' }, 'EUR', 'NOK'],
    ['is the shop’s where the event has none', { items: [KITE] }, 'EUR', 'EUR'],
    ['is the shop’s where the event’s is empty', { items: [KITE], currency: '' }, 'EUR', 'EUR'],
    ['is the shop’s where the event’s is null', { items: [KITE], currency: null }, 'EUR', 'EUR'],
    ['is left out where nobody names one', { items: [KITE] }, '', undefined],
    ['is left out of events that are not about products', { search_term: 'kite' }, 'EUR', undefined],
  ])('%s', (_promise, properties, shops, currency) => {
    const { track, events, problems } = openShop(shops);
    track('view_item', properties);
    expect(events[0]!.currency).toBe(currency);
    expect(problems).toEqual([]);
  });

  test.each(['eur', '€', 'EURO', 'EU', ' EUR', '978', 978, true])('cannot be %j: the problem is told, and the shop’s counts', (currency) => {
    const { track, events, problems } = openShop('EUR');
    track('view_item', { items: [KITE], currency });
    expect(problems).toEqual([['currency', currency]]);
    expect(events[0]!.currency).toBe('EUR');
  });
});

test('orders that another tab counted at the same time are counted', () => {
  const { purchase, merges, profile, events } = openShop();
  purchase({ transaction_id: 'T1', items: [KITE] });
  merges.forEach((merge) => merge(profile, { ...createProfile(), orders: ['T0', 'T1', 'T2'] }));
  purchase({ transaction_id: 'T2', items: [KITE] });
  expect(events).toHaveLength(1);
  expect(profile.orders).toEqual(['T0', 'T1', 'T2']);
});
