import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { umami } from '../../src/formats/index.js';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { until } from '../helpers/shop.js';
import { BATCH, named, wholeVisit } from './sample.js';

/** A request as it arrived. */
interface Arrived {
  path: string;
  type: string;
  body: string;
}
type Json = Record<string, unknown>;
/** What the vendor's library and Waymark send of the same page, read as JSON, in order. */
interface Both {
  url: string;
  theirs: { path: string; type: string; json: Json }[];
  ours: { path: string; type: string; json: Json }[];
}

const QUERY = '?utm_source=instagram&utm_medium=social&utm_campaign=spring';
const UUID_7 = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/) as unknown;
const UUID = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as unknown;
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;
const TEXT = expect.stringMatching(/./) as unknown;

const arrived: Arrived[] = [];
let code: string;
let origin: string;
let browser: RealBrowser;
const profile = newProfile();
const server = createServer((request, response) => {
  void (async () => {
    let body = '';
    for await (const part of request) body += String(part);
    if (request.method === 'POST') {
      arrived.push({ path: request.url!, type: `${request.headers['content-type']}`, body });
      return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    }
    if (request.url === '/page.js') return response.setHeader('Content-Type', 'text/javascript').end(code);
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><meta charset="utf-8"><title>Mugs</title><link rel="icon" href="data:,"><script src="/page.js"></script>');
  })();
});

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, lib: { entry: 'test/formats/vendor-page.js', formats: ['iife'], name: 'page' } },
  });
  code = ([built].flat()[0] as Rollup.RollupOutput).output[0].code;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser(profile);
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Opens the vendor's page, where its library and Waymark are told the same, and returns what both have sent. */
async function visit(vendor: string, requests: number, events: number): Promise<Both> {
  arrived.length = 0;
  const page = await browser.newTab();
  onTestFinished(() => page.close());
  const url = `${origin}/${vendor}${QUERY}`;
  await page.goto(url, { referer: 'https://www.instagram.com/' });
  await page.evaluate(`run.${vendor}()`);
  const from = (side: string) => arrived.filter(({ path }) => path.startsWith(side)).map(({ path, type, body }) => ({ path: path.slice(side.length), type, json: JSON.parse(body) as Json }));
  const count = ({ json }: { json: Json }) => ((json.batch ?? json.data ?? json) as unknown[]).length ?? 1;
  await until(`the requests of ${vendor}`, () => from('/theirs').reduce((sum, request) => sum + count(request), 0) >= requests && from('/ours').reduce((sum, request) => sum + count(request), 0) >= events);
  return { url, theirs: from('/theirs'), ours: from('/ours') };
}

/** Returns the fields that are named, of one that has them all and perhaps more. */
const pick = (from: Json, ...names: string[]): Json => Object.fromEntries(names.map((name) => [name, from[name]]));

test('PostHog: a page view, a known person and an order are what posthog-js sends', async () => {
  const { url, theirs, ours } = await visit('posthog', 3, 3);
  // Their library puts the person's id among the properties, where the documented batch has it beside them.
  const events = (requests: Both['ours']) => requests.flatMap(({ json }) => json.batch as (Json & { properties: Json })[]).map((event): typeof event => ({ distinct_id: event.properties.distinct_id, ...event }));
  const find = (requests: Both['ours'], name: string) => events(requests).find(({ event }) => event === name)!;
  expect(ours[0]).toMatchObject({ path: '/batch/', type: 'text/plain;charset=UTF-8', json: { api_key: 'phc_test', sent_at: ISO } });
  expect(theirs[0]!.json).toMatchObject({ api_key: 'phc_test', sent_at: ISO });
  const page = ['$current_url', '$host', '$pathname', '$referrer', '$referring_domain', 'title', 'utm_source', 'utm_medium', 'utm_campaign', '$process_person_profile'];
  for (const name of ['$pageview', '$identify', 'purchase']) {
    const [their, our] = [find(theirs, name), find(ours, name)];
    for (const { uuid, timestamp, distinct_id, properties } of [their, our]) {
      expect({ uuid, timestamp, distinct_id, properties }).toMatchObject({
        // An order's id is the one that a server can derive.
        uuid: name === 'purchase' ? UUID : UUID_7, timestamp: ISO, distinct_id: name === '$pageview' ? TEXT : 'customer-7', properties: { $session_id: UUID_7, $window_id: TEXT, $device_id: TEXT, $pageview_id: TEXT, $lib: TEXT, $lib_version: TEXT },
      });
    }
    // Where they say it; the title is only on their page views.
    const told = page.filter((field) => field in their.properties);
    expect(told.length).toBeGreaterThanOrEqual(9);
    expect(pick(our.properties, ...told)).toEqual(pick(their.properties, ...told));
    expect(our.properties.$current_url).toBe(url);
    // An anonymous person is known by the device.
    if (name === '$pageview') for (const { distinct_id, properties } of [their, our]) expect(distinct_id).toBe(properties.$device_id);
    if (name === '$identify') expect([our.$set, typeof our.properties.$anon_distinct_id]).toEqual([their.$set, typeof their.properties.$anon_distinct_id]);
  }
  const order = ['transaction_id', 'revenue', 'currency', '$user_id'];
  expect(pick(find(ours, 'purchase').properties, ...order)).toEqual(pick(find(theirs, 'purchase').properties, ...order));
});

