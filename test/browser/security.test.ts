import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, loaded, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, PROBLEMS, ready, STUB, type SiteParts, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';
import { WATCH } from '../helpers/watch-page.js';

const browser = useBrowser();

/** Where nothing may go. Nobody is there: a request is seen as it starts. */
const EVIL = 'http://127.0.0.1:9/evil';
const TAG = '<script async src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50"></script>';

/** Opens a page of a site, and keeps the addresses of all that it asks for but images. */
async function open(parts: SiteParts, path = '/') {
  const site = await openSite({ tag: TAG, ...parts });
  const page = await openTab(browser);
  const heard = listenTo(page);
  const asked: string[] = [];
  page.on('request', (request) => request.resourceType() !== 'image' && asked.push(request.url()));
  await page.goto(site.url + path, { waitUntil: 'domcontentloaded' });
  return { site, page, heard, elsewhere: () => asked.filter((url) => !url.startsWith(site.url)) };
}

/** Tracks an event and waits until it has arrived, and until the second file is there. */
async function arrives(site: Awaited<ReturnType<typeof openSite>>, page: Page) {
  await loaded(page);
  await inPage(page, (waymark: Waymark) => waymark.track('told', { ok: 1 }));
  await until('the product', () => site.named('view_item')[0]);
  await ready(page);
  return site.arrived('told');
}
const PRODUCT = '<script type="application/ld+json">{ "@type": "Product", "sku": "A1", "name": "Mug", "offers": { "price": "5", "priceCurrency": "EUR" } }</script>';

describe('a strict page', () => {
  test("lets Waymark work under default-src 'none'; script-src 'self' and the collector, and where no text may become code", async () => {
    const policy = (collector: string) => `default-src 'none'; script-src 'self'; connect-src ${collector}; require-trusted-types-for 'script'; trusted-types 'none'`;
    const { site, page, heard } = await open({
      headers: { 'Content-Security-Policy': policy("'self'") },
      files: { '/head.js': `window.violations = []; addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(violatedDirective + ' ' + blockedURI))` },
      head: '<script src="/head.js"></script>',
      tag: TAG.replace('async', 'async data-frustration="true" data-stage-attribute="true"'),
      body: `${PRODUCT}<button data-waymark-event="wishlist_add">Keep</button><button id="share" data-waymark-share="telegram">Share</button>`,
    });
    await arrives(site, page);
    await page.click('button');
    await page.context().grantPermissions(['clipboard-write'], { origin: site.url });
    expect(await inPage(page, (waymark: Waymark) => waymark.share({ network: 'copy' }))).toMatch(/\?wm=[\da-f]{12}-1$/);
    await site.arrived('wishlist_add');
    await site.arrived('share');
    expect(await page.evaluate('violations')).toEqual([]);
    expect(heard).toEqual([]);
  });
});

describe('hashes of the files', () => {
  const hashes = JSON.parse(readFileSync('dist/integrity.json', 'utf8')) as Record<string, string>;
  const [first, second] = Object.keys(hashes) as [string, string];
  // As in README.
  const map = `<script type="importmap">${JSON.stringify({ integrity: { [`/${second}`]: hashes[second] } })}</script>`;
  const tag = TAG.replace('async', `async integrity="${hashes[first]}" crossorigin="anonymous"`);
  const tampered = (name: string) => ({ [`/${name}`]: `${readFileSync(`dist/${name}`, 'utf8')};window.tampered = true` });

  test('let the files that they are of through', async () => {
    const { site, page, heard } = await open({ head: map + PROBLEMS, tag, body: PRODUCT });
    await arrives(site, page);
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });

  test('refuse a first file that somebody has changed', async () => {
    const { site, page, heard } = await open({ head: map + STUB, tag, files: tampered('waymark.min.js') });
    await until('the refusal', () => heard.some((line) => /integrity/.test(line)));
    expect(await page.evaluate(`['tampered' in window, 'track' in waymark]`)).toEqual([false, false]);
    expect(site.bodies).toEqual([]);
  });

  test('refuse a second file that somebody has changed; the first works on', async () => {
    const { site, page } = await open({ head: map + PROBLEMS, tag, files: tampered('waymark.more.min.js') });
    await until('the problem', async () => (await codesOf(page)).includes('more_failed'));
    await inPage(page, (waymark: Waymark) => waymark.track('told'));
    await site.arrived('told');
    expect(await page.evaluate(`'tampered' in window`)).toBe(false);
  });
});

