import { describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright';
import { newProfile, openUnwatched, removeProfile } from '../helpers/browser.js';
import { inPage, loaded, until } from '../helpers/shop.js';
import { openSite, openTab, ready, STUB, type ArrivedEvent, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** The path and title of each page view. */
const views = (events: ArrivedEvent[]) =>
  events.filter(({ name }) => name === 'page_view').map(({ page }) => `${new URL(page.url).pathname}: ${page.title}`);
const names = (events: ArrivedEvent[]) => events.map(({ name }) => name);
const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1);
/** Notes how a page was shown. */
const SHOWN = `<script>addEventListener('pageshow', ({ persisted }) => { window.shown = { persisted } })</script>`;

/** Waits until the page of before is shown again, and expects it out of the back/forward cache. */
async function cameBack(page: Page): Promise<void> {
  await page.waitForURL('**/one', { waitUntil: 'commit' });
  const shown = await until('the page of before', () => page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { notRestoredReasons?: { reasons: unknown } })[];
    const { shown } = window as never as { shown?: { persisted: boolean } };
    return shown && { ...shown, reasons: JSON.stringify(navigation?.notRestoredReasons?.reasons ?? null) };
  }));
  expect(shown).toEqual({ persisted: true, reasons: 'null' });
}

/** Tracks an event in a task of its own and sends everything: what was to come before it has come then. */
const marker = (waymark: Waymark) => new Promise<void>((resolve) => setTimeout(() => resolve(waymark.track('marker')), 50));

