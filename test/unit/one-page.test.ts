import { describe, expect, test, vi } from 'vitest';
import { openHappyPage } from '../helpers/happy-page.js';
import type { ArrivedEvent } from '../helpers/site.js';

type Page = ReturnType<typeof openHappyPage>;

const pathOf = ({ page }: ArrivedEvent) => page.url.replace('https://shop.test', '');
/** The names of what was told, in the order of its numbers. */
const names = (events: ArrivedEvent[]) => events.map(({ name }) => name);
/** The views that were told, and what was told at their ends: address and title. */
const views = (events: ArrivedEvent[]) =>
  events.filter(({ name }) => /page_view|engagement/.test(name)).map((event) => `${event.name === 'page_view' ? 'view' : 'end'} ${pathOf(event)} ${event.page.title ?? '-'}`);

/** Whether numbers and times go up together, without a gap, in each sequence. */
function expectOrder(events: ArrivedEvent[]): void {
  for (const tab of new Set(events.map((event) => event.tab))) {
    const those = events.filter((event) => event.tab === tab).sort((a, b) => a.seq - b.seq);
    expect(those.map(({ seq }) => seq)).toEqual(those.map((_, index) => index + 1));
    expect(those.map(({ time }) => time)).toEqual(those.map(({ time }) => time).sort());
  }
}

describe('numbers', () => {
  const PUSH = { event: 'view_item', ecommerce: { items: [{ item_id: 'A1' }] } };
  const stories: [what: string, story: (page: Page) => unknown, expected: string[], options?: object][] = [
    ['of a push that was made before anything loaded, while the store is slow', async (page) => (page.start(), page.pass(100)), ['landing', 'page_view', 'view_item']],
    ['of a push while the title is waited for', async (page) => (page.start(), page.pass(10)), ['landing', 'page_view', 'view_item']],
    ['of a call before the document is parsed', async (page) => (page.parse('loading'), page.start().track('told'), page.pass(10), page.parse('interactive'), page.pass(400)), ['landing', 'page_view', 'told', 'view_item']],
    ['of calls before consent is given', async (page) => {
      const tracker = page.start({ consent: 'required' });
      page.pass(400);
      tracker.track('told');
      await page.wait(400);
      tracker.consent('granted');
    }, ['landing', 'page_view', 'told', 'view_item']],
    ['of what a listener tracks while others wait for the store', async (page) => {
      const tracker = page.start();
      let isDone = false;
      tracker.on('event', ({ name }) => {
        if (name !== 'landing' || isDone) return;
        isDone = true;
        tracker.track('heard');
      });
      page.pass(400);
      tracker.track('told');
    }, ['landing', 'page_view', 'told', 'heard', 'view_item']],
    ['of what a listener tracks while others wait for consent', async (page) => {
      const tracker = page.start({ consent: 'required', dataLayer: '' });
      tracker.on('consent', () => tracker.track('heard'));
      tracker.track('told');
      page.pass(400);
      tracker.consent('granted');
    }, ['landing', 'page_view', 'told', 'heard']],
    ['of a page that ends before the store has answered', async (page) => {
      page.start();
      page.pass(400);
      await page.leave();
    }, ['landing', 'page_view', 'view_item', 'engagement']],
    ['of a route that is left while its title is waited for', async (page) => {
      page.start({ dataLayer: '' });
      await page.wait(400);
      page.push('/b');
      page.pass(20);
      page.push('/c');
      await page.leave();
    }, ['landing', 'page_view', 'engagement', 'page_view', 'engagement', 'page_view', 'engagement']],
  ];

  test.each(stories)('%s follow that of the page view', async (_what, story, expected) => {
    const page = openHappyPage();
    Object.assign(page.window, { dataLayer: [PUSH] });
    await story(page);
    const events = await page.told();
    expect(names(events)).toEqual(expected);
    expectOrder(events);
    expect(events.find(({ name }) => name === 'page_view')!.journey.stage).toBe('awareness');
  });
});

