import { describe, expect, test } from 'vitest';
import { codesTold, drained, flush, openScripted, storedIds, toldTo, trackMany, turnOf, unhandled, type Reply, type Scripted } from '../helpers/scripted.js';
import { until } from '../helpers/shop.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** Each of `count` events arrived, and how often. */
const once = (count: number, times = 1) => Object.fromEntries(Array.from({ length: count }, (_, n) => [n, times]));
const told = (site: Scripted) => ({ ids: (name: string) => [...new Set(site.arrivals().filter((event) => event.name === name).map(({ id }) => id))] });

describe('a confirmation', () => {
  test.each<[what: string, reply: Reply]>([
    ['200 with JSON', { status: 200, body: { accepted: 3 } }],
    ['200 with a text', { status: 200, body: 'ok', headers: { 'Content-Type': 'text/plain' } }],
    ['200 without a word', { status: 200 }],
    ['202', { status: 202, body: {} }],
    ['204', { status: 204 }],
  ])('is %s: nothing is kept, and nothing is sent again', async (_what, reply) => {
    const site = await openScripted();
    site.answer(() => reply);
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ kept: 0, refused: 0 });
    await flush(page);
    expect(site.counts('a')).toEqual(once(3));
    expect(await storedIds(page)).toEqual([]);
    expect((await toldTo(page)).flatMap(({ type, ids }) => (type === 'delivered' ? ids : [])).sort()).toEqual(told(site).ids('a').sort());
    expect(await codesTold(page)).toEqual([]);
  });

  test('is one whose answer was cut after its headers: the status has said it', async () => {
    const site = await openScripted();
    site.answer(() => ({ status: 200, body: '', do: 'cutBody' }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    expect(site.counts('a')).toEqual(once(3));
    expect(await unhandled(page)).toEqual([]);
  });
});

