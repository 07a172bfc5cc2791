import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { type EngineTab } from '../helpers/engines.js';
import { until } from '../helpers/shop.js';
import { inEachEngine, useEngine } from '../helpers/use-browser.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than anything that Waymark puts off here: a batch waits for 50 ms. */
const QUIET_MS = 800;

const NOTHING = { cookie: '', local: [], session: [], databases: [] };
/** Everything that the browser keeps for the shop. */
const KEPT = `(async () => ({ cookie: document.cookie, local: Object.keys(localStorage), session: Object.keys(sessionStorage), databases: (await indexedDB.databases()).map(({ name }) => name) }))()`;

inEachEngine('consent in %s', (name) => {
  const { web, engine } = useEngine(name);

  async function open(url: string): Promise<EngineTab> {
    const tab = await engine.newTab();
    await go(tab, url);
    return tab;
  }
  async function go(tab: EngineTab, url: string): Promise<void> {
    await tab.goto(url);
    await loaded(tab);
  }
  const loaded = (tab: EngineTab) => until('Waymark', () => tab.evaluate('!!window.waymark?.track && !!waymark.cart').catch(() => false));
  const confirmed = (tab: EngineTab) => until('the confirmation', async () => (await tab.evaluate('waymark.flush().then(({ kept }) => kept)')) === 0);
  const track = (tab: EngineTab, event: string) => tab.evaluate(`waymark.track('${event}', { note: 'x' })`);
  const kept = (tab: EngineTab) => tab.evaluate(KEPT);
  const nothingKept = (tab: EngineTab) => until('nothing kept', async () => isDeepStrictEqual(await kept(tab), NOTHING));

  test('nothing is kept and nothing sent before there is an answer; then all goes out, with its true time', async () => {
    const url = web.openShop('data-consent="required"');
    const tab = await open(`${url}/first?utm_source=instagram`);
    const before = Date.now();
    await track(tab, 'asked');
    await tab.evaluate("waymark.cart.add({ item_id: 'kite', price: 20 })");
    await sleep(QUIET_MS);
    expect(await kept(tab)).toEqual(NOTHING);
    // Left without an answer: what waited is gone, and no trace of it stays.
    await go(tab, `${url}/second`);
    await track(tab, 'asked_again');
    await sleep(QUIET_MS);
    expect([await kept(tab), web.events()]).toEqual([NOTHING, []]);

    const granted = Date.now();
    expect(await tab.evaluate("waymark('consent', 'granted')")).toEqual({ analytics: 'granted', marketing: 'granted', by: { analytics: 'call', marketing: 'call' } });
    await confirmed(tab);
    const [view, asked] = [web.named('page_view')[0]!, web.named('asked_again')[0]!];
    expect(web.named('asked')).toEqual([]);
    expect(new URL(view.page!.url).pathname).toBe('/second');
    expect([Date.parse(asked.time) > before, Date.parse(asked.time) < granted]).toEqual([true, true]);
    expect(asked.consent).toEqual({ analytics: 'granted', marketing: 'granted', by: { analytics: 'call', marketing: 'call' }, waited: true });
    await track(tab, 'after');
    await confirmed(tab);
    expect(web.named('after')[0]!.consent!.waited).toBeUndefined();
    expect(await kept(tab)).toMatchObject({ cookie: '', databases: ['waymark-main'] });
  });

  test('withdrawal in one tab deletes everything in all, and no tab keeps or sends anything any more', async () => {
    const url = web.openShop('data-consent="granted"');
    const one = await open(`${url}/one`);
    const other = await open(`${url}/other`);
    await confirmed(other);
    await confirmed(one);
    await track(one, 'unsent');
    await one.evaluate("waymark('consent', 'denied')");
    await until('the other tab', async () => ((await other.evaluate("waymark('consent').analytics")) as string) === 'denied');
    await nothingKept(one);
    const before = web.events().length;
    for (const tab of [one, other]) {
      await track(tab, 'forbidden');
      await tab.evaluate("waymark.cart.add({ item_id: 'kite', price: 20 })");
    }
    await sleep(QUIET_MS);
    // As they are left, too.
    for (const tab of [one, other]) await tab.goto('http://elsewhere.test/');
    await sleep(QUIET_MS);
    expect(web.events().length).toBe(before);
  });

  test('a page that comes back out of the back/forward cache after a withdrawal keeps nothing', async () => {
    const url = web.openShop('data-consent="required"');
    const tab = await open(`${url}/first`);
    await tab.evaluate("waymark('consent', 'granted')");
    await confirmed(tab);
    await tab.goto(`${url}/privacy`);
    await loaded(tab);
    await tab.evaluate("waymark('consent', 'granted')");
    await confirmed(tab);
    await tab.evaluate("waymark('consent', 'denied')");
    await nothingKept(tab);
    await tab.back();
    await until('the first page', async () => `${await tab.evaluate('location.pathname').catch(() => '')}` === '/first');
    await loaded(tab);
    await track(tab, 'forbidden');
    await sleep(QUIET_MS);
    expect([await kept(tab), web.named('forbidden')]).toEqual([NOTHING, []]);
  });

  test('what was kept is deleted at the next start if consent is denied there, and nothing is tracked', async () => {
    const url = web.openShop('data-consent="granted"');
    const tab = await open(`${url}/first`);
    await confirmed(tab);
    expect(await kept(tab)).toMatchObject({ databases: ['waymark-main'] });
    const count = web.events().length;
    await tab.goto(`${url}/privacy`);
    await loaded(tab);
    await tab.evaluate("waymark('consent', 'denied')");
    await nothingKept(tab);
    await track(tab, 'forbidden');
    await sleep(QUIET_MS);
    expect(web.named('forbidden')).toEqual([]);
    expect(web.events().length).toBeGreaterThanOrEqual(count);
  });

  test('forget leaves no trace, and says so', async () => {
    const url = web.openShop();
    const tab = await open(`${url}/first`);
    await confirmed(tab);
    // What an earlier page would have left.
    await tab.evaluate("localStorage.setItem('waymark-main:0', '{}'), sessionStorage.setItem('waymark-main', '[]')");
    expect(await tab.evaluate('waymark.forget()')).toBe(true);
    expect(await kept(tab)).toEqual(NOTHING);
  });

  test('without identifiers nothing is kept, and nothing told that tells visitors apart; page views, landings and orders count', async () => {
    const url = web.openShop('data-identity="none"');
    const tab = await open(`${url}/first?utm_source=instagram&utm_campaign=c1`);
    await tab.evaluate("waymark.purchase({ transaction_id: 'T1', value: 20, currency: 'EUR', items: [{ item_id: 'kite', price: 20 }] })");
    await confirmed(tab);
    expect(await kept(tab)).toEqual(NOTHING);
    await go(tab, `${url}/second`);
    await confirmed(tab);
    expect(await kept(tab)).toEqual(NOTHING);
    const events = web.events();
    expect(events.map(({ name: event }) => event)).toEqual(expect.arrayContaining(['social_landing', 'page_view', 'purchase']));
    for (const event of events) expect([event.visitor, event.session]).toEqual([undefined, undefined]);
    const tabs = new Map(events.map(({ page, tab: series }) => [new URL(page!.url).pathname, series]));
    expect(new Set(tabs.values()).size).toBe(tabs.size);
    expect(web.named('purchase')[0]!.journey!.stage).toBe('purchase');
    expect(JSON.stringify(events)).not.toContain('utm_campaign');
  });
});