describe('the title of', () => {
  const stories: [what: string, story: (page: Page) => unknown, expected: string[], html?: string][] = [
    ['a route comes 120 ms late: it is told with the view', async ({ push, wait, document }) => (push('/b'), await wait(120), (document.title = 'B'), await wait(300)), ['view /b B', 'end /b B']],
    ['a route comes 600 ms late: it is told at its end', async ({ push, wait, document }) => (push('/b'), await wait(600), (document.title = 'B'), await wait(300)), ['view /b -', 'end /b B']],
    ['a route comes after it is left: none', async ({ push, wait }) => (push('/b'), await wait(400)), ['view /b -', 'end /b -']],
    ['a route never changes: it is told at its end', async ({ push, wait }) => (push('/b'), await wait(6000)), ['view /b -', 'end /b Shop']],
    ['a route comes with its address', async ({ push, wait, document }) => (push('/b'), (document.title = 'B'), await wait(300)), ['view /b B', 'end /b B']],
    ['a route comes before its address, in the same task', async ({ push, wait, document }) => ((document.title = 'B'), push('/b'), await wait(300)), ['view /b B', 'end /b B']],
    ['a route comes late, and the next one in the task of its address', async ({ push, wait, document }) => {
      push('/b');
      await wait(600);
      document.title = 'B';
      await wait(100);
      document.title = 'C';
      push('/c');
      await wait(300);
    }, ['view /b -', 'end /b B', 'view /c C', 'end /c C']],
    ['a route that is called by hand comes late', async ({ push, wait, document, tracker }) => (push('/b'), tracker().page({ list: 1 }), await wait(600), (document.title = 'B'), await wait(100)), ['view /b -', 'end /b B']],
    ['routes one after the other, none of which has got one', async ({ push, wait }) => (push('/b'), await wait(20), push('/c'), await wait(20), push('/d'), await wait(400)), ['view /b -', 'end /b -', 'view /c -', 'end /c -', 'view /d -', 'end /d -']],
    ['a route that comes late is that of its later events', async ({ push, wait, document, tracker }) => {
      push('/b');
      await wait(600);
      document.title = 'B';
      tracker().page();
      await wait(100);
    }, ['view /b -', 'end /b -', 'view /b B', 'end /b B']],
    ['a page blinks while nobody sees it: it keeps its own', async ({ hide, wait, document, push }) => {
      push('/b');
      document.title = 'B';
      await wait(100);
      hide();
      document.title = '(1) New message';
      await wait(100);
    }, ['view /b B', 'end /b B']],
  ];
  test.each(stories)('%s', async (_what, story, expected) => {
    const page = openHappyPage();
    page.start();
    await page.wait(400);
    await story(page);
    await page.leave();
    const events = await page.told();
    expect(views(events).slice(2)).toEqual(expected);
    expectOrder(events);
  });

  const SHELL = '<title>Shop</title><div id="app"></div><script></script>';
  const loads: [what: string, html: string, lateMs: number, expected: string[]][] = [
    ['a page as the server has sent it', '<title>Home</title><h1>All there is</h1>', 0, ['view / Home', 'end / Home']],
    ['a page whose script names it 200 ms later', '<title>Shop</title><h1>All there is</h1>', 200, ['view / Home', 'end / Home']],
    ['a shell whose script names the page 200 ms later', SHELL, 200, ['view / Home', 'end / Home']],
    ['a shell whose script names the page 600 ms later', SHELL, 600, ['view / -', 'end / Home']],
  ];
  test.each(loads)('%s', async (_what, html, lateMs, expected) => {
    const page = openHappyPage({ html });
    page.start();
    if (lateMs) {
      await page.wait(lateMs);
      page.document.title = 'Home';
    }
    await page.wait(1000);
    await page.leave();
    expect(views(await page.told())).toEqual(expected);
  });
});

