import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { DO, hostileSite, OWN, PAGES, TOLD } from '../helpers/hostile-pages.js';
import { inPage, loaded, until } from '../helpers/shop.js';
import { openSite, openTab, ready, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';
import type { Watched } from '../helpers/watch-page.js';

const browser = useBrowser();

test.each(PAGES.filter(([, , head]) => head !== undefined))('a page with %s sees nothing of Waymark, whose events arrive %s', async (what, arrive, head) => {
  const parts = hostileSite(head!);
  const site = await openSite(parts);
  const page = await openTab(browser);
  const watched = <Value>(read: (watched: Watched) => Value) => page.evaluate(`(${read})(window.watched)`) as Promise<Value>;
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await page.goto(`${site.url}/start`);
  if (arrive === 'not') await wait(500);
  else await until('Waymark', () => page.evaluate('!!window.waymark?.track'));
  const starts = await page.evaluate('!!window.waymark.track');
  // The second file has come.
  if (arrive !== 'not') await until('the second file', () => watched((each) => each.left().includes('listener HTMLDocument auxclick')));
  if (starts) await page.evaluate(DO);
  await page.evaluate(`(window.history && history.pushState && setTimeout(() => { try { history.pushState({}, '', '/route') } catch {} }), 0)`);
  const told = () => TOLD.every((name) => site.named(name).length);
  if (arrive === 'at once') await until('the events', told);
  else await wait(500);
  expect((await watched((each) => each.changed())).filter((path) => !OWN.includes(path) && !/^history\.(push|replace)State$/.test(path))).toEqual([]);
  expect(await watched((each) => each.left().length > 2)).toBe(starts);

  if (starts) await page.evaluate('waymark.stop()');
  // A request that is never answered is given up after ten seconds.
  const left = () => watched((each) => each.left()).then((all) => (what.includes('never settles') ? all.filter((each) => each !== 'setTimeout') : all));
  await until('the end', async () => !(await left()).length).catch(() => {});
  expect(await left()).toEqual([]);
  expect((await watched((each) => each.changed())).filter((path) => path !== 'window.waymark')).toEqual([]);
  expect(await page.evaluate(`'locks' in navigator && navigator.locks ? navigator.locks.query().then(({ held, pending }) => [...held, ...pending].length, () => 0) : 0`).catch(() => 0)).toBe(0);
  expect(await watched((each) => each.errors)).toEqual([]);

  if (arrive === 'later') {
    parts.files['/hostile.js'] = '';
    await page.goto(`${site.url}/sound`);
    await ready(page);
    expect(told()).toBe(true);
  }
  if (arrive === 'not') expect(site.bodies).toEqual([]);
  else expect(site.named('told')[0]!.properties).toEqual({ list: ['a', 'b'], deep: { list: [1] }, text: 'b' });
  for (const { seq, time, tab } of site.events()) {
    expect([Number.isInteger(seq), tab]).toEqual([true, expect.stringMatching(/^[\da-f]{12}$/)]);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
});

test('a frame of opaque origin, without any storage, sees nothing of Waymark, whose events arrive at once', async () => {
  const site = await openSite(hostileSite(''));
  const page = await openTab(browser);
  await page.goto(`${site.url}/start`);
  await loaded(page);
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts allow-forms', src: '/framed' }))`);
  const frame = await until('the frame', () => page.frames().find((each) => each.url().endsWith('/framed')));
  await until('the second file', () => frame.evaluate(`!!window.watched && watched.left().includes('listener HTMLDocument auxclick')`).catch(() => false));
  expect(await frame.evaluate('origin')).toBe('null');
  await frame.evaluate(DO);
  const ours = () => site.events().filter((event) => event.page.url.endsWith('/framed'));
  await until('the events', () => TOLD.every((name) => ours().some((event) => event.name === name)));
  await frame.evaluate('waymark.stop()');
  await until('the end', async () => !((await frame.evaluate('watched.left()')) as string[]).length);
  expect(await frame.evaluate(`watched.changed().filter((path) => path !== 'window.waymark')`)).toEqual([]);
  expect(await frame.evaluate('watched.errors')).toEqual([]);
});

describe('the back/forward cache', () => {
  /** Leaves a page and comes back: whether it came out of the cache, and the browser's own reasons where it did not. */
  async function leaveAndReturn(attributes: string, before: (page: Page) => Promise<unknown>, answerMs = 0) {
    const site = await openSite({ answerMs, attributes: `${attributes} data-web-vitals="true" data-frustration="true"`, head: `<script>addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted })</script>` });
    const page = await openTab(browser);
    await page.goto(`${site.url}/one`);
    await loaded(page);
    await before(page);
    await page.goto(`${site.url}/two`);
    await page.goBack({ waitUntil: 'commit' });
    await until('the way back', () => page.evaluate(`location.pathname === '/one' && 'persisted' in window`).catch(() => false));
    return page.evaluate(`[window.persisted, (performance.getEntriesByType('navigation')[0].notRestoredReasons?.reasons ?? []).map(({ reason }) => reason)]`);
  }
  const track = (page: Page) => inPage(page, (waymark: Waymark) => waymark.track('told'));

  test.each<[string, string, (page: Page) => Promise<unknown>, number]>([
    ['with events that are not sent', 'data-batch-wait-ms="600000"', track, 0],
    ['with all sent', '', async (page) => (await track(page), await ready(page)), 0],
    ['with a request under way', 'data-batch-wait-ms="1"', (page) => Promise.all([page.waitForRequest('**/events'), track(page)]), 1500],
    // Nothing is under way any more: that would be done after `stop`, and nobody would be there to give it up as the page is left.
    ['with the tracker stopped', '', async (page) => (await ready(page), await inPage(page, (waymark: Waymark) => waymark.stop())), 0],
  ])('takes a page %s, and the browser has nothing to say against it', async (_, attributes, before, answerMs) => {
    expect(await leaveAndReturn(attributes, before, answerMs)).toEqual([true, []]);
  });

  test('does not take a page for reasons that the browser names, where there are any', async () => {
    const hold = (page: Page) => page.evaluate(`(addEventListener('unload', () => {}), 0)`);
    const [isRestored, reasons] = (await leaveAndReturn('', hold)) as [boolean, string[]];
    expect([isRestored, reasons.length > 0]).toEqual([false, true]);
  });
});
