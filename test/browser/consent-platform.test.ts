import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startConsentShop } from '../../examples/consent/server.mjs';
import type { Consent } from '../../src/privacy/consent.js';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { inPage, loaded, openCollector, until } from '../helpers/shop.js';
import { listenTo, openTab, type Waymark } from '../helpers/site.js';

const profile = newProfile();
let browser: RealBrowser;
let collector: Awaited<ReturnType<typeof openCollector>>;

beforeAll(async () => {
  browser = await openBrowser(profile);
  collector = await openCollector();
});
afterAll(async () => {
  await browser?.close();
  await collector?.close();
  removeProfile(profile);
});

const kept = (page: Page) =>
  page.evaluate(async () => ({ local: Object.keys(localStorage), session: Object.keys(sessionStorage), databases: (await indexedDB.databases()).map(({ name }) => name) }));
const NOTHING = { local: [], session: [], databases: [] };
const statusOf = (page: Page) => inPage(page, (waymark: Waymark) => waymark.consent()) as Promise<Consent>;
const names = async () => (await collector.events()).map(({ name }) => name);
const told = (page: Page, analytics: string, marketing: string) =>
  until(`${analytics} and ${marketing}`, async () => {
    const now = await statusOf(page);
    return now.analytics === analytics && now.marketing === marketing && now.by.analytics === 'call';
  });

test('the example asks first, and does as it is told: no, yes to one, yes to both, and no again', async () => {
  const shop = await startConsentShop({ port: 0, collector: collector.endpoint });
  try {
    const page = await openTab(browser);
    const heard = listenTo(page);
    page.setDefaultTimeout(15_000);
    // The platform asks no programs, and a browser that is steered says that it is one.
    await page.addInitScript(`Object.defineProperty(Navigator.prototype, 'webdriver', { configurable: true, get: () => false })`);
    await page.goto(`${shop.url}/?utm_source=instagram&utm_campaign=spring`);
    await loaded(page);
    const ask = page.locator('#cc-main .cm');
    await ask.waitFor();
    await page.getByText('Add the Dunlin').click();
    expect([await kept(page), await names(), (await statusOf(page)).analytics]).toEqual([NOTHING, [], 'required']);

    await ask.getByText('No', { exact: true }).click();
    await told(page, 'denied', 'denied');
    expect([await kept(page), await names()]).toEqual([NOTHING, []]);

    // On the next page nobody is asked again, and the answer counts.
    await page.goto(`${shop.url}/about`);
    await loaded(page);
    await told(page, 'denied', 'denied');
    expect(await ask.isVisible()).toBe(false);

    const choose = async (category: string) => {
      await page.getByText('Your choice').first().click();
      const window = page.locator('#cc-main .pm');
      await window.waitFor();
      if (category) await window.locator(`input[value=${category}]`).check({ force: true });
      await window.getByText(category ? 'Save' : 'No', { exact: true }).click();
    };
    await choose('analytics');
    await told(page, 'granted', 'denied');
    await page.getByText('Add the Dunlin').click();
    await until('the cart', async () => (await inPage(page, (waymark: Waymark) => waymark.flush()), (await names()).includes('add_to_cart')));
    expect((await collector.events()).find(({ name }) => name === 'add_to_cart')!.consent).toMatchObject({ analytics: 'granted', marketing: 'denied', by: { analytics: 'call', marketing: 'call' } });
    await choose('marketing');
    await told(page, 'granted', 'granted');

    await page.goto(`${shop.url}/`);
    await loaded(page);
    await told(page, 'granted', 'granted');
    await choose('');
    await told(page, 'denied', 'denied');
    await until('nothing kept', async () => JSON.stringify(await kept(page)) === JSON.stringify(NOTHING));
    // Neither by Waymark nor by the platform: the policy is strict.
    expect(heard).toEqual([]);
  } finally {
    await shop.close();
  }
});
