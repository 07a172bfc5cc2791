// Takes the pictures of README: visitors from several networks walk the example shop, the example collector shows them.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { startCollector } from './collector/server.mjs';
import { findBrowser } from './find-browser.mjs';
import { startStorefront } from './storefront/server.mjs';

const folder = fileURLToPath(new URL('./screenshots/', import.meta.url));
mkdirSync(folder, { recursive: true });

/** After this pause a basket counts as left, in minutes: six seconds, which no step of a walk takes, and which can be waited for. */
const IDLE_MINUTES = 0.1;
const PAUSE_MS = IDLE_MINUTES * 60_000 + 1500;

/**
 * Where each visitor arrives from, what they put into the basket, and how far they go. `left` says how the basket was left: the shop stays open
 * and nobody touches it (`idle`), they follow a link to another site (`exit`), or they close the tab and come back later (`return`);
 * `back` is the way by which they take it up again.
 */
const VISITORS = [
  { arrival: '/products/puffin?utm_source=facebook&utm_medium=cpc&utm_campaign=first_kite', product: 'puffin', goal: 'look' },
  { arrival: '/story?utm_source=pinterest&utm_medium=social', product: 'fulmar', goal: 'look' },
  { arrival: '/?utm_source=chatgpt.com', product: 'sanderling', goal: 'buy' },
  { arrival: '/kites?utm_source=newsletter&utm_medium=email&utm_campaign=spring', product: 'cormorant', goal: 'checkout', left: 'return', back: '/cart?utm_source=basket_mail&utm_medium=email&utm_campaign=left_in_the_basket' },
  { arrival: '/story?utm_source=tiktok&utm_medium=influencer&utm_campaign=windy_days', product: 'gannet', goal: 'cart', left: 'idle' },
  { arrival: '/kites?gclid=Cj0KCQdemoLullAndGust_wcB', product: 'puffin', goal: 'cart', left: 'exit', back: '/cart?utm_source=facebook&utm_medium=paid_social&utm_campaign=still_yours' },
  { arrival: '/?utm_source=instagram&utm_medium=social&utm_campaign=kite_season', product: 'dunlin', goal: 'buy' },
];

const data = mkdtempSync(join(tmpdir(), 'waymark-screenshots-'));
const collector = await startCollector({ port: 0, data: join(data, 'events.sqlite') });
const shop = await startStorefront({ port: 0, collector: collector.endpoint, live: collector.livePage, cartIdleMinutes: IDLE_MINUTES });
const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
const viewport = { width: 1280, height: 900 };

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends what the page has. */
async function flush(page) {
  await page.waitForFunction(() => window.waymark?.flush);
  await page.evaluate(() => window.waymark.flush());
}

async function walk({ arrival, product, goal, left, back }) {
  const context = await browser.newContext({ viewport });
  // The sites that links lead to are not asked.
  await context.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' }));
  let page = await context.newPage();
  const see = (name) => page.locator(`[data-test="${name}"]`).first();
  await page.goto(shop.url + arrival);
  await page.goto(`${shop.url}/kites`);
  await page.goto(`${shop.url}/products/${product}`);
  if (goal !== 'look') {
    await see('add-to-cart').click();
    await page.goto(`${shop.url}/cart`);
  }
  if (goal === 'checkout' || goal === 'buy') await see('go-to-checkout').click();
  if (goal === 'buy') {
    for (const field of ['name', 'street', 'postcode', 'city']) await see(`field-${field}`).fill('12');
    await see('field-email').fill('a@b.example');
    await see('submit-shipping').click();
    await see('terms').check();
    await see('place-order').click();
    await page.waitForURL('**/thank-you/*');
    await see('go-to-order-status').click();
    await page.waitForURL('**/order-status*');
    // Comes back another time, by a friend's link, and looks at more.
    await page.goto(`${shop.url}/products/fulmar?utm_source=friend&utm_medium=share`);
  }
  await flush(page);
  if (left === 'idle') {
    await sleep(PAUSE_MS);
    await flush(page);
  }
  if (left === 'exit') await Promise.all([page.waitForURL('https://www.instagram.com/**'), see('follow-instagram').click()]);
  if (left === 'return') {
    await page.close();
    await sleep(PAUSE_MS);
    page = await context.newPage();
  }
  if (back) {
    await page.goto(shop.url + back);
    await flush(page);
  }
  await context.close();
}

for (const visitor of VISITORS) await walk(visitor);
// What is told at the end of a page is on its way.
await sleep(1000);

const page = await (await browser.newContext({ viewport })).newPage();
// The photographer is no visitor.
await page.route('**/waymark.*min.js', (route) => route.abort());
await page.goto(shop.url);
await page.screenshot({ path: join(folder, 'shop.png') });
await page.goto(`${shop.url}/products/dunlin`);
await page.screenshot({ path: join(folder, 'product.png') });
await page.goto(collector.livePage);
await page.locator('.sankey').waitFor();
await page.screenshot({ path: join(folder, 'live.png') });

await browser.close();
await shop.close();
await collector.close();
rmSync(data, { recursive: true, force: true });
