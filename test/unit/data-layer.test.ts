import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { readPush } from '../../src/capture/data-layer.js';
import { createOnce, signatureOf } from '../../src/capture/once.js';

/** What pushes tell, one after the other, without fields that are not there. */
function read(...pushes: unknown[]): unknown[] {
  let ecommerce: unknown;
  return pushes.flatMap((push) => {
    const heard = readPush(push, ecommerce);
    ({ ecommerce } = heard);
    return JSON.parse(JSON.stringify(heard.events)) as unknown[];
  });
}
/** What gtag pushes. */
function gtag(..._given: unknown[]): IArguments {
  return arguments;
}

const ITEMS = [{ item_id: 'A1', item_name: 'Kite', price: 19.9, quantity: 2 }];
const GA4 = { currency: 'EUR', value: 39.8, items: ITEMS };
const OLD = [{ id: 'A1', name: 'Kite', price: '19.90', quantity: 2, brand: 'Larus', category: 'Kites', variant: 'red', coupon: 'C', position: 3, dimension1: 'x' }];
const NEW = [{ item_id: 'A1', item_name: 'Kite', price: '19.90', quantity: 2, item_brand: 'Larus', item_category: 'Kites', item_variant: 'red', coupon: 'C', index: 3 }];

describe('a push', () => {
  test.each<[what: string, pushes: unknown[], told: unknown[]]>([
    ['of GA4’s shape', [{ event: 'add_to_cart', ecommerce: GA4 }], [['add_to_cart', GA4]]],
    ['with its parameters beside the name', [{ event: 'purchase', transaction_id: 'T1', ...GA4 }], [['purchase', { transaction_id: 'T1', ...GA4 }]]],
    ['with its currency beside the name', [{ event: 'view_item', currency: 'EUR', ecommerce: { items: ITEMS } }], [['view_item', { currency: 'EUR', items: ITEMS }]]],
    ['that relies on the one before', [{ ecommerce: GA4 }, { event: 'view_item' }], [['view_item', GA4]]],
    ['that relies on an event before', [{ event: 'view_item', ecommerce: GA4 }, { event: 'add_to_cart' }], [['view_item', GA4], ['add_to_cart', GA4]]],
    ['after a reset', [{ ecommerce: GA4 }, { ecommerce: null }, { event: 'view_cart' }], [['view_cart', {}]]],
    ['after a reset, with its own', [{ ecommerce: GA4 }, { ecommerce: null }, { event: 'view_cart', ecommerce: { value: 1 } }], [['view_cart', { value: 1 }]]],
    ['that has its own says nothing of the one before', [{ ecommerce: { ...GA4, coupon: 'C' } }, { event: 'view_cart', ecommerce: { value: 1 } }], [['view_cart', { value: 1 }]]],
    ['that needs nothing of the one before', [{ ecommerce: GA4 }, { event: 'purchase', transaction_id: 'T1' }], [['purchase', { transaction_id: 'T1' }]]],
    ['of a search', [{ ecommerce: GA4 }, { event: 'search', search_term: 'kite', 'gtm.uniqueEventId': 5 }], [['search', { search_term: 'kite' }]]],
    ['of a sign-up, without who', [{ event: 'sign_up', method: 'Google', user_data: { email: 'a@b.example' }, email: 'a@b.example', eventCallback() {} }], [['sign_up', { method: 'Google' }]]],
    ['with what GA4 does not know', [{ event: 'view_item', ecommerce: { ...GA4, email: 'a@b.example', event_callback() {} } }], [['view_item', GA4]]],
    [
      'with what GA4 does not know of an item',
      [{ event: 'add_to_cart', ecommerce: { items: [{ ...ITEMS[0], affiliation: 'Store', location_id: 'L1', item_category5: 'Red', recipient_email: 'a@b.example', stocklevel: 7, stock_status: 'instock', dimension1: 'x', internal: { cost: 3 } }] } }],
      [['add_to_cart', { items: [{ ...ITEMS[0], affiliation: 'Store', location_id: 'L1', item_category5: 'Red' }] }]],
    ],
    ['with objects where GA4 has texts', [{ event: 'purchase', ecommerce: { transaction_id: 'T1', coupon: { email: 'a@b.example' }, items: [{ item_id: 'A1', item_name: { en: 'Kite', customer_email: 'a@b.example' }, price: ['5'] }, null, 'a@b.example'] } }], [['purchase', { transaction_id: 'T1', items: [{ item_id: 'A1' }, {}, {}] }]]],
    ['with items that are no list', [{ event: 'view_item', ecommerce: { items: { 0: { item_id: 'A1', customer_email: 'a@b.example' } } } }], [['view_item', {}]]],
    ['with items in two spellings', [{ event: 'view_item', ecommerce: { items: [{ item_id: 'A1', id: 7, name: 'Kite', list_name: 'Sale', list_position: 2 }, { item_id: '', id: 'B2', item_name: 'Reel', name: 'Rolle' }] } }], [['view_item', { items: [{ item_id: 'A1', item_name: 'Kite', item_list_name: 'Sale', index: 2 }, { item_id: 'B2', item_name: 'Reel' }] }]]],
    ['of Google Tag Manager’s own', [{ event: 'gtm.js', 'gtm.start': 1 }, { event: 'gtm.dom' }, { event: 'gtm.load' }, { event: 'gtm.historyChange' }], []],
    ['of a page view', [{ event: 'page_view' }, { event: 'pageview' }], []],
    ['of the shop’s own', [{ event: 'newsletter_popup' }, { event: 'addToCart', ecommerce: GA4 }], []],
    ['of what has no name', [{ pageType: 'product' }], []],
    ['of no object', [undefined, null, 7, 'add_to_cart', true, () => 1, Symbol('s'), [], ['event']], []],
    ['whose name is no text', [{ event: { toString: () => 'search' } }, { event: ['search'] }, { event: 7 }], []],
    ['whose `ecommerce` is no object', [{ event: 'view_item', ecommerce: 'x' }, { event: 'view_item', ecommerce: 7 }], [['view_item', {}], ['view_item', {}]]],
  ])('%s', (_what, pushes, told) => {
    expect(read(...pushes)).toEqual(told);
  });
});

