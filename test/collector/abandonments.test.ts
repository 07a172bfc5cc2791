import { describe, expect, test } from 'vitest';
import { abandonments } from '../../examples/collector/abandonments.mjs';
import { at } from './helpers.js';

let seq = 0;
const happens = (minute: number, name: string, properties: Record<string, unknown>, id = `event ${seq}`, visitor = 'a') =>
  ({ id, name, properties, time: at(minute), seq: (seq += 1), visitor: { id: visitor } });
const left = (id: string, reason: unknown = 'idle', level: unknown = 'cart', more = {}, visitor?: string) =>
  happens(1, 'cart_abandon', { reason, level, provisional: reason === 'exit', cart_id: `cart of "${id}"`, value: 10, currency: 'EUR', ...more }, id, visitor);
const back = (abandonment_id: unknown, more: Record<string, unknown> = {}, minute = 9) =>
  happens(minute, 'cart_recover', { abandonment_id, cart_id: `cart of ${JSON.stringify(abandonment_id)}`, by: 'view_cart', seconds: 60, value: 10, currency: 'EUR', ...more });

/** Each level as one line: left, by exit, by idle, by return, recovered. */
const lines = (events: any[]) => abandonments(events).levels.map(({ level, count, reasons, recovered }: any) =>
  [`${level}`, count, reasons.exit.count, reasons.idle.count, reasons.return.count, recovered.count].join(' '));

describe('abandoned carts', () => {
  test.each<[string, any[], string[]]>([
    ['are none where nobody tells', [happens(0, 'add_to_cart', {})], []],
    ['are told by level and reason, the furthest first', [left('1', 'exit', 'browse'), left('2', 'idle', 'cart'), left('3', 'return', 'checkout'), left('4', 'idle', 'checkout')],
      ['checkout 2 0 1 1 0', 'cart 1 0 1 0 0', 'browse 1 1 0 0 0']],
    ['count once for an id, whoever tells of it again', [left('1'), left('1', 'idle', 'cart', {}, 'b')], ['cart 1 0 1 0 0']],
    ['are recovered where somebody names them', [left('1'), left('2'), back('1')], ['cart 2 0 2 0 1']],
    ['are recovered once', [left('1'), back('1'), back('1')], ['cart 1 0 1 0 1']],
    ['are recovered, in whatever order the words arrive', [back('1'), left('1')], ['cart 1 0 1 0 1']],
    ['count without a level or a reason that there is', [left('1', 'constructor', 7)], ['null 1 0 0 0 0']],
  ])('%s', (_, events, expected) => {
    expect(lines(events)).toEqual(expected);
  });

  test('are worth what each was, per currency', () => {
    const { values, reasons, recovered } = abandonments([left('1'), left('2', 'exit'), left('3', 'idle', 'cart', { currency: 'GBP' }), left('4', 'idle', 'cart', { value: 'dear' }), back('2', { value: 99 })]);
    expect(values).toEqual([{ value: 20, currency: 'EUR' }, { value: 10, currency: 'GBP' }]);
    expect(reasons.exit).toEqual({ count: 1, values: [{ value: 10, currency: 'EUR' }] });
    expect(recovered).toEqual({ count: 1, values: [{ value: 10, currency: 'EUR' }] });
  });
});

describe('recovered carts', () => {
  const ways = (events: any[]) => abandonments(events).ways.map(({ channel, network, count, seconds, bought }: any) => [channel, network, count, seconds, bought]);
  const email = { channel: 'email', network: 'klaviyo' };

  test.each<[string, any[], unknown[]]>([
    ['are told by what brought people back, the most frequent first', [back('1'), back('2', email), back('3', email)], [['email', 'klaviyo', 2, 60, 0], [null, null, 1, 60, 0]]],
    ['were left for the time in the middle', [back('1', { seconds: 5 }), back('2', { seconds: 90 }), back('3', { seconds: 7000 }), back('4', { seconds: 'x' })], [[null, null, 4, 90, 0]]],
    ['were away since they were last active, not since the cart was found abandoned',
      [left('1', 'idle', 'cart', { last_active: at(-29) }), left('2', 'return', 'cart', { last_active: at(-29) }), left('3', 'exit', 'cart', { last_active: at(1) }), back('1'), back('2'), back('3')], [[null, null, 3, 1860, 0]]],
    ['were away for what the recovery says where nothing is known of the abandonment', [left('1', 'idle', 'cart', { last_active: 'then' }), left('2', 'idle', 'cart', { last_active: at(5) }), back('1'), back('2'), back('4')], [[null, null, 3, 60, 0]]],
    ['may not tell for how long', [back('1', { seconds: null })], [[null, null, 1, null, 0]]],
    ['were bought where the order took them up', [back('1', { by: 'purchase' })], [[null, null, 1, 60, 1]]],
    ['were bought where an order names them later', [back('1'), happens(20, 'purchase', { cart_id: 'cart of "1"' })], [[null, null, 1, 60, 1]]],
    ['were not bought by another visitor', [back('1'), happens(20, 'purchase', { cart_id: 'cart of "1"' }, 'p', 'b')], [[null, null, 1, 60, 0]]],
    ['count once', [back('1', email), back('1', {}, 20)], [['email', 'klaviyo', 1, 60, 0]]],
    ['count where they name nothing that there is', [back({ toString: 1 }, { cart_id: {}, channel: {}, network: 7 })], [[null, '7', 1, 60, 0]]],
  ])('%s', (_, events, expected) => {
    expect(ways(events)).toEqual(expected);
  });

  test('are bounded in their ways', () => {
    const { ways: shown, more_ways, recoveries } = abandonments(Array.from({ length: 15 }, (_, index) => back(`${index}`, { channel: `c${index}` })));
    expect([shown.length, more_ways, recoveries.count]).toEqual([10, 5, 15]);
  });
});
