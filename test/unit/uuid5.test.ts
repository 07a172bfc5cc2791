import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderId } from '../../src/commerce/order-id.js';
import { urlId } from '../../src/util/uuid5.js';

/** The UUIDv5 of a URL as a server makes it. */
function serverId(url: string): string {
  const hash = createHash('sha1').update(Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')).update(url).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

test('is the id that every library returns: known answers', () => {
  // Python: uuid.uuid5(uuid.NAMESPACE_URL, 'http://www.example.com/'), and for the order 'https://shop.example/purchase/A-1001'.
  expect(urlId('http://www.example.com/')).toBe('fcde3c85-2270-590f-9e7c-ee003d65e0e2');
  expect(orderId('www.shop.example', 'A-1001')).toBe('a8cafae3-3693-50da-9f60-f7bcace57f9a');
});

test('is that of a server for any text, of any length', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => urlId(text) === serverId(text)), { numRuns: 500 });
});

test('an order has one id with and without www., and another for another shop, number or event', () => {
  expect(orderId('shop.example', 'A-1001')).toBe(orderId('www.shop.example', 'A-1001'));
  const others = [orderId('other.example', 'A-1001'), orderId('shop.example', 'A-1002'), orderId('shop.example', 'A-1001', 'order_cancel')];
  expect(new Set([orderId('shop.example', 'A-1001'), ...others]).size).toBe(4);
});
