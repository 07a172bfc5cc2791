import { chromium } from 'playwright';
import { findBrowser } from './find-browser.mjs';
import { ARRIVALS, IN_APP, REFERRERS, WAYS_BACK } from './storefront/arrivals.mjs';

/** Shoppers in the shop at the same time. Our choice: what two cores serve without the pages getting slow. */
const AT_ONCE = 3;

/** Longest wait for one step of a shopper, in milliseconds. Who has to wait longer gives up. */
const STEP_MS = 20_000;

/** Longest time that one visit may take, in milliseconds. */
const VISIT_MS = 90_000;

/** How long people look before they go on, in milliseconds. Short: it is a demonstration. */
const LOOK_MS = 350;

/** How long reviews are read, in milliseconds: half of them in sight for a second count. */
const READ_MS = 1200;

/** How long a page that was left may take to send what it has, in milliseconds. */
const SEND_MS = 500;

/** The telephone that every third shopper has, and everybody inside an app. */
const TELEPHONE = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
const COMPUTER = { viewport: { width: 1280, height: 800 } };

/** Ways in, of all kinds in turn: an address in the shop, with a referrer or the browser of an app. */
const WAYS = inTurn([
  ...ARRIVALS.map(({ ways }) => ways.map(({ href }) => ({ href }))),
  REFERRERS.slice(0, 11).map(({ host }, index) => ({ href: ['/', '/products/dunlin', '/kites', '/story'][index % 4], referer: `https://${host}/` })),
  IN_APP.map(({ agent }) => ({ href: '/products/sanderling', agent })),
]);

const KITES = ['sanderling', 'dunlin', 'gannet', 'fulmar', 'puffin', 'cormorant'];
const BACK = WAYS_BACK.ways.map(({ href }) => href);

/**
 * What a shopper does at the first visit, in a browser tab of a shop; `later` keeps the browser for another visit, after a pause that
 * makes the basket an abandoned one.
 *
 * @typedef {object} Shopper
 * @property {import('playwright').Page} page
 * @property {(name: string) => import('playwright').Locator} see what the shop marks with `data-test`
 * @property {(href: string) => Promise<void>} go
 * @property {(name: string) => Promise<void>} click
 * @property {(name: string, text: string) => Promise<void>} fill
 * @property {string} kite the one that this shopper likes
 * @property {string} other another one
 * @property {string} back an address by which somebody is brought back to a basket
 * @property {string[]} links what was shared and nobody has opened yet
 * @property {(walk: Walk) => void} later
 * @property {() => void} stay leaves the page open
 *
 * @typedef {(shopper: Shopper) => Promise<void>} Walk
 */

/** @type {Walk} */
const glance = async () => {};

/** @type {Walk} */
async function look({ go, kite, other, see }) {
  await go('/kites');
  await go(`/products/${kite}`);
  await see('reviews').scrollIntoViewIfNeeded();
  await sleep(READ_MS);
  await go(`/products/${other}`);
}

/** @type {Walk} */
async function search({ go, fill, click, kite }) {
  await fill('search-input', kite);
  await click('search-button');
  await go(`/products/${kite}`);
}

/** @type {Walk} */
async function compare({ go, click, kite }) {
  await go('/compare');
  await click(`compare-${kite}`);
  await click('wishlist');
}

/** @type {Walk} */
async function subscribe({ fill, click }) {
  await fill('newsletter-email', 'somebody@mail.example');
  await click('newsletter-button');
}

/** @type {Walk} */
async function fillBasket({ go, click, kite }) {
  await go(`/products/${kite}`);
  await click('add-to-cart');
  await go('/cart');
}

/** @type {Walk} */
async function beginCheckout(shopper) {
  await fillBasket(shopper);
  await shopper.click('go-to-checkout');
}

/** @type {Walk} */
async function payFor({ page, fill, click }) {
  if (!page.url().includes('/checkout')) await click('go-to-checkout');
  for (const field of ['name', 'street', 'postcode', 'city']) await fill(`field-${field}`, '12');
  await fill('field-email', 'somebody@mail.example');
  await click('submit-shipping');
  await page.locator('[data-test="terms"]').check();
  await click('place-order');
  await page.waitForURL('**/thank-you/*');
}

