import { describe, expect, test } from 'vitest';
import { channelsOf, createFilter, cutWalks } from '../../examples/collector/filters.mjs';
import { takeSnapshot } from '../../examples/collector/snapshot.mjs';
import { MODELS } from '../../examples/collector/stages.mjs';
import { at, NOON } from './helpers.js';

let seq = 0;
const touch = (channel: string, minute: number) => ({ channel, network: null, paid: null, by: null, time: at(minute) });
const event = (visitor: string | null, minute: number, name: string, properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id: `e${(seq += 1)}`, ...(visitor && { visitor: { id: visitor }, session: { id: `${visitor}1`, number: 1 } }), tab: 't', seq, time: at(minute), name, properties,
  received: { row: seq, at: at(minute), occurred_at: at(minute), batch_id: 'b' }, ...more,
});
const land = (visitor: string | null, minute: number, channel: string) => event(visitor, minute, 'landing', { channel, network: null, paid: null }, { touchpoint: touch(channel, minute) });
const items = [{ item_id: 'M', price: 10, quantity: 1 }];

/** What the page would show of these events, two hours after noon. The store is the least that a snapshot asks of one. */
function look(events: any[], choice: Record<string, unknown> = {}) {
  const store = {
    latestVisitors: () => events, lastRow: () => seq, latestEvents: () => [], delivery: () => ({}),
  };
  return takeSnapshot(store as any, { now: NOON + 120 * 60_000, abandonedAfterMs: 600_000, ...choice }) as any;
}

/** Anna came by email long ago and bought just now; Ben by social media, just now, and left a cart; Cleo was here only long ago. */
const everyone = () => [
  land('anna', 0, 'email'), event('anna', 1, 'add_to_cart', { cart_id: 'a', currency: 'EUR', items }),
  event('anna', 100, 'purchase', { cart_id: 'a', currency: 'EUR', value: 10, transaction_id: 'T1', items }, { journey: undefined, touchpoint: touch('email', 0) }),
  land('ben', 110, 'organic_social'), event('ben', 111, 'add_to_cart', { cart_id: 'b', currency: 'EUR', items }),
  event('ben', 112, 'cart_abandon', { cart_id: 'b', reason: 'exit', level: 'cart', provisional: true, currency: 'EUR', value: 10, items }),
  land('cleo', 2, 'organic_social'), event('cleo', 3, 'cart_abandon', { cart_id: 'c', reason: 'idle', level: 'cart', currency: 'EUR', value: 20, items }),
  event('cleo', 4, 'web_vitals', { lcp: 9000 }),
];

describe('a choice of time', () => {
  test('counts what happened in it, and finds out what that was from all before', () => {
    const { counted, visitors, arrivals, over_time, carts, abandonments, vitals, funnel, touches } = look(everyone(), { range: 'hour' });
    expect([counted, visitors.count]).toEqual([{ events: 4, all: 9 }, 2]);
    expect(arrivals.channels.map(({ channel, arrivals: own }: any) => [channel, own])).toEqual([['organic_social', 1]]);
    expect(over_time.channels.map(({ name, arrivals: own }: any) => [name, own])).toEqual([['organic_social', 1]]);
    expect(carts.totals).toMatchObject({ bought: { count: 1, values: [{ value: 10 }] }, abandoned: { count: 1, values: [{ value: 10 }] } });
    expect([abandonments.count, vitals.all.loads]).toEqual([1, 0]);
    // Anna's visit in this hour is a purchase, and nothing before it.
    expect(funnel.map(({ visitors: own }: any) => own)).toEqual([1, 0, 1, 1, 0, 0]);
    // The conversion is of this hour; that email made the shop known was long before.
    expect([touches.conversions, touches.visitors]).toEqual([1, 1]);
    expect(touches.channels.map(({ channel, visitors: own, credit }: any) => [channel, own, credit.first.conversions])).toEqual([['organic_social', 1, 0], ['email', 0, 1]]);
  });

  test('of all counts everything', () => {
    expect(look(everyone())).toMatchObject({ counted: { events: 9, all: 9 }, visitors: { count: 3 }, abandonments: { count: 2 }, touches: { visitors: 3, conversions: 1 } });
  });

  test('counts an abandonment as recovered though that was later, and a recovery where it happened', () => {
    const recovered = [
      event('a', 0, 'cart_abandon', { cart_id: 'c', reason: 'idle', level: 'cart', currency: 'EUR', value: 20, items }, { id: 'left' }),
      event('a', 100, 'cart_recover', { abandonment_id: 'left', cart_id: 'c', channel: 'email', seconds: 6000, value: 20, currency: 'EUR' }),
    ];
    expect(look(recovered, { range: 'hour' }).abandonments).toMatchObject({ count: 0, recoveries: { count: 1 }, ways: [{ channel: 'email', count: 1 }] });
    expect(look(recovered).abandonments).toMatchObject({ count: 1, recovered: { count: 1 } });
  });

  test('counts a session that ended in it, though only the next one tells of that', () => {
    const previous = { session: 'a0', stage: 'decision', page: 'https://shop.example/cart', seconds: 3600, cart_value: 5, currency: 'EUR' };
    // Told at minute 110 of one that ended at minute 50: not in the last hour. Told at 115 by another of 105.
    const events = [
      event('a', 110, 'page_view', {}, { previous }),
      event('b', 115, 'page_view', {}, { previous: { ...previous, session: 'b0', seconds: 600 } }),
    ];
    expect([look(events, { range: 'hour' }).drop_outs.ends, look(events).drop_outs.ends]).toEqual([1, 2]);
  });

  test('keeps a chain of shares whole in which something happened', () => {
    const share = (visitor: string, minute: number, token: string) => event(visitor, minute, 'share', { method: 'copy', share: { token, depth: 1 } });
    const come = (visitor: string, minute: number, token: string) => event(visitor, minute, 'landing', { channel: 'shared_link', by: 'token', share: { token, depth: 1 } });
    const events = [share('a', 0, 'aaaaaaaaaaaa'), come('b', 110, 'aaaaaaaaaaaa'), share('c', 0, 'cccccccccccc'), come('d', 1, 'cccccccccccc')];
    expect(look(events, { range: 'hour' }).shares).toMatchObject({ totals: { shares: 1, came: 1 }, shown: [{ by: { visitor: 'a' }, people: [{ visitor: 'b' }] }] });
    expect(look(events, { channel: 'shared_link' }).shares.totals).toMatchObject({ shares: 2, came: 2 });
    expect(look(events).shares.totals).toMatchObject({ shares: 2, came: 2 });
  });

  test('leaves programs out, and counts those of that time', () => {
    const program = event('bot', 119, 'page_view', {}, { bot: true });
    const former = event('old', 1, 'page_view', {}, { bot: true });
    expect(look([program, former], { range: 'hour' }).bots).toEqual({ visitors: 1, events: 1 });
  });
});

