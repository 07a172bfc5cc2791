import { describe, expect, test } from 'vitest';
import { loaded } from '../helpers/shop.js';
import { openSite, openTab, STUB } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

describe('an automated browser', () => {
  test('has its events marked', async () => {
    const site = await openSite({ head: `${STUB}<script>waymark('track','early')</script>` });
    const page = await site.visit(browser);
    const events = await site.flushed(page);
    expect(events.length).toBeGreaterThanOrEqual(3);
    // Chromium without a window says so in its user agent.
    expect(events.filter(({ bot }) => bot !== true)).toEqual([]);
  });

  test('has none marked with data-bots="keep"', async () => {
    const site = await openSite({ attributes: 'data-bots="keep"' });
    const page = await site.visit(browser);
    const events = await site.flushed(page);
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(events.filter((event) => 'bot' in event)).toEqual([]);
  });

  test('has nothing tracked and nothing stored with data-bots="drop"', async () => {
    const site = await openSite({ attributes: 'data-bots="drop"', body: '<button data-waymark-event="pressed">Press</button>' });
    const page = await openTab(browser);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    const heard: string[] = [];
    page.on('pageerror', (error) => heard.push(error.message));
    await page.goto(site.url);
    await loaded(page);
    await page.click('button');
    const answers = await page.evaluate(async () => {
      const { waymark } = window as never as { waymark: import('../helpers/site.js').Waymark };
      waymark.track('told');
      waymark.cart.add({ item_id: 'A1' });
      waymark.purchase({ transaction_id: 'T1', items: [] });
      history.pushState({}, '', '/socks');
      await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        flushed: await waymark.flush(),
        databases: await indexedDB.databases(),
        kept: [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie].filter(Boolean),
      };
    });
    expect(answers).toEqual({ flushed: { delivered: 0, kept: 0, refused: 0 }, databases: [], kept: [] });
    await page.goto('about:blank');
    // Not even the second file is fetched.
    expect(requests).toEqual(['/', '/waymark.min.js']);
    expect(site.bodies).toEqual([]);
    expect(heard).toEqual([]);
  });
});

test('a browser that says nothing of being driven is a person, by webdriver and by name', async () => {
  const site = await openSite();
  const page = await openTab(browser);
  await page.addInitScript(() => {
    const { userAgent } = navigator;
    Object.defineProperty(navigator, 'userAgent', { get: () => userAgent.replace('Headless', '') });
    Object.defineProperty(navigator, 'webdriver', { get: () => location.pathname === '/driven' });
  });
  for (const path of ['/person', '/driven']) await page.goto(site.url + path).then(() => site.flushed(page));
  const marks = (await site.flushed(page)).filter(({ name }) => name === 'page_view').map(({ page: { url }, bot }) => [new URL(url).pathname, bot]);
  expect(marks).toEqual([['/person', undefined], ['/driven', true]]);
});
