import { describe, expect, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newId, NOON, startTestCollector } from './helpers.js';
import { useLivePage } from './live-page.js';

const instagram = { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', time: at(0) };

/** What a tracker without identifiers sends: a tab that is random for each page view, and the page. */
const aPageView = (tab: string, changes: Record<string, unknown> = {}) => {
  const { page } = aContext();
  return { tab, page, ...changes };
};
const inStage = (stage: string) => ({ stage, move: 'enter', from: null, loop: 1, furthest: stage });

describe('events without identifiers', () => {
  test('are stored as they came, each tab with a sequence of its own', async () => {
    let now = NOON;
    const collector = await startTestCollector({ now: () => now });
    const contexts = [aPageView('one'), aPageView('two')];
    const events = [anEvent({ seq: 1 }), anEvent({ seq: 4 }), anEvent({ context: 1, seq: 1 })];
    expect((await collector.post(aBatch(events, { contexts, dropped: { unanswered: 2 } }))).body).toEqual({ accepted: 3, duplicates: 0, refused: [] });
    expect((await collector.post(aBatch(events, { contexts }))).body).toMatchObject({ accepted: 0, duplicates: 3 });
    const [first] = await collector.events();
    expect(first).toMatchObject({ tab: 'one', id: events[0]!.id });
    expect(first).not.toHaveProperty('visitor');
    expect(first).not.toHaveProperty('session');
    now += 3_600_000;
    const { delivery } = await collector.snapshot();
    expect(delivery).toMatchObject({ events: 3, missing: 2, dropped: { unanswered: 2 }, gaps: [{ tab: 'one', anonymous: true, ranges: [[2, 3]] }] });
  });

  test('have arrived also where they are refused', async () => {
    let now = NOON;
    const collector = await startTestCollector({ now: () => now });
    await collector.post(aBatch([anEvent({ seq: 1, name: 'not a name' }), anEvent({ seq: 2 })], { contexts: [aPageView('one')] }));
    now += 3_600_000;
    expect((await collector.snapshot()).delivery).toMatchObject({ refused: 1, missing: 0 });
  });

  test('count as visits of one page view, and never as somebody who came back', async () => {
    const collector = await startTestCollector();
    const person = aContext({ touchpoint: instagram });
    const contexts = [aPageView('one', { touchpoint: instagram }), aPageView('two'), person];
    const landing = { name: 'landing', properties: { channel: 'organic_social', network: 'instagram', paid: false } };
    await collector.post(aBatch([
      anEvent({ ...landing, journey: inStage('awareness') }),
      anEvent({ context: 1, name: 'purchase', journey: inStage('purchase'), properties: { transaction_id: 'T1', value: 18, currency: 'EUR' } }),
      anEvent({ ...landing, context: 2, journey: inStage('awareness') }),
    ], { contexts }));
    const { visitors, anonymous, arrivals, funnel, touches, drop_outs, carts, flows } = await collector.snapshot();
    expect(visitors).toMatchObject({ count: 1, shown: [{ id: person.visitor.id }] });
    expect(anonymous).toMatchObject({ visits: 2, events: 2, arrivals: 1, orders: { count: 1 } });
    expect(arrivals).toMatchObject({ arrivals: 2, visitors: 1, anonymous: 1 });
    expect(funnel[0]).toEqual({ stage: 'awareness', visitors: 2, anonymous: 1, left: 1, drop_off: 1, skipped: 0 });
    expect(funnel[3]).toMatchObject({ stage: 'purchase', visitors: 1, anonymous: 1, left: 0, drop_off: null });
    expect(touches).toMatchObject({ visitors: 1, conversions: 1, values: [{ value: 18, currency: 'EUR' }] });
    expect(flows.visitors).toBe(1);
    expect(drop_outs.ends).toBe(0);
    expect(carts.shown).toEqual([]);
  });

  test('of two page views with one number are two', async () => {
    const collector = await startTestCollector();
    const [one, two] = [anEvent({ seq: 1 }), anEvent({ seq: 1 })];
    await collector.post(aBatch([one], { contexts: [aPageView('one')] }));
    expect((await collector.post(aBatch([two], { contexts: [aPageView('two')] }))).body.accepted).toBe(1);
    expect((await collector.snapshot()).anonymous).toMatchObject({ visits: 2, events: 2 });
  });

  test('do not push visitors out of what the live page looks at', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([anEvent()]));
    for (let batch = 0; batch < 5; batch += 1) {
      const contexts = Array.from({ length: 45 }, (_, index) => aPageView(`${batch}/${index}`));
      await collector.post(aBatch(contexts.map((_, context) => anEvent({ context })), { contexts }));
    }
    const { visitors, anonymous } = await collector.snapshot();
    expect([visitors.count, anonymous.visits]).toEqual([1, 200]);
  });
});

describe('the consent that events were captured under', () => {
  test.each([
    { analytics: 'granted', marketing: 'denied', by: { analytics: 'option', marketing: 'gpc' }, gpc: true },
    { analytics: 'granted', marketing: 'granted', by: { analytics: 'tcf', marketing: 'tcf' }, dnt: true, waited: true },
    { analytics: 'granted', marketing: 'required', by: { analytics: 'option', marketing: 'option' } },
  ])('is kept: %o', async (consent) => {
    const collector = await startTestCollector();
    await collector.post(aBatch([anEvent()], { contexts: [aContext({ consent })] }));
    expect(await collector.events()).toMatchObject([{ consent }]);
  });

  test.each<[object, string]>([
    [{ analytics: 'maybe', marketing: 'denied', by: { analytics: 'call', marketing: 'call' } }, '/contexts/0/consent/analytics must be one of "granted", "denied", "required", got "maybe"'],
    [{ analytics: 'granted', by: { analytics: 'call', marketing: 'call' } }, '/contexts/0/consent/marketing is required, got nothing'],
    [{ analytics: 'granted', marketing: 'denied', by: { analytics: 'hearsay', marketing: 'call' } }, '/contexts/0/consent/by/analytics must be one of "option", "call", "google", "tcf", "gpc", "dnt", got "hearsay"'],
    [{ analytics: 'granted', marketing: 'denied', by: { analytics: 'call', marketing: 'gpc' }, gpc: 1 }, '/contexts/0/consent/gpc must be boolean, got 1'],
  ])('is refused where it is none: %o', async (consent, reason) => {
    const collector = await startTestCollector();
    expect((await collector.post(aBatch([anEvent()], { contexts: [aContext({ consent })] }))).body.refused).toMatchObject([{ reason }]);
  });
});

const { openLivePage } = useLivePage();

test('the live page shows page views without identifiers', async () => {
  const { collector, page, read, failures } = await openLivePage(aBatch([anEvent({ name: 'page_view' })], { contexts: [aPageView(newId(4))] }));
  expect(await read('.event-head b')).toEqual(['page_view']);
  await collector.post(aBatch([anEvent({ name: 'purchase' })], { contexts: [aPageView(newId(4))] }));
  await page.locator('.event b', { hasText: 'purchase' }).waitFor();
  expect(failures).toEqual([]);
});
