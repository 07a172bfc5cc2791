import { describe, expect, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newId } from './helpers.js';
import { useLivePage } from './live-page.js';

const { openLivePage } = useLivePage({ minutesLater: 60 });
const phone = useLivePage({ minutesLater: 60, viewport: { width: 390, height: 800 } });

const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }];
const touch = (channel: string, network: string | null, paid: boolean | null) => ({ channel, network, paid, by: 'referrer', time: at(0) });
const journey = (stage: string) => ({ stage, move: 'stay', from: stage, loop: 1, furthest: 'decision' });

/** A visitor's events, in order, with their numbers; each as [minute, name, stage, properties, id]. */
function visit(name: string, context: Record<string, unknown>, events: [number, string, string, Record<string, unknown>, string?][]) {
  return aBatch(events.map(([minute, event, stage, properties, id], index) =>
    anEvent({ id: id ?? newId(), seq: index + 1, time: at(minute), name: event, journey: journey(stage), properties })), {
    contexts: [aContext({ visitor: { id: newId(4), user_id: name }, ...context })], sent_at: at(40),
  });
}

const add = (minute: number) => [minute, 'add_to_cart', 'decision', { currency: 'EUR', cart_id: 'c1', items }] as [number, string, string, any];
const left = (minute: number, reason: string, level: string, id = newId()) => [minute, 'cart_abandon', 'decision', {
  reason, provisional: reason === 'exit', level, cart_id: 'c1', items, value: 36, currency: 'EUR', last_active: at(minute), last_page: 'https://shop.example/cart', last_item: 'M',
}, id] as [number, string, string, any, string];
const speed = (minute: number, stage: string, lcp: number, inp: number, cls: number) => [minute, 'web_vitals', stage, { lcp, inp, cls, fcp: 800, ttfb: 90 }] as [number, string, string, any];

/** One who left for now, in Instagram's app; one who was brought back by a newsletter and bought; one who says nothing; a program. */
function everyone() {
  const gone = newId();
  const instagram = touch('paid_social', 'instagram', true);
  return [
    visit('anna', { touchpoint: instagram, in_app: { network: 'instagram', evidence: 'Instagram' } }, [
      [0, 'social_landing', 'awareness', { ...instagram }], speed(1, 'awareness', 2600, 90, 0.3), add(2), left(3, 'exit', 'checkout'),
    ]),
    visit('ben', { touchpoint: touch('email', 'klaviyo', false) }, [
      [0, 'landing', 'awareness', { channel: 'organic_search', network: 'google', paid: false }], add(1), left(2, 'idle', 'cart', gone),
      [32, 'landing', 'decision', { channel: 'email', network: 'klaviyo', paid: false }],
      [33, 'purchase', 'purchase', { transaction_id: 'T1', value: 36, currency: 'EUR', items, cart_id: 'c1', flags: ['other_currency'] }, newId(5)],
      [33, 'cart_recover', 'purchase', { abandonment_id: gone, cart_id: 'c1', reason: 'idle', channel: 'email', network: 'klaviyo', by: 'purchase', seconds: 1860, value: 36, currency: 'EUR' }],
      speed(34, 'purchase', 1200, 40, 0),
    ]),
    visit('cleo', { touchpoint: touch('direct', null, null) }, [[0, 'landing', 'awareness', { channel: 'direct', network: null, paid: null }], add(1)]),
    visit('crawler', { bot: true }, [[0, 'landing', 'awareness', { channel: 'direct', network: null, paid: null }], add(1), speed(2, 'decision', 9000, 900, 1)]),
  ];
}

