import { afterEach, describe, expect, test, vi } from 'vitest';
import { umami, type Format, type Row } from '../../src/formats/index.js';
import { BATCH, named, openVisit, ORDER, MUG, wholeVisit, withContext } from './sample.js';
import { openUmami } from './umami-server.js';

const website = '01234567-89ab-4cde-8f01-23456789abcd';
type Entry = { type: string; payload: Record<string, unknown> & { data: Record<string, unknown> } };
const entries = (body: string) => JSON.parse(body) as Entry[];
const written = (row: Row, format = umami({ website })) => entries(format.encode([row], BATCH))[0]!.payload;

/** Sends rows to it until it has all, or none of the rest may be sent again. Returns why those that it refuses were. */
function deliver(server: ReturnType<typeof openUmami>, rows: Row[], { format = umami({ website }) as Format, attempts = 9, userAgent = undefined as string | undefined } = {}) {
  const refused: Record<string, string> = {};
  let left = rows;
  for (let attempt = 1; left.length && attempt <= attempts; attempt++) {
    const body = format.encode(left, { ...BATCH, attempt });
    const answer = JSON.stringify(server.batch(body, { ...format.headers }, userAgent));
    const verdict = format.read({ status: 200, isOwn: true, body: answer }, left.map(({ id }) => id));
    Object.assign(refused, verdict.refused);
    left = left.filter(({ id }) => verdict.retry.includes(id));
  }
  return { refused: Object.values(refused), left: left.length };
}