test('Segment: a page, a known person, a cart and an order are what analytics-next sends', async () => {
  const { url, theirs, ours } = await visit('segment', 4, 5);
  expect(ours[0]).toMatchObject({ path: '/v1/batch', type: 'text/plain;charset=UTF-8', json: { writeKey: 'key', sentAt: ISO } });
  const messages = ours.flatMap(({ json }) => json.batch as (Json & { context: Json; properties: Json })[]);
  expect(theirs).toHaveLength(4);
  for (const { type, json } of theirs as unknown as { type: string; json: Json & { context: Json; properties: Json } }[]) {
    expect(type).toMatch(/^text\/plain/);
    const our = messages.find((message) => message.type === json.type && message.event === json.event)!;
    for (const message of [json, our]) expect(message).toMatchObject({ messageId: TEXT, anonymousId: TEXT, timestamp: ISO, context: { library: { name: TEXT, version: TEXT } } });
    // They write null where there is no user.
    expect([our.userId ?? null, our.traits]).toEqual([json.userId ?? null, json.traits]);
    expect(pick(our.context, 'page', 'campaign')).toEqual(pick(json.context, 'page', 'campaign'));
    expect((our.context.page as Json).url).toBe(url);
    if (json.type !== 'identify') expect(our.properties).toMatchObject(json.properties);
  }
  // All of them are recognised by the ids.
  expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length);
  expect(messages[0]!.messageId).toEqual(UUID_7);
});

test('RudderStack: a page, a known person and an order are what its SDK sends', async () => {
  const { theirs, ours } = await visit('rudderstack', 3, 5);
  type Message = Json & { context: Json & { page: Json }; properties: Json };
  const messages = (requests: Both['ours']) => requests.flatMap(({ json }) => json.batch as Message[]);
  for (const { path, type, json } of [...theirs, ...ours]) {
    expect([path, type.split(';')[0]]).toEqual(['/beacon/v1/batch?writeKey=key', 'text/plain']);
    expect(json).toEqual({ batch: expect.any(Array) as unknown, sentAt: ISO });
  }
  expect(messages(theirs).map(({ type }) => type)).toEqual(['page', 'identify', 'track']);
  for (const their of messages(theirs)) {
    const our = messages(ours).find(({ type, event }) => type === their.type && event === their.event)!;
    for (const message of [their, our]) expect(message).toMatchObject({ messageId: TEXT, anonymousId: TEXT, channel: 'web', originalTimestamp: ISO, sentAt: ISO, context: { sessionId: expect.any(Number) as unknown, library: { name: TEXT, version: TEXT } } });
    expect(Number.isInteger(our.context.sessionId)).toBe(true);
    // They write an empty text where there is no user.
    expect(our.userId ?? '').toBe(their.userId);
    expect(our.context.campaign).toEqual(their.context.campaign);
    const { url, path, search, title, referrer } = their.context.page;
    expect(our.context.page).toEqual({ url, path, search, title, referrer });
    if (their.type === 'page') expect(our.properties).toMatchObject({ url, path, search, title, referrer });
    if (their.type === 'identify') expect([our.context.traits, our.traits]).toEqual([their.context.traits, their.traits]);
    if (their.type === 'track') expect(our.properties).toMatchObject(their.properties);
  }
});

test('Plausible: a page view, an order and what is no doing are what its tracker sends', async () => {
  const { url, theirs, ours } = await visit('plausible', 3, 7);
  // Its tracker uses the short names of the documented fields.
  const short = ({ name, url: u, domain, referrer, props, revenue, interactive }: Json): Json => ({ n: name, u, d: domain, r: referrer, p: props, $: revenue, i: interactive });
  for (const { type } of [...theirs, ...ours]) expect(type).toMatch(/^text\/plain/);
  for (const { path } of [...theirs, ...ours]) expect(path).toBe('/api/event');
  const find = (name: string) => [theirs.map(({ json }) => json).find(({ n }) => n === name)!, ours.map(({ json }) => short(json)).find(({ n }) => n === name)!] as const;
  const [theirView, ourView] = find('pageview');
  expect(pick(ourView, 'n', 'u', 'd', 'r', 'i')).toEqual(pick(theirView, 'n', 'u', 'd', 'r', 'i'));
  expect(ourView.u).toBe(url);
  const [theirOrder, ourOrder] = find('purchase');
  expect(pick(ourOrder, 'n', 'u', 'd', 'r', '$', 'i')).toEqual(pick(theirOrder, 'n', 'u', 'd', 'r', '$', 'i'));
  expect(ourOrder.p).toMatchObject(theirOrder.p as Json);
  const landing = ours.map(({ json }) => short(json)).find(({ n }) => n === 'social_landing')!;
  expect(landing.i).toBe(theirs.map(({ json }) => json).find(({ n }) => n === 'landing')!.i);
});

