import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { inPage } from '../helpers/shop.js';
import { besideProblems, codesOf, listenTo, openSite, openTab, PROBLEMS, ready, type ArrivedEvent, type SiteParts, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const GTAG = '<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}</script>';
/** A page with `push(event, ecommerce)`, and its data layer from the start. */
const LAYER = `${GTAG}<script>function push(event,ecommerce){return dataLayer.push({event:event,ecommerce:ecommerce})}var K={items:[{item_id:'K1',price:10}]},L={items:[{item_id:'L1',price:5}]};</script>`;

async function openPage(parts: SiteParts = {}) {
  const site = await openSite({ attributes: 'data-currency="EUR"', ...parts, head: PROBLEMS + (parts.head ?? LAYER) });
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(site.url);
  await ready(page);
  await heardAll(page);
  return { ...site, page, heard };
}
/** Waits until the second file has come. */
const heardAll = (page: Page) => page.waitForFunction('performance.getEntriesByType("resource").some(({name}) => /more\\.min/.test(name)) && new Promise((done) => setTimeout(() => waymark.flush().then(() => done(true)), 50))');
const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/landing|page_view/.test(name));
/** What each event is about, in short: `add_to_cart 2×A1 1×B2`. */
const lines = (events: ArrivedEvent[]) =>
  own(events).map(({ name, properties }) => [name, properties.transaction_id, ...((properties.items ?? []) as { item_id: string; quantity?: number }[]).map(({ item_id, quantity = 1 }) => `${quantity}×${item_id}`)].filter(Boolean).join(' '));

