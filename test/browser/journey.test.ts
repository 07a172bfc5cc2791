import { describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, until } from '../helpers/shop.js';
import { codesOf, openSite, PROBLEMS, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const openShop = (attributes = '') => openSite({ head: PROBLEMS, attributes: `data-currency="EUR" data-engagement="false" ${attributes}` });
const journeyOf = (page: Page) => inPage(page, (waymark: Waymark) => waymark.journey());

/** Runs `change` on the stored record of the visitor, as another program could. */
const changeStored = (page: Page, change: string) =>
  page.evaluate(
    (body) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('waymark-main');
        request.onerror = () => reject(new Error('no database'));
        request.onsuccess = () => {
          const store = request.result.transaction('events', 'readwrite').objectStore('events');
          store.get('profile').onsuccess = ({ target }) => {
            const record = (target as IDBRequest<unknown>).result;
            // eslint-disable-next-line no-new-func
            new Function('profile', body)(record);
            store.put(record, 'profile');
          };
          store.transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    change,
  );

describe('two windows side by side', () => {
  test('lose no arrival, no order and no stage, although each writes what it knows', async () => {
    const site = await openShop();
    const left = await site.visit(browser, '/?utm_source=instagram&utm_medium=social');
    await site.flushed(left);
    // A window of its own: both are seen.
    const [right] = await Promise.all([left.waitForEvent('popup'), left.evaluate(() => void window.open('/right', '', 'popup,width=400,height=400'))]);
    onTestFinished(() => right.close());
    await site.flushed(right);
    expect(await Promise.all([left, right].map((page) => page.evaluate(() => document.visibilityState)))).toEqual(['visible', 'visible']);
    // From now on the left one takes what it knows for the truth, since nobody goes to another window.
    await inPage(left, (waymark: Waymark) => waymark.track('search', { search_term: 'kite' }));
    await site.flushed(left);
    await right.goto(`${site.url}/?utm_source=newsletter&utm_medium=email`);
    await inPage(right, (waymark: Waymark) => waymark.purchase({ transaction_id: 'T1', value: 20 }));
    await site.flushed(right);
    await inPage(left, (waymark: Waymark) => waymark.track('search', { search_term: 'reel' }));
    await site.flushed(left);
    await until('what the other window wrote', async () => (await journeyOf(left)).touchpoints.length === 2);

    const third = await site.visit(browser, '/third');
    expect((await journeyOf(third)).touchpoints.map(({ campaign }) => campaign?.source)).toEqual(['instagram', 'newsletter']);
    // The order is known in the window that did not see it.
    await inPage(left, (waymark: Waymark) => waymark.purchase({ transaction_id: 'T1', value: 20 }));
    await site.flushed(left);
    expect(site.events().filter(({ name }) => name === 'purchase')).toHaveLength(1);
    for (const page of [left, right, third]) expect(await codesOf(page)).toEqual([]);
  });
});

describe('what is remembered', () => {
  test('carries the path of arrivals with the order, over visits', async () => {
    const site = await openShop('data-session-minutes="0.01"');
    const page = await site.visit(browser, '/?utm_source=tiktok&utm_medium=influencer&utm_campaign=kites');
    await site.flushed(page);
    await page.goto(`${site.url}/?utm_source=newsletter&utm_medium=email`);
    await inPage(page, (waymark: Waymark) => waymark.purchase({ transaction_id: 'T2', value: 20 }));
    const purchase = (await site.flushed(page)).find(({ name }) => name === 'purchase')!;
    expect(purchase.journey.path).toMatchObject([
      { channel: 'influencer', campaign: { source: 'tiktok', name: 'kites' }, stage: 'awareness' },
      { channel: 'email', campaign: { source: 'newsletter' }, stage: 'consideration' },
    ]);
    expect(purchase.touchpoint).toMatchObject({ channel: 'email' });
  });

  test('starts anew where the store holds no journey, says so, and loses no event', async () => {
    const site = await openShop();
    let page = await site.visit(browser, '/');
    await inPage(page, (waymark: Waymark) => waymark.track('add_to_cart', { item_id: 'A1' }));
    await site.flushed(page);
    await changeStored(page, 'profile.journey = { v: 1, last: "never", touches: 7 }');
    await page.close();
    page = await site.visit(browser, '/again');
    await inPage(page, (waymark: Waymark) => [waymark.journey(), waymark.journey()]);
    await inPage(page, (waymark: Waymark) => waymark.track('view_item', { item_id: 'A1' }));
    const events = await site.flushed(page);
    expect(await codesOf(page)).toEqual(['journey_lost']);
    expect(events.find(({ name }) => name === 'view_item')!.journey).toMatchObject({ stage: 'consideration', loop: 1 });
    expect(events.map(({ name }) => name).filter((name) => name === 'page_view')).toHaveLength(2);
  });

  test('goes on where the shop names another model', async () => {
    const site = await openShop();
    const page = await site.visit(browser, '/');
    await inPage(page, (waymark: Waymark) => waymark.track('add_to_cart', { item_id: 'A1' }));
    await site.flushed(page);
    await page.route('**/other', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('data-currency', 'data-models="mckinsey,aida" data-currency') });
    });
    await page.goto(`${site.url}/other`);
    await inPage(page, (waymark: Waymark) => waymark.track('quiz_done'));
    const quiz = (await site.flushed(page)).find(({ name }) => name === 'quiz_done')!;
    expect(quiz.journey).toMatchObject({ stage: 'active_evaluation', move: 'stay', stages: { aida: 'desire', journey: 'decision' } });
    expect(await codesOf(page)).toEqual([]);
  });

  test('wakes after a season: the next arrival begins a new loop', async () => {
    const site = await openShop();
    let page = await site.visit(browser, '/?utm_source=instagram&utm_medium=social');
    await inPage(page, (waymark: Waymark) => waymark.track('add_to_cart', { item_id: 'A1' }));
    await site.flushed(page);
    await changeStored(page, 'profile.journey.last -= 91 * 864e5; profile.last -= 91 * 864e5;');
    await page.close();
    page = await site.visit(browser, '/?utm_source=tiktok&utm_medium=social');
    const landing = (await site.flushed(page)).filter(({ name }) => name === 'social_landing').at(-1)!;
    expect(landing.journey).toMatchObject({ stage: 'awareness', move: 'loop', from: 'decision', loop: 2 });
  });

  test('is a copy: what the shop does to a snapshot does nothing to the journey', async () => {
    const site = await openShop();
    const page = await site.visit(browser, '/?utm_source=instagram&utm_medium=social');
    await site.flushed(page);
    const channel = await inPage(page, (waymark: Waymark) => {
      const snapshot = waymark.journey() as unknown as { touchpoints: { channel: string }[]; stage: string };
      snapshot.touchpoints[0]!.channel = 'spoilt';
      snapshot.touchpoints.length = 0;
      snapshot.stage = 'spoilt';
      const { stage, touchpoints } = waymark.journey();
      return [stage, touchpoints[0]!.channel];
    });
    expect(channel).toEqual(['awareness', 'organic_social']);
  });
});
