import { describe, expect, test } from 'vitest';
import { cartsOf } from '../../examples/collector/carts.mjs';
import { at, NOON } from './helpers.js';

const mug = { item_id: 'M', item_name: 'Mug', price: 18, quantity: 1 };
const shirt = { item_id: 'S', item_name: 'Shirt', item_variant: 'sand', price: 59, quantity: 1 };
const instagram = { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', time: at(0) };

let seq = 0;
const happens = (minute: number, name: string, properties: Record<string, unknown> = {}, visitor = 'a') => ({
  name, properties, time: at(minute), seq: (seq += 1), tab: 't', visitor: { id: visitor },
  page: { url: `https://shop.example/${name}` }, touchpoint: instagram, journey: { stage: 'decision' },
});
const add = (minute: number, items: unknown[], more = {}, visitor?: string) =>
  happens(minute, 'add_to_cart', { currency: 'EUR', cart_id: 'c1', items, ...more }, visitor);
const remove = (minute: number, items: unknown[], more = {}) =>
  happens(minute, 'remove_from_cart', { currency: 'EUR', cart_id: 'c1', items, ...more });
const purchase = (minute: number, more = {}) => happens(minute, 'purchase', { transaction_id: 'T1', ...more });

/** The browser tells that the cart was left at this minute. */
const leave = (minute: number, more: Record<string, unknown> = {}, id = 'A1') => ({
  ...happens(minute, 'cart_abandon', {
    cart_id: 'c1', reason: 'idle', provisional: false, level: 'cart', items: [mug], value: 18, currency: 'EUR',
    last_active: at(minute - 30), last_page: 'https://shop.example/cart', last_item: 'M', ...more,
  }), id,
});
const comeBack = (minute: number, more: Record<string, unknown> = {}) =>
  happens(minute, 'cart_recover', { abandonment_id: 'A1', cart_id: 'c1', reason: 'idle', channel: 'email', network: 'klaviyo', by: 'view_cart', seconds: 600, ...more });

/** The carts at a minute after noon; ten minutes without an event make a silent one. */
const carts = (minute: number, events: any[]) => cartsOf(events, { now: NOON + minute * 60_000, silentAfterMs: 10 * 60_000 });
const states = (minute: number, events: any[]) => carts(minute, events).map(({ cart_id, state, silent }) => `${cart_id} ${silent ? 'silent' : state}`);

describe('what is in a cart', () => {
  const lines = (events: any[]) => carts(1, events)[0]!.items.map(({ item_id, item_variant, quantity }: any) => [item_id, item_variant, quantity]);

  test.each([
    ['one item', [add(0, [mug])], [['M', null, 1]]],
    ['the same item twice', [add(0, [mug]), add(1, [{ ...mug, quantity: 3 }])], [['M', null, 4]]],
    ['an item without a quantity counts as one', [add(0, [{ item_id: 'M' }])], [['M', null, 1]]],
    ['variants are different things', [add(0, [shirt]), add(1, [{ ...shirt, item_variant: 'moss' }])], [['S', 'sand', 1], ['S', 'moss', 1]]],
    ['items that only have a name are told apart by it', [add(0, [{ item_name: 'Mug' }]), add(1, [{ item_name: 'Shirt' }])], [[null, null, 1], [null, null, 1]]],
    ['one of two taken out', [add(0, [{ ...mug, quantity: 2 }]), remove(1, [mug])], [['M', null, 1]]],
    ['one thing taken out whole', [add(0, [mug, shirt]), remove(1, [mug])], [['S', 'sand', 1]]],
    ['more taken out than was in', [add(0, [mug, shirt]), remove(1, [{ ...mug, quantity: 9 }])], [['S', 'sand', 1]]],
    ['events that arrived in the wrong order', [remove(1, [mug]), add(0, [{ ...mug, quantity: 2 }])], [['M', null, 1]]],
    ['items that are no items', [add(0, [mug, null, 7]), add(1, 'no list' as any)], [['M', null, 1]]],
  ])('%s', (_, events, expected) => {
    expect(lines(events)).toEqual(expected);
  });

  test.each([
    ['the sum of the items', [add(0, [{ ...mug, quantity: 2 }, shirt])], 95, 3],
    ['less what was taken out', [add(0, [{ ...mug, quantity: 2 }, shirt]), remove(1, [shirt])], 36, 2],
    ['of all that is in it, not of the last change', [add(0, [mug], { value: 18 }), add(1, [shirt], { value: 59 })], 77, 2],
    ['nothing where prices are none', [add(0, [{ item_id: 'M', price: 'dear' }])], 0, 1],
  ])('its value is %s', (_, events, value, quantity) => {
    expect(carts(1, events)[0]).toMatchObject({ value, quantity, currency: 'EUR' });
  });
});

describe('what became of a cart', () => {
  test.each([
    ['open while the visitor is active', 10, [add(0, [mug])], ['c1 open']],
    ['silent after more idle time than that', 10.1, [add(0, [mug])], ['c1 silent']],
    ['open while the visitor does anything at all', 20, [add(0, [mug]), happens(15, 'page_view')], ['c1 open']],
    ['not kept open by another visitor', 20, [add(0, [mug]), happens(15, 'page_view', {}, 'b')], ['c1 silent']],
    ['empty once everything is out again', 20, [add(0, [mug]), remove(1, [mug])], ['c1 empty']],
    ['bought by a purchase that names it', 60, [add(0, [mug]), purchase(1, { cart_id: 'c1' })], ['c1 bought']],
    ['bought by a purchase that names none', 60, [add(0, [mug]), purchase(1)], ['c1 bought']],
    ['silent when the purchase was of another cart', 60,
      [add(0, [mug]), add(1, [shirt], { cart_id: 'c2' }), purchase(2, { cart_id: 'c2' })], ['c2 bought', 'c1 silent']],
    ['silent when another visitor bought', 60, [add(0, [mug]), add(1, [mug], {}, 'b'), { ...purchase(2), visitor: { id: 'b' } }], ['c1 bought', 'c1 silent']],
    ['a new one after the purchase, even of the same id', 60, [add(0, [mug]), purchase(1), add(2, [shirt])], ['c1 silent', 'c1 bought']],
    ['one purchase, however often it is reported', 60, [add(0, [mug]), purchase(1), add(2, [shirt]), purchase(3)], ['c1 silent', 'c1 bought']],
    ['bought even where nothing is known of the cart', 60, [purchase(1, { cart_id: 'c9' })], ['c9 bought']],
  ])('%s', (_, minute, events, expected) => {
    expect(states(minute, events)).toEqual(expected);
  });

  test.each([
    ['abandoned once the browser tells so', [add(0, [mug]), leave(1)], ['c1 abandoned']],
    ['abandoned, however much the visitor looks at other things', [add(0, [mug]), leave(1), happens(59, 'page_view')], ['c1 abandoned']],
    ['open once it was taken up again', [add(0, [mug]), leave(1), comeBack(55)], ['c1 open']],
    ['open once it was changed, though nobody tells that it was taken up', [add(0, [mug]), leave(1), add(55, [shirt])], ['c1 open']],
    ['abandoned again', [add(0, [mug]), leave(1), comeBack(5), leave(50, {}, 'A2')], ['c1 abandoned']],
    ['bought, however it was left before', [add(0, [mug]), leave(1), purchase(55, { cart_id: 'c1' })], ['c1 bought']],
    ['bought, and not left by a tab that did not know', [add(0, [mug]), purchase(1, { cart_id: 'c1' }), leave(30)], ['c1 bought']],
    ['bought, and taken up by its order', [add(0, [mug]), leave(1), purchase(55), comeBack(55, { by: 'purchase' })], ['c1 bought']],
    ['abandoned where nothing else is known of it', [leave(1)], ['c1 abandoned']],
    ['not taken up by the way back to another one', [add(0, [mug]), leave(1), comeBack(55, { abandonment_id: 'A9', cart_id: 'c9' })], ['c1 abandoned']],
    ['silent where a word came of a cart that nobody knows', [add(0, [mug]), comeBack(1, { abandonment_id: 'A9', cart_id: 'c9' })], ['c1 silent']],
    ['abandoned by the latest word, in whatever order the words arrive', [leave(50, {}, 'A2'), comeBack(5), leave(1), add(0, [mug])], ['c1 abandoned']],
  ])('%s', (_, events, expected) => {
    expect(states(60, events)).toEqual(expected);
  });

  test('tells why, how far and when it was left, and what was seen last', () => {
    const [cart] = carts(60, [add(0, [mug]), leave(1, { reason: 'exit', provisional: true, level: 'checkout', value: 17 })]);
    expect(cart).toMatchObject({
      state: 'abandoned', silent: false, value: 17, page: { url: 'https://shop.example/cart' },
      left: { reason: 'exit', provisional: true, level: 'checkout', at: at(1), item: 'M' },
    });
  });

  test('holds what the browser says was in it, where events of it are missing', () => {
    expect(carts(60, [add(0, [mug]), leave(1, { items: [mug, shirt], value: 77 })])[0]).toMatchObject({ value: 77, quantity: 2 });
  });

  test('was left is no sign of life', () => {
    expect(carts(60, [add(0, [mug]), leave(30)])[0]).toMatchObject({ idle_since: at(0) });
  });

  test('tells how it was taken up again', () => {
    const recovered = { channel: 'email', network: 'klaviyo', by: 'purchase', seconds: 600 };
    expect(carts(60, [add(0, [mug]), leave(1), purchase(11), comeBack(11, { by: 'purchase' })])[0]).toMatchObject({ state: 'bought', recovered, left: null });
  });

  test.each([
    ['what does not fit', [purchase(1, { flags: ['no_items', '<b>', 7] })], { flags: ['no_items'], refunds: [], cancelled: false }],
    ['what was given back', [purchase(1), happens(2, 'refund', { transaction_id: 'T1', value: 5, currency: 'EUR' })], { refunds: [{ value: 5, currency: 'EUR' }] }],
    ['that it was cancelled', [purchase(1), happens(2, 'order_cancel', { transaction_id: 'T1' })], { cancelled: true }],
    ['nothing of another order', [purchase(1), happens(2, 'order_cancel', { transaction_id: 'T2' })], { cancelled: false }],
    ['nothing of an order without a number', [purchase(1, { transaction_id: undefined }), happens(2, 'order_cancel')], { cancelled: false }],
  ])('tells of an order %s', (_, events, expected) => {
    expect(carts(60, events)[0]).toMatchObject(expected);
  });

  test('copes with words that are none', () => {
    const trap = { toString: 1 };
    const left = { reason: trap, level: 'constructor', provisional: 'yes', value: 'dear', items: trap, last_page: trap, last_item: trap };
    expect(carts(60, [add(0, [mug]), leave(1, left), comeBack(0.5, { abandonment_id: trap, cart_id: trap, by: trap, seconds: 'x', channel: trap })])[0]).toMatchObject({
      state: 'abandoned', value: 18, left: { reason: null, level: null, provisional: false, item: null },
    });
  });

  test('tells who left it, where they came from and where they were last', () => {
    const last = happens(2, 'view_cart');
    last.visitor = { id: 'a', user_id: 'mara' } as any;
    const [cart] = carts(60, [add(0, [mug]), last]);
    expect(cart).toMatchObject({ visitor: 'a', user_id: 'mara', touchpoint: instagram, page: { url: 'https://shop.example/view_cart' }, touched: at(0), idle_since: at(2) });
  });

  test('what was bought is what the purchase says', () => {
    const [cart] = carts(1, [add(0, [mug]), purchase(1, { value: 70, currency: 'GBP', items: [shirt] })]);
    expect(cart).toMatchObject({ value: 70, currency: 'GBP', quantity: 1, transaction_id: 'T1', items: [{ item_id: 'S' }] });
  });

  test('what was bought is what was in the cart where the purchase does not say', () => {
    expect(carts(1, [add(0, [mug]), purchase(1)])[0]).toMatchObject({ value: 18, quantity: 1, items: [{ item_id: 'M' }] });
  });

  test('copes with a tracker that tells neither pages nor stages nor touchpoints', () => {
    const { page, journey, touchpoint, ...core } = add(0, [mug]);
    expect(carts(60, [core])[0]).toMatchObject({ state: 'open', silent: true, value: 18, page: null, touchpoint: null });
  });

  test('idle time goes by the clock of the collector', () => {
    const event = { ...add(0, [mug]), received: { occurred_at: at(55) } };
    expect(states(60, [event])).toEqual(['c1 open']);
  });

  test('an event called like something every object has is no cart event', () => {
    expect(carts(0, [happens(0, 'constructor'), happens(0, 'toString')])).toEqual([]);
  });
});
