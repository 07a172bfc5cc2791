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

/** The carts at a minute after noon; ten idle minutes make an abandoned one. */
const carts = (minute: number, events: any[]) => cartsOf(events, { now: NOON + minute * 60_000, abandonedAfterMs: 10 * 60_000 });
const states = (minute: number, events: any[]) => carts(minute, events).map(({ cart_id, state }) => `${cart_id} ${state}`);

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
    ['abandoned after more idle time than that', 10.1, [add(0, [mug])], ['c1 abandoned']],
    ['open while the visitor does anything at all', 20, [add(0, [mug]), happens(15, 'page_view')], ['c1 open']],
    ['not kept open by another visitor', 20, [add(0, [mug]), happens(15, 'page_view', {}, 'b')], ['c1 abandoned']],
    ['empty once everything is out again', 20, [add(0, [mug]), remove(1, [mug])], ['c1 empty']],
    ['bought by a purchase that names it', 60, [add(0, [mug]), purchase(1, { cart_id: 'c1' })], ['c1 bought']],
    ['bought by a purchase that names none', 60, [add(0, [mug]), purchase(1)], ['c1 bought']],
    ['abandoned when the purchase was of another cart', 60,
      [add(0, [mug]), add(1, [shirt], { cart_id: 'c2' }), purchase(2, { cart_id: 'c2' })], ['c2 bought', 'c1 abandoned']],
    ['abandoned when another visitor bought', 60, [add(0, [mug]), add(1, [mug], {}, 'b'), { ...purchase(2), visitor: { id: 'b' } }], ['c1 bought', 'c1 abandoned']],
    ['a new one after the purchase, even of the same id', 60, [add(0, [mug]), purchase(1), add(2, [shirt])], ['c1 abandoned', 'c1 bought']],
    ['one purchase, however often it is reported', 60, [add(0, [mug]), purchase(1), add(2, [shirt]), purchase(3)], ['c1 abandoned', 'c1 bought']],
    ['bought even where nothing is known of the cart', 60, [purchase(1, { cart_id: 'c9' })], ['c9 bought']],
  ])('%s', (_, minute, events, expected) => {
    expect(states(minute, events)).toEqual(expected);
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
    expect(carts(60, [core])[0]).toMatchObject({ state: 'abandoned', value: 18, page: null, touchpoint: null });
  });

  test('idle time goes by the clock of the collector', () => {
    const event = { ...add(0, [mug]), received: { occurred_at: at(55) } };
    expect(states(60, [event])).toEqual(['c1 open']);
  });

  test('an event called like something every object has is no cart event', () => {
    expect(carts(0, [happens(0, 'constructor'), happens(0, 'toString')])).toEqual([]);
  });
});