describe('the data layer', () => {
  test('is heard from before loading, in order, after the page view', async () => {
    const { page, heard, ...site } = await openPage({
      head: `${LAYER}<script>dataLayer.push({event:'gtm.js'});push('view_item',K);gtag('event','add_to_cart',{currency:'EUR',value:10,items:K.items});dataLayer.push({ecommerce:null},{event:'search',search_term:'kite'})</script>`,
    });
    const events = await site.flushed(page);
    expect(events.map(({ name }) => name)).toEqual(['landing', 'page_view', 'view_item', 'add_to_cart', 'search']);
    expect(events[3]).toMatchObject({ properties: { currency: 'EUR', value: 10, items: [{ item_id: 'K1', price: 10, quantity: 1 }] }, journey: { stage: 'decision' } });
    expect(events[3]!.properties.cart_id).toBeTruthy();
    expect(events[4]!.properties).toEqual({ search_term: 'kite' });
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });

  test('is heard after loading, and push returns what it always returned', async () => {
    const { page, heard, ...site } = await openPage();
    expect(await page.evaluate(`[push('add_to_cart', K), dataLayer.push({a:1},{event:'add_to_cart',ecommerce:L}), gtag('event','purchase',{transaction_id:'T1',value:15,items:K.items}), dataLayer.length]`)).toEqual([1, 3, undefined, 4]);
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 1×K1', 'add_to_cart 1×L1', 'purchase T1 1×K1']);
    expect(heard).toEqual([]);
  });

  test('counts the same push twice as two: a person clicked twice', async () => {
    const { page, ...site } = await openPage();
    await page.evaluate(`push('add_to_cart', K)`);
    await page.evaluate(`push('add_to_cart', K)`);
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 1×K1', 'add_to_cart 1×K1']);
  });

  test.each([
    ['made after loading, as the snippets do', `window.dataLayer = window.dataLayer || []`],
    ['made after loading, by a declaration', `(0, eval)('var dataLayer = dataLayer || []')`],
    ['set anew', `window.dataLayer = []; dataLayer.push({a: 1}); window.dataLayer = []`],
    ['set anew with something in it already', `push0({event:'search'}); window.dataLayer = dataLayer.concat({event:'login'})`],
  ])('is heard where it is %s', async (_what, script) => {
    const { page, heard, ...site } = await openPage({ head: '' });
    await page.evaluate(`const push0 = (entry) => (window.dataLayer = window.dataLayer || []).push(entry); ${script}; window.dataLayer.push({event:'sign_up'})`);
    const names = own(await site.flushed(page)).map(({ name }) => name);
    expect(names).toEqual(script.includes('login') ? ['search', 'login', 'sign_up'] : ['sign_up']);
    expect(heard).toEqual([]);
  });

  test('may have another name, or be left alone', async () => {
    const other = await openPage({ attributes: 'data-data-layer="layer"', head: `${LAYER}<script>layer=[{event:'login'}];push('view_item',K)</script>` });
    expect(lines(await other.flushed(other.page))).toEqual(['login']);
    const off = await openPage({ attributes: 'data-data-layer=""', head: LAYER });
    expect(await off.page.evaluate(`push('view_item',K), Object.keys(dataLayer).join()`)).toBe('0');
    expect(lines(await off.flushed(off.page))).toEqual([]);
  });

  test('is heard where others wrap or replace push, before and after, in the order of the pushes', async () => {
    const wrap = `(function(){var old=dataLayer.push;dataLayer.push=function(entry){if(entry.event==='add_to_cart')dataLayer.push({event:'login'});return old.apply(dataLayer,[].slice.call(arguments))}})()`;
    const copying = `(function(){var old=dataLayer.push;dataLayer.push=function(entry){return old.call(dataLayer,Object.assign({gtm:1},entry))}})()`;
    const { page, heard, ...site } = await openPage({ head: `${LAYER}<script>${wrap}</script>` });
    await page.evaluate(`push('add_to_cart', K)`);
    await page.evaluate(`${wrap}; ${copying}; push('remove_from_cart', K)`);
    await page.evaluate(`Array.prototype.push.call(dataLayer, 1); dataLayer.push = function(entry) { this[this.length] = entry; return 'own' }`);
    expect(await page.evaluate(`push('search')`)).toBe('own');
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 1×K1', 'login', 'remove_from_cart 1×K1', 'search']);
    expect(heard).toEqual([]);
  });

  test('is heard where a listener pushes during a push', async () => {
    const { page, ...site } = await openPage();
    await page.evaluate(`waymark.on('event', ({name}) => name === 'add_to_cart' && push('view_cart', K)); dataLayer.push({event:'add_to_cart',ecommerce:K},{event:'login'})`);
    expect(lines(await site.flushed(page)).sort()).toEqual(['add_to_cart 1×K1', 'login', 'view_cart 1×K1']);
  });

  test('keeps what push throws, and hears the entry', async () => {
    const { page, heard, ...site } = await openPage();
    expect(await page.evaluate(`dataLayer.push = () => { throw new Error('theirs') }; try { push('login') } catch (error) { error.message }`)).toBe('theirs');
    expect(lines(await site.flushed(page))).toEqual(['login']);
    expect(heard).toEqual([]);
  });

  test.each<[what: string, script: string, answer: unknown]>([
    ['an object', `dataLayer = {push: function(){return 'own'}}`, 'own'],
    ['a text', `dataLayer = 'x'`, 'TypeError'],
    ['a getter that throws', `Object.defineProperty(window,'dataLayer',{get:function(){throw new RangeError('no')}})`, 'RangeError'],
    ['a frozen list', `dataLayer = Object.freeze([{event:'login'}])`, 'TypeError'],
    ['a Proxy that refuses', `dataLayer = new Proxy([], {defineProperty:function(){throw new RangeError('no')}})`, 'RangeError'],
    ['a revoked Proxy', `var revocable=Proxy.revocable([],{});revocable.revoke();dataLayer=revocable.proxy`, 'TypeError'],
    ['a list of hostile entries', `dataLayer = [null, 7, Symbol(), {get event(){throw new Error('no')}}, {event:'add_to_cart',ecommerce:{items:[null,7,{get item_id(){throw 1}}]}}]`, 6],
  ])('is left in peace where it is %s', async (_what, script, answer) => {
    const { page, heard, ...site } = await openPage({ head: `<script>${script}</script>` });
    expect(await page.evaluate(`try { dataLayer.push({event:'search'}) } catch (error) { error.name }`)).toBe(answer);
    await inPage(page, (waymark: Waymark) => waymark.track('wishlist_add'));
    expect(lines(await site.flushed(page))).toContain('wishlist_add');
    expect(besideProblems(heard)).toEqual([]);
  });

  test('is as it was once the tracker stops', async () => {
    const { page, heard, ...site } = await openPage();
    await inPage(page, (waymark: Waymark) => waymark.stop());
    expect(await page.evaluate(`[dataLayer.push === Array.prototype.push, Object.keys(dataLayer).join(), 'value' in Object.getOwnPropertyDescriptor(window, 'dataLayer'), push('login'), dataLayer.length]`)).toEqual([true, '', true, 1, 1]);
    const other = await openPage();
    await other.page.evaluate(`var old = dataLayer.push, theirs = dataLayer.push = function () { return old.apply(this, arguments) }; waymark.stop()`);
    expect(await other.page.evaluate(`[dataLayer.push === theirs, push('login'), dataLayer.length]`)).toEqual([true, 1, 1]);
    expect(lines([...site.events(), ...other.events()])).toEqual([]);
    expect([...heard, ...other.heard]).toEqual([]);
  });
});

