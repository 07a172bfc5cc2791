import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright';
import { ARRIVALS, IN_APP, REFERRERS, WAYS_BACK } from '../../examples/storefront/arrivals.mjs';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { startStorefront } from '../../examples/storefront/server.mjs';
import { openCollector, openShop, until, type CollectedEvent } from '../helpers/shop.js';
import { HTTPS_ONLY } from '../helpers/web.js';

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

/** What went wrong in any page, by its console. */
const complaints: string[] = [];

/** Opens a tab of somebody who has never been here. */
async function newPerson(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.context.browser()!.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.text()} at ${message.page()?.url()}`);
  });
  context.on('weberror', (error) => complaints.push(`${error.error()}`));
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
  const shown = ({ properties: { channel, network = null, paid = null, by = null } }: CollectedEvent) => ({ channel, network, paid, by });
  /** The id of the visitor who has `page` open. */
  const idOf = (page: Page) =>
    until('the visitor', () => page.evaluate(() => new Promise<string | undefined>((resolve) => {
      const { waymark } = window as never as { waymark: { (method: string, name: string, listener: (event: CollectedEvent) => void): void; track?: (name: string) => void } };
      waymark('on', 'event', ({ visitor }) => resolve(visitor.id));
      waymark.track?.('looked_at');
      setTimeout(resolve, 500);
    })).catch(() => undefined));
  /** The landing of somebody new who opened `page`. */
  const landingOf = async (page: Page) => {
    const id = await idOf(page);
    return until('the landing', async () => (await collect()).find(({ name, visitor }) => visitor.id === id && /landing$/.test(name)));
  };

  test.each(ARRIVALS.flatMap(({ ways }) => ways))('says what the collector then has: $from', async ({ id, href, expect: expected }) => {
    const page = await newPerson();
    await page.goto(`${shop.url}/arrivals`);
    const words = await see(page, `said-${id}`).textContent();
    expect(words).toMatch(RegExp(`^${[expected.channel, expected.network].filter(Boolean).join(' · ')} · .*${expected.by ? `by ${expected.by}` : 'paid'}$`));
    const [arrival] = await Promise.all([page.context().waitForEvent('page'), see(page, `arrive-${id}`).click()]);
    await arrival.waitForURL((url) => url.pathname === new URL(href, shop.url).pathname);
    expect(shown(await landingOf(arrival))).toEqual(expected);
    await page.context().close();
  });

  /** Somebody new clicks on a link to the shop on a page of a host. */
  async function clickThrough(host: string): Promise<Page> {
    const page = await newPerson();
    // From https to http, a page's host is told only where it says so, as link shims do; from https to https it is by itself.
    const elsewhere = `<!doctype html><meta name="referrer" content="origin"><title>Elsewhere</title><a href="${shop.url}/kites">Kites</a>`;
    await page.route(`https://${host}/**`, (route) => route.fulfill({ contentType: 'text/html', body: elsewhere }));
    await page.goto(`https://${host}/post/1`);
    await page.click('a');
    await page.waitForURL(`${shop.url}/kites`);
    expect(await page.evaluate(() => document.referrer)).toBe(`https://${host}/`);
    return page;
  }

  // The others are tried in each engine, by `arrivals-engines.test.ts`.
  test.each(REFERRERS.filter(({ host }) => HTTPS_ONLY.includes(host)))('is right about whoever clicks on a link on https://$host', async ({ host, expect: expected }) => {
    const page = await clickThrough(host);
    expect(shown(await landingOf(page))).toEqual(expected);
    await page.context().close();
  });

  test.each(['www.paypal.com', 'accounts.google.com'])('is right that %s brings nobody', async (host) => {
    const page = await clickThrough(host);
    const id = await idOf(page);
    await until('the page view', async () => (await collect()).find(({ name, visitor }) => name === 'page_view' && visitor.id === id));
    expect((await collect()).filter(({ name, visitor }) => visitor.id === id && /landing$/.test(name))).toEqual([]);
    await page.context().close();
  });

  test.each(IN_APP)('is right about the browser inside of $from', async ({ agent, expect: expected }) => {
    const page = await newPerson({ userAgent: agent });
    await page.goto(shop.url);
    const landing = await landingOf(page);
    expect(shown(landing)).toEqual(expected);
    expect(landing).toMatchObject({ in_app: { network: expected.network } });
    await page.context().close();
  });

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

