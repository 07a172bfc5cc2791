import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, until } from '../helpers/shop.js';
import {
  codesOf,
  listenTo,
  openSite,
  openTab,
  problemsOf,
  PROBLEMS,
  ready,
  type SiteParts,
  type Waymark,
} from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** The names of the files of ours that a page asks for, from now on. */
function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) =>
    asked.push(...(/(?<=\/waymark\.)\w+(?=\.min\.js\?v=[\da-f]{8}$)/.exec(request.url()) ?? [])),
  );
  return asked;
}

/** Opens a page, and waits until nothing more is asked for. */
async function open(parts: SiteParts, path = '/', referer?: string) {
  const site = await openSite({ ...parts, head: PROBLEMS + (parts.head ?? '') });
  const page = await openTab(browser);
  const heard = listenTo(page);
  const asked = requestsOf(page);
  await page.goto(site.url + path, { ...(referer && { referer }) });
  await ready(page);
  await settled(asked);
  return { ...site, page, heard, asked };
}

/** Waits until nothing has been asked for during three looks at the page. */
async function settled(asked: string[]): Promise<void> {
  for (let before = -1; before !== asked.length;) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}

const PRODUCT = '<script type="application/ld+json">{ "@type": "Product", "sku": "A1", "name": "Mug" }</script>';
const ADD = { item_id: 'A1', price: 10 };

describe('loads beside the first file', () => {
  const pages: [what: string, parts: SiteParts, files: string[], path?: string, referer?: string][] = [
    ['nothing for a plain page', { body: '<h1>Hours</h1><a href="/">Home</a><a href="#top">Up</a>' }, []],
    ['nothing for markup of other things', { body: PRODUCT.replace('Product', 'Organization') }, []],
    ['markup for a product in JSON-LD', { body: PRODUCT }, ['markup', 'shared']],
    [
      'markup for a product in Open Graph',
      { head: '<meta property="og:type" content="product">' },
      ['markup', 'shared'],
    ],
    ['layer for a data layer', { head: '<script>dataLayer = []</script>' }, ['layer', 'shared']],
    [
      'nothing for a data layer that is to be left alone',
      { head: '<script>dataLayer = []</script>', attributes: 'data-data-layer=""' },
      [],
    ],
    [
      'consent for consent mode',
      { head: '<script>dataLayer = [["consent", "default", {}]]</script>' },
      ['consent', 'layer', 'shared'],
    ],
    [
      'consent for a platform of the IAB’s',
      {
        head: '<script>__tcfapi = (command, version, answer) => answer({ gdprApplies: false, listenerId: 1 }, true)</script>',
      },
      ['consent'],
    ],
    [
      'leaving for a newsletter',
      { body: '<form action="/newsletter"><input type="email"></form>' },
      ['leaving', 'shared'],
    ],
    [
      'leaving for a link to a profile',
      { body: '<a href="https://www.instagram.com/shop">us</a>' },
      ['leaving', 'shared'],
    ],
    ['leaving for a telephone number', { body: '<a href="tel:+49301234">call</a>' }, ['leaving', 'shared']],
    [
      'nothing for links that nobody wants to hear of',
      { body: '<a href="tel:+49301234">call</a>', attributes: 'data-outgoing="no"' },
      [],
    ],
    [
      'marked for what is marked',
      { body: '<p data-waymark-event="seen" data-waymark-on="view">Hi</p>' },
      ['marked', 'shared'],
    ],
    ['marked for a slip of the pen', { body: '<p data-waymark-evnt="seen">Hi</p>' }, ['marked', 'shared']],
    [
      'sharing for a button to share',
      { body: '<button data-waymark-share>Share</button>' },
      ['marked', 'shared', 'sharing'],
    ],
    ['vitals where they are measured', { attributes: 'data-web-vitals="yes"' }, ['vitals']],
    ['arrivals for a landing from a network', {}, ['arrivals'], '/?utm_source=instagram'],
    ['formats for a format', { attributes: 'data-format="cloudevents"' }, ['formats']],
    ['models for a model', { attributes: 'data-models="aida"' }, ['models']],
  ];
  test.each(pages)('%s', async (_, parts, files, path, referer) => {
    const { asked, page } = await open(parts, path, referer);
    expect([...asked].sort()).toEqual(files);
    expect(await codesOf(page)).toEqual([]);
  });

  test('in a checkout what watches over the cart, and in another tab too, which counts as one of the shop’s', async () => {
    const { asked, page, url } = await open({});
    const tab = await openTab(browser);
    const ofTab = requestsOf(tab);
    await tab.goto(`${url}/other`);
    await ready(tab);
    expect([asked, ofTab]).toEqual([[], []]);
    await page.evaluate((item) => (window as never as { waymark: Waymark }).waymark.cart.add(item), ADD);
    await until('the parts', () => asked.includes('cart') && ofTab.includes('cart'));
    await page.goto(`${url}/checkout`);
    await ready(page);
    await until('the part', () => asked.filter((name) => name === 'cart').length === 2);
  });

  test('what comes later: a product, a newsletter and a profile in an open shadow root, and marks', async () => {
    const { asked, page, arrived } = await open({ body: '<main></main>' });
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.type = 'application/ld+json';
      document.querySelector('main')!.append(script);
      script.textContent = '{ "@type": "Product", "sku": "A1", "name": "Mug" }';
    });
    await arrived('view_item');
    expect([...asked].sort()).toEqual(['markup', 'shared']);
    await page.evaluate(() => {
      const host = document.createElement('div');
      document.querySelector('main')!.append(host);
      host
        .attachShadow({ mode: 'open' })
        .append(Object.assign(document.createElement('a'), { href: 'tel:+1', innerText: 'x' }));
    });
    await until('the part', () => asked.includes('leaving'));
    await page.evaluate(`dataLayer = []; dataLayer.push({ event: 'search', search_term: 'mug' })`);
    await arrived('search');
  });
});

