import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { openCollector, openShop, until, type CollectedEvent } from '../helpers/shop.js';

let collector: Awaited<ReturnType<typeof openCollector>>;
let shop: Awaited<ReturnType<typeof openShop>>;
const profile = newProfile();
let browser: RealBrowser;

beforeAll(async () => {
  collector = await openCollector();
  shop = await openShop(collector.endpoint);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await collector?.close();
  removeProfile(profile);
});

const see = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const names = (events: CollectedEvent[]) => events.map(({ name }) => name);
const stages = (events: CollectedEvent[]) => events.map(({ name, journey }) => `${name} ${journey.stage} ${journey.move}`);
/** Events in the order in which they happened. */
const inOrder = (events: CollectedEvent[]) => [...events].sort((a, b) => a.time.localeCompare(b.time) || a.seq - b.seq);

async function allEvents(isThere: (events: CollectedEvent[]) => boolean): Promise<CollectedEvent[]> {
  return until('the events of the visit', async () => {
    const events = inOrder(await collector.events());
    return isThere(events) && events;
  });
}

test('a person lands from a social link, looks around, fills a cart and leaves: the collector has every step', async () => {
  browser = await openBrowser(profile);
  const page = await browser.newTab();
  await page.goto(`${shop.url}/?utm_source=instagram&utm_medium=social&utm_campaign=kite_season`, { referer: 'https://l.instagram.com/' });
  await see(page, 'nav-kites').click();
  await see(page, 'product-dunlin').click();
  await page.waitForURL('**/products/dunlin');
  // The product is read from the markup once the page view is counted, 300 ms after the page at the latest: nobody finds the button as fast as a test.
  await page.evaluate(`new Promise((resolve) => { waymark.on('event', ({ name }) => name === 'view_item' && resolve()); setTimeout(resolve, 1000); })`);
  await see(page, 'add-to-cart').click();
  await see(page, 'cart-link').click();
  await page.waitForURL('**/cart');
  await see(page, 'cart-lines').waitFor();
  // A tab that is closed before its store has answered leaves no visitor behind: this one stays for a moment.
  await page.evaluate('waymark.exportData()');
  await page.close();

  const events = await allEvents((all) => names(all).includes('view_cart'));
  expect(stages(events.filter(({ name }) => !/engagement|web_vitals/.test(name)))).toEqual([
    'social_landing awareness enter',
    'page_view awareness stay',
    'page_view awareness stay',
    'view_item_list consideration forward',
    'page_view consideration stay',
    'view_item consideration stay',
    'add_to_cart decision forward',
    'page_view decision stay',
    'view_cart decision stay',
  ]);
  const [landing] = events as [CollectedEvent];
  expect(landing.properties).toEqual({
    channel: 'organic_social', network: 'instagram', paid: false, by: 'utm',
    campaign: { source: 'instagram', medium: 'social', name: 'kite_season' }, confidence: 'high',
  });
  const added = events.find(({ name }) => name === 'add_to_cart')!;
  expect(added.properties).toMatchObject({ currency: 'EUR', items: [{ item_id: 'LG-102', price: 42, quantity: 1 }], value: 42 });
  expect(added.touchpoint).toMatchObject({ network: 'instagram', channel: 'organic_social' });
  expect(added.page.url).toBe(`${shop.url}/products/dunlin`);
  expect(new Set(events.map(({ visitor }) => visitor.id)).size).toBe(1);
  expect(new Set(events.map(({ session }) => session.id)).size).toBe(1);
  // Gap-free in one tab, over all its pages.
  expect(new Set(events.map(({ tab }) => tab)).size).toBe(1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
});

test('comes back another day in a new browser and buys: the same visitor, the same cart, the order once', async () => {
  await browser.close();
  browser = await openBrowser(profile);
  const page = await browser.newTab();
  const before = await collector.events();
  await page.goto(`${shop.url}/cart`, { referer: 'https://www.google.com/' });
  await see(page, 'go-to-checkout').click();
  await see(page, 'field-name').fill('A. Person');
  await see(page, 'field-email').fill('a.person@mail.example');
  await see(page, 'field-street').fill('1 Quay');
  await see(page, 'field-postcode').fill('1234');
  await see(page, 'field-city').fill('Harbour');
  await see(page, 'submit-shipping').click();
  await see(page, 'terms').check();
  await see(page, 'place-order').click();
  await page.waitForURL('**/thank-you/*');
  await see(page, 'order-number').waitFor();
  await page.reload();
  await see(page, 'go-to-order-status').click();
  await page.waitForURL('**/order-status*');

  const events = await allEvents((all) => names(all).includes('order_status_view'));
  const visit = events.slice(before.length);
  expect(visit[0]).toMatchObject({ name: 'landing', properties: { channel: 'organic_search', network: 'google', by: 'referrer' } });
  const [purchase, ...again] = visit.filter(({ name }) => name === 'purchase');
  expect(again).toEqual([]);
  expect(purchase!.journey).toMatchObject({ stage: 'purchase', move: 'forward', from: 'decision', loop: 1, furthest: 'purchase' });
  expect(purchase!.properties).toMatchObject({ currency: 'EUR', items: [{ item_id: 'LG-102', quantity: 1 }] });
  expect(purchase!.properties.cart_id).toBe(before.find(({ name }) => name === 'add_to_cart')!.properties.cart_id);
  expect(visit.find(({ name }) => name === 'order_status_view')!.journey).toMatchObject({ stage: 'retention', move: 'forward' });
  expect(new Set(events.map(({ visitor }) => visitor.id)).size).toBe(1);
  // What the person typed never leaves the page.
  expect(JSON.stringify(events)).not.toMatch(/Person|mail\.example|Quay|Harbour/);
  for (const tab of new Set(events.map((event) => event.tab))) {
    const seqs = events.filter((event) => event.tab === tab).map(({ seq }) => seq).sort((a, b) => a - b);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
  // New interest after the purchase begins a new loop.
  await page.goto(`${shop.url}/products/gannet`);
  const later = await allEvents((all) => all.slice(before.length + visit.length).some(({ name }) => name === 'view_item'));
  expect(later.find(({ journey }) => journey.loop === 2)!.journey).toMatchObject({ stage: 'consideration', move: 'loop', from: 'retention' });
});