test('Snowplow: a page view, a product, a cart, an order and a refund are what its browser tracker sends', async () => {
  const { theirs, ours } = await visit('snowplow', 5, 6);
  type Self = { schema: string; data: Json };
  const events = (requests: Both['ours']) => requests.flatMap(({ json }) => json.data as Record<string, string>[]);
  const action = ({ e, ue_pr }: Record<string, string>) => (e === 'ue' ? (JSON.parse(ue_pr!) as { data: Self }).data.data.type : e);
  const contexts = ({ co }: Record<string, string>) => (JSON.parse(co!) as { data: Self[] }).data;
  expect(ours[0]!.path).toBe(theirs[0]!.path);
  expect(ours[0]!.json.schema).toBe(theirs[0]!.json.schema);
  expect([ours[0]!.type, theirs[0]!.type].map((type) => type.split(';')[0])).toEqual(['application/json', 'application/json']);
  for (const name of ['pv', 'product_view', 'add_to_cart', 'transaction', 'refund']) {
    const [their, our] = [events(theirs), events(ours)].map((all) => all.find((fields) => action(fields) === name)!) as [Record<string, string>, Record<string, string>];
    const shared = ['e', 'p', 'aid', 'url', 'refr', 'vid', ...(name === 'pv' ? ['page'] : ['ue_pr', 'uid'])];
    expect(pick(our, ...shared), name).toEqual(pick(their, ...shared));
    for (const fields of [their, our]) {
      for (const id of ['eid', 'duid', 'sid']) expect(fields[id]).toEqual(UUID);
      for (const time of ['dtm', 'stm']) expect(fields[time]).toMatch(/^\d{13}$/);
    }
    // The cart's total after this is not told with what is put into it.
    const entities = (fields: Record<string, string>) => contexts(fields).filter(({ schema }) => /ecommerce\/(?!cart)/.test(schema)).map(({ schema, data }) => JSON.stringify([schema, Object.entries(data).sort()])).sort();
    expect(entities(our), name).toEqual(entities(their));
    expect(contexts(our).filter(({ schema }) => schema.includes('/web_page/'))).toHaveLength(1);
  }
});

describe('Umami: what its own script has sent', () => {
  const { requests } = JSON.parse(readFileSync(new URL('captured/umami.json', import.meta.url), 'utf8')) as { requests: { body: { type: string; payload: Json } }[] };
  const [view, order, identify] = requests.map(({ body }) => body) as [{ type: string; payload: Json }, { type: string; payload: Json }, { type: string; payload: Json }];
  const rows = wholeVisit();
  const ours = JSON.parse(umami({ website: '01234567-89ab-4cde-8f01-23456789abcd' }).encode([named(rows, 'page_view'), named(rows, 'purchase'), named(rows, 'identify')], BATCH)) as typeof requests[0]['body'][];

  test('of a page view is what Waymark sends', () => {
    // The screen and the language are those of the browser: here there is none.
    const { screen, language, ...payload } = view.payload;
    expect([screen, language]).toEqual([TEXT, TEXT]);
    expect(ours[0]).toMatchObject({ type: view.type, payload });
    expect(ours[0]!.payload.name).toBeUndefined();
  });

  test('of an order is what Waymark sends: name, order, revenue, currency', () => {
    expect(ours[1]!.type).toBe(order.type);
    expect(pick(ours[1]!.payload, 'website', 'hostname', 'name')).toEqual(pick(order.payload, 'website', 'hostname', 'name'));
    expect(ours[1]!.payload.data).toMatchObject(order.payload.data as Json);
  });

  test('of a known person is what Waymark sends', () => {
    expect(ours[2]).toMatchObject({ type: identify.type, payload: { website: identify.payload.website, data: identify.payload.data } });
  });

  test('has neither time nor id, which its interface takes: whole seconds, which are the next for all but page views, and whose visit it is', () => {
    const { visitor } = JSON.parse(rows[0]!.context) as { visitor: { id: string } };
    expect(ours.map(({ payload }) => [payload.timestamp, payload.id])).toEqual([2, 11, 9].map((second) => [Date.UTC(2026, 5, 1, 12, 0, second) / 1000, visitor.id]));
  });
});
