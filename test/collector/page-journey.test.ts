import { describe, expect, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newId } from './helpers.js';
import { useLivePage } from './live-page.js';

// An hour later: everyone has left.
const { openLivePage } = useLivePage({ minutesLater: 60 });
const atOnce = useLivePage({ minutesLater: 0 });
const phone = useLivePage({ minutesLater: 60, viewport: { width: 390, height: 800 } });

const TOKEN = '0123456789ab';
const UNKNOWN = 'fedcba987654';
const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }];
const touch = (channel: string, minute: number, more: Record<string, unknown> = {}) =>
  ({ channel, network: null, paid: false, by: 'referrer', time: at(minute), ...more });
const journey = (stage: string, move: string, more: Record<string, unknown> = {}) => ({ stage, move, from: null, loop: 1, furthest: stage, ...more });

/** A visitor who comes by social media and a newsletter, looks, goes back, buys, and shares. */
function customer(name: string, token = TOKEN) {
  const visitor = { id: newId(4), user_id: name };
  const path = [touch('organic_social', 0), touch('email', 5)];
  const context = aContext({ visitor, touchpoint: path[1] });
  const [first, second] = [newId(4), newId(4)];
  const session = (id: string, number: number) => ({ id, number, started: at(0) });
  return aBatch([
    anEvent({ seq: 1, time: at(0), name: 'social_landing', journey: journey('awareness', 'enter'), properties: { channel: 'organic_social' } }),
    anEvent({ seq: 2, time: at(1), name: 'view_item', journey: journey('consideration', 'forward') }),
    anEvent({ seq: 3, time: at(2), name: 'add_to_cart', journey: journey('decision', 'forward'), properties: { currency: 'EUR', items } }),
    anEvent({
      seq: 4, time: at(5), context: 1, name: 'view_item', journey: journey('consideration', 'back'),
      previous: { session: first, stage: 'decision', page: 'https://shop.example/cart', seconds: 180, cart_value: 36, currency: 'EUR' },
    }),
    anEvent({
      seq: 5, time: at(6), context: 1, name: 'purchase', journey: journey('purchase', 'skip', { path }),
      properties: { transaction_id: name, value: 36, currency: 'EUR', items },
    }),
    anEvent({ seq: 6, time: at(7), context: 1, name: 'share', journey: journey('advocacy', 'skip'), properties: { method: 'whatsapp', share: { token, depth: 1 } } }),
  ], { contexts: [{ ...context, session: session(first, 1) }, { ...context, session: session(second, 2) }] });
}

/** A visitor who came by a shared link, and did no more. */
function friend(name: string, token: string) {
  const arrival = { channel: 'shared_link', network: null, paid: false, by: 'token', share: { token, depth: 1 } };
  return aBatch([anEvent({ time: at(10), name: 'social_landing', journey: journey('awareness', 'enter'), properties: arrival })], {
    contexts: [aContext({ visitor: { id: newId(4), user_id: name }, touchpoint: { ...arrival, time: at(10) } })],
  });
}

