import { expect, test } from 'vitest';
import type { Tracker } from '../../src/index.js';
import { openHappyPage } from '../helpers/happy-page.js';
import type { ArrivedEvent } from '../helpers/site.js';

type Page = ReturnType<typeof openHappyPage>;
type Push = (...entries: unknown[]) => void;

const KITE = { item_id: 'K1', item_name: 'Kite', price: 20 };
const push = (page: Page, ...entries: unknown[]) => {
  const shop = page.window as unknown as { dataLayer?: { push: Push } };
  (shop.dataLayer ??= [] as unknown as { push: Push }).push(...entries);
};
/** The name, what it is worth, its lines and its flags. */
const line = ({ name, properties: { value, items, flags } }: ArrivedEvent) => {
  const lines = ((items ?? []) as { item_id?: string; item_name?: string; item_variant?: string; quantity?: number; price?: number }[]).map(
    ({ item_id, item_name, item_variant, quantity = 1, price }) => `${quantity}×${item_id ?? item_name}${item_variant ? `/${item_variant}` : ''}@${price}`,
  );
  return [name, value, ...lines, ...((flags ?? []) as string[])].filter((each) => each !== undefined).join(' ');
};
const json = (node: object) => `<script type="application/ld+json">${JSON.stringify(node)}</script>`;
const product = (more: object = {}) => ({ '@type': 'Product', sku: 'K1', name: 'Kite', offers: { price: '20', priceCurrency: 'EUR' }, ...more });

