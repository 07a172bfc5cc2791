import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyLanding } from '../../src/capture/classify-landing.js';
import type { Row } from '../../src/delivery/row.js';
import type { Context, TrackedEvent } from '../../src/event/event.js';
import { stampEvent } from '../../src/event/stamp.js';
import { waymarkFormat, type BatchInfo } from '../../src/formats/index.js';
import { createProfile } from '../../src/identity/profile.js';
import { sessions } from '../../src/identity/session.js';
import { createTab } from '../../src/identity/tab.js';
import { dropOuts, schemeModel, stages } from '../../src/journey/index.js';
import type { Enrich, Tools } from '../../src/plugin.js';
import { cleanTitle, cleanUrl } from '../../src/privacy/redact.js';
import { randomId, timeId } from '../../src/util/id.js';

/** Returns what is read of an answer with this body. */
const readBody = (body: string) => waymarkFormat.read({ status: 200, isOwn: true, body }, []);

const NOON = Date.UTC(2026, 5, 1, 12);
const BATCH: BatchInfo = { id: '0197dcd0-8c00-7000-8000-0123456789ab', attempt: 1, time: NOON + 5000, durable: true, dropped: { queue_full: 0 }, unsure: [] };

interface Batch {
  schema: string;
  batch_id: string;
  sent_at: string;
  attempt: number;
  durable: boolean;
  dropped: Record<string, number>;
  contexts: Context[];
  events: (TrackedEvent & { context: number })[];
}

/** What the schema has against a batch; empty where it is valid. */
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(new URL('../../src/formats/batch.schema.json', import.meta.url), 'utf8')) as object);
const complaints = (batch: Batch) => (validate(batch) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));

/** A visitor of a shop with sessions and stages, whose events become rows the way the tracker makes them. */
function openVisit(userId?: string) {
  const enrich: Enrich[] = [];
  const tools: Partial<Tools> = { enrich, merges: [], screen: { scrubs: [] } as unknown as Tools['screen'], tracker: { on: () => () => {} } as unknown as Tools['tracker'], reject() {} };
  sessions()(tools as Tools);
  stages({ models: ['journey', 'mckinsey', schemeModel('awareness/consideration/purchase/post-purchase')] })(tools as Tools);
  dropOuts()(tools as Tools);
  const profile = { ...createProfile(NOON), ...(userId ? { userId } : {}) };
  const tab = createTab('waymark-test', () => true);
  let now = NOON;
  let page = openPage('https://shop.example/?utm_source=instagram', 'The shop');

  function openPage(url: string, title = '', referrer = ''): Context['page'] {
    return { id: randomId(), url: cleanUrl(url), title: cleanTitle(title) || undefined, referrer: cleanUrl(referrer) || undefined };
  }
  return {
    wait: (hours: number) => (now += hours * 3_600_000),
    go(url: string, title?: string, referrer?: string) {
      page = openPage(url, title, referrer);
    },
    track(name: string, properties: Record<string, unknown> = {}, stage?: string): Row {
      now += 1000;
      const copied = JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
      return stampEvent({ id: timeId(now), name, time: now, properties: copied, seen: { page }, stage }, profile, tab, enrich, (event) => event)!.row;
    },
  };
}

/** Returns what the format reads in a body. */
const read = (body: string) => waymarkFormat.read({ status: 200, isOwn: true, body }, []);
const encode = (rows: Row[], info: Partial<BatchInfo> = {}) => JSON.parse(waymarkFormat.encode(rows, { ...BATCH, ...info })) as Batch;

