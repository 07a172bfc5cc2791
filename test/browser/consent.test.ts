import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Consent } from '../../src/privacy/consent.js';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { bundle } from '../helpers/bundle.mjs';
import { inPage, loaded, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, PROBLEMS, ready, STUB, type SiteParts, type Waymark } from '../helpers/site.js';

const profile = newProfile();
let browser: RealBrowser;
/** The official library by which consent platforms answer, and what makes their answers. */
let platform: string;

beforeAll(async () => {
  browser = await openBrowser(profile);
  platform = await bundle(`
    import { CmpApi } from '@iabtechlabtcf/cmpapi';
    import { GVL, TCModel, TCString } from '@iabtechlabtcf/core';
    const list = new GVL({ gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z', purposes: {}, specialPurposes: {}, features: {}, specialFeatures: {}, vendors: {}, stacks: {}, dataCategories: {} });
    const api = new CmpApi(300, 1, true);
    const write = (purposes) => {
      const model = Object.assign(new TCModel(list), { cmpId: 300, cmpVersion: 1, isServiceSpecific: true });
      model.purposeConsents.set(purposes);
      return TCString.encode(model);
    };
    window.platform = {
      show: (purposes) => api.update(purposes ? write(purposes) : '', true),
      answer: (purposes) => api.update(write(purposes), false),
      none: () => api.update(null),
    };
  `);
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
});

/** Longer than anything that Waymark puts off here: a batch waits for 50 ms. */
const QUIET_MS = 500;
const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

const NOTHING = { local: {}, session: {}, rows: {} };
/** Returns everything that the browser keeps for the site, in full. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const rows: Record<string, unknown> = {};
    const answer = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error as Error) }));
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name!));
      for (const store of database.objectStoreNames) rows[`${name} ${store}`] = await answer(database.transaction(store).objectStore(store).getAll());
      database.close();
    }
    return { local: { ...localStorage }, session: { ...sessionStorage }, rows };
  });
const nothingKept = (page: Page) => until('nothing kept', async () => JSON.stringify(await kept(page)) === JSON.stringify(NOTHING));
const statusOf = (page: Page) => inPage(page, (waymark: Waymark) => waymark.consent()) as Promise<Consent>;
const track = (page: Page, name: string) => page.evaluate((event) => (window as never as { waymark: Waymark }).waymark.track(event), name);

/** A page that waits for an answer, and has heard of everything that is in its head. */
async function openPage(parts: SiteParts = {}, path = '/') {
  const site = await openSite({ attributes: 'data-consent="required"', ...parts, head: PROBLEMS + (parts.head ?? '') });
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(site.url + path);
  await loaded(page);
  // The second file, too: it shares, and watches more.
  await until('the second file', () => page.evaluate('performance.getEntriesByType("resource").some(({ name }) => name.includes("waymark.more"))'));
  return { ...site, page, heard };
}

const DENIED = `{ ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied' }`;
const GRANTED = DENIED.replaceAll('denied', 'granted');
/** As Google's pages have it. */
const GTAG = `<script>window.dataLayer = window.dataLayer || []; function gtag(){dataLayer.push(arguments);}</script>`;