describe('the live page', () => {
  test('tells carts that a browser says were left from those of which nobody tells, and how they were recovered', async () => {
    const { read, failures } = await openLivePage(...everyone());
    expect(await read('#left-rows tr')).toEqual(['Checkout begun 1 €36.00 1 €36.00 – – –', 'Cart looked at 1 €36.00 – 1 €36.00 – 1 €36.00']);
    expect(await read('#left-note')).toEqual(['Abandoned 2 times with €72.00, recovered after 1 (50 %). 1 of 2 told on leaving, for now: who closes the tab may be back in a minute.']);
    expect(await read('#way-rows tr')).toEqual(['Klaviyo email 1 31 min €36.00 1']);
    expect(await read('#carts .total')).toEqual(['1 cart · €36.00 · 1 for now', '1 cart · €36.00 · 1 silent', '1 cart · €36.00']);
    expect(await read('#carts [data-state="abandoned"] .cart')).toEqual([
      '€36.00 left 1 h ago Mug × 2 €36.00 began the checkout · left for now · last looked at Mug Instagram paid social anna · last on /cart',
    ]);
    expect((await read('#carts [data-state="open"] .cart'))[0]).toMatch(/^€36\.00 silent 1 h .* cleo/);
    expect(await read('#carts [data-state="bought"] .mark')).toEqual(['recovered by Klaviyo after 31 min', 'in another currency than the cart']);
    expect(failures).toEqual([]);
  });

  test('tells how visitors arrived, and in whose apps', async () => {
    const { read } = await openLivePage(...everyone());
    expect((await read('#channel-rows tr')).sort()).toEqual([
      'Direct 1 1 – – –', 'Email 1 1 – – –', 'Google 1 1 – 1 –', 'Instagram 1 1 1 – 1', 'Klaviyo 1 1 – – –', 'Organic search 1 1 – 1 –', 'Paid social 1 1 1 – 1',
    ]);
    expect(await read('#channels-note')).toEqual(['4 arrivals, 1 of them (25 %) in an app’s own browser: Instagram 1.']);
  });

  test('tells how fast pages were by stage, channel and app, in words and not by colour alone', async () => {
    const { page, read } = await openLivePage(...everyone());
    expect(await read('#vital-rows tr')).toEqual([
      'All 2 2.60 s needs improvement 90 ms good 0.3 poor',
      'By stage', 'Awareness 1 2.60 s needs improvement 90 ms good 0.3 poor', 'Purchase 1 1.20 s good 40 ms good 0 good',
      'By channel', 'Paid social 1 2.60 s needs improvement 90 ms good 0.3 poor', 'Email 1 1.20 s good 40 ms good 0 good',
      'By browser', 'In the app of Instagram 1 2.60 s needs improvement 90 ms good 0.3 poor', 'Not in an app 1 1.20 s good 40 ms good 0 good',
    ]);
    expect(await page.locator('#vital-rows .vital').first().getAttribute('title')).toBe('50 % good, 50 % needs improvement, 0 % poor, of 2');
    expect(await read('#vitals-note')).toEqual(['Good up to 2.5 s, 200 ms and 0.1, poor above 4 s, 500 ms and 0.25, as Google publishes them.']);
  });

  test('counts programs apart, and marks their events', async () => {
    const { read } = await openLivePage(...everyone());
    expect((await read('#summary > div')).slice(0, 4)).toEqual(['Visitors 3 13 events, 1 bot left out', 'In open carts €36.00 1 cart, 1 silent', 'Abandoned €36.00 1 cart, 1 for now', 'Recovered €36.00 1 time']);
    expect((await read('#bots-note')).join()).toMatch(/^[\d,]+ events? of browsers that a program drives.*data-bots="keep"/);
    expect(await read('.event .tag')).toEqual(['bot', 'bot', 'bot']);
    expect((await read('#visitors h3')).sort()).toEqual(['anna', 'ben', 'cleo']);
  });

  test('says so where there is nothing to tell', async () => {
    const { page, read } = await openLivePage(aBatch([anEvent()]));
    expect(await read('#channels-note, #left-note, #ways-note, #vitals-note')).toEqual(['No arrival yet.', 'No browser has told of an abandoned cart yet.', '', 'No page load has been measured yet.']);
    expect(await page.locator('#left, #ways').filter({ visible: true }).count()).toBe(0);
  });

  test('shows markup in all of it as text, and is not broken by properties that are not what they should be', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const odd = [markup, null, 7, [], { toString: 1, valueOf: 1 }, '__proto__', 'constructor', 1e300, -1];
    const names = ['landing', 'cart_abandon', 'cart_recover', 'web_vitals', 'purchase', 'refund', 'order_cancel'];
    const events = odd.flatMap((value) => names.map((name) => [5, name, 'decision', Object.fromEntries([
      'channel', 'network', 'paid', 'reason', 'level', 'provisional', 'cart_id', 'items', 'value', 'currency', 'last_active', 'last_page', 'last_item',
      'abandonment_id', 'by', 'seconds', 'lcp', 'inp', 'cls', 'transaction_id', 'flags',
    ].map((property) => [property, value]))] as [number, string, string, any]));
    const abandon = left(8, 'exit', 'cart');
    Object.assign(abandon[3], { last_item: markup, last_page: `javascript:${markup}`, currency: markup, items: [{ item_name: markup, price: 1 }] });
    const hostile = visit(markup, { touchpoint: touch('constructor', markup, true), in_app: { network: markup, evidence: markup } }, [
      ...events, add(6), abandon, speed(9, 'nowhere', 1, 1, 1),
    ]);
    const { page, read, failures } = await openLivePage(hostile);
    expect((await read('#channels'))[0]).toContain(markup);
    expect((await read('#carts'))[0]).toContain(`last looked at ${markup}`);
    expect(await read('#vital-rows')).toEqual([expect.stringContaining(`In the app of ${markup}`)]);
    expect((await read('#main'))[0]).not.toMatch(/NaN|undefined|\[object/);
    expect(await page.locator('img, #main script').count()).toBe(0);
    expect(failures).toEqual([]);
  });

  test('fits a phone', async () => {
    const { page } = await phone.openLivePage(...everyone());
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    const cut = await page.locator('#channels, #carts, #vitals').evaluateAll((cards) =>
      cards.flatMap((card) => [...card.querySelectorAll('td, th, p')].filter((cell) => cell.closest('thead, .sideways') === null && cell.getBoundingClientRect().right > card.getBoundingClientRect().right + 1).map((cell) => cell.textContent)));
    expect(cut).toEqual([]);
  });
});