describe('a batch', () => {
  test('of a friend’s shared link, two visits and an order is what the schema says', () => {
    const { track, go, wait } = openVisit();
    const share = { token: 'a1b2c3d4e5f6', depth: 3 };
    const rows = [track('social_landing', { channel: 'shared_link', network: 'whatsapp', paid: false, by: 'token', share }), track('add_to_cart', { value: 20 })];
    wait(40);
    go('https://shop.example/cart');
    rows.push(track('page_view'), track('purchase', { transaction_id: 'T1' }));
    const batch = encode(rows);
    expect(complaints(batch)).toEqual([]);
    expect(batch.events[2]).toMatchObject({ previous: { stage: 'decision', page: 'https://shop.example/?utm_source=instagram', seconds: 144_001 } });
    expect(batch.events[3]!.journey).toMatchObject({ stages: { mckinsey: 'moment_of_purchase' }, path: [{ channel: 'shared_link', share }] });
    expect(batch.events.map(({ previous }) => !!previous)).toEqual([false, false, true, false]);
  });

  test('of an arrival that the shop tracks by hand, with what it likes, is what the schema says', () => {
    const { track } = openVisit();
    const rows = [track('social_landing', { channel: 'influencer', network: 7, paid: 'yes', by: 'coupon_code', campaign: { name: 5 }, share: 'mail' }), track('purchase', { transaction_id: 'T1' })];
    expect(complaints(encode(rows))).toEqual([]);
  });

  test('of a whole visit is what the schema says', () => {
    const { track, go } = openVisit('customer 7');
    const items = [{ item_id: 'kite', item_name: 'Käfer 🪁', price: 20, quantity: 2 }];
    const rows = [
      track('social_landing', { ...classifyLanding({ url: 'https://shop.example/?utm_source=instagram&utm_medium=social&utm_campaign=spring' }) }),
      track('page_view'),
      track('view_item', { items, currency: 'EUR', value: 20 }),
      track('add_to_cart', { items, currency: 'EUR', value: 40 }),
      track('size_guide_open', { nested: { deep: [1, null, 'x'] } }, 'decision'),
    ];
    go('https://shop.example/thanks', 'Thank you', 'https://shop.example/checkout?token=secret');
    rows.push(track('page_view'), track('purchase', { transaction_id: 'T1', value: 40, currency: 'EUR', items }), track('review_submit', { rating: 5 }));
    const batch = encode(rows, { dropped: { queue_full: 3 } });
    expect(complaints(batch)).toEqual([]);
    expect(batch.events.map(({ name, seq, journey }) => `${seq} ${name} ${journey?.stage}`)).toEqual([
      '1 social_landing awareness',
      '2 page_view awareness',
      '3 view_item consideration',
      '4 add_to_cart decision',
      '5 size_guide_open decision',
      '6 page_view decision',
      '7 purchase purchase',
      '8 review_submit advocacy',
    ]);
  });

  test.each<[what: string, rows: () => Row[]]>([
    ['a direct visit with nothing known', () => [openVisit().track('landing', { ...classifyLanding({ url: 'https://shop.example/' }) })]],
    ['a visit by a search engine', () => [openVisit().track('landing', { ...classifyLanding({ url: 'https://shop.example/', referrer: 'https://www.google.com/' }) })]],
    ['an event that nobody knows', () => [openVisit().track('x')]],
    ['an event whose name is as long as can be', () => [openVisit().track('x'.repeat(40))]],
    ['a page on an address that cannot be told', () => {
      const visit = openVisit();
      visit.go('about:srcdoc');
      return [visit.track('page_view')];
    }],
    ['a page with the longest address and title', () => {
      const visit = openVisit();
      visit.go(`https://shop.example/${'a'.repeat(5000)}`, 't'.repeat(2000), `https://blog.example/${'b'.repeat(5000)}`);
      return [visit.track('page_view')];
    }],
    ['a campaign of strange and long tags', () => {
      const url = `https://shop.example/?utm_source=${'x'.repeat(1000)}&utm_medium=%F0%9F%AA%81&utm_campaign=a%00b&utm_id=7&utm_=e&utm_source_platform=p&utm___proto__=q`;
      return [openVisit().track('landing', { ...classifyLanding({ url }) })];
    }],
    ['five hundred events', () => {
      const visit = openVisit();
      return Array.from({ length: 500 }, () => visit.track('search', { search_term: 'kite' }));
    }],
  ])('of %s is what the schema says', (_what, rows) => {
    expect(complaints(encode(rows()))).toEqual([]);
  });

  /** Returns the events of rows as they were tracked, and as a collector has them. */
  const told = (rows: Row[]) => rows.map(({ context, event }) => ({ ...(JSON.parse(context) as Context), ...(JSON.parse(event) as TrackedEvent) }));
  const merged = ({ contexts, events }: Batch) => events.map(({ context, ...event }) => ({ ...contexts[context], ...event }));

  test('says once where a visitor stands, for all events of a page that say the same', () => {
    const { track, go } = openVisit();
    const rows = ['page_view', 'view_item', 'search', 'ping', 'ping', 'add_to_cart', 'ping'].map((name) => track(name));
    go('https://shop.example/two');
    rows.push(track('page_view'));
    const batch = encode(rows);
    expect(complaints(batch)).toEqual([]);
    expect(batch.contexts.map(({ journey }: Context & { journey?: object }) => journey)).toEqual([expect.objectContaining({ stage: 'consideration', move: 'stay', stages: expect.anything() }), undefined]);
    expect(batch.events.map(({ journey }) => journey?.move)).toEqual(['enter', 'forward', undefined, undefined, undefined, 'forward', 'stay', 'stay']);
    expect(merged(batch)).toEqual(told(rows));
  });

  test.each<[what: string, change: (event: TrackedEvent, index: number) => unknown, isShared?: boolean]>([
    ['that is none of them', (event, index) => (index === 3 ? { ...event, journey: undefined } : event)],
    ['that is no object', (event) => ({ ...event, journey: [event.journey] }), true],
    ['with braces in a text', (event) => ({ ...event, journey: { ...event.journey, stage: 'a}b' } }), true],
    ['with braces and quotes in a text', (event) => ({ ...event, journey: { stage: 'a"}b{' } }), true],
    ['with much in it', (event) => ({ ...event, journey: { ...event.journey, path: [{ network: 'a}' }, { network: 'b' }] } }), true],
    ['that is empty', (event) => ({ ...event, journey: {} }), true],
    ['which a property repeats', (event) => ({ ...event, properties: { journey: event.journey } }), true],
  ])('loses and invents nothing where a shop has made a step of its own: %s', (_what, change, isShared = false) => {
    const { track } = openVisit();
    const rows = Array.from({ length: 6 }, () => track('ping')).map((row, index) => ({ ...row, event: JSON.stringify(change(JSON.parse(row.event) as TrackedEvent, index)) }));
    const batch = encode(rows);
    expect('journey' in batch.contexts[0]!).toBe(isShared);
    expect(merged(batch)).toEqual(told(rows));
  });

  test('says of itself which it is, which attempt this is, and when', () => {
    const batch = encode([openVisit().track('page_view')], { attempt: 3, durable: false, dropped: { queue_full: 2 } });
    expect(batch).toMatchObject({ schema: 'waymark/1', batch_id: BATCH.id, sent_at: '2026-06-01T12:00:05.000Z', attempt: 3, durable: false, dropped: { queue_full: 2 } });
  });

  test('has what events share once, and each event finds its own', () => {
    const { track, go } = openVisit();
    const rows = [track('page_view'), track('search'), track('view_item')];
    go('https://shop.example/kites/red');
    rows.push(track('page_view'), track('view_item'));
    const { contexts, events } = encode(rows);
    expect(contexts).toHaveLength(2);
    expect(events.map(({ context }) => context)).toEqual([0, 0, 0, 1, 1]);
    for (const { context } of events) expect(contexts[context]!.page!.url).toBe(context ? 'https://shop.example/kites/red' : 'https://shop.example/?utm_source=instagram');
  });

  test('finds a context again after another one', () => {
    const row = (id: string, context: string): Row => ({ id, context: `{"tab":"${context}"}`, event: `{"id":"${id}"}` });
    const { contexts, events } = encode([row('1', 'a'), row('2', 'b'), row('3', 'a')]);
    expect([contexts.length, ...events.map(({ context }) => context)]).toEqual([2, 0, 1, 0]);
  });

  test('has each event as it was stored, to the letter, whatever the attempt', () => {
    const row = openVisit().track('search', { search_term: '"quoted" \u2028 \ud800 </script>' });
    for (const attempt of [1, 2]) {
      expect(waymarkFormat.encode([row], { ...BATCH, attempt })).toContain(row.event.slice(1));
      const { context, ...event } = encode([row], { attempt }).events[0]!;
      expect(event).toEqual(JSON.parse(row.event));
      expect(context).toBe(0);
    }
  });

  test('can be posted without a preflight', () => {
    expect(waymarkFormat.type).toBe('text/plain;charset=UTF-8');
  });
});