describe('a confirmation of a part', () => {
  test('sends only that again which the collector could not take now, and gives up what it refuses', async () => {
    const site = await openScripted();
    site.answer(({ events, attempt }) => ({
      status: 200,
      body: attempt > 1 ? {} : { refused: events.filter(({ properties }) => properties.n === 1).map(({ id }) => ({ id, reason: 'of no use' })), retry: events.filter(({ properties }) => properties.n === 2).map(({ id }) => id) },
    }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 4);
    const first = await flush(page);
    await drained(page);
    expect(first.refused).toBe(1);
    expect(site.counts('a')).toEqual({ 0: 1, 1: 1, 2: 2, 3: 1 });
    expect((await toldTo(page)).filter(({ code }) => code === 'event_refused')).toMatchObject([{ message: expect.stringMatching(/: of no use$/) as string }]);
  });

  test('that keeps naming the same event waits between attempts', async () => {
    const site = await openScripted();
    site.answer(({ events }) => ({ status: 200, body: { retry: events.filter(({ name }) => name === 'later').map(({ id }) => id) } }));
    const page = await site.visit(browser);
    await trackMany(page, 'now', 1);
    await trackMany(page, 'later', 1);
    await until('a failure in the stored turn', async () => ((await turnOf(page))?.failures ?? 0) > 0);
    expect((await turnOf(page))!.blockedUntil).toBeGreaterThan(Date.now() - 5000);
    expect(await storedIds(page)).toEqual(told(site).ids('later'));
  });

  test.each(['{"refused":5}', '{"refused":[{"id":5}],"retry":{}}', '{"retry":[null],"arrived":[5,"constructor","__proto__"]}', '{"refused":[null]}'])('in words that nobody understands (%s) is a confirmation', async (body) => {
    const site = await openScripted();
    site.answer(() => ({ status: 200, body }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    expect(await flush(page)).toMatchObject({ kept: 0, refused: 0 });
    expect(site.counts('a')).toEqual(once(2));
    expect(await codesTold(page)).toEqual([]);
    expect(await unhandled(page)).toEqual([]);
  });
});

describe('an answer that asks for patience', () => {
  test.each([408, 425, 429, 500, 503])('%i: the events stay, under their ids, in a batch that keeps its id', async (status) => {
    const site = await openScripted();
    site.answer(({ attempt }) => (attempt === 1 ? { status, body: '<h1>Sorry</h1>', headers: { 'Content-Type': 'text/html' } } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the first attempt', () => site.requests.length);
    await drained(page);
    expect(site.counts('a')).toEqual(once(3, 2));
    expect(site.requests.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(site.requests.map(({ batch_id }) => batch_id)).size).toBe(1);
    expect(told(site).ids('a')).toHaveLength(3);
    expect(await codesTold(page)).toEqual(['not_confirmed']);
    expect((await turnOf(page))!).toMatchObject({ failures: 0, blockedUntil: 0 });
  });

  test('no answer at all does, too', async () => {
    const site = await openScripted();
    site.answer(({ attempt }) => (attempt === 1 ? { do: 'cut' } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the events', () => site.requests.length > 0);
    await drained(page);
    // The browser itself may have sent the request again.
    expect(told(site).ids('a')).toHaveLength(3);
    expect(Object.keys(site.counts('a'))).toHaveLength(3);
  });

  test('comes back by itself, without a call', async () => {
    const site = await openScripted();
    site.answer(({ attempt }) => (attempt < 3 ? { status: 503 } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the third attempt', () => site.requests.length === 3);
    await until('an empty store', async () => !(await storedIds(page)).length);
    expect(site.counts('a')).toEqual(once(3, 3));
  });

  test.each<[what: string, isCross: boolean, asked: () => string]>([
    ['in seconds, same-origin', false, () => '40'],
    ['as a date, exposed across origins', true, () => new Date(Date.now() + 40_000).toUTCString()],
  ])('is obeyed as Retry-After says, %s: across a reload, and by another tab', async (_what, isCross, asked) => {
    const site = await openScripted({ isCross });
    site.answer(() => ({ status: 429, headers: { 'Retry-After': asked() } }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    const turn = await until('the wait in the store', async () => {
      const found = await turnOf(page);
      return found?.failures ? found : undefined;
    });
    // A date has whole seconds; jitter only adds, up to half.
    expect(turn.blockedUntil - site.requests[0]!.at).toBeGreaterThan(38_000);
    expect(turn.blockedUntil - Date.now()).toBeLessThan(60_000);
    await page.reload();
    const other = await site.visit(browser);
    await trackMany(other, 'b', 1);
    await until('the event in the store', async () => (await storedIds(other)).length === 3);
    // Many times the batch wait.
    await other.waitForTimeout(700);
    expect(site.requests).toHaveLength(1);
    site.answer(() => ({}));
    await drained(other);
    expect(site.counts('a')).toEqual(once(2, 2));
    expect(site.counts('b')).toEqual(once(1));
  });

  test('across origins without its headers being exposed waits all the same', async () => {
    const site = await openScripted({ isCross: true });
    site.answer(() => ({ status: 429, headers: { 'Retry-After': '40', 'Access-Control-Expose-Headers': '' } }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    await until('the wait in the store', async () => (await turnOf(page))?.failures);
    site.answer(() => ({}));
    await drained(page);
    expect(told(site).ids('a')).toHaveLength(2);
  });

  test('is followed by another as soon as the wait that another tab was told is over', async () => {
    const site = await openScripted();
    site.answer(({ attempt }) => (attempt === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    await until('the first attempt', () => site.requests.length === 1);
    const other = await site.visit(browser);
    await page.close();
    await until('the second', () => site.requests.length === 2);
    expect(site.requests[1]!.at - site.requests[0]!.at).toBeGreaterThan(900);
    await until('an empty store', async () => !(await storedIds(other)).length);
    expect(site.counts('a')).toEqual(once(2, 2));
  });
});

describe('413', () => {
  test('halves the batch until it fits: everything arrives, each event once', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500"' });
    const taken: Record<string, number> = {};
    site.answer(({ raw, events }) => {
      if (raw.length > 4000) return { status: 413 };
      for (const { properties } of events) taken[`${properties.n}`] = (taken[`${properties.n}`] ?? 0) + 1;
      return {};
    });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 60);
    await drained(page);
    expect(taken).toEqual(once(60));
    expect(site.requests.filter(({ raw }) => raw.length > 4000).length).toBeLessThan(8);
    expect(await codesTold(page)).toContain('batch_too_large');
    expect(await codesTold(page)).not.toContain('event_refused');
  });

  test('to one event alone gives up that event, and no other', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500"' });
    site.answer(({ raw }) => (raw.length > 6000 ? { status: 413 } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 10);
    await page.evaluate(`waymark.track('huge', { n: 0, texts: Array(8).fill('x'.repeat(1000)) })`);
    await trackMany(page, 'a', 10, 10);
    await drained(page);
    expect(site.counts('a')).toMatchObject(Object.fromEntries(Object.keys(once(20)).map((n) => [n, expect.any(Number) as number])));
    expect((await toldTo(page)).filter(({ code }) => code === 'event_refused')).toMatchObject([{ message: `${told(site).ids('huge')[0]}: HTTP 413` }]);
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([{ type: 'dropped', cause: 'refused', count: 1, collectors: ['/events'] }]);
  });
});

describe('another 4xx', () => {
  test.each([400, 422])('%i: one poisoned event among 30 is found, set aside, reported and declared; the others arrive once', async (status) => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500"' });
    const taken: Record<string, number> = {};
    site.answer(({ events }) => {
      if (events.some(({ name }) => name === 'poison')) return { status };
      for (const { properties } of events) taken[`${properties.n}`] = (taken[`${properties.n}`] ?? 0) + 1;
      return {};
    });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 13);
    await trackMany(page, 'poison', 1);
    await trackMany(page, 'a', 16, 13);
    const result = await flush(page);
    // Some of them may have gone already.
    expect(result).toMatchObject({ kept: 0, refused: 1 });
    expect(taken).toEqual(once(29));
    expect(site.requests.length).toBeLessThan(25);
    const [poison] = told(site).ids('poison');
    expect((await toldTo(page)).filter(({ code }) => code === 'event_refused')).toEqual([{ type: 'problem', code: 'event_refused', message: `${poison}: HTTP ${status}` }]);
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([{ type: 'dropped', cause: 'refused', count: 1, collectors: ['/events'] }]);
    // Never again, and the collector learns of it.
    const before = site.requests.length;
    await page.reload();
    await trackMany(page, 'a', 1, 29);
    await drained(page);
    const later = site.requests.slice(before);
    expect(later.flatMap(({ events }) => events).map(({ name }) => name)).toEqual(['a']);
    expect(later.at(-1)!.dropped).toMatchObject({ refused: 1, queue_full: 0 });
  });

  test('to everything loses nothing once it is mended', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500"' });
    site.answer(() => ({ status: 400 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 10);
    const first = await flush(page);
    expect(first).toMatchObject({ delivered: 0, kept: 10, refused: 0 });
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 10, refused: 0 });
    site.answer(() => ({}));
    const before = site.requests.length;
    await drained(page);
    expect(site.requests.slice(before).flatMap(({ events }) => events.map(({ properties }) => properties.n)).sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([]);
    expect(await codesTold(page)).not.toContain('event_refused');
  });

  test('to everything from one moment on gives up nothing, though the collector was well before', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500" data-batch-events="10"' });
    site.answer(() => (site.requests.length > 1 ? { status: 400 } : {}));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 40);
    expect(await flush(page)).toMatchObject({ refused: 0 });
    site.answer(() => ({}));
    await drained(page);
    expect(Object.keys(site.counts('a'))).toHaveLength(40);
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([]);
    expect(await codesTold(page)).not.toContain('event_refused');
  });

  test('to everything is not answered by a request for each of hundreds of events', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="500"' });
    site.answer(() => ({ status: 400 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 300);
    await flush(page);
    expect(site.requests.length).toBeLessThan(60);
    expect(await storedIds(page)).toHaveLength(300);
  });
});

describe('a wrong endpoint', () => {
  test.each<[what: string, reply: Reply, code?: string]>([
    ['401', { status: 401 }],
    ['403', { status: 403, body: {} }],
    ['404', { status: 404 }],
    ['a redirect', { status: 302, headers: { Location: '/' } }],
    ['a redirect for ever', { status: 308, headers: { Location: '/events?again' } }],
    ['a page of HTML', { status: 200, body: '<!doctype html><title>Shop</title>', headers: { 'Content-Type': 'text/html; charset=utf-8' } }],
  ])('(%s) holds everything, says so once, and waits for minutes', async (_what, reply) => {
    const site = await openScripted();
    site.answer(() => reply);
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    const turn = await until('the wait in the store', async () => {
      const found = await turnOf(page);
      return found?.failures ? found : undefined;
    });
    expect(turn.blockedUntil - Date.now()).toBeGreaterThan(4 * 60_000);
    expect(await storedIds(page)).toHaveLength(3);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3, refused: 0 });
    expect(await codesTold(page)).toEqual(['wrong_endpoint']);
    site.answer(() => ({}));
    expect(await flush(page)).toMatchObject({ delivered: 3, kept: 0, refused: 0 });
    expect(told(site).ids('a')).toHaveLength(3);
    // A redirect is not followed: an empty GET that ends as 200 would be a false confirmation.
    expect(site.requests.every(({ method, path }) => method === 'POST' && path === '/events')).toBe(true);
  });

  test.each<[what: string, headers: Record<string, string>]>([
    ['without CORS headers', { 'Access-Control-Allow-Origin': 'null' }],
    ['with those of another site', { 'Access-Control-Allow-Origin': 'https://other.example' }],
  ])('or a collector on another host %s is no confirmation', async (_what, headers) => {
    const site = await openScripted({ isCross: true });
    site.answer(() => ({ status: 200, headers, body: {} }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the wait in the store', async () => (await turnOf(page))?.failures);
    expect(await storedIds(page)).toHaveLength(3);
    expect(await codesTold(page)).toEqual(['not_confirmed']);
    site.answer(() => ({}));
    await drained(page);
    expect(told(site).ids('a')).toHaveLength(3);
    expect(await unhandled(page)).toEqual([]);
  });
});

describe('what lets no request out', () => {
  test('a content security policy is told with its directive and the origin that it lacks, and nothing is lost', async () => {
    const site = await openScripted({ isCross: true, headers: { 'Content-Security-Policy': "connect-src 'self'" } });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    const problem = await until('the problem', async () => (await toldTo(page)).find(({ type }) => type === 'problem'));
    expect(problem.code).toBe('collector_blocked');
    expect(problem.message).toContain('connect-src');
    expect(problem.message).toContain(site.collector);
    await until('the wait in the store', async () => (await turnOf(page))?.failures);
    expect((await turnOf(page))!.blockedUntil - Date.now()).toBeGreaterThan(4 * 60_000);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3 });
    expect(site.requests).toEqual([]);
    expect((await codesTold(page))).toEqual(['collector_blocked']);
  });

  test('a policy that only reports is none', async () => {
    const site = await openScripted({ isCross: true, headers: { 'Content-Security-Policy-Report-Only': "connect-src 'self'" } });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    site.answer(() => ({ status: 503 }));
    await trackMany(page, 'a', 1, 3);
    await flush(page);
    expect(await codesTold(page)).toEqual(['not_confirmed']);
  });

  const WORKER = (reply: string) => `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => { if (event.request.method === 'POST') event.respondWith(${reply}); });`;
  const worker = (reply: string) => ({ '/worker.js': { type: 'text/javascript', body: WORKER(reply) } });
  const register = `navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => navigator.serviceWorker.controller || new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))).then(() => true)`;

  test.each<[where: string, isCross: boolean, reply: string, code: string]>([
    ['on the same host', false, "new Response('{}', { status: 200 })", 'wrong_endpoint'],
    ['on another host', true, "new Response('{}', { status: 200 })", 'wrong_endpoint'],
    // Chromium shows the page no answer at all.
    ['on another host, opaquely', true, "fetch(event.request.url, { method: 'POST', body: '', mode: 'no-cors' })", 'not_confirmed'],
  ])('a service worker that answers for a collector %s confirms nothing', async (_where, isCross, reply, code) => {
    const site = await openScripted({ isCross, files: worker(reply) });
    const page = await site.visit(browser);
    await page.evaluate(register);
    await trackMany(page, 'a', 3);
    await until('the wait in the store', async () => (await turnOf(page))?.failures);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3 });
    expect(await codesTold(page)).toEqual([code]);
    await page.evaluate(`navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((each) => each.unregister())))`);
    await page.reload();
    await drained(page);
    expect(Object.keys(site.counts('a'))).toHaveLength(3);
  });

  test.each([false, true])('a service worker that passes requests on is no trouble (another host: %s)', async (isCross) => {
    const site = await openScripted({ isCross, files: worker('fetch(event.request)') });
    const page = await site.visit(browser);
    await page.evaluate(register);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ kept: 0, delivered: 3 });
    expect(site.counts('a')).toEqual(once(3));
  });
});

describe('a collector that hangs', () => {
  test('is given up after ten seconds, and nothing is lost', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="60000"' });
    site.answer(() => ({ do: 'hang' }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    const start = Date.now();
    const result = await flush(page);
    expect(Date.now() - start).toBeGreaterThan(5000);
    expect(Date.now() - start).toBeLessThan(35_000);
    expect(result).toMatchObject({ delivered: 0, kept: 3, refused: 0 });
    expect(await codesTold(page)).toEqual(['not_confirmed']);
    site.answer(() => ({}));
    await drained(page);
    expect(told(site).ids('a')).toHaveLength(3);
    expect(await unhandled(page)).toEqual([]);
  });
});
