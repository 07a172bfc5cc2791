import { describe, expect, test } from 'vitest';
import { plainUrl, withoutMarketing } from '../../src/privacy/marketing.js';

describe('an address without consent to marketing', () => {
  test.each<[url: string, plain: string]>([
    ['https://shop.example/kites', 'https://shop.example/kites'],
    ['https://shop.example/kites?utm_source=instagram&utm_medium=social', 'https://shop.example/kites?utm_source=instagram&utm_medium=social'],
    ['https://shop.example/?utm_source=x&utm_medium=y&utm_campaign=spring&utm_term=t&utm_content=c&utm_id=7', 'https://shop.example/?utm_source=x&utm_medium=y'],
    ['https://shop.example/?utm_campaign=spring', 'https://shop.example/'],
    ['https://shop.example/?UTM_Campaign=spring&UTM_Source=x', 'https://shop.example/?UTM_Source=x'],
    ['https://shop.example/?utm_source_platform=p&utm_mediums=m&utm_creative_format=video&utm_marketing_tactic=t', 'https://shop.example/'],
    ['https://shop.example/?utm_source&utm_campaign', 'https://shop.example/?utm_source'],
    ['https://shop.example/?color=red&utm_id=7&size=2', 'https://shop.example/?color=red&size=2'],
    ['https://shop.example/?a=utm_id=7', 'https://shop.example/?a=utm_id=7'],
    ['https://shop.example/?utm_id=7#/cart', 'https://shop.example/#/cart'],
    ['https://shop.example/#/cart?', 'https://shop.example/#/cart?'],
    ['https://shop.example/#utm_id=7', 'https://shop.example/#utm_id=7'],
    // Where the shop has allowed them.
    ['https://shop.example/?gclid=G1&fbclid=F1&ttclid=T1&msclkid=M1&twclid=W1&wbraid=B1&gbraid=B2&igshid=I1&color=red', 'https://shop.example/?color=red'],
    ['https://shop.example/?wm=0a1b2c3d4e5f-2&color=red', 'https://shop.example/?color=red'],
    ['https://shop.example/?wmx=1&clide=2', 'https://shop.example/?wmx=1&clide=2'],
    ['', ''],
  ])('%s', (url, plain) => {
    expect(plainUrl(url)).toBe(plain);
  });
});

/** Words that must be nowhere. */
const SECRETS = ['Spring', 'Term', 'Content', 'C77', 'GCLID1', 'FBCLID1', '0a1b2c3d4e5f', 'f5e4d3c2b1a0'];
const url = 'https://shop.example/kites?utm_source=instagram&utm_medium=social&utm_campaign=Spring&utm_term=Term&utm_content=Content&utm_id=C77';
const campaign = { source: 'instagram', medium: 'social', name: 'Spring', term: 'Term', content: 'Content', id: 'C77' };
const share = { token: '0a1b2c3d4e5f', depth: 2 };
const parent = 'f5e4d3c2b1a0';
const touchpoint = { channel: 'paid_social', network: 'instagram', paid: true, by: 'click_id', time: '2026-11-22T10:14:51.002Z', stage: 'awareness', campaign, share };
const context = { visitor: { id: 'v' }, tab: 't', session: { id: 's', number: 2, started: 'x' }, page: { id: 'p', url, title: 'Kites', referrer: url }, touchpoint, consent: { analytics: 'granted' } };
const journey = { stage: 'purchase', move: 'forward', from: 'decision', loop: 1, furthest: 'purchase', stages: { aida: 'action' }, path: [touchpoint, { ...touchpoint, campaign: undefined }] };

/** One event of each kind that can hold something. */
const EVENTS: Record<string, Record<string, unknown>> = {
  landing: { properties: { channel: 'paid_search', network: 'google', paid: true, by: 'click_id', confidence: 'high', campaign, click_ids: { gclid: 'GCLID1' } } },
  social_landing: { properties: { channel: 'shared_link', network: null, paid: false, by: 'token', campaign, click_ids: { fbclid: 'FBCLID1' }, share } },
  share: { properties: { method: 'copy', item_id: 'A1', share, parent } },
  page_view: { properties: {}, previous: { session: 's', stage: 'decision', page: url, seconds: 7, cart_value: 20, currency: 'EUR' } },
  purchase: { properties: { transaction_id: 'T1', value: 20, items: [{ item_id: 'A1' }] }, journey },
  cart_abandon: { properties: { reason: 'idle', last_page: url, items: [] } },
  engagement: { properties: { seconds: 3 } },
};

