import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { matomo } from '../../src/formats/index.js';
import { BATCH, MUG, named, openVisit, wholeVisit, withContext } from './sample.js';

/** Matomo's own tracker for Node, from npm. The one for browsers is not there: each Matomo serves its own. */
interface MatomoTracker {
  trackBulk(requests: Record<string, unknown>[], done: () => void): void;
}
const Tracker = createRequire(import.meta.url)('matomo-tracker') as new (siteId: number, url: string) => MatomoTracker;

const format = matomo({ siteId: 1, dimensions: { journey_stage: 1, journey_move: 2, journey_loop: 3, touch_channel: 4, journey_path: 5 } });
const queries = (body: string) => (JSON.parse(body) as { requests: string[] }).requests.map((request) => Object.fromEntries(new URLSearchParams(request)));
const encode = (name: string, rows = wholeVisit()) => queries(format.encode([named(rows, name)], BATCH));
const second = (seconds: number) => `${Date.UTC(2026, 5, 1, 12, 0, seconds) / 1000}`;

/** Returns what Matomo's tracker sends for these requests. */
async function theirs(requests: Record<string, unknown>[]): Promise<{ path: string; body: string }> {
  let arrived = { path: '', body: '' };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      arrived = { path: request.url!, body };
      response.end('{"status":"success","tracked":1,"invalid":0}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const tracker = new Tracker(1, `http://127.0.0.1:${(server.address() as AddressInfo).port}/matomo.php`);
    await new Promise<void>((resolve) => tracker.trackBulk(requests, resolve));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return arrived;
}

describe('a bulk request', () => {
  test('is the one that Matomo’s own tracker for Node makes: address, envelope, and each field as it is read again', async () => {
    const rows = wholeVisit();
    const body = format.encode([named(rows, 'page_view'), named(rows, 'purchase')], BATCH);
    const [view, order] = queries(body);
    const { path, body: their } = await theirs([{ ...view }, { ...order }]);
    expect(path.endsWith(format.path!)).toBe(true);
    expect(queries(their)).toEqual([view, order]);
    const shape = (text: string) => Object.entries(JSON.parse(text) as object).map(([key, value]) => [key, (value as string[]).every((request) => request.startsWith('?'))]);
    expect(shape(body)).toEqual(shape(their));
  });
});

// By the names of the Tracking HTTP API, https://developer.matomo.org/api-reference/tracking-api
describe('a request', () => {
  test('of a page view is one: address, title, referrer, visitor, time, page view', () => {
    const row = named(wholeVisit(), 'page_view');
    const { visitor, page } = JSON.parse(row.context) as { visitor: { id: string }; page: { id: string } };
    const [query, ...more] = encode('page_view');
    expect(more).toEqual([]);
    expect(query).toEqual({
      idsite: '1', rec: '1', cdt: second(2), action_name: 'Mugs', urlref: 'https://www.instagram.com/',
      url: 'https://shop.example/mugs?utm_source=instagram&utm_medium=social&utm_campaign=spring',
      _id: visitor.id.replaceAll('-', '').slice(-16),
      pv_id: page.id.slice(-6),
      dimension1: 'awareness', dimension2: 'stay', dimension3: '1', dimension4: 'organic_social',
    });
    expect(query!._id).toMatch(/^[\da-f]{16}$/);
    expect(query!.pv_id).toMatch(/^\w{6}$/);
  });

  test('of an order has its id, money and items', () => {
    const [query, ...more] = encode('purchase');
    expect(more).toEqual([]);
    expect(query).toMatchObject({ idgoal: '0', ec_id: 'T-1', revenue: '25', ec_st: '25', ec_tx: '4', ec_sh: '3', uid: 'customer-7', cdt: second(10), dimension1: 'purchase', dimension5: 'organic_social:instagram' });
    expect(JSON.parse(query!.ec_items!)).toEqual([['A1', 'Mug', 'Kitchen', 12.5, 2]]);
    expect(query!.e_c).toBeUndefined();
  });

  test.each([['begin_checkout', 'decision'], ['add_payment_info', 'decision'], ['cart_abandon', 'advocacy']])('of %s is an event and an update of the cart', (name, stage) => {
    const [doing, cart, ...more] = encode(name);
    expect(more).toEqual([]);
    expect(doing).toMatchObject({ ca: '1', e_c: 'journey', e_a: name, e_n: stage, e_v: '25' });
    expect(cart).toMatchObject({ idgoal: '0', revenue: '25', ec_items: '[["A1","Mug","Kitchen",12.5,2]]' });
    expect(cart!.ec_id).toBeUndefined();
  });

  test('of what is put into the cart is an event alone: it does not tell of the whole cart', () => {
    expect(encode('add_to_cart')).toMatchObject([{ ca: '1', e_c: 'journey', e_a: 'add_to_cart', e_n: 'decision', e_v: '25' }]);
    expect(encode('add_to_cart')[0]).not.toHaveProperty('idgoal');
  });

  test('of a product names it', () => {
    expect(encode('view_item')).toMatchObject([{ e_a: 'view_item', _pks: 'A1', _pkn: 'Mug', _pkc: 'Kitchen', _pkp: '12.5' }]);
  });

  test('of a search, and of a link to a profile, is Matomo’s own', () => {
    expect(encode('search')).toMatchObject([{ search: 'mug' }]);
    expect(encode('follow')).toMatchObject([{ link: 'https://www.instagram.com/shop' }]);
  });

  test.each(['social_landing', 'engagement', 'web_vitals', 'identify'])('of %s is a ping: nothing that the visitor does', (name) => {
    expect(encode(name)).toMatchObject([{ ping: '1' }]);
    expect(encode(name)[0]).not.toHaveProperty('e_c');
  });

  test('of a price with many decimals, of no visitor, and without dimensions', () => {
    const visit = openVisit();
    const row = visit.track('purchase', { transaction_id: 7, items: [{ ...MUG, price: 0.1, quantity: 3 }] });
    const [query] = queries(matomo({ siteId: '12' }).encode([withContext(row, { visitor: undefined })], BATCH));
    expect(query).toMatchObject({ idsite: '12', ec_id: '7', revenue: '0.3', ec_st: '0.3' });
    expect(Object.keys(query!).filter((key) => /^(_id|uid|dimension)/.test(key))).toEqual([]);
  });

  test('says strange letters as they are', () => {
    const [query] = queries(format.encode([openVisit().track('search', { search_term: 'Käfer & 🪁 = "x"?\ud800' })], BATCH));
    expect(query!.search).toBe('Käfer & 🪁 = "x"?\ufffd');
  });
});