/** @type {Walk} */
async function buy(shopper) {
  await beginCheckout(shopper);
  await payFor(shopper);
}

/** @type {Walk} */
async function leaveByLink(shopper) {
  await fillBasket(shopper);
  await Promise.all([shopper.page.waitForURL('https://**'), shopper.click('follow-instagram')]);
}

/** Leaves the shop open in a tab that nobody touches. @type {Walk} */
async function forget(shopper) {
  await fillBasket(shopper);
  shopper.stay();
}

/** Closes the tab in the checkout, and is brought back by a letter or an ad. @type {Walk} */
async function recover(shopper) {
  await beginCheckout(shopper);
  shopper.later(async (again) => {
    await again.go(again.back);
    await payFor(again);
  });
}

/** The same, but only looks. @type {Walk} */
async function lookAgain(shopper) {
  await beginCheckout(shopper);
  shopper.later(({ go, back }) => go(back));
}

/** Copies a link for a friend, whoever it will be. @type {Walk} */
async function share(shopper) {
  const { page, go, click, kite, links } = shopper;
  await go(`/products/${kite}`);
  await click('share-copy');
  await page.locator('[data-test="share-said"]').filter({ hasText: /\S/ }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText().catch(() => ''));
  if (link.includes('wm=')) links.push(link);
}

/** @type {Walk} */
async function buyAndShare(shopper) {
  await buy(shopper);
  await share(shopper);
}

/** @type {Walk} */
async function buyAndPraise(shopper) {
  await buy(shopper);
  const { page, click } = shopper;
  await page.locator('[data-test="feedback-about"]').selectOption({ index: 2 });
  // The star itself is what one presses: the button in it cannot be seen.
  await page.locator('label:has([data-test="rating-5"])').click();
  await page.locator('label:has([data-test="sentiment-positive"])').click();
  await click('feedback-send');
}

/** Comes back as a customer: asks for the order, and buys again. @type {Walk} */
async function stayCustomer(shopper) {
  await buy(shopper);
  await shopper.click('go-to-order-status');
  shopper.later(async (again) => {
    await again.go('/order-status?utm_source=newsletter&utm_medium=email&utm_campaign=on_its_way');
    await again.click('order-again');
    await again.page.waitForURL('**/cart');
    await payFor(again);
  });
}

/** @type {Walk} */
async function sendBack(shopper) {
  await buy(shopper);
  await shopper.click('go-to-order-status');
  await shopper.click('line-return');
}

/** Of twenty-five, about as it is: most look, some leave a basket, few buy. Those who share come before their friends. */
const JOURNEYS = [
  buyAndShare, look, glance, recover, compare, buyAndPraise, 'friend looks', leaveByLink, search, stayCustomer, glance, fillBasket, share,
  look, forget, 'friend shares on', buy, glance, lookAgain, subscribe, 'friend buys', recover, compare, sendBack, look,
];

/** What friends do, who come by a link that somebody shared. */
const FRIENDS = { 'friend looks': look, 'friend shares on': share, 'friend buys': buy };

/**
 * Sends shoppers through the example shop: real headless browsers, each with a profile of its own, a few at a time, on different journeys.
 * Resolves once all have been there, the time is over or `signal` is given; no browser is left then. A shopper who gets stuck is passed over.
 *
 * @param {object} options
 * @param {string} options.shop address of the shop
 * @param {number} options.count
 * @param {number} options.idleMinutes after which a basket counts as left in this shop
 * @param {number} [options.limitMs] longest time in all; default four minutes, and eight seconds more for each shopper
 * @param {AbortSignal} [options.signal]
 * @param {(line: string) => void} [options.say] told of what happens
 * @returns {Promise<{ visits: number, lost: number, over: boolean }>} `over` where the time was up, or the signal came, before all had been there
 */
