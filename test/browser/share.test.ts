import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { inPage, until } from '../helpers/shop.js';
import { besideProblems, codesOf, listenTo, openSite, openTab, problemsOf, PROBLEMS, ready, type SiteParts, type Waymark } from '../helpers/site.js';

const profile = newProfile();
let browser: RealBrowser;

beforeAll(async () => {
  browser = await openBrowser(profile);
  // What a network's page for sharing would be. Nothing leaves this machine.
  await browser.context.route(({ hostname }) => !/^(127\.0\.0\.1|localhost)$/.test(hostname), (route) => route.fulfill({ contentType: 'text/html', body: 'A network' }));
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
});

type Globals = { waymark: Waymark; shared: ShareData[]; copied: string[]; opened: string[]; fail?: () => unknown };

/** A share sheet, which headless Chromium has not, and a clipboard: both note what they are given. `fail` says how they refuse. */
const SHEET = `<script>
  shared = [], copied = [], fail = undefined;
  Object.defineProperty(navigator, 'share', { configurable: true, value: (data) => (shared.push(data), fail ? fail() : Promise.resolve()) });
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: (text) => (copied.push(text), fail ? fail() : Promise.resolve()) } });
</script>`;
const NO_SHEET = `<script>Object.defineProperty(navigator, 'share', { value: undefined })</script>`;
/** Notes the addresses that a page opens, and opens none. */
const OPENED = `<script>opened = []; HTMLAnchorElement.prototype.click = function () { opened.push([this.href, this.target, this.rel].join(' ')) }</script>`;

/** The mark of a link, as events tell it. */
function markOf(link: string | null) {
  const [token, depth] = new URL(link!).searchParams.get('wm')!.split('-');
  return { token, depth: Number(depth) };
}
const own = (events: { name: string }[]) => events.map(({ name }) => name).filter((name) => name !== 'landing' && name !== 'page_view');

/** A page with a sheet, and what it notes and says. */
async function openPage(path = '/products/dunlin', parts: SiteParts = {}) {
  const site = await openSite({ ...parts, head: PROBLEMS + SHEET + (parts.head ?? '') });
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(site.url + path);
  await ready(page);
  return {
    ...site, page, heard,
    share: (options?: unknown) => page.evaluate((given) => (window as never as Globals).waymark.share(given as never), options),
    shared: () => page.evaluate(() => (window as never as Globals).shared),
    copied: () => page.evaluate(() => (window as never as Globals).copied),
    opened: () => page.evaluate(() => (window as never as Globals).opened),
  };
}

/** Makes the sheet and the clipboard of a page refuse. The reason is code. */
const refuse = (page: Page, reason: string) => page.evaluate(`fail = () => Promise.reject(${reason})`);

