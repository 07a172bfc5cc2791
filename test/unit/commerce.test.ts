import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Stop } from '../../src/browser/listen.js';
import { commerce, type CommerceOptions } from '../../src/commerce/commerce.js';
import type { Draft } from '../../src/event/stamp.js';
import { createProfile } from '../../src/identity/profile.js';
import type { Enrich, Handler, RecordOptions, Tools } from '../../src/plugin.js';
import { timeId } from '../../src/util/id.js';
import { orderId } from '../../src/commerce/order-id.js';
import type { Item } from '../../src/commerce/item.js';
import { toJson } from '../../src/util/json.js';

// Node has no page.
beforeEach(() => void vi.stubGlobal('location', { hostname: 'www.shop.example', href: 'https://www.shop.example/' }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A shop whose visitor is known at once: `events` are those tracked, `problems` those told. */
function openShop(given: string | CommerceOptions = {}) {
  const options = typeof given === 'string' ? { currency: given } : given;
  const profile = createProfile();
  const events: { name: string; [property: string]: unknown }[] = [];
  const frozen: Pick<Draft, 'id' | 'name' | 'time' | 'opening'>[] = [];
  const problems: [string, unknown][] = [];
  const calls = new Map<string, Handler>();
  const enrich: Enrich[] = [];
  const merges: Tools['merges'] = [];
  const copy = (properties: unknown) => JSON.parse(toJson(properties ?? {})) as Record<string, unknown>;
  function commit(draft: Draft): void {
    for (const add of enrich) add(draft, profile, {}, { visitor: { id: profile.id }, tab: 't' });
    if (draft.opening !== false) profile.last = Math.max(profile.last ?? 0, draft.time);
    const { id, name, time, opening } = draft;
    frozen.push({ id, name, time, opening });
    events.push({ name, ...copy(draft.properties) });
  }
  function record(name: string, given: unknown, { late }: RecordOptions = {}): void {
    const draft = { id: timeId(), name, time: Date.now(), seen: {} } as Draft;
    const properties = late ? late(profile, draft) : ((given ?? {}) as object);
    if (properties) commit({ ...draft, properties: copy(properties) });
  }
  const insert: Tools['insert'] = (_, name, properties, set) => commit({ id: timeId(), name, time: Date.now(), seen: {}, properties: copy(properties), opening: false, ...set });
  const known: Tools['known'] = (work) => work(profile);
  const hooks = { ends: [] as Tools['ends'], leaves: [] as Tools['leaves'], settles: [] as Tools['settles'], stops: [] as Stop[] };
  const store = { isDurable: true };
  const tools: Partial<Tools> = {
    calls, copy, enrich, insert, known, merges, record, ...hooks, reject: (name, _takes, got) => problems.push([name, got]), safe: (work) => work,
    watch: (start) => start(), isAnonymous: false,
    memory: { profile: () => profile } as Tools['memory'], queue: { lanes: [{ durable: () => store.isDurable, own: () => [] }] } as unknown as Tools['queue'],
  };
  onTestFinished(() => hooks.stops.forEach((stop) => stop()));
  const methods = commerce(options)(tools as Tools)!;
  const track = (name: string, properties?: unknown) => (calls.get(name) ?? record.bind(null, name))(properties, {});
  /** Sends everything, as `tracker.flush` does, leaves the page, or stops. */
  const flush = () => hooks.settles.forEach((settle) => settle(profile));
  const leave = (isLeft = true) => hooks.leaves.forEach((each) => each(isLeft));
  const stop = () => hooks.stops.forEach((each) => each());
  return { ...methods, track, profile, merges, events, frozen, problems, flush, leave, stop, store };
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
    const { cart, events, problems, profile, flush } = openShop();
    cart.add([{ ...KITE, quantity: 3 }, REEL]);
    cart.remove({ ...KITE, quantity: 1 });
    cart.remove({ item_id: 'tail' });
    cart.remove({ item_id: 'kite' });
    cart.clear();
    cart.clear();
    flush();
    expect(problems).toMatchObject([['item', { items: [{ item_id: 'tail' }] }]]);
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
    expect(problems).toEqual([['item', { price: 5 }], ['quantity', -1]]);
    expect(short(events)).toEqual([['add_to_cart', '1 reel', 5]]);
  });
});

describe('what a call says of no item that is known by anything', () => {
  test.each<[what: string, given: unknown, told: object]>([
    ['nothing', undefined, { items: [] }],
    ['null', null, { items: [] }],
    ['an empty list', [], { items: [] }],
    ['an empty item', {}, { items: [] }],
    ['a text', 'A1', { items: [], unknown_items: ['A1'] }],
    ['a price', { price: '19,90 €' }, { items: [], unknown_items: [{ price: 19.9 }], value: 19.9 }],
    ['how many at what price', { price: 5, quantity: 3 }, { items: [], unknown_items: [{ price: 5, quantity: 3 }], value: 15 }],
    ['ids that stand for nothing', { item_id: 'undefined', id: ' ', item_name: 'null', price: 5 }, { items: [], unknown_items: [{ item_id: 'undefined', id: ' ', item_name: 'null', price: 5 }], value: 5 }],
    ['a template that was not filled in', [{ item_id: '{{sku}}' }], { items: [], unknown_items: [{ item_id: '{{sku}}' }] }],
    ['none of an item', { item_id: 'A1', quantity: 0 }, { items: [], unknown_items: [{ item_id: 'A1', quantity: 0 }] }],
    ['an item in no number', { item_id: 'A1', price: 5, quantity: 'many' }, { items: [], unknown_items: [{ item_id: 'A1', price: 5, quantity: 'many' }] }],
  ])('%s: goes out flagged, with what it says, by cart.add and cart.remove, and leaves the cart alone', (_what, given, told) => {
    const { cart, events, problems, profile } = openShop('EUR');
    cart.add(KITE);
    const before = structuredClone(profile.cart);
    cart.add(given as Item);
    cart.remove(given as Item);
    const more = { value: 0, ...told, cart_id: before!.id, currency: 'EUR', flags: ['no_item'] };
    expect(events.slice(1)).toEqual([{ name: 'add_to_cart', ...more }, { name: 'remove_from_cart', ...more }]);
    expect(profile.cart).toEqual(before);
    expect(problems.map(([name]) => name).every((name) => /item|quantity/.test(name))).toBe(true);
    // And an emptied cart is something else.
    cart.set(given as Item[]);
    expect(profile.cart?.items).toEqual(Array.isArray(given) && !given.length ? undefined : before!.items);
  });

  test.each<[what: string, properties: object, told: object]>([
    ['value and currency', { value: 10, currency: 'NOK' }, { value: 10, currency: 'NOK' }],
    ['fields of its own', { value: 10, placement: 'list' }, { value: 10, placement: 'list' }],
    ['a price alone', { price: '5,00', quantity: 2 }, { price: 5, quantity: 2, value: 10 }],
    ['an empty list', { value: 10, items: [] }, { value: 10, items: [] }],
    ['a list of nothing', { value: 10, items: [null, {}] }, { value: 10, items: [] }],
    ['flags of the shop’s', { flags: ['ours'], value: 1 }, { flags: ['ours', 'no_item'], value: 1 }],
  ])('%s: goes out as it was said, by track', (_what, properties, told) => {
    const { track, events, profile } = openShop();
    track('add_to_cart', properties);
    track('remove_from_cart', properties);
    expect(events).toMatchObject([{ name: 'add_to_cart', flags: ['no_item'], ...told }, { name: 'remove_from_cart', flags: ['no_item'], ...told }]);
    expect(profile.cart).toBeUndefined();
  });

  test('beside one that is known, which changes the cart: one event tells both', () => {
    const { track, checkout, events } = openShop();
    track('add_to_cart', { items: [{ price: 3 }, KITE], coupon: 'WIND' });
    checkout();
    expect(events[0]).toMatchObject({ value: 20, coupon: 'WIND', items: [KITE], unknown_items: [{ price: 3 }], flags: ['no_item'] });
    expect(short(events).at(-1)).toEqual(['begin_checkout', '1 kite', 20]);
  });

  test('in an order: its lines count in the value, and are told', () => {
    const { purchase, refund, events, flush } = openShop();
    purchase({ transaction_id: 'T1', items: [KITE, { price: 5, quantity: 2 }, { sku: 'x', price: '1,50' } as never] });
    purchase({ transaction_id: 'T2', items: [{ price: 5, quantity: 2 }] });
    refund({ transaction_id: 'T1', items: [{ price: 5 }] });
    flush();
    expect(events).toMatchObject([
      { value: 31.5, items: [KITE], unknown_items: [{ price: 5, quantity: 2 }, { sku: 'x', price: 1.5 }], flags: ['no_item'] },
      { value: 10, items: [], unknown_items: [{ price: 5, quantity: 2 }], flags: ['no_item', 'no_items'] },
      { items: [], unknown_items: [{ price: 5 }], flags: ['no_item'] },
    ]);
  });
});

