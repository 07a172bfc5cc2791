import { describe, expect, test } from 'vitest';
import { findEngines, type EngineTab } from '../helpers/engines.js';
import { drained, flush, openProxy, openScripted, storedIds, trackMany, turnOf, unhandled, type Scripted } from '../helpers/scripted.js';
import { loaded, until } from '../helpers/shop.js';
import { useBrowser, useEngine } from '../helpers/use-browser.js';

/** A page without Waymark, of the same origin: nothing of ours can send from there. */
const PLAIN = { '/plain': { type: 'text/html', body: '<!doctype html><title>Plain</title>' } };
/** Nothing goes out before the page is hidden or left. */
const PATIENT = 'data-batch-wait-ms="60000" data-batch-events="1000" data-currency="EUR"';
/** About two kilobytes. */
const TEXTS = `texts: ['x'.repeat(1000), 'y'.repeat(1000)]`;

const once = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [n, 1]));
const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

describe('in Chromium', () => {
  const browser = useBrowser();

  test.each([false, true])('what does not fit into 64 KiB at page end stays; the purchase goes first; all arrives once (collector on another host: %s)', async (isCross) => {
    // Before Waymark's own listener, so that nothing of it can be under way before.
    const patch = `<script>addEventListener('pagehide', () => { if (location.pathname !== '/') return; for (let n = 0; n < 45; n++) waymark.track('a', { n, ${TEXTS} }); waymark('purchase', { transaction_id: 'T1', value: 5 }) })</script>`;
    const site = await openScripted({ isCross, patch, attributes: PATIENT, files: PLAIN });
    site.giveReceipts();
    const page = await site.visit(browser);
    // Its store is open.
    await flush(page);
    await page.goto(`${site.url}/plain`);
    await until('the purchase', () => site.arrivals().some(({ name }) => name === 'purchase'));
    const first = site.requests.find(({ events }) => events.some(({ name }) => name === 'purchase'))!;
    expect(first.sent_at).toBe(site.requests.map(({ sent_at }) => sent_at).sort()[0]);
    expect(first.events[0]!.name).toBe('purchase');
    expect(site.requests.reduce((sum, { raw }) => sum + raw.length, 0)).toBeLessThan(64 * 1024);
    expect(site.preflights).toEqual([]);
    await page.goto(`${site.url}/again`);
    await loaded(page);
    // The collector is asked about what it may have by the next event.
    await trackMany(page, 'b', 1);
    await drained(page);
    expect(Object.keys(site.counts('a')).sort()).toEqual(numbers(45).sort());
    expect(site.counts('a')).toEqual(once(45));
    expect(site.arrivals().filter(({ name }) => name === 'purchase')).toHaveLength(1);
  });

  test('large events do not keep small ones back, as long as all fit', async () => {
    const site = await openScripted({ attributes: PATIENT, files: PLAIN });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 10);
    await page.evaluate(`for (let n = 0; n < 3; n++) waymark.track('large', { n, texts: Array(14).fill('x'.repeat(1000)) })`);
    await trackMany(page, 'a', 10, 10);
    await page.goto(`${site.url}/plain`);
    await until('all of them', () => Object.keys(site.counts('a')).length === 20 && Object.keys(site.counts('large')).length === 3);
    expect(site.counts('a')).toEqual(once(20));
  });

  test('events go out when the tab is hidden, and those that are tracked in the background do not wait', async () => {
    const site = await openScripted({ attributes: PATIENT });
    const page = await site.visit(browser);
    await trackMany(page, 'before', 3);
    const other = await browser.newTab();
    await other.bringToFront();
    await until('what was tracked before', () => Object.keys(site.counts('before')).length === 3);
    await trackMany(page, 'after', 3);
    await until('what was tracked after', () => Object.keys(site.counts('after')).length === 3);
    await until('an empty store', async () => !(await storedIds(page)).length);
    expect(site.counts('before')).toEqual(once(3));
    expect(site.counts('after')).toEqual(once(3));
    await other.close();
  });

  test('what other scripts leave of the quota is enough: nothing is lost', async () => {
    const patch = `<script>if (location.pathname === '/') addEventListener('pagehide', () => void fetch('/never', { method: 'POST', body: 'x'.repeat(60_000), keepalive: true }).catch(() => {}))</script>`;
    const site = await openScripted({ attributes: PATIENT, patch, files: PLAIN });
    site.giveReceipts();
    const page = await site.visit(browser);
    await page.evaluate(`for (let n = 0; n < 8; n++) waymark.track('a', { n, ${TEXTS} })`);
    await page.goto(`${site.url}/plain`);
    await page.goto(`${site.url}/again`);
    await loaded(page);
    await trackMany(page, 'b', 1);
    await drained(page);
    expect(site.counts('a')).toEqual(once(8));
  });

  test('a page whose quota others use up sends without it', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="100"' });
    const page = await site.visit(browser);
    await page.evaluate(`void fetch('/never', { method: 'POST', body: 'x'.repeat(64_000), keepalive: true }).catch(() => {})`);
    await page.evaluate(`for (let n = 0; n < 4; n++) waymark.track('a', { n, ${TEXTS} })`);
    await until('the events', () => Object.keys(site.counts('a')).length === 4);
    expect(site.counts('a')).toEqual(once(4));
    expect(await unhandled(page)).toEqual([]);
  });

  describe('with a collector that does not know ids', () => {
    /** The npm package, with a format of the shop's own. */
    const tag = `<script type="importmap">{ "imports": { "idb-keyval": "/idb-keyval.js", "web-vitals": "/web-vitals.js" } }</script>
<script type="module">
import { createTracker } from '/dist/core.js';
import { waymarkFormat } from '/dist/formats/index.js';
const tracker = createTracker({ collector: '/events', batchWaitMs: location.pathname === '/' ? 60_000 : 50, format: { ...waymarkFormat, receipts: false, idempotent: false } });
const { q = [] } = window.waymark;
window.waymark = tracker;
for (const [method, ...args] of q) tracker[method](...args);
</script>`;
    const open = async () => {
      const site = await openScripted({ tag, files: PLAIN });
      const page = await site.visit(browser);
      await loaded(page);
      // Its store is open.
      await flush(page);
      return { site, page };
    };

    test('what was handed to the browser in good health is not sent again', async () => {
      const { site, page } = await open();
      await trackMany(page, 'a', 3);
      await page.goto(`${site.url}/plain`);
      await until('the events', () => Object.keys(site.counts('a')).length === 3);
      await page.goto(`${site.url}/again`);
      await loaded(page);
      await trackMany(page, 'b', 1);
      await until('the event of the next page', () => site.counts('b')[0] === 1);
      expect(await flush(page)).toMatchObject({ kept: 0 });
      expect(site.counts('a')).toEqual(once(3));
    });

    test('nor when the page was left before its store had opened', async () => {
      const site = await openScripted({ tag, files: PLAIN });
      const page = await site.visit(browser);
      await loaded(page);
      await trackMany(page, 'a', 3);
      await page.goto(`${site.url}/plain`);
      await until('the events', () => Object.keys(site.counts('a')).length === 3);
      await page.goto(`${site.url}/again`);
      await loaded(page);
      await trackMany(page, 'b', 1);
      await until('the event of the next page', () => site.counts('b')[0] === 1);
      expect(await flush(page)).toMatchObject({ kept: 0 });
      expect(site.counts('a')).toEqual(once(3));
    });

    test('nor when the page comes back out of the back/forward cache', async () => {
      const { site, page } = await open();
      site.answer(async () => (await new Promise((resolve) => setTimeout(resolve, 300)), {}));
      await trackMany(page, 'a', 3);
      await page.evaluate(`addEventListener('pageshow', (event) => (window.persisted = event.persisted)), 0`);
      await page.goto(`${site.url}/plain`);
      await until('the events', () => Object.keys(site.counts('a')).length === 3);
      await page.goBack({ waitUntil: 'commit' });
      expect(await until('the page', () => page.evaluate('window.persisted'))).toBe(true);
      await trackMany(page, 'b', 1);
      await drained(page);
      expect(site.counts('b')).toEqual(once(1));
      expect(site.counts('a')).toEqual(once(3));
    });

    test('but what a page kept while the collector failed is sent later', async () => {
      const { site, page } = await open();
      site.answer(() => ({ status: 503 }));
      await trackMany(page, 'first', 1);
      await flush(page);
      await until('a failure', async () => (await turnOf(page))?.failures);
      await trackMany(page, 'a', 3);
      await page.goto(`${site.url}/plain`);
      const before = site.requests.length;
      site.answer(() => ({}));
      await page.goto(`${site.url}/again`);
      await loaded(page);
      await drained(page);
      const later = site.requests.slice(before).flatMap(({ events }) => events);
      expect(later.filter(({ name }) => name === 'a').map(({ properties }) => properties.n).sort()).toEqual([0, 1, 2]);
      expect(later.filter(({ name }) => name === 'first')).toHaveLength(1);
    });
  });
});