describe('sharing by call', () => {
  test('hands a marked link to the share sheet, says which, and tracks it', async () => {
    const { page, share, shared, copied, flushed, heard, url } = await openPage();
    const link = await share({ url: '/products/dunlin' });
    const { token, depth } = markOf(link);
    const events = await flushed(page);
    expect(link).toBe(`${url}/products/dunlin?wm=${token}-1`);
    expect(token).toMatch(/^[\da-f]{12}$/);
    expect(await shared()).toEqual([{ url: link, text: 'Page /products/dunlin' }]);
    expect(await copied()).toEqual([]);
    expect(own(events)).toEqual(['share']);
    expect(events.at(-1)!.journey).toMatchObject({ stage: 'advocacy' });
    expect(events.at(-1)!.properties).toEqual({ method: 'sheet', share: { token, depth } });
    // The next share has a token of its own.
    expect(markOf(await share({ url: '/products/dunlin' })).token).not.toBe(token);
    expect(await codesOf(page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('shares what it is told, and keeps the other fields as properties', async () => {
    const { page, share, shared, flushed, url } = await openPage();
    const link = await share({ url: '/products/heron?variant=3#reviews', text: 'Look at this', item_id: '007', price: 42 });
    expect(link).toMatch(/\/products\/heron\?variant=3&wm=[\da-f]{12}-1#reviews$/);
    expect(link!.startsWith(url)).toBe(true);
    expect(await shared()).toEqual([{ url: link, text: 'Look at this' }]);
    const { properties } = (await flushed(page)).at(-1)!;
    expect(properties).toEqual({ item_id: '007', price: 42, method: 'sheet', share: markOf(link) });
  });

  test("shares the page's canonical address", async () => {
    const { share } = await openPage('/products/dunlin?utm_source=instagram&ref=7', { head: '<link rel="canonical" href="/kites/dunlin?variant=3">' });
    expect(await share()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/kites\/dunlin\?variant=3&wm=[\da-f]{12}-1$/);
    // What is told goes first.
    expect(await share({ url: '/other' })).toMatch(/\/other\?wm=/);
  });

  test("shares the page's own address where there is no canonical one, without its campaign and click ids", async () => {
    const { share } = await openPage('/products/dunlin?utm_source=instagram&fbclid=f1&variant=3&gclid=g1#reviews');
    expect(await share()).toMatch(/\/products\/dunlin\?variant=3&wm=[\da-f]{12}-1#reviews$/);
  });

  test('copies the link where there is no share sheet, and where that is asked for', async () => {
    const without = await openPage('/', { head: NO_SHEET.replace('value:', 'configurable: true, value:') });
    const link = await without.share();
    expect(await without.copied()).toEqual([link]);
    expect((await without.flushed(without.page)).at(-1)!.properties).toMatchObject({ method: 'copy' });

    const { page, share, shared, copied, flushed } = await openPage();
    const another = await share({ network: 'copy' });
    expect(await copied()).toEqual([another]);
    expect(await shared()).toEqual([]);
    expect((await flushed(page)).at(-1)!.properties).toMatchObject({ method: 'copy' });
  });

  test('is nothing where the person thinks better of it: null, no event, no problem', async () => {
    const { page, share, shared, flushed, heard } = await openPage();
    await refuse(page, `new DOMException('Share canceled', 'AbortError')`);
    expect(await share()).toBeNull();
    expect(await shared()).toHaveLength(1);
    expect(own(await flushed(page))).toEqual([]);
    expect(await codesOf(page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('reports share_failed and gives null where it cannot be handed on', async () => {
    const { page, share, flushed, heard } = await openPage();
    const failures: [options: object, prepare: string, message: string][] = [
      [{}, `fail = () => Promise.reject(new DOMException('Must be handling a user gesture', 'NotAllowedError'))`, 'NotAllowedError: Must be handling a user gesture'],
      [{}, `fail = () => { throw new TypeError('Invalid data') }`, 'TypeError: Invalid data'],
      [{}, `fail = () => Promise.reject('no')`, 'no'],
      [{ network: 'copy' }, `fail = () => Promise.reject(new DOMException('Document is not focused', 'NotAllowedError'))`, 'NotAllowedError: Document is not focused'],
      // As without HTTPS.
      [{ network: 'copy' }, `Object.defineProperty(navigator, 'clipboard', { value: undefined })`, 'TypeError: '],
    ];
    for (const [options, prepare] of failures) {
      await page.evaluate(prepare);
      expect(await share(options)).toBeNull();
    }
    expect(own(await flushed(page))).toEqual([]);
    expect(await problemsOf(page)).toEqual(failures.map(([, , message]) => ({ code: 'share_failed', message: expect.stringContaining(message) })));
    expect(besideProblems(heard)).toEqual([]);
  });

  test('never rejects, also where a sheet fails without a reason', async () => {
    const { page, share } = await openPage();
    await refuse(page, '');
    expect(await share()).toBeNull();
  });

  test('goes by the sheet where the network is unknown', async () => {
    const { page, share, shared, flushed } = await openPage();
    const link = await share({ network: 'myspace' });
    expect(await shared()).toMatchObject([{ url: link }]);
    expect((await flushed(page)).at(-1)!.properties).toMatchObject({ method: 'sheet' });
    expect(await problemsOf(page)).toEqual([]);
  });

  test('goes by the sheet where the network is called as a member of objects', async () => {
    const { page, share, shared } = await openPage();
    const link = await share({ network: 'constructor' });
    expect(await shared()).toMatchObject([{ url: link }]);
    expect(await codesOf(page)).toEqual([]);
  });

  test('reports an address that is none of the web, and shares nothing', async () => {
    const { page, share, shared, copied, flushed, heard } = await openPage();
    const addresses = ['javascript:alert(1)', 'data:text/html,x', 'mailto:ann@mail.example', 'ftp://shop.example/', 'file:///etc/passwd', 'http://', 'about:blank'];
    for (const address of addresses) expect(await share({ url: address })).toBeNull();
    expect([...(await shared()), ...(await copied())]).toEqual([]);
    expect(own(await flushed(page))).toEqual([]);
    expect(await problemsOf(page)).toEqual(addresses.map((address) => ({ code: 'invalid_url', message: `url takes an http(s) address, got ${JSON.stringify(address)}` })));
    expect(besideProblems(heard)).toEqual([]);
  });

  test('throws nothing and rejects nothing, whatever it is given', async () => {
    const { page, heard } = await openPage();
    const outcomes = await inPage(page, async (waymark: Waymark) => {
      const no = () => { throw new Error('no'); };
      const given: unknown[] = [
        null, 7, 'text', true, [], () => 1, Symbol('s'), BigInt(1), document.body, Object.create(null),
        { text: Symbol('t') }, { text: 5 }, { network: {} }, { network: 7 }, { network: Symbol('n') }, { url: {} }, { url: Symbol('u') }, { url: '' },
        { get text() { return no(); } }, { bad: () => 1 }, { bad: BigInt(1) }, { text: '\ud800', network: 'whatsapp' },
        new Proxy({}, { get: no, ownKeys: no, has: no, getPrototypeOf: no }), { text: 'x'.repeat(1_000_000) },
      ];
      const outcomes: string[] = [];
      for (const each of given) {
        try {
          const link = await waymark.share(each as never);
          outcomes.push(link === null ? 'null' : typeof link);
        } catch (error) {
          outcomes.push(`thrown for ${typeof each}: ${error}`);
        }
      }
      return outcomes;
    });
    expect(outcomes.filter((outcome) => !/^(null|string)$/.test(outcome))).toEqual([]);
    expect(outcomes.slice(0, 4)).toEqual(['string', 'string', 'string', 'string']);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('does nothing after stop()', async () => {
    const { page, share, shared, bodies, heard } = await openPage('/', { body: '<button data-waymark-share>Share</button>' });
    await inPage(page, (waymark: Waymark) => waymark.stop());
    const before = bodies.length;
    expect(await share()).toBeNull();
    await page.click('button');
    expect(await shared()).toEqual([]);
    await page.goto('about:blank');
    expect(bodies.length).toBe(before);
    expect(besideProblems(heard)).toEqual([]);
  });
});

describe("a network's own page", () => {
  const TEXT = 'Kites & more: 100 % "wind" {url} $&';
  const text = encodeURIComponent(TEXT);

  test('gets the link and the text, and the event names the network', async () => {
    const { page, share, opened, shared, flushed, heard } = await openPage('/', { head: OPENED });
    const networks: [network: string, address: (link: string) => string][] = [
      ['whatsapp', (link) => `https://api.whatsapp.com/send?text=${text}%20${link}`],
      ['facebook', (link) => `https://www.facebook.com/sharer/sharer.php?u=${link}`],
      ['x', (link) => `https://twitter.com/intent/tweet?url=${link}&text=${text}`],
      ['telegram', (link) => `https://t.me/share/url?url=${link}&text=${text}`],
      ['pinterest', (link) => `https://www.pinterest.com/pin/create/button/?url=${link}&description=${text}`],
    ];
    const addresses: string[] = [];
    for (const [network, address] of networks) {
      const link = await share({ network, text: TEXT, url: '/p?a=1&b=2' });
      expect(link).toMatch(/\/p\?a=1&b=2&wm=[\da-f]{12}-1$/);
      addresses.push(`${address(encodeURIComponent(link!))} _blank noopener`);
    }
    expect(await opened()).toEqual(addresses);
    expect(await shared()).toEqual([]);
    expect((await flushed(page)).slice(2).map(({ name, properties }) => `${name} ${properties.method}`)).toEqual(networks.map(([network]) => `share ${network}`));
    expect(await codesOf(page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('opens in a tab of its own, which knows nothing of the shop', async () => {
    const { page, heard, flushed, url } = await openPage('/', { body: '<button data-waymark-share="whatsapp" data-waymark-url="/" data-waymark-text="Look">Share</button>' });
    const opening = browser.context.waitForEvent('page');
    await page.click('button');
    const tab = await opening;
    onTestFinished(() => tab.close());
    await tab.waitForURL('https://api.whatsapp.com/**');
    expect(new URL(tab.url()).searchParams.get('text')).toMatch(/^Look http:\/\/127\.0\.0\.1:\d+\/\?wm=[\da-f]{12}-1$/);
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    expect(page.url()).toBe(`${url}/`);
    expect(own(await flushed(page))).toEqual(['share']);
    expect(besideProblems(heard)).toEqual([]);
  });
});

describe('sharing by a click', () => {
  test('on an element with data-waymark-share goes by the network that it names, else by the sheet', async () => {
    const { page, shared, copied, opened, flushed, heard } = await openPage('/products/dunlin', {
      head: OPENED,
      body: `<button id="sheet" data-waymark-share data-waymark-item_id="007" data-waymark-price="12.50"><span><b>Share</b></span></button>
        <button id="copy" data-waymark-share="copy" data-waymark-url="/gifts" data-waymark-text="Gifts">Copy</button>
        <button id="x" data-waymark-share="x">X</button><button id="odd" data-waymark-share="myspace">Odd</button><button id="plain">Nothing</button>`,
    });
    for (const id of ['#sheet b', '#copy', '#x', '#plain', '#odd']) await page.click(id);
    const events = (await flushed(page)).filter(({ name }) => name === 'share');
    expect(events.map(({ properties: { share: _share, ...rest } }) => rest)).toEqual([
      { item_id: '007', price: 12.5, method: 'sheet' }, { method: 'copy' }, { method: 'x' }, { method: 'sheet' },
    ]);
    expect(await shared()).toMatchObject([{ text: 'Page /products/dunlin' }, { text: 'Page /products/dunlin' }]);
    expect(await copied()).toEqual([expect.stringMatching(/\/gifts\?wm=/)]);
    expect(await opened()).toHaveLength(1);
    expect(await codesOf(page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test("counts also where the shop's own code stops it, and where the person thinks better of it nothing is said", async () => {
    const { page, shared, flushed, heard } = await openPage('/', {
      body: `<button data-waymark-share>Share</button><script>document.querySelector('button').addEventListener('click', (event) => event.stopImmediatePropagation())</script>`,
    });
    await page.click('button');
    expect(own(await flushed(page))).toEqual(['share']);
    await refuse(page, `new DOMException('Share canceled', 'AbortError')`);
    await page.click('button');
    expect(await shared()).toHaveLength(2);
    expect(own(await flushed(page))).toEqual(['share']);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('gives the event the stage of data-waymark-stage', async () => {
    const { page, flushed } = await openPage('/', { body: '<button data-waymark-share data-waymark-stage="retention">Share</button>' });
    await page.click('button');
    const event = (await flushed(page)).at(-1)!;
    expect(event).toMatchObject({ name: 'share', journey: { stage: 'retention' } });
    expect(event.properties).not.toHaveProperty('stage');
  });
});

describe('an arrival by a shared link', () => {
  test('is a social landing of the channel shared_link that names the share', async () => {
    const site = await openSite({ attributes: 'data-engagement="false"' });
    const page = await site.visit(browser, '/products/dunlin?wm=0123456789ab-3');
    const [landing, view, ...more] = await site.flushed(page);
    expect(landing).toMatchObject({ name: 'social_landing', journey: { stage: 'awareness', move: 'enter' } });
    expect(landing!.properties).toEqual({ channel: 'shared_link', network: null, paid: false, by: 'token', confidence: 'high', share: { token: '0123456789ab', depth: 3 } });
    expect(view).toMatchObject({ name: 'page_view', touchpoint: { channel: 'shared_link', by: 'token', share: { token: '0123456789ab', depth: 3 } } });
    expect(more).toEqual([]);
  });

  test('keeps the network and the campaign that are known besides, and is not paid', async () => {
    const site = await openSite({ attributes: 'data-engagement="false"' });
    const page = await site.visit(browser, '/?wm=0123456789ab-1&utm_source=facebook&utm_medium=cpc', { referer: 'https://l.facebook.com/' });
    const [landing] = await site.flushed(page);
    expect(landing!.properties).toMatchObject({ channel: 'shared_link', network: 'facebook', paid: false, by: 'token', campaign: { source: 'facebook' } });
  });

  test('counts in the middle of a session, and not again on a reload', async () => {
    const site = await openSite({ attributes: 'data-engagement="false"' });
    const page = await site.visit(browser, '/');
    // A depth that nobody can reach is taken for the greatest.
    await page.goto(`${site.url}/?wm=0123456789ab-99`);
    await page.reload();
    await ready(page);
    const events = await site.flushed(page);
    expect(events.map(({ name }) => name)).toEqual(['landing', 'page_view', 'social_landing', 'page_view', 'page_view']);
    expect(events[2]!.properties.share).toEqual({ token: '0123456789ab', depth: 20 });
  });

  test('sends the token as the share alone: no address has it', async () => {
    const site = await openSite({ body: '<a href="/socks">Socks</a>', attributes: 'data-engagement="false"' });
    const page = await site.visit(browser, '/products/dunlin?wm=0123456789ab-3');
    await page.click('a');
    await page.waitForURL('**/socks');
    const events = await site.flushed(page);
    expect(events.map(({ page: { url, referrer } }) => [url, referrer ?? ''].map((address) => address.replace(site.url, '')))).toEqual([
      ['/products/dunlin', ''], ['/products/dunlin', ''], ['/socks', '/products/dunlin'],
    ]);
    expect(site.bodies.join()).not.toContain('wm=');
  });

  test('with a token that cannot be one is an ordinary arrival', async () => {
    const site = await openSite({ head: PROBLEMS, attributes: 'data-engagement="false"' });
    const page = await openTab(browser);
    const heard = listenTo(page);
    const forged = ['zz', '0123456789ab-0', '0123456789ab--1', '0123456789ab-100', '0123456789AB-1', '🎁', '', 'zz&wm=0123456789ab-1', 'a'.repeat(8000)];
    for (const token of forged) {
      await page.goto(`${site.url}/?wm=${token}`, { referer: 'https://l.instagram.com/' });
      await ready(page);
      expect(await codesOf(page)).toEqual([]);
    }
    const landings = (await site.flushed(page)).filter(({ name }) => name !== 'page_view');
    expect(landings.map(({ name, properties }) => [name, properties])).toEqual(
      forged.map(() => ['social_landing', { channel: 'organic_social', network: 'instagram', paid: false, by: 'referrer', confidence: 'high' }]),
    );
    expect(besideProblems(heard)).toEqual([]);
  });

  test('is none for the person who shared it', async () => {
    const { share, flushed, page, ...site } = await openPage();
    const links = [await share(), await share({ network: 'copy' })];
    for (const link of links) {
      const tab = await openTab(browser);
      await tab.goto(link!, { referer: 'https://web.whatsapp.com/' });
      await ready(tab);
    }
    expect((await flushed(page)).map(({ name }) => name)).toEqual(['landing', 'page_view', 'share', 'share', 'page_view', 'page_view']);
    expect(besideProblems(site.heard)).toEqual([]);
  });

  test('is one for somebody else, who passes it on one deeper, with the share before as its parent', async () => {
    const { share, url, ...site } = await openPage();
    // Another host of this machine, where nobody was yet: another visitor.
    let host = 'localhost';
    const chain = [await share()];
    for (const depth of [2, 3]) {
      const tab = await openTab(browser);
      await tab.goto(chain.at(-1)!.replace(/127\.0\.0\.1|localhost/, host));
      await ready(tab);
      chain.push(await tab.evaluate(() => (window as never as Globals).waymark.share()));
      await site.flushed(tab);
      expect(markOf(chain.at(-1)!).depth).toBe(depth);
      host = '127.0.0.1';
    }
    const [first, second, third] = chain.map(markOf);
    const shares = site.named('share').map(({ properties: { share, parent } }) => [share, parent]);
    expect(shares).toEqual([[first, undefined], [second, first!.token], [third, second!.token]]);
    expect(site.named('social_landing').map(({ properties }) => properties.share)).toEqual([first, second]);
  });

  test('is remembered by a share that comes before the visitor is known', async () => {
    const site = await openSite({ head: `${PROBLEMS}${SHEET}<script>if (location.search) waymark('share')</script>` });
    const page = await site.visit(browser, '/?wm=0123456789ab-3');
    await site.arrived('share');
    const late = await page.evaluate(() => (window as never as Globals).waymark.share());
    await site.flushed(page);
    expect(site.named('share').map(({ properties }) => properties.parent)).toEqual(['0123456789ab', '0123456789ab']);
    expect(late).toMatch(/-4$/);
  });
});

test('a click of a person on what is marked for sharing shares once: on a label around a box, on one that names it, on the box, and where the page clicks on', async () => {
  const { page, copied, flushed } = await openPage('/products/dunlin', {
    body: `<label id="around" data-waymark-share="copy">Share <input type="checkbox" id="box"></label>
      <div data-waymark-share="copy"><label id="for" for="named">Share</label><input type="radio" id="named"></div>
      <button id="one" data-waymark-share="copy" onclick="other.click()">Share</button><button id="other" data-waymark-share="copy">Share</button>`,
  });
  const ids = ['around', 'box', 'for', 'named', 'one', 'other'];
  for (const [index, id] of ids.entries()) {
    await page.click(`#${id}`, id === 'around' ? { position: { x: 3, y: 3 } } : {});
    await until(id, async () => (await copied()).length > index);
  }
  expect((await flushed(page)).filter(({ name }) => name === 'share')).toHaveLength(ids.length);
});
