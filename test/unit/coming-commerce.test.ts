import { expect, test } from 'vitest';
import { comingCommerce } from '../../src/commerce/coming-commerce.js';
import { commerce } from '../../src/commerce/commerce.js';
import type { CommerceState } from '../../src/commerce/state.js';
import type { Draft } from '../../src/event/draft.js';
import type { PluginApi, VisitorView } from '../../src/plugin.js';

const NOW = Date.UTC(2026, 10, 2, 9);
const MINUTE = 60_000;
const CART = { id: 'c', items: [], value: 0, state: 'open', level: 'browse', version: 'v' } as const;
const draft = (name: string, properties: object = {}, more: Partial<Draft> = {}) =>
  ({ id: 'i', name, time: NOW, properties, context: { page: { url: 'https://shop.test/a' } }, ...more }) as Draft;
const plugin = () => comingCommerce({ cartIdleMinutes: 30 }, () => Promise.resolve({ commerce }));
const needs = (name: string, properties?: object, state?: CommerceState) =>
  plugin().needs!(draft(name, properties), state);

test.each([
  'add_to_cart',
  'remove_from_cart',
  'set_cart',
  'view_cart',
  'begin_checkout',
  'add_shipping_info',
  'add_payment_info',
  'checkout_progress',
  'purchase',
  'refund',
  'order_cancel',
  'view_item',
])('%s needs the part, of whomever', (name) => expect(needs(name)).toBe(true));

test.each(['items', 'currency', 'value', 'price', 'discount', 'tax', 'shipping', 'quantity'])(
  'an event with %s needs the part, which reads it',
  (field) => expect(needs('my_event', { [field]: '1,5' })).toBe(true),
);

test.each<[name: string, properties?: object]>([
  ['page_view'],
  ['landing', { channel: 'organic', campaign: { source: 'x' } }],
  ['engagement', { seconds: 5, scroll: 90 }],
  ['web_vitals', { lcp: 900, cls: 0.01 }],
  ['search', { search_term: 'kite' }],
  ['sign_up', { method: 'form' }],
  ['cart_abandon', { reason: 'exit' }],
  ['~flush'],
  ['~leave', { isLeft: true, isDurable: true }],
  ['~active'],
])('%s of somebody without a cart does not', (name, properties) => {
  expect(needs(name, properties)).toBe(false);
  expect(needs(name, properties, { orders: ['T1'], viewed: 'kite', active: 1 })).toBe(false);
});

test.each<[what: string, state: CommerceState, is: boolean]>([
  ['a cart that was touched a moment ago', { cart: CART, active: NOW - MINUTE }, false],
  ['a cart that nobody has touched for half an hour', { cart: CART, active: NOW - 30 * MINUTE }, true],
  ['a cart that was touched in the time to come', { cart: CART, active: NOW + MINUTE }, true],
  [
    'a cart that was left behind',
    { cart: CART, active: NOW, away: { id: 'a', cart_id: 'c', reason: 'exit', time: 1 } },
    true,
  ],
  ['an order that waits', { held: [{ ...draft('purchase'), cart: undefined }] }, true],
])('a page view of somebody with %s needs the part, or not', (_what, state, is) =>
  expect(needs('page_view', {}, state)).toBe(is),
);

test('leaving the shop with a cart needs the part', () =>
  expect(needs('cart_abandon', { reason: 'exit' }, { cart: CART, active: NOW })).toBe(true));

test('notes without the part when the person was active, and where, as the part does', () => {
  const before: CommerceState = { cart: CART, active: NOW - MINUTE, page: 'https://shop.test/', orders: ['T1'] };
  for (const each of [
    draft('page_view'),
    draft('~active', {}, { context: {}, session: 'ignore' }),
    draft('web_vitals', {}, { context: {}, session: 'ignore' }),
  ]) {
    const visitor = { id: 'v', last: NOW, state: {}, mayMarket: true } satisfies VisitorView;
    const whole = commerce().process!(each, before, visitor) as { state: CommerceState };
    const step = plugin().process!(each, before, visitor);
    expect({ ...before, ...Object(step).state }).toEqual({ ...before, ...whole.state });
  }
});

test('takes what another tab has done, keeps no campaign of a page where it must not, and lets nobody abandon no cart', () => {
  const { state, process } = plugin();
  expect(state!.merge!({ active: 2 }, { cart: CART, active: 1 })).toEqual({ cart: CART, active: 1 });
  expect(state!.withoutMarketing!({ page: 'https://shop.test/?utm_campaign=x' })).toEqual({
    page: 'https://shop.test/',
  });
  expect(process!(draft('cart_abandon'), undefined, {} as VisitorView)).toEqual({ drafts: [] });
});

test('becomes the whole plugin, which watches the page from then on', async () => {
  const heard: string[] = [];
  const api = {
    guard: (work: () => void) => work,
    track() {},
    on: (type: string) => (heard.push(type), () => {}),
    stops: [],
    tracker: { known: () => {} },
  } as unknown as PluginApi;
  const coming = plugin();
  expect(Object.keys(coming.methods!(api))).toEqual(['cart', 'checkout', 'purchase', 'refund', 'cancel']);
  const whole = await coming.load!();
  expect(heard).toEqual(['leave', 'pageend']);
  expect(whole).toMatchObject({ name: 'commerce', process: expect.any(Function) });
  expect(whole.needs).toBeUndefined();
});