export async function sendShoppers({ shop, count, idleMinutes, limitMs = 240_000 + count * 8000, signal, say = () => {} }) {
  // Its own handlers would end this process, and with it the shop.
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'], handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, limitMs);
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  // What is under way then fails at once.
  over.signal.addEventListener('abort', () => browser.close());

  const links = [];
  const laters = [];
  const figures = { visits: 0, lost: 0 };
  const pauseMs = idleMinutes * 60_000 + 2000;

  /** One visit: in a browser that is new, or that was kept. */
  async function visit(index, walk, { way, context, back }) {
    const page = await context.newPage();
    const kept = { later: null, stays: false };
    const see = (name) => page.locator(`[data-test="${name}"]`).first();
    const go = async (href, options = page.url().startsWith(shop) ? { referer: page.url() } : {}) => {
      await page.goto(new URL(href, shop).href, options);
      await page.waitForFunction(() => window.waymark?.flush);
      await sleep(LOOK_MS);
    };
    const shopper = {
      page, see, go, links, back, kite: KITES[index % KITES.length], other: KITES[(index + 2) % KITES.length],
      click: async (name) => {
        await see(name).click();
        await sleep(LOOK_MS);
      },
      fill: (name, text) => see(name).fill(text),
      later: (next) => { kept.later = next; },
      stay: () => { kept.stays = true; },
    };
    if (way) await go(way.href, { referer: way.referer });
    await walk(shopper);
    await page.evaluate(() => window.waymark?.flush?.()).catch(() => {}); // it may be at another site by now
    figures.visits += 1;
    // Who stays is looked after later; the others leave, which is when a page tells the rest.
    if (!kept.stays) {
      await page.goto('about:blank');
      await sleep(SEND_MS);
      await page.close();
    }
    return kept;
  }

  async function shopFor(index) {
    const chosen = JOURNEYS[index % JOURNEYS.length];
    const link = typeof chosen === 'string' && links.shift();
    const way = link ? { href: link } : WAYS[index % WAYS.length];
    const walk = typeof chosen === 'string' ? FRIENDS[chosen] : chosen;
    const phone = way.agent || index % 3 === 0;
    const context = await browser.newContext({ ...(phone ? TELEPHONE : COMPUTER), ...(way.agent && { userAgent: way.agent }), permissions: ['clipboard-read', 'clipboard-write'] });
    context.setDefaultTimeout(STEP_MS);
    // The sites that links lead to are not asked.
    await context.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' }));
    const back = BACK[index % BACK.length];
    const { later, stays } = await visit(index, walk, { way, context, back });
    if (later) laters.push({ index, at: Date.now() + pauseMs, walk: (shopper) => later(shopper), context, back });
    else if (stays) laters.push({ index, at: Date.now() + pauseMs, walk: null, context });
    else await context.close();
  }

  async function comeBack({ index, at, walk, context, back }) {
    await sleep(Math.max(0, at - Date.now()), over.signal);
    if (walk) await visit(index, walk, { context, back });
    else await Promise.all(context.pages().map((page) => page.goto('about:blank')));
    await context.close();
  }

  /** Does everything in the list, a few at a time; what fails costs one visit. */
  async function serve(list, one) {
    const queue = [...list];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (queue.length > 0 && !over.signal.aborted) {
        const entry = queue.shift();
        await within(VISIT_MS, one(entry)).catch((error) => {
          if (over.signal.aborted) return;
          figures.lost += 1;
          say(`A shopper got lost: ${error.message.split('\n')[0]}`);
        });
      }
    }));
  }

  try {
    let told = 0;
    await serve(Array.from({ length: count }, (_, index) => index), async (index) => {
      await shopFor(index);
      if (figures.visits - told >= 10) say(`${told = figures.visits} shoppers have been there.`);
    });
    if (laters.length > 0 && !over.signal.aborted) say(`${laters.length} of them have left something open, and come back after a pause.`);
    await serve(laters.sort((a, b) => a.at - b.at), comeBack);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    await browser.close();
  }
  return { ...figures, over: over.signal.aborted };
}

/** One of each list in turn, until all are through. */
function inTurn(lists) {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => (index < list.length ? [list[index]] : []))).flat();
}

function sleep(ms, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`took longer than ${ms / 1000} s`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
