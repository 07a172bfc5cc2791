import { expect, test } from 'vitest';
import { newProfile, openEngine, removeProfile, type EngineTab } from '../helpers/engines.js';
import { until } from '../helpers/shop.js';
import { inEachEngine, testOnce, useEngine } from '../helpers/use-browser.js';

/** A pause after which the cart is abandoned, in minutes: three seconds, so that the tests do not take all day. */
const IDLE = 'data-cart-idle-minutes="0.05"';
const PAUSE_MS = 3600;
/** The same, nine seconds long: where the page itself is not to find the pause over before it is closed, however busy the machine is. */
const LONG_IDLE = 'data-cart-idle-minutes="0.15"';
const LONG_PAUSE_MS = 9600;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until both files of Waymark have started, and all is sent. */
async function ready(tab: EngineTab): Promise<void> {
  await until('Waymark', () => tab.evaluate("!!window.waymark?.track && !!waymark.cart"));
  await tab.evaluate('waymark.share.call ? new Promise((resolve) => setTimeout(resolve, 150)) : 0');
  await until('the confirmation', async () => (await tab.evaluate('waymark.flush().then(({ kept }) => kept)')) === 0);
}

/** Waits until a tab shows an address with `part` in it. */
const at = (tab: EngineTab, part: string) =>
  until(part, async () => {
    // In between, there may be no page to ask.
    const href = await tab.evaluate('document.readyState === "complete" && location.href').catch(() => '');
    return `${href}`.includes(part);
  });