describe('what the shop says by calls and by pushes', () => {
  const item = { item_id: 'K1', price: 10 };
  test.each<[what: string, call: string, push: string, line: string]>([
    ['an item put into the cart', `waymark.cart.add(${JSON.stringify(item)})`, `push('add_to_cart', K)`, 'add_to_cart 1×K1'],
    ['an item put into the cart by track', `waymark.track('add_to_cart', {item_id:'K1'})`, `gtag('event', 'add_to_cart', K)`, 'add_to_cart 1×K1'],
    ['what is in the cart', `waymark.cart.set([${JSON.stringify(item)}])`, `push('add_to_cart', K)`, 'add_to_cart 1×K1'],
    ['an order', `waymark.purchase({transaction_id:'T1',items:K.items})`, `push('purchase', {transaction_id:'T1',items:K.items})`, 'purchase T1 1×K1'],
    ['a checkout', `waymark.checkout()`, `push('begin_checkout')`, 'begin_checkout'],
    ['a product seen', `waymark.track('view_item', K)`, `push('view_item', K)`, 'view_item 1×K1'],
    ['a click that attributes tell', `document.querySelector('button').click()`, `push('add_to_wishlist', K)`, 'add_to_wishlist'],
    ['an item told to both of Google’s', `gtag('event', 'add_to_cart', K)`, `push('add_to_cart', K)`, 'add_to_cart 1×K1'],
  ])('counts once: %s', async (_what, call, push, line) => {
    const body = '<button data-waymark-event="add_to_wishlist" data-waymark-item_id="K1">Keep</button>';
    for (const script of [`${call};${push}`, `${push};${call}`]) {
      const { page, ...site } = await openPage({ body });
      await page.evaluate(script);
      const told = lines(await site.flushed(page));
      expect(told.map((each) => each.split(/ (?=.×)/)[0])).toEqual([line.split(/ (?=.×)/)[0]]);
      expect(await codesOf(page)).toEqual([]);
    }
  });

  test('counts each of several, and what comes more than a second later', async () => {
    const { page, ...site } = await openPage();
    await page.evaluate(`waymark.cart.add(K.items[0]); push('add_to_cart', K); push('add_to_cart', L); push('add_to_cart', K)`);
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 1×K1', 'add_to_cart 1×L1', 'add_to_cart 1×K1']);
    await page.evaluate(`new Promise((done) => setTimeout(done, 1100)).then(() => waymark.cart.add(K.items[0]))`);
    expect(lines(await site.flushed(page))).toHaveLength(4);
  });

  test('counts once where both were said before loading', async () => {
    const { page, ...site } = await openPage({ head: `${LAYER}<script>waymark('track','view_item',K);push('view_item',K);waymark('cart.add',K.items[0]);push('add_to_cart',K);waymark('purchase',{transaction_id:'T1'});push('purchase',{transaction_id:'T1'});push('add_to_cart',L)</script>` });
    expect(lines(await site.flushed(page))).toEqual(['view_item 1×K1', 'add_to_cart 1×K1', 'purchase T1 1×K1', 'add_to_cart 1×L1']);
  });
});
