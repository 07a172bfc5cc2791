import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { inPage, loaded, openPage, until } from '../helpers/shop.js';

type Waymark = {
  (method: string, ...args: unknown[]): unknown;
  track(name: string, properties?: object): void;
  flush(): Promise<{ delivered: number; kept: number; refused: number }>;
  on(type: string, listener: (detail: unknown) => void): void;
};
interface Batch {
  schema: string;
  batch_id: string;
  attempt: number;
  durable: boolean;
  sent_at: string;
  dropped: Record<string, number>;
  events: { id: string; name: string; seq: number; time: string }[];
}

const profile = newProfile();
let browser: RealBrowser;
let site: Awaited<ReturnType<typeof openPage>>;

/** What the endpoint answers; 204 unless a test wants something else. */
let status = 204;
let answer: { type: string; body: string; headers?: Record<string, string> } | undefined;
const methods: string[] = [];
const types: string[] = [];

beforeAll(async () => {
  browser = await openBrowser(profile);
  site = await openPage((request, response) => {
    methods.push(request.method!);
    types.push(request.headers['content-type']!);
    response.writeHead(status, { ...(answer && { 'Content-Type': answer.type }), ...answer?.headers });
    response.end(answer?.body);
  });
});
afterEach(async () => {
  status = 204;
  answer = undefined;
  // What a test has left in the store belongs to no other test.
  const page = await browser.newTab();
  await page.goto(site.url);
  await loaded(page);
  await inPage(page, (waymark: Waymark) => waymark.flush());
  await page.close();
  site.bodies.length = methods.length = types.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  removeProfile(profile);
});

const batches = () => site.bodies.map((body) => JSON.parse(body) as Batch);
const eventsNamed = (name: string) => batches().flatMap(({ events }) => events.filter((event) => event.name === name));

async function openTab() {
  const page = await browser.newTab();
  await page.goto(site.url);
  await loaded(page);
  return page;
}

test('sends a batch by one POST without a preflight, and keeps nothing of what was confirmed', async () => {
  const page = await openTab();
  await inPage(page, (waymark: Waymark) => waymark.track('one', { price: 1 }));
  await until('the batch', () => eventsNamed('one').length === 1);
  expect(methods).not.toContain('OPTIONS');
  expect(new Set(types)).toEqual(new Set(['text/plain;charset=UTF-8']));
  expect(batches()[0]).toMatchObject({ schema: 'waymark/1', attempt: 1, durable: true, dropped: { queue_full: 0 } });
  const result = await inPage(page, (waymark: Waymark) => waymark.flush());
  expect(result.kept).toBe(0);
  await page.close();
});

test('loses nothing when the browser is killed 0.3 s after an event and the collector is down', async () => {
  status = 503;
  const page = await openTab();
  await inPage(page, (waymark: Waymark) => {
    waymark.track('before_the_crash', { number: 1 });
    waymark.track('before_the_crash', { number: 2 });
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await browser.kill();
  const attempted = eventsNamed('before_the_crash').map(({ id }) => id);
  site.bodies.length = 0;

  status = 204;
  browser = await openBrowser(profile);
  const revisit = await openTab();
  await until('what the killed browser had stored', () => eventsNamed('before_the_crash').length >= 2);
  const ids = eventsNamed('before_the_crash').map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
  // An id is frozen: what had reached the collector before is told by it.
  for (const id of attempted) expect(ids).toContain(id);
  await until('the view of the page that was killed, and of this one', () => new Set(eventsNamed('page_view').map(({ id }) => id)).size >= 2);
  await revisit.close();
});

test('keeps events while the collector is down and sends them when it is up, under the same ids', async () => {
  const page = await openTab();
  await inPage(page, (waymark: Waymark) => waymark.flush());
  status = 500;
  const problems = inPage(page, (waymark: Waymark) => new Promise((resolve) => waymark.on('problem', resolve)));
  await inPage(page, (waymark: Waymark) => waymark.track('patient'));
  await until('two attempts', () => eventsNamed('patient').length >= 2);
  expect(await problems).toMatchObject({ code: 'not_confirmed' });
  status = 204;
  await until('the confirmed attempt', async () => (await inPage(page, (waymark: Waymark) => waymark.flush())).kept === 0);
  expect(new Set(eventsNamed('patient').map(({ id }) => id)).size).toBe(1);
  const tries = batches().filter(({ events }) => events.some(({ name }) => name === 'patient'));
  expect(tries[1]).toMatchObject({ attempt: 2, batch_id: tries[0]!.batch_id });
  await page.close();
});

test.each([
  ['a page of HTML, as a shop answers for every address', 200, { type: 'text/html', body: '<!doctype html>' }, 'wrong_endpoint'],
  ['404', 404, { type: 'application/json', body: '{}' }, 'wrong_endpoint'],
  ['400, which refuses the batch as a whole', 400, { type: 'application/json', body: '{}' }, 'not_confirmed'],
  ['403', 403, undefined, 'wrong_endpoint'],
  ['a redirect', 302, { type: 'text/plain', body: '', headers: { Location: '/' } }, 'wrong_endpoint'],
])('holds the events when the collector answers %s, and says so', async (_, wrong, content, code) => {
  const page = await openTab();
  await inPage(page, (waymark: Waymark) => waymark.flush());
  status = wrong;
  answer = content;
  const problem = await inPage(page, (waymark: Waymark) => {
    const told = new Promise((resolve) => waymark.on('problem', resolve));
    waymark.track('held');
    return told;
  });
  expect(problem).toMatchObject({ code });
  expect((await inPage(page, (waymark: Waymark) => waymark.flush())).kept).toBeGreaterThan(0);
  status = 204;
  answer = undefined;
  expect(await inPage(page, (waymark: Waymark) => waymark.flush())).toMatchObject({ kept: 0, refused: 0 });
  await page.close();
});

test('keeps the events when the collector hangs up without an answer, and sends them once it answers', async () => {
  let isUp = false;
  const flaky = await openPage((_, response) => (isUp ? response.writeHead(204).end() : response.socket!.destroy()));
  const page = await browser.newTab();
  await page.goto(flaky.url);
  await loaded(page);
  expect((await inPage(page, (waymark: Waymark) => waymark.flush())).kept).toBeGreaterThan(0);
  isUp = true;
  expect(await inPage(page, (waymark: Waymark) => waymark.flush())).toMatchObject({ kept: 0 });
  await page.close();
  await flaky.close();
});

test('gives up only the event that the collector refuses, and says which and why', async () => {
  const page = await openTab();
  await inPage(page, (waymark: Waymark) => waymark.flush());
  const picky = await openPage((_, response, body) => {
    const refused = (JSON.parse(body) as Batch).events.filter(({ name }) => name === 'poison').map(({ id }) => ({ id, reason: 'not in our schema' }));
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ refused }));
  });
  await page.goto(picky.url);
  await loaded(page);
  const { told, result } = await inPage(page, async (waymark: Waymark) => {
    const told = new Promise((resolve) => waymark.on('problem', resolve));
    for (const name of ['good', 'poison', 'better']) waymark.track(name);
    const result = await waymark.flush();
    return { told: await told, result };
  });
  const poison = picky.bodies.flatMap((body) => (JSON.parse(body) as Batch).events).find(({ name }) => name === 'poison')!;
  expect(told).toEqual({ code: 'event_refused', message: `${poison.id}: not in our schema` });
  expect(result).toMatchObject({ kept: 0, refused: 1 });
  expect(result.delivered).toBeGreaterThanOrEqual(2);
  await page.close();
  await picky.close();
});