describe('an item in the words of others', () => {
  test.each<[given: object, item: object]>([
    [{ id: 'A1', name: 'Kite', price: 5 }, { item_id: 'A1', item_name: 'Kite', price: 5 }],
    [{ id: 7 }, { item_id: 7 }],
    [{ id: ' A1 ' }, { item_id: 'A1' }],
    [{ item_id: 'A1', id: '42' }, { item_id: 'A1', id: '42' }],
    [{ item_id: 'undefined', id: 'A1' }, { item_id: 'A1' }],
    [{ item_id: null, item_name: 'Kite' }, { item_name: 'Kite' }],
  ])('%j is %j, in the cart, in orders and in every event', (given, item) => {
    const { cart, track, events } = openShop();
    cart.add(given as Item);
    track('view_item', { items: [given as Item] });
    track('view_item_list', { items: [given, 'no item', null] });
    track('purchase', { transaction_id: 'T1', items: [{ price: 1, ...given } as Item] });
    expect(events.map(({ items }) => (items as object[])[0])).toEqual([{ ...item, quantity: 1 }, item, item, { price: 1, ...item, quantity: 1 }]);
    expect(events[2]!.items).toMatchObject([item, 'no item', {}]);
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

  test.each(['view_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'checkout_progress'])('%s by hand carries the cart, as checkout() does, and keeps what it says itself', (name) => {
    const { cart, track, events } = openShop('EUR');
    cart.add([KITE, REEL]);
    track('add_to_cart', { items: [{ item_id: 'tail', price: 1 }], currency: 'NOK' });
    const inCart = { items: [KITE, REEL, { item_id: 'tail' }], currency: 'NOK', cart_id: events[0]!.cart_id };
    const given = [undefined, {}, { items: [] }, { items: null }, { value: 30, coupon: 'WIND', checkout_step: 2 }, { items: [REEL] }, { items: [REEL], value: 7, currency: 'SEK' }];
    for (const each of given) track(name, each);
    const told = events.slice(2);
    expect(told).toMatchObject([
      { ...inCart, value: 26 }, { ...inCart, value: 26 }, { ...inCart, value: 26 }, { ...inCart, value: 26 },
      { ...inCart, value: 30, coupon: 'WIND', checkout_step: 2 },
      { items: [REEL], currency: 'EUR', cart_id: inCart.cart_id },
      { items: [REEL], value: 7, currency: 'SEK', cart_id: inCart.cart_id },
    ]);
    expect(told.every((event) => event.name === name && (event.items as object[]).length < 4)).toBe(true);
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
      flags: ['other_currency'],
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
    purchase({ transaction_id: '\u200b1001\ufeff', items: [KITE] });
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

  test.each([
    undefined, null, '', 0, false, {}, ['T1'], '  ', 'undefined', 'null', 'NULL', ' NaN ', 'none', 'n/a', 'N/A', '-', '--', '–', '0', '000', '[object Object]', '(not set)', '(none)', '{{order_id}}', 'A-{{ id }}',
    'nil', 'False', 'true', 'unknown', 'N.A.', '#', '""', '#0', '\u200b', 'undefined-undefined', '#undefined', '#{order.id}', '<order id>', '*|ORDER|*', '__ORDER_ID__',
    'order-undefined', 'T-undefined', 'ORD_null', 'order_nan', 'orderNaN', 'ORDnull', 'Order null', 'orderundefined', 'undefined-order', '2026-undefined', 'ORD/2026/null', 'order #undefined', 'shop.undefined.de',
    'bestellung-null', 'заказ-undefined', 'order-', 'ORD_', 'Order #', 'order-0', 'ORD-000', 'order: none', 'order-[object Object]', 'ORD-(not set)', 'order_false', 'ORDER-N/A', 'null_null-undefined',
    '${order.id}', '%%ORDER_ID%%', '<%= id %>', '[[id]]', '{order_id}', '{}', '?', '...', '\u00a0', true, Infinity,
  ])('without an order number (%j) is told each time, at once, flagged, and buys what is in the cart; the problem is told', (transaction_id) => {
    const { cart, track, events, frozen, problems, profile } = openShop('EUR');
    cart.add(KITE);
    for (let time = 0; time < 2; time++) track('purchase', { transaction_id, value: 94.8, currency: 'EUR', coupon: 'WIND' });
    const said = { name: 'purchase', value: 94.8, currency: 'EUR', coupon: 'WIND' };
    expect(events.slice(1)).toEqual([
      { ...said, items: [{ ...KITE, quantity: 1 }], cart_id: events[0]!.cart_id, flags: ['no_transaction_id'] },
      { ...said, items: [], flags: ['no_transaction_id', 'no_items'] },
    ]);
    expect(new Set(frozen.map(({ id }) => id)).size).toBe(3);
    expect(problems.map(([name]) => name)).toEqual(['transaction_id', 'transaction_id']);
    expect(profile.cart).toBeUndefined();
  });

  test.each([
    ['T7', ' T7 '], ['T7', '\tT7\n'], ['T7', '\u00a0T7'], ['7', 7], [' 7', 7], ['#7', '#7 '], ['0-7', ' 0-7'], ['null-7', 'null-7 '], ['-7', -7], ['TRUE-1', ' TRUE-1'],
  ])('counts once as %j and as %j, with the id that a server derives of both', (one, other) => {
    const { track, purchase, cancel, events, frozen } = openShop();
    track('purchase', { transaction_id: other, items: [KITE] });
    purchase({ transaction_id: one, items: [KITE] });
    cancel({ transaction_id: other as string });
    cancel({ transaction_id: one });
    expect(events.map(({ name, transaction_id }) => [name, transaction_id])).toEqual([['purchase', one.trim()], ['order_cancel', one.trim()]]);
    expect(frozen[0]!.id).toBe(orderId('shop.example', ` ${one}`));
  });

  test.each([
    'NULL-4711', 'undefined-4711', '4711-null', '20261130-null', '2026-1-null', 'annulled', 'ORDNULLE', 'XKNAN', 'BANNAN-X', 'KNULL-A', 'zero-0a', 'ORD-01', 'A/0/7', 'ordine', 'ABC-XYZ', 'ORD-NONEX',
    'nullable', 'None-1', 'A0', '10', 'NAN42', 'O{1}', '100%', 'a.b', '7-', 'NA',
  ])('%j is a number', (transaction_id) => {
    const { purchase, events } = openShop();
    purchase({ transaction_id, items: [KITE] });
    expect(events).toMatchObject([{ transaction_id }]);
    expect(events[0]).not.toHaveProperty('flags');
  });
});

test.each([
  ['M', 'M '], ['M', '\u00a0M\n'], ['\tM', 'M'], ['M', '\u200bM'], ['rot / M', ' rot / M'], [42, ' 42'], ['', '  '],
])('of %j and of %j is one variant, and one line of the cart, that can be taken out again', (one, other) => {
  const { cart, events, profile } = openShop('EUR');
  cart.add({ ...KITE, item_variant: one as string });
  cart.add({ ...KITE, item_variant: other as string });
  expect(profile.cart?.items).toMatchObject([{ quantity: 2 }]);
  cart.set([{ ...KITE, quantity: 2, item_variant: other as string }]);
  expect(events).toHaveLength(2);
  cart.remove({ item_id: KITE.item_id, item_variant: other as string });
  expect(profile.cart).toBeUndefined();
});

test.each(['sku-undefined', 'undefined_M', 'SKU_null', 'orderNaN'])('of %j, all that are made so would be one: they go by their names', (item_id) => {
  const { cart, profile } = openShop('EUR');
  cart.set([{ item_id, item_name: 'Kite', price: 20 }, { item_id, item_name: 'Reel', price: 5 }]);
  expect(profile.cart?.items).toMatchObject([{ item_name: 'Kite', price: 20 }, { item_name: 'Reel', price: 5 }]);
});

test.each(['ring-0', 'POSTER-NONE', 'Nan Bread', 'null-7', 'Wow!'])('%j is an id of an article', (item_id) => {
  const { cart, profile } = openShop('EUR');
  cart.add({ item_id, price: 20 });
  expect(profile.cart?.items).toMatchObject([{ item_id }]);
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

describe('an order', () => {
  test('without any items is accepted, and flagged', () => {
    const { purchase, events, flush } = openShop();
    purchase({ transaction_id: 'T1', value: 5 });
    flush();
    expect(events).toMatchObject([{ name: 'purchase', value: 5, items: [], flags: ['no_items'] }]);
  });

  test('has the id that a server derives, and so has its cancellation, which counts once', () => {
    const { purchase, cancel, frozen } = openShop();
    purchase({ transaction_id: 'T1' });
    cancel({ transaction_id: 'T1' });
    cancel({ transaction_id: 'T1' });
    expect(frozen.map(({ name, id }) => [name, id])).toEqual([
      ['purchase', orderId('shop.example', 'T1')],
      ['order_cancel', orderId('shop.example', 'T1', 'order_cancel')],
    ]);
  });

  test('can be refunded in parts, each an event of its own', () => {
    const { refund, events, frozen, problems } = openShop('EUR');
    refund({ transaction_id: 'T1', items: [{ item_id: 'kite', quantity: 1 }] });
    refund({ transaction_id: 'T1', value: 5 });
    refund({ value: 7 } as never);
    refund({ value: 7, transaction_id: 'undefined' });
    expect(events).toEqual([
      { name: 'refund', transaction_id: 'T1', currency: 'EUR', items: [{ item_id: 'kite', quantity: 1 }] },
      { name: 'refund', transaction_id: 'T1', value: 5 },
      { name: 'refund', value: 7, flags: ['no_transaction_id'] },
      { name: 'refund', value: 7, flags: ['no_transaction_id'] },
    ]);
    expect(new Set(frozen.map(({ id }) => id)).size).toBe(4);
    expect(problems).toEqual([['transaction_id', undefined], ['transaction_id', 'undefined']]);
  });
});

describe('what is told after a moment', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 2, 9), toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  type Shop = ReturnType<typeof openShop>;
  /** A shop with a kite in the cart. */
  function fill() {
    const shop = openShop('EUR');
    shop.cart.add(KITE);
    return shop;
  }
  const told = ({ events }: Shop) => events.slice(1).map(({ name, items }) => [name, ...(items as Item[]).map(({ item_id, quantity }) => `${quantity} ${item_id}`)].join(' '));
  const isOfOneCart = ({ events }: Shop) => new Set(events.map(({ cart_id }) => cart_id)).size === 1;

  describe('a cart that the page of an order shows empty', () => {
    const ORDER = { transaction_id: 'T1', value: 25, currency: 'EUR' };
    test.each<[what: string, work: (shop: Shop) => void]>([
      ['set([]) before the order, in the same task', ({ cart, purchase }) => (cart.set([]), purchase(ORDER))],
      ['clear() before the order', ({ cart, purchase }) => (cart.clear(), purchase(ORDER))],
      ['set([]) some hundred milliseconds before the order', ({ cart, purchase }) => (cart.set([]), vi.advanceTimersByTime(900), purchase(ORDER))],
      ['set([]), again and again', ({ cart, purchase }) => (cart.set([]), cart.set([]), cart.clear(), vi.advanceTimersByTime(500), cart.set([]), purchase(ORDER))],
      ['set([]) after the order', ({ cart, purchase }) => (purchase(ORDER), cart.set([]), vi.advanceTimersByTime(300), cart.set([]))],
      ['set([]) before and after the order', ({ cart, purchase }) => (cart.set([]), purchase(ORDER), cart.set([]))],
      ['with a page view and a list in between', ({ cart, purchase, track }) => (cart.set([]), track('view_promotion', {}), track('page_view'), purchase(ORDER))],
      ['an order without a number', ({ cart, track }) => (cart.set([]), track('purchase', { value: 25, currency: 'EUR' }))],
      ['an order that names the item alone', ({ cart, track }) => (cart.set([]), track('purchase', { ...ORDER, items: [{ id: 'kite' }] }))],
      ['a page that is left in between', ({ cart, purchase, leave }) => (cart.set([]), leave(), vi.advanceTimersByTime(1500), purchase(ORDER))],
      ['a tracker that is stopped in between', ({ cart, purchase, stop }) => (cart.set([]), stop(), vi.advanceTimersByTime(20_000), purchase(ORDER))],
    ])('%s: is bought, not emptied', (_what, work) => {
      const shop = fill();
      work(shop);
      shop.flush();
      vi.advanceTimersByTime(60_000);
      const { events, profile } = shop;
      const all = events.filter(({ name }) => !/page_view|promotion/.test(name));
      expect(all.map(({ name }) => name)).toEqual(['add_to_cart', 'purchase']);
      expect(all[1]).toMatchObject({ value: 25, currency: 'EUR', items: [{ ...KITE, quantity: 1 }], cart_id: all[0]!.cart_id });
      expect(profile.cart).toBeUndefined();
    });

    test('and no order comes: is told when the moment is over, once, at the time when it was', () => {
      const shop = fill();
      vi.advanceTimersByTime(1000);
      const time = Date.now();
      shop.cart.set([]);
      expect(told(shop)).toEqual([]);
      vi.advanceTimersByTime(3000);
      shop.flush();
      expect(told(shop)).toEqual(['remove_from_cart 1 kite']);
      expect(shop.events[1]).toMatchObject({ value: 20, cart_id: shop.events[0]!.cart_id });
      expect(shop.frozen[1]!.time).toBe(time);
    });

    test.each<[what: string, work: (shop: Shop) => void, then: string[]]>([
      ['flush', ({ flush }) => flush(), []],
      ['the next item', ({ cart }) => cart.add(REEL), ['add_to_cart 1 reel']],
      ['a look at the cart', ({ track }) => track('view_cart'), ['view_cart']],
      ['a checkout', ({ checkout }) => checkout(), ['begin_checkout']],
      ['what a person does half a minute later, on a page that came then', ({ stop, track }) => (stop(), vi.advanceTimersByTime(31_000), track('search', { items: [] })), ['search']],
      ['the end of the page, where nothing is kept for the next', ({ leave, store }) => ((store.isDurable = false), leave()), []],
    ])('comes before what comes next: %s', (_what, work, then) => {
      const shop = fill();
      shop.cart.set([]);
      work(shop);
      expect(told(shop)).toEqual(['remove_from_cart 1 kite', ...then]);
      vi.advanceTimersByTime(60_000);
      expect(told(shop)).toHaveLength(1 + then.length);
    });

    test.each<[what: string, now: Item[], told: string[]]>([
      ['what was in it', [KITE], []],
      ['one more', [{ ...KITE, quantity: 2 }], ['add_to_cart 1 kite']],
      ['something else', [REEL], ['remove_from_cart 1 kite', 'add_to_cart 1 reel']],
    ])('while the page is built, and then with %s: only what differs is told, of one cart', (_what, now, expected) => {
      const shop = fill();
      shop.cart.set([]);
      vi.advanceTimersByTime(300);
      shop.cart.set(now);
      vi.advanceTimersByTime(60_000);
      shop.checkout();
      expect(told(shop).slice(0, -1)).toEqual(expected);
      expect(isOfOneCart(shop)).toBe(true);
    });

    test('is not abandoned meanwhile, and not after', () => {
      const shop = fill();
      shop.cart.set([]);
      shop.track('cart_abandon', { reason: 'exit' });
      vi.advanceTimersByTime(60 * 60_000);
      shop.track('page_view');
      expect(shop.events.map(({ name }) => name)).toEqual(['add_to_cart', 'remove_from_cart', 'page_view']);
    });

    test('an item taken out by itself is told at once', () => {
      const shop = fill();
      shop.cart.remove({ item_id: 'kite' });
      expect(told(shop)).toEqual(['remove_from_cart 1 kite']);
    });
  });

  describe('an order that two tell', () => {
    const LINES = [{ ...KITE, quantity: 2 }, REEL];
    const full = { transaction_id: 'T1', value: 45, currency: 'EUR', items: LINES };
    test.each<[what: string, first: object, second: object, order: object]>([
      ['without items, then with', { transaction_id: 'T1', value: 45, currency: 'EUR' }, full, { value: 45, items: LINES }],
      ['with ids alone, then with lines', { transaction_id: 'T1', value: 45, items: [{ id: 'kite' }, { id: 'reel' }] }, full, { value: 45, items: LINES }],
      ['with an empty list, then with lines', { transaction_id: 'T1', items: [] }, full, { value: 45, items: LINES }],
      ['with lines, then without', full, { transaction_id: 'T1', value: 99 }, { value: 45, items: LINES }],
      ['with blanks around the number', { transaction_id: ' T1 ' }, full, { value: 45, items: LINES }],
      ['with two values: that of the one who knows the lines', { transaction_id: 'T1', value: 50, tax: 7 }, full, { value: 45, tax: 7, items: LINES }],
      ['with a value, then with lines without one', { transaction_id: 'T1', value: 50 }, { transaction_id: 'T1', items: LINES }, { value: 50, items: LINES }],
      ['without a value, then with lines', { transaction_id: 'T1' }, { transaction_id: 'T1', items: LINES }, { value: 45, items: LINES }],
      ['with what each knows', { transaction_id: 'T1', coupon: 'WIND' }, { ...full, shipping: 5 }, { coupon: 'WIND', shipping: 5, items: LINES }],
      ['with lines without prices, twice', { transaction_id: 'T1', value: 45, items: [{ id: 'kite' }] }, { transaction_id: 'T1', value: 44, tax: 7 }, { value: 45, tax: 7, items: [{ item_id: 'kite', quantity: 1 }] }],
    ])('%s: is one, with the lines', (_what, first, second, order) => {
      const shop = openShop('EUR');
      shop.track('purchase', first);
      vi.advanceTimersByTime(700);
      shop.track('purchase', second);
      vi.advanceTimersByTime(60_000);
      shop.track('purchase', second);
      shop.flush();
      expect(shop.events).toMatchObject([{ name: 'purchase', transaction_id: 'T1', currency: 'EUR', ...order }]);
      expect(shop.events[0]).not.toHaveProperty('flags');
      expect(shop.events[0]!.items).toHaveLength((order as { items: [] }).items.length);
      expect(shop.frozen[0]).toMatchObject({ id: orderId('shop.example', 'T1'), time: Date.UTC(2026, 10, 2, 9) });
    });

    test.each<[what: string, order: object, isAtOnce: boolean]>([
      ['with lines', full, true],
      ['with one price among its lines', { transaction_id: 'T1', items: [KITE, { item_id: 'gift' }] }, true],
      ['without a number', { value: 5 }, true],
      ['without items, of a cart without prices', { transaction_id: 'T1', value: 5 }, true],
      ['without items, and without a cart', { transaction_id: 'T1', value: 5, cart: [] }, false],
      ['without prices', { transaction_id: 'T1', value: 5, items: [{ item_id: 'kite' }] }, false],
    ])('%s: is told at once, or two seconds later (%#)', (_what, order, isAtOnce) => {
      const shop = openShop();
      if (!('cart' in order)) shop.cart.add({ item_id: 'reel' });
      const before = shop.events.length;
      shop.track('purchase', order);
      expect(shop.events.length - before).toBe(isAtOnce ? 1 : 0);
      vi.advanceTimersByTime(2000);
      expect(shop.events.length - before).toBe(1);
    });

    test('that names the items of the cart alone has their lines, at once', () => {
      const shop = openShop('EUR');
      shop.cart.add([{ ...KITE, quantity: 2, item_variant: 'red', item_name: 'Kite' }, REEL]);
      shop.track('purchase', { transaction_id: 'T1', items: [{ id: 'kite' }, { item_id: 'reel', quantity: 3 }] });
      expect(shop.events[1]).toMatchObject({ value: 55, items: [{ ...KITE, quantity: 2, item_variant: 'red', item_name: 'Kite' }, { ...REEL, quantity: 3 }] });
    });

    test.each<[what: string, work: (shop: Shop) => void, then: string[]]>([
      ['flush', ({ flush }) => flush(), []],
      ['the page in the background', ({ leave }) => leave(false), []],
      ['the end of the page', ({ leave }) => leave(true), []],
      ['the next order', ({ purchase }) => purchase({ transaction_id: 'T2', items: [KITE] }), ['purchase']],
      ['an order without a number', ({ track }) => track('purchase', { value: 1 }), ['purchase']],
      ['what a person does', ({ track }) => track('share', {}), ['share']],
      ['the next item', ({ cart }) => cart.add(KITE), ['add_to_cart']],
      ['a page that came later', ({ stop, track }) => (stop(), vi.advanceTimersByTime(31_000), track('page_view')), ['page_view']],
    ])('is told before what comes next: %s', (_what, work, then) => {
      const shop = openShop();
      shop.purchase({ transaction_id: 'T1', value: 5 });
      work(shop);
      expect(shop.events.map(({ name }) => name)).toEqual(['purchase', ...then]);
      expect(shop.events[0]).toMatchObject({ transaction_id: 'T1', value: 5, flags: ['no_items'] });
      vi.advanceTimersByTime(60_000);
      expect(shop.events).toHaveLength(1 + then.length);
    });

    test('waits while the page begins: views, arrivals and vitals come before it', () => {
      const shop = openShop();
      shop.purchase({ transaction_id: 'T1', value: 5 });
      for (const name of ['page_view', 'landing', 'social_landing', 'web_vitals']) shop.track(name);
      shop.purchase({ transaction_id: 'T1', items: [KITE] });
      expect(shop.events.map(({ name }) => name)).toEqual(['page_view', 'landing', 'social_landing', 'web_vitals', 'purchase']);
    });

    test('two orders that wait are told both', () => {
      const shop = openShop();
      for (const transaction_id of ['T1', 'T2', 'T1', 'T3']) shop.purchase({ transaction_id, value: 5 });
      vi.advanceTimersByTime(2000);
      expect(shop.events.map(({ transaction_id }) => transaction_id)).toEqual(['T1', 'T2', 'T3']);
    });

    test('is not lost where two tabs write at once, and has one id', () => {
      const [one, other] = [openShop(), openShop()];
      one.purchase({ transaction_id: 'T1', value: 5 });
      // The other one, which does not know it, writes over it.
      other.merges.forEach((merge) => merge(other.profile, structuredClone(one.profile)));
      const stale = structuredClone(one.profile);
      one.flush();
      one.merges.forEach((merge) => merge(one.profile, stale));
      vi.advanceTimersByTime(5000);
      expect([one, other].map(({ events }) => events.length)).toEqual([1, 1]);
      expect(one.frozen[0]!.id).toBe(other.frozen[0]!.id);
    });
  });
});

describe('an abandoned cart', () => {
  const MINUTE = 60_000;
  const START = Date.UTC(2026, 10, 2, 9);
  beforeEach(() => vi.useFakeTimers({ now: START, toFake: ['Date'] }));
  /** A visitor with a kite in the cart, `minutes` ago. */
  function leave(minutes: number, options?: CommerceOptions) {
    const shop = openShop({ currency: 'EUR', ...options });
    shop.track('view_item', { items: [KITE] });
    shop.cart.add(KITE);
    vi.setSystemTime(Date.now() + minutes * MINUTE);
    return shop;
  }
  const names = (shop: ReturnType<typeof openShop>) => shop.events.map(({ name }) => name);
  const abandonOf = ({ events }: ReturnType<typeof openShop>) => events.find(({ name }) => name === 'cart_abandon');

  test('is told before what the person does next, at the time when it was, under the id of the cart version', () => {
    const shop = leave(45);
    const { version, id } = shop.profile.cart!;
    shop.track('page_view');
    expect(names(shop)).toEqual(['view_item', 'add_to_cart', 'cart_abandon', 'page_view']);
    expect(abandonOf(shop)).toEqual({
      name: 'cart_abandon', reason: 'idle', provisional: false, level: 'browse', cart_id: id, items: [{ ...KITE, quantity: 1 }], value: 20, currency: 'EUR',
      last_active: new Date(START).toISOString(), last_item: 'kite',
    });
    expect(shop.frozen[2]).toEqual({ id: version, name: 'cart_abandon', time: START + 30 * MINUTE, opening: false });
  });

  test.each([[29.9, 0], [30, 1], [31, 1]])('after %s minutes of idleness is told %s times', (minutes, count) => {
    const shop = leave(minutes);
    shop.track('page_view');
    expect(names(shop).filter((name) => name === 'cart_abandon')).toHaveLength(count);
  });

  test('takes the minutes that the shop says', () => {
    const shop = leave(2, { cartIdleMinutes: 1.5 });
    shop.track('page_view');
    expect(shop.frozen[2]!.time).toBe(START + 1.5 * MINUTE);
  });

  test('is told once for its contents, and anew when they change', () => {
    const shop = leave(40);
    shop.track('page_view');
    vi.setSystemTime(Date.now() + 40 * MINUTE);
    shop.track('page_view');
    expect(names(shop).filter((name) => name === 'cart_abandon')).toHaveLength(1);
    shop.cart.add(REEL);
    vi.setSystemTime(Date.now() + 40 * MINUTE);
    shop.track('page_view');
    const ids = shop.frozen.filter(({ name }) => name === 'cart_abandon').map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test.each<[string, (shop: ReturnType<typeof openShop>) => void]>([
    ['empty', (shop) => shop.cart.clear()],
    ['bought', (shop) => shop.purchase({ transaction_id: 'T1' })],
  ])('is none where it is %s', (_, end) => {
    const shop = leave(1);
    end(shop);
    vi.setSystemTime(Date.now() + 90 * MINUTE);
    shop.track('page_view');
    expect(names(shop)).not.toContain('cart_abandon');
  });

  test('is none for a program', () => {
    const shop = leave(90, { isBot: true });
    shop.track('page_view');
    shop.track('cart_abandon', { reason: 'exit' });
    expect(names(shop)).not.toContain('cart_abandon');
  });

  test.each([
    ['browse', []],
    ['cart', ['view_cart']],
    ['checkout', ['view_cart', 'begin_checkout', 'view_cart']],
  ])('says how far the person went: %s', (level, steps) => {
    const shop = leave(1);
    for (const step of steps) shop.track(step);
    vi.setSystemTime(Date.now() + 40 * MINUTE);
    shop.track('page_view');
    expect(abandonOf(shop)).toMatchObject({ level });
  });

  test('changed by the first thing a person does after the pause is told with what was in it before', () => {
    const shop = leave(40);
    const { version } = shop.profile.cart!;
    shop.cart.add(REEL);
    expect(names(shop)).toEqual(['view_item', 'add_to_cart', 'cart_abandon', 'cart_recover', 'add_to_cart']);
    expect(abandonOf(shop)).toMatchObject({ items: [{ item_id: 'kite' }], value: 20 });
    expect(shop.frozen[2]!.id).toBe(version);
    expect(shop.profile.cart!.version).not.toBe(version);
    expect(shop.profile.cart!.state).toBe('recovered');
  });

  test('taken up again says which it was, how, when, and by what the person came', () => {
    const shop = leave(40);
    shop.track('social_landing', { channel: 'paid_social', network: 'instagram' });
    shop.track('page_view');
    vi.setSystemTime(Date.now() + MINUTE);
    shop.track('view_cart');
    shop.track('view_cart');
    const recovers = shop.events.filter(({ name }) => name === 'cart_recover');
    const { cart_id } = shop.events[1]!;
    expect(recovers).toEqual([
      {
        name: 'cart_recover', abandonment_id: shop.frozen[2]!.id, cart_id, reason: 'idle', channel: 'paid_social', network: 'instagram',
        by: 'view_cart', seconds: 11 * 60, value: 20, currency: 'EUR',
      },
    ]);
  });

  test('that is bought after all is taken up again, with the value of the order', () => {
    const shop = leave(40);
    shop.purchase({ transaction_id: 'T1', value: 25, items: [KITE] });
    expect(names(shop)).toEqual(['view_item', 'add_to_cart', 'cart_abandon', 'cart_recover', 'purchase']);
    expect(shop.events[3]).toMatchObject({ by: 'purchase', value: 25, seconds: 600 });
    expect(shop.profile).toMatchObject({ cart: undefined, away: undefined });
  });

  test('that is emptied is given up: no recovery then, and none by the next cart', () => {
    const shop = leave(40);
    shop.track('page_view');
    shop.cart.clear();
    shop.cart.add(REEL);
    expect(names(shop)).not.toContain('cart_recover');
  });

  test('looked at on product pages alone is not taken up again', () => {
    const shop = leave(40);
    shop.track('view_item', { items: [REEL] });
    shop.track('page_view');
    expect(names(shop)).not.toContain('cart_recover');
  });

  test('by leaving the shop is provisional, of this moment, and not told again when the pause is over', () => {
    const shop = leave(1);
    shop.track('cart_abandon', { reason: 'exit' });
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    shop.track('page_view');
    expect(shop.events.filter(({ name }) => name === 'cart_abandon')).toMatchObject([{ reason: 'exit', provisional: true }]);
    expect(shop.frozen[2]!.time).toBe(START + MINUTE);
  });

  test('is none when the person goes to pay', () => {
    const shop = leave(1, { isOwn: (address) => address.includes('paypal') });
    shop.track('cart_abandon', { reason: 'exit', to: 'https://www.paypal.com/checkout' });
    expect(names(shop)).not.toContain('cart_abandon');
    shop.track('cart_abandon', { reason: 'exit', to: 'https://elsewhere.example/' });
    expect(names(shop)).toContain('cart_abandon');
  });

  test('that nobody came back to for 30 days is told, and forgotten', () => {
    const shop = leave(31 * 24 * 60);
    shop.track('page_view');
    expect(abandonOf(shop)).toMatchObject({ reason: 'idle', value: 20 });
    expect(shop.profile.cart).toBeUndefined();
    shop.cart.add(REEL);
    expect(names(shop)).not.toContain('cart_recover');
  });

  test('is not told because the clock was set back, and the pause begins anew', () => {
    const shop = leave(-300);
    shop.track('page_view');
    vi.setSystemTime(Date.now() + 29 * MINUTE);
    shop.track('page_view');
    expect(names(shop)).not.toContain('cart_abandon');
    vi.setSystemTime(Date.now() + 31 * MINUTE);
    shop.track('page_view');
    expect(names(shop)).toContain('cart_abandon');
  });

  test('goes through its states', () => {
    const shop = openShop();
    const states: unknown[] = [];
    const note = () => states.push(shop.profile.cart?.state);
    const pause = () => vi.setSystemTime(Date.now() + 31 * MINUTE);
    shop.cart.add(KITE);
    note();
    shop.cart.add(REEL);
    note();
    shop.checkout();
    note();
    pause();
    shop.track('page_view');
    note();
    shop.track('view_cart');
    note();
    shop.cart.remove(REEL);
    note();
    shop.purchase({ transaction_id: 'T1' });
    note();
    expect(states).toEqual(['open', 'changed', 'checkout', 'abandoned', 'recovered', 'changed', undefined]);
  });

  test('of two tabs that write at once, the cart that changed last stays, and what was told stays told', () => {
    const shop = leave(1);
    const { merges, profile } = shop;
    const merge: Tools['merges'][number] = (...both) => merges.forEach((each) => each(...both));
    const mine = structuredClone(profile);
    const theirs = structuredClone(profile);
    theirs.cartTime = mine.cartTime! + 1;
    theirs.cart = undefined;
    merge(mine, theirs);
    expect(mine.cart).toBeUndefined();
    const told = structuredClone(profile);
    Object.assign(told.cart!, { isTold: true, state: 'abandoned' });
    told.away = { id: told.cart!.version, cart_id: 'c', reason: 'idle', time: 1 };
    merge(profile, told);
    expect(profile).toMatchObject({ cart: { isTold: true }, away: { reason: 'idle' } });
  });
});

/** What a text is read as, as the value of an event. */
function valueOfText(value: unknown, more: object = {}) {
  const { track, events, problems } = openShop();
  track('view_item', { value, items: [], ...more });
  return [events[0]!.value, problems.map(([name]) => name)];
}

describe('a price that is a text', () => {
  test.each([
    ['19.90', 19.9], ['1299', 1299], ['1.299', 1.299], [' 12 ', 12], ['1e3', 1000], ['1.299,00 €', 1299], ['€ 1.299,50', 1299.5], ['$1,299.00', 1299], ['1,299', 1299],
    ['19,90', 19.9], ["CHF 1'299.5", 1299.5], ['1 299,00 kr', 1299], ['1\u00a0299,00 \u20ac', 1299], ['-5,00', -5], ['12.345.678,90', 12_345_678.9], ['0', 0], ['0,00', 0], ['+5,00', 5], ['.5', 0.5],
    // Three decimals, as of the Kuwaiti dinar.
    ['1,234.500', 1234.5], ['1.234,500', 1234.5], ['1.234.567,890', 1_234_567.89], ['1 234,500', 1234.5], ["1'234.500", 1234.5], ['0,500', 0.5], ['KWD 12.500', 12.5], ['12,500 KWD', 12.5], ['1,234,500 KWD', 1_234_500],
    // Thousands as elsewhere.
    ['1,23,456.00', 123_456], ['₹1,23,456', 123_456], ['Rs.1,00,00,000', 10_000_000], ['12,34,567.50', 1_234_567.5], ['1\u202f299,00', 1299], ['1\u2009299', 1299], ['1’299.50', 1299.5], ['1.234.567', 1_234_567], ['R$ 1.299,90', 1299.9], ['1.299 €', 1299],
    // Digits and signs of other scripts.
    ['١٬٢٣٤٫٥٠', 1234.5], ['۱۲۳۴', 1234], ['１，２９９', 1299], ['１９．９０', 19.9], ['১৯.৯০', 19.9], ['१,२३,४५६', 123_456], ['٣٫٥ د.ك', 3.5],
    // Swiss and German prices of whole francs and euros; words around.
    ['5.-', 5], ['1.299,-', 1299], ['19,–', 19], ['ab 19,90 € - inkl. MwSt.', 19.9], ['19.90 (incl. VAT)', 19.9], ['EUR19,90', 19.9], ['12,50 €/m²', 12.5],
    // Below 0, in every spelling.
    ['−5', -5], ['–5', -5], ['- 5', -5], ['-€5.00', -5], ['€-5.00', -5], ['EUR -5,00', -5], ['-USD 5', -5], ['(5.00)', -5], ['($1,299.00)', -1299], ['5-', -5], ['5,00- EUR', -5], ['5.00 -', -5], ['－５', -5],
  ])('%j is %s', (text, price) => expect(valueOfText(text)).toEqual([price, []]));

  test.each([
    '', ' ', 'free', '3 for 2', '1.2.3', '12345,678', '1,29,00', 'NaN', 'Infinity', '-Infinity', '1e999', '--5', '0x1f', '10%', '10 ٪', '½', '19½', '19⁹⁹ €', '$.50', '19,90 - 29,90', '1/2', 'Pre-order 5', 'Total - 19,90', '12 34', '1,2,3', '𝟏𝟗', 'null',
  ])('%j is none', (text) => expect(valueOfText(text)).toEqual([undefined, ['price']]));

  test.each([[true], [{ amount: 5 }], [[5]]])('%j is none', (value) => expect(valueOfText(value)).toEqual([undefined, ['price']]));

  test('is read by the currency: dinars have three decimals', () => {
    expect(valueOfText('12,500', { currency: 'KWD' })).toEqual([12.5, []]);
    expect(valueOfText('12,500', { currency: 'EUR' })).toEqual([12_500, []]);
    const { cart, events } = openShop('TND');
    cart.add({ item_id: 'kite', price: '12,500' as never, quantity: '2' as never });
    expect(events).toMatchObject([{ value: 25, currency: 'TND' }]);
  });

  const WRITTEN = { price: '1.299,00 €', discount: '19,90', quantity: '2,00' };
  const READ = { price: 1299, discount: 19.9, quantity: 2 };

  test.each(['view_item', 'view_item_list', 'select_item', 'add_to_wishlist', 'wishlist_add', 'view_cart', 'add_shipping_info', 'add_payment_info', 'checkout_progress', 'begin_checkout', 'refund', 'purchase', 'add_to_cart', 'view_promotion', 'my_own_event'])(
    'becomes a number in %s, of the event and of its items',
    (name) => {
      const { track, events, problems } = openShop('EUR');
      track(name, { transaction_id: 'T1', value: '2 598,00', tax: '414,81', shipping: '4.90', discount: '5,-', items: [{ item_id: 'kite', ...WRITTEN }] });
      expect(events).toMatchObject([{ name, value: 2598, tax: 414.81, shipping: 4.9, discount: 5, items: [{ item_id: 'kite', ...READ }] }]);
      expect(problems).toEqual([]);
    },
  );

  test('becomes a number where the fields themselves are the item', () => {
    const { track, events } = openShop('EUR');
    for (const name of ['add_to_wishlist', 'view_item', 'add_to_cart']) track(name, { item_id: 'kite', ...WRITTEN });
    expect(events).toMatchObject([{ ...READ, item_id: 'kite' }, READ, { value: 2598, items: [READ] }]);
  });

  test('counts for the sum: what is no amount is told, and worked out', () => {
    const { purchase, cart, events, problems } = openShop('EUR');
    cart.add({ item_id: 'kite', price: '19,99' as never, quantity: '3' as never });
    purchase({ transaction_id: 'T1', value: 'ask us' as never });
    expect(events).toMatchObject([{ value: 59.97 }, { name: 'purchase', value: 59.97 }]);
    expect(problems).toEqual([['price', 'ask us']]);
  });

  test('is refused below 0, in every spelling, and so is such a quantity', () => {
    for (const below of [-5, '-5', '-5,00', '−5', '(5.00)', '5-', '-€5', '５－']) {
      const { cart, track, events, problems } = openShop('EUR');
      cart.add([{ item_id: 'kite', price: below as never }, { item_id: 'reel', quantity: below as never }]);
      track('view_item', { items: [{ item_id: 'kite', price: below, quantity: below, discount: below }] });
      expect(problems).toEqual([['price', below], ['quantity', below], ['price', below], ['price', below], ['quantity', below]]);
      expect(events.map(({ items }) => items)).toEqual([[{ item_id: 'kite', quantity: 1 }], [{ item_id: 'kite' }]]);
    }
  });

  test('is what was given back where a refund writes it below 0; an order may be worth less than nothing', () => {
    const { refund, purchase, events, problems } = openShop('EUR');
    refund({ transaction_id: 'T1', value: -19.9, tax: '-3,18' as never });
    refund({ transaction_id: 'T2', value: '(19.90)' as never });
    purchase({ transaction_id: 'T3', value: '-5,00' as never, items: [KITE] });
    expect(events).toMatchObject([{ value: 19.9, tax: 3.18 }, { value: 19.9 }, { value: -5 }]);
    expect(problems).toEqual([]);
  });

  test('is nothing where it is null, and stays what it is in events that are about no product', () => {
    const { track, events, problems } = openShop('EUR');
    track('view_item', { value: null, items: [{ item_id: 'kite', price: null, quantity: null }] });
    track('size_chosen', { value: 'XL', price: '10-20', quantity: 'some' });
    track('generate_lead', { value: '19,90 €' });
    expect(events).toEqual([{ name: 'view_item', currency: 'EUR', items: [{ item_id: 'kite' }] }, { name: 'size_chosen', value: 'XL', price: '10-20', quantity: 'some' }, { name: 'generate_lead', value: 19.9 }]);
    expect(problems).toEqual([]);
  });

  test('becomes a number in items and events, and what is none is left out and told', () => {
    const { cart, track, events, problems } = openShop('EUR');
    cart.add([{ item_id: 'kite', price: '1.299,00 €' as never }, { item_id: 'reel', price: 'ask us' as never }]);
    track('view_item', { value: '19,90 €', items: [{ item_id: 'kite' }] });
    expect(events).toMatchObject([{ value: 1299, items: [{ price: 1299 }, { item_id: 'reel' }] }, { value: 19.9 }]);
    expect(events[0]!.items).not.toHaveProperty('1.price');
    expect(problems).toEqual([['price', 'ask us']]);
  });
});

describe('a long order', () => {
  const line = (index: number, more: object = {}) => ({
    item_id: `SKU-${index}`, item_name: `Kite number ${index}, in all the colours of the sky`, item_brand: 'Larus', item_category: 'Kites', item_category2: 'Single line',
    item_variant: index % 2 ? 'red' : 'blue', price: 19.99, quantity: 2, coupon: 'SPRING', discount: 1.5, index, ...more,
  });
  const lines = (count: number, more: object = {}): Record<string, unknown>[] => Array.from({ length: count }, (_, index) => line(index + 1, more));
  const sum = (count: number) => Math.round(count * 2 * 1999) / 100;

  test.each([17, 60, 200])('of %d lines keeps each of them as it is, whatever else they carry', (count) => {
    const items = lines(count, { description: 'Long. '.repeat(count > 100 ? 10 : 160) });
    const { cart, checkout, purchase, refund, track, events, problems } = openShop('EUR');
    cart.set(items);
    cart.set(items);
    checkout();
    purchase({ transaction_id: 'T1', items });
    refund({ transaction_id: 'T1', items });
    track('view_item_list', { items });
    expect(events.map(({ name, value }) => [name, value])).toEqual([['add_to_cart', sum(count)], ['begin_checkout', sum(count)], ['purchase', sum(count)], ['refund', undefined], ['view_item_list', undefined]]);
    for (const event of events) expect(event.items).toEqual(items);
    expect(problems).toEqual([]);
  });

  test('of 500 lines keeps what reports need of each, and says what it does not keep', () => {
    const items = lines(500, { description: 'Long. '.repeat(160), colour: 'blue', stock: 7 });
    const { cart, checkout, purchase, refund, track, events, profile, problems } = openShop('EUR');
    cart.set(items);
    cart.set(items);
    checkout();
    expect(JSON.stringify(profile).length).toBeLessThan(150_000);
    purchase({ transaction_id: 'T1', items });
    refund({ transaction_id: 'T1', items });
    track('view_item_list', { items });
    expect(events.map(({ name, value }) => [name, value])).toEqual([['add_to_cart', sum(500)], ['begin_checkout', sum(500)], ['purchase', sum(500)], ['refund', undefined], ['view_item_list', undefined]]);
    for (const event of events) {
      expect(JSON.stringify(event).length).toBeLessThan(150_000);
      expect(event.items).toEqual(items.map(({ description, colour, stock, ...kept }) => kept));
    }
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems.map(([name]) => name))).toEqual(new Set(['items']));
  });

  test('has its texts cut before anything goes, and neither id nor variant', () => {
    const items = lines(400, { description: 'Long. '.repeat(160), item_id: `SKU-${'1'.repeat(60)}-${'2'.repeat(60)}`, item_variant: 'v'.repeat(120), size: 'L' });
    const { track, events } = openShop('EUR');
    track('view_item_list', { items: items.slice(0, 100) });
    track('view_item_list', { items });
    const [few, many] = events.map((event) => (event.items as Record<string, unknown>[])[0]!);
    expect(few).toEqual({ ...items[0], description: 'Long. '.repeat(160).slice(0, 100) });
    expect(many).toMatchObject({ item_id: items[0]!.item_id, item_variant: items[0]!.item_variant, item_name: `${items[0]!.item_name}`.slice(0, 40), price: 19.99, quantity: 2 });
    expect(many).not.toHaveProperty('size');
  });

  test('that is too long to be read at all empties no cart', () => {
    const { cart, purchase, events } = openShop('EUR');
    cart.set([KITE]);
    cart.set(lines(2000, { description: 'Long. '.repeat(160) }) as never);
    purchase({ transaction_id: 'T1' });
    expect(short(events)).toEqual([['add_to_cart', '1 kite', 20], ['purchase', '1 kite', 20]]);
  });

  test('of more than 500 lines has the first 500, says so, and is worth what all of them are', () => {
    const items = lines(501);
    const { cart, checkout, purchase, events, profile, problems } = openShop('EUR');
    cart.set(items);
    cart.set(items.toReversed());
    checkout();
    purchase({ transaction_id: 'T1', value: 5, items });
    purchase({ transaction_id: 'T2', items });
    expect(events.map(({ name, value, items: told, flags }) => [name, value, (told as unknown[]).length, flags])).toEqual([
      ['add_to_cart', sum(501), 500, ['items_cut']],
      ['begin_checkout', sum(501), 500, ['items_cut']],
      ['purchase', 5, 500, ['items_cut']],
      ['purchase', sum(501), 500, ['items_cut']],
    ]);
    expect(problems).toContainEqual(['items', 501]);
    expect(profile.cart).toBeUndefined();
  });
});

test.each(['purchase', 'view_cart', 'refund'])('takes items that are no list for none: %s', (name) => {
  const { cart, track, events } = openShop('EUR');
  cart.add(KITE);
  for (const items of ['[{"item_id":"A"', { length: 1 }]) {
    track(name, { transaction_id: 'T1', items });
    if (name !== 'refund') expect(events.at(-1)).toMatchObject({ name, items: [KITE] });
    if (name === 'purchase') return;
  }
});
