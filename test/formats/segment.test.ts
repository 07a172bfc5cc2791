import { describe, expect, test } from 'vitest';
import { segment } from '../../src/formats/index.js';
import { BATCH, named, openVisit, wholeVisit } from './sample.js';

type Json = Record<string, unknown>;
interface Body { batch: (Json & { properties: Json; context: Json })[]; sentAt: string; writeKey?: string }
const rows = wholeVisit();
const encode = (names: string[], vendor?: 'segment' | 'rudderstack' | 'jitsu') =>
  JSON.parse(segment({ writeKey: 'key', ...(vendor && { vendor }) }).encode(names.map((name) => named(rows, name)), BATCH)) as Body;

describe('Segment', () => {
  test('names events, properties and products as its e-commerce specification does', () => {
    const { batch } = encode(['view_item', 'search', 'add_to_cart', 'begin_checkout', 'purchase', 'refund', 'cart_abandon', 'review_submit']);
    expect(batch.map(({ event }) => event)).toEqual(['Product Viewed', 'Products Searched', 'Product Added', 'Checkout Started', 'Order Completed', 'Order Refunded', 'cart_abandon', 'Product Reviewed']);
    expect(batch[1]!.properties).toMatchObject({ query: 'mug' });
    expect(batch[2]!.properties).toMatchObject({ product_id: 'A1', name: 'Mug', category: 'Kitchen', brand: 'Acme', price: 12.5, quantity: 2, cart_id: 'C-1' });
    expect(batch[4]!.properties).toMatchObject({ order_id: 'T-1', total: 25, revenue: 25, tax: 4, shipping: 3, currency: 'EUR', products: [{ product_id: 'A1', sku: 'A1' }] });
    // An event of several fields of one name keeps none of ours.
    for (const { properties } of batch) for (const ours of ['items', 'transaction_id', 'search_term']) expect(properties).not.toHaveProperty(ours);
  });

  test('calls each field of a product by its name', () => {
    const item = { item_id: 'A1', item_name: 'Mug', item_category: 'Kitchen', item_brand: 'Acme', item_variant: 'blue', index: 3, price: 2, quantity: 1, coupon: 'X', own: 'y' };
    const [message] = (JSON.parse(segment({ writeKey: 'key' }).encode([openVisit().track('view_item_list', { items: [item, item] })], BATCH)) as Body).batch;
    expect((message!.properties.products as object[])[0]).toEqual({ product_id: 'A1', sku: 'A1', name: 'Mug', category: 'Kitchen', brand: 'Acme', variant: 'blue', position: 3, price: 2, quantity: 1, coupon: 'X', own: 'y' });
  });

  test('has the journey among the properties, and the path of an order as a list', () => {
    const [order] = encode(['purchase']).batch;
    expect(order!.properties).toMatchObject({
      journey_stage: 'purchase', journey_move: 'forward', journey_from: 'decision', journey_loop: 1, journey_furthest: 'purchase', journey_aida: 'action',
      touch_channel: 'organic_social', touch_network: 'instagram', touch_paid: false, touch_campaign: 'spring',
      journey_path: [{ channel: 'organic_social', network: 'instagram', stage: 'awareness' }],
    });
    expect(order!.context.campaign).toEqual({ source: 'instagram', medium: 'social', name: 'spring' });
  });
});

test('RudderStack has the key in the address, its session as a number, and both times that correct the clock', () => {
  const { writeKey, batch } = encode(['purchase'], 'rudderstack');
  expect(writeKey).toBeUndefined();
  expect(batch[0]).toMatchObject({ originalTimestamp: '2026-06-01T12:00:10.000Z', sentAt: '2026-06-01T12:01:00.000Z', context: { sessionId: Date.UTC(2026, 5, 1, 12, 0, 1) } });
});

test('Jitsu gets what Segment gets', () => {
  expect(encode(['purchase'], 'jitsu')).toEqual(encode(['purchase']));
});