describe('counts an order once and takes all that it says', () => {
  const LONG = 'x'.repeat(600);
  test.each<[what: string, properties: Record<string, unknown>]>([
    ['a text of 600 letters', { note: LONG }],
    ['a text that ends in the middle of an emoji at 500', { note: `${'x'.repeat(499)}😀` }],
    ['a list of 60 lines', { items: Array.from({ length: 60 }, (_, index) => ({ ...MUG, item_id: `A${index}` })) }],
    ['a list of one long text', { list: [LONG] }],
    ['a list of small numbers', { list: Array.from({ length: 400 }, (_, index) => index) }],
    ['a list of nothing', { list: Array.from({ length: 300 }, () => null) }],
    ['a text of 600 letters within data', { gift: { wrap: { note: LONG } } }],
    ['a NUL', { note: 'a\0b' }],
    ['a NUL in a name', { 'a\0b': 1 }],
    ['a NUL in a list', { list: ['a\0b'] }],
    ['half of an emoji', { note: 'a\ud83d' }],
    ['the other half of one', { note: '\ude00a' }],
    ['a number of 10^15', { points: 1e15 }],
    ['a negative number of 10^15', { points: -1e15 }],
    ['a number that is rounded to 10^15', { points: 999_999_999_999_999.9 }],
    ['a number of 10^300', { points: 1e300 }],
    ['a time that there is not', { due: '2026-13-45T99:99:99Z' }],
    ['a time before there were years', { due: '0000-01-01T00:00:00Z' }],
    ['a zone that there is not', { due: '2026-01-01T00:00:00+99:99' }],
    ['a name of 600 letters', { [LONG]: 1 }],
    ['names within names, 600 letters together', { ['x'.repeat(300)]: { ['y'.repeat(300)]: 1 } }],
    ['a currency of a sentence', { currency: 'Swiss francs, please' }],
  ])('with %s', (_what, properties) => {
    const server = openUmami();
    const { track } = openVisit();
    expect(deliver(server, [track('page_view'), track('purchase', { ...ORDER, ...properties })])).toEqual({ refused: [], left: 0 });
    expect(server.count('purchase')).toBe(1);
    expect(server.revenues.map(({ revenue }) => revenue)).toEqual([25]);
  });

  test.each<[what: string, properties: Record<string, unknown>, revenue: number[]]>([
    ['no number', { revenue: 'much' }, []],
    ['a list', { revenue: [5] }, []],
    ['a number as a text', { revenue: '12.5' }, [12.5]],
    ['more than it can count', { revenue: '1e16' }, []],
  ])('with revenue of the shop’s own that is %s', (_what, properties, revenue) => {
    const server = openUmami();
    expect(deliver(server, [openVisit().track('donation', { currency: 'EUR', ...properties })])).toEqual({ refused: [], left: 0 });
    expect([server.count('donation'), server.revenues.map((one) => one.revenue)]).toEqual([1, revenue]);
  });

  test.each<[what: string, path: string, title: string]>([
    ['a campaign of 300 letters', `/?utm_source=instagram&utm_campaign=${'c'.repeat(300)}`, 'Mugs'],
    ['a click id of 600 letters', `/?ttclid=${'E_'.repeat(300)}`, 'Mugs'],
    ['a campaign in a script of many bytes', `/?utm_content=${encodeURIComponent('夏'.repeat(300))}`, 'Mugs'],
    ['NUL in a campaign', '/?utm_source=a%00b', 'Mugs'],
    ['NUL in the path', '/a%00b', 'Mugs'],
    ['NUL in the title', '/', 'Mugs %00 and plates'],
    ['a percent sign in the title', '/', 'Mugs 20% off'],
    ['half of an emoji in the title', '/', 'Mugs \ud83d'],
  ])('on a page with %s', (_what, path, title) => {
    const server = openUmami();
    const { go, track } = openVisit();
    go(path, title, 'https://www.instagram.com/a%00b');
    expect(deliver(server, [track('page_view'), track('purchase', ORDER)])).toEqual({ refused: [], left: 0 });
    expect([server.count(), server.count('purchase')]).toEqual([1, 1]);
  });

  test('with a name of 60 letters, in a language of 40', () => {
    vi.stubGlobal('navigator', { language: 'x'.repeat(40) });
    const server = openUmami();
    const row = openVisit().track('e'.repeat(60), { a: 1 });
    expect(deliver(server, [row])).toEqual({ refused: [], left: 0 });
  });

  test('whose lines do not all fit: the first ones do, each in full', () => {
    const items = Array.from({ length: 60 }, (_, index) => ({ ...MUG, item_id: `A${index}` }));
    const list = written(openVisit().track('purchase', { ...ORDER, items })).data.items as typeof items;
    expect(list).toEqual(items.slice(0, list.length));
    expect(list.length).toBeGreaterThan(2);
  });

  test('keeps what fits as it is', () => {
    const given = { text: 'x'.repeat(500), number: 999_999_999_999, list: [1, [2], { a: 'b' }], yes: true, none: null, due: '2026-01-02T03:04:05Z', in: { it: 'too' }, back: 'a\\u0000 \\\\u0000 \\ud83d' };
    expect(written(openVisit().track('thing', given)).data).toMatchObject(given);
  });
});

describe('an event that fails in the server', () => {
  /** An order on a page of its own; the server fails on the note, however it is written. */
  const bad = (body: string, server: ReturnType<typeof openUmami>) => {
    const answer = server.batch(body);
    return JSON.stringify(answer);
  };

  test('alone in a batch that was taken is not sent again, and says why', () => {
    const details = [{ index: 1, response: { error: { message: 'Server error', status: 500 } } }];
    const body = JSON.stringify({ size: 3, processed: 2, errors: 1, details, cache: 'v' });
    expect(umami({ website }).read({ status: 200, isOwn: true, body }, ['a', 'b', 'c'])).toEqual({ refused: { b: 'Server error: perhaps stored' }, retry: [], arrived: [] });
  });

  test('is sent again where all failed, and counts once when the server is well again', () => {
    const rows = wholeVisit();
    const format = umami({ website });
    const ids = rows.map(({ id }) => id);
    const down = openUmami({ isDown: true });
    expect(format.read({ status: 200, isOwn: true, body: bad(format.encode(rows, BATCH), down) }, ids).retry).toEqual(ids);
    const well = openUmami();
    expect(deliver(well, rows, { format })).toEqual({ refused: [], left: 0 });
    expect(well.count('purchase')).toBe(1);
  });

  test.each(['22001', '22003', '22021'])('for what it holds is not sent again, though it was alone in its request: SQLSTATE %s', (originalCode) => {
    const details = [{ index: 0, response: { error: { message: 'Server error', status: 500, errorObject: { meta: { driverAdapterError: { cause: { originalCode } } } } } } }];
    const verdict = umami({ website }).read({ status: 200, isOwn: true, body: JSON.stringify({ size: 1, processed: 0, errors: 1, details, cache: null }) }, ['a']);
    expect([Object.keys(verdict.refused), verdict.retry]).toEqual([['a'], []]);
  });
});