describe('elements in the place of what the browser has', () => {
  const NAMES = ['title', 'referrer', 'visibilityState', 'readyState', 'addEventListener', 'removeEventListener', 'querySelector', 'querySelectorAll', 'body', 'head', 'documentElement', 'createElement', 'baseURI', 'prerendering',
    'nodeType', 'localName', 'isConnected', 'shadowRoot', 'URL', 'cookie', 'defaultView', 'activeElement', 'hidden', 'getElementById', 'currentScript', 'parentNode', 'dispatchEvent', 'contains'];
  const named = (names: string[]) => names.map((name) => `<img name="${name}" alt="">`).join('');

  test('change neither where the code comes from nor where the data goes', async () => {
    const { site, page, elsewhere } = await open({
      head: `<img name="currentScript" alt="" src="${EVIL}/x.png" data-collector="${EVIL}"><form name="currentScript" data-collector="${EVIL}"><input name="src" value="${EVIL}/x.js"><input name="dataset"></form>`,
      body: PRODUCT,
    });
    await arrives(site, page);
    expect(elsewhere()).toEqual([]);
  });

  test('keep nothing from being seen', async () => {
    const { site, page, heard } = await open({
      head: PROBLEMS + named(NAMES),
      body: `${PRODUCT}<button data-waymark-event="wishlist_add">Keep</button>
        <form class="newsletter" onsubmit="return false"><input type="email" name="email" value="ann@mail.example">${['action', 'id', 'name', 'getAttribute', 'querySelector', 'querySelectorAll', 'matches', 'attributes', 'getAttributeNames', 'closest', 'localName'].map((name) => `<input type="hidden" name="${name}">`).join('')}<button>Send</button></form>`,
    });
    await arrives(site, page);
    await page.evaluate(`(() => { for (const button of Document.prototype.querySelectorAll.call(document, 'button')) button.click() })()`);
    await site.arrived('newsletter_subscribe');
    await site.arrived('wishlist_add');
    expect(site.named('page_view')[0]!.page).toMatchObject({ title: 'Page /', url: `${site.url}/` });
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });

  test.each([
    ['a link', '<a id="waymark" href="/">Waymark</a>'],
    ['a form with a list', '<form id="waymark"><select name="q"><option>track</option></select></form>'],
    ['a form with a field', '<form id="waymark"><input name="track"></form>'],
    ['an embedded object', '<object id="waymark"></object><embed id="waymark">'],
    ['others of the names that are asked for', '<a id="dataLayer"></a><form id="navigation"><input name="currentEntry"></form><a id="requestIdleCallback"></a>'],
  ])('are no stub: %s', async (_, head) => {
    const { site, page, heard } = await open({ head, body: PRODUCT });
    await arrives(site, page);
    expect(heard).toEqual([]);
  });
});

