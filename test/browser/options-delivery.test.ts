import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { drained, flush, openScripted, storedIds, toldTo, trackMany, unhandled } from '../helpers/scripted.js';
import { until } from '../helpers/shop.js';
import { listenTo } from '../helpers/site.js';

const profile = newProfile();
let browser: RealBrowser;
beforeAll(async () => {
  browser = await openBrowser(profile);
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
});

const once = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [n, 1]));

/** The npm package, with options as they are written in code. */
const npm = (options: string) => `<script type="importmap">{ "imports": { "idb-keyval": "/idb-keyval.js", "web-vitals": "/web-vitals.js" } }</script>
<script type="module">
import { createTracker, compression } from '/dist/core.js';
import { waymarkFormat } from '/dist/formats/index.js';
const { q = [] } = window.waymark;
const tracker = createTracker({ collector: '/events', batchWaitMs: 50, ...(${options}) });
window.waymark = tracker;
for (const [method, ...args] of q) tracker[method](...args);
Object.assign(window, { createTracker });
</script>`;

/** Makes long waits a tenth as long: the test of a collector that hangs (answers.test.ts) waits for a real one. */
const HURRY = '<script>{ const { setTimeout } = window; window.setTimeout = (work, ms, ...args) => setTimeout(work, ms >= 1000 ? ms / 10 : ms, ...args); }</script>';

describe('headers', () => {
  test('arrive with every request', async () => {
    const site = await openScripted({ tag: npm(`{ headers: { 'X-Shop': 'seven', Authorization: 'Bearer x' } }`) });
    const page = await site.visit(browser);
    await until('the tracker', () => page.evaluate(`'track' in waymark`));
    await trackMany(page, 'a', 2);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    expect(site.requests[0]!.headers).toMatchObject({ 'x-shop': 'seven', authorization: 'Bearer x', 'content-type': 'text/plain;charset=UTF-8' });
    await trackMany(page, 'b', 1);
    await page.goto('about:blank');
    await until('the last event', () => site.counts('b')[0]);
    expect(site.requests.every(({ headers }) => headers['x-shop'] === 'seven')).toBe(true);
  });

  test('arrive from the attributes of a script tag', async () => {
    const site = await openScripted({ attributes: 'data-headers="X-Shop=seven, X-Key=a1"' });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 1);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    expect(site.requests.at(-1)!.headers).toMatchObject({ 'x-shop': 'seven', 'x-key': 'a1' });
  });

  test('make the browser ask another host first; without them it does not', async () => {
    for (const [attributes, asked] of [['data-headers="X-Shop=seven"', true], ['', false]] as const) {
      const site = await openScripted({ attributes, isCross: true });
      const page = await site.visit(browser);
      await trackMany(page, 'a', 1);
      expect(await flush(page)).toMatchObject({ kept: 0 });
      expect(site.preflights.length > 0).toBe(asked);
    }
  });

  test('that are none are told in the console, by a script tag, and the page lives on', async () => {
    const site = await openScripted({ tag: '<script src="/waymark.min.js" data-collector="/events" data-headers="X/Shop=seven"></script>' });
    const page = await browser.newTab();
    onTestFinished(() => page.close());
    const heard = listenTo(page);
    await page.goto(site.url);
    await until('the error', () => heard.find((line) => /^error: TypeError: waymark: option "headers" takes /.test(line)));
    expect(heard.filter((line) => /^uncaught/.test(line))).toEqual([]);
  });
});

describe('cookies', () => {
  test.each<[credentials: string, hasSame: boolean, hasCross: boolean]>([
    ['', false, false],
    ['data-credentials="omit"', false, false],
    ['data-credentials="same-origin"', true, false],
    ['data-credentials="include"', true, true],
  ])('are sent as asked for: %s (same origin: %s, another one: %s)', async (attributes, hasSame, hasCross) => {
    for (const [isCross, expected] of [[false, hasSame], [true, hasCross]] as const) {
      const site = await openScripted({ attributes, isCross });
      site.answer(({ headers }) => (isCross ? { headers: { 'Access-Control-Allow-Origin': headers.origin!, 'Access-Control-Allow-Credentials': 'true' } } : {}));
      const page = await browser.newTab();
      onTestFinished(() => page.close().catch(() => {}));
      // One host, two ports: two origins, one site, and its cookie goes to both.
      await browser.context.addCookies([{ name: 'shop', value: 'seven', url: site.url }]);
      await page.goto(site.url, { referer: site.url });
      await page.waitForFunction(`'track' in waymark`);
      await trackMany(page, 'a', 1);
      expect(await flush(page)).toMatchObject({ kept: 0 });
      expect(/shop=seven/.test(site.requests.at(-1)!.headers.cookie ?? '')).toBe(expected);
    }
  });

});

