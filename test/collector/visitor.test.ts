import { describe, expect, test } from 'vitest';
import { MODELS, walkStages } from '../../examples/collector/stages.mjs';
import { visitorTimeline } from '../../examples/collector/visitor.mjs';
import { at, NOON } from './helpers.js';

const journey = (stage: string, move = 'stay') => ({ stage, move, from: null, loop: 1, furthest: stage });
const email = { channel: 'email', network: 'klaviyo', paid: false, by: 'utm', time: at(0) };
const direct = { channel: 'direct', network: null, paid: null, by: null, time: at(90) };
const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }];

let seq = 0;
const event = (minute: number, name: string, stage: string, more: Record<string, unknown> = {}) => ({
  id: `e${(seq += 1)}`, visitor: { id: 'a' }, session: { id: minute < 60 ? 's1' : 's2', number: minute < 60 ? 1 : 2 }, tab: 't', seq, time: at(minute), name,
  properties: {}, touchpoint: email, journey: journey(stage), page: { url: 'https://shop.example/mug' }, ...more,
});
const walk = () => [
  event(0, 'landing', 'awareness'),
  event(1, 'add_to_cart', 'decision', { properties: { currency: 'EUR', items } }),
  event(2, 'view_item', 'consideration', { visitor: { id: 'a', user_id: 'anna' } }),
  event(90, 'page_view', 'decision', { touchpoint: direct }),
  event(91, 'purchase', 'purchase', { touchpoint: direct, properties: { currency: 'EUR', value: 36, items } }),
  event(92, 'view_item', 'consideration', { touchpoint: direct, journey: { ...journey('consideration', 'loop'), loop: 2 } }),
];
const tell = (events: any[], id = 'a', model: any = MODELS[0]) => visitorTimeline(walkStages(events, { model, now: NOON + 95 * 60_000 }), id, model) as any;

describe('one visitor’s path', () => {
  test('has every event in order, with its stage, its move and what was in the cart', () => {
    const { shown, user_id, left, events } = tell(walk().reverse());
    expect(shown.map(({ name, stage, move, cart }: any) => [name, stage, move, cart && `${cart.quantity} ${cart.value} ${cart.currency}`])).toEqual([
      ['landing', 'awareness', 'enter', null], ['add_to_cart', 'decision', 'skip', '2 36 EUR'], ['view_item', 'consideration', 'back', null],
      ['page_view', 'decision', 'forward', null], ['purchase', 'purchase', 'forward', '0 0 null'], ['view_item', 'consideration', 'loop', null],
    ]);
    expect([user_id, left, events]).toEqual(['anna', false, 6]);
  });

  test('has each arrival once, and begins anew with each session', () => {
    const { shown } = tell(walk());
    expect(shown.map(({ arrival }: any) => arrival?.channel ?? null)).toEqual(['email', null, null, 'direct', null, null]);
    expect(shown.map(({ session, away }: any) => [session, away])).toEqual([[1, null], [null, null], [null, null], [2, 88 * 60_000], [null, null], [null, null]]);
  });

  test('is told in the stages of the chosen model', () => {
    expect(tell(walk(), 'a', MODELS[1]).shown.slice(0, 2).map(({ stage }: any) => stage)).toEqual(['attention', 'desire']);
  });

  test('is nothing of somebody who is not known, and of somebody with little to tell', () => {
    expect(tell(walk(), 'nobody')).toBeNull();
    const bare = tell([{ id: 'e', visitor: { id: 'a' }, tab: 't', seq: 1, time: at(0), name: 'page_view', properties: {} }]);
    expect(bare.shown).toMatchObject([{ name: 'page_view', page: null, session: null, arrival: null, cart: null }]);
  });

  test('is bounded, and says how much there was', () => {
    const many = Array.from({ length: 350 }, (_, index) => event(index / 100, 'page_view', 'awareness'));
    const { shown, events } = tell(many);
    expect([shown.length, events]).toEqual([300, 350]);
  });
});