describe.each(findEngines())('at page end in %s', (name) => {
  const { engine } = useEngine(name, openProxy);

  async function visit(site: Scripted, path = '/'): Promise<EngineTab> {
    const tab = await engine.newTab();
    await tab.goto(site.url + path);
    await until('Waymark', () => tab.evaluate('!!window.waymark && !!waymark.track').catch(() => false));
    await tab.evaluate('waymark.flush()');
    return tab;
  }
  /** Flushes until these have arrived: a store that is jammed is used again ten seconds later. */
  const arrived = (site: Scripted, tab: EngineTab, ...names: string[]) =>
    until(`${names}`, async () => {
      await tab.evaluate('waymark.flush()');
      return names.every((name) => site.counts(name)[0]);
    });

  test('everything that waits goes out as the page is left, what a listener tracks at the last moment as well', async () => {
    const site = await openScripted({ isCross: true, attributes: PATIENT, files: PLAIN });
    site.giveReceipts();
    const tab = await visit(site);
    await tab.evaluate(`(() => { for (let n = 0; n < 5; n++) waymark.track('a', { n }); addEventListener('pagehide', () => waymark.track('last', { n: 0 })); return 0; })()`);
    await tab.goto(`${site.url}/plain`);
    await until('all of them', () => Object.keys(site.counts('a')).length === 5 && site.counts('last')[0]);
    expect(site.preflights).toEqual([]);
    await tab.goto(`${site.url}/again`);
    await until('Waymark', () => tab.evaluate('!!window.waymark && !!waymark.track').catch(() => false));
    await tab.evaluate(`waymark.track('b', { n: 0 })`);
    await arrived(site, tab, 'b');
    expect(site.counts('a')).toEqual(once(5));
    expect(site.counts('last')).toEqual(once(1));
    await tab.close();
  });

  test('what a listener tracks at the last moment is not lost when the collector is down', async () => {
    const site = await openScripted({ attributes: PATIENT, files: PLAIN });
    site.answer(() => ({ status: 503 }));
    const tab = await visit(site);
    // From now on it is known to fail.
    await tab.evaluate(`waymark.flush()`);
    await tab.evaluate(`(waymark.track('a', { n: 0 }), addEventListener('pagehide', () => { for (let n = 0; n < 3; n++) waymark.track('last', { n }) }), 0)`);
    await tab.goto(`${site.url}/plain`);
    site.requests.length = 0;
    site.answer(() => ({}));
    await tab.goto(`${site.url}/again`);
    await until('Waymark', () => tab.evaluate('!!window.waymark && !!waymark.track').catch(() => false));
    await arrived(site, tab, 'a', 'last');
    expect(site.counts('a')).toEqual(once(1));
    expect(site.counts('last')).toEqual(once(3));
    await tab.close();
  });

  // Firefox 153 keeps nothing that is written in pagehide as a tab is closed, be it in IndexedDB or in localStorage.
  const last = name === 'firefox' ? ['document', 'visibilitychange'] : ['window', 'pagehide'];
  test(`nor when the tab is closed (${last[1]})`, async () => {
    const site = await openScripted({ attributes: PATIENT, files: PLAIN });
    site.answer(() => ({ status: 503 }));
    const tab = await visit(site);
    await tab.evaluate(`waymark.flush()`);
    await tab.evaluate(`(waymark.track('a', { n: 0 }), ${last[0]}.addEventListener('${last[1]}', () => waymark.track('last', { n: 0 })), 0)`);
    await tab.close();
    site.requests.length = 0;
    site.answer(() => ({}));
    const next = await visit(site);
    await arrived(site, next, 'a', 'last');
    expect(site.counts('a')).toEqual(once(1));
    expect(site.counts('last')).toEqual(once(1));
    await next.close();
  });
});