describe('an answer', () => {
  test('tells which events were refused, and why', () => {
    expect(readBody('{"accepted":1,"duplicates":0,"refused":[{"id":"a","reason":"too old"},{"id":"b","reason":"no name"}]}')).toEqual({ refused: { a: 'too old', b: 'no name' }, retry: [], arrived: [] });
  });

  test('tells which events the collector could not take now', () => {
    expect(readBody('{"accepted":1,"retry":["a","b"]}')).toEqual({ refused: {}, retry: ['a', 'b'], arrived: [] });
  });

  test('that refuses without a reason refuses all the same', () => {
    // An empty reason would read as none, and count as accepted.
    const { refused: reasons } = readBody('{"refused":[{"id":"a"},{"id":"b","reason":null}]}');
    expect([reasons.a, reasons.b]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
  });

  test.each([
    '', ' ', 'null', 'true', '7', '"refused"', '[]', '{}', '{"refused":null}', '{"refused":[]}', '{"refused":{}}', '{"refused":"all"}', '{"refused":7}',
    '{"accepted":5}', '<!doctype html><title>Fine</title>', '{"refused":[', '\u0000', '{"refused":[null]}', '{"retry":null}', '{"retry":7}', '{"retry":{}}', `${'['.repeat(100_000)}`,
  ])('that names no event refuses none: %#', (body) => {
    expect(readBody(body)).toEqual({ refused: {}, retry: [], arrived: [] });
  });

  test('cannot change what objects are', () => {
    const { refused: reasons } = readBody('{"refused":[{"id":"__proto__","reason":{"polluted":true}},{"id":"constructor","reason":"x"}]}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(reasons)).toBe(Object.prototype);
  });

  test('never throws, whatever it is', () => {
    const entry = fc.oneof(fc.jsonValue(), fc.record({ id: fc.jsonValue(), reason: fc.jsonValue() }));
    const body = fc.oneof(fc.string(), fc.json(), fc.oneof(entry, fc.array(entry)).map((refused) => JSON.stringify({ refused })));
    fc.assert(fc.property(body, (text) => typeof readBody(text) === 'object'));
  });
});