describe('what the shop makes no call for', () => {
  let page: Page;
  /** This visitor's events of one name. */
  const own = async (name: string) => (await collect()).filter((event) => event.name === name && event.visitor.id === visitor);
  let visitor: string;
  /** Waits for the newest event of this visitor. */
  const told = (name: string) => until(`the event ${name}`, async () => (await own(name)).at(-1));
  beforeAll(async () => {
    page = await newPerson();
    await page.goto(`${shop.url}/products/fulmar?utm_source=pinterest&utm_medium=social`);
    visitor = (await arrived('page_view', ({ page: { url } }) => url.includes('/products/fulmar?utm_source=pinterest'))).visitor.id;
  });

  test('a product is looked at, by its JSON-LD, once', async () => {
    const { properties, page: context } = await told('view_item');
    expect(properties).toMatchObject({
      currency: 'EUR', review_count: expect.any(Number), items: [{ item_id: expect.stringMatching(/^LG-/), item_name: 'Fulmar', item_category: 'Kites', price: expect.any(Number) }],
    });
    expect(context.url).toContain('/products/fulmar');
    await page.waitForTimeout(300);
    expect(await own('view_item')).toHaveLength(1);
  });

  test('its reviews are read once they have been in sight', async () => {
    expect(await own('review_view')).toEqual([]);
    await see(page, 'reviews').scrollIntoViewIfNeeded();
    expect((await told('review_view')).properties).toMatchObject({ item_name: 'Fulmar', rating: expect.any(Number) });
  });

  test('the coupon is seen, and taken, each once', async () => {
    await page.goto(`${shop.url}/kites`);
    await see(page, 'coupon-banner').scrollIntoViewIfNeeded();
    const promotion = { promotion_id: 'FIRSTGUST', creative_slot: 'banner_kites' };
    expect((await told('view_promotion')).properties).toMatchObject(promotion);
    await see(page, 'coupon').click();
    expect((await told('select_promotion')).properties).toMatchObject(promotion);
    expect([(await own('view_promotion')).length, (await own('select_promotion')).length]).toEqual([1, 1]);
  });

  test('the letter is subscribed to; who writes themselves into the book signs up, a goal of this shop; what is typed stays there', async () => {
    await see(page, 'newsletter-email').fill('ann@b.example');
    await see(page, 'newsletter-button').click();
    await see(page, 'newsletter-said').filter({ hasText: 'Thank you' }).waitFor();
    expect(await told('newsletter_subscribe')).toMatchObject({ properties: { method: 'form' }, journey: { stage: 'consideration' } });
    await page.goto(`${shop.url}/account`);
    await page.waitForFunction(() => (window as { waymark?: { share?: unknown } }).waymark?.share);
    await see(page, 'field-account-email').fill('ann@b.example');
    await see(page, 'field-account-password').fill('hunter2hunter2');
    await see(page, 'account-create').click();
    await see(page, 'account-said').filter({ hasText: 'in the book' }).waitFor();
    const signUp = await told('sign_up');
    expect(signUp.journey.stages).toMatchObject({ aida: 'action' });
    expect(JSON.stringify(await collect())).not.toMatch(/b\.example|hunter2/);
  });

  test('the part made for Google tags is understood: its list, the choice from it, and the basket', async () => {
    await page.goto(`${shop.url}/line-and-tails`);
    expect((await told('view_item_list')).properties).toMatchObject({ item_list_name: 'Line & tails', items: expect.arrayContaining([expect.objectContaining({ item_category: 'Line & tails' })]) });
    await see(page, 'quick-ribbon-tails').click();
    await page.locator('[data-card]', { has: see(page, 'quick-ribbon-tails') }).getByText('One more').waitFor();
    expect((await told('add_to_cart')).properties).toMatchObject({ currency: 'EUR', cart_id: expect.any(String), items: [{ item_name: expect.stringMatching(/ribbon tails/i), quantity: 1 }] });
    await page.locator('[data-card] a').first().click();
    await page.waitForURL('**/products/*');
    expect((await told('select_item')).properties).toMatchObject({ item_list_name: 'Line & tails' });
    expect([(await own('add_to_cart')).length, (await own('select_item')).length]).toEqual([1, 1]);
  });

  test('the loft is written to, telephoned and followed; who follows leaves the basket behind', async () => {
    for (const way of ['email', 'phone']) {
      // The browser would ask which program to open.
      await see(page, `contact-${way}`).evaluate((link) => link.addEventListener('click', (event) => event.preventDefault()));
      await see(page, `contact-${way}`).click();
      expect((await told('contact')).properties).toEqual({ method: way });
    }
    await page.context().route('https://www.instagram.com/**', (route) => route.fulfill({ contentType: 'text/html', body: '<title>Instagram</title>' }));
    await see(page, 'follow-instagram').click();
    await page.waitForURL('https://www.instagram.com/**');
    expect((await told('follow')).properties).toMatchObject({ network: 'instagram' });
    expect((await told('cart_abandon')).properties).toMatchObject({ reason: 'exit', provisional: true, level: 'browse', items: [{ quantity: 1 }] });
  });

  test('how fast the pages were is known, with the stage of each', async () => {
    const vitals = await told('web_vitals');
    expect(vitals.properties).toMatchObject({ ttfb: expect.any(Number), fcp: expect.any(Number) });
    expect(vitals.journey.stage).toBeTruthy();
  });
});

