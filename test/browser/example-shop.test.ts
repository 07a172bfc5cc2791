import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { WAYS_BACK } from '../../examples/storefront/arrivals.mjs';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { openCollector, openShop, until, type CollectedEvent } from '../helpers/shop.js';

let collector: Awaited<ReturnType<typeof openCollector>>;
let shop: Awaited<ReturnType<typeof openShop>>;
const profile = newProfile();
let browser: RealBrowser;

beforeAll(async () => {
  collector = await openCollector();
  shop = await openShop(collector.endpoint);
  browser = await openBrowser(profile);
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await collector?.close();
  removeProfile(profile);
});

const see = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();

/** Opens a tab of somebody who has never been here. */
async function newPerson(): Promise<Page> {
  const context = await browser.context.browser()!.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  return context.newPage();
}

/** Has every open page send what it has, and returns all events so far. */
async function collect(): Promise<CollectedEvent[]> {
  const pages = browser.context.browser()!.contexts().flatMap((context) => context.pages());
  // A page that is on its way to the next one has sent by itself.
  await Promise.all(pages.map((page) => page.evaluate('window.waymark?.flush?.()').catch(() => {})));
  return collector.events();
}

/** Waits for the newest event of this name that is like `wanted`. */
const arrived = (name: string, wanted: (event: CollectedEvent) => boolean = () => true) =>
  until(`the event ${name}`, async () => (await collect()).findLast((event) => event.name === name && wanted(event)));

/** Presses a button that puts the link on the clipboard, and returns the link. */
async function copyLink(page: Page, button: string): Promise<URL> {
  await see(page, button).click();
  await see(page, 'share-said').filter({ hasText: 'copied' }).waitFor();
  return new URL(await page.evaluate(() => navigator.clipboard.readText()));
}

/** Takes apart the token of a shared link. */
function readLink(link: URL) {
  const [, token, depth] = /^([\da-f]{12})-(\d+)$/.exec(link.searchParams.get('wm') ?? '') ?? [];
  return { token, depth: Number(depth) };
}

async function buy(page: Page): Promise<void> {
  await page.goto(`${shop.url}/checkout`);
  for (const field of ['name', 'street', 'postcode', 'city']) await see(page, `field-${field}`).fill('12');
  await see(page, 'field-email').fill('a@b.example');
  await see(page, 'submit-shipping').click();
  await see(page, 'terms').check();
  await see(page, 'place-order').click();
  await page.waitForURL('**/thank-you/*');
  await see(page, 'order-number').waitFor();
}

/** Gives stars as a person does: the radio button itself is out of sight. */
const giveStars = (page: Page, stars: number) => page.locator('label', { has: see(page, `rating-${stars}`) }).click();