inEachEngine('a cart in %s', (name) => {
  const { web, engine } = useEngine(name);
  const once = testOnce(name) as typeof test;

  /** Opens a page of a shop and puts a kite into the cart. */
  async function fill(url: string): Promise<EngineTab> {
    const tab = await engine.newTab();
    await tab.goto(url);
    await ready(tab);
    await tab.evaluate("waymark.cart.add({ item_id: 'kite', item_name: 'Kite', price: 20 })");
    await ready(tab);
    return tab;
  }
  const reasons = () => web.named('cart_abandon').map(({ properties }) => properties.reason);

  once('left alone in an open page is abandoned once, and told by that page', async () => {
    const url = web.openShop(IDLE);
    const tab = await fill(`${url}/kites`);
    const { properties, time } = await web.arrived('cart_abandon');
    expect(properties).toMatchObject({ reason: 'idle', provisional: false, level: 'browse', value: 20, items: [{ item_id: 'kite' }], last_page: `${url}/kites` });
    expect(Date.parse(time) - Date.parse(properties.last_active as string)).toBe(3000);
    await sleep(PAUSE_MS);
    expect(reasons()).toEqual(['idle']);
    await tab.close();
  });

  test('left alone in three tabs is abandoned once', async () => {
    const url = web.openShop(IDLE);
    const tab = await fill(url);
    const others = [await engine.newTab(), await engine.newTab()];
    for (const other of others) await other.goto(`${url}/other`);
    for (const other of others) await ready(other);
    const abandon = await web.arrived('cart_abandon');
    await sleep(PAUSE_MS);
    // Where a busy machine takes longer than the pause to open a tab, that one may be the one that finds it.
    const isOpen = web.named('page_view').every(({ time }) => time < abandon.time);
    expect(reasons()).toEqual([isOpen ? 'idle' : expect.stringMatching(/^(idle|return)$/)]);
    const seqs = web.events().map(({ tab: id, seq }) => `${id} ${seq}`);
    expect(new Set(seqs).size).toBe(seqs.length);
    for (const each of [tab, ...others]) await each.close();
  });

  once('bought in another tab is not abandoned', async () => {
    const url = web.openShop(IDLE);
    const tab = await fill(url);
    const other = await engine.newTab();
    await other.goto(`${url}/checkout`);
    await ready(other);
    await other.evaluate("waymark.purchase({ transaction_id: 'T1' })");
    await ready(other);
    await sleep(PAUSE_MS);
    const [purchase, ...more] = web.named('purchase');
    expect(more).toEqual([]);
    // Where a busy machine takes longer than the pause to open the other tab, nobody has touched the cart in between: that is another abandonment.
    expect(web.named('cart_abandon').filter(({ time }) => time >= purchase!.time)).toEqual([]);
    await tab.close();
    await other.close();
  });

  test('bought in another tab that was closed then is not abandoned by leaving', async () => {
    const url = web.openShop();
    const tab = await fill(`${url}/?to=${encodeURIComponent('http://elsewhere.example/')}`);
    const other = await engine.newTab();
    await other.goto(`${url}/checkout`);
    await ready(other);
    await other.evaluate("waymark.purchase({ transaction_id: 'T1' })");
    await ready(other);
    await other.close();
    await sleep(300);
    await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
    await sleep(700);
    expect(web.named('purchase')).toHaveLength(1);
    expect(reasons()).toEqual([]);
    await tab.close();
  });

  once('taken to the next page by a script, from the page that an ad or a letter led to, is not abandoned', async () => {
    const tab = await engine.newTab();
    await tab.goto(`${web.openShop()}/?utm_source=newsletter&utm_medium=email`);
    await ready(tab);
    await tab.evaluate("waymark.cart.add({ item_id: 'kite', item_name: 'Kite', price: 20 }), void setTimeout(() => location.assign('/cart'))");
    await at(tab, '/cart');
    await ready(tab);
    expect(web.named('add_to_cart')).toHaveLength(1);
    expect(reasons()).toEqual([]);
    await tab.close();
  });

  test('left for another site is abandoned for now, and taken up again by the way back', async () => {
    const url = web.openShop();
    const out = `http://elsewhere.example/?to=${encodeURIComponent(`${url}/cart?utm_source=newsletter&utm_medium=email`)}`;
    const tab = await fill(`${url}/?to=${encodeURIComponent(out)}`);
    await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
    const { id, properties } = await web.arrived('cart_abandon');
    expect(properties).toMatchObject({ reason: 'exit', provisional: true, value: 20 });
    await at(tab, 'elsewhere.example/');
    await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
    await at(tab, '/cart');
    await ready(tab);
    await tab.evaluate("waymark.track('view_cart')");
    await ready(tab);
    expect((await web.arrived('cart_recover')).properties).toMatchObject({ abandonment_id: id, reason: 'exit', by: 'view_cart', channel: 'email', value: 20 });
    expect(reasons()).toEqual(['exit']);
    await tab.close();
  });

  once('taken up again at the next visit says by what the person came; that arrival begins the new session', async () => {
    const url = web.openShop(`${IDLE} data-session-minutes="0.05"`);
    const tab = await fill(url);
    await tab.goto('http://elsewhere.example/');
    await sleep(PAUSE_MS);
    await tab.goto(`${url}/cart?utm_source=instagram&utm_medium=social`);
    await ready(tab);
    await tab.evaluate("waymark.track('view_cart')");
    await ready(tab);
    const landing = web.named('social_landing')[0]!;
    const [abandon] = web.named('cart_abandon');
    expect(abandon!.touchpoint).toMatchObject({ channel: 'direct' });
    expect(abandon!.session.id).toBe(web.named('add_to_cart')[0]!.session.id);
    expect(landing.session.number).toBe(abandon!.session.number + 1);
    expect(landing.previous).toMatchObject({ cart_value: 20 });
    expect(abandon!.seq).toBeLessThan(landing.seq);
    expect((await web.arrived('cart_recover')).properties).toMatchObject({ abandonment_id: abandon!.id, channel: 'organic_social', network: 'instagram' });
    await tab.close();
  });

  once.each([
    ['a link within the shop', (tab: EngineTab) => tab.evaluate("void setTimeout(() => document.getElementById('next').click())")],
    ['a reload', (tab: EngineTab) => tab.evaluate('void setTimeout(() => location.reload())')],
    ['an address typed', (tab: EngineTab) => tab.goto('http://elsewhere.example/')],
    ['a hosted payment page', (tab: EngineTab) => tab.evaluate("void setTimeout(() => document.getElementById('link0').click())")],
  ])('by %s is not abandoned', async (_, leave) => {
    const url = web.openShop();
    const tab = await fill(`${url}/?to=${encodeURIComponent('http://www.paypal.com/checkoutnow')}`);
    await leave(tab);
    await sleep(700);
    expect(reasons()).toEqual([]);
    await tab.close();
  });

  once('left in one tab is not abandoned while another one shows the shop', async () => {
    const url = web.openShop();
    const other = await engine.newTab();
    await other.goto(url);
    await ready(other);
    const tab = await fill(`${url}/?to=${encodeURIComponent('http://elsewhere.example/')}`);
    await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
    await sleep(700);
    expect(reasons()).toEqual([]);
    await other.close();
    await tab.close();
  });

  test('that was closed is told at the next visit, at the time when it was, before anything of that visit', async () => {
    const url = web.openShop(LONG_IDLE);
    const tab = await fill(url);
    await tab.close();
    await sleep(LONG_PAUSE_MS);
    const next = await engine.newTab();
    await next.goto(`${url}/next`);
    await ready(next);
    const [abandon] = web.named('cart_abandon');
    expect(reasons()).toHaveLength(1);
    // Firefox hides a tab before it closes it, so the page can tell; that may or may not get out.
    if (name !== 'firefox' || abandon!.properties.reason === 'return') {
      expect(abandon!.properties).toMatchObject({ reason: 'return', provisional: false });
      expect(Date.parse(abandon!.time) - Date.parse(abandon!.properties.last_active as string)).toBe(9000);
      const [, view] = web.named('page_view');
      expect(abandon!.time < view!.time).toBe(true);
      expect(abandon!.session.id).toBe(web.named('page_view')[0]!.session.id);
    }
    await next.close();
  });

  test('in a browser that was killed is told once, at the next start', async () => {
    const url = web.openShop(LONG_IDLE);
    const own = newProfile();
    const doomed = await openEngine(name, own, web.proxy);
    const tab = await doomed.newTab();
    await tab.goto(url);
    await ready(tab);
    await tab.evaluate("waymark.cart.add({ item_id: 'kite', price: 20 })");
    await ready(tab);
    await doomed.kill();
    await sleep(LONG_PAUSE_MS);
    const second = await openEngine(name, own, web.proxy);
    for (const path of ['/', '/again']) {
      const next = await second.newTab();
      await next.goto(url + path);
      await ready(next);
    }
    expect(reasons()).toEqual(['return']);
    await second.close();
    removeProfile(own);
  });
});