describe('gzip', () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  (addFormats as unknown as (to: Ajv2020) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(new URL('../../src/formats/batch.schema.json', import.meta.url), 'utf8')) as object);
  const isPacked = (raw: Buffer) => raw[0] === 0x1f && raw[1] === 0x8b;

  test('makes large bodies begin with 1f 8b, and unpacked they are valid batches', async () => {
    const site = await openScripted({ attributes: 'data-gzip data-batch-wait-ms="300"' });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 40);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    const large = site.requests.filter(({ events }) => events.length > 5);
    expect(large.length).toBeGreaterThan(0);
    for (const { raw, headers, isJson, method: _method, path: _path, at: _at, headers: _headers, raw: _raw, isJson: _isJson, ...batch } of large) {
      expect(isPacked(raw)).toBe(true);
      expect(isJson).toBe(true);
      expect(headers['content-type']).toBe('text/plain;charset=UTF-8');
      expect(headers['content-encoding']).toBeUndefined();
      expect(validate(batch), JSON.stringify(validate.errors)).toBe(true);
      expect(raw.length).toBeLessThan(JSON.stringify(batch).length / 2);
    }
    expect(site.counts('a')).toEqual(once(40));
  });

  test('leaves small bodies, those of pages that are left, and those of other shops as they are', async () => {
    const site = await openScripted({ attributes: 'data-gzip data-batch-wait-ms="60000"' });
    const page = await site.visit(browser);
    await trackMany(page, 'small', 1);
    await flush(page);
    await trackMany(page, 'last', 40);
    await page.goto('about:blank');
    await until('the last events', () => Object.keys(site.counts('last')).length === 40);
    expect(site.requests.filter(({ raw }) => isPacked(raw))).toEqual([]);
    const plain = await openScripted();
    const other = await plain.visit(browser);
    await trackMany(other, 'a', 40);
    await drained(other);
    expect(plain.requests.filter(({ raw }) => isPacked(raw))).toEqual([]);
  });

  test('comes as a plugin of waymark/core', async () => {
    const site = await openScripted({ tag: npm('{ plugins: [compression()], batchWaitMs: 300 }') });
    const page = await site.visit(browser);
    await page.waitForFunction(`'track' in waymark`);
    await trackMany(page, 'a', 40);
    await drained(page);
    expect(site.requests.some(({ raw }) => isPacked(raw))).toBe(true);
    expect(site.counts('a')).toEqual(once(40));
  });

  test.each<[what: string, patch: string]>([
    ['does not have it', '<script>delete window.CompressionStream</script>'],
    ['throws', '<script>window.CompressionStream = function () { throw new Error("no") }</script>'],
    ['makes something else of it', '<script>window.CompressionStream = class extends TransformStream { constructor() { super({ transform: (_, stream) => stream.enqueue(new Uint8Array([1, 2, 3])) }) } }</script>'],
  ])('is left out where the browser %s', async (_what, patch) => {
    const site = await openScripted({ attributes: 'data-gzip data-batch-wait-ms="300"', patch });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 40);
    await drained(page);
    expect(site.requests.filter(({ raw }) => isPacked(raw))).toEqual([]);
    expect(site.counts('a')).toEqual(once(40));
    expect(await unhandled(page)).toEqual([]);
  });
});

test('wrong options throw a TypeError that names them, and what they take', async () => {
  const site = await openScripted({ tag: npm('{}') });
  const page = await site.visit(browser);
  await page.waitForFunction('window.createTracker');
  const cases: [option: string, values: string[], takes: string][] = [
    ['headers', [`{ 'X Shop': 'seven' }`, `{ 'X-Shop': 'sev\\nen' }`, `'X-Shop: seven'`, '5', `[['X-Shop', 'seven']]`], 'HTTP headers'],
    ['credentials', [`'always'`, 'true'], 'omit or include or same-origin'],
    ...['maxStoredEvents', 'maxStoredBytes', 'maxStoredDays'].map((option): [string, string[], string] => [option, ['0', '-1', 'NaN', `'many'`], 'a number above 0']),
  ];
  for (const [option, values, takes] of cases) {
    for (const value of values) {
      const thrown = await page.evaluate(`(() => { try { createTracker({ collector: '/events', key: 'other', ${option}: ${value} }); } catch (error) { return String(error); } })()`);
      expect(thrown, `${option}: ${value}`).toContain(`TypeError: waymark: option "${option}" takes ${takes}`);
    }
  }
});