describe('parts that cannot be loaded', () => {
  const body = `${PRODUCT}<a href="tel:+1">call</a><form><input type="email"></form><button data-waymark-event="pressed">Press</button><p data-waymark-share></p>`;
  const head = '<script>dataLayer = [{ event: "search", search_term: "mug" }]</script>';
  /** Those for the page, and those for an arrival, a click on what is marked, and a cart. */
  const PARTS = ['commerce', 'earlyClicks', 'landings', 'layer', 'leaving', 'marked', 'markup', 'sharing'];

  /** What the first file tells arrives, and each part that is missing is reported once. */
  async function expectAll({ page, heard, named, arrived }: Awaited<ReturnType<typeof open>>, parts: string[]) {
    await page.click('button');
    await inPage(page, (waymark: Waymark) => (waymark.cart.add({ item_id: 'A1', price: 10 }), waymark.track('told')));
    for (const name of ['page_view', 'landing', 'add_to_cart', 'told']) await arrived(name);
    expect(named('told').length).toBe(1);
    await until('the problems', async () => (await codesOf(page)).length >= parts.length);
    const problems = (await problemsOf(page)).filter(({ code }) => code === 'more_failed');
    expect(problems.map(({ message }) => message.split(':')[0]).sort()).toEqual(parts);
    expect(await page.evaluate('Promise.all([waymark.share(), waymark.exportData()])')).toEqual([null, null]);
    expect(heard.filter((line) => line.startsWith('uncaught'))).toEqual([]);
  }

  test('are reported where the server has none of them, and every event of the first file arrives', async () => {
    const site = await openSite({ head: PROBLEMS + head, body });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.route(/waymark\.\w+\.min\.js/, (route) => route.fulfill({ status: 404 }));
    await page.goto(`${site.url}/?utm_source=instagram`);
    await expectAll({ ...site, page, heard, asked: [] }, PARTS);
  });

  test('are reported where a policy lets none of them in', async () => {
    const site = await openSite({
      head: PROBLEMS + head,
      body,
      headers: {
        'Content-Security-Policy':
          "script-src 'unsafe-inline' 127.0.0.1:*/waymark.min.js; default-src 'self' 'unsafe-inline'",
      },
    });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(`${site.url}/?utm_source=instagram`);
    await expectAll({ ...site, page, heard, asked: [] }, PARTS);
  });
});
