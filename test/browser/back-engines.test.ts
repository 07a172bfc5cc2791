import { expect, test } from 'vitest';
import type { EngineTab } from '../helpers/engines.js';
import { until } from '../helpers/shop.js';
import { openSite, STUB } from '../helpers/site.js';
import { inEachEngine, useEngine } from '../helpers/use-browser.js';

/** Tells whether the page came out of the back/forward cache. */
const SHOWN = `<script>addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted })</script>`;

/** On `/one`, each answer of the store takes 200 ms, during which its transaction is open. */
const SLOW = `<script>if (location.pathname === '/one') {
  const { set } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'onsuccess');
  Object.defineProperty(IDBRequest.prototype, 'onsuccess', { configurable: true, set(handle) {
    set.call(this, (event) => {
      const end = Date.now() + (this.source ? 200 : 0);
      const hold = () => Date.now() < end ? set.call(this.source.get('none'), hold) : handle.call(this, event);
      hold();
      window.isAsked ||= !!this.source;
    });
  } });
}</script>`;

inEachEngine('the way back in %s', (name) => {
  // Nothing goes through the proxy: all is on this machine.
  const { engine } = useEngine(name, async () => ({ proxy: 'http://127.0.0.1:9', close: async () => {} }));
  const waymark = (tab: EngineTab) => until('Waymark', () => tab.evaluate('!!(window.waymark && waymark.track)').catch(() => false));
  const kept = (tab: EngineTab) => tab.evaluate('waymark.flush().then(({ kept }) => kept)');
  async function back(tab: EngineTab): Promise<void> {
    await tab.back();
    await until('the way back', () => tab.evaluate(`location.pathname === '/one' && 'persisted' in window`).catch(() => false));
  }

  test('leads to the page as it was, also where that was left while it waited for its store, and it takes up what it had begun', async () => {
    const site = await openSite({ head: STUB + SHOWN + SLOW });
    const tab = await engine.newTab();
    await tab.goto(`${site.url}/one`);
    await waymark(tab);
    await until('a transaction', () => tab.evaluate('!!window.isAsked'));
    await tab.goto(`${site.url}/two`);
    await waymark(tab);
    // What the page before had open would hold this one up.
    expect(await kept(tab)).toBe(0);
    await back(tab);
    expect(await tab.evaluate('window.persisted')).toBe(true);
    await tab.evaluate(`(waymark.track('told'), 0)`);
    await until('the event', async () => (await kept(tab), site.named('told').length));
    expect(await kept(tab)).toBe(0);
    expect(site.named('page_view').map(({ page, properties }) => new URL(page.url).pathname + (properties.restored ? ' restored' : ''))).toEqual(['/one', '/two', '/one restored']);
    expect(new Set(site.events().map(({ visitor }) => visitor?.id)).size).toBe(1);
    expect(site.bodies.length).toBeGreaterThan(1);
    await tab.close();
  });

  test('leads to a page that knows what the visitor did in between', async () => {
    const site = await openSite({ head: STUB + SHOWN });
    const tab = await engine.newTab();
    await tab.goto(`${site.url}/one`);
    await waymark(tab);
    expect(await kept(tab)).toBe(0);
    await tab.goto(`${site.url}/two`);
    await waymark(tab);
    await tab.evaluate(`(waymark.track('add_to_wishlist'), waymark.identify('ann'), 0)`);
    expect(await kept(tab)).toBe(0);
    // The visitor's record is written a moment after the event.
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 400))');
    await back(tab);
    expect(await tab.evaluate('window.persisted')).toBe(true);
    await tab.evaluate(`(waymark.track('told'), 0)`);
    await until('the event', async () => (await kept(tab), site.named('told').length));
    const seen = [...site.named('page_view').slice(2), ...site.named('told')];
    expect(seen.map(({ name: event, journey, visitor }) => [event, journey?.stage, visitor?.user_id])).toEqual([['page_view', 'decision', 'ann'], ['told', 'decision', 'ann']]);
    await tab.close();
  });

  test('and forward again gives no number twice, and leaves none out', async () => {
    const site = await openSite({ head: STUB + SHOWN });
    const tab = await engine.newTab();
    const act = async () => {
      await waymark(tab);
      await tab.evaluate(`(waymark.track('told'), waymark.track('told_too'), 0)`);
      expect(await kept(tab)).toBe(0);
    };
    /** Goes through the history, to a page that was put away. */
    async function turn(way: 'back' | 'forward', path: string): Promise<void> {
      await tab.evaluate(`void setTimeout(() => history.${way}())`);
      await until(path, () => tab.evaluate(`location.pathname === '${path}' && window.persisted`).catch(() => false));
      await act();
    }
    for (const path of ['/one', '/two', '/three']) {
      await tab.goto(site.url + path);
      await act();
    }
    await turn('back', '/two');
    await turn('back', '/one');
    await turn('forward', '/two');
    await tab.goto(`${site.url}/four`);
    await act();
    const events = site.events();
    expect(events.filter(({ name: event }) => event === 'told')).toHaveLength(7);
    expect(new Set(events.map(({ visitor }) => visitor?.id)).size).toBe(1);
    for (const each of new Set(events.map((event) => event.tab))) {
      const those = events.filter((event) => event.tab === each);
      // In the order of their times.
      expect(those.map(({ seq }) => seq)).toEqual(those.map((_, index) => index + 1));
    }
    await tab.close();
  });
});
