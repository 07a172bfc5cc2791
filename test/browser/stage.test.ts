import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, loaded, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, problemsOf, PROBLEMS, ready, STUB, type ArrivedEvent, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** The path of each page view, and the visitor's stage from then on. */
const viewsOf = (events: ArrivedEvent[]) =>
  events.filter(({ name }) => name === 'page_view').map(({ page, journey }) => `${new URL(page.url).pathname} ${journey.stage}`);
const PRODUCT = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Dunlin"}</script>';

describe('the stage of a page', () => {
  test('is that of the first pattern that matches its path, for loads and for routes', async () => {
    const site = await openSite({ attributes: 'data-page-stages="/blog/compare-*=decision /blog/*=consideration,/club=retention"' });
    const page = await site.visit(browser, '/about');
    for (const path of ['/blog/kites', '/blog/compare-kites', '/about', '/club/more', '/club']) {
      await page.goto(site.url + path);
      await ready(page);
    }
    await inPage(page, () => history.pushState({}, '', '/blog/kites?page=2#top'));
    await until('the page view of the route', async () => viewsOf(await site.flushed(page)).length === 7);
    expect(viewsOf(site.events())).toEqual([
      '/about awareness', '/blog/kites consideration', '/blog/compare-kites decision', '/about decision', '/club/more decision', '/club retention', '/blog/kites consideration',
    ]);
  });

  test('is found by its path, a meta element, an attribute, or as a product page, in this order', async () => {
    const META = '<meta name="waymark:stage" content="decision">';
    const pages: Record<string, [stage: string, markup: string]> = {
      '/pattern': ['retention', META + PRODUCT],
      '/meta': ['decision', `<main data-waymark-stage="retention"></main>${PRODUCT}${META}`],
      '/attribute': ['retention', `${PRODUCT}<main data-waymark-stage="retention"></main>`],
      '/json-ld': ['consideration', PRODUCT],
      '/og-type': ['consideration', '<meta property="og:type" content="product">'],
      '/other-scheme': ['decision', '<main data-waymark-stage="desire"></main>'],
      '/reset': ['advocacy', '<main data-waymark-stage="advocacy"></main>'],
      // The stage of a click is none of the page: the visitor stays.
      '/click': ['advocacy', '<button data-waymark-event="club_joined" data-waymark-stage="retention">Join</button>'],
    };
    const site = await openSite({
      attributes: 'data-page-stages="/pattern=retention"',
      head: PROBLEMS,
      body: Object.entries(pages).map(([path, [, markup]]) => `<template id="${path}">${markup}</template>`).join('')
        + `<script>document.body.append(document.getElementById(location.pathname).content)</script>`,
    });
    const page = await openTab(browser);
    for (const path of Object.keys(pages)) {
      await page.goto(site.url + path);
      await ready(page);
      expect(await codesOf(page)).toEqual([]);
    }
    expect(viewsOf(await site.flushed(page))).toEqual(Object.entries(pages).map(([path, [stage]]) => `${path} ${stage}`));
  });

  test('is found also where its markup stands far below the script tag', async () => {
    const site = await openSite({
      tag: '<script src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50"></script>',
      // A page that comes in parts: the script has run long before the last of them.
      body: `<script>window.isThere = 'track' in waymark</script>${'<p>Text</p>'.repeat(20_000)}${PRODUCT}`,
    });
    const page = await site.visit(browser);
    expect(await page.evaluate('isThere')).toBe(true);
    expect(viewsOf(await site.flushed(page))).toEqual(['/ consideration']);
  });

  test('counts for page views by hand, too', async () => {
    const site = await openSite({ attributes: 'data-page-views="false" data-page-stages="/compare=decision"' });
    const page = await site.visit(browser, '/compare');
    await inPage(page, (waymark: Waymark) => waymark.page());
    expect(viewsOf(await site.flushed(page))).toEqual(['/compare decision']);
  });

  test('is reported where no model knows it, and the page view counts without', async () => {
    const site = await openSite({ head: `${PROBLEMS}<meta name="waymark:stage" content="nirvana">` });
    const page = await site.visit(browser);
    expect(viewsOf(await site.flushed(page))).toEqual(['/ awareness']);
    expect(await problemsOf(page)).toEqual([{ code: 'invalid_stage', message: expect.stringContaining('got "nirvana"') }]);
  });

  test.each([
    ['has an unknown stage', '/blog/*=desicion', 'desicion'],
    ['comes after one that covers it', '/blog/*=awareness /blog/news=decision', '/blog/news'],
  ])('is told in the console where a pattern %s, and the page is left alone', async (_what, patterns, named) => {
    const site = await openSite({ attributes: `data-page-stages="${patterns}"` });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(site.url);
    await until('the error', () => heard.length);
    expect(heard).toEqual([expect.stringMatching(/^error: TypeError: waymark: option "pageStages" takes /)]);
    expect(heard[0]).toContain(named);
    expect(site.bodies).toEqual([]);
  });

  test('may be told by an attribute of several lines', async () => {
    const site = await openSite({ attributes: 'data-page-stages="\n  /blog/*=consideration\n  /compare=decision\n"' });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(`${site.url}/compare`);
    await until('the script', async () => heard.length || (await page.evaluate(`'track' in waymark`)));
    expect(heard).toEqual([]);
    expect(viewsOf(await site.flushed(page))).toEqual(['/compare decision']);
  });
});

