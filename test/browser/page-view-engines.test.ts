import { expect, test } from 'vitest';
import { type EngineTab } from '../helpers/engines.js';
import { until } from '../helpers/shop.js';
import { inEachEngine, useEngine } from '../helpers/use-browser.js';

/** Waits until Waymark has started, and all is sent. */
async function ready(tab: EngineTab): Promise<void> {
  await until('Waymark', () => tab.evaluate('!!window.waymark && !!waymark.track').catch(() => false));
  await until('the confirmation', async () => (await tab.evaluate('waymark.flush().then(({ kept }) => kept)')) === 0);
}

inEachEngine('page views in %s', (name) => {
  const { web, engine } = useEngine(name);

  /** The views so far: path, title, and what is said of them. */
  const views = () => web.named('page_view').map(({ page, properties }) => [new URL(page.url).pathname, page.title?.replace(/.*test/, ''), ...Object.keys(properties)].join(' ').trim());
  /** Opens a page of a new shop. */
  async function open(path: string, attributes = ''): Promise<EngineTab> {
    const url = web.openShop(attributes);
    const tab = await engine.newTab();
    await tab.goto(url + path);
    await ready(tab);
    return tab;
  }

  test('come once for each route, with the title that it has then, and none for a query that is replaced', async () => {
    const tab = await open('/one');
    await tab.evaluate("(history.pushState({}, '', '/two'), setTimeout(() => document.title = 'Two', 60), 0)");
    await tab.evaluate("new Promise((resolve) => setTimeout(resolve, 400))");
    await ready(tab);
    await tab.evaluate("(history.replaceState({}, '', '/two?sort=price'), history.pushState({}, '', '/away'), history.replaceState({}, '', '/three'), document.title = 'Three', 0)");
    await tab.evaluate("new Promise((resolve) => setTimeout(resolve, 400))");
    await ready(tab);
    expect(views()).toEqual(['/one /one', '/two Two', '/three Three']);
    await tab.evaluate('(history.back(), 0)');
    await until('the way back', () => views().length === 4);
    expect(views()[3]).toMatch(/^\/two/);
    expect(web.named('engagement')).toHaveLength(3);
    await tab.close();
  });

  test('come once where the shop tells them, too', async () => {
    const tab = await open('/one');
    await tab.evaluate("(history.pushState({}, '', '/two'), document.title = 'Two', waymark.page({ template: 'list' }), 0)");
    await tab.evaluate("new Promise((resolve) => setTimeout(resolve, 400))");
    await ready(tab);
    expect(views()).toEqual(['/one /one', '/two Two template']);
    await tab.close();
  });

  test('come for fragments where the shop routes by them', async () => {
    const tab = await open('/', 'data-hash-routes');
    await tab.evaluate("(location.hash = '#/cart?token=s3cret', 0)");
    await until('the route', () => views().length === 2);
    expect(web.named('page_view')[1]!.page.url).toMatch(/shop\.test\/#\/cart$/);
    await tab.close();
  });

  test('come once for each document, also by the way back, and are told as restored where the page was kept', async () => {
    const tab = await open('/one');
    await tab.evaluate("void setTimeout(() => document.getElementById('next').click())");
    await until('the next page', () => tab.evaluate("location.pathname === '/next'").catch(() => false));
    await ready(tab);
    await tab.back();
    await until('the page before', () => tab.evaluate("location.pathname === '/one'").catch(() => false));
    await until('three views', () => views().length === 3);
    await ready(tab);
    expect(views().map((view) => view.replace(' restored', ''))).toEqual(['/one /one', '/next /next', '/one /one']);
    // The page is kept in all three: nothing of ours keeps it out of the back/forward cache.
    expect(views()[2]).toBe('/one /one restored');
    expect(new Set(web.named('page_view').map(({ page }) => page.id)).size).toBe(3);
    await tab.close();
  });
});