describe('an order', () => {
  let page: Page;
  let number: string;
  beforeAll(async () => {
    page = await newPerson();
    await page.goto(`${shop.url}/products/puffin`);
    await see(page, 'add-to-cart').click();
    await see(page, 'added').filter({ hasText: 'One more' }).waitFor();
    await page.goto(`${shop.url}/products/dunlin`);
    await see(page, 'add-to-cart').click();
    await see(page, 'added').filter({ hasText: 'One more' }).waitFor();
    await buy(page);
    number = (await see(page, 'order-number').textContent())!;
  });
  const ofOrder = async (name: string) => (await collect()).filter(({ name: each, properties }) => each === name && properties.transaction_id === number);

  test('goes through each step, and counts once, also when its page is loaded again', async () => {
    await page.reload();
    await see(page, 'order-number').waitFor();
    await until('the order', async () => (await ofOrder('purchase'))[0]);
    const { visitor } = (await ofOrder('purchase'))[0]!;
    const names = (await collect()).filter((event) => event.visitor.id === visitor.id).map(({ name }) => name);
    for (const name of ['view_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'purchase']) {
      expect(names.filter((each) => each === name), name).toHaveLength(name === 'view_cart' ? 0 : 1);
    }
  });

  test('is sent back in part, and the rest stays', async () => {
    await page.goto(`${shop.url}/order-status`);
    await see(page, 'line-return').first().click();
    await see(page, 'order-state').filter({ hasText: 'send it to the loft' }).waitFor();
    const refund = await until('the refund', async () => (await ofOrder('refund'))[0]);
    expect(refund.properties).toMatchObject({ currency: 'EUR', value: expect.any(Number), items: [{ quantity: 1 }] });
    expect(await see(page, 'order-cancel').isVisible()).toBe(false);
    await page.reload();
    expect(await see(page, 'line-return').first().isDisabled()).toBe(true);
  });

  test('is cancelled', async () => {
    await page.goto(`${shop.url}/products/gannet`);
    await see(page, 'add-to-cart').click();
    await see(page, 'added').filter({ hasText: 'One more' }).waitFor();
    await buy(page);
    number = (await see(page, 'order-number').textContent())!;
    await page.goto(`${shop.url}/order-status?order=${number}`);
    await see(page, 'order-cancel').click();
    await see(page, 'order-state').filter({ hasText: 'Cancelled' }).waitFor();
    await until('the cancellation', async () => (await ofOrder('order_cancel'))[0]);
    await page.reload();
    await see(page, 'order-state').filter({ hasText: 'Cancelled' }).waitFor();
    expect(await see(page, 'order-cancel').isVisible()).toBe(false);
    expect(await ofOrder('order_cancel')).toHaveLength(1);
  });
});

describe('a basket that nobody touches', () => {
  test('is left, and taken up again by way of the mail about it', async () => {
    // Three seconds.
    const hasty = await startStorefront({ port: 0, collector: collector.endpoint, cartIdleMinutes: 0.05 });
    const page = await newPerson();
    try {
      await page.goto(`${hasty.url}/products/cormorant`);
      await see(page, 'add-to-cart').click();
      const { visitor: { id } } = await arrived('add_to_cart', ({ page: { url } }) => url.startsWith(hasty.url));
      const abandoned = await arrived('cart_abandon', ({ visitor }) => visitor.id === id);
      expect(abandoned.properties).toMatchObject({ reason: 'idle', provisional: false, level: 'browse', items: [{ item_name: 'Cormorant' }], last_item: expect.stringMatching(/^LG-/) });
      await page.goto(hasty.url + WAYS_BACK.ways[0]!.href);
      const recovered = await arrived('cart_recover', ({ visitor }) => visitor.id === id);
      expect(recovered.properties).toMatchObject({ abandonment_id: abandoned.id, reason: 'idle', by: 'view_cart', channel: 'email' });
    } finally {
      await page.close();
      await hasty.close();
    }
  });
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

test('no page of the shop complained in the console', () => {
  // The one test that blocks Waymark says so.
  expect(complaints.filter((complaint) => !/ERR_FAILED at .*puffin$/.test(complaint))).toEqual([]);
});