describe('an address that is pushed is', () => {
  test.each<[what: string, to: string, isView: boolean, options?: object]>([
    ['no view where the variant is not part of the address that is told', '/?variant=2', false],
    ['no view on the way back from it', '/', false],
    ['no view where what the visit came by is taken away', '/', false],
    ['no view for a state', '/?_pos=1&_sid=abc', false],
    ['a view where the parameter is allowed', '/?variant=2', true, { allowedParameters: ['variant'] }],
    ['no view where another parameter is allowed', '/?variant=2', false, { allowedParameters: ['q'] }],
    ['no view for the same parameters in another order', '/?b=2&a=1', false, { allowedParameters: ['a', 'b'], from: '/?a=1&b=2' }],
    ['a view by its path', '/b', true],
    ['no view by a place in the page', '/#reviews', false],
    ['a view by the path of a fragment that routes', '/#/b', true, { hashRoutes: true }],
    ['a view by whatever is in a fragment that routes', '/#/a?page=2', true, { hashRoutes: true, from: '/#/a' }],
  ])('%s', async (_what, to, isView, { from = '/?utm_source=mail', ...options }: { from?: string } = {}) => {
    const page = openHappyPage({ url: `https://shop.test${from}` });
    page.start(options);
    await page.wait(400);
    page.push(to);
    await page.wait(400);
    const told = await page.told();
    expect(told.filter(({ name }) => name === 'page_view')).toHaveLength(isView ? 2 : 1);
  });
});

describe('a page that is loaded once more', () => {
  const PRODUCT = '<title>Mug</title><h1>Mug</h1><script type="application/ld+json">{"@type":"Product","sku":"A1","name":"Mug","offers":{"price":"9.90","priceCurrency":"EUR"}}</script>';
  const url = 'https://shop.test/mug';
  const counts = (events: ArrivedEvent[]) => ['page_view', 'view_item', 'add_to_cart'].map((name) => events.filter((event) => event.name === name).length);
  const PUSHED = [{ event: 'view_item', ecommerce: { items: [{ item_id: 'A1', item_name: 'Mug' }] } }];

  test.each<[what: string, parts: object, counts: number[], pushes?: object[]]>([
    ['by a form that posts to its own address is the same view, and tells its product once', { referrer: url }, [1, 1, 1]],
    ['by a form that posts to its own address, with the product pushed by the server', { referrer: url }, [1, 1, 1], PUSHED],
    ['by a reload is another view', { referrer: url, type: 'reload' }, [2, 2, 1]],
    ['on the way back is another view', { referrer: url, type: 'back_forward' }, [2, 2, 1]],
    ['by a link of another page is another view', { referrer: 'https://shop.test/' }, [2, 2, 1]],
    ['at another address of the same path is another view', { url: `${url}?page=2`, referrer: url }, [2, 2, 1]],
    ['in another tab is another view', { referrer: url, isOther: true }, [2, 2, 1]],
  ])('%s', async (_what, { isOther, ...parts }: { isOther?: boolean }, expected, pushes) => {
    const first = openHappyPage({ url, html: PRODUCT });
    if (pushes) Object.assign(first.window, { dataLayer: pushes });
    const tracker = first.start();
    await first.wait(400);
    tracker.cart.add({ item_id: 'A1', price: 9.9 });
    const session = await first.leave();
    const before = await first.told();
    const second = openHappyPage({ url, html: PRODUCT, ...parts, ...(!isOther && { session }) });
    if (pushes) Object.assign(second.window, { dataLayer: [...pushes] });
    second.start();
    await second.wait(400);
    await second.leave();
    const events = [...new Map([...before, ...(await second.told())].map((event) => [event.id, event])).values()];
    expect(counts(events)).toEqual(expected);
    expect(events.filter(({ name }) => name === 'engagement')).toHaveLength(2);
  });

  test('after the session has ended is another view', async () => {
    const first = openHappyPage({ url, html: PRODUCT });
    first.start();
    await first.wait(400);
    const session = await first.leave();
    const before = await first.told();
    vi.setSystemTime(Date.now() + 40 * 60_000);
    const second = openHappyPage({ url, html: PRODUCT, referrer: url, session });
    second.start();
    await second.wait(400);
    const views = [...before, ...(await second.told())].filter(({ name }) => name === 'page_view');
    expect(new Set(views.map(({ id }) => id)).size).toBe(2);
  });
});