test('what it drops as a program’s is refused with the reason, not delivered', () => {
  const server = openUmami();
  const { refused } = deliver(server, wholeVisit(), { userAgent: 'Mozilla/5.0 HeadlessChrome/140.0.0.0' });
  expect(server.rows).toEqual([]);
  expect(new Set(refused)).toEqual(new Set(['taken for a program, not stored']));
  expect(refused).toHaveLength(wholeVisit().length);
});

describe('an older one, which never says what it calls the visit', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = { size: 2, processed: 2, errors: 0, details: [] };

  test.each<[what: string, body: string]>([
    ['2.18', JSON.stringify(answer)],
    ['one that has no visit to tell', JSON.stringify({ ...answer, cache: null })],
    ['one that answers with a text', 'eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['one that answers with a text as JSON', '"eyJhbGciOiJIUzI1NiJ9.e30.x"'],
    ['one that answers in words', '{"success":true,"message":"2 events processed."}'],
    ['one that answers with nothing', ''],
  ])('%s: what it has taken is not refused', (_what, body) => {
    for (const userAgent of ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0', 'Mozilla/5.0 (Linux; Android 14; CUBOT P80) Chrome/140.0.0.0 Mobile']) {
      vi.stubGlobal('navigator', { userAgent });
      expect(umami({ website }).read({ status: 200, isOwn: true, body }, ['a', 'b'])).toEqual({ refused: {}, retry: [], arrived: [] });
    }
  });

  test.each(['Mozilla/5.0 HeadlessChrome/140.0.0.0', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'facebookexternalhit/1.1', 'Node.js/22'])('what it drops as a program’s is refused: %s', (userAgent) => {
    vi.stubGlobal('navigator', { userAgent });
    for (const cache of [undefined, null]) {
      expect(Object.keys(umami({ website }).read({ status: 200, isOwn: true, body: JSON.stringify({ ...answer, cache }) }, ['a', 'b']).refused)).toEqual(['a', 'b']);
    }
  });
});

test.each<[what: string, answer: object, refused: string[], retry: string[]]>([
  ['places as texts', { details: [{ index: '1', response: { error: { status: 400, message: 'Bad' } } }], cache: 'v' }, ['b'], []],
  ['no answer to the event', { details: [{ index: 1 }], cache: 'v' }, ['b'], []],
  ['null for it', { details: [{ index: 1, response: null }], cache: 'v' }, ['b'], []],
  ['a text for it', { details: [{ index: 1, response: 'odd' }], cache: 'v' }, ['b'], []],
  ['null among the details', { details: [null, { index: 0, response: { error: { status: 500 } } }], cache: 'v' }, ['a'], []],
  ['places that there are not', { details: [{ index: 7, response: { error: { status: 500 } } }, {}], cache: 'v' }, [], []],
  ['too many requests', { details: [{ index: 1, response: { error: { status: 429 } } }], cache: 'v' }, [], ['b']],
  ['500 of all, as texts', { details: [0, 1, 2].map((index) => ({ index, response: { error: { status: '500' } } })), cache: null }, [], ['a', 'b', 'c']],
  ['details that are no list', { details: {}, cache: 'v' }, [], []],
])('an answer with %s', (_what, answer, refused, retry) => {
  const verdict = umami({ website }).read({ status: 200, isOwn: true, body: JSON.stringify({ size: 3, ...answer }) }, ['a', 'b', 'c']);
  expect([Object.keys(verdict.refused), verdict.retry]).toEqual([refused, retry]);
  for (const reason of Object.values(verdict.refused)) expect(reason).not.toMatch(/undefined/);
});

