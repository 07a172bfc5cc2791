import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { formatByName, formatNames, formatsByName } from '../../src/formats/by-name.js';
import { VERSION } from '../../src/formats/events.js';
import {
  cloudevents, custom, matomo, ndjson, otlp, plausible, posthog, segment, snowplow, umami, waymarkFormat, type Answer, type BatchInfo, type Format, type Row,
} from '../../src/formats/index.js';
import { readFileSync } from 'node:fs';
import { BATCH, MUG, named, openVisit, ORDER, wholeVisit, withContext } from './sample.js';

const SITE = '01234567-89ab-4cde-8f01-23456789abcd';
const ALL: Record<string, Format> = {
  ndjson: ndjson(),
  cloudevents: cloudevents(),
  otlp: otlp(),
  segment: segment({ writeKey: 'key' }),
  rudderstack: segment({ writeKey: 'key', vendor: 'rudderstack' }),
  snowplow: snowplow(),
  'snowplow with own schemas': snowplow({ ownSchemas: true }),
  posthog: posthog({ apiKey: 'phc_key' }),
  matomo: matomo({ siteId: 1, dimensions: { journey_stage: 1 } }),
  umami: umami({ website: SITE }),
  plausible: plausible({ domain: 'shop.example' }),
  custom: custom({ encode: (events) => JSON.stringify(events) }),
  waymark: waymarkFormat,
};
const each = Object.entries(ALL);

/** Returns what a format makes of the rows, in as many requests as it needs. */
const bodies = (format: Format, rows: Row[]) => (format.maxEvents === 1 ? rows.map((row) => format.encode([row], BATCH)) : [format.encode(rows, BATCH)]);
/** Reads a body as JSON, or as lines of it. */
const parse = (body: string): unknown => (body.endsWith('\n') ? body.trim().split('\n').map((line) => JSON.parse(line) as unknown) : JSON.parse(body));
const answer = (body: unknown, more: Partial<Answer> = {}): Answer => ({ status: 200, isOwn: true, body: typeof body === 'string' ? body : JSON.stringify(body), ...more });
const NONE = { refused: {}, retry: [], arrived: [] };

describe.each(each)('%s', (_name, format) => {
  test('writes a whole visit as JSON that can be read again', () => {
    for (const body of bodies(format, wholeVisit())) expect(typeof parse(body)).toBe('object');
  });

  test('writes the same body from the same events, whatever the attempt', () => {
    const rows = wholeVisit();
    const again = (info: Partial<BatchInfo>) => format.encode(rows.slice(0, 1), { ...BATCH, ...info });
    const strip = (body: string) => body.replace('"attempt":2', '"attempt":1');
    expect(strip(again({ attempt: 2 }))).toBe(again({}));
  });

  test('needs no visitor, no session, no page and no journey', () => {
    const bare = wholeVisit().map((row) => withContext(row, { visitor: undefined, session: undefined, page: undefined, touchpoint: undefined }));
    const rows = bare.map((row) => ({ ...row, event: row.event.replace(/"journey":\{.*?\}(,"previous".*?\})?,"seq"/, '"seq"') }));
    for (const body of bodies(format, rows)) {
      parse(body);
      expect(body).not.toContain('"undefined"');
      expect(body).not.toContain('=undefined');
    }
  });

  test('never writes what is not there', () => {
    for (const body of bodies(format, wholeVisit())) expect(body).not.toMatch(/"(undefined|NaN|\[object Object\])"|=(undefined|NaN|%5Bobject)/);
  });

  test('takes whatever a shop puts into an event', () => {
    const hostile = fc.oneof(fc.jsonValue(), fc.constantFrom('\ud800', '\u2028</script>', -0, 1e308, '__proto__', 'NaN', '12,50', '-1'));
    const item = fc.oneof(hostile, fc.dictionary(fc.constantFrom('item_id', 'item_name', 'item_category', 'price', 'quantity', 'index', 'toJSON'), hostile));
    const properties = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('items', 'value', 'currency', 'transaction_id', 'tax', 'traits', 'search_term', 'url', 'campaign', 'lcp', 'cls', 'scroll_percent', 'toJSON', '__proto__', 'constructor')),
      fc.oneof(hostile, fc.array(item)),
    );
    const name = fc.oneof(fc.constantFrom('purchase', 'refund', 'add_to_cart', 'begin_checkout', 'page_view', 'search', 'follow', 'web_vitals', 'engagement', 'identify', 'constructor', 'toString'), fc.stringMatching(/^[a-zA-Z]\w{0,39}$/));
    const visit = openVisit({ userId: 'x' });
    fc.assert(
      fc.property(name, properties, (called, given) => {
        for (const body of bodies(format, [visit.track(called, given)])) parse(body);
      }),
      { numRuns: 100 },
    );
  });

  test('takes an event of 30 kB and data within data 1,000 levels deep', () => {
    const { track } = openVisit();
    let deep: unknown = 'here';
    for (let level = 0; level < 1000; level++) deep = level % 2 ? [deep] : { deep };
    const rows = [track('purchase', { transaction_id: 'x'.repeat(1024), long: Array.from({ length: 30 }, () => 'y'.repeat(1000)), value: 1e12 }), track('deep', { deep })];
    for (const body of bodies(format, rows)) parse(body);
  });

  test('never throws over an answer, whatever it is', () => {
    const entry = fc.oneof(fc.jsonValue(), fc.record({ index: fc.jsonValue(), response: fc.jsonValue(), id: fc.jsonValue(), reason: fc.jsonValue() }));
    const key = fc.constantFrom('refused', 'retry', 'details', 'errors', 'partialSuccess', 'invalid', 'quota_limited', 'arrived');
    const body = fc.oneof(fc.string(), fc.json(), fc.dictionary(key, fc.oneof(entry, fc.array(entry), fc.record({ rejectedLogRecords: fc.jsonValue() }))).map((value) => JSON.stringify(value)));
    fc.assert(
      fc.property(body, fc.constantFrom(200, 202, 400, 500), (text, status) => {
        const { refused, retry, arrived } = format.read(answer(text, { status, header: () => text }), ['a', 'b']);
        format.judge?.(answer(text, { status }));
        return Object.values(refused).every((reason) => typeof reason === 'string') && Array.isArray(retry) && Array.isArray(arrived);
      }),
      { numRuns: 100 },
    );
  });

  test('takes silence for a yes', () => {
    expect(format.read(answer(''), ['a'])).toEqual(NONE);
    expect(format.judge?.(answer(''))).toBeUndefined();
  });
});

