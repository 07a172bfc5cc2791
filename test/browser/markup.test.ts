import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { loaded, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, PROBLEMS, ready, type ArrivedEvent, type SiteParts } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const script = (node: unknown) => `<script type="application/ld+json">${typeof node === 'string' ? node : JSON.stringify(node)}</script>`;
const product = (name: string, price: number | string = '19.90') => ({ '@context': 'https://schema.org', '@type': 'Product', sku: `${name}-1`, name, brand: { name: 'Larus' }, offers: { price, priceCurrency: 'EUR' }, aggregateRating: { ratingValue: 4.5, reviewCount: 12 } });
const KITE = script(product('Kite'));

async function openPage(parts: SiteParts) {
  const site = await openSite({ ...parts, head: PROBLEMS + (parts.head ?? '') });
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(site.url);
  await settled(page);
  return { ...site, page, heard };
}
/** Waits until the second file has run, its timers of no time too, and all is sent. */
async function settled(page: Page): Promise<void> {
  await loaded(page);
  await page.evaluate('waymark.exportData().then(() => new Promise((done) => setTimeout(() => setTimeout(done))))');
  await ready(page);
}
/** Goes to another address without a load, runs `script` in the same task, and waits until the route is counted and its markup read. */
async function go(page: Page, path: string, script = ''): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const stop = waymark.on('event', ({ name }) => name === 'page_view' && (stop(), setTimeout(() => setTimeout(done))));
    history.pushState(null, '', '${path}'); ${script}
  })`);
}
const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/landing|page_view|engagement/.test(name));
const lines = (events: ArrivedEvent[]) => own(events).map(({ name, page, properties }) => [name, new URL(page!.url).pathname, ...((properties.items ?? []) as { item_id: string }[]).map(({ item_id }) => item_id)].join(' '));

describe('a product page', () => {
  test('is a view_item with no code, after the page view, past a broken script', async () => {
    const { page, heard, ...site } = await openPage({ body: script('{"broken": ') + KITE });
    const events = await site.flushed(page);
    expect(events.map(({ name }) => name)).toEqual(['landing', 'page_view', 'view_item']);
    expect(events[2]).toMatchObject({ properties: { currency: 'EUR', value: 19.9, rating: 4.5, review_count: 12, items: [{ item_id: 'Kite-1', item_name: 'Kite', item_brand: 'Larus', price: 19.9 }] }, journey: { stage: 'consideration' } });
    expect(events[2]!.page).toEqual(events[1]!.page);
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });

  test('may say it by Open Graph', async () => {
    const head = '<meta property="og:type" content="product"><meta property="og:title" content="Kite"><meta property="product:price:amount" content="19.90"><meta property="product:price:currency" content="EUR">';
    const { page, ...site } = await openPage({ head });
    expect((await site.flushed(page)).find(({ name }) => name === 'view_item')!.properties).toEqual({ currency: 'EUR', value: 19.9, items: [expect.objectContaining({ item_name: 'Kite', price: 19.9 })] });
  });

  test('is none with several products, with a script of 5 MB, or by option', async () => {
    for (const parts of [{ body: KITE + script(product('Line')) }, { body: script({ ...product('Kite'), description: 'x'.repeat(5_000_000) }) }, { body: KITE, attributes: 'data-markup="false"' }]) {
      const { page, ...site } = await openPage(parts);
      expect(lines(await site.flushed(page))).toEqual([]);
    }
  });

  const SAME = `{items:[{item_id:'other',item_name:'kite'}]}`;
  test.each<[what: string, early: string, late: string, told: string[]]>([
    ['before, by a call', `waymark('track','view_item',${SAME})`, '', ['view_item / other']],
    ['before, by a push', `dataLayer=[{event:'view_item',ecommerce:${SAME}}]`, '', ['view_item / other']],
    ['after, by a call', '', `waymark.track('view_item',{items:[{item_name:' KITE'}]})`, ['view_item / Kite-1']],
    ['after, by a push', '', `(window.dataLayer ||= []).push({event:'view_item',ecommerce:{items:[{item_id:'Kite-1'}]}})`, ['view_item / Kite-1']],
    ['after, by attributes', '', `document.querySelector('button').click()`, ['view_item / Kite-1']],
    ['of another product, or of a variant, which has its name', '', `waymark.track('view_item',{items:[{item_id:'L1'}]}); (window.dataLayer ||= []).push({event:'view_item',ecommerce:{items:[{item_id:'Kite-2',item_name:'Kite'}]}})`, ['view_item / Kite-1', 'view_item / L1', 'view_item / Kite-2']],
  ])('counts once where the shop says it %s', async (_what, early, late, told) => {
    const { page, ...site } = await openPage({ head: `<script>${early}</script>`, body: `${KITE}<button data-waymark-event="view_item" data-waymark-on="click" data-waymark-item_id="Kite-1">Look</button>` });
    await page.evaluate(late);
    expect(lines(await site.flushed(page))).toEqual(told);
  });

  test('counts twice where the shop says it twice by itself', async () => {
    const { page, ...site } = await openPage({});
    await page.evaluate(`waymark.track('view_item',${SAME}); waymark.track('view_item',${SAME})`);
    expect(lines(await site.flushed(page))).toHaveLength(2);
  });

  test('is seen anew when it comes back from the back/forward cache', async () => {
    const { page, ...site } = await openPage({ body: KITE });
    await page.evaluate('shown = 0; addEventListener("pageshow", ({ persisted }) => { shown = persisted })');
    await page.goto(`${site.url}/two`);
    await settled(page);
    await page.goBack({ waitUntil: 'commit' });
    await until('the page of before', () => page.evaluate('window.shown'));
    await until('its view', () => site.named('view_item').length === 3);
    expect(lines(site.events())).toEqual(['view_item / Kite-1', 'view_item /two Kite-1', 'view_item / Kite-1']);
  });
});

describe('a route', () => {
  test('is a view_item only where the markup has changed since, and is not of another page', async () => {
    const { page, ...site } = await openPage({ body: KITE });
    const write = (node: object) => `document.querySelector('[type*=json]').textContent = ${JSON.stringify(JSON.stringify(node))}`;
    await go(page, '/about');
    await go(page, '/line', write(product('Line')));
    await go(page, '/bag', write({ ...product('Bag'), url: '/bag' }));
    await go(page, '/cap', write({ ...product('Hat'), url: '/hat' }));
    await go(page, '/list', write([product('Hat'), product('Cap')]));
    await go(page, '/bag', write({ ...product('Bag'), url: '/bag' }));
    expect(lines(await site.flushed(page))).toEqual(['view_item / Kite-1', 'view_item /line Line-1', 'view_item /bag Bag-1', 'view_item /bag Bag-1']);
  });

  test('is a view_item once its markup comes, however late, of what is shown, and once; so is an order a purchase', async () => {
    const { page, heard, ...site } = await openPage({ body: '<main id="a"></main><main id="b" style="display: none"></main>' });
    const add = (id: string, ...nodes: object[]) => page.evaluate(`document.getElementById('${id}').innerHTML = '<p>Text</p>' + ${JSON.stringify(nodes.map(script).join(''))}`);
    /** Goes to a page that takes the other's place, which stays in the document. */
    const show = (path: string, id: string, hidden: string) => page.evaluate(`history.pushState(null, '', '${path}'); document.title = '${path}'; ${id}.style.display = ''; ${hidden}.style.display = 'none'`);
    const arrived = async (...told: string[]) => {
      await until(told.at(-1)!, async () => lines(await site.flushed(page)).length >= told.length);
      expect(lines(site.events())).toEqual(told);
    };
    await add('a', product('Kite'));
    await arrived('view_item / Kite-1');
    // The same again, more of it, and another one: it is one view.
    await add('a', product('Kite', '18.00'), product('Line'));
    await show('/line', 'b', 'a');
    await until('the view', async () => (await site.flushed(page)).filter(({ name }) => name === 'page_view').length === 2);
    await add('b', product('Line'));
    await arrived('view_item / Kite-1', 'view_item /line Line-1');
    // The page of before is hidden only after the next one is there, and counted.
    await page.evaluate(`history.pushState(null, '', '/bag'); document.title = 'Bag'; a.innerHTML = '<p>Text</p>' + ${JSON.stringify(script(product('Bag')))}; a.style.display = ''`);
    await until('the view', async () => (await site.flushed(page)).filter(({ name }) => name === 'page_view').length === 3);
    await page.evaluate(`b.style.display = 'none'`);
    await arrived('view_item / Kite-1', 'view_item /line Line-1', 'view_item /bag Bag-1');
    await add('b');
    await show('/thanks', 'b', 'a');
    await until('the view', async () => (await site.flushed(page)).filter(({ name }) => name === 'page_view').length === 4);
    await add('b', product('Line'), { '@type': 'Order', orderNumber: 'T9', price: 45, priceCurrency: 'EUR', acceptedOffer: { itemOffered: product('Kite'), price: 20 } });
    await arrived('view_item / Kite-1', 'view_item /line Line-1', 'view_item /bag Bag-1', 'purchase /thanks Kite-1');
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });
});

describe('an order confirmation', () => {
  const order = (number: string) => script({ '@type': 'Order', orderNumber: number, price: 45, priceCurrency: 'EUR', acceptedOffer: { itemOffered: product('Kite'), price: 20, eligibleQuantity: { value: 2 } } });

  test('is a purchase, once for its number, also where the shop says it and after a reload', async () => {
    // Shops' templates put the product of a page there, too.
    const { page, ...site } = await openPage({ body: order('T1') + KITE });
    await page.evaluate(`waymark.purchase({transaction_id:'T1',value:45})`);
    await page.reload();
    await settled(page);
    const events = await site.flushed(page);
    const purchases = events.filter(({ name }) => name === 'purchase');
    // The page's stage is that of the order; its views are no conversions, and begin no loop.
    expect(events.filter(({ name }) => /page_view|view_item/.test(name)).map(({ name, journey }) => [name, journey.stage, journey.loop, journey.path])).toEqual([['page_view', 'purchase', 1, undefined], ['page_view', 'purchase', 1, undefined]]);
    expect(purchases[0]!.journey).toMatchObject({ stage: 'purchase', loop: 1 });
    expect(purchases.map(({ properties }) => properties)).toEqual([expect.objectContaining({ transaction_id: 'T1', value: 45, currency: 'EUR', items: [expect.objectContaining({ item_id: 'Kite-1', price: 20, quantity: 2 })] })]);
  });
});