describe('flush', () => {
  test('counts what was delivered, is kept and was refused', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="60000"' });
    site.answer(({ events }) => ({
      status: 200,
      body: { refused: events.filter(({ name }) => name === 'bad').map(({ id }) => ({ id, reason: 'bad' })), retry: events.filter(({ name }) => name === 'later').map(({ id }) => id) },
    }));
    const page = await site.visit(browser);
    await trackMany(page, 'good', 4);
    await trackMany(page, 'bad', 2);
    await trackMany(page, 'later', 3);
    expect(await flush(page)).toMatchObject({ delivered: 4, kept: 3, refused: 2 });
    site.answer(() => ({}));
    expect(await flush(page)).toEqual({ delivered: 3, kept: 0, refused: 0 });
    expect(await flush(page)).toEqual({ delivered: 0, kept: 0, refused: 0 });
    const ids = (await toldTo(page)).flatMap(({ type, ids: some }) => (type === 'delivered' ? some! : []));
    expect(new Set(ids).size).toBe(7);
    expect(ids).toHaveLength(7);
  });

  test('counts events of other tabs and earlier pages as well', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="60000"' });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3, refused: 0 });
    const other = await site.visit(browser);
    await trackMany(other, 'b', 2);
    site.answer(() => ({}));
    expect(await flush(other)).toEqual({ delivered: 5, kept: 0, refused: 0 });
    expect(await flush(page)).toEqual({ delivered: 0, kept: 0, refused: 0 });
  });

  test('called many times at once is answered each time, and sends nothing twice', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="60000"' });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 5);
    const results = (await page.evaluate('Promise.all(Array.from({ length: 20 }, () => waymark.flush()))')) as { kept: number }[];
    expect(results.map(({ kept }) => kept)).toEqual(Array(20).fill(0));
    expect(site.counts('a')).toEqual(once(5));
  });

  test('of a tracker that was stopped is answered, also when it was stopped in the middle', async () => {
    const site = await openScripted({ attributes: 'data-batch-wait-ms="60000"' });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 5);
    const [during, after] = (await page.evaluate('Promise.all([waymark.flush(), (waymark.stop(), waymark.flush())])')) as object[];
    expect(during).toMatchObject({ refused: 0 });
    expect(after).toEqual({ delivered: 0, kept: 0, refused: 0 });
  });

  test('is answered where neither the store nor the collector does', async () => {
    const site = await openScripted({ patch: HURRY + '<script>IDBFactory.prototype.open = () => new EventTarget()</script>', attributes: 'data-batch-wait-ms="60000"' });
    site.answer(() => ({ do: 'hang' }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    const start = Date.now();
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 2, refused: 0 });
    // A tenth of half a minute, and of a store's time-outs before and after; the rest is for a busy machine.
    expect(Date.now() - start).toBeLessThan(20_000);
    expect(await unhandled(page)).toEqual([]);
  });
});

test('what listens throws, and delivery goes on', async () => {
  const site = await openScripted();
  const page = await site.visit(browser);
  await page.evaluate(`for (const type of ['delivered', 'dropped', 'problem', 'event']) waymark.on(type, () => { throw new Error(type) })`);
  await trackMany(page, 'a', 3);
  expect(await flush(page)).toMatchObject({ kept: 0 });
  await trackMany(page, 'b', 3);
  expect(await flush(page)).toMatchObject({ delivered: 3, kept: 0 });
  expect(await storedIds(page)).toEqual([]);
  expect((await toldTo(page)).map(({ code }) => code)).toContain('listener_failed');
  expect(await unhandled(page)).toEqual([]);
});

test('a page of plain http on another host than this machine, where there are no locks, sends each event once from two tabs', async () => {
  // `locks` is missing where the page is not secure; loopback is, so it is taken away.
  const site = await openScripted({ patch: `<script>Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })</script>` });
  const [one, two] = await Promise.all([site.visit(browser), site.visit(browser)]);
  await Promise.all([trackMany(one, 'a', 30), trackMany(two, 'b', 30)]);
  await until('all of them', () => Object.keys(site.counts('a')).length === 30 && Object.keys(site.counts('b')).length === 30);
  await drained(one);
  expect(site.counts('a')).toEqual(once(30));
  expect(site.counts('b')).toEqual(once(30));
});

test('an address that nobody listens at holds everything', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const site = await openScripted({ tag: `<script src="/waymark.min.js" data-collector="http://127.0.0.1:${port}/events" data-page-views="false" data-engagement="false" data-web-vitals="false"></script>` });
  const page = await site.visit(browser);
  await page.waitForFunction(`'track' in waymark`);
  await trackMany(page, 'a', 3);
  expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3, refused: 0 });
  expect((await toldTo(page)).filter(({ type }) => type === 'problem')).toMatchObject([{ code: 'not_confirmed' }]);
});
