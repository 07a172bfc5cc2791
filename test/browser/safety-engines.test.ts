import { describe, expect, test } from 'vitest';
import { findEngines, type EngineTab } from '../helpers/engines.js';
import { DO, hostileSite, OWN, PAGES, TOLD } from '../helpers/hostile-pages.js';
import { until } from '../helpers/shop.js';
import { openSite } from '../helpers/site.js';
import { useEngine } from '../helpers/use-browser.js';

/** What is tried in every engine; Chromium has them all in `safety.test.ts`. */
const CORE = PAGES.filter(([what, , head]) => head !== undefined && /^(nothing|Array|a broken polyfill for Promise|no crypto|storage of every kind that|Prototype|zone)/.test(what));

describe.each(findEngines().filter((name) => name !== 'chromium'))('in %s', (name) => {
  // Nothing goes through the proxy: all is on this machine.
  const { engine } = useEngine(name, async () => ({ proxy: 'http://127.0.0.1:9', close: async () => {} }));

  /** Returns a list of texts; as one text, since the page may have spoilt JSON. */
  const list = (tab: EngineTab, expression: string) => tab.evaluate(`(${expression}).join('\\n')`).then((text) => `${text}`.split('\n').filter(Boolean));

  // WebKit's driver waits by the page's own Promise, which this page has broken.
  const pages = CORE.filter(([what]) => name !== 'webkit' || !/polyfill for Promise/.test(what));
  test.each(pages)('a page with %s sees nothing of Waymark, whose events arrive %s', async (_, arrive, head) => {
    const parts = hostileSite(head!);
    const site = await openSite(parts);
    const tab = await engine.newTab();
    await tab.goto(`${site.url}/start`);
    await until('Waymark', () => tab.evaluate('!!(window.waymark && waymark.track)').catch(() => false));
    await until('the second file', async () => (await list(tab, 'watched.left()')).some((each) => each.endsWith('Document auxclick')));
    await tab.evaluate(`(${DO}, 0)`);
    const told = () => TOLD.every((each) => site.named(each).length);
    if (arrive === 'at once') await until('the events', told);
    expect((await list(tab, 'watched.changed()')).filter((path) => !OWN.includes(path) && !/^history\.(push|replace)State$/.test(path))).toEqual([]);
    await tab.evaluate('(waymark.stop(), 0)');
    const left = () => list(tab, 'watched.left()');
    await until('the end', async () => !(await left()).length).catch(() => {});
    expect(await left()).toEqual([]);
    expect((await list(tab, 'watched.changed()')).filter((path) => path !== 'window.waymark')).toEqual([]);
    expect(await list(tab, 'watched.errors')).toEqual([]);
    if (arrive === 'later') {
      parts.files['/hostile.js'] = '';
      await tab.goto(`${site.url}/sound`);
      await until('the events', async () => (await tab.evaluate('waymark.flush().then(() => 0)').catch(() => 0), told()));
    }
    await tab.close();
  });

  test.each([
    ['with events that are not sent', 'data-batch-wait-ms="600000"', "waymark.track('told')"],
    ['with the tracker stopped', '', 'waymark.stop()'],
  ])('a page %s comes back out of the back/forward cache', async (_, attributes, before) => {
    const site = await openSite({ attributes, head: `<script>addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted })</script>` });
    const tab = await engine.newTab();
    await tab.goto(`${site.url}/one`);
    await until('Waymark', () => tab.evaluate('!!(window.waymark && waymark.track)').catch(() => false));
    await tab.evaluate(`(${before}, 0)`);
    await tab.goto(`${site.url}/two`);
    await tab.back();
    await until('the way back', () => tab.evaluate(`location.pathname === '/one' && 'persisted' in window`).catch(() => false));
    expect(await tab.evaluate('window.persisted')).toBe(true);
    await tab.close();
  });
});
