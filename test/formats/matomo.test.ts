import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
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
      cid: visitor.id.replaceAll('-', '').slice(-16),
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

  test.each(['begin_checkout', 'view_cart', 'add_payment_info', 'cart_abandon'])('of %s that names no items is no update of the cart: it would empty it', (name) => {
    for (const properties of [{}, { items: [] }, { items: ['A1'] }, { value: 25 }]) {
      expect(queries(format.encode([openVisit().track(name, properties)], BATCH)).filter(({ idgoal }) => idgoal)).toEqual([]);
    }
  });

  test('of what is put into the cart is an event alone where it does not tell of the whole cart', () => {
    expect(encode('add_to_cart')).toMatchObject([{ ca: '1', e_c: 'journey', e_a: 'add_to_cart', e_n: 'decision', e_v: '25' }]);
    expect(encode('add_to_cart')[0]).not.toHaveProperty('idgoal');
  });

  test('of what is put into the cart and taken out tells of the whole cart', () => {
    const row = openVisit().track('remove_from_cart', { items: [MUG], value: 25 });
    const cart = (value: number, items: object[]) => queries(format.encode([{ ...row, event: row.event.replace('{', `{"whole_cart":${JSON.stringify({ value, items })},`) }], BATCH))[1];
    expect(cart(30, [{ item_id: 'B', price: 10, quantity: 3 }])).toMatchObject({ idgoal: '0', revenue: '30', ec_items: '[["B","","",10,3]]' });
    expect(cart(0, [])).toMatchObject({ idgoal: '0', revenue: '0', ec_items: '[]' });
  });

  test.each<[what: string, items: object[], lines: unknown[]]>([
    ['two variants', [{ item_id: 'A', item_variant: 'S', price: 20, quantity: 1 }, { item_id: 'A', item_variant: 'M', price: 20, quantity: 2 }], [['A', '', '', 20, 3]]],
    ['two prices', [{ item_id: 'A', price: 10, quantity: 1 }, { item_id: 'A', price: 20, quantity: 3 }], [['A', '', '', 17.5, 4]]],
    ['a gift', [{ item_id: 'A', price: 9.9, quantity: 2 }, { item_id: 'A', price: 0, quantity: 1 }], [['A', '', '', 6.6, 3]]],
    ['the same name and no number', [{ item_name: 'Mug', price: 5 }, { item_name: 'Mug', price: 5 }], [['Mug', 'Mug', '', 5, 2]]],
    ['numbers and texts', [{ item_id: 7, price: '5', quantity: '2' }, { item_id: '7', price: 6, quantity: 2 }], [['7', '', '', 5.5, 4]]],
    ['other products between', [{ item_id: 'A', price: 1 }, { item_id: 'B', price: 2 }, { item_id: 'A', price: 1 }], [['A', '', '', 1, 2], ['B', '', '', 2, 1]]],
    ['names that objects have', [{ item_id: '__proto__', price: 1 }, { item_id: 'constructor', price: 1 }], [['__proto__', '', '', 1, 1], ['constructor', '', '', 1, 1]]],
    ['none of anything', [{ item_id: 'A', price: 1, quantity: 0 }], [['A', '', '', 0, 0]]],
    ['half a kilogram: its quantities are whole', [{ item_id: 'A', price: 10, quantity: 0.5 }], [['A', '', '', 5, 1]]],
    ['three and a half metres', [{ item_id: 'A', price: 4, quantity: 1.5 }, { item_id: 'A', price: 4, quantity: 2 }], [['A', '', '', 3.5, 4]]],
  ])('of an order names each SKU once: %s', (_what, items, lines) => {
    const [query] = queries(format.encode([openVisit().track('purchase', { transaction_id: 'T', items })], BATCH));
    const told = JSON.parse(query!.ec_items!) as [string, string, string, number, number][];
    expect(told).toEqual(lines);
    expect(told.reduce((sum, [, , , price, quantity]) => sum + price * quantity, 0)).toBeCloseTo(Number(query!.revenue), 6);
  });

  test.each<[what: string, properties: object]>([['no number', { value: 20 }], ['an empty one', { transaction_id: '', value: 20 }]])('of an order with %s is an order still, and no cart that was left', (_what, properties) => {
    const visit = openVisit();
    const rows = [visit.track('purchase', { ...properties }), visit.track('purchase', { ...properties })];
    const [one, other] = queries(format.encode(rows, BATCH));
    expect([one!.ec_id, other!.ec_id]).toEqual(rows.map(({ id }) => id));
  });

  test('of a page that took hours to load, in a laptop that slept, leaves out what its table does not take', () => {
    const hours = 5 * 3_600_000;
    vi.stubGlobal('performance', { getEntriesByType: () => [{ fetchStart: 1, connectEnd: 21, requestStart: 22, responseStart: 122, responseEnd: 130, domInteractive: 300, domComplete: hours, loadEventStart: hours, loadEventEnd: hours + 5 }] });
    const fields: { timing?: object } = {};
    format.enrich!({ name: 'web_vitals' } as never, {} as never, fields as never, {} as never);
    vi.unstubAllGlobals();
    expect(fields.timing).toEqual({ pf_net: 20, pf_srv: 100, pf_tfr: 8, pf_dm1: 170, pf_onl: 5 });
  });

  test('of the vitals tells how long the page took to load, and each of the screen', () => {
    vi.stubGlobal('screen', { width: 390, height: 844 });
    vi.stubGlobal('performance', { getEntriesByType: () => [{ fetchStart: 1, connectEnd: 21.4, requestStart: 22, responseStart: 122, responseEnd: 130.6, domInteractive: 300, domComplete: 0, loadEventStart: 0, loadEventEnd: 0 }] });
    const fields: Record<string, unknown> = {};
    format.enrich!({ name: 'web_vitals' } as never, {} as never, fields, {} as never);
    vi.unstubAllGlobals();
    vi.stubGlobal('screen', { width: 390, height: 844 });
    const row = openVisit().track('web_vitals', { lcp: 1200 });
    const [query] = queries(format.encode([{ ...row, event: row.event.replace('{', `{${JSON.stringify(fields).slice(1, -1)},`) }], BATCH));
    vi.unstubAllGlobals();
    expect(query).toMatchObject({ ping: '1', res: '390x844', pf_net: '20', pf_srv: '100', pf_tfr: '9', pf_dm1: '169' });
    // Those that are not over yet are not told.
    expect(Object.keys(query!).filter((key) => /^pf_(dm2|onl)$/.test(key))).toEqual([]);
    expect(query!.pv_id).toMatch(/^\w{6}$/);
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
    expect(Object.keys(query!).filter((key) => /^(_id|cid|uid|dimension)/.test(key))).toEqual([]);
  });

  test('says strange letters as they are', () => {
    const [query] = queries(format.encode([openVisit().track('search', { search_term: 'Käfer & 🪁 = "x"?\ud800' })], BATCH));
    expect(query!.search).toBe('Käfer & 🪁 = "x"?\ufffd');
  });
});
