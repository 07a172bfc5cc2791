import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { codesTold, drained, flush, inStore, openScripted, storedIds, toldTo, trackMany, unhandled } from '../helpers/scripted.js';
import { until } from '../helpers/shop.js';

const profile = newProfile();
let browser: RealBrowser;
beforeAll(async () => {
  browser = await openBrowser(profile);
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
});

/** A script tag whose collectors are those in the page's address. */
const TAG = `<script>
const text = decodeURIComponent(location.search.slice(1)) || '/events-a,/events-b';
document.write('<script src="/waymark.min.js" data-page-views="false" data-engagement="false" data-web-vitals="false" data-bots="keep" data-batch-wait-ms="50" data-' +
  (/[,[]/.test(text) ? 'collectors' : 'collector') + "='" + text + "'></scr" + 'ipt>');
</script>`;
const IMPORTS = `<script type="importmap">{ "imports": { "idb-keyval": "/idb-keyval.js", "web-vitals": "/web-vitals.js" } }</script>`;

/** A site with collectors at `/events-a` and `/events-b`, of which each answers, or fails. */
async function openSite(tag = TAG, patch = '') {
  const site = await openScripted({ tag, patch });
  const failing = new Set<string>();
  /** How often each event was taken, by collector. */
  const taken: Record<string, Record<string, number>> = {};
  site.answer(async ({ path, events, unsure = [], batch_id }) => {
    const answered = failing.has(path);
    if (answered) return { status: 503 };
    const own = (taken[path] ??= {});
    for (const { properties } of events) own[`${properties.n}`] = (own[`${properties.n}`] ?? 0) + 1;
    const known = site.requests.filter((other) => other.path === path && other.batch_id !== batch_id).map((other) => other.batch_id);
    return { status: 200, body: { arrived: unsure.filter((id) => known.includes(id)) } };
  });
  return {
    ...site,
    failing,
    taken: (name: string) => taken[`/events-${name}`] ?? {},
    requestsTo: (name: string) => site.requests.filter(({ path }) => path === `/events-${name}`),
    async visit(collectors = ''): Promise<Page> {
      const page = await site.visit(browser, `/?${encodeURIComponent(collectors)}`);
      await page.waitForFunction(`'track' in waymark`);
      return page;
    },
  };
}
/** How often each event is taken that is taken once, by its number. */
const once = (count: number, from = 0) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n + from}`, 1]));
/** Returns the keys of the stored events that only some collectors wait for. */
const keysElsewhere = (page: Page) => inStore<string[]>(page, 'readonly', "store.getAllKeys(IDBKeyRange.bound('~', '\\x7f'))");

describe('one collector is down, the other is well', () => {
  test('over a reload, a closed tab and a new one: each gets every event once, and one row waits for the one that is down', async () => {
    const site = await openSite();
    site.failing.add('/events-b');
    const page = await site.visit();
    await trackMany(page, 'a', 5);
    await until('the well one to have them', () => Object.keys(site.taken('a')).length === 5);
    await until('five rows for the other', async () => (await keysElsewhere(page)).length === 5);
    expect(await storedIds(page)).toEqual([]);
    expect((await keysElsewhere(page)).every((key) => key.startsWith(`~${site.url}/events-b~`))).toBe(true);
    await page.reload();
    await page.waitForFunction(`'track' in waymark`);
    await trackMany(page, 'a', 5, 5);
    expect(await flush(page)).toMatchObject({ delivered: 5, kept: 10, refused: 0 });
    await trackMany(page, 'a', 2, 10);
    await page.close();
    const next = await site.visit();
    site.failing.clear();
    await drained(next);
    expect(site.taken('b')).toEqual(once(12));
    // Of the two that went out as the page was left, it has to be asked, and there may be nothing else to ask it with.
    expect(site.taken('a')).toMatchObject(once(10));
    expect(Object.keys(site.taken('a'))).toHaveLength(12);
    expect(await keysElsewhere(next)).toEqual([]);
    const told = await toldTo(next);
    expect(new Set(told.flatMap(({ type, ...detail }) => (type === 'delivered' ? [(detail as { collector?: string }).collector] : [])))).toContain('/events-b');
    expect(told.filter(({ type }) => type === 'dropped')).toEqual([]);
    expect(await unhandled(next)).toEqual([]);
  });

  test('says which one it is that does not answer', async () => {
    const site = await openSite();
    site.failing.add('/events-b');
    const page = await site.visit('["/events-a",{"collector":"/events-b","name":"mail"}]');
    await trackMany(page, 'a', 1);
    expect(await flush(page)).toMatchObject({ delivered: 1, kept: 1, refused: 0 });
    expect((await toldTo(page)).filter(({ type }) => type === 'problem')).toMatchObject([{ code: 'not_confirmed', message: expect.stringMatching(/^mail: HTTP 503 from .*\/events-b$/) as string }]);
  });

  test('with 9,000 events for the one, the other is sent its own without a look at them', async () => {
    const patch = `<script>
      window.looks = [];
      const { getAll } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.getAll = function (range, limit) {
        const request = getAll.call(this, range, limit);
        request.addEventListener('success', () => looks.push([range.lower, request.result.length]));
        return request;
      };
    </script>`;
    const site = await openSite(TAG, patch);
    const page = await site.visit();
    await trackMany(page, 'first', 1);
    await drained(page);
    const place = `~${site.url}/events-b~`;
    await inStore(page, 'readwrite', `(() => {
      for (let n = 0; n < 9000; n++) {
        const id = '019a0000-0000-7000-8000-' + String(n).padStart(12, '0');
        store.put({ id, context: '{}', event: JSON.stringify({ id, name: 'old', time: new Date(), seq: n, properties: { n: 'old' } }) }, '${place}' + id);
      }
      return store.put({ owner: '', until: 0, failures: 3, blockedUntil: Date.now() + 600000 }, 'turn${place}');
    })()`);
    const next = await site.visit();
    await trackMany(next, 'a', 20, 1);
    await until('the well one to have them', () => Object.keys(site.taken('a')).length === 21);
    const looks = (await next.evaluate('looks')) as [lower: string, length: number][];
    expect(looks.filter(([lower]) => lower.startsWith(place))).toEqual([]);
    expect(looks.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(100);
    expect(site.requestsTo('b')).toHaveLength(1);
  });
});

describe('filters', () => {
  test('give each collector its events, as their page is left, too', async () => {
    const site = await openSite();
    const page = await site.visit('["/events-a",{"collector":"/events-b","events":["view_*","!view_cart"]}]');
    for (const name of ['view_item', 'view_cart', 'search']) await trackMany(page, name, 1);
    // Some of them may have gone already.
    expect(await flush(page)).toMatchObject({ kept: 0, refused: 0 });
    for (const name of ['view_item', 'search']) await trackMany(page, name, 1, 1);
    await page.goto('about:blank');
    await until('the last events', () => site.taken('a')['1'] === 2 && site.taken('b')['1']);
    const names = (of: string) => site.requestsTo(of).flatMap(({ events }) => events.map(({ name }) => name)).sort();
    expect(names('a')).toEqual(['search', 'search', 'view_cart', 'view_item', 'view_item']);
    expect(names('b')).toEqual(['view_item', 'view_item']);
  });
});

describe('another configuration at the next visit', () => {
  test('with a collector more, less, and another one: nobody gets anything twice, and what waits for one that is gone goes in the end', async () => {
    const site = await openSite();
    site.failing.add('/events-a');
    const alone = await site.visit('/events-a');
    await trackMany(alone, 'a', 3);
    await flush(alone);
    expect(await storedIds(alone)).toHaveLength(3);
    await alone.close();
    // One more: it gets what is tracked from now on.
    const both = await site.visit();
    await trackMany(both, 'a', 1, 3);
    await flush(both);
    expect(site.taken('b')).toEqual({ 3: 1 });
    await both.close();
    // Without the first: nothing is left for the second.
    const second = await site.visit('/events-b');
    expect(await flush(second)).toEqual({ delivered: 0, kept: 0, refused: 0 });
    expect(await keysElsewhere(second)).toHaveLength(4);
    await trackMany(second, 'a', 1, 4);
    await drained(second);
    await second.close();
    // The first is back, alone.
    site.failing.clear();
    const first = await site.visit('/events-a');
    await drained(first);
    expect(site.taken('a')).toEqual(once(4));
    expect(site.taken('b')).toEqual({ 3: 1, 4: 1 });
    expect(await keysElsewhere(first)).toEqual([]);
    // What waits for nobody goes once it has waited for long enough.
    await inStore(first, 'readwrite', `store.put({ id: '019a', context: '{}', event: '{"id":"019a","name":"old"}' }, '~gone,lost~019a')`);
    await first.reload();
    await until('the day to be noted', async () => (await inStore<{ gone?: number }>(first, 'readonly', "store.get('turn')")).gone);
    expect(await keysElsewhere(first)).toHaveLength(1);
    await first.goto(`${site.url}/favicon.ico`).catch(() => {});
    const last = await site.visit('/events-a');
    await inStore(last, 'readwrite', `store.put({ owner: '', until: 0, failures: 0, blockedUntil: 0, gone: Date.now() - 31 * 86400000 }, 'turn')`);
    await last.reload();
    await until('it to be gone', async () => !(await keysElsewhere(last)).length);
  });
});

test('two tabs at once, and every second answer 500: each collector has each event once', async () => {
  const site = await openSite();
  const [one, two] = await Promise.all([site.visit(), site.visit()]);
  let count = 0;
  const { requests } = site;
  const taken: Record<string, Record<string, number>> = { '/events-a': {}, '/events-b': {} };
  site.answer(({ path, events }) => {
    if (count++ % 2) return { status: 500 };
    for (const { properties } of events) taken[path]![`${properties.n}`] = (taken[path]![`${properties.n}`] ?? 0) + 1;
    return { status: 204 };
  });
  await Promise.all([trackMany(one, 'a', 30), trackMany(two, 'a', 30, 30)]);
  await drained(one);
  expect(taken).toEqual({ '/events-a': once(60), '/events-b': once(60) });
  expect(requests.length).toBeLessThan(60);
  expect(await unhandled(one)).toEqual([]);
  expect(await unhandled(two)).toEqual([]);
});

test('a format of the shop’s own that fails is said once, asks nobody for anything, and the other collector has everything', async () => {
  const site = await openSite(`${IMPORTS}<script type="module">