describe('gtag', () => {
  test.each<[what: string, pushes: unknown[], told: unknown[]]>([
    ['an event', [gtag('event', 'add_to_cart', GA4)], [['add_to_cart', GA4]]],
    ['an event by a function that pushes a list', [['event', 'add_to_cart', GA4]], [['add_to_cart', GA4]]],
    ['an event with parameters for Google alone', [gtag('event', 'purchase', { transaction_id: 'T1', send_to: 'G-1', event_callback() {} })], [['purchase', { transaction_id: 'T1' }]]],
    ['an event without parameters', [gtag('event', 'login')], [['login', {}]]],
    ['an event does not take what was pushed', [{ ecommerce: GA4 }, gtag('event', 'view_item', { value: 1 })], [['view_item', { value: 1 }]]],
    ['other commands', [gtag('js', new Date()), gtag('config', 'G-1'), gtag('set', { currency: 'EUR' }), gtag('consent', 'update', { ad_storage: 'granted' })], []],
    ['a page view, and an event of the shop’s own', [gtag('event', 'page_view'), gtag('event', 'popup', {}), gtag('event'), gtag('event', {})], []],
  ])('%s', (_what, pushes, told) => {
    expect(read(...pushes)).toEqual(told);
  });
});

describe('the older enhanced e-commerce', () => {
  const products = { products: OLD };
  const event = (name: string, more: object = {}) => [name, { currency: 'EUR', ...more, items: NEW }];
  test.each<[what: string, ecommerce: object, told: unknown[]]>([
    ['detail', { detail: products }, [event('view_item')]],
    ['detail, with the list it came from', { detail: { ...products, actionField: { list: 'Sale' } } }, [event('view_item', { item_list_name: 'Sale' })]],
    ['click', { click: products }, [event('select_item')]],
    ['add', { add: products }, [event('add_to_cart')]],
    ['remove', { remove: products }, [event('remove_from_cart')]],
    ['checkout', { checkout: { actionField: { step: 1 }, ...products } }, [event('begin_checkout', { checkout_step: 1 })]],
    ['checkout whose fields are objects', { checkout: { actionField: { step: Object.assign(Object.create(null), { email: 'a@b.example' }), list: {}, id: {}, revenue: {} }, ...products } }, [event('begin_checkout')]],
    ['checkout without a step', { checkout: products }, [event('begin_checkout')]],
    ['a later step of checkout', { checkout: { actionField: { step: '3' }, ...products } }, [event('checkout_progress', { checkout_step: '3' })]],
    ['purchase', { purchase: { actionField: { id: 'T1', revenue: '39.80', tax: 3, shipping: 5, coupon: 'C' }, ...products } }, [event('purchase', { transaction_id: 'T1', value: '39.80', tax: 3, shipping: 5, coupon: 'C' })]],
    ['refund of a whole order', { refund: { actionField: { id: 'T1' } } }, [['refund', { currency: 'EUR', transaction_id: 'T1' }]]],
    ['impressions', { impressions: [{ ...OLD[0], list: 'Sale' }] }, [['view_item_list', { currency: 'EUR', item_list_name: 'Sale', items: [{ ...NEW[0], item_list_name: 'Sale' }] }]]],
    ['impressions beside detail', { detail: products, impressions: OLD }, [event('view_item'), event('view_item_list')]],
    ['promotions seen', { promoView: { promotions: [{ id: 'P1', name: 'Sale', creative: 'banner', position: 'top' }, { id: 'P2' }] } }, [['view_promotion', { promotion_id: 'P1', promotion_name: 'Sale', creative_name: 'banner', creative_slot: 'top' }], ['view_promotion', { promotion_id: 'P2' }]]],
    ['a promotion chosen', { promoClick: { promotions: [{ id: 'P1' }] } }, [['select_promotion', { promotion_id: 'P1' }]]],
    ['nothing that one can understand', { detail: 7, add: null, impressions: 'x', promoView: { promotions: {} } }, []],
  ])('%s', (_what, ecommerce, told) => {
    expect(read({ event: 'eec', ecommerce: { currencyCode: 'EUR', ...ecommerce } })).toEqual(told);
    expect(read({ ecommerce: { currencyCode: 'EUR', ...ecommerce } })).toEqual(told);
  });

  test('counts once where its event has GA4’s name, and where a bare event follows', () => {
    expect(read({ event: 'add_to_cart', ecommerce: { add: products } }, { event: 'add_to_cart' })).toEqual([['add_to_cart', { items: NEW }]]);
  });

  test('gives way to GA4’s shape where a shop pushes both', () => {
    expect(read({ event: 'purchase', ecommerce: { transaction_id: 'T1', ...GA4, purchase: { actionField: { id: 'T1' }, products: OLD } } })).toEqual([['purchase', { transaction_id: 'T1', ...GA4 }]]);
  });

  test('does no harm with names of the prototype', () => {
    const product = JSON.parse('{"id":"A1","__proto__":{"polluted":1},"constructor":1}') as object;
    expect(read({ ecommerce: { detail: { products: [product] } } })).toHaveLength(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test('never throws, whatever the JSON', () => {
  const names = ['event', 'ecommerce', 'items', 'detail', 'products', 'actionField', 'checkout', 'impressions', 'promoView', 'promotions', 'step', '0', '1', '__proto__'];
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.constantFrom('event', 'purchase', 'search'), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...names), tie('node'))),
  }));
  fc.assert(fc.property(node, node, (entry, before) => void readPush(entry, before)), { numRuns: 1000 });
});

