import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { codesOf, openSite, PROBLEMS, problemsOf, ready, type ArrivedEvent } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** Makes, in the page, that many ordinary lines of GA4's, at 19.99 each. */
const LINES = `<script>
  window.lines = (count, more) => Array.from({ length: count }, (_, index) => ({
    item_id: 'SKU-' + index, item_name: 'Kite number ' + index + ', in all the colours of the sky', affiliation: 'Larus online', index, item_brand: 'Larus', item_category: 'Kites',
    item_category2: 'Single line', item_list_id: 'related', item_list_name: 'Related products', item_variant: index % 2 ? 'red' : 'blue', price: 19.99, quantity: 1, ...more }));
  window.dataLayer = [];
</script>`;
const sum = (count: number) => (count * 1999) / 100;

/** What matters of events here: how many lines, and what they are worth. */
const short = (events: ArrivedEvent[]) => events.filter(({ properties }) => properties.items).map(({ name, properties }) => [name, (properties.items as object[]).length, properties.value]);

/** Runs code in the page. */
const act = (page: Page, code: string) => page.evaluate(`{ ${code} }`);

test('a long cart, and its order, arrive with every line and to the cent, by call and by push', async () => {
  const site = await openSite({ head: PROBLEMS + LINES, attributes: 'data-currency="EUR"' });
  const page = await site.visit(browser, '/cart');
  await act(page, `
    waymark.cart.set(lines(60)); waymark.cart.set(lines(60)); waymark.track('view_item_list', { items: lines(60) }); waymark.checkout();
    dataLayer.push({ event: 'refund', ecommerce: { transaction_id: 'T0', value: '1.199,40', items: lines(60, { stocklevel: 7, customer_email: 'a@b.example' }) } });
    dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T1', currency: 'EUR', items: lines(60, { stocklevel: 7, recipient_email: 'a@b.example', internal: { cost: 3 } }) } });
    waymark.purchase({ transaction_id: 'T2', items: lines(60, { description: 'Long. '.repeat(160) }) });
    waymark.cart.set(lines(500, { description: 'Long. '.repeat(160) }));
  `);
  await ready(page);
  const kept = await page.reload().then(() => ready(page)).then(() => act(page, `waymark.cart.set(lines(500).reverse()); waymark.purchase({ transaction_id: 'T3' })`)).then(() => site.flushed(page));
  expect(short(kept)).toEqual([
    ['add_to_cart', 60, sum(60)], ['view_item_list', 60, undefined], ['begin_checkout', 60, sum(60)], ['refund', 60, 1199.4], ['purchase', 60, sum(60)], ['purchase', 60, sum(60)],
    ['add_to_cart', 500, sum(500)], ['purchase', 500, sum(500)],
  ]);
  const items = kept.map(({ properties }) => properties.items as Record<string, unknown>[]).filter(Boolean);
  for (const list of items) expect(list.at(-1)).toMatchObject({ item_name: `Kite number ${list.at(-1)!.index}, in all the colours of the sky`, item_brand: 'Larus', item_category: 'Kites', price: 19.99, quantity: 1 });
  expect(items[0]![59]).toMatchObject({ affiliation: 'Larus online', item_list_name: 'Related products' });
  expect(items[5]![59]).toMatchObject({ description: expect.stringMatching(/^(Long. )+/) });
  expect(site.bodies.join()).not.toMatch(/@b\.example|stocklevel|internal|cost/);
});

