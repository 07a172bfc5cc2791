import { describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright';
import { newProfile, openUnwatched, removeProfile } from '../helpers/browser.js';
import { inPage, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, PROBLEMS, ready, STUB, type ArrivedEvent, type SiteParts, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** What a page tells of its views: the path, title and properties of each view, and the ends. */
const told = (events: ArrivedEvent[]) =>
  events
    .filter(({ name }) => /page_view|engagement/.test(name))
    .map(({ name, page, properties }) => {
      const { pathname, hash } = new URL(page.url);
      return name === 'engagement' ? `end ${pathname}${hash}` : [pathname + hash, page.title, ...Object.keys(properties)].join(' ');
    });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes the Navigation API away, as Safari before 26.2 and Firefox before 147 have none. */
const WITHOUT = '<script>Object.defineProperty(window, "navigation", { value: undefined })</script>';

describe.each([
  ['by the Navigation API', ''],
  ['by the history', WITHOUT],
])('routes %s', (_how, without) => {
  const open = async (parts: SiteParts = {}, path = '/') => {
    const site = await openSite({ ...parts, head: `${without}${parts.head ?? PROBLEMS}` });
    const page = await site.visit(browser, path);
    const heard = listenTo(page);
    return {
      ...site,
      page,
      heard,
      /** Runs code of the shop in the page and waits until no title is waited for any more; returns what was told. */
      async after(code: string) {
        // As often and as long as it looks for a title, and once more: on the page's own clock, which a busy machine holds up.
        await page.evaluate(`(async () => { ${code}; for (let look = 0; look < 8; look++) ${later(50)} })()`);
        const events = await site.flushed(page);
        expect(await codesOf(page)).toEqual([]);
        expect(heard).toEqual([]);
        return told(events);
      },
    };
  };
  /** Moves, and waits until the view is counted, however long a busy machine takes. */
  const counted = (move: string) => `await new Promise((resolve) => { const off = waymark.on('event', ({ name }) => name === 'page_view' && (off(), resolve())); ${move} });`;
  const later = (ms: number) => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;

  test.each([
    ['a route, with the title that is set with it', `history.pushState({}, '', '/a'); document.title = 'A'`, ['end /', '/a A']],
    ['a route, with the title that is set before it', `document.title = 'A'; history.pushState({}, '', '/a')`, ['end /', '/a A']],
    ['a route, with the title that comes after an answer', `history.pushState({}, '', '/a'); ${later(100)} document.title = 'A'`, ['end /', '/a A']],
    ['a route whose title has not come, without one', `history.pushState({}, '', '/a')`, ['end /', '/a ']],
    ['a replaced path', `history.replaceState({}, '', '/a'); document.title = 'A'`, ['end /', '/a A']],
    ['a redirect once, with its last address', `history.pushState({}, '', '/account'); ${later(20)} history.replaceState({}, '', '/login'); document.title = 'Log in'`, ['end /', '/login Log in']],
    ['two routes of one task once', `history.pushState({}, '', '/a'); history.pushState({}, '', '/b'); document.title = 'B'`, ['end /', '/b B']],
    ['two routes in tasks of their own twice', `history.pushState({}, '', '/a'); document.title = 'A'; ${later(10)} history.pushState({}, '', '/b'); document.title = 'B'`, ['end /', '/a A', 'end /a', '/b B']],
    ['back and forward', `${counted(`history.pushState({}, '', '/a')`)} ${counted('history.back()')} ${counted('history.forward()')}`, ['end /', '/a ', 'end /a', '/ ', 'end /', '/a ']],
    ['no state, query or place in the page that is noted', `history.pushState({ a: 1 }, '', '/'); history.replaceState({ b: 1 }, '', '/?size=L'); history.replaceState({}, '', '/'); location.hash = 'reviews'`, []],
    ['a route and a call by hand in its task once', `history.pushState({}, '', '/a'); waymark.page({ wide: 1 }); document.title = 'A'`, ['end /', '/a A wide']],
    ['a call by hand and then its route once', `waymark.page({ wide: 1 }); history.pushState({}, '', '/a'); document.title = 'A'`, ['end /', '/a A wide']],
    ['a route and a call by hand in the next task once', `history.pushState({}, '', '/a'); document.title = 'A'; ${later(0)} waymark.page({ wide: 1 })`, ['end /', '/a A wide']],
    ['a call by hand on a page that is long there', `waymark.page({ wide: 1 })`, ['end /', '/ Page / wide']],
  ])('counts %s', async (_what, code, expected) => {
    const { after } = await open();
    expect(await after(code)).toEqual(['/ Page /', ...expected]);
  });

  test('counts routes through a pushState of the page, from before and from afterwards, and gives back what was there', async () => {
    const head = `${PROBLEMS}<script>const was = history.pushState; window.calls = []; history.pushState = function () { calls.push('before'); return was.apply(this, arguments) }; window.theirs = history.pushState</script>`;
    const { after, page } = await open({ head });
    const code = `const ours = history.pushState; history.pushState = function () { calls.push('after'); return ours.apply(this, arguments) }; history.pushState({}, '', '/a')`;
    expect(await after(code)).toEqual(['/ Page /', 'end /', '/a ']);
    expect(await page.evaluate('calls')).toEqual(['after', 'before']);
    expect(await page.evaluate(`history.pushState = (${'function'} () {}), history.replaceState !== History.prototype.replaceState`)).toBe(!!without);
    expect(await page.evaluate('waymark.stop(), history.replaceState === History.prototype.replaceState')).toBe(true);
  });

  test('survives a frozen history, and sees its routes by the next click', async () => {
    const { after } = await open({ head: `${PROBLEMS}<script>Object.freeze(history); addEventListener('click', () => History.prototype.pushState.call(history, {}, '', '/a'), true)</script>` });
    expect(await after('document.body.click()')).toEqual(['/ Page /', 'end /', '/a ']);
  });

  test('counts hash routes on request, without what looks like a query', async () => {
    const { after, bodies } = await open({ attributes: 'data-hash-routes="true"' });
    const code = [`location.hash = '/cart?token=s3cret'`, `location.hash = '/cart?token=s3cret2'`, `history.replaceState({}, '', '#/pay/ann@mail.example')`, 'history.back()'].map(counted).join(' ');
    const views = await after(code);
    expect(views.filter((text) => !text.startsWith('end')).map((text) => text.split(' ')[0])).toEqual(['/', '/#/cart', '/#/cart', '/#/pay/[email]', '/#/cart']);
    expect(bodies.join()).not.toMatch(/s3cret|ann@/);
  });

  test('has what is tracked on a route come after its page view, on the same page', async () => {
    const site = await open();
    await site.after(`history.pushState({}, '', '/a'); waymark.track('drawn'); document.title = 'A'; waymark.track('named')`);
    const events = site.events().slice(-4);
    expect(events.map(({ name }) => name)).toEqual(['engagement', 'page_view', 'drawn', 'named']);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4].map((step) => events[0]!.seq + step - 1));
    expect(new Set(events.slice(1).map(({ page }) => page.id)).size).toBe(1);
    expect(events[0]!.page.id).not.toBe(events[1]!.page.id);
    // Not yet known is not the title of the page before.
    expect(events.map(({ page }) => page.title)).toEqual(['Page /', undefined, undefined, 'A']);
  });

  test('dates the view at the change of the address', async () => {
    const site = await open();
    const at = await site.page.evaluate(() => (history.pushState({}, '', '/a'), Date.now()));
    await site.after('');
    expect(Math.abs(Date.parse(site.events().at(-1)!.time) - at)).toBeLessThan(40);
  });

  test('sends the view and the end of a route that is left at once', async () => {
    const site = await open();
    await site.page.evaluate(() => {
      history.pushState({}, '', '/a');
      location.href = 'about:blank';
    });
    await until('both', () => site.named('engagement').length === 2);
    expect(told(site.events())).toEqual(['/ Page /', 'end /', expect.stringMatching('^/a'), 'end /a']);
  });

  test('keeps nothing of a thousand routes', async () => {
    const { page } = await open();
    const grown = await page.evaluate(async () => {
      const listeners: string[] = [];
      const { addEventListener } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (this: EventTarget, ...args: Parameters<typeof addEventListener>) {
        if (new Error().stack?.includes('waymark.min.js')) listeners.push(args[0]);
        return addEventListener.apply(this, args);
      };
      let timers = 0;
      const { setTimeout } = window;
      window.setTimeout = ((work: () => void, ms?: number) => (timers++, setTimeout(() => (timers--, work()), ms))) as never;
      const { clearTimeout } = window;
      window.clearTimeout = ((id: number) => (id && timers--, clearTimeout(id))) as never;
      for (let index = 0; index < 1000; index++) {
        history.pushState({}, '', `/route-${index % 7}`);
        if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
      return listeners.filter((type) => !/success|error|complete|abort/.test(type));
    });
    expect(grown).toEqual([]);
  });
});

describe('the end of a view', () => {
  const tall = '<div style="height: 10000px"></div>';
  /** How far the page was scrolled, and how long it was visible, by view. */
  const ends = (events: ArrivedEvent[]) => events.filter(({ name }) => name === 'engagement').map(({ properties }) => properties as { visible_seconds: number; scroll_percent: number });

  test('says how far the page was scrolled at most', async () => {
    const site = await openSite({ body: tall });
    const page = await site.visit(browser);
    const sight = await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      await frame();
      for (const top of [5000, 0]) {
        scrollTo(0, top);
        await frame();
        await frame();
      }
      history.pushState({}, '', '/a');
      return (100 * innerHeight) / document.documentElement.scrollHeight;
    });
    await page.goto('about:blank');
    await until('both', () => site.named('engagement').length === 2);
    const [first, second] = ends(site.events());
    expect(Math.abs(first!.scroll_percent - (sight + 50))).toBeLessThan(2);
    expect(Math.abs(second!.scroll_percent - sight)).toBeLessThan(2);
  });

  test('is 100 for a page that does not scroll, counts the time in sight only, and comes with the page that ended', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    await pause(600);
    const other = await openTab(browser);
    await other.bringToFront();
    await until('the tab to be hidden', () => page.evaluate(() => document.hidden));
    await pause(2500);
    await page.bringToFront();
    await page.goto('about:blank');
    const end = await site.arrived('engagement');
    expect(end.properties.scroll_percent).toBe(100);
    expect(end.properties.visible_seconds).toBeGreaterThan(0.5);
    expect(end.properties.visible_seconds).toBeLessThan(2.9);
    expect(end.page).toEqual(site.named('page_view')[0]!.page);
  });

  test('is not told where the shop does not want it', async () => {
    const site = await openSite({ attributes: 'data-engagement="false"' });
    const page = await site.visit(browser);
    await page.goto(`${site.url}/two`);
    expect(told(await site.flushed(page))).toEqual(['/ Page /', '/two Page /two']);
  });

  test('comes once for each time a page is shown, also out of the back/forward cache', async () => {
    const site = await openSite({ head: `${STUB}<script>addEventListener('pageshow', ({ persisted }) => { window.back = persisted })</script>` });
    const page: Page = await site.visit(browser, '/one');
    await page.goto(`${site.url}/two`);
    await ready(page);
    await page.goBack({ waitUntil: 'commit' });
    await until('the page of before', () => page.evaluate('window.back === true'));
    await ready(page);
    await page.goto('about:blank');
    await until('three ends', () => site.named('engagement').length === 3);
    // A page can come back before the one in front of it is told that it is left.
    expect(told(site.events()).sort()).toEqual(['/one Page /one', '/one Page /one restored', '/two Page /two', 'end /one', 'end /one', 'end /two']);
    expect(new Set(site.named('engagement').map(({ page: { id } }) => id)).size).toBe(3);
    expect(site.named('engagement').map(({ page: { id } }) => id)).toEqual(site.named('page_view').map(({ page: { id } }) => id));
  });

  test('begins no session', async () => {
    const site = await openSite({ attributes: 'data-session-minutes="0.01"' });
    const page = await site.visit(browser);
    await pause(1200);
    await page.goto('about:blank');
    const end = await site.arrived('engagement');
    expect(end.session.id).toBe(site.named('page_view')[0]!.session.id);
  });
});

