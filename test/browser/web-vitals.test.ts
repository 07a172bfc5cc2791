import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, until } from '../helpers/shop.js';
import { openSite, openTab, ready, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

/** Other tests go without them. */
const ON = 'data-web-vitals="true"';
const browser = useBrowser();

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** A page with something to paint, something slow to click, and something that moves. */
const BODY = `<h1>Socks</h1><p>Warm ones.</p><button onclick="for (const end = performance.now() + 120; performance.now() < end;);">Add</button><div id="moved">Moved</div>
  <script>setTimeout(() => document.querySelector('h1').style.marginTop = '300px', 400)</script>`;
const count = (site: Awaited<ReturnType<typeof openSite>>) => site.named('web_vitals').length;

/** Clicks something slow, and waits until the browser has measured all of it. */
async function use(page: Page): Promise<void> {
  await wait(900);
  await page.click('button');
  // The library looks at a click when the browser is idle, but after a second at the latest.
  await wait(1500);
}

describe('web vitals', () => {
  test('arrive when the tab is closed, in the page view that they were measured in', async () => {
    const site = await openSite({ body: BODY, attributes: 'data-web-vitals="true" data-page-stages="/socks=decision"' });
    const page = await browser.newTab();
    await page.goto(`${site.url}/socks?utm_source=instagram&utm_medium=social`);
    await ready(page);
    await use(page);
    await page.close({ runBeforeUnload: true });
    const { properties, page: seen, touchpoint, journey } = await site.arrived('web_vitals');
    expect(Object.keys(properties).sort()).toEqual(['cls', 'fcp', 'inp', 'lcp', 'ttfb']);
    const { cls, ...times } = properties as Record<string, number>;
    for (const time of Object.values(times)) expect(Number.isInteger(time)).toBe(true);
    expect(times.inp).toBeGreaterThanOrEqual(100);
    expect(times.fcp).toBeGreaterThanOrEqual(times.ttfb!);
    expect(times.lcp).toBeGreaterThanOrEqual(times.fcp!);
    expect(cls).toBeGreaterThan(0);
    expect(Math.round(cls! * 1e4) / 1e4).toBe(cls);
    expect(seen.id).toBe(site.named('page_view')[0]!.page.id);
    expect(touchpoint!.network).toBe('instagram');
    expect(journey.stage).toBe('decision');
  });

  test('arrive when the page is left for another, without what there was not, once each', async () => {
    const site = await openSite({ body: '<h1>Socks</h1>', attributes: ON });
    const page = await openTab(browser);
    for (const path of ['/one', '/two']) {
      await page.goto(site.url + path);
      await ready(page);
      await wait(300);
    }
    await page.goto('about:blank');
    await until('both pages', () => count(site) === 2);
    for (const [index, path] of ['/one', '/two'].entries()) {
      const { properties, page: seen } = site.named('web_vitals')[index]!;
      expect(Object.keys(properties).sort()).toEqual(['cls', 'fcp', 'lcp', 'ttfb']);
      expect(properties.cls).toBe(0);
      expect(new URL(seen.url).pathname).toBe(path);
    }
  });

  test('come when the tab is hidden for the first time, and not again', async () => {
    const site = await openSite({ body: BODY, attributes: ON });
    const page = await site.visit(browser, '/socks');
    await use(page);
    for (let round = 0; round < 2; round++) {
      const other = await browser.newTab();
      await other.bringToFront();
      await site.arrived('web_vitals');
      await page.bringToFront();
      await until('the tab to be back', () => page.evaluate(() => document.visibilityState === 'visible'));
      await other.close();
    }
    await page.click('button');
    await page.goto('about:blank');
    await wait(500);
    expect(count(site)).toBe(1);
  });

  test('of a single-page shop belong to the page that was loaded, not to the route that took its place', async () => {
    const site = await openSite({ body: BODY, attributes: ON });
    const page = await site.visit(browser, '/socks');
    await use(page);
    await page.evaluate(() => history.pushState({}, '', '/cart'));
    const { properties, page: seen } = await site.arrived('web_vitals');
    expect(seen).toMatchObject({ url: `${site.url}/socks`, title: 'Page /socks', id: site.named('page_view')[0]!.page.id });
    expect(properties).toMatchObject({ inp: expect.any(Number), lcp: expect.any(Number) });
    await page.click('button');
    await page.evaluate(() => history.pushState({}, '', '/checkout'));
    await wait(300);
    await page.goto('about:blank');
    await wait(500);
    expect(count(site)).toBe(1);
  });

  test('of a page that comes back out of the back/forward cache are its own', async () => {
    const site = await openSite({ body: BODY, attributes: ON });
    const page = await site.visit(browser, '/one');
    await use(page);
    await page.goto(`${site.url}/two`);
    await ready(page);
    await wait(300);
    await page.goBack({ waitUntil: 'commit' });
    await until('the page of before', () => site.named('page_view').some(({ properties }) => properties.restored));
    await wait(500);
    await page.goto('about:blank');
    await until('three pages', () => count(site) === 3);
    const [first, , restored] = site.named('web_vitals');
    expect(new URL(restored!.page.url).pathname).toBe('/one');
    expect(restored!.page.id).not.toBe(first!.page.id);
    expect(restored!.properties.ttfb).toBe(0);
    expect(restored!.properties).not.toHaveProperty('inp');
    expect(restored!.properties.lcp).toBeLessThan(1000);
  });

  test('are off with data-web-vitals="false", and after stop', async () => {
    const sites = [await openSite({ body: BODY, attributes: 'data-web-vitals="false"' }), await openSite({ body: BODY, attributes: ON })];
    for (const [index, site] of sites.entries()) {
      const page = await site.visit(browser);
      await wait(600);
      if (index) await inPage(page, (waymark: Waymark) => waymark.stop());
      await page.goto('about:blank');
      await wait(500);
      expect(count(site)).toBe(0);
    }
  });
});