describe('a choice of channel', () => {
  test('counts everything of those who came by it at least once', () => {
    const again = [...everyone(), land('ben', 115, 'email')];
    const { counted, visitors, arrivals, carts } = look(again, { channel: 'email' });
    expect(visitors.names.map(({ id }: any) => id).sort()).toEqual(['anna', 'ben']);
    expect(counted).toEqual({ events: 7, all: 10 });
    // Ben came by another channel, too, and that is told.
    expect(arrivals.channels.map(({ channel, arrivals: own }: any) => [channel, own])).toEqual([['email', 2], ['organic_social', 1]]);
    expect(carts.totals).toMatchObject({ bought: { count: 1 }, abandoned: { count: 1 } });
  });

  test('knows a channel from the touchpoint or the path of an event, though the arrival is not stored', () => {
    const events = [
      event('a', 1, 'page_view', {}, { touchpoint: touch('email', 0) }),
      event('b', 1, 'purchase', {}, { journey: { stage: 'purchase', move: 'enter', from: null, loop: 1, furthest: 'purchase', path: [touch('influencer', 0)] } }),
    ];
    expect(look(events, { channel: 'influencer' }).visitors.names.map(({ id }: any) => id)).toEqual(['b']);
    expect(look(events).choice.channels.sort()).toEqual(['email', 'influencer']);
  });

  test('of which nobody knows counts nobody', () => {
    expect(look(everyone(), { channel: 'carrier_pigeon' })).toMatchObject({ counted: { events: 0 }, visitors: { count: 0 }, flows: { visitors: 0, nodes: [] } });
  });

  test('is offered with the one by which most visitors came first, and not without bound', () => {
    expect(channelsOf(everyone())).toEqual(['organic_social', 'email']);
    expect(channelsOf(Array.from({ length: 99 }, (_, index) => land('a', 1, `c${index}`)))).toHaveLength(30);
  });

  test('counts an event without a visitor where it tells of the channel itself', () => {
    const events = [land(null, 100, 'email'), land(null, 100, 'direct'), event(null, 100, 'page_view', {}, { touchpoint: touch('email', 100) })];
    expect(look(events, { channel: 'email' }).anonymous).toMatchObject({ events: 2, views: 1, arrivals: 1 });
  });
});

test('walks are cut to the time, and those without a step in it are left out', () => {
  const people = everyone();
  const filter = createFilter(people, { range: 'hour', channel: null, now: NOON + 120 * 60_000 });
  const walks = new Map(['anna', 'ben', 'cleo'].map((id) => [id, { steps: people.filter(({ visitor }) => visitor?.id === id).map((each) => ({ event: each, stage: 'decision', loop: false })), left: true }]));
  expect([...cutWalks(walks, filter)].map(([id, { steps }]: any) => [id, steps.length])).toEqual([['anna', 1], ['ben', 3]]);
});

test('the model of choice is that of funnel, moves and drop-outs alike', () => {
  const { funnel, flows } = look(everyone(), { model: MODELS[1] });
  expect(funnel.map(({ stage }: any) => stage)).toEqual(['attention', 'interest', 'desire', 'action']);
  expect(funnel.map(({ visitors }: any) => visitors)).toEqual(flows.model.stages.map(({ visitors }: any) => visitors));
});