test('says of a page that was prerendered that it was, at its activation', async () => {
  const rules = JSON.stringify({ prerender: [{ source: 'list', urls: ['/next'], eagerness: 'immediate' }] });
  const site = await openSite({
    head: `${STUB}<script>
      if (location.pathname !== '/next') setTimeout(() => { waymark('track', 'leaving'); location.href = '/next' }, 1500);
      </script><script type="speculationrules">${rules}</script>`,
  });
  const own = newProfile();
  const close = openUnwatched(own, `${site.url}/`);
  onTestFinished(async () => {
    await close();
    removeProfile(own);
  });
  const views = await until('two views', () => site.named('page_view').length > 1 && site.named('page_view'));
  expect(views.map(({ properties }) => properties)).toEqual([{}, { prerendered: true }]);
  expect(views[1]!.time >= site.named('leaving')[0]!.time).toBe(true);
});

test('counts one view where the shop calls page() as soon as the script is there', async () => {
  const site = await openSite({ head: `${STUB}<script>waymark('page', { wide: 1 })</script>` });
  const page = await site.visit(browser);
  await inPage(page, (waymark: Waymark) => waymark.track('marker'));
  expect(told(await site.flushed(page))).toEqual(['/ Page / wide']);
});

test('a form that posts to its own page is the same view, and tells its product once, in a real browser', async () => {
  const product = `<script type="application/ld+json">{ "@context": "https://schema.org", "@type": "Product", "sku": "A1", "name": "Mug", "offers": { "price": 5, "priceCurrency": "EUR" } }</script>`;
  const site = await openSite({
    body: `${product}<form method="post"><button onclick="(window.dataLayer ??= []).push({ event: 'add_to_cart', ecommerce: { items: [{ item_id: 'A1', item_name: 'Mug', price: 5 }] } })">Add</button></form><a href="/other">Other</a>`,
  });
  const page = await site.visit(browser, '/mug');
  await until('the product', () => site.named('view_item').length === 1);
  for (let count = 1; count <= 3; count++) {
    await Promise.all([page.waitForNavigation(), page.click('button')]);
    await ready(page);
    await until('what was added', () => site.named('add_to_cart').length === count);
  }
  // A moment for a product that would be told again.
  await page.waitForTimeout(1000);
  await site.flushed(page);
  expect(['page_view', 'view_item', 'add_to_cart'].map((name) => site.named(name).length)).toEqual([1, 1, 3]);
  await Promise.all([page.waitForNavigation(), page.click('a')]);
  await page.goBack();
  await until('the views of the other page, and of this one again', () => site.named('page_view').length === 3);
  await page.reload();
  await until('the view after a reload', () => site.named('page_view').length === 4);
  expect(new Set(site.events().map(({ session }) => session.id)).size).toBe(1);
});