test.each<[what: string, act: (tracker: Tracker, page: Page) => unknown, told: string[], html?: string, url?: string]>([
  // 1
  ['an order of 120 long lines', (t) => t.purchase({ transaction_id: 'L1', currency: 'EUR', items: Array.from({ length: 120 }, (_, i) => ({ item_id: `S${i}`, price: 1, item_name: 'x'.repeat(3000) })) }), ['purchase 120']],
  ['the same cart of 60 lines twice', (t) => [1, 2].forEach(() => t.cart.set(Array.from({ length: 60 }, (_, i) => ({ item_id: `S${i}`, price: 1, quantity: 2 })))), ['add_to_cart 120']],
  // 2
  ['an order whose number is a prefix, twice', (t) => [1, 2].forEach(() => t.purchase({ transaction_id: 'order-undefined', value: 9, currency: 'EUR', items: [KITE] })), Array(2).fill('purchase 9 1×K1@20 no_transaction_id')],
  ['an order whose number is in a list', (t) => t.track('purchase', { transaction_id: ['T1'], value: 9, currency: 'EUR' } as never), ['purchase 9 no_transaction_id no_items']],
  ['an order of a push without a number', (_, page) => push(page, { event: 'purchase', ecommerce: { transaction_id: 'ORD_null', value: 9, currency: 'EUR', items: [KITE] } }), ['purchase 9 1×K1@20 no_transaction_id']],
  // 3
  ['prices of a push as texts', (_, page) => push(page, { event: 'add_to_cart', ecommerce: { currency: 'EUR', items: [{ item_id: 'K1', price: '1.299,00 €', quantity: '2,00' }] } }), ['add_to_cart 2598 2×K1@1299']],
  ['a value with a currency in front', (t) => t.purchase({ transaction_id: 'T3', value: 'EUR 1 299,50' as never, currency: 'EUR', items: [KITE] }), ['purchase 1299.5 1×K1@20']],
  ['a quantity of a minus', (t) => t.cart.add({ ...KITE, quantity: '−2' as never }), ['add_to_cart 0 no_item']],
  // 4
  ['one variant, written in three ways', (t) => ['M', 'M ', '\u00a0M'].forEach((item_variant) => t.cart.add({ ...KITE, item_variant })), Array(3).fill('add_to_cart 20 1×K1/M@20')],
  ['a variant that is put in with a blank and taken out without', (t) => (t.cart.add({ ...KITE, item_variant: 'M ' }), t.cart.remove({ item_id: 'K1', item_variant: 'M' })), ['add_to_cart 20 1×K1/M@20', 'remove_from_cart 20 1×K1/M@20']],
  ['an id as a number and as a text', (t) => (t.cart.add({ ...KITE, item_id: 7 as never }), t.cart.remove({ item_id: '7' })), ['add_to_cart 20 1×7@20', 'remove_from_cart 20 1×7@20']],
  // 5
  ['a cart that the page of an order shows empty, twice', (t) => (t.cart.add(KITE), t.cart.set([]), t.cart.clear(), t.purchase({ transaction_id: 'T5' })), ['add_to_cart 20 1×K1@20', 'purchase 20 1×K1@20']],
  // 6
  ['an order by a pixel, then with its lines', (t, page) => (push(page, { event: 'purchase', ecommerce: { transaction_id: 'T6', value: 20, currency: 'EUR', items: [{ id: 'K1' }] } }), t.purchase({ transaction_id: 'T6', currency: 'EUR', items: [KITE] })), ['purchase 20 1×K1@20']],
  ['an order with its lines, then by a pixel', (t, page) => (t.purchase({ transaction_id: 'T6', currency: 'EUR', items: [KITE] }), push(page, { event: 'purchase', ecommerce: { transaction_id: ' T6 ', value: 1, currency: 'EUR' } })), ['purchase 20 1×K1@20']],
  ['an order by three', (t, page) => (t.purchase({ transaction_id: 'T6' }), push(page, { event: 'purchase', ecommerce: { transaction_id: 'T6', items: [{ id: 'K1' }] } }), t.track('purchase', { transaction_id: 'T6', currency: 'EUR', items: [KITE] })), ['purchase 20 1×K1@20']],
  // 7
  ['a look at the cart', (t) => (t.cart.add(KITE), t.track('view_cart'), t.checkout('payment')), ['add_to_cart 20 1×K1@20', 'view_cart 20 1×K1@20', 'add_payment_info 20 1×K1@20']],
  // 9
  ['the variant of an ad', () => 0, ['view_item 25 1×K1-XL@25'], json({ '@type': 'ProductGroup', name: 'Kite', url: '/kite', hasVariant: ['M', 'XL'].map((size) => product({ sku: `K1-${size}`, offers: { url: `/kite?variant=${size}`, price: size === 'M' ? 20 : 25, priceCurrency: 'EUR' } })) }), 'https://shop.test/kite?gad_source=1&variant=XL&srsltid=x'],
  // 10
  ['a product with entities in its name, said twice', (_, page) => push(page, { event: 'view_item', ecommerce: { items: [{ item_name: 'Caf\u00e9 & Tea' }] } }), ['view_item 1×Café & Tea@undefined'], json({ '@type': 'Product', name: 'Caf&amp;eacute; &amp;amp; Tea' })],
  ['a name with entities', () => 0, ['view_item 20 1×K1@20'], json(product({ name: '&Uuml;ber&shy;kite&hellip;' }))],
  // 11
  ['a page of before that is not to be seen', () => 0, ['view_item 20 1×K1@20'], `<div style="visibility:hidden"><p>A</p>${json(product({ sku: 'A', name: 'A' }))}</div><main><p>B</p>${json(product())}</main>`],
  ['a page of before that is inert', () => 0, ['view_item 20 1×K1@20'], `<div inert><p>A</p>${json(product({ sku: 'A', name: 'A' }))}</div><main><p>B</p>${json(product())}</main>`],
  ['markup that comes after two seconds', async (_, page) => (await page.wait(2000), page.document.body.insertAdjacentHTML('beforeend', json(product())), await page.wait(1000)), ['view_item 20 1×K1@20']],
  // 12
  ['an offer after one that is sold out', () => 0, ['view_item 20 1×K1@20'], json(product({ offers: [{ price: 5, availability: 'OutOfStock' }, { price: 20, priceCurrency: 'EUR' }] }))],
  ['a sale that is over', () => 0, ['view_item 20 1×K1@20'], json(product({ offers: { priceCurrency: 'EUR', priceSpecification: [{ priceType: { url: 'https://schema.org/SalePrice' }, price: 5, validThrough: '2020-01-01' }, { priceType: 'https://schema.org/RegularPrice', price: 20 }] } }))],
  ['a price that is a list', () => 0, ['view_item 20 1×K1@20'], json(product({ offers: [{ price: ['20', '25'], priceCurrency: ['EUR'] }] }))],
  ['dates that are none', () => 0, ['view_item 20 1×K1@20'], json(product({ offers: { price: 20, priceCurrency: 'EUR', priceValidUntil: {}, validFrom: [], availability: [{ name: 'InStock' }] } }))],
  ['offers within offers that are empty', () => 0, ['view_item 1×K1@undefined'], json(product({ offers: [[], {}, { offers: [null] }] }))],
  // 13
  ['an order whose number is a prefix, by markup', () => 0, [], json({ '@type': 'Order', orderNumber: 'order-undefined', price: 20, priceCurrency: 'EUR', acceptedOffer: { itemOffered: product() } })],
  ['an order by markup and by a call', (t) => t.purchase({ transaction_id: 'T9', currency: 'EUR', items: [KITE] }), ['purchase 20 1×K1@20'], json({ '@type': 'Order', orderNumber: 'T9', price: 20, priceCurrency: 'EUR', acceptedOffer: { itemOffered: product() } })],
  ['an order by markup, twice', () => 0, ['purchase 20 1×K1@20'], json({ '@type': 'Order', confirmationNumber: 'T9', price: '20,00', priceCurrency: 'EUR', acceptedOffer: { price: 20, itemOffered: product() } }).repeat(2)],
])('what is said of carts and orders arrives as it is meant: %s', async (_what, act, told, html = '<p>All there is</p>', url = 'https://shop.test/') => {
  const page = openHappyPage({ html: `<title>Shop</title>${html}`, url });
  const tracker = page.start({ currency: 'EUR' });
  await page.wait(500);
  await act(tracker, page);
  await page.wait(3000);
  const events = (await page.told()).filter(({ name }) => !/page_view|landing|engagement/.test(name));
  const short = events.map((event) => ((event.properties.items as unknown[] | undefined)?.length ?? 0) > 9 ? `${event.name} ${event.properties.value as number}` : line(event));
  expect(short).toEqual(told);
});