describe('on a page with an old Prototype.js', () => {
  afterEach(() => {
    for (const { prototype } of [Array, String]) delete (prototype as { toJSON?: unknown }).toJSON;
  });

  test.each(each)('%s writes what it writes elsewhere', (name, format) => {
    if (name === 'custom' || name === 'waymark') return;
    const rows = wholeVisit();
    const before = bodies(format, rows);
    // As Prototype 1.6 has it: each writes itself as a text.
    for (const { prototype } of [Array, String]) {
      (prototype as { toJSON?: unknown }).toJSON = function (this: object) {
        return 'wrong';
      };
    }
    expect(bodies(format, rows)).toEqual(before);
  });
});

describe('what formats say of themselves', () => {
  test.each<[name: string, path: string | undefined, type: string, beacon: boolean, idempotent: boolean]>([
    ['ndjson', undefined, 'text/plain;charset=UTF-8', true, true],
    ['cloudevents', undefined, 'application/cloudevents-batch+json', false, true],
    ['otlp', '/v1/logs', 'application/json', false, true],
    ['segment', '/v1/batch', 'text/plain;charset=UTF-8', true, true],
    ['rudderstack', '/beacon/v1/batch?writeKey=key', 'text/plain;charset=UTF-8', true, true],
    ['snowplow', '/com.snowplowanalytics.snowplow/tp2', 'application/json', false, true],
    ['posthog', '/batch/', 'text/plain;charset=UTF-8', true, true],
    ['matomo', '/matomo.php', 'text/plain;charset=UTF-8', true, false],
    ['umami', '/api/batch', 'text/plain;charset=UTF-8', true, false],
    ['plausible', '/api/event', 'text/plain;charset=UTF-8', true, false],
  ])('%s: where to, as what, whether a beacon carries it, whether ids are recognised', (name, path, type, beacon, idempotent) => {
    const format = ALL[name]!;
    expect([format.path, format.type, format.beacon ?? !format.headers, format.idempotent ?? true]).toEqual([path, type, beacon, idempotent]);
    // What makes a preflight cannot go by a beacon.
    if (!/^text\/plain/.test(type)) expect(format.beacon).toBe(false);
  });

  test('limits: a day for Matomo, ten minutes and one event for Plausible, 50 events for Umami', () => {
    expect(ALL.matomo!.maxAgeMs).toBeLessThan(24 * 3_600_000);
    expect([ALL.plausible!.maxAgeMs, ALL.plausible!.maxEvents]).toEqual([600_000, 1]);
    expect(ALL.umami!.maxEvents).toBe(50);
  });

  test('headers of the shop’s own make a preflight', () => {
    expect(otlp({ headers: { 'x-key': 'a' } }).headers).toEqual({ 'x-key': 'a' });
    expect(snowplow({ anonymous: true }).headers).toEqual({ 'SP-Anonymous': '*' });
  });

  test('the version is that of the package', () => {
    expect(VERSION).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
  });
});

