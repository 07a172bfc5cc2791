import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openCollector, until, type CollectedEvent } from '../helpers/shop.js';
import { shopifyEvent } from '../helpers/shopify.js';
import { openTab } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

type ShopifyEvent = ReturnType<typeof shopifyEvent>;

/** What Shopify gives a custom pixel as globals. Events from before a subscription are told at once, as after consent. */
const GLOBALS = (withStorage: boolean) => `
  const told = [], listeners = [];
  const analytics = { async subscribe(name, listener) { if (name === 'all_standard_events') { listeners.push(listener); told.forEach(listener); } } };
  const init = { context: {}, data: { shop: { name: 'Second Steep', myshopifyDomain: 'steep.myshopify.example', storefrontUrl: 'https://shop.example', paymentSettings: { currencyCode: 'EUR' } } } };
  const answers = {};
  let asked = 0;
  const ask = (method, ...args) => new Promise((resolve) => { answers[++asked] = resolve; parent.postMessage({ ask: asked, method, args }, '*'); });
  const browser = ${withStorage ? `{ localStorage: { getItem: (key) => ask('getItem', key), setItem: (key, value) => ask('setItem', key, value) } }` : 'undefined'};
  addEventListener('message', ({ data }) => {
    if (data.answer) return answers[data.answer](data.value);
    told.push(data.event);
    listeners.forEach((listener) => listener(data.event));
  });`;

/** A shop's page, which has the pixel in a sandboxed frame without an origin, and passes storage on to it. */
const PARENT = `<!doctype html><title>Shop</title><script>
  addEventListener('message', ({ source, data }) => data.ask && source.postMessage({ answer: data.ask, value: localStorage[data.method](...data.args) }, '*'));
</script><iframe sandbox="allow-scripts allow-forms" src="/pixel"></iframe>`;

/** A shop with the example's pixel, which sends to a collector that keeps the schema. */
async function openPixel({ withStorage = false } = {}) {
  const collector = await openCollector();
  const server = createServer((request, response) => {
    const code = readFileSync('examples/shopify-pixel/pixel.js', 'utf8').replace(/https:\S+events/, collector.endpoint).replace(/https:\S+\.min/, `http://${request.headers.host}/waymark.shopify.min`);
    if (request.url!.startsWith('/waymark')) {
      response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' });
      return response.end(readFileSync(`${process.env.WAYMARK_DIST ?? 'dist'}${request.url!.split('?')[0]}`));
    }
    response.setHeader('Content-Type', 'text/html');
    response.end(request.url === '/pixel' ? `<!doctype html><title>Sandbox</title><script>${GLOBALS(withStorage)}${code}</script>` : PARENT);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await collector.close();
  });
  return {
    collector,
    /** Loads a page of the shop, in which these things happen. */
    async happen(page: Page, events: readonly ShopifyEvent[]): Promise<void> {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await this.goOn(page, events);
    },
    /** Has these things happen in the page that is there. */
    goOn: (page: Page, events: readonly ShopifyEvent[]) =>
      page.evaluate((all) => all.forEach((event) => document.querySelector('iframe')!.contentWindow!.postMessage({ event }, '*')), events),
    /** Waits for so many events, and returns them in the order of their ids. */
    async arrived(count: number): Promise<CollectedEvent[]> {
      const all = await until(`${count} events`, async () => {
        const events = await collector.events();
        return events.length >= count && events;
      });
      return all.sort((a, b) => a.time.localeCompare(b.time) || (a.id < b.id ? -1 : 1));
    },
  };
}

/** Events of one visit, a second apart, up to now. */
function tell(...told: [Parameters<typeof shopifyEvent>[0], Parameters<typeof shopifyEvent>[1]?][]): ShopifyEvent[] {
  const now = Date.now();
  return told.map(([name, more], index) => shopifyEvent(name, { timestamp: new Date(now - (told.length - index) * 1000).toISOString(), ...more }));
}

const names = (events: CollectedEvent[]) => events.map(({ name }) => name);
const POT_PAGE = { href: 'https://shop.example/products/tea-pot?utm_source=instagram&utm_medium=social&email=ada@private.example#top', referrer: 'https://l.instagram.com/', title: 'Tea pot' };