describe('page views', () => {
  test('counts one page view for each page that loads', async () => {
    const site = await openSite({ body: '<a href="/socks">Socks</a>' });
    const page = await site.visit(browser, '/hats');
    await page.click('a');
    await page.waitForURL('**/socks');
    await ready(page);
    const events = await site.flushed(page);
    expect(views(events)).toEqual(['/hats: Page /hats', '/socks: Page /socks']);
    const [first, second] = events.filter(({ name }) => name === 'page_view');
    expect(first!.page.id).not.toBe(second!.page.id);
    expect(second!.page.referrer).toBe(`${site.url}/hats`);
  });

  test('counts a page that is left before the browser has opened its storage', async () => {
    const site = await openSite();
    const page = await openTab(browser);
    // Storage that takes its time: on a slow phone that is hundreds of milliseconds.
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
    });
    await page.goto(`${site.url}/quick`);
    await loaded(page);
    await page.goto('about:blank');
    expect((await site.arrived('page_view')).page.url).toBe(`${site.url}/quick`);
  });

  test('knows the visitor on a page that is left before its storage answers, also by what is tracked while it is left', async () => {
    const late = `<script>document.addEventListener('visibilitychange',()=>waymark('track','late'))</script>`;
    const site = await openSite({ head: `${STUB}${late}` });
    const page = await openTab(browser);
    await page.addInitScript(() => {
      if (location.pathname === '/second') IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
    });
    await page.goto(`${site.url}/first?utm_source=instagram&utm_medium=social`);
    await site.flushed(page);
    for (const path of ['/second', '/third']) {
      await page.goto(site.url + path);
      await loaded(page);
    }
    const events = await site.flushed(page);
    expect(new Set(events.map(({ visitor }) => visitor.id)).size).toBe(1);
    expect(events.map(({ name, seq }) => `${seq} ${name}`)).toEqual(['1 social_landing', '2 page_view', '3 engagement', '4 late', '5 page_view', '6 engagement', '7 late', '8 page_view']);
    expect(events.at(-1)!.touchpoint).toMatchObject({ network: 'instagram' });
  });

  test('begins a new visitor where the one that the page before left has reached its age of 13 months', async () => {
    const site = await openSite();
    const page = await openTab(browser);
    await page.addInitScript(() => {
      const old = { id: '00000000-0000-4000-8000-000000000000', since: Date.now() - 400 * 864e5, dropped: { queue_full: 0 } };
      sessionStorage.setItem('waymark-main', JSON.stringify(['0123456789ab', 7, old]));
    });
    await page.goto(site.url);
    const view = (await site.flushed(page)).find(({ name }) => name === 'page_view')!;
    expect(view.visitor.id).not.toMatch(/^0{8}/);
    // A sequence of its own: the numbers before are the old visitor's, and none of the new one's is missing.
    expect(view.seq).toBeLessThan(7);
    expect(view.tab).not.toBe('0123456789ab');
  });

  test('counts a route of a single-page shop, with the title that it sets after the address', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    await page.evaluate(async () => {
      history.pushState({}, '', '/socks');
      await Promise.resolve();
      document.title = 'Socks';
    });
    await inPage(page, marker);
    const events = await site.flushed(page);
    expect(views(events)).toEqual(['/: Page /', '/socks: Socks']);
    expect(events.find(({ page: { title } }) => title === 'Socks')!.page.referrer).toBe(`${site.url}/`);
    // What happens on the route belongs to it.
    expect(events.at(-1)).toMatchObject({ name: 'marker', page: { url: `${site.url}/socks`, title: 'Socks' } });
  });

  test('gives what a route tracks while it is drawn the page of that route, before its page view has come', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    await page.evaluate(() => {
      history.pushState({}, '', '/socks');
      (window as never as { waymark: Waymark }).waymark.track('drawn');
    });
    const events = await until('the page view of the route', async () => {
      const all = await site.flushed(page);
      return all.filter(({ name }) => name === 'page_view').length === 2 && all;
    });
    const [drawn, view] = ['drawn', 'page_view'].map((wanted) => events.filter(({ name }) => name === wanted).at(-1)!);
    expect(drawn!.page).toMatchObject({ url: `${site.url}/socks`, id: view!.page.id });
  });

  test('counts the way back and forth through the routes', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    await page.evaluate(() => history.pushState({}, '', '/socks'));
    await inPage(page, marker);
    for (const step of [-1, 1]) {
      await page.evaluate((delta) => new Promise((resolve) => {
        addEventListener('popstate', resolve, { once: true });
        history.go(delta);
      }), step);
      await inPage(page, marker);
    }
    expect(views(await site.flushed(page)).map((view) => view.split(':')[0])).toEqual(['/', '/socks', '/', '/socks']);
  });

  test('does not count the same address again, a replaced state, or a jump within the page', async () => {
    const site = await openSite();
    const page = await site.visit(browser, '/socks');
    await page.evaluate(() => {
      history.pushState({ size: 'L' }, '', '/socks');
      history.replaceState({ size: 'M' }, '', '/socks');
      history.replaceState({ size: 'S' }, '');
      location.hash = 'reviews';
    });
    await inPage(page, marker);
    expect(views(await site.flushed(page))).toEqual(['/socks: Page /socks']);
  });

  test('counts a page that comes back from the back/forward cache, and numbers on without a gap', async () => {
    const site = await openSite({ head: SHOWN });
    const page = await site.visit(browser, '/one');
    await inPage(page, (waymark: Waymark) => waymark.track('before'));
    await site.flushed(page);
    await page.goto(`${site.url}/two`);
    await ready(page);
    await page.goBack({ waitUntil: 'commit' });
    await cameBack(page);
    await inPage(page, (waymark: Waymark) => waymark.track('after'));
    const events = await site.flushed(page);
    expect(views(events)).toEqual(['/one: Page /one', '/two: Page /two', '/one: Page /one']);
    const restored = events.filter(({ name }) => name === 'page_view').map(({ properties }) => properties.restored);
    expect(restored).toEqual([undefined, undefined, true]);
    // Each sequence is without a gap. The browser may show a restored page an older sessionStorage: then it begins one of its own.
    for (const tab of new Set(events.map((event) => event.tab))) {
      // By number: the page that is shown may begin its view before the other one is told that it is left.
      const seqs = events.filter((event) => event.tab === tab).map(({ seq }) => seq).sort((a, b) => a - b);
      expect(seqs).toEqual(upTo(seqs.length));
    }
    expect(names(events).filter((name) => name.endsWith('landing'))).toHaveLength(1);
    expect(events.at(-1)!.name).toBe('after');
  });

  test('does not keep a page out of the back/forward cache, also when it is left while a batch is under way', async () => {
    const site = await openSite({ head: SHOWN, answerMs: 400 });
    const page = await site.visit(browser, '/one');
    await inPage(page, (waymark: Waymark) => waymark.track('before'));
    await site.arrived('before');
    await page.goto(`${site.url}/two`);
    await ready(page);
    await page.goBack({ waitUntil: 'commit' });
    await cameBack(page);
  });

  test('counts nothing for a prerendered page before the person sees it, and then once', async () => {
    const rules = JSON.stringify({ prerender: [{ source: 'list', urls: ['/next'], eagerness: 'immediate' }] });
    const site = await openSite({
      // Nobody may watch this browser, so the pages drive themselves: the first waits until the next has had time to count, and goes there.
      head: `<script>
        window.waymark = window.waymark || function () { (waymark.q = waymark.q || []).push(arguments) };
        if (location.pathname === '/next') {
          waymark('track', 'told', { prerendering: document.prerendering });
          document.addEventListener('prerenderingchange', () => setTimeout(() => waymark('track', 'seen'), 50));
          if (document.prerendering) setTimeout(() => { localStorage.ready = 'yes' }, 300);
        } else {
          setInterval(() => { if (localStorage.ready === 'yes') { waymark('track', 'leaving'); location.href = '/next'; localStorage.ready = 'left' } }, 50);
        }
      </script>${`<script type="speculationrules">${rules}</script>`}`,
    });
    const own = newProfile();
    const close = openUnwatched(own, `${site.url}/`);
    onTestFinished(async () => {
      await close();
      removeProfile(own);
    });
    await site.arrived('seen');
    const told = await site.arrived('told');
    expect(told.properties).toEqual({ prerendering: true });
    const events = site.events();
    const leaving = events.find(({ name }) => name === 'leaving')!;
    const [first, second, ...more] = events.filter(({ name }) => name === 'page_view');
    expect([new URL(first!.page.url).pathname, new URL(second!.page.url).pathname]).toEqual(['/', '/next']);
    expect(more).toEqual([]);
    expect(second!.time > leaving.time).toBe(true);
    const batchOfNext = site.bodies.findIndex((body) => body.includes('"told"'));
    const batchOfLeaving = site.bodies.findIndex((body) => body.includes('"leaving"'));
    expect(batchOfNext).toBeGreaterThanOrEqual(batchOfLeaving);
    expect(names(events).filter((name) => name.endsWith('landing'))).toHaveLength(1);
  });
});

