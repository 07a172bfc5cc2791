import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readShopifyEvent } from '../../src/adapters/shopify-event.js';
import { hashId, hashTimeId } from '../../src/util/hash-id.js';
import { DATA, shopifyEvent } from '../helpers/shopify.js';

const POT = { item_id: '7992983748843', item_name: 'Tea pot', item_brand: 'Second Steep', item_category: 'Pots', item_variant: 'Blue', variant_id: '43751530397931', sku: 'POT-B', price: 40 };
const TEA = { item_id: '7808926384363', item_name: 'Sencha', item_brand: 'Second Steep', variant_id: '43218082857195', price: 9.99 };
const ORDERED = [
  { ...POT, price: 36, discount: 4, quantity: 1 },
  { ...TEA, price: 8.99, discount: 1, quantity: 3 },
];
const CHECKOUT = { currency: 'EUR', value: 62.97, coupon: 'SPRING10', items: ORDERED };

/** What a reading's properties are on the wire. */
const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("reads Shopify's", () => {
  test.each([
    ['page_viewed', 'page_view', {}],
    ['product_viewed', 'view_item', { currency: 'EUR', value: 40, items: [POT] }],
    ['collection_viewed', 'view_item_list', { item_list_id: '408385257707', item_list_name: 'Spring', currency: 'EUR', items: [{ ...POT, index: 1 }, { ...TEA, index: 2 }] }],
    ['search_submitted', 'search', { search_term: 'green tea', results: 1 }],
    ['product_added_to_cart', 'add_to_cart', { currency: 'EUR', items: [{ ...POT, quantity: 1 }] }],
    ['product_removed_from_cart', 'remove_from_cart', { currency: 'EUR', items: [{ ...TEA, quantity: 2 }] }],
    ['cart_viewed', 'view_cart', { currency: 'EUR', value: 69.97, items: [{ ...POT, quantity: 1 }, { ...TEA, quantity: 3 }] }],
    ['checkout_started', 'begin_checkout', CHECKOUT],
    ['checkout_contact_info_submitted', 'checkout_progress', { ...CHECKOUT, checkout_step: 'contact' }],
    ['checkout_address_info_submitted', 'checkout_progress', { ...CHECKOUT, checkout_step: 'address' }],
    ['checkout_shipping_info_submitted', 'add_shipping_info', { ...CHECKOUT, shipping_tier: 'Bicycle' }],
    ['payment_info_submitted', 'add_payment_info', CHECKOUT],
    ['checkout_completed', 'purchase', { ...CHECKOUT, transaction_id: '5551234', tax: 10.93, shipping: 4.9, total: 67.87, customer_type: 'new' }],
    ['alert_displayed', 'alert_displayed', { alert_type: 'INPUT_INVALID', target: 'cart.deliveryGroups[0].deliveryAddress.zip' }],
  ] as const)('%s', (shopify, name, properties) => {
    const reading = readShopifyEvent(shopifyEvent(shopify));
    expect(reading?.name).toBe(name);
    expect(wire(reading?.properties)).toEqual(properties);
  });

  test('page, time and ids from the event', () => {
    const told = { id: 'sh-1', clientId: 'c-1', timestamp: '2026-06-01T12:00:00.250Z', href: 'https://shop.example/a?utm_source=x#y', referrer: 'https://www.instagram.com/', title: 'A' };
    expect(readShopifyEvent(shopifyEvent('page_viewed', told))).toMatchObject({
      source: 'sh-1',
      client: 'c-1',
      time: Date.UTC(2026, 5, 1, 12, 0, 0, 250),
      page: { url: told.href, title: 'A', referrer: told.referrer, userAgent: expect.stringContaining('Chrome') as string },
    });
  });

  test('page from `init` where the event has none', () => {
    const { context } = shopifyEvent('page_viewed', { href: 'https://shop.example/init' });
    expect(readShopifyEvent({ name: 'page_viewed', data: {} }, context)).toMatchObject({ time: undefined, source: undefined, page: { url: 'https://shop.example/init' } });
  });

  test('order without a number by its checkout, and amounts that are texts', () => {
    const event = { name: 'checkout_completed', data: { checkout: { token: 'abc', order: null, currencyCode: 'JPY', subtotalPrice: { amount: '1200' }, lineItems: [{ title: 'Gone', quantity: 2, variant: null }] } } };
    expect(wire(readShopifyEvent(event)?.properties)).toEqual({ currency: 'JPY', value: 1200, transaction_id: 'abc', items: [{ item_name: 'Gone', quantity: 2 }] });
  });

  test('events without anything that says who the person is', () => {
    const all = Object.keys(DATA).map((name) => readShopifyEvent(shopifyEvent(name as keyof typeof DATA))?.properties);
    expect(JSON.stringify(all)).not.toMatch(/Ada|Private|Secret|Ghent|\+32|visa|postcode/i);
    const search = { name: 'search_submitted', data: { searchResult: { query: 'orders of ada@private.example' } } };
    expect(readShopifyEvent(search)?.properties.search_term).toBe('orders of [email]');
  });

  test.each([['ui_extension_errored'], ['clicked'], ['constructor'], ['__proto__'], [7], [undefined]])('nothing in %s', (name) => {
    expect(readShopifyEvent({ name, data: {} })).toBeUndefined();
  });

  test('anything without throwing', () => {
    const names = fc.constantFrom(...Object.keys(DATA));
    const leaf = fc.anything({ withNullPrototype: true, withBigInt: true });
    const data = fc.record({ productVariant: leaf, collection: leaf, searchResult: leaf, cartLine: leaf, cart: leaf, alert: leaf, checkout: fc.oneof(leaf, fc.record({ lineItems: leaf, discountApplications: leaf, subtotalPrice: leaf, order: leaf })) });
    fc.assert(
      fc.property(names, fc.oneof(leaf, data), leaf, leaf, leaf, (name, given, context, timestamp, id) => {
        const reading = readShopifyEvent({ name, data: given, context, timestamp, id, clientId: id }, context);
        if (reading?.time !== undefined) expect(hashTimeId('x', reading.time, 1)).toMatch(UUID);
      }),
    );
    fc.assert(fc.property(leaf, (event) => void readShopifyEvent(event)));
  });
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids that follow from a text', () => {
  test('are the same for the same text, and look like all others', () => {
    expect(hashId('a')).toBe(hashId('a'));
    expect(hashTimeId('a', 1000, 1)).toBe(hashTimeId('a', 1000, 1));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.integer({ min: 0, max: 4095 }), (text, time, place) => {
        expect(hashId(text)).toMatch(UUID);
        expect(hashTimeId(text, time, place)).toMatch(UUID);
      }),
    );
  });

  test('sort by time, then by place', () => {
    const ids = [hashTimeId('z', 999, 7), hashTimeId('y', 1000, 0), hashTimeId('a', 1000, 1), hashTimeId('b', 1001, 0)];
    expect([...ids].sort()).toEqual(ids);
  });

  test('differ for texts that differ in one letter', () => {
    const texts = Array.from({ length: 20_000 }, (_, number) => `sh-0259a238-2A20-436E-D1AC-${number}`);
    expect(new Set(texts.map((text) => hashTimeId(text, 1000, 1).slice(-12))).size).toBe(texts.length);
    expect(new Set(texts.map(hashId)).size).toBe(texts.length);
  });
});