describe('Google’s consent mode', () => {
  test('a default that denies is waited with; the update lets everything go, and another one takes it back', async () => {
    const { page, heard, bodies, arrived } = await openPage({ attributes: '', head: `${GTAG}<script>gtag('consent', 'default', ${DENIED}); gtag('js', new Date()); gtag('config', 'G-1');</script>` });
    await track(page, 'asked');
    await quiet();
    expect([await kept(page), bodies]).toEqual([NOTHING, []]);
    expect(await statusOf(page)).toEqual({ analytics: 'required', marketing: 'required', by: { analytics: 'google', marketing: 'google' } });

    await page.evaluate(`gtag('consent', 'update', ${GRANTED})`);
    const { consent } = await arrived('asked');
    expect(consent).toEqual({ analytics: 'granted', marketing: 'granted', by: { analytics: 'google', marketing: 'google' }, waited: true });
    // Of a tag manager that comes late: no answer is taken back.
    await page.evaluate(`gtag('consent', 'default', ${DENIED})`);
    await track(page, 'after');
    expect((await arrived('after')).consent.waited).toBeUndefined();

    await page.evaluate(`gtag('consent', 'update', ${DENIED})`);
    await nothingKept(page);
    const { length } = bodies;
    await track(page, 'forbidden');
    await quiet();
    expect([await kept(page), bodies.length, heard]).toEqual([NOTHING, length, []]);
  });

  test('a default that comes after Waymark counts from then on, and an update of one purpose for that alone', async () => {
    const { page, arrived, bodies } = await openPage({ head: GTAG });
    expect((await statusOf(page)).by.analytics).toBe('option');
    await page.evaluate(`gtag('consent', 'default', ${DENIED})`);
    expect(await statusOf(page)).toMatchObject({ analytics: 'required', by: { analytics: 'google' } });
    await quiet();
    expect(bodies).toEqual([]);
    await page.evaluate(`gtag('consent', 'update', { analytics_storage: 'granted' })`);
    await track(page, 'one');
    expect((await arrived('one')).consent).toMatchObject({ analytics: 'granted', marketing: 'required', by: { analytics: 'google', marketing: 'google' } });
  });

  test('an update that is waited for is waited for, and no longer; a default for some regions that grants counts nowhere, and is reported', async () => {
    const head = `${GTAG}<script>
      waymark('on', 'consent', function (now) { if (now.analytics === 'granted') granted = performance.now() });
      asked = performance.now();
      gtag('consent', 'default', { ad_storage: 'granted', ad_user_data: 'granted', region: ['US-CA'] });
      gtag('consent', 'default', { analytics_storage: 'granted', wait_for_update: 900 });
      // By the page, since a busy machine may take longer than that to ask for it.
      waymark('track', 'one');</script>`;
    const { page, arrived } = await openPage({ head });
    const { consent } = await arrived('one');
    expect(await page.evaluate('granted - asked')).toBeGreaterThanOrEqual(895);
    expect(consent).toMatchObject({ analytics: 'granted', marketing: 'required', by: { analytics: 'google', marketing: 'option' }, waited: true });
    expect((await codesOf(page)).filter((code) => code === 'consent_region')).toHaveLength(1);
  });
});

const TCF_STUB = `<script>${readFileSync('node_modules/@iabtechlabtcf/stub/lib/stub.js', 'utf8')}</script>`;
type Platform = { show(purposes?: number[]): void; answer(purposes: number[]): void; none(): void };
const openPlatform = (page: Page) => page.addScriptTag({ url: '/platform.js', type: 'module' }).then(() => until('the platform', () => page.evaluate(`'platform' in window`)));
const inPlatform = (page: Page, work: (platform: Platform) => void) => page.evaluate(`(${work})(platform)`);

