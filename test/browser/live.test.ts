import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../helpers/find-chromium.js';
import { openCollector, openShop, until } from '../helpers/shop.js';

/** What Chromium says of itself inside an app. */
const IN_INSTAGRAM = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 Instagram 380.0.0.0 Android';

let collector: Awaited<ReturnType<typeof openCollector>>;
let shop: Awaited<ReturnType<typeof openShop>>;
let browser: Browser;

beforeAll(async () => {
  collector = await openCollector();
  shop = await openShop(collector.endpoint);
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await collector?.close();
});

const see = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const told = (name: string) => until(`the event ${name}`, async () => (await collector.events()).some((event) => event.name === name));

async function fillCart(page: Page, query: string): Promise<void> {
  await page.goto(`${shop.url}/products/dunlin?${query}`);
  // As a function: the page's policy lets no text be run, and that may be asked more than once.
  await page.waitForFunction(() => (window as { waymark?: { flush?: unknown } }).waymark?.flush);
  await see(page, 'add-to-cart').click();
  await until('the cart to be counted', async () => (await page.evaluate('waymark.flush()'), true));
}

describe('the live page', () => {
  test('shows what the browsers of visitors told: how they arrived, what they left and took up again, and how fast it was', async () => {
    const context = await browser.newContext({ userAgent: IN_INSTAGRAM });
    const page = await context.newPage();
    await fillCart(page, 'utm_source=instagram&utm_medium=social');
    await page.route('http://elsewhere.example/', (route) => route.fulfill({ contentType: 'text/html', body: 'Elsewhere' }));
    // Typing an address is no exit that a page could see: a link is.
    await page.evaluate("document.body.append(Object.assign(document.createElement('a'), { id: 'out', href: 'http://elsewhere.example/', textContent: 'Out' }))");
    await page.locator('#out').click();
    await page.waitForURL('http://elsewhere.example/');
    await told('cart_abandon');
    await told('web_vitals');

    const live = await (await browser.newContext()).newPage();
    await live.goto(collector.livePage);
    const read = async (selector: string) => (await live.locator(selector).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    await live.locator('#carts [data-state="abandoned"] .cart').waitFor();
    expect((await read('#channel-rows tr')).slice(0, 2)).toEqual(['Organic social 1 1 – 1 1', 'Instagram 1 1 – 1 1']);
    expect((await read('#carts [data-state="abandoned"] .mark'))[0]).toMatch(/^put in · left for now · last looked at .*Dunlin/);
    expect(await read('#vital-rows .title-row')).toEqual(['By stage', 'By channel', 'By browser']);
    expect((await read('#vital-rows tr')).at(-1)).toMatch(/^In the app of Instagram 1 /);

    await page.goto(`${shop.url}/cart?utm_source=newsletter&utm_medium=email`);
    await until('the cart to be taken up', async () => (await page.evaluate('window.waymark?.flush?.()'), (await collector.events()).some(({ name }) => name === 'cart_recover')));
    await live.locator('#way-rows tr').waitFor();
    expect((await read('#way-rows th'))[0]).toMatch(/^Email/);
    await until('the cart to be open', async () => (await read('#carts [data-state="open"] .mark'))[0]?.startsWith('recovered by Email after '));
    expect((await read('#delivery .verdict'))[0]).toMatch(/^Every event/);
  });
});
