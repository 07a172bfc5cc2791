import { describe, expect, test } from 'vitest';
import { vitals } from '../../examples/collector/vitals.mjs';

const load = (properties: Record<string, unknown>, { stage, channel, app }: { stage?: string; channel?: string; app?: string } = {}) => ({
  name: 'web_vitals', properties, journey: stage && { stage }, touchpoint: channel && { channel }, in_app: app && { network: app },
});
const lcps = (...values: unknown[]) => (vitals(values.map((lcp) => load({ lcp }))) as any).all.lcp;
const oneToHundred = Array.from({ length: 100 }, (_, index) => 100 - index);

describe('web vitals', () => {
  test.each<[string, unknown[], number | undefined]>([
    ['of one load is its value', [1200], 1200],
    ['of two is the slower one', [1200, 1800], 1800],
    ['of four is the third', [4, 1, 3, 2], 3],
    ['of five is the fourth', [5, 4, 1, 3, 2], 4],
    ['of a hundred is the 75th', oneToHundred, 75],
    ['goes by size, not by the alphabet', [900, 1000, 90, 80], 900],
    ['passes over what is no number', [1200, '9000', null, undefined, Infinity, -1, { valueOf: 1 }], 1200],
    ['is none where no load tells it', ['x'], undefined],
  ])('the 75th percentile %s', (_, values, expected) => {
    expect(lcps(...values)?.p75).toBe(expected);
  });

  test.each<[string, number, string]>([
    ['lcp', 0, 'good'], ['lcp', 2500, 'good'], ['lcp', 2501, 'fair'], ['lcp', 4000, 'fair'], ['lcp', 4001, 'poor'],
    ['inp', 200, 'good'], ['inp', 201, 'fair'], ['inp', 500, 'fair'], ['inp', 501, 'poor'],
    ['cls', 0, 'good'], ['cls', 0.1, 'good'], ['cls', 0.1001, 'fair'], ['cls', 0.25, 'fair'], ['cls', 0.2501, 'poor'],
  ])('%s of %d is %s', (metric, value, rating) => {
    const { all } = vitals([load({ [metric]: value })]) as any;
    expect(all[metric]).toEqual({ p75: value, rating, good: 0, fair: 0, poor: 0, [rating]: 1 });
  });

  test('count the loads that were good, need improvement, or were poor', () => {
    expect(lcps(100, 2500, 3000, 9000, 9001)).toMatchObject({ good: 2, fair: 1, poor: 2 });
  });

  test('are told by stage in its order, by channel and by app with the most loads first', () => {
    const { all, stages, channels, apps } = vitals([
      load({ lcp: 3 }, { stage: 'purchase', channel: 'direct' }), load({ lcp: 1 }, { stage: 'awareness', channel: 'paid_social', app: 'instagram' }),
      load({ lcp: 2 }, { stage: 'awareness', channel: 'paid_social' }), load({ inp: 2 }), load({ lcp: 1 }, { stage: 'nowhere', channel: 'paid_social' }),
      { ...load({ lcp: 9 }), name: 'page_view' },
    ]);
    const short = (groups: any[]) => groups.map(({ name, loads, lcp }) => [name, loads, lcp?.p75 ?? null]);
    expect(all.loads).toBe(5);
    expect(short(stages)).toEqual([['awareness', 2, 2], ['purchase', 1, 3], [null, 2, 1]]);
    expect(short(channels)).toEqual([['paid_social', 3, 2], ['direct', 1, 3], [null, 1, null]]);
    expect(short(apps)).toEqual([[null, 4, 3], ['instagram', 1, 1]]);
  });

  test('are not told by app where nobody was in one, and bounded where there are many', () => {
    const many = Array.from({ length: 20 }, (_, index) => load({ lcp: 1 }, { channel: `c${index}` }));
    const { channels, more_channels, apps } = vitals(many);
    expect([channels.length, more_channels, apps]).toEqual([8, 12, []]);
  });
});