const MIRROR = 'data-stage-attribute="true"';
const mirrored = (page: Page) => page.evaluate(() => document.documentElement.getAttribute('data-journey-stage'));
/** A visitor who is in the stage decision, and the open page. */
async function openMirror(parts: { attributes?: string; head?: string } = {}) {
  const site = await openSite({ ...parts, attributes: `${MIRROR} ${parts.attributes ?? ''}` });
  const page = await site.visit(browser, '/one');
  await inPage(page, (waymark: Waymark) => waymark.track('add_to_wishlist'));
  await site.flushed(page);
  expect(await mirrored(page)).toBe('decision');
  return { ...site, page };
}

describe('the stage on the <html> element', () => {
  test('is not there without being asked for', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    expect(await mirrored(page)).toBeNull();
  });

  test('follows the visitor from move to move', async () => {
    const site = await openSite({ attributes: MIRROR });
    const page = await site.visit(browser);
    const seen = [await mirrored(page)];
    for (const name of ['view_item', 'page_view', 'add_to_wishlist', 'view_item', 'subscribe', 'share']) {
      await page.evaluate((event) => (window as never as { waymark: Waymark }).waymark.track(event as 'view_item'), name);
      await site.flushed(page);
      seen.push(await mirrored(page));
    }
    expect(seen).toEqual(['awareness', 'consideration', 'consideration', 'decision', 'consideration', 'purchase', 'advocacy']);
  });

  test("is the stage of the tracker's first model", async () => {
    const site = await openSite({ attributes: `${MIRROR} data-models="aida journey"` });
    const page = await site.visit(browser);
    expect(await mirrored(page)).toBe('attention');
  });

  test('is there when the next page has loaded, before any event of it', async () => {
    const site = await openSite({ attributes: `${MIRROR} data-page-views="false"` });
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => waymark.track('view_item'));
    await site.flushed(page);
    await page.evaluate(() => location.assign('/two'));
    await page.waitForURL('**/two');
    await loaded(page);
    await until('the stage', () => mirrored(page));
    expect(await mirrored(page)).toBe('consideration');
    expect((await site.flushed(page)).map(({ name }) => name)).toEqual(['landing', 'view_item']);
  });

  test('is taken away by stop(), and does not come back', async () => {
    const { page } = await openMirror();
    await inPage(page, (waymark: Waymark) => waymark.stop());
    expect(await mirrored(page)).toBeNull();
    await inPage(page, (waymark: Waymark) => waymark.track('subscribe'));
    expect(await mirrored(page)).toBeNull();
  });

  test('does not come after stop() where that comes before the visitor is known', async () => {
    const { page, url } = await openMirror({ head: `${STUB}<script>if (location.pathname === '/two') waymark('stop')</script>` });
    await page.goto(`${url}/two`);
    await loaded(page);
    // As long as it takes the storage to answer, and more.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(await mirrored(page)).toBeNull();
  });

  test('is taken away by reset(), after which the visitor is somebody else', async () => {
    const { page, flushed } = await openMirror();
    await inPage(page, (waymark: Waymark) => waymark.reset());
    await flushed(page);
    expect(await mirrored(page)).toBeNull();
  });

  test('is up to date on a page that comes back from the back/forward cache', async () => {
    const site = await openSite({ attributes: MIRROR, head: `${STUB}<script>addEventListener('pageshow', ({ persisted }) => { shown = persisted })</script>` });
    const page = await site.visit(browser, '/one');
    await page.goto(`${site.url}/two`);
    await ready(page);
    await inPage(page, (waymark: Waymark) => waymark.track('add_to_wishlist'));
    await site.flushed(page);
    // The visitor's record is written a moment after the event: the other page may look before this one is told that it is left.
    const stored = `new Promise((resolve) => (indexedDB.open('waymark-main').onsuccess = ({ target: { result: db } }) => {
      db.transaction('events').objectStore('events').get('profile').onsuccess = ({ target }) => (db.close(), resolve(target.result.journey.progress.journey.stage));
    }))`;
    await until('the stored stage', async () => (await page.evaluate(stored)) === 'decision');
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForURL('**/one', { waitUntil: 'commit' });
    expect(await until('the page of before', () => page.evaluate(`window.shown && 'persisted'`))).toBe('persisted');
    await until('its page view', async () => viewsOf(await site.flushed(page)).length === 3);
    expect(viewsOf(site.events()).at(-1)).toBe('/one decision');
    expect(await mirrored(page)).toBe('decision');
  });
});