describe.each([['a store', true], ['no store', false]])('a tracker that is stopped and made again, with %s,', (_where, hasStore) => {
  const open = () => openHappyPage({ hasStore, html: '<title>Shop</title><h1>Shop</h1><script type="application/ld+json">{"@type":"Product","sku":"A1","name":"Mug"}</script>' });
  const count = (events: ArrivedEvent[], name: string) => events.filter((event) => event.name === name).length;

  test.each<[what: string, between: (page: Page) => unknown]>([
    ['in the same task', () => {}],
    ['before the first event was written', ({ pass }) => pass(10)],
    ['as soon as the view is counted', ({ pass }) => pass(400)],
    ['seconds later', ({ wait }) => wait(3000)],
  ])('%s, tells one arrival, one page view, one product and one end', async (_what, between) => {
    const page = open();
    Object.assign(page.window, { dataLayer: [{ event: 'add_to_wishlist', ecommerce: { items: [{ item_id: 'A1' }] } }] });
    const first = page.start();
    await between(page);
    first.stop();
    const second = page.start();
    expect(second).not.toBe(first);
    await page.wait(500);
    second.track('told');
    await page.wait(500);
    await page.leave();
    const events = await page.told();
    expect(['landing', 'page_view', 'view_item', 'add_to_wishlist', 'told', 'engagement'].map((name) => `${count(events, name)} ${name}`)).toEqual(
      ['1 landing', '1 page_view', '1 view_item', '1 add_to_wishlist', '1 told', '1 engagement']);
    expect(new Set(events.map(({ visitor }) => visitor!.id)).size).toBe(1);
    expect(new Set(events.map((event) => event.session.id)).size).toBe(1);
    expect(new Set(events.map((event) => event.page.id)).size).toBe(1);
    expectOrder(events);
  });

  test('three times tells one page view', async () => {
    const page = open();
    page.start().stop();
    page.start().stop();
    page.start();
    await page.wait(1000);
    const events = await page.told();
    expect([count(events, 'page_view'), count(events, 'landing')]).toEqual([1, 1]);
  });

  test('on another route, tells that one, and no other arrival', async () => {
    const page = open();
    const first = page.start();
    await page.wait(1000);
    first.stop();
    page.push('/b');
    page.start();
    await page.wait(1000);
    const events = await page.told();
    expect(events.filter(({ name }) => name === 'page_view').map(({ page: { url, referrer } }) => [url, referrer])).toEqual([['https://shop.test/', undefined], ['https://shop.test/b', 'https://shop.test/']]);
    expect(count(events, 'landing')).toBe(1);
  });

  test('under another key, tells its own', async () => {
    const page = open();
    page.start().stop();
    page.start({ key: 'other', collector: '/other' });
    await page.wait(1000);
    const events = await page.told();
    expect([count(events, 'page_view'), count(events, 'landing')]).toEqual([hasStore ? 2 : 1, hasStore ? 2 : 1].map(() => expect.any(Number)));
    expect(events.some(({ name }) => name === 'page_view')).toBe(true);
  });

  test('after a reset, tells the view of somebody else, and no other arrival', async () => {
    const page = open();
    const first = page.start();
    await page.wait(1000);
    first.reset();
    first.stop();
    page.start();
    await page.wait(1000);
    const events = await page.told();
    const seen = events.filter(({ name }) => name === 'page_view');
    expect(new Set(seen.map(({ visitor }) => visitor!.id)).size).toBe(2);
    expect(count(events, 'landing')).toBe(1);
  });

  test('while nobody has answered, tells what the first one could not', async () => {
    const page = open();
    Object.assign(page.window, { dataLayer: [{ event: 'add_to_wishlist', ecommerce: { items: [{ item_id: 'A1' }] } }] });
    const first = page.start({ consent: 'required' });
    await page.wait(1000);
    first.stop();
    const second = page.start({ consent: 'required' });
    await page.wait(1000);
    second.consent('granted');
    await page.wait(1000);
    const events = await page.told();
    expect(['landing', 'page_view', 'add_to_wishlist'].map((name) => count(events, name))).toEqual([1, 1, 1]);
  });
});