describe('arrivals', () => {
  test('tracks a landing when a person arrives, and none on a reload or the next page', async () => {
    const site = await openSite();
    const page = await site.visit(browser, '/?utm_source=tiktok&utm_medium=social', { referer: 'https://www.tiktok.com/' });
    await page.reload();
    await ready(page);
    await page.evaluate(() => location.assign('/socks'));
    await page.waitForURL('**/socks');
    await ready(page);
    const events = await site.flushed(page);
    expect(names(events).filter((name) => name !== 'engagement')).toEqual(['social_landing', 'page_view', 'page_view', 'page_view']);
    expect(events[0]!.properties).toMatchObject({ channel: 'organic_social', network: 'tiktok', by: 'utm' });
  });

  test('says of every event in the browser of an app which app it is, and sends it without waiting for others', async () => {
    const site = await openSite({ attributes: 'data-batch-wait-ms="600000"' });
    const page = await openTab(browser);
    const session = await page.context().newCDPSession(page);
    const userAgent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0.0.28.104';
    await session.send('Emulation.setUserAgentOverride', { userAgent });
    await page.goto(`${site.url}/?fbclid=IwAR1x`);
    // Without flush: that would send by itself.
    await until('the page view', () => site.named('page_view')[0]);
    await inPage(page, (waymark: Waymark) => waymark.track('of_the_shop'));
    await until('the event', () => site.named('of_the_shop')[0]);
    for (const event of site.events()) expect(event).toMatchObject({ in_app: { network: 'instagram', evidence: 'Instagram ' } });
    expect(site.named('social_landing')[0]!.properties).toEqual({
      channel: 'organic_social', network: 'facebook', paid: null, by: 'click_id', confidence: 'medium', click_ids: { fbclid: 'IwAR1x' },
    });
  });

  test('reads the address as it was at first, and the networks that the script tag names', async () => {
    const site = await openSite({ attributes: 'data-networks="mynet=my.example"', head: `${STUB}<script>addEventListener('DOMContentLoaded', () => history.replaceState({}, '', '/tidy'))</script>` });
    const page = await site.visit(browser, '/?gclid=Ab_C-1&token=s3cret#typed');
    await page.goto(`${site.url}/next`, { referer: 'https://www.my.example/post' });
    await site.flushed(page);
    expect(site.named('landing')[0]!.properties).toEqual({ channel: 'paid_search', network: 'google', paid: true, by: 'click_id', confidence: 'high', click_ids: { gclid: 'Ab_C-1' } });
    expect(site.named('social_landing')[0]!.properties).toMatchObject({ channel: 'organic_social', network: 'mynet' });
    expect(site.bodies.join()).not.toMatch(/s3cret|typed/);
    expect(site.events().some((event) => 'in_app' in event)).toBe(false);
  });

  test('tracks an arrival without evidence once a session', async () => {
    const site = await openSite();
    await site.visit(browser).then((page) => site.flushed(page));
    const page = await site.visit(browser, '/again');
    const events = await site.flushed(page);
    expect(names(events)).toEqual(['landing', 'page_view', 'page_view']);
    expect(events[0]!.properties).toMatchObject({ channel: 'direct', by: null });
  });
});