import { createTracker } from '/dist/core.js';
const { q = [] } = window.waymark;
window.asked = 0;
const format = { type: 'text/plain', encode() { asked++; throw new Error('no luck'); }, read: () => ({ refused: {}, retry: [], arrived: [] }) };
const tracker = createTracker({ batchWaitMs: 50, collectors: [{ collector: '/events-a', format }, { collector: '/events-b', headers: { 'X-B': '1' } }] });
for (const [method, ...args] of q) tracker[method](...args);
window.waymark = tracker;
</script>`);
  const page = await site.visit();
  for (let round = 0; round < 5; round++) {
    await trackMany(page, 'a', 10, round * 10);
    await until('the other to have them', () => Object.keys(site.taken('b')).length === (round + 1) * 10);
  }
  expect(await codesTold(page)).toEqual(['format_failed']);
  expect(site.requestsTo('a')).toEqual([]);
  expect(site.requestsTo('b').every(({ headers }) => headers['x-b'] === '1')).toBe(true);
  // A search for the event at fault, then a wait of minutes.
  expect(await page.evaluate('asked')).toBeLessThan(20);
  expect(await keysElsewhere(page)).toHaveLength(50);
  expect(await unhandled(page)).toEqual([]);
});

test('a wrong collector is named in the console, and the page lives on', async () => {
  const site = await openSite();
  const page = await browser.newTab();
  onTestFinished(() => page.close());
  const heard: string[] = [];
  page.on('console', (message) => heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(`uncaught ${error.message}`));
  for (const [collectors, message] of [
    ['["/events-a",{"collector":"/events-b","format":"snowplough"}]', /option "format" takes waymark, ndjson.*got "snowplough"/],
    ['/events-a,/events-a', /"collectors\[1\]" takes an address and a name of its own/],
    ['[oops', /option "collectors" takes a list of addresses and collectors, got "\[oops"/],
  ] as const) {
    await page.goto(`${site.url}/?${encodeURIComponent(collectors)}`);
    await until(`${message}`, () => heard.find((line) => message.test(line)));
  }
  expect(heard.filter((line) => line.startsWith('uncaught'))).toEqual([]);
});

describe('a format that the script tag names', () => {
  const FILE = '/waymark.formats.min.js';
  /** A script tag with the attributes in the page's address. */
  const NAMED = `<script>
  document.write('<script src="/waymark.min.js" data-page-views="false" data-engagement="false" data-web-vitals="false" data-bots="keep" data-batch-wait-ms="50" ' +
    decodeURIComponent(location.search.slice(1)) + '></scr' + 'ipt>');
  </script>`;
  async function visit(site: Awaited<ReturnType<typeof openScripted>>, attributes: string) {
    const page = await site.visit(browser, `/?${encodeURIComponent(attributes)}`);
    await page.waitForFunction(`'track' in waymark`);
    return page;
  }
  const POSTHOG = `data-collector="/events" data-format="posthog" data-format-options="apiKey=phc_1=,"`;

  test('is loaded from beside the script, with its options; without one, nothing is', async () => {
    const site = await openScripted({ tag: NAMED });
    const page = await visit(site, POSTHOG);
    await trackMany(page, 'a', 2);
    await drained(page);
    expect(site.requests.map(({ path }) => path)).toEqual(['/events/batch/']);
    expect(JSON.parse(site.requests[0]!.raw.toString())).toMatchObject({ api_key: 'phc_1=', batch: [{ event: 'a' }, { event: 'a' }] });
    const loads = (where: Page) => where.evaluate(`performance.getEntriesByType('resource').filter(({ name }) => name.includes('${FILE}')).length`);
    expect(await loads(page)).toBe(1);
    const plain = await visit(site, `data-collector="/events" data-format="waymark"`);
    await trackMany(plain, 'b', 1);
    await drained(plain);
    expect(site.requests.at(-1)).toMatchObject({ path: '/events', events: [{ name: 'b' }] });
    expect(await loads(plain)).toBe(0);
  });

  test('keeps events, holds up no other collector and says so once, as long as it cannot be loaded', async () => {
    const files: NonNullable<Parameters<typeof openScripted>[0]>['files'] & object = { [FILE]: { type: 'text/html', body: 'not here' } };
    const site = await openScripted({ tag: NAMED, files });
    const both = `data-collectors='["/events-a",{"collector":"/events-b","format":"posthog","formatOptions":{"apiKey":"phc_1"}}]'`;
    const page = await visit(site, both);
    await trackMany(page, 'a', 2);
    expect(await flush(page)).toMatchObject({ delivered: 2, kept: 2, refused: 0 });
    await trackMany(page, 'a', 1, 2);
    expect(await flush(page)).toMatchObject({ delivered: 1, kept: 3, refused: 0 });
    expect((await toldTo(page)).filter(({ type }) => type === 'problem')).toMatchObject([{ code: 'format_failed', message: expect.stringContaining('/events-b: TypeError') }]);
    expect(await unhandled(page)).toEqual([]);
    await page.close();
    delete files[FILE];
    await drained(await visit(site, both));
    const late = site.requests.filter(({ path }) => path === '/events-b/batch/').map(({ raw }) => JSON.parse(raw.toString()) as { batch: { properties: { n: number } }[] });
    expect(late.flatMap(({ batch }) => batch.map(({ properties }) => properties.n))).toEqual([0, 1, 2]);
  });

  test.each([
    ['data-format="posthog"', 'option "apiKey" of the format "posthog" takes a text, got undefined'],
    ['data-format="snowplough"', 'option "format" takes waymark, ndjson, cloudevents, posthog, umami, plausible'],
  ])('with a slip of the pen is told to the developer: %s', async (attributes, message) => {
    const site = await openScripted({ tag: NAMED, patch: '<script>window.errors = []; const { error } = console; console.error = (...all) => { errors.push(String(all[0])); error(...all); };</script>' });
    const page = await visit(site, `data-collector="/events" ${attributes}`);
    await trackMany(page, 'a', 1);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 1, refused: 0 });
    expect(await page.evaluate('errors')).toEqual([expect.stringContaining(`TypeError: waymark: ${message}`)]);
    expect(await codesTold(page)).toEqual(['format_failed']);
  });
});