describe('what two sources say', () => {
  const open = (isBegun = true) => {
    let time = 0;
    const once = createOnce(() => time);
    if (isBegun) once.begin();
    return { ...once, wait: (ms: number) => (time += ms) };
  };

  test('counts once within a second, whichever comes first', () => {
    const { isRepeat, wait } = open();
    expect(isRepeat('add', 'call')).toBe(false);
    wait(999);
    expect(isRepeat('add', 'push')).toBe(true);
    expect(isRepeat('add', 'push')).toBe(false);
    expect(isRepeat('add', 'call')).toBe(true);
  });

  test('counts twice after a second, and if it is not the same', () => {
    const { isRepeat, wait } = open();
    isRepeat('add', 'call');
    expect(isRepeat('remove', 'push')).toBe(false);
    wait(1000);
    expect(isRepeat('add', 'push')).toBe(false);
  });

  test('counts twice where one source says it twice, and each saying answers for one other', () => {
    const { isRepeat } = open();
    expect([isRepeat('add', 'call'), isRepeat('add', 'call')]).toEqual([false, false]);
    expect(['push', 'push', 'push'].map((by) => isRepeat('add', by))).toEqual([true, true, false]);
  });

  test('counts as ever on a page that has put the name of a source on every object', () => {
    Object.assign(Object.prototype, { push: () => {} });
    try {
      const { isRepeat } = open();
      expect(['call', 'push', 'push', 'call'].map((by) => isRepeat('add', by))).toEqual([false, true, false, true]);
    } finally {
      delete (Object.prototype as { push?: unknown }).push;
    }
  });

  test('counts once, however long ago it was said, where the other has just begun to listen', () => {
    const { begin, isRepeat, note, wait } = open(false);
    note('add', 'call');
    isRepeat('view', 'call');
    wait(60_000);
    isRepeat('search', 'call');
    note('login', 'call');
    begin();
    wait(10);
    expect(['add', 'view', 'search'].map((what) => isRepeat(what, 'push'))).toEqual([true, true, true]);
    wait(1000);
    expect(isRepeat('login', 'push')).toBe(false);
  });
});

