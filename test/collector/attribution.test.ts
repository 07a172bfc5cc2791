import { describe, expect, test } from 'vitest';
import { ATTRIBUTIONS, touchesByChannel } from '../../examples/collector/attribution.mjs';
import { conversionsOf } from '../../examples/collector/conversions.mjs';
import { at } from './helpers.js';

const DAY = 24 * 60;
const touch = (channel: string, minute: number) => ({ channel, network: null, paid: null, by: null, time: at(minute), stage: 'awareness' });
const social = touch('organic_social', 0);
const mail = touch('email', 7 * DAY);
const direct = touch('direct', 14 * DAY);

let seq = 0;
const event = (visitor: string, name: string, minute: number, changes: Record<string, unknown> = {}) => ({
  visitor: { id: visitor }, tab: 't', seq: (seq += 1), time: at(minute), name, properties: {}, ...changes,
});
const journey = (stage: string, more: Record<string, unknown> = {}) => ({ stage, move: 'stay', from: null, loop: 1, furthest: stage, ...more });
const order = (visitor: string, path: unknown[] | undefined, properties: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) =>
  event(visitor, 'purchase', 14 * DAY, { journey: journey('purchase', { path }), properties: { currency: 'EUR', value: 40, ...properties }, ...changes });
/** `channel credit` of every row that has credit. */
const credit = (events: any[], way: string) => touchesByChannel(events).channels
  .map(({ channel, credit: credits }: any) => [channel, credits[way].conversions])
  .filter(([, conversions]: any) => conversions > 0)
  .sort();

describe('visitors by first touch', () => {
  const visitors = (...events: any[]) => touchesByChannel(events).channels.map(({ channel, visitors: number }: any) => `${channel} ${number}`);

  test('count each visitor once, by the earliest arrival and not by that of the first event seen', () => {
    // The first event in the list bears the later arrival.
    expect(visitors(
      event('a', 'view_item', 7 * DAY, { touchpoint: mail }), event('a', 'landing', 0, { touchpoint: social }), event('b', 'landing', 1, { touchpoint: mail }),
      event('b', 'page_view', 2, { touchpoint: mail }),
    )).toEqual(['organic_social 1', 'email 1']);
  });

  test('know the first arrival of a path, though its visit is not stored', () => {
    expect(visitors(order('a', [social, mail], {}, { touchpoint: mail }))).toContain('organic_social 1');
  });

  test('are of no known channel where the tracker does not tell', () => {
    expect(visitors(event('a', 'view_item', 0))).toEqual(['null 1']);
  });
});

describe('credit', () => {
  test.each([
    ['first', [['organic_social', 1]]],
    ['last', [['direct', 1]]],
    ['last_non_direct', [['email', 1]]],
    ['linear', [['direct', 1 / 3], ['email', 1 / 3], ['organic_social', 1 / 3]]],
    ['position', [['direct', 0.4], ['email', 0.2], ['organic_social', 0.4]]],
    ['time_decay', [['direct', 4 / 7], ['email', 2 / 7], ['organic_social', 1 / 7]]],
  ])('by %s goes where it says', (way, expected) => {
    const found = credit([order('a', [social, mail, direct])], way);
    expect(found.map(([channel]: any) => channel)).toEqual(expected.map(([channel]) => channel));
    found.forEach(([, weight]: any, index: number) => expect(weight).toBeCloseTo(expected[index]![1] as number));
  });

  test('has the value divided like the conversion, per currency', () => {
    const events = [order('a', [social, mail]), order('b', [social], { currency: 'CHF', value: 10 }), order('c', [mail], { value: '7' })];
    const [row] = touchesByChannel(events).channels.filter(({ channel }: any) => channel === 'organic_social');
    expect(row!.credit.linear).toEqual({ conversions: 1.5, values: [{ currency: 'EUR', value: 20 }, { currency: 'CHF', value: 10 }] });
    expect(touchesByChannel(events)).toMatchObject({ conversions: 3, values: [{ currency: 'EUR', value: 40 }, { currency: 'CHF', value: 10 }] });
  });

  test('sums to the number of conversions, whatever the way', () => {
    const events = [order('a', [social, mail, direct, social]), order('b', undefined), order('c', [], {}, { touchpoint: mail })];
    for (const way of ATTRIBUTIONS) {
      expect(credit(events, way).reduce((sum: number, [, weight]: any) => sum + weight, 0)).toBeCloseTo(3);
      expect(credit(events, way).map(([channel]: any) => channel)).toEqual(expect.arrayContaining([null, 'email']));
    }
  });

  test('is divided evenly where a time cannot be read: a leap second is a valid one', () => {
    const leap = { ...mail, time: '2016-12-31T23:59:60.000Z' };
    expect(credit([order('a', [social, leap])], 'time_decay')).toEqual([['email', 0.5], ['organic_social', 0.5]]);
  });

  test('of more channels than can be shown is summed up, and nothing is lost', () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      order(`v${index}`, [touch(`made_up_${'x'.repeat(index)}`, 0)], {}, { touchpoint: touch(`made_up_${'x'.repeat(index)}`, 0) }));
    const { channels } = touchesByChannel(events);
    expect(channels).toHaveLength(16);
    expect(channels.at(-1)).toMatchObject({ channel: null, rest: 25, visitors: 25, credit: { first: { conversions: 25 } } });
  });
});

describe('a conversion', () => {
  const names = (...events: any[]) => conversionsOf(events).map(({ event: { name } }: any) => name);

  test('is an order, counted once for its number, but each order without one counts', () => {
    const twice = { transaction_id: 'T1' };
    expect(conversionsOf([order('a', [social], twice), order('a', [social], twice), order('b', [social], twice), order('a', [social]), order('a', [social])])).toHaveLength(4);
  });

  test('is a goal of the shop', () => {
    expect(names(event('a', 'sign_up', 0, { journey: journey('purchase', { path: [social] }) }), event('a', 'subscribe', 1, { journey: journey('retention', { path: [social] }) })))
      .toEqual(['sign_up', 'subscribe']);
  });

  test('is none where an event merely bears the stage of the purchase', () => {
    expect(names(event('a', 'page_view', 0, { journey: journey('purchase') }), event('a', 'purchase', 1))).toEqual(['purchase']);
  });
});