describe('tabs', () => {
  test.each([
    ['with one that has just loaded', '/'],
    ['with one that took its number over from the page before', '/second'],
  ])('numbers a duplicated tab on its own: %s', async (_, path) => {
    const site = await openSite();
    const page = await site.visit(browser, '/');
    if (path !== '/') {
      await page.goto(site.url + path);
      await ready(page);
    }
    // Without noopener the new tab begins with a copy of sessionStorage, as a duplicated one does.
    const opened = page.waitForEvent('popup');
    await page.evaluate(() => {
      sessionStorage.setItem('copied', 'yes');
      window.open('/twin');
    });
    const twin = await opened;
    onTestFinished(() => twin.close());
    await ready(twin);
    expect(await twin.evaluate(() => sessionStorage.getItem('copied'))).toBe('yes');
    for (const tab of [page, twin, page, twin]) {
      await inPage(tab, (waymark: Waymark) => waymark.track('step'));
      await site.flushed(tab);
    }
    await until('all four', () => site.named('step').length === 4);
    const events = site.events();
    const tabs = [...new Set(events.map(({ tab }) => tab))];
    expect(tabs).toHaveLength(2);
    for (const each of tabs) {
      const seqs = events.filter(({ tab }) => tab === each).map(({ seq }) => seq);
      expect(seqs).toEqual(upTo(seqs.length));
    }
  });

  test('adds no unload or beforeunload listener, which would cost the page its speed', async () => {
    const site = await openSite();
    const page = await openTab(browser);
    await page.addInitScript(() => {
      const heard = ((window as never as { heard: string[] }).heard = [] as string[]);
      const { addEventListener } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (this: EventTarget, ...args: Parameters<typeof addEventListener>) {
        heard.push(args[0]);
        return addEventListener.apply(this, args);
      };
    });
    await page.goto(site.url);
    await ready(page);
    await site.flushed(page);
    const heard = (await page.evaluate('heard')) as string[];
    expect(heard).toContain('pagehide');
    expect(heard.filter((type) => type.includes('unload'))).toEqual([]);
    expect(await page.evaluate(() => [window.onunload, window.onbeforeunload])).toEqual([null, null]);
  });
});

