import { describe, expect, test } from 'vitest';
import { arrivalsOverTime } from '../../examples/collector/timeline.mjs';
import { at, NOON } from './helpers.js';

const arrives = (minute: number, channel: unknown, network: unknown = null, more: Record<string, unknown> = {}) =>
  ({ name: 'landing', time: at(minute), visitor: { id: 'a' }, properties: { channel, network }, ...more });

/** The steps of a series in which there is something, as `minute after noon: arrivals`. */
const steps = ({ starts }: any, { counts }: any) => counts.flatMap((number: number, index: number) => (number > 0 ? [`${(starts[index] * 1000 - NOON) / 60_000}: ${number}`] : []));

const read = (events: any[], now: number, since = -Infinity) => arrivalsOverTime(events, { now: NOON + now * 60_000, since: since === -Infinity ? since : NOON + since * 60_000 }) as any;

describe('arrivals over time', () => {
  test('are counted in the step in which they happened, by channel and by network', () => {
    const over = read([arrives(1, 'email'), arrives(1.9, 'email'), arrives(2, 'email'), arrives(2, 'paid_social', 'x'), arrives(20, 'organic_social', 'x')], 30);
    expect(over.step_ms).toBe(60_000);
    expect(over.channels.map((series: any) => [series.name, series.arrivals, steps(over, series)])).toEqual([
      ['email', 3, ['1: 2', '2: 1']], ['paid_social', 1, ['2: 1']], ['organic_social', 1, ['20: 1']],
    ]);
    expect(over.networks.map((series: any) => [series.name, steps(over, series)])).toEqual([['x', ['2: 1', '20: 1']]]);
  });

  test('have steps without a gap, from the first arrival to now', () => {
    const { starts } = read([arrives(0.5, 'email')], 40.5);
    expect([starts.length, (starts[0] * 1000 - NOON) / 60_000, (starts.at(-1) * 1000 - NOON) / 60_000]).toEqual([41, 0, 40]);
    expect(new Set(starts.slice(1).map((start: number, index: number) => start - starts[index]))).toEqual(new Set([60]));
  });

  // From the beginning of that time to now in no more than 60 steps.
  test.each([[59, 1], [60, 2], [118, 2], [119, 5], [295, 5], [296, 15], [24 * 60, 60], [59 * 60, 60], [60 * 60, 180], [7 * 24 * 60, 180], [30 * 24 * 60, 24 * 60], [400 * 24 * 60, 7 * 24 * 60]])(
    'of %i minutes have steps of %i minutes', (minutes, step) => {
      const over = read([], 0, -minutes);
      expect(over.step_ms / 60_000).toBe(step);
      expect(over.starts.length).toBeLessThanOrEqual(60);
    });

  test('are drawn over a while though all came just now, and over a life though a clock is from another century', () => {
    expect(read([arrives(0, 'email')], 0).starts).toHaveLength(12);
    const { starts } = arrivalsOverTime([{ ...arrives(0, 'email'), time: '1901-01-01T00:00:00.000Z' }], { now: NOON, since: -Infinity });
    expect(starts.length).toBeLessThanOrEqual(61);
  });

  test('happened when the collector says, not when the browser does', () => {
    const over = read([arrives(-9999, 'email', null, { received: { occurred_at: at(3) } })], 10);
    expect(steps(over, over.channels[0])).toEqual(['3: 1']);
  });

  test('tell six apart, the largest first, and sum up the rest', () => {
    const many = Array.from({ length: 8 }, (_, index) => Array.from({ length: 9 - index }, () => arrives(1, `c${index}`))).flat();
    const over = read(many, 5);
    expect(over.channels.map(({ name, rest, arrivals }: any) => [name, rest, arrivals])).toEqual([
      ['c0', 0, 9], ['c1', 0, 8], ['c2', 0, 7], ['c3', 0, 6], ['c4', 0, 5], ['c5', 0, 4], [null, 2, 5],
    ]);
    expect(steps(over, over.channels[6])).toEqual(['1: 5']);
  });

  test('may be of no channel, or of one that is called like something every object has', () => {
    const over = read([arrives(1, { toString: 1 }), arrives(1, '__proto__', 'constructor')], 5);
    expect(over.channels.map(({ name, arrivals }: any) => [name, arrivals])).toEqual([[null, 1], ['__proto__', 1]]);
    expect(over.networks.map(({ name }: any) => name)).toEqual(['constructor']);
  });

  test('are none of other events', () => {
    expect(read([{ ...arrives(1, 'email'), name: 'page_view' }], 5).channels).toEqual([]);
  });
});