describe('a platform by the IAB’s framework', () => {
  const files = () => ({ '/platform.js': platform });

  test('that comes after its stub: the window is waited with, an answer counts, another one too, and no listener stays', async () => {
    const { page, heard, bodies, arrived } = await openPage({ attributes: '', head: TCF_STUB, files: files() });
    await track(page, 'asked');
    await quiet();
    expect(await statusOf(page)).toEqual({ analytics: 'required', marketing: 'required', by: { analytics: 'tcf', marketing: 'tcf' } });
    await openPlatform(page);
    await inPlatform(page, (tcf) => tcf.show());
    await quiet();
    expect([await kept(page), bodies]).toEqual([NOTHING, []]);

    await inPlatform(page, (tcf) => tcf.answer([1, 8]));
    expect((await arrived('asked')).consent).toEqual({ analytics: 'granted', marketing: 'denied', by: { analytics: 'tcf', marketing: 'tcf' }, waited: true });
    // Opened again by the link in the footer: nothing changes before there is another answer.
    await inPlatform(page, (tcf) => tcf.show([1, 8]));
    await track(page, 'meanwhile');
    await arrived('meanwhile');
    await inPlatform(page, (tcf) => tcf.answer([1, 2, 7, 8]));
    await track(page, 'all');
    expect((await arrived('all')).consent).toMatchObject({ marketing: 'granted' });

    await inPlatform(page, (tcf) => tcf.answer([]));
    await nothingKept(page);
    const { length } = bodies;
    await track(page, 'forbidden');
    await quiet();
    expect([await kept(page), bodies.length]).toEqual([NOTHING, length]);

    const removed = await page.evaluate(() => {
      const global = window as never as { __tcfapi: (...call: unknown[]) => void; waymark: Waymark };
      const answers: unknown[] = [];
      const real = global.__tcfapi;
      global.__tcfapi = (command, version, _callback, id) => real(command, version, (isDone: unknown) => answers.push([command, isDone]), id);
      global.waymark.stop();
      return answers;
    });
    expect([removed, heard]).toEqual([[['removeEventListener', true]], []]);
  });

  test('that refuses, with the answer of an earlier page: nothing is kept or sent', async () => {
    const head = `${TCF_STUB}<script type="module">await import('/platform.js'); platform.answer([]);</script>`;
    const { page, bodies } = await openPage({ attributes: '', head, files: files() });
    await until('the refusal', async () => (await statusOf(page)).analytics === 'denied');
    await track(page, 'forbidden');
    await quiet();
    expect([await kept(page), bodies]).toEqual([NOTHING, []]);
    expect((await statusOf(page)).by).toEqual({ analytics: 'tcf', marketing: 'tcf' });
  });

  test('that comes only after Waymark, without a stub: it is found, and what waited goes when it says so', async () => {
    const { page, arrived, bodies } = await openPage({ files: files() });
    await track(page, 'asked');
    await openPlatform(page);
    await inPlatform(page, (tcf) => tcf.show());
    await until('the platform', async () => (await statusOf(page)).by.analytics === 'tcf');
    expect(bodies).toEqual([]);
    await inPlatform(page, (tcf) => tcf.answer([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
    expect((await arrived('asked')).consent).toMatchObject({ analytics: 'granted', marketing: 'granted', by: { analytics: 'tcf' }, waited: true });
    // The shop's own word stands above it.
    await inPage(page, (waymark: Waymark) => waymark.consent('denied'));
    await nothingKept(page);
  });

  test('that says the law does not apply leaves it to the option', async () => {
    const head = `${TCF_STUB}<script type="module">await import('/platform.js'); platform.none();</script>`;
    const { page, arrived } = await openPage({ attributes: 'data-consent="granted"', head, files: files() });
    await track(page, 'one');
    expect((await arrived('one')).consent).toMatchObject({ analytics: 'granted', by: { analytics: 'option', marketing: 'option' } });
  });
});

describe('the browser’s own signal', () => {
  const GPC = `<script>Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { configurable: true, get: () => true })</script>`;
  const DNT = `<script>Object.defineProperty(Navigator.prototype, 'doNotTrack', { configurable: true, get: () => '1' })</script>`;
  const option = { analytics: 'option', marketing: 'option' };
  const granted = { analytics: 'granted', marketing: 'granted' };

  test.each<[what: string, head: string, attributes: string, consent: object]>([
    ['Global Privacy Control denies marketing', GPC, '', { analytics: 'granted', marketing: 'denied', by: { analytics: 'option', marketing: 'gpc' }, gpc: true }],
    ['Global Privacy Control, ignored, is told all the same', GPC, 'data-global-privacy-control="ignore"', { ...granted, by: option, gpc: true }],
    ['Do Not Track is told, and denies nothing by itself', DNT, '', { ...granted, by: option, dnt: true }],
  ])('%s', async (_what, head, attributes, consent) => {
    const { page, arrived } = await openPage({ head, attributes });
    await track(page, 'one');
    expect((await arrived('one')).consent).toEqual(consent);
    expect(await statusOf(page)).toEqual(consent);
  });

  test.each([
    ['Global Privacy Control, by option', GPC, 'data-global-privacy-control="all"', 'gpc'],
    ['Do Not Track, by option', DNT, 'data-do-not-track="true"', 'dnt'],
  ])('%s, denies everything, whatever the shop says', async (_what, head, attributes, by) => {
    const { page, bodies } = await openPage({ head, attributes });
    await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
    await track(page, 'forbidden');
    await quiet();
    expect([await kept(page), bodies]).toEqual([NOTHING, []]);
    expect(await statusOf(page)).toEqual({ analytics: 'denied', marketing: 'denied', by: { analytics: by, marketing: by }, [by]: true });
  });
});

const TOKEN = '0a1b2c3d4e5f';
const SECRETS = /SECRET|0a1b2c3d4e5f/i;
const LANDING = `/kites?utm_source=instagram&utm_medium=social&utm_campaign=SECRET1&utm_term=SECRET2&utm_content=SECRET3&utm_id=SECRET4&fbclid=SECRET5&gclid=SECRET6&wm=${TOKEN}-2`;
/** Notes what would be copied. */
const CLIPBOARD = `<script>Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: () => Promise.resolve() } })</script>`;
const shareLink = (page: Page) => inPage(page, (waymark: Waymark) => waymark.share({ network: 'copy' }));
const fillCart = (page: Page) => inPage(page, (waymark: Waymark) => waymark.cart.add({ item_id: 'A1', price: 20 }));
const order = (page: Page) => inPage(page, (waymark: Waymark) => waymark.purchase({ transaction_id: 'T1', value: 20, currency: 'EUR' }));
/** Leaves the page for one of the site on which nothing runs: what lies between two pages can be seen there. */
const leave = (page: Page, url: string) => page.goto(`${url}/dist/waymark.min.js`);

describe('without consent to marketing', () => {
  test('a landing leaves no click id, campaign or token in requests or anything that is kept, and none is made', async () => {
    const { page, url, bodies, named } = await openPage({ attributes: 'data-consent="analytics=granted,marketing=denied" data-allowed-parameters="gclid,wm"', head: CLIPBOARD }, LANDING);
    await fillCart(page);
    expect(new URL((await shareLink(page))!).searchParams.get('wm')).toBeNull();
    const all: unknown[] = [await kept(page)];
    await leave(page, url);
    all.push(await kept(page));
    await page.goto(`${url}/thanks`);
    await ready(page);
    await order(page);
    await ready(page);
    all.push(await kept(page), bodies);
    expect(JSON.stringify(all)).not.toMatch(SECRETS);
    // It says of which kind it was all the same, and the journey goes on.
    const { properties, page: seen } = named('social_landing')[0]!;
    expect(properties).toMatchObject({ channel: 'shared_link', campaign: { source: 'instagram', medium: 'social' } });
    expect(seen.url).toBe(`${url}/kites?utm_source=instagram&utm_medium=social`);
    expect(named('share')[0]!.properties).toEqual({ method: 'copy' });
    expect(named('purchase')[0]!.journey).toMatchObject({ stage: 'purchase', path: [{ channel: 'shared_link', campaign: { source: 'instagram', medium: 'social' } }] });
    expect(JSON.stringify(all)).toContain('waymark-main events');
  });

  test('withdrawn on the page of the landing, nothing of it stays; allowed and withdrawn again, nothing neither', async () => {
    const { page, bodies } = await openPage({ attributes: '', status: () => 503, head: CLIPBOARD }, LANDING);
    const clean = async () => !SECRETS.test(JSON.stringify(await kept(page)));
    await until('the rows', async () => !(await clean()));
    await inPage(page, (waymark: Waymark) => waymark.consent({ marketing: 'denied' }));
    await until('everything clean', clean);
    await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
    const token = new URL((await shareLink(page))!).searchParams.get('wm')!.split('-')[0]!;
    const isKept = async () => JSON.stringify(await kept(page)).includes(token);
    await until('the share', isKept);
    await inPage(page, (waymark: Waymark) => waymark.consent({ marketing: 'denied' }));
    await until('the share gone', async () => !(await isKept()));
    expect(bodies).toEqual([]);
  });

  test.each<[what: string, attributes: string, isCalled: boolean]>([
    ['withdrawn by a call, nothing of it stays', '', true],
    ['denied by the option of the next page, nothing of it stays', 'data-consent="analytics=granted,marketing=denied"', false],
  ])('%s: neither in what has not been sent, nor in the journey', async (_what, attributes, isCalled) => {
    let status = 503;
    const parts = { head: CLIPBOARD, status: () => status };
    // Both pages have one origin: its second one says in its address which option it has.
    const tag = `<script>document.write('<script src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50" ' + (location.pathname === '/next' ? '${attributes}' : '') + '></' + 'script>')</script>`;
    const { page, url, bodies } = await openPage({ ...parts, tag }, LANDING);
    await fillCart(page);
    const link = new URL((await shareLink(page))!).searchParams.get('wm')!.split('-')[0]!;
    await until('the rows', async () => JSON.stringify((await kept(page)).rows).includes('SECRET6'));
    await leave(page, url);
    expect(JSON.stringify(await kept(page))).toMatch(SECRETS);
    await page.goto(`${url}/next`);
    await loaded(page);
    await order(page);
    if (isCalled) await inPage(page, (waymark: Waymark) => waymark.consent({ marketing: 'denied' }));
    const clean = async () => !new RegExp(`${SECRETS.source}|${link}`, 'i').test(JSON.stringify(await kept(page)));
    await until('everything clean', clean);
    expect(JSON.stringify(await inPage(page, (waymark: Waymark) => waymark.journey()))).not.toMatch(SECRETS);
    await leave(page, url);
    expect(await clean()).toBe(true);
    status = 204;
    await page.goto(`${url}/next`);
    if (isCalled) await inPage(page, (waymark: Waymark) => waymark.consent({ marketing: 'denied' }));
    await ready(page);
    const names = bodies.flatMap((body) => (JSON.parse(body) as { events: { name: string }[] }).events.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(['social_landing', 'share', 'add_to_cart', 'purchase']));
    expect(bodies.join()).not.toMatch(new RegExp(`${SECRETS.source}|${link}`, 'i'));
    expect(await clean()).toBe(true);
  });
});

describe('beforeSend', () => {
  const FILTER = `<script>
    waymark('beforeSend', function (event) {
      if (event.name === 'unwanted') return null;
      if (event.name === 'broken') throw new Error('no');
      if (event.name === 'changed') { event.properties.note = 'other'; delete event.visitor.user_id; event.id = event.name = event.time = 'mine'; }
      return event;
    });
    waymark('identify', 'u-1');
    for (const name of ['first', 'unwanted', 'changed', 'broken', 'last']) waymark('track', name, { note: 'own' });
  </script>`;

  test('by the stub changes, drops without a gap, and drops what it throws at; id, name and time stay', async () => {
    const { page, arrived, events, named, bodies } = await openPage({ attributes: '', head: FILTER });
    await arrived('last');
    await ready(page);
    expect(bodies.join()).not.toMatch(/unwanted|broken/);
    const changed = named('changed')[0]!;
    expect([changed.properties.note, changed.visitor.user_id, named('first')[0]!.visitor.user_id]).toEqual(['other', undefined, 'u-1']);
    expect(changed.id).toMatch(/^[\da-f-]{36}$/);
    expect(Date.parse(changed.time)).toBeGreaterThan(0);
    const numbers = events().map(({ seq }) => seq).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect((await codesOf(page)).filter((code) => code === 'before_send_failed')).toHaveLength(1);
    expect(JSON.stringify(await kept(page))).not.toMatch(/unwanted|broken/);
  });

  test('by option sees what waited, with the consent that lets it through', async () => {
    const imports = { waymark: '/dist/index.js', 'idb-keyval': '/idb-keyval.js', 'web-vitals': '/web-vitals.js' };
    const site = await openSite({
      head: '',
      tag: `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">
        import { createTracker } from 'waymark';
        const seen = (window.seen = []);
        const beforeSend = (event) => { seen.push([event.name, event.consent.analytics]); return event.name === 'page_view' ? undefined : { ...event, visitor: { id: event.visitor.id } } };
        const tracker = (window.tracker = createTracker({ collector: '/events', batchWaitMs: 50, consent: 'required', beforeSend }));
        tracker.identify('u-1');
        tracker.track('one');
      </script>`,
    });
    const page = await openTab(browser);
    await page.goto(site.url);
    await until('the tracker', () => page.evaluate(`'tracker' in window`));
    expect(await page.evaluate('seen')).toEqual([]);
    await page.evaluate(`tracker.consent('granted')`);
    await site.arrived('one');
    expect(site.bodies.join()).not.toMatch(/u-1|page_view/);
    expect(await page.evaluate('seen')).toEqual(expect.arrayContaining([['page_view', 'granted'], ['one', 'granted']]));
  });
});

test('where nothing has to be asked, no event says that it waited, and those of a page share one context', async () => {
  const { page, ...site } = await openPage({ attributes: 'data-engagement="false"' }, '/?utm_source=instagram&utm_campaign=c1');
  const events = await site.flushed(page);
  expect(events.map(({ name }) => name)).toEqual(['landing', 'page_view'].map((name) => expect.stringContaining(name)));
  for (const { consent } of events) expect(consent).toEqual({ analytics: 'granted', marketing: 'granted', by: { analytics: 'option', marketing: 'option' } });
  expect(site.batches().flatMap(({ contexts }) => contexts.map((context) => JSON.stringify((context as { consent: object }).consent))).every((text, _, all) => text === all[0])).toBe(true);
});

test('sharing does not wait for a visitor who was forgotten in the meantime', async () => {
  const { page } = await openPage({ head: '<script>indexedDB.open = function () { return new EventTarget() }</script>' });
  await page.evaluate(`navigator.clipboard.writeText = async () => {}`);
  await page.evaluate(`waymark.consent({ analytics: 'granted', marketing: 'granted' }); shared = waymark.share({ network: 'copy', url: '/kites' }); 0`);
  await quiet();
  await page.evaluate(`waymark.consent({ analytics: 'denied', marketing: 'denied' })`);
  expect(await page.evaluate('shared')).toMatch(/\/kites$/);
});

describe('while nobody has answered', () => {
  test('200 events wait, the oldest give way; flush says at once how many wait; those that go are declared with those that do not', async () => {
    const { page, arrived, batches, flushed } = await openPage({ head: `<script>dropped = []; waymark('on', 'dropped', function (each) { dropped.push(each) })</script>` });
    const waiting = await page.evaluate(async () => {
      const { waymark } = window as never as { waymark: Waymark };
      const { kept: first } = await waymark.flush();
      for (let index = first; index < 203; index++) waymark.track('counted', { index });
      return [first, await Promise.race([waymark.flush(), new Promise((resolve) => setTimeout(resolve, 5000, 'late'))])];
    });
    expect(waiting).toMatchObject([expect.any(Number), { delivered: 0, kept: 200, refused: 0, reasons: [{ code: 'consent_required' }] }]);
    expect(await page.evaluate('dropped')).toEqual(Array.from({ length: 3 }, () => ({ cause: 'unanswered', count: 1, collectors: ['/events'] })));
    await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
    await arrived('counted');
    expect((await flushed(page)).length).toBe(200);
    expect(batches().at(-1)!.dropped).toMatchObject({ unanswered: 3 });
  });

  test('what has waited for more than half an hour does not go', async () => {
    const clock = `<script>(() => { const now = Date.now; let ahead = 0; Date.now = () => now.call(Date) + ahead; forward = (ms) => { ahead += ms } })()</script>`;
    const { page, arrived, flushed, batches } = await openPage({ head: clock });
    await track(page, 'too_old');
    const { kept: waiting } = await inPage(page, (waymark: Waymark) => waymark.flush());
    await page.evaluate('forward(31 * 60_000)');
    await track(page, 'in_time');
    await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
    await arrived('in_time');
    expect((await flushed(page)).map(({ name }) => name)).not.toContain('too_old');
    expect(batches().at(-1)!.dropped).toMatchObject({ unanswered: waiting });
  });

  test('stop leaves nothing, and nothing goes any more', async () => {
    const { page, url, bodies, heard } = await openPage();
    await track(page, 'asked');
    await inPage(page, (waymark: Waymark) => waymark.stop());
    await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
    await quiet();
    expect([await kept(page), bodies]).toEqual([NOTHING, []]);
    await leave(page, url);
    expect([await kept(page), bodies, heard]).toEqual([NOTHING, [], []]);
  });
});

test('whoever was forgotten and consents again is somebody new', async () => {
  const { page, arrived, heard, bodies } = await openPage({ attributes: '' }, '/kites?utm_source=instagram');
  await track(page, 'before');
  const before = await arrived('before');
  expect(await inPage(page, (waymark: Waymark) => waymark.forget())).toBe(true);
  expect(await kept(page)).toEqual(NOTHING);
  await track(page, 'forbidden');
  await inPage(page, (waymark: Waymark) => waymark.consent('granted'));
  await track(page, 'after');
  const after = await arrived('after');
  expect(after.visitor.id).not.toBe(before.visitor.id);
  expect(after.session).toMatchObject({ number: 1 });
  expect([after.session.id === before.session.id, after.tab === before.tab, after.seq, after.touchpoint]).toEqual([false, false, 1, undefined]);
  expect([bodies.join().includes('forbidden'), heard]).toEqual([false, []]);
});

test("a visitor's number lives for 13 months, however often they come; then nothing of them is left", async () => {
  const site = await openSite();
  const page = await openTab(browser);
  /** Comes again, so many days later. */
  async function visit(name: string, daysLater: number, path = '/') {
    // On top of those before.
    await page.addInitScript(`(() => { const now = Date.now; Date.now = () => now.call(Date) + ${daysLater} * 86_400_000 })()`);
    await page.goto(site.url + path);
    await loaded(page);
    await track(page, name);
    const event = await site.arrived(name);
    await ready(page);
    return event;
  }
  const first = await visit('first', 0, '/?utm_source=instagram');
  await inPage(page, (waymark: Waymark) => waymark.identify('u-1'));
  const second = await visit('second', 200);
  const third = await visit('third', 194);
  expect([second, third].map(({ visitor, session }) => [visitor, session.number])).toEqual([2, 3].map((number) => [{ id: first.visitor.id, user_id: 'u-1' }, number]));
  const last = await visit('last', 2);
  expect(last.visitor).toEqual({ id: expect.not.stringMatching(first.visitor.id) });
  expect([last.session.number, last.touchpoint?.network]).toEqual([1, null]);
  expect(JSON.stringify(await kept(page))).not.toMatch(new RegExp(`${first.visitor.id}|u-1|instagram`));
});

test.each([
  ['data-consent="yes"', 'consent'], ['data-consent="analytics=granted,ads=granted"', 'consent'], ['data-global-privacy-control="yes"', 'globalPrivacyControl'], ['data-identity="some"', 'identity'],
])('a wrong option is named in the console, with what it takes and what it got, and nothing is kept or sent: %s', async (attributes, name) => {
  const { url, bodies } = await openSite({ attributes, head: STUB });
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(url);
  await until('the error', () => heard[0]);
  await quiet();
  expect(heard).toEqual([expect.stringMatching(new RegExp(`^error: TypeError: .*${name}.*takes.*got`))]);
  expect([await kept(page), bodies]).toEqual([NOTHING, []]);
});