/** Freezes what is in it, too, so that a change throws. */
function freeze<Value>(value: Value): Value {
  if (typeof value === 'object') for (const each of Object.values(Object(value) as object)) freeze(each);
  return Object.freeze(value);
}

describe.each(Object.entries(EVENTS))('%s without consent to marketing', (name, parts) => {
  const event = freeze({ id: 'e', name, time: 'x', seq: 3, ...context, ...parts });
  const plain = withoutMarketing(event) as typeof event & Record<string, unknown>;
  const text = JSON.stringify(plain);

  test('has no click id, no campaign but its source and medium, and no token of a share, anywhere', () => {
    const had = SECRETS.filter((secret) => JSON.stringify(event).includes(secret));
    expect(had.length).toBeGreaterThan(3);
    expect(had.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test('has everything else', () => {
    expect(Object.keys(plain).sort()).toEqual(Object.keys(event).sort());
    for (const key of ['id', 'name', 'time', 'seq', 'visitor', 'tab', 'session', 'consent'] as const) expect(plain[key]).toEqual(event[key]);
    const { campaign: _campaign, share: _share, ...rest } = touchpoint;
    expect(plain.touchpoint).toEqual({ ...rest, campaign: { source: 'instagram', medium: 'social' } });
    expect(plain.page).toEqual({ ...context.page, url: 'https://shop.example/kites?utm_source=instagram&utm_medium=social', referrer: 'https://shop.example/kites?utm_source=instagram&utm_medium=social' });
  });

  test('is what it is: the same again changes nothing', () => {
    expect(JSON.stringify(withoutMarketing(plain))).toBe(text);
  });
});

test('what says how an order came keeps the kind of each arrival', () => {
  const { journey: plain } = withoutMarketing({ name: 'purchase', ...EVENTS.purchase }) as unknown as { journey: typeof journey };
  expect(plain).toMatchObject({ ...journey, path: [{ channel: 'paid_social', network: 'instagram', campaign: { source: 'instagram', medium: 'social' } }, { channel: 'paid_social' }] });
});

test('an arrival says where from, in what way and whether it was paid for', () => {
  const { properties } = withoutMarketing({ name: 'landing', ...EVENTS.landing }) as unknown as { properties: object };
  expect(properties).toEqual({ channel: 'paid_search', network: 'google', paid: true, by: 'click_id', confidence: 'high', campaign: { source: 'instagram', medium: 'social' } });
});

test("the shop's own events keep their properties, whatever they are called", () => {
  const properties = { campaign: 'Spring', share: 7, parent: 'category', click_ids: 3 };
  expect(withoutMarketing({ name: 'banner_seen', properties })).toEqual({ name: 'banner_seen', properties });
});

test.each<[what: string, event: object]>([
  ['nothing', {}],
  ['only a name', { name: 'landing' }],
  ['a campaign that is null, of a landing by hand', { name: 'landing', properties: { channel: 'social', campaign: null } }],
  ['a campaign that is a text', { name: 'landing', properties: { channel: 'social', campaign: 'x' } }],
  ['a page without an address', { page: { id: 'p' } }],
  ['a page whose address is none', { page: { id: 'p', url: 7, referrer: null } }],
  ['a last page that is none', { name: 'cart_abandon', properties: { last_page: 7 } }],
  ['a path that is none', { journey: { stage: 'purchase', path: 'x' } }],
  ['a path with nothing in it', { journey: { path: [null, undefined] } }],
  ['a session before without a page', { previous: { session: 's', seconds: 1 } }],
])('an event that a filter of the shop has left with %s is no trouble', (_what, event) => {
  expect(() => withoutMarketing(freeze(event))).not.toThrow();
});