test('sends what is left when the page is left, in a request that outlives it', async () => {
  const slow = await openPage((_, response) => response.writeHead(204).end(), 'data-batch-wait-ms="60000"');
  const page = await browser.newTab();
  await page.goto(slow.url);
  await loaded(page);
  await page.evaluate(`document.querySelector('#next').addEventListener('click', () => waymark.track('last_click'))`);
  await page.click('#next');
  await page.waitForURL('**/next');
  await until('the last click', () => slow.names().includes('last_click'));
  await page.close();
  await slow.close();
});

test('sends what is left when another tab comes to the front', async () => {
  const slow = await openPage((_, response) => response.writeHead(204).end(), 'data-batch-wait-ms="60000"');
  const page = await browser.newTab();
  await page.goto(slow.url);
  await loaded(page);
  await inPage(page, (waymark: Waymark) => waymark.track('before_switching'));
  const other = await browser.newTab();
  await other.bringToFront();
  await until('the event', () => slow.names().includes('before_switching'));
  await other.close();
  await page.close();
  await slow.close();
});

test('a purchase does not wait for a batch', async () => {
  const slow = await openPage((_, response) => response.writeHead(204).end(), 'data-batch-wait-ms="60000" data-currency="EUR"');
  const page = await browser.newTab();
  await page.goto(slow.url);
  await loaded(page);
  await inPage(page, (waymark: Waymark) => waymark('purchase', { transaction_id: 'T1', value: 10 }));
  await until('the purchase', () => slow.names().includes('purchase'));
  await page.close();
  await slow.close();
});

test('20 tabs that track at once lose nothing and repeat no id', async () => {
  const pages = await Promise.all(Array.from({ length: 20 }, openTab));
  await Promise.all(pages.map((page) => inPage(page, (waymark: Waymark) => {
    for (let number = 0; number < 5; number++) waymark.track('crowd', { number });
  })));
  await until('100 events', () => new Set(eventsNamed('crowd').map(({ id }) => id)).size === 100);
  await Promise.all(pages.map((page) => page.close()));
});

test('goes on in memory where IndexedDB is refused, and says so', async () => {
  const framed = await openPage((_, response) => response.writeHead(204, { 'Access-Control-Allow-Origin': '*' }).end());
  const page = await browser.newTab();
  await page.goto(framed.url);
  // A sandboxed frame without allow-same-origin: every storage throws, as in Shopify's pixels.
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<iframe sandbox="allow-scripts" src="/"></iframe>')`);
  const batch = await until('a batch of the frame', () => framed.bodies.map((body) => JSON.parse(body) as Batch).find(({ durable }) => !durable));
  expect(batch.events.map(({ name }) => name)).toContain('page_view');
  await page.close();
  await framed.close();
});

test('leaves no rejected promise to the page where IndexedDB throws', async () => {
  const page = await browser.newTab();
  const errors: Error[] = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { get: () => { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await page.goto(site.url);
  await loaded(page);
  await inPage(page, (waymark: Waymark) => waymark.flush());
  // Longer than a transaction may take: what is late must not come after all.
  await page.waitForTimeout(2500);
  expect(errors).toEqual([]);
  await page.close();
});