describe('the page follows the journey', () => {
  let page: Page;
  beforeAll(async () => {
    page = await newPerson();
  });

  test('somebody who looks around is left alone; with a kite in the basket, help is offered, and nothing moves for it', async () => {
    await page.goto(`${shop.url}/products/dunlin?utm_source=instagram&utm_medium=social`);
    await page.locator('html[data-journey-stage=consideration]').waitFor({ state: 'attached' });
    expect(await see(page, 'help-card').isVisible()).toBe(false);
    await page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      // What an input causes within half a second does not count as a shift, and must not be missed here: place is compared too.
      new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => (entry as never as { value: number }).value))).observe({ type: 'layout-shift' });
    });
    const place = () => see(page, 'product-price').boundingBox();
    const before = await place();
    await see(page, 'add-to-cart').click();
    await see(page, 'help-card').waitFor();
    expect(await place()).toEqual(before);
    expect(await page.evaluate(() => (window as never as { shifts: number[] }).shifts)).toEqual([]);
    await see(page, 'help-open').click();
    expect((await arrived('help_open')).journey).toMatchObject({ stage: 'decision', stages: { aida: 'desire', moments: 'first' } });
  });

  test('it is there on the next page too, until it is closed', async () => {
    await page.goto(`${shop.url}/cart`);
    await see(page, 'help-card').waitFor();
    await see(page, 'help-card').locator('[data-close]').click();
    expect(await see(page, 'help-card').isVisible()).toBe(false);
    await page.reload();
    await page.locator('html[data-journey-stage=decision]').waitFor({ state: 'attached' });
    expect(await see(page, 'help-card').isVisible()).toBe(false);
  });

  test('a buyer who is cross is heard; one who gives five stars is thanked', async () => {
    await buy(page);
    await giveStars(page, 2);
    await see(page, 'feedback-send').click();
    const cross = await arrived('feedback');
    expect(cross).toMatchObject({ properties: { rating: 2, about: 'shop' }, journey: { stage: 'retention', stages: { moments: 'third' } } });
    expect(await see(page, 'thanks-card').isVisible()).toBe(false);

    await page.goto(`${shop.url}/order-status`);
    await see(page, 'feedback-about').selectOption({ label: 'the Dunlin' });
    await giveStars(page, 5);
    await page.getByText('Glad').click();
    await see(page, 'feedback-send').click();
    await see(page, 'thanks-card').waitFor();
    expect(await see(page, 'stage-said').textContent()).toMatch(/^Thank you/);
    const review = await arrived('review_submit');
    expect(review).toMatchObject({ properties: { rating: 5, sentiment: 'positive', item_id: 'LG-102' }, journey: { stage: 'advocacy', move: 'forward', from: 'retention' } });
  });

  test('thanks are said once; five stars for the shop bring them, too', async () => {
    await page.goto(`${shop.url}/order-status`);
    await page.locator('html[data-journey-stage=retention]').waitFor({ state: 'attached' });
    expect(await see(page, 'thanks-card').isVisible()).toBe(false);
    await giveStars(page, 5);
    await see(page, 'feedback-send').click();
    await see(page, 'thanks-card').waitFor();
    expect(await arrived('feedback', ({ properties }) => properties.rating === 5)).toMatchObject({ journey: { stage: 'advocacy' } });
  });
});

describe('a link that is shared', () => {
  let link: URL;

  test('is copied with a token, and the one who shared is thanked', async () => {
    const page = await browser.newTab();
    await page.goto(`${shop.url}/products/gannet?utm_source=instagram&utm_medium=social`);
    link = await copyLink(page, 'share-copy');
    expect(link.pathname).toBe('/products/gannet');
    expect([...link.searchParams.keys()]).toEqual(['wm']);
    expect(readLink(link)).toEqual({ token: expect.any(String), depth: 1 });
    const share = await arrived('share');
    expect(share.properties).toMatchObject({ method: 'copy', item_id: 'LG-103', share: readLink(link) });
    expect(share.properties.parent).toBeUndefined();
    await see(page, 'thanks-card').waitFor();

    await page.goto(`${shop.url}/arrivals`);
    expect(await see(page, 'shared-link').getAttribute('href')).toBe(link.href);
  });

  test('brings a friend, who shares on, and brings a third', async () => {
    const friend = await newPerson();
    await friend.goto(link.href);
    const { token } = readLink(link);
    const landing = await arrived('social_landing', ({ properties }) => properties.channel === 'shared_link');
    expect(landing.properties).toMatchObject({ by: 'token', paid: false, share: { token, depth: 1 } });
    expect(landing.journey).toMatchObject({ stage: 'awareness', move: 'enter', stages: { moments: 'zero' } });

    // The plain button: this browser has no share sheet, so the link goes on the clipboard.
    const next = await copyLink(friend, 'share');
    expect(readLink(next)).toMatchObject({ depth: 2 });
    expect(readLink(next).token).not.toBe(token);
    const share = await arrived('share', ({ visitor }) => visitor.id === landing.visitor.id);
    expect(share.properties).toMatchObject({ method: 'copy', parent: token, share: readLink(next) });

    const third = await newPerson();
    await third.goto(next.href);
    const last = await arrived('social_landing', ({ properties }) => (properties.share as { depth: number } | undefined)?.depth === 2);
    expect(last.properties).toMatchObject({ channel: 'shared_link', share: readLink(next) });
    expect(new Set([share.visitor.id, last.visitor.id, (await arrived('share', ({ properties }) => !properties.parent)).visitor.id]).size).toBe(3);
  });

  test('goes to WhatsApp in a tab of its own, without leaving the shop', async () => {
    const page = await newPerson();
    await page.context().route('https://api.whatsapp.com/**', (route) => route.fulfill({ body: 'WhatsApp' }));
    await page.goto(`${shop.url}/products/dunlin`);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), see(page, 'share-whatsapp').click()]);
    await opened.waitForURL('https://api.whatsapp.com/**');
    expect(new URL(opened.url()).searchParams.get('text')).toMatch(/^Look what I have found: http.+\/products\/dunlin\?wm=[\da-f]{12}-1$/);
    expect(page.url()).toBe(`${shop.url}/products/dunlin`);
    expect((await arrived('share', ({ properties }) => properties.method === 'whatsapp')).properties).toMatchObject({ item_id: 'LG-102' });
  });
});