describe('in the sandboxed frame of a Shopify pixel', () => {
  test('a visit from Instagram to the order arrives whole, in the words of the schema', async () => {
    const pixel = await openPixel();
    const page = await openTab(browser);
    const events = tell(
      ['page_viewed', POT_PAGE],
      ['product_viewed', POT_PAGE],
      ['product_added_to_cart', POT_PAGE],
      ['page_viewed', { href: 'https://shop.example/cart' }],
      ['cart_viewed', { href: 'https://shop.example/cart' }],
      ['product_removed_from_cart', { href: 'https://shop.example/cart' }],
      ['checkout_started', { href: 'https://shop.example/checkouts/1' }],
      ['checkout_shipping_info_submitted', { href: 'https://shop.example/checkouts/1' }],
      ['payment_info_submitted', { href: 'https://shop.example/checkouts/1' }],
      ['checkout_completed', { href: 'https://shop.example/checkouts/1/thank-you' }],
    );
    await pixel.happen(page, events);
    const arrived = await pixel.arrived(11);
    expect(names(arrived)).toEqual(['social_landing', 'page_view', 'view_item', 'add_to_cart', 'page_view', 'view_cart', 'remove_from_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'purchase']);

    const [landing, view, product, added, cartPage, , removed, checkout, shipping, , purchase] = arrived as Required<CollectedEvent>[];
    expect(landing!.properties).toMatchObject({ channel: 'organic_social', network: 'instagram', campaign: { source: 'instagram' } });
    expect(view).toMatchObject({ time: events[0]!.timestamp, page: { url: 'https://shop.example/products/tea-pot?utm_source=instagram&utm_medium=social', title: 'Tea pot', referrer: 'https://l.instagram.com/' } });
    expect(product!.properties).toMatchObject({ currency: 'EUR', value: 40, items: [{ item_id: '7992983748843', item_name: 'Tea pot', price: 40 }] });
    expect(product!.page!.id).toBe(view!.page!.id);
    expect(cartPage!.page!.id).not.toBe(view!.page!.id);
    expect(cartPage!.page!.referrer).toBe(view!.page!.url);
    expect(added!.properties).toMatchObject({ value: 40, currency: 'EUR', items: [{ quantity: 1 }] });
    expect(removed!.properties).toMatchObject({ items: [{ item_name: 'Sencha', quantity: 2 }], cart_id: added!.properties.cart_id });
    expect(checkout!.properties).toMatchObject({ value: 62.97, currency: 'EUR', coupon: 'SPRING10', cart_id: added!.properties.cart_id });
    expect(shipping!.properties.shipping_tier).toBe('Bicycle');
    expect(purchase).toMatchObject({
      time: events.at(-1)!.timestamp,
      properties: { transaction_id: '5551234', value: 62.97, total: 67.87, tax: 10.93, shipping: 4.9, currency: 'EUR', cart_id: added!.properties.cart_id },
      journey: { stage: 'purchase' },
      touchpoint: { network: 'instagram' },
    });
    expect(new Set(arrived.map(({ visitor }) => visitor.id)).size).toBe(1);
    expect(arrived.map(({ seq }) => seq)).toEqual(arrived.map((_, index) => index + 1));
    expect(JSON.stringify(arrived)).not.toMatch(/private|Secret|127\.0\.0\.1|ece6cea2/i);
  });

  test('what Shopify tells again counts once, on the same page and on the next', async () => {
    const pixel = await openPixel();
    const page = await openTab(browser);
    const [view, order] = tell(['page_viewed', POT_PAGE], ['checkout_completed', POT_PAGE]) as [ShopifyEvent, ShopifyEvent];
    await pixel.happen(page, [view, order, order, view, { ...order, id: 'sh-another' }]);
    await pixel.arrived(3);
    // Another frame, which knows of nothing: the ids are the same.
    const last = shopifyEvent('search_submitted', { href: POT_PAGE.href });
    await pixel.happen(page, [view, order, last]);
    expect(names(await pixel.arrived(4))).toEqual(['social_landing', 'page_view', 'purchase', 'search']);
  });

  test('what happens just before the page is left arrives', async () => {
    const pixel = await openPixel();
    const page = await openTab(browser);
    await pixel.happen(page, tell(['page_viewed', POT_PAGE]));
    await pixel.arrived(2);
    await pixel.goOn(page, tell(['product_added_to_cart', POT_PAGE]));
    await page.goto('about:blank');
    expect(names(await pixel.arrived(3)).at(-1)).toBe('add_to_cart');
  });

  test('pages of one visitor hang together without storage; another visitor is another', async () => {
    const pixel = await openPixel();
    const page = await openTab(browser);
    await pixel.happen(page, tell(['page_viewed', { href: 'https://shop.example/a', referrer: 'https://shop.example/' }]));
    await pixel.arrived(1);
    await pixel.happen(page, tell(['page_viewed', { href: 'https://shop.example/b', referrer: 'https://shop.example/a' }]));
    await pixel.arrived(2);
    await pixel.happen(page, tell(['page_viewed', { href: 'https://shop.example/c', referrer: 'https://shop.example/', clientId: 'somebody-else' }]));
    const [a, b, c] = await pixel.arrived(3);
    expect(b!.visitor.id).toBe(a!.visitor.id);
    expect(c!.visitor.id).not.toBe(a!.visitor.id);
    expect(names([a!, b!, c!])).toEqual(['page_view', 'page_view', 'page_view']);
  });

  test("with the shop's storage, session, cart and orders go on from page to page", async () => {
    const pixel = await openPixel({ withStorage: true });
    const page = await openTab(browser);
    await pixel.happen(page, tell(['page_viewed', POT_PAGE], ['product_added_to_cart', POT_PAGE]));
    await pixel.arrived(3);
    const [order] = tell(['checkout_completed', { href: 'https://shop.example/thanks', referrer: 'https://shop.example/checkout' }]) as [ShopifyEvent];
    await pixel.happen(page, [order]);
    const before = await pixel.arrived(4);
    await pixel.happen(page, [{ ...order, id: 'sh-reloaded' }, ...tell(['search_submitted', { href: 'https://shop.example/search', referrer: 'https://shop.example/thanks' }])]);
    const arrived = await pixel.arrived(5);
    expect(names(arrived)).toEqual(['social_landing', 'page_view', 'add_to_cart', 'purchase', 'search']);
    expect(new Set(arrived.map(({ session }) => session.id)).size).toBe(1);
    expect(before[3]!.properties.cart_id).toBe(before[2]!.properties.cart_id);
    expect(arrived[4]).toMatchObject({ session: { number: 1 }, touchpoint: { network: 'instagram' }, visitor: { id: arrived[0]!.visitor.id } });
  });
});