test.each(['another event each time', 'the same event'])('to look whether another source has said it takes as long in a burst as alone: %s', (what) => {
  const clock = vi.fn(() => 5);
  const { begin, isRepeat } = createOnce(clock);
  begin();
  for (let index = 0; index < 2000; index++) isRepeat(what.startsWith('another') ? `view ${index}` : 'view', 'call');
  expect(clock.mock.calls.length).toBeLessThan(2000 * 10);
});

describe('two sayings are the same', () => {
  test.each<[isSame: boolean, what: string, event: string, one: unknown, other: unknown]>([
    [true, 'an item by itself, and in a list', 'add_to_cart', { item_id: 'A1', price: 5 }, { items: [{ item_id: 'A1' }], value: 5 }],
    [true, 'one, and one by default', 'add_to_cart', { item_id: 'A1' }, { items: [{ item_id: 'A1', quantity: '1' }] }],
    [false, 'one, and two', 'add_to_cart', { item_id: 'A1' }, { items: [{ item_id: 'A1', quantity: 2 }] }],
    [false, 'this and that', 'add_to_cart', { item_id: 'A1' }, { item_id: 'B2' }],
    [true, 'an id as a number, and as a text', 'add_to_cart', { item_id: 7 }, { items: [{ item_id: ' 7' }] }],
    [true, 'a name with entities, and without', 'view_item', { item_name: 'Tom &amp; Jerry&#39;s' }, { items: [{ item_name: "Tom & Jerry's" }] }],
    [true, 'a name with an emoji as an entity', 'view_item', { item_name: 'Kite &#128512;&#x1F600;' }, { items: [{ item_name: 'Kite 😀😀' }] }],
    [true, 'a name with an entity in capitals', 'view_item', { item_name: 'Tom &AMP; Jerry' }, { items: [{ item_name: 'Tom & Jerry' }] }],
    [true, 'a name with other spaces', 'view_item', { item_name: 'Tom&nbsp;&#x26;  Jerry' }, { items: [{ item_name: 'tom & jerry\n' }] }],
    [false, 'two ids of one name', 'view_item', { item_id: 'SHIRT', item_name: 'Shirt' }, { item_id: 'SHIRT-M', item_name: 'Shirt' }],
    [true, 'an id by another word', 'add_to_cart', { items: [{ id: 'A1' }] }, { item_id: 'A1' }],
    [true, 'known by name', 'view_item', { item_name: 'Kite' }, { items: [{ item_name: 'Kite' }] }],
    [true, 'an order', 'purchase', { transaction_id: 7, items: [] }, { transaction_id: '7', value: 5 }],
    [false, 'two orders', 'purchase', { transaction_id: 'T1' }, { transaction_id: 'T2' }],
    [true, 'a search', 'search', { search_term: 'kite' }, { search_term: 'kite', results: 3 }],
    [false, 'two searches', 'search', { search_term: 'kite' }, { search_term: 'line' }],
    [false, 'two promotions', 'view_promotion', { promotion_id: 'P1' }, { promotion_id: 'P2' }],
    [true, 'a step of checkout', 'begin_checkout', {}, { items: [{ item_id: 'A1' }] }],
    [true, 'nothing to tell them apart', 'sign_up', undefined, { method: 'Google' }],
  ])('%s: %s', (isSame, _what, event, one, other) => {
    expect(signatureOf(event, one) === signatureOf(event, other)).toBe(isSame);
  });

  test('and nothing throws', () => {
    const hostile = [null, 7, 'x', Symbol('s'), { items: [null] }, { get items(): never { throw new Error('no'); } }, { transaction_id: Symbol('s') }];
    for (const given of hostile) expect(signatureOf('add_to_cart', given)).toMatch(/^add_to_cart/);
  });
});