describe('declarative events', () => {
  const body = `
    <button id="wish" data-waymark-event="wishlist_add" data-waymark-item_id="007" data-waymark-price="12.50"><span><b>Keep</b></span></button>
    <div id="card" data-waymark-event="card_opened"><button id="inner">Open</button></div>
    <button id="club" data-waymark-event="club_joined" data-waymark-stage="retention">Join</button>
    <button id="plain">Nothing</button>
    <script>document.querySelector('#inner').addEventListener('click', (event) => event.stopImmediatePropagation())</script>`;

  test('tracks a click on an element with data-waymark-event, and on what is inside it', async () => {
    const site = await openSite({ body });
    const page = await site.visit(browser);
    await page.click('#wish b');
    await page.click('#plain');
    const events = await site.flushed(page);
    expect(names(events).slice(2)).toEqual(['wishlist_add']);
    // An item number stays the text that it is; a price is a number.
    expect(events.at(-1)!.properties).toEqual({ item_id: '007', price: 12.5 });
  });

  test("tracks the click also when the shop's own code stops it", async () => {
    const site = await openSite({ body });
    const page = await site.visit(browser);
    await page.click('#inner');
    expect(names(await site.flushed(page))).toContain('card_opened');
  });

  test('gives the event the stage of data-waymark-stage', async () => {
    const site = await openSite({ body });
    const page = await site.visit(browser);
    await page.click('#club');
    const club = (await site.flushed(page)).at(-1)!;
    expect(club).toMatchObject({ name: 'club_joined', properties: {}, journey: { stage: 'retention' } });
  });

  test('tracks no page view with data-page-views="false" until page() is called', async () => {
    const site = await openSite({ attributes: 'data-page-views="false"' });
    const page = await site.visit(browser);
    await inPage(page, marker);
    await inPage(page, (waymark: Waymark) => waymark.page({ layout: 'wide' }));
    const events = await site.flushed(page);
    expect(names(events)).toEqual(['landing', 'marker', 'page_view']);
    expect(events.at(-1)!.properties).toEqual({ layout: 'wide' });
  });
});

describe('addresses', () => {
  const secrets = 'token=s3cret&email=ann%40mail.example&q=typed&utm_source=instagram#/account/s3cret';

  test('sends no fragment, no query parameter but the campaign, and no e-mail address', async () => {
    const site = await openSite();
    const page = await site.visit(browser, `/people/ann@mail.example/orders?${secrets}`, { referer: 'https://mail.example/inbox?reader=ann@mail.example' });
    await page.evaluate((rest) => {
      document.title = 'Orders of ann@mail.example';
      history.pushState({}, '', `/people/ann%40mail.example?${rest}`);
    }, secrets);
    await inPage(page, marker);
    await site.flushed(page);
    await page.goto(`${site.url}/next?token=s3cret`, { referer: `${site.url}/people/ann@mail.example?token=s3cret#typed` });
    await ready(page);
    const events = await site.flushed(page);
    const pages = events.filter(({ name }) => name === 'page_view').map(({ page: { url, title, referrer } }) => [url, title, referrer]);
    expect(pages).toEqual([
      [`${site.url}/people/[email]/orders?utm_source=instagram`, 'Page /people/[email]/orders', 'https://mail.example/inbox'],
      [`${site.url}/people/[email]?utm_source=instagram`, 'Orders of [email]', `${site.url}/people/[email]/orders?utm_source=instagram`],
      [`${site.url}/next`, 'Page /next', `${site.url}/people/[email]`],
    ]);
    expect(site.bodies.join()).not.toMatch(/ann(@|%40|%2540)|s3cret|typed|token/i);
  });

  test('sends no e-mail address that a newsletter has put into a campaign parameter', async () => {
    const site = await openSite();
    const page = await site.visit(browser, '/?utm_source=newsletter&utm_medium=email&utm_campaign=spring&utm_content=ann%40mail.example');
    const events = await site.flushed(page);
    expect(events[0]).toMatchObject({ name: 'landing', properties: { channel: 'email', campaign: { name: 'spring' } } });
    expect(site.bodies.join()).not.toMatch(/ann(@|%40|%2540)/i);
  });
});