test('a text that is cut, and one that the page has cut itself, can be read by strict parsers', async () => {
  const half = '\\ud83d';
  const site = await openSite({ head: PROBLEMS, attributes: 'data-currency="EUR"' });
  const page = await site.visit(browser, `/?utm_source=news&utm_campaign=${'c'.repeat(299)}%F0%9F%98%80&fbclid=${'f'.repeat(299)}%F0%9F%98%80`);
  await act(page, `
    history.pushState({}, '', '/' + 'p'.repeat(2048) + '😀'); document.title = 't'.repeat(299) + '😀';
    waymark.track('search', { search_term: 's'.repeat(299) + '😀' });
    waymark.track('note', { long: 'n'.repeat(1023) + '😀', list: ['n'.repeat(1023) + '😀'], half: 'half ${half} of one', ['${half}']: 1, spelt: '\\\\ud83d' });
    waymark.identify('ida${half}', { name: 'Ida${half}' });
    history.pushState({}, '', '/half'); document.title = 'Half ${half}'; waymark.track('after');
    waymark.cart.add({ item_id: 'A${half}', item_name: 'n'.repeat(1023) + '😀', price: 5 });
    waymark.feedback({ rating: 5, about: 'a'.repeat(1023) + '😀' });
  `);
  const events = await site.flushed(page);
  for (const body of site.bodies) {
    expect(body).not.toMatch(/(^|[^\\])(\\\\)*\\ud[89a-f]/i);
    expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body);
    expect((JSON.stringify(JSON.parse(body)) as string & { isWellFormed(): boolean }).isWellFormed()).toBe(true);
  }
  const [search, note, after] = ['search', 'note', 'after'].map((name) => events.find((event) => event.name === name)!);
  expect(search!.page.title).toBe('t'.repeat(299));
  expect(search!.properties.search_term).toBe('s'.repeat(299));
  expect(note!.properties).toEqual({ long: 'n'.repeat(1023), list: ['n'.repeat(1023)], half: 'half \ufffd of one', '\ufffd': 1, spelt: '\\ud83d' });
  expect(after!.page.title).toBe('Half \ufffd');
  expect(JSON.stringify(events[0])).toContain(`"${'c'.repeat(299)}"`);
  expect(await codesOf(page)).toEqual(['invalid_property', 'invalid_property', 'invalid_property']);
  expect((await problemsOf(page))[0]!.message).toBe('note: long: cut at 1024 characters; list: cut at 1024 characters');
});

test.each([
  ['JSON-LD', `<script type="application/ld+json">{"@type":"Product","sku":"K1","name":"Kite","offers":{"@type":"Offer","price":"19,99","priceCurrency":"EUR"}}</script>`, 19.99],
  ['Open Graph', `<meta property="og:type" content="product"><meta property="og:title" content="Kite"><meta property="product:price:amount" content="1.299,00"><meta property="product:price:currency" content="EUR">`, 1299],
])('prices as people write them are numbers, in %s, attributes, pushes and calls', async (_, head, price) => {
  const mark = (event: string) => `<button data-waymark-event="${event}" data-waymark-item_id="A1" data-waymark-price="12,50 €" data-waymark-quantity="2,00" data-waymark-discount="−1">${event}</button>`;
  const site = await openSite({ head: `${PROBLEMS}<script>dataLayer = []</script>${head}`, body: mark('add_to_cart') + mark('add_to_wishlist'), attributes: 'data-currency="EUR"' });
  const page = await site.visit(browser, '/kite');
  await act(page, `
    for (const button of document.querySelectorAll('button')) button.click();
    dataLayer.push({ event: 'view_item_list', ecommerce: { items: [{ item_id: 'B2', price: '1,234.500', quantity: '1.0' }] } });
    waymark.track('view_cart', { value: '25,00', items: [{ item_id: 'A1', price: '12,50', quantity: ' 2 ' }] });
  `);
  const events = (await site.flushed(page)).filter(({ properties }) => properties.price ?? properties.items);
  expect(events.map(({ name, properties: { value, price: own, quantity, items } }) => [name, value, own, quantity, (items as Record<string, unknown>[] | undefined)?.map((item) => [item.price, item.quantity])])).toEqual([
    ['view_item', price, undefined, undefined, [[price, undefined]]],
    ['add_to_cart', 25, undefined, undefined, [[12.5, 2]]],
    ['add_to_wishlist', undefined, 12.5, 2, undefined],
    ['view_item_list', undefined, undefined, undefined, [[1234.5, 1]]],
    ['view_cart', 25, undefined, undefined, [[12.5, 2]]],
  ]);
  expect(await codesOf(page)).toEqual(['invalid_price', 'invalid_price']);
});