describe('its reports', () => {
  test.each([0, 1, 250, 900, 999])('count an order once for what the visit began with, %i ms into the second', (ms) => {
    const server = openUmami();
    const at = (row: Row, more: number): Row => ({ ...row, event: row.event.replace(/"time":"[^"]*"/, `"time":"${new Date(BATCH.time + ms + more).toISOString()}"`) });
    const rows = wholeVisit();
    deliver(server, [at(named(rows, 'page_view'), 0), at(named(rows, 'view_item'), 1), at(named(rows, 'purchase'), 40)]);
    expect(server.revenueByStart()).toBe(25);
  });

  test('tell the routes of a single-page shop apart', () => {
    const server = openUmami();
    const { go, track } = openVisit();
    const rows = ['/#/', '/#/mugs?sort=price', '/shop/#!/mugs/7', '/shop/?utm_source=x#/cart'].map((path) => (go(path, 'Mugs'), track('page_view')));
    deliver(server, rows);
    expect(server.rows.map(({ path }) => path)).toEqual(['/#/', '/#/mugs?sort=price', '/shop/#!/mugs/7', '/shop/#/cart']);
  });

  test('know a visit over a full hour as one, and the next session as another', () => {
    const server = openUmami();
    const format = umami({ website });
    const { track, wait } = openVisit();
    const first = [track('page_view'), track('view_item')];
    wait(0.4);
    const second = [track('add_to_cart', { items: [MUG] })];
    wait(0.4);
    const third = [track('view_item')];
    wait(0.4);
    const last = [track('purchase', ORDER)];
    for (const rows of [first, second, third, last]) deliver(server, rows, { format });
    expect(server.rows).toHaveLength(5);
    expect(new Set(server.rows.map(({ visit }) => visit)).size).toBe(1);
    wait(3);
    deliver(server, [track('page_view')], { format });
    expect(new Set(server.rows.map(({ visit }) => visit)).size).toBe(2);
  });

  test('need no header within an hour, nor from one who keeps no identifiers', () => {
    const server = openUmami();
    const format = umami({ website });
    const { track, wait } = openVisit();
    const bare = (row: Row) => withContext(row, { visitor: undefined, session: undefined });
    deliver(server, [track('page_view')], { format });
    format.encode([track('view_item')], BATCH);
    expect(format.headers).toEqual({});
    const other = umami({ website });
    deliver(server, [bare(track('page_view'))], { format: other });
    wait(2);
    other.encode([bare(track('view_item'))], BATCH);
    expect(other.headers).toEqual({});
  });
});

describe('language and screen', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('are those of the browser', () => {
    vi.stubGlobal('navigator', { language: 'de-CH' });
    vi.stubGlobal('screen', { width: 1920, height: 1080 });
    const server = openUmami();
    deliver(server, [openVisit().track('page_view')]);
    expect(server.rows[0]).toMatchObject({ language: 'de-CH', screen: '1920x1080' });
  });

  test('are left out where there are none', () => {
    vi.stubGlobal('navigator', undefined);
    expect(Object.keys(written(openVisit().track('page_view')))).not.toEqual(expect.arrayContaining(['screen', 'language']));
  });
});

test.each([['x'.repeat(51)], [''], ['=1'], ['a\nb']])('the tag %j is refused at set-up, with what it takes', (tag) => {
  expect(() => umami({ website, tag })).toThrow(/"tag".*up to 50 letters/);
});
test('a tag of 50 letters is taken', () => {
  const server = openUmami();
  expect(deliver(server, [openVisit().track('page_view')], { format: umami({ website, tag: 't'.repeat(50) }) })).toEqual({ refused: [], left: 0 });
});