describe('the journey on the live page', () => {
  test('moves between the stages of the model that one chooses, in a drawing and in a table', async () => {
    const { page, read, failures } = await openLivePage(customer('anna'), friend('ben', TOKEN));
    await page.locator('.sankey').waitFor();
    expect((await page.locator('.node-name').allTextContents()).sort()).toEqual([
      '1 Advocacy', '1 Consideration', '1 Consideration', '1 Decision', '1 Purchase', '1 left', '1 left', '2 Awareness',
    ]);
    expect(await page.locator('.band[data-move="back"]').count()).toBe(1);
    expect(await read('#stages dt')).toEqual(['Awareness', 'Consideration', 'Decision', 'Purchase', 'Retention', 'Advocacy']);

    await page.getByLabel('Model').selectOption('AIDA');
    await page.locator('#stages dt', { hasText: 'Desire' }).waitFor();
    expect((await page.locator('.node-name').allTextContents()).sort()).toEqual(['1 Action', '1 Desire', '1 left', '1 left', '2 Attention']);
    expect(await read('#stages > div')).toContain('Desire Looks closely at one provider or product, reads ratings, keeps it. 1 visitor');
    expect(await page.getByRole('img', { name: /Attention to Desire 1/ }).count()).toBe(1);
    expect(await read('#drop-outs .stage')).toEqual(['Attention', 'Desire', 'Action']);

    await page.getByText('All moves as a table').click();
    expect(await read('#moves tr')).toContain('Attention Desire skips 1');
    expect(failures).toEqual([]);
  });

  test('is drawn with a single visitor in a single stage, and without any who moved', async () => {
    const { page, read, failures } = await atOnce.openLivePage(friend('ben', TOKEN));
    await page.locator('.sankey').waitFor();
    expect(await page.locator('.node-name').allTextContents()).toEqual(['1 Awareness']);
    expect(await page.locator('.sankey').innerHTML()).not.toMatch(/NaN|Infinity/);
    expect(failures).toEqual([]);
  });

  test('says where sessions ended, who came back, and what was left in carts', async () => {
    const { read } = await openLivePage(customer('anna'), friend('ben', TOKEN));
    expect(await read('#drop-out-rows tr')).toEqual([
      'Awareness 1 – –', '/products/mug 1 – –', 'Decision 1 1 €36.00', '/cart 1 1 €36.00', 'Advocacy 1 – –', '/products/mug 1 – –',
    ]);
    expect(await read('#drop-outs-note')).toEqual(['3 sessions ended; after 1 of them the visitor came back. Left in carts: €36.00.']);
  });

  test('credits conversions to channels, in the way that one chooses', async () => {
    const { page, read, failures } = await openLivePage(customer('anna'), friend('ben', TOKEN));
    expect((await read('#touch-rows tr')).sort()).toEqual([
      'Email – – 1 1 0.5 €18.00', 'Organic social 1 1 – – 0.5 €18.00', 'Shared link 1 – – – –',
    ]);
    await page.getByLabel('Credit by').selectOption('Position-based');
    expect(await read('#credit-name')).toEqual(['Position-based']);
    await page.getByLabel('Credit by').selectOption('First touch');
    expect(await read('#touch-rows .credit')).toEqual(expect.arrayContaining(['1 €36.00', '–', '–']));
    expect(await read('#touches-note')).toEqual(['2 visitors, 1 conversion worth €36.00.']);
    expect(failures).toEqual([]);
  });

  test('tells who shared, who came by it, and of a token that nobody is known to have made', async () => {
    const { read } = await openLivePage(customer('anna'), friend('ben', TOKEN), friend('mallory', UNKNOWN));
    expect((await read('#share-chains > li')).map((text) => text.replace(/ \d+ min/g, ' n min'))).toEqual([
      'anna shared by WhatsApp · /products/mug · 1 came · n min ago ben came not bought so far',
      'An unknown share · 1 came mallory came not bought so far',
    ]);
    expect(await read('#shares-total')).toEqual(['1 share brought 2 visitors: 0 bought, 0 shared on. The longest chain has 1 link.']);
  });

  test('shows markup as text, and is not broken by properties that are not what they should be', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const trap = { toString: 1, valueOf: 1 };
    const odd = [null, 1, 'x', [], trap, { token: trap }, { token: '__proto__' }].flatMap((value, index) => ['social_landing', 'share', 'purchase', 'add_to_cart'].map((name) =>
      anEvent({
        seq: index + 9, time: at(8), name, journey: undefined,
        properties: { by: 'token', share: value, parent: value, method: value, channel: value, value, currency: value, transaction_id: value, items: value },
      })));
    const previous = { session: newId(4), stage: 'nowhere', page: `https://shop.example/${markup}`, seconds: 1, cart_value: 1e300, currency: 'XXX' };
    const hostile = aBatch([
      anEvent({ seq: 1, time: at(1), name: 'share', previous, properties: { share: { token: TOKEN, depth: 1 }, method: markup } }),
      anEvent({ seq: 2, time: at(2), name: 'purchase', journey: journey('purchase', 'skip', { path: [touch('constructor', 0)] }), properties: { value: 5, currency: markup } }),
      anEvent({ seq: 3, time: at(3), journey: journey('__proto__'.replaceAll('_', 'x'), 'loop', { stages: { journey: 'hasown', aida: 'constructor' } }) }),
      ...odd,
    ], { contexts: [aContext({ visitor: { id: newId(4), user_id: markup }, page: { id: newId(4), url: `javascript:${markup}`, title: markup } })] });
    const { page, read, failures } = await openLivePage(hostile, friend(markup, TOKEN));
    await page.locator('.sankey').waitFor();
    expect((await read('#share-chains'))[0]).toContain(`${markup} shared by ${markup}`);
    expect((await read('#drop-out-rows'))[0]).toContain(`/${markup}`);
    expect((await read('#touch-rows th')).sort()).toContain('Constructor');
    expect(await page.locator('img, #main script').count()).toBe(0);
    for (const model of ['aida', 'funnel', 'mckinsey', 'moments']) {
      await page.getByLabel('Model').selectOption(model);
      await page.locator(`#stages [data-key^="${model}/"]`).first().waitFor();
    }
    expect(failures).toEqual([]);
  });

  test('keeps its place and the choices while new events arrive', async () => {
    const { collector, page } = await openLivePage(customer('anna'));
    await page.getByLabel('Model').selectOption('moments');
    await page.locator('#stages dt', { hasText: 'Stimulus' }).waitFor();
    const places = () => Promise.all(['#flows', '#journeys'].map((selector) =>
      page.locator(selector).evaluate((element) => Math.round(element.getBoundingClientRect().top + scrollY))));
    const inZero = (visitors: string) => page.locator('#stages > div', { hasText: 'Zero moment' }).filter({ hasText: visitors }).waitFor();
    const before = await places();
    await collector.post(friend('ben', TOKEN));
    await inZero('2 visitors');
    expect(await places()).toEqual(before);

    await page.getByText('All moves as a table').click();
    await page.getByText('All moves as a table').focus();
    await collector.post(friend('cleo', TOKEN));
    await inZero('3 visitors');
    expect(await page.locator('#flows details').getAttribute('open')).toBe('');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    expect(await page.getByLabel('Model').inputValue()).toBe('moments');
  });

  test('fits a phone: only the drawing scrolls sideways, and by keyboard too', async () => {
    const { page } = await phone.openLivePage(customer('anna'), friend('ben', TOKEN));
    await page.locator('.sankey').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    const box = page.getByRole('group', { name: 'Moves between stages, scrolls sideways' });
    await box.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => box.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);
  });
});
