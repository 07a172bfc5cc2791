import { describe, expect, test } from 'vitest';
import { aBatch, aContext, aCoreContext, aCoreEvent, anEvent, at } from './helpers.js';
import { useLivePage } from './live-page.js';

const { openLivePage } = useLivePage();

const instagram = { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', time: at(0) };
const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }];

describe('the live page', () => {
  test('shows an arrival, its path, its cart and its events', async () => {
    const decision = { stage: 'decision', move: 'skip', from: 'awareness', loop: 1, furthest: 'decision' };
    const { read, failures } = await openLivePage(aBatch([
      anEvent({ name: 'social_landing', journey: { ...decision, stage: 'awareness', move: 'enter', from: null } }),
      anEvent({ seq: 2, name: 'add_to_cart', journey: decision, properties: { currency: 'EUR', value: 36, cart_id: 'c1', items } }),
    ], { contexts: [aContext({ touchpoint: instagram })] }));
    expect(await read('.who .stage')).toEqual(['Decision']);
    expect(await read('.arrivals')).toEqual(['Instagram organic social']);
    expect(await read('[data-state="open"] .cart .items')).toEqual(['Mug × 2 €36.00']);
    expect(await read('.event .details')).toEqual(['Mug × 2 · €36.00']);
    expect(await read('#funnel-rows .number')).toEqual(['1', '0', '1', '0', '0', '0']);
    expect(await read('#delivery-notes li')).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('calls channels as people do', async () => {
    const touchpoint = { channel: 'ai_assistant', network: 'chatgpt', paid: false, by: 'referrer', time: at(0) };
    const { read } = await openLivePage(aBatch([anEvent({ name: 'landing', properties: { channel: 'ai_assistant', network: 'chatgpt' } })], { contexts: [aContext({ touchpoint })] }));
    expect([await read('.arrivals'), await read('.event .details')]).toEqual([['ChatGPT AI assistant'], ['AI assistant']]);
  });

  test('shows a dash for what a tracker does not tell', async () => {
    const properties = { currency: 'EUR', value: 36, cart_id: 'c1', items };
    const { read, failures } = await openLivePage(aBatch([aCoreEvent({ name: 'add_to_cart', properties })], { contexts: [aCoreContext()] }));
    expect((await read('.who'))[0]).toMatch(/^visitor [0-9a-f]{6} — seen 30 min ago · 1 event —$/);
    expect(await read('.visitor > p')).toEqual(['These events came without stages.']);
    expect((await read('.event'))[0]).toMatch(/^add_to_cart — \d\d:\d\d:\d\d Mug × 2 · €36\.00 visitor [0-9a-f]{6} · — · —$/);
    expect((await read('.cart'))[0]).toMatch(/^€36\.00 silent 30 min Mug × 2 €36\.00 — visitor [0-9a-f]{6} · last on —$/);
    expect(await read('#funnel-rows .number')).toEqual(['0', '0', '1', '0', '0', '0']);
    expect(failures).toEqual([]);
  });

  test('says what browsers dropped, and which of them keep nothing', async () => {
    const { read } = await openLivePage(
      aBatch([anEvent()], { dropped: { queue_full: 11 }, durable: false }),
      aBatch([anEvent()], { dropped: { queue_full: 1, refused: 1, expired: 0 } }));
    expect(await read('#delivery-notes li')).toEqual([
      '12 events dropped: more waited than the browser may keep',
      '1 event dropped: refused on the way here',
      '1 batch from browsers that refuse IndexedDB: what they had not sent ended with the page',
    ]);
  });

  test('calls a page by the title that it got late, in the stream and with the visitor', async () => {
    const page = { id: aContext().page.id, url: 'https://shop.example/kites' };
    const context = aContext({ page });
    const live = await openLivePage(aBatch([anEvent({ name: 'page_view' })], { contexts: [context] }));
    const names = live.page.locator('[data-page]');
    expect(await names.first().getAttribute('title')).toBeNull();
    await live.collector.post(aBatch([anEvent({ seq: 2, name: 'engagement' })], { contexts: [{ ...context, page: { ...page, title: 'Kites' } }] }));
    const titles = () => names.evaluateAll((all) => all.map(({ title }: any) => title as string));
    await expect.poll(titles, { timeout: 90_000 }).toEqual(['Kites', 'Kites']);
    await live.page.reload();
    await expect.poll(titles, { timeout: 90_000 }).toEqual(['Kites', 'Kites']);
    expect(live.failures).toEqual([]);
  });

  test('shows a new event at once', async () => {
    const { collector, page } = await openLivePage(aBatch());
    await collector.post(aBatch([anEvent({ name: 'wishlist_add' })]));
    await page.locator('.event.fresh b', { hasText: 'wishlist_add' }).waitFor();
    await page.locator('.visitor').nth(1).waitFor();
  });

  test('shows properties that are not what they should be as nothing, and markup as text', async () => {
    const trap = { toString: 1, valueOf: 1 };
    const hostile = { transaction_id: trap, search_term: trap, item_list_name: trap, channel: trap, campaign: { name: trap }, value: trap, currency: trap };
    const { page, read, failures } = await openLivePage(aBatch([
      anEvent({ properties: { ...hostile, items: [{ item_name: trap, item_id: trap, item_variant: trap, price: trap, quantity: trap }] } }),
      anEvent({ seq: 2, name: 'add_to_cart', properties: { ...hostile, cart_id: trap, items: [trap, null, { item_id: trap, quantity: trap }] } }),
      anEvent({ seq: 3, name: 'purchase', properties: { ...hostile, items: trap } }),
      anEvent({ seq: 4, name: 'search', properties: { search_term: '<img src=x onerror=alert(1)>' } }),
    ], { contexts: [aContext({ page: { id: aContext().page.id, url: 'javascript:alert(1)', title: '"><script>alert(1)</script>' } })] }));
    expect(await read('.event-head b')).toEqual(['search', 'purchase', 'add_to_cart', 'view_item']);
    expect(await read('.event .details')).toContain('“<img src=x onerror=alert(1)>”');
    expect(await page.locator('img, #main script').count()).toBe(0);
    expect(failures).toEqual([]);
  });
});