describe('the arrivals page', () => {
  test.each([
    ['cart-mail', 'puffin', { channel: 'email', paid: false }],
    ['retargeting', 'sanderling', { channel: 'paid_social', network: 'facebook', paid: true }],
  ])('tells the truth about the way back by %s: it lands in the decision', async (id, kite, landing) => {
    const page = await newPerson();
    await page.goto(`${shop.url}/products/${kite}`);
    await see(page, 'add-to-cart').click();
    const { visitor } = await arrived('add_to_cart', ({ page: { url } }) => url.endsWith(kite));
    await page.goto(`${shop.url}/arrivals`);
    expect(await see(page, `arrive-${id}`).getAttribute('href')).toBe(WAYS_BACK.ways.find((way) => way.id === id)!.href);
    await see(page, `arrive-${id}`).click();
    const isBack = (event: CollectedEvent) => event.visitor.id === visitor.id && event.properties.channel === landing.channel;
    const back = await until('the landing', async () => (await collect()).find(isBack));
    expect(back).toMatchObject({ properties: landing, journey: { stage: 'decision' } });
  });
});

test('pages have their stage by each of the four means', async () => {
  const page = await newPerson();
  const stageOf = async (path: string) => {
    await page.goto(shop.url + path);
    return (await arrived('page_view', ({ page: { url } }) => url === shop.url + path && url.startsWith(page.url()))).journey.stage;
  };
  expect(await stageOf('/products/cormorant')).toBe('consideration');
  expect(await stageOf('/help')).toBe('decision');
  expect(await stageOf('/compare')).toBe('consideration');
  expect(await stageOf('/story')).toBe('awareness');
});

test('signing up for the letter is a goal of this shop', async () => {
  const page = await newPerson();
  await page.goto(shop.url);
  await see(page, 'newsletter-email').fill('a@b.example');
  await see(page, 'newsletter-button').click();
  const signUp = await arrived('sign_up');
  expect(signUp.journey).toMatchObject({ stage: 'purchase', stages: { aida: 'action' } });
  expect(JSON.stringify(signUp)).not.toContain('b.example');
});

test('where Waymark is blocked, the basket and the link still work, and nothing is offered that cannot be done', async () => {
  const page = await newPerson();
  await page.route('**/waymark.min.js', (route) => route.abort());
  await page.goto(`${shop.url}/products/puffin`);
  await see(page, 'add-to-cart').click();
  await see(page, 'added').filter({ hasText: 'One more' }).waitFor();
  expect(await see(page, 'share-whatsapp').isVisible()).toBe(false);
  expect((await copyLink(page, 'share-copy')).href).toBe(`${shop.url}/products/puffin`);
});