describe('a wrong option is a TypeError that names it', () => {
  test.each<[what: string, make: () => unknown, message: RegExp]>([
    ['segment without a key', () => segment({} as never), /option "writeKey" of the format "segment" takes a text, got undefined/],
    ['segment without options', () => segment(undefined as never), /"writeKey"/],
    ['segment with a blank key', () => segment({ writeKey: ' ' }), /"writeKey"/],
    ['segment of an unknown vendor', () => segment({ writeKey: 'k', vendor: 'ruderstack' as never }), /"vendor" of the format "segment" takes segment, rudderstack or jitsu, got "ruderstack"/],
    ['posthog without a key', () => posthog({} as never), /"apiKey".*got undefined/],
    ['posthog with a number', () => posthog({ apiKey: 7 as never }), /"apiKey".*got 7/],
    ['a slip of the pen', () => posthog({ apiKey: 'k', apikey: 'k' } as never), /unknown option "apikey" of the format "posthog", which takes apiKey/],
    ['what every object has', () => ndjson({ constructor: 1 } as never), /unknown option "constructor"/],
    ['matomo without a site', () => matomo({} as never), /"siteId".*the number of the website/],
    ['matomo with a name', () => matomo({ siteId: 'shop' }), /"siteId".*got "shop"/],
    ['matomo with a dimension that is none', () => matomo({ siteId: 1, dimensions: { journey_stage: 0 } }), /"dimensions"/],
    ['umami without a website', () => umami({} as never), /"website".*a UUID/],
    ['umami with a domain', () => umami({ website: 'shop.example' }), /"website".*got "shop.example"/],
    ['umami with a formula', () => umami({ website: SITE, tag: '=A1' }), /"tag"/],
    ['plausible without a domain', () => plausible({} as never), /"domain"/],
    ['snowplow with a yes', () => snowplow({ ownSchemas: 'yes' as never }), /"ownSchemas".*true or false, got "yes"/],
    ['otlp with a list', () => otlp({ resource: { a: [] } as never }), /"resource"/],
    ['cloudevents with a blank', () => cloudevents({ source: 'my shop' }), /"source".*a URI/],
    ['ndjson with a text', () => ndjson({ line: 'id' as never }), /"line".*a function/],
    ['custom without a function', () => custom({} as never), /"encode".*a function, got undefined/],
    ['custom with a limit of 0', () => custom({ encode: () => '', maxEvents: 0 }), /"maxEvents".*above 0, got 0/],
    ['custom with a header that is an object', () => custom({ encode: () => '', headers: { a: {} } as never }), /"headers"/],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

describe('formats by name', () => {
  test('are made with their options', () => {
    expect(formatByName('posthog', { apiKey: 'k' }).path).toBe('/batch/');
    expect(formatByName('waymark')).toBe(waymarkFormat);
  });

  test.each(['posthgo', '', 'constructor', '__proto__', 'toString'])('an unknown one lists those there are: %j', (name) => {
    expect(() => formatByName(name)).toThrow(TypeError);
    expect(() => formatByName(name)).toThrow(`takes ${formatNames()}`);
    for (const known of Object.keys(formatsByName)) expect(formatNames()).toContain(known);
  });

  test('check options like the imports', () => {
    expect(() => formatByName('posthog')).toThrow(/"apiKey"/);
  });
});

describe('an answer', () => {
  test('of Umami names events by their place: those are refused, since it may have stored them', () => {
    const details = [
      { index: 0, response: { error: { message: 'Bad request', code: 'bad-request', status: 400 } } },
      { index: 2, response: { error: { message: 'Server error', code: 'server-error', status: 500 } } },
      { index: 3, response: { error: 'odd' } },
      { index: 9, response: {} },
    ];
    expect(ALL.umami!.read(answer({ size: 4, processed: 1, errors: 3, details }), ['a', 'b', 'c', 'd'])).toEqual({ refused: { a: 'Bad request', c: 'Server error: perhaps stored', d: '{"error":"odd"}' }, retry: [], arrived: [] });
    expect(ALL.umami!.read(answer({ size: 4, processed: 4, errors: 0, details: [] }), ['a'])).toEqual(NONE);
  });

  test.each<[what: string, answer: object, refused: number]>([
    ['as the specification has it', { partialSuccess: { rejectedLogRecords: '2', errorMessage: 'too old' } }, 2],
    ['in the other spelling', { partial_success: { rejected_log_records: '2', error_message: 'too old' } }, 2],
    ['in both', { partialSuccess: { rejected_log_records: '2', error_message: 'too old' } }, 2],
    ['in both, the other way', { partial_success: { rejectedLogRecords: 2, errorMessage: 'too old' } }, 2],
    ['as a number', { partialSuccess: { rejectedLogRecords: 2, errorMessage: 'too old' } }, 2],
    ['of all', { partial_success: { rejected_log_records: 3 } }, 3],
    ['of more than there were', { partial_success: { rejected_log_records: '30' } }, 3],
    ['of none, with a warning', { partial_success: { rejected_log_records: '0', error_message: 'slow down' } }, 0],
    ['of what is no number', { partial_success: { rejected_log_records: 'some' } }, 0],
    ['empty', { partialSuccess: {} }, 0],
    ['nothing', { partialSuccess: null, partial_success: null }, 0],
    ['not at all', {}, 0],
  ])('of OTLP with a partial success %s', (_what, body, refused) => {
    const told = ALL.otlp!.read(answer(body), ['a', 'b', 'c']);
    expect(Object.keys(told.refused)).toEqual(['a', 'b', 'c'].slice(0, refused));
    expect(told.retry).toEqual([]);
    for (const reason of Object.values(told.refused)) expect(reason).not.toMatch(/undefined|null/);
    if (JSON.stringify(body).includes('too old')) expect(told.refused.a).toContain('too old');
  });

  test('of OTLP counts what was refused, without saying which', () => {
    const partialSuccess = { rejectedLogRecords: '2', errorMessage: 'too old' };
    const reason = 'one of 2 among 3 events, the answer does not say which: too old';
    expect(ALL.otlp!.read(answer({ partialSuccess }), ['a', 'b', 'c'])).toEqual({ ...NONE, refused: { a: reason, b: reason } });
    expect(ALL.otlp!.read(answer({ partialSuccess }), ['a', 'b']).refused).toEqual({ a: 'too old', b: 'too old' });
    expect(ALL.otlp!.read(answer({ partialSuccess: { errorMessage: 'a warning' } }), ['a'])).toEqual(NONE);
    expect(ALL.otlp!.read(answer({ partialSuccess: {} }), ['a'])).toEqual(NONE);
  });

  test('of Matomo counts what was invalid, without saying which', () => {
    expect(Object.keys(ALL.matomo!.read(answer({ status: 'success', tracked: 2, invalid: 1 }), ['a', 'b', 'c']).refused)).toEqual(['a']);
    expect(ALL.matomo!.read(answer({ status: 'success', tracked: 3, invalid: 0 }), ['a', 'b', 'c'])).toEqual(NONE);
  });

  test('of PostHog says that nothing more is taken', () => {
    expect(ALL.posthog!.read(answer({ status: 1, quota_limited: ['events'] }), ['a', 'b']).refused).toEqual({ a: 'quota_limited', b: 'quota_limited' });
    expect(ALL.posthog!.read(answer({ status: 1, quota_limited: ['recordings'] }), ['a'])).toEqual(NONE);
  });

  test('of Plausible says in a header that the event was dropped', () => {
    const header = (name: string) => (name === 'x-plausible-dropped' ? '1' : null);
    expect(ALL.plausible!.read(answer('ok', { status: 202, header }), ['a']).refused).toEqual({ a: 'x-plausible-dropped' });
    expect(ALL.plausible!.read(answer('ok', { status: 202, header: () => null }), ['a'])).toEqual(NONE);
    expect(ALL.plausible!.read(answer('ok', { status: 202 }), ['a'])).toEqual(NONE);
  });

  test('of Jitsu names messages by their id', () => {
    expect(ALL.segment!.read(answer({ ok: false, errors: ['Message ID: b: event error'], receivedEvents: 2, okEvents: 1 }), ['a', 'b']).refused).toEqual({ b: 'Message ID: b: event error' });
    expect(ALL.segment!.read(answer({ success: true }), ['a'])).toEqual(NONE);
  });

  test.each<[status: number, body: string, action: string | undefined]>([
    [500, 'Code: 27, e.displayText() = DB::Exception: Cannot parse input', 'split'],
    [500, 'Code: 117. DB::Exception: Unknown field found', 'split'],
    [500, 'Code: 60, e.displayText() = DB::Exception: Table default.events doesn’t exist.', 'hold'],
    [500, 'Code: 193, e.displayText() = DB::Exception: Wrong password', 'hold'],
    [500, 'Code: 241. DB::Exception: Memory limit exceeded', undefined],
    [500, 'Internal Server Error', undefined],
    [200, 'Code: 27', undefined],
    [200, 'Code: 27. DB::Exception: Cannot parse input', 'split'],
    [200, '1\nCode: 241. DB::Exception: Memory limit exceeded', 'wait'],
    [200, 'Code: 60. DB::Exception: Table default.events does not exist', 'hold'],
    [200, '', undefined],
  ])('%i of ClickHouse, %j: %s', (status, body, action) => {
    expect(ALL.ndjson!.judge!(answer(body, { status }))).toBe(action);
  });

  test.each<[what: string, body: unknown, refused: Record<string, string>, retry: string[]]>([
    ['null for an empty list, as Go writes it', { refused: null, retry: ['b'], arrived: null }, {}, ['b']],
    ['no list of those to send again', { refused: [{ id: 'a', reason: 'no' }] }, { a: 'no' }, []],
    ['null for that list', { refused: [{ id: 'a', reason: 'no' }], retry: null }, { a: 'no' }, []],
    ['a text for a list', { refused: [{ id: 'a', reason: 'no' }], retry: 'none' }, { a: 'no' }, []],
    ['a number of refused ones', { refused: 0, retry: ['b'] }, {}, ['b']],
    ['null among the refused', { refused: [null, { id: 'a', reason: 'no' }] }, { a: 'no' }, []],
    ['a list alone', [], {}, []],
    ['null', null, {}, []],
    ['a text', 'ok', {}, []],
    ['HTML', '<!doctype html><p>Thank you</p>', {}, []],
    ['half of JSON', '{"refused":[{"id":"a"', {}, []],
  ])('with lists of which some are not there is read for the others: %s', (_what, body, refused, retry) => {
    for (const name of ['waymark', 'ndjson', 'cloudevents', 'custom']) {
      expect(ALL[name]!.read(answer(body as object), ['a', 'b'])).toEqual({ refused, retry, arrived: [] });
    }
  });

  test('with ids alone refuses those', () => {
    expect(Object.keys(waymarkFormat.read(answer({ refused: ['a'], retry: [] }), ['a', 'b']).refused)).toEqual(['a']);
  });

  test.each(['ndjson', 'cloudevents', 'custom'])('with the lists of Waymark’s own collector is read by %s', (name) => {
    expect(ALL[name]!.read(answer({ refused: [{ id: 'a', reason: 'no' }], retry: ['b'] }), ['a', 'b'])).toEqual({ refused: { a: 'no' }, retry: ['b'], arrived: [] });
  });
});

describe('a text that no strict parser takes', () => {
  const halves = ['half \ud83d', '\ude00 half', 'NUL \0'];
  test.each(each.filter(([name]) => !/waymark|custom|ndjson/.test(name)))('never goes out as %s', (_name, format) => {
    const { go, track } = openVisit({ userId: 'x' });
    go('/mugs', halves[0]!);
    const rows = ['page_view', 'purchase', 'identify', 'thing'].map((name) => track(name, { [halves[1]!]: halves, note: halves[2], items: [{ ...MUG, item_name: halves[0] }], traits: { [halves[0]!]: halves[1] } }));
    for (const body of bodies(format, rows)) expect(body).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f]\w\w)/);
  });

  test.each(['plausible', 'umami', 'snowplow', 'snowplow with own schemas'])('is not made by %s, whatever it cuts', (name) => {
    // One of two neighbours is cut in the middle of an emoji, whatever the bound: the bounds are even numbers.
    for (const letters of [8, 9]) {
      const long = 'x'.repeat(letters) + '😀'.repeat(3000);
      const row = openVisit().track('purchase', { ...ORDER, transaction_id: long, note: long, coupon: long, items: [{ ...MUG, item_id: long, item_name: long }] });
      for (const body of bodies(ALL[name]!, [row])) expect(body).not.toMatch(/\ufffd|\\ud[89a-f]/);
    }
  });
});

describe('lines', () => {
  test('have the whole event, and when it was sent', () => {
    const rows = wholeVisit();
    const lines = parse(ALL.ndjson!.encode(rows, BATCH)) as Record<string, unknown>[];
    expect(lines).toEqual(rows.map(({ context, event }) => ({ sent_at: '2026-06-01T12:01:00.000Z', ...(JSON.parse(context) as object), ...(JSON.parse(event) as object) })));
  });

  test('can be the columns of a table', () => {
    const format = ndjson({ line: ({ id, name, time, journey }, { attempt }) => ({ id, name, time: Date.parse(time) / 1000, stage: journey?.stage, attempt }) });
    expect(parse(format.encode([named(wholeVisit(), 'purchase')], BATCH))).toEqual([{ id: expect.any(String) as string, name: 'purchase', time: 1780315210, stage: 'purchase', attempt: 1 }]);
  });
});

describe('a format of the shop’s own', () => {
  test('gets the events in full, and reads its own answer', () => {
    const format = custom({ type: 'application/json', path: '/in', encode: (events, { id }) => `${id} ${events.map(({ name, visitor }) => name + typeof visitor?.id).join()}`, read: (_answer, ids) => ({ retry: ids.slice(1) }) });
    expect(format.encode(wholeVisit().slice(0, 2), BATCH)).toBe(`${BATCH.id} social_landingstring,page_viewstring`);
    expect(format.read(answer('x'), ['a', 'b'])).toEqual({ ...NONE, retry: ['b'] });
    expect([format.type, format.path]).toEqual(['application/json', '/in']);
  });

  test.each([undefined, null, 7, {}, ''])('that returns %j says so', (body) => {
    expect(() => custom({ encode: () => body as never }).encode(wholeVisit(), BATCH)).toThrow(/"encode" of the format "custom" returns a text/);
  });

  test.each([undefined, null, {}])('whose reader returns %j confirms all', (verdict) => {
    expect(custom({ encode: () => 'x', read: () => verdict as never }).read(answer(''), ['a'])).toEqual(NONE);
  });
});

describe('without identifiers', () => {
  test.each(each)('%s names no visitor and no session', (_name, format) => {
    const rows = wholeVisit();
    const { visitor, session } = JSON.parse(rows[0]!.context) as { visitor: { id: string }; session: { id: string } };
    const body = bodies(format, rows.map((row) => withContext(row, { visitor: undefined, session: undefined }))).join();
    for (const id of [visitor.id, session.id, '&_id=', '&uid=', 'customer-7']) expect(body).not.toContain(id);
  });

  test.each(['segment', 'posthog'])('%s, which takes no event without an id, gets the page view’s', (name) => {
    const row = withContext(wholeVisit()[1]!, { visitor: undefined, session: undefined });
    const [event] = (JSON.parse(ALL[name]!.encode([row], BATCH)) as { batch: { anonymousId?: string; distinct_id?: string }[] }).batch;
    expect(event!.anonymousId ?? event!.distinct_id).toBe((JSON.parse(row.context) as { page: { id: string } }).page.id);
  });
});

describe('what is told of a known person', () => {
  test.each<[name: string, none: string]>([['segment', '"traits":{}'], ['rudderstack', '"traits":{}'], ['posthog', '"$set":{}'], ['umami', '"data":{"user_id":"x"}']])('is nothing to %s if it is no object', (name, none) => {
    for (const traits of ['gold', 7, null, undefined]) expect(ALL[name]!.encode([openVisit({ userId: 'x' }).track('identify', { traits })], BATCH)).toContain(none);
  });
});

describe('consent', () => {
  const granted = { analytics: 'granted', marketing: 'denied' };
  test.each<[name: string, place: string]>([
    ['ndjson', '"consent":{"analytics":"granted","marketing":"denied"}'],
    ['cloudevents', '"consent":{"analytics":"granted","marketing":"denied"}'],
    ['otlp', '"waymark.consent"'],
    ['segment', '"categoryPreferences":{"analytics":true,"marketing":false}'],
    ['snowplow with own schemas', 'consent'],
    ['posthog', '"consent_analytics":"granted"'],
    ['umami', '"consent_marketing":"denied"'],
    ['plausible', '"consent_marketing":"denied"'],
  ])('has its place in %s', (name, place) => {
    expect(ALL[name]!.encode([withContext(wholeVisit()[1]!, { consent: granted })], BATCH)).toContain(place);
  });
});