describe('properties that somebody has put on Object.prototype', () => {
  test('are no options, and change neither requests nor events', async () => {
    const polluted = {
      collector: EVIL, headers: { 'X-Evil': '1' }, credentials: 'include', key: 'evil', internalHosts: ['instagram.com'], batchEvents: 1, bots: 'drop', pageViews: false, gzip: true, dataLayer: 'evil', curency: 'EUR',
      mode: 'no-cors', integrity: 'sha256-AAAA', referrer: EVIL, once: true, late: 'x', opening: true, stage: 'nirvana', seen: { evil: 1 },
    };
    // Not enumerable, or every loop of the page would see them.
    const head = `<script>for (const [name, value] of Object.entries(${JSON.stringify(polluted)})) Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true })</script>`;
    const { site, page, elsewhere } = await open({ head: PROBLEMS + head, body: PRODUCT }, '/?utm_source=instagram');
    const told = await arrives(site, page);
    expect(told).toMatchObject({ properties: { ok: 1 }, journey: { stage: 'consideration' } });
    expect(told).not.toHaveProperty('evil');
    expect(elsewhere()).toEqual([]);
    expect(site.named('social_landing')[0]!.properties.network).toBe('instagram');
    expect(site.bodies.join()).not.toMatch(/evil|nirvana/);
    await inPage(page, (waymark: Waymark) => waymark.track('told'));
    await until('a second one, by listeners that are still there', () => site.named('told').length === 2);
    expect(await codesOf(page)).toEqual([]);
  });

  test('do not come there by what Waymark reads', async () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { site, page, elsewhere, heard } = await open({
      head: `<script src="/watch.js"></script><script>
        watched.remember();
        const evil = JSON.parse('${evil}');
        localStorage.setItem('waymark-main:1', '{"rows":[{"__proto__":{"polluted":1}}],"sent":{"__proto__":["__proto__"]}}');
        sessionStorage.setItem('waymark-main', '["__proto__",1,{"__proto__":{"polluted":1}}]');
        window.dataLayer = [{ ...evil, event: 'search', search_term: 'mug', ecommerce: evil }, evil];
      </script>${STUB}`,
      files: { '/watch.js': WATCH },
      tag: `<script async src="/waymark.min.js?__proto__=collector%3D${EVIL}&constructor=x&hasOwnProperty=y" data-__proto__="collector=${EVIL}" data-constructor="x" data-collector="/events" data-networks="__proto__=evil.example" data-page-stages="/__proto__=awareness" data-batch-wait-ms="50"></script>`,
      body: `${PRODUCT}<script type="application/ld+json">${evil.replace('{', '{"@type":"Product","sku":"A1","name":"Mug",')}</script>
        <button data-waymark-event="wishlist_add" data-waymark-__proto__="x" data-waymark-constructor="y">Keep</button>`,
    });
    await loaded(page);
    await page.evaluate(`(waymark.track('told', { ...evil, ok: 1 }), waymark.cart.add({ ...evil, item_id: 'A1' }), waymark.page(evil), waymark('__proto__.polluted', 1), waymark('constructor.assign', Object.prototype, { polluted: 1 }), waymark('track.constructor', 'window.evaluated = 1'), document.querySelector('button').click())`);
    await site.arrived('wishlist_add');
    await site.arrived('search');
    await ready(page);
    const rows = `new Promise((resolve) => { const open = indexedDB.open('waymark-main'); open.onsuccess = () => { const { transaction } = open.result.transaction('events', 'readwrite').objectStore('events').put({ ...evil, id: 'x', since: Date.now(), dropped: evil, journey: evil, session: evil }, 'profile'); transaction.oncomplete = () => { open.result.close(); resolve() } } })`;
    await page.evaluate(rows);
    await page.reload();
    await arrives(site, page);
    expect(await page.evaluate(`({}).polluted ?? window.evaluated ?? watched.changed().filter((path) => /^(Object|Array|Function)/.test(path)).join()`)).toBe('');
    expect(await page.evaluate('watched.errors')).toEqual([]);
    expect(elsewhere()).toEqual([]);
    expect(heard.filter((line) => !/no method|data-constructor: did you mean data-collector/.test(line))).toEqual([]);
  });

  test('do not come there by what a collector answers, which loses nothing by it', async () => {
    const { site, page } = await open({ head: PROBLEMS, tag: TAG.replace('"/events"', '"/answers"'), body: PRODUCT });
    const bodies: string[] = [];
    await page.route('**/answers', async (route) => {
      bodies.push(route.request().postData()!);
      await route.fulfill({ contentType: 'application/json', body: '{"__proto__":{"polluted":1},"refused":[{"id":"__proto__","reason":{"__proto__":1}}],"retry":["__proto__"],"arrived":["__proto__"]}' });
    });
    await page.reload();
    await loaded(page);
    await inPage(page, (waymark: Waymark) => waymark.track('told'));
    await until('the event', () => bodies.some((body) => body.includes('"told"')));
    expect(await page.evaluate('({}).polluted === undefined')).toBe(true);
    expect(site.bodies).toEqual([]);
  });
});

describe('the address of the page', () => {
  test('says neither where the code comes from nor where the data goes', async () => {
    const given = `collector=${encodeURIComponent(EVIL)}`;
    const path = `/?${given}&data-collector=${EVIL}&waymark=${EVIL}&headers=X-Evil%3D1&plugins=1&src=${EVIL}&wm=<script>&__proto__[collector]=${EVIL}#${given}`;
    const { site, page, elsewhere } = await open({ head: `<script>window.name = '${given}'; history.replaceState({ collector: '${EVIL}' }, '')</script>`, body: PRODUCT }, path);
    await arrives(site, page);
    expect(elsewhere()).toEqual([]);
    expect(site.bodies.join()).not.toContain('evil');
  });

  test('is what the path of a collector belongs to, and the second file comes from beside the first, also with a base element of somebody else', async () => {
    const { site, page, elsewhere } = await open({ tag: `${TAG}<base href="${EVIL}/">`, body: PRODUCT });
    await arrives(site, page);
    expect(elsewhere()).toEqual([]);
  });
});

test('a page of https with a collector of http is warned that nothing will be sent; one with a collector on the same machine is not', async () => {
  const file = (name: string) => ({ contentType: 'text/javascript', body: readFileSync(`dist/${name}`, 'utf8') });
  const page = await openTab(browser);
  let collector = '';
  await page.route('https://shop.test/**', async (route) => {
    const [, name] = /\/(waymark\.(?:more\.)?min\.js)/.exec(route.request().url()) ?? [];
    if (name) return route.fulfill(file(name));
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Shop</title><script src="/waymark.min.js" data-collector="${collector}"></script>` });
  });
  const heard = listenTo(page);
  for (collector of ['/events', 'https://collect.test/events', 'http://localhost:9/events', 'http://127.0.0.1:9/events', 'http://[::1]:9/events', 'http://localhost.evil.test/events', 'http://collect.test/events']) {
    await page.goto('https://shop.test/');
    await loaded(page);
  }
  expect(heard.filter((line) => /browsers send nothing/.test(line))).toEqual(['http://localhost.evil.test/events', 'http://collect.test/events'].map((url) => `warning: waymark: browsers send nothing from https to ${url}`));
});
