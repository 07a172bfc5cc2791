import { describe, expect, test } from 'vitest';
import { MODELS, walkStages } from '../../examples/collector/stages.mjs';
import { at, NOON } from './helpers.js';

const model = (name: string) => MODELS.find((each) => each.name === name)!;
const items = [{ item_id: 'M', price: 18, quantity: 1 }];

let seq = 0;
/** An event of one visitor, a minute after the one before. */
const event = (name: string, journey?: Record<string, unknown>, properties: Record<string, unknown> = {}) => ({
  visitor: { id: 'a' }, tab: 't', seq: (seq += 1), time: at(seq), name, properties, journey,
});
const canonical = (stage: string, more: Record<string, unknown> = {}) => ({ stage, move: 'stay', from: null, loop: 1, furthest: stage, ...more });
const walk = (name: string, events: any[], now = NOON) => walkStages(events, { model: model(name), now }).get('a')!;
const stages = (name: string, events: any[]) => walk(name, events).steps.map(({ stage }: any) => stage);

describe('the stages of a visitor', () => {
  // The tracker said the canonical stages only; the events alone tell more than those: a list is interest, a product is desire.
  const visit = [
    event('social_landing', canonical('awareness', { move: 'enter' }), { channel: 'paid_social', paid: true }),
    event('view_item_list', canonical('consideration')),
    event('view_item', canonical('consideration')),
    event('add_to_cart', canonical('decision'), { items }),
    event('begin_checkout', canonical('decision')),
    event('purchase', canonical('purchase')),
    event('share', canonical('advocacy')),
  ];
  test.each([
    ['journey', ['awareness', 'consideration', 'consideration', 'decision', 'decision', 'purchase', 'advocacy']],
    ['aida', ['attention', 'interest', 'desire', 'desire', 'action', 'action', 'action']],
    ['funnel', ['visit', 'visit', 'product_view', 'cart', 'checkout', 'purchase', 'purchase']],
    ['mckinsey', [
      'initial_consideration', 'active_evaluation', 'active_evaluation', 'active_evaluation', 'moment_of_purchase', 'moment_of_purchase',
      'postpurchase_experience',
    ]],
    ['moments', ['stimulus', 'zero', 'zero', 'first', 'first', 'first', 'ultimate']],
  ])('are found in %s where the tracker named the canonical model alone, and where it named none', (name, expected) => {
    expect(stages(name, visit)).toEqual(expected);
    expect(stages(name, visit.map((each) => ({ ...each, journey: undefined })))).toEqual(expected);
  });

  test('are those of the tracker where it says them, in whatever model came first', () => {
    const told = [event('view_item', canonical('interest', { stages: { journey: 'consideration', funnel: 'cart' } }))];
    expect([stages('journey', told), stages('funnel', told), stages('aida', told)]).toEqual([['consideration'], ['cart'], ['desire']]);
  });

  test('are found out where what the tracker says is no stage of the model', () => {
    const told = [event('view_item', canonical('constructor', { stages: { funnel: 'toString' } }))];
    expect([stages('journey', told), stages('funnel', told)]).toEqual([['consideration'], ['product_view']]);
  });

  test('follow a stage that the shop gave an event, in the other models too', () => {
    const told = [event('hello', canonical('awareness')), event('sign_up_for_trial', canonical('purchase')), event('hello', canonical('purchase'))];
    expect(stages('funnel', told)).toEqual(['visit', 'purchase', 'purchase']);
    expect(stages('mckinsey', told)).toEqual(['initial_consideration', 'moment_of_purchase', 'moment_of_purchase']);
  });

  test('go on from what the tracker knows of visits that are not stored', () => {
    const told = [event('landing', canonical('retention'), { channel: 'direct' }), event('page_view', canonical('retention'))];
    expect(stages('moments', told)).toEqual(['second', 'second']);
  });

  test('depend on what is in the cart at that moment', () => {
    const read = (...before: any[]) => stages('journey', [...before, event('review_view')]).at(-1);
    const add = event('add_to_cart', undefined, { items });
    const remove = event('remove_from_cart', undefined, { items });
    expect([read(), read(add), read(add, { ...remove, seq: 1e6, time: add.time })]).toEqual(['consideration', 'decision', 'consideration']);
  });

  test('say where a new loop begins, as the tracker says it or as it is found out', () => {
    const told = [event('purchase', canonical('purchase')), event('view_item', canonical('consideration', { move: 'loop', loop: 2 }))];
    for (const name of ['journey', 'mckinsey', 'funnel']) expect(walk(name, told).steps.map(({ loop }: any) => loop), name).toEqual([false, true]);
  });

  test('are in the order of the events and not of their arrival', () => {
    expect(stages('aida', [visit[3], visit[0]])).toEqual(['attention', 'desire']);
  });
});

test('what is remembered from call to call does not hide an event that comes late', () => {
  const memory = new Map();
  const read = (events: any[]) => walkStages(events, { model: model('aida'), now: NOON, memory }).get('a')!.steps.map(({ event: { name }, stage }: any) => `${name} ${stage}`);
  const [landing, list, product] = [event('landing', undefined, { channel: 'direct' }), event('view_item_list'), event('view_item')];
  expect(read([landing, product])).toEqual(['landing attention', 'view_item desire']);
  expect(read([landing, product, list])).toEqual(['landing attention', 'view_item_list interest', 'view_item desire']);
  expect(read([landing, product, list])).toEqual(['landing attention', 'view_item_list interest', 'view_item desire']);
});

describe('a visitor has left', () => {
  const seen = (occurred_at?: string) => [{ ...event('view_item'), time: at(0), received: occurred_at && { occurred_at } }];
  test('after 30 minutes without an event, by the clock of the collector', () => {
    expect(walk('journey', seen(), NOON + 30 * 60_000).left).toBe(false);
    expect(walk('journey', seen(), NOON + 30.1 * 60_000).left).toBe(true);
    expect(walk('journey', seen(at(20)), NOON + 40 * 60_000).left).toBe(false);
  });
});

test('no property makes it fail', () => {
  const odd: any[] = [null, 0, '', 'x'.repeat(5000), [], {}, [[]], { toString: 1, valueOf: 1 }, [null], true];
  for (const value of odd) {
    const properties = { items: value, channel: value, network: value, paid: value, campaign: value, share: value, rating: value, cart_id: value, transaction_id: value };
    const events = ['social_landing', 'add_to_cart', 'remove_from_cart', 'purchase', 'feedback', 'share', 'constructor'].map((name) => event(name, undefined, properties));
    for (const { name } of MODELS) expect(stages(name, events)).toHaveLength(events.length);
  }
});