describe('listening to stages', () => {
  test('calls once for each move, with the event that made it, and not where the visitor stays', async () => {
    const site = await openSite({ head: `${STUB}<script>moves=[];waymark('on','stage',function(move){moves.push([move.event,move.move,move.from,move.stage,move.loop].join(' '))})</script>` });
    const page = await site.visit(browser);
    const off = await page.evaluateHandle(() => {
      const { waymark } = window as never as { waymark: Waymark };
      const heard: string[] = [];
      const stop = waymark.on('stage', ({ event }) => heard.push(event));
      return { stop, heard };
    });
    await inPage(page, (waymark: Waymark) => {
      waymark.track('view_item');
      waymark.track('view_item');
      waymark.track('size_guide_open');
      waymark.cart.add({ item_id: 'A1', price: 1 });
      waymark.track('search', { search_term: 'kites' });
    });
    await site.flushed(page);
    expect(await off.evaluate(({ stop, heard }) => (stop(), heard))).toEqual(['view_item', 'add_to_cart', 'search']);
    await inPage(page, (waymark: Waymark) => {
      waymark.purchase({ transaction_id: 'T1', value: 1, currency: 'EUR' });
      waymark.purchase({ transaction_id: 'T1', value: 1, currency: 'EUR' });
      waymark.track('share', {}, { stage: 'advocacy' });
      waymark.track('view_item');
    });
    await site.flushed(page);
    expect(await off.evaluate(({ heard }) => heard.length)).toBe(3);
    expect(await page.evaluate('moves')).toEqual([
      'landing enter  awareness 1',
      'view_item forward awareness consideration 1',
      'add_to_cart forward consideration decision 1',
      'search back decision consideration 1',
      'purchase skip consideration purchase 1',
      'share skip purchase advocacy 1',
      'view_item loop advocacy consideration 2',
    ]);
    // The next page tells of no move that was told before.
    await page.goto(`${site.url}/two`);
    await ready(page);
    expect(await page.evaluate('moves')).toEqual([]);
  });
});

describe('where the session before ended', () => {
  /** A session ends after a pause of 1.2 seconds. Some more than that, from the latest event on. */
  const MINUTES = 'data-session-minutes="0.02" data-engagement="false"';
  const sessionEnd = () => new Promise((resolve) => setTimeout(resolve, 1400));
  /** What the events of each session say of the one before, by the event's name. */
  const previousOf = (events: ArrivedEvent[]) => events.map(({ name, previous }) => [name, previous]);

  test('is told by the first event of a session alone: stage, page, time and cart', async () => {
    // Calls of the snippet come at once, so that no slow machine ends the session between them.
    const site = await openSite({
      attributes: `${MINUTES} data-currency="EUR"`,
      head: `${STUB}<script>if (location.pathname === '/products/dunlin') waymark('cart.add', { item_id: 'A1', price: 10.5, quantity: 2 })</script>`,
    });
    const first = await site.visit(browser, '/products/dunlin?token=s3cret');
    const before = await site.flushed(first);
    expect(before.map(({ name }) => name).sort()).toEqual(['add_to_cart', 'landing', 'page_view']);
    // Never in the first session of a visitor.
    expect(previousOf(before).map(([, previous]) => previous)).toEqual([undefined, undefined, undefined]);
    await first.close();
    await sessionEnd();

    const second = await site.visit(browser, '/next');
    const [landing, view, ...more] = (await site.flushed(second)).slice(3);
    expect(more).toEqual([]);
    const last = before.at(-1)!;
    expect(landing!.name).toBe('landing');
    expect(landing!.session.number).toBe(2);
    expect(landing!.previous).toEqual({
      session: before[0]!.session.id,
      stage: 'decision',
      page: `${site.url}/products/dunlin`,
     
      seconds: Math.round((Date.parse(landing!.time) - Date.parse(last.time)) / 1000),
      cart_value: 21,
      currency: 'EUR',
    });
    expect(landing!.previous.seconds).toBeGreaterThanOrEqual(1);
    expect(view).not.toHaveProperty('previous');
    expect(site.bodies.join()).not.toContain('s3cret');

    // In a page that stays open, too; and an empty cart is worth nothing.
    await inPage(second, (waymark: Waymark) => waymark.cart.clear());
    await site.flushed(second);
    await sessionEnd();
    await inPage(second, (waymark: Waymark) => {
      waymark.track('one');
      waymark.track('two');
    });
    const events = await site.flushed(second);
    const [one, two] = events.slice(-2);
    const cleared = events.at(-3)!;
    expect(cleared.name).toBe('remove_from_cart');
    expect(one).toMatchObject({ name: 'one', session: { number: cleared.session.number + 1 } });
    expect(one!.previous).toEqual({ session: cleared.session.id, stage: 'decision', page: `${site.url}/next`, seconds: expect.any(Number) });
    expect(two).not.toHaveProperty('previous');
  });

  test('is not told of the person before reset()', async () => {
    const site = await openSite({ attributes: MINUTES });
    const page = await site.visit(browser);
    await sessionEnd();
    await inPage(page, (waymark: Waymark) => {
      waymark.reset();
      waymark.track('one');
    });
    expect((await site.flushed(page)).at(-1)).toMatchObject({ name: 'one', session: { number: 1 } });
    expect(site.named('one')[0]).not.toHaveProperty('previous');
  });
});
