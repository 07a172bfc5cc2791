import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstTouch, lastNonDirectTouch, lastTouch, linear, positionBased, timeDecay, type Path } from '../../src/journey/index.js';

const DAY = 24 * 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);

/** A path by its channels: a letter each, `d` for direct. */
const pathOf = (channels: string): Path => [...channels].map((letter) => ({ channel: letter === 'd' ? 'direct' : `channel_${letter}` }));
/** A path by the ages of its touchpoints, in days before the conversion at noon. */
const aged = (...days: number[]): Path => days.map((age) => ({ channel: 'email', time: new Date(NOON - age * DAY).toISOString() }));

const expectWeights = (got: number[], expected: number[]) => {
  expect(got).toHaveLength(expected.length);
  expected.forEach((weight, index) => expect(got[index]).toBeCloseTo(weight, 12));
};

test.each<[rule: string, channels: string, credit: (path: Path) => number[], weights: number[]]>([
  ['first touch', '', firstTouch, []],
  ['first touch', 'a', firstTouch, [1]],
  ['first touch', 'ab', firstTouch, [1, 0]],
  ['first touch', 'abcde', firstTouch, [1, 0, 0, 0, 0]],
  ['first touch, also where it was direct', 'dab', firstTouch, [1, 0, 0]],

  ['last touch', '', lastTouch, []],
  ['last touch', 'a', lastTouch, [1]],
  ['last touch', 'ab', lastTouch, [0, 1]],
  ['last touch, also where it was direct', 'abd', lastTouch, [0, 0, 1]],

  ['last touch that was not direct', '', lastNonDirectTouch, []],
  ['last touch that was not direct', 'a', lastNonDirectTouch, [1]],
  ['last touch that was not direct', 'd', lastNonDirectTouch, [1]],
  ['last touch that was not direct', 'abd', lastNonDirectTouch, [0, 1, 0]],
  ['last touch that was not direct', 'addd', lastNonDirectTouch, [1, 0, 0, 0]],
  ['last touch that was not direct', 'dadbdd', lastNonDirectTouch, [0, 0, 0, 1, 0, 0]],
  ['last touch that was not direct, the last where all were', 'ddd', lastNonDirectTouch, [0, 0, 1]],

  ['linear', '', linear, []],
  ['linear', 'a', linear, [1]],
  ['linear', 'ab', linear, [0.5, 0.5]],
  ['linear', 'abcd', linear, [0.25, 0.25, 0.25, 0.25]],
  ['linear, of the same channel twice', 'aada', linear, [0.25, 0.25, 0.25, 0.25]],

  ['position-based', '', positionBased, []],
  ['position-based', 'a', positionBased, [1]],
  ['position-based', 'ab', positionBased, [0.5, 0.5]],
  ['position-based', 'abc', positionBased, [0.4, 0.2, 0.4]],
  ['position-based', 'abcde', positionBased, [0.4, 0.2 / 3, 0.2 / 3, 0.2 / 3, 0.4]],
])('%s: credits the path "%s"', (_rule, channels, credit, weights) => {
  expectWeights(credit(pathOf(channels)), weights);
});

test('takes the path of an event as it arrived, and leaves it alone', () => {
  const path = [
    { time: '2026-06-01T12:00:00.000Z', channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', stage: 'awareness' },
    { time: '2026-06-08T12:00:00.000Z', channel: 'direct', network: null, paid: false, by: null, stage: 'decision' },
  ];
  const before = structuredClone(path);
  expectWeights(lastNonDirectTouch(path), [1, 0]);
  expectWeights(timeDecay(path), [1 / 3, 2 / 3]);
  expect(path).toEqual(before);
});

describe('position-based, with other parts for the ends', () => {
  test.each<[ends: [number, number], channels: string, weights: number[]]>([
    [[0.3, 0.5], '', []],
    [[0.3, 0.5], 'a', [1]],
    [[0.3, 0.5], 'ab', [0.375, 0.625]],
    [[0.3, 0.5], 'abc', [0.3, 0.2, 0.5]],
    [[0.3, 0.5], 'abcd', [0.3, 0.1, 0.1, 0.5]],
    [[1, 0], 'abc', [1, 0, 0]],
    [[0, 1], 'abc', [0, 0, 1]],
    [[0, 1], 'ab', [0, 1]],
    [[0.5, 0.5], 'abc', [0.5, 0, 0.5]],
    [[0, 0], 'abcd', [0, 0.5, 0.5, 0]],
    [[0, 0], 'ab', [0.5, 0.5]],
    [[0, 0], 'a', [1]],
    // In binary, these sum to a hair more than 1 or less.
    [[0.1, 0.9], 'abc', [0.1, 0, 0.9]],
    [[0.7, 0.3], 'abc', [0.7, 0, 0.3]],
  ])('%j credits the path "%s"', (ends, channels, weights) => {
    expectWeights(positionBased(pathOf(channels), ends), weights);
  });

  test.each<[ends: unknown, got: RegExp]>([
    [[-0.1, 0.4], /got -0\.1, 0\.4/],
    [[0.4, -0.1], /got 0\.4, -0\.1/],
    [[0.6, 0.6], /got 0\.6, 0\.6/],
    [[40, 40], /got 40, 40/],
    [[NaN, 0.4], /got NaN/],
    [[0.4, NaN], /NaN/],
    [[Infinity, 0], /Infinity/],
    [[0.4], /undefined/],
  ])('refuses %j', (ends, got) => {
    const credit = () => positionBased(pathOf('abc'), ends as [number, number]);
    expect(credit).toThrow(RangeError);
    expect(credit).toThrow(/positionBased takes parts of 0 or more that sum to at most 1/);
    expect(credit).toThrow(got);
  });
});

describe('time decay', () => {
  test.each<[ages: number[], halfLifeDays: number | undefined, weights: number[]]>([
    [[], undefined, []],
    [[0], undefined, [1]],
    [[700], undefined, [1]],
    [[7, 0], undefined, [1 / 3, 2 / 3]],
    [[14, 7, 0], undefined, [1 / 7, 2 / 7, 4 / 7]],
    [[3.5, 0], undefined, [1 / (1 + Math.SQRT2), Math.SQRT2 / (1 + Math.SQRT2)]],
    [[1, 0], 1, [1 / 3, 2 / 3]],
    [[30, 0], 30, [1 / 3, 2 / 3]],
    [[1, 0], 1 / 24, [1 / (1 + 2 ** 24), 2 ** 24 / (1 + 2 ** 24)]],
    [[5, 5, 5], 2, [1 / 3, 1 / 3, 1 / 3]],
  ])('of touchpoints %j days old, with a half-life of %s days', (ages, halfLifeDays, weights) => {
    expectWeights(timeDecay(aged(...ages), NOON, halfLifeDays), weights);
  });

  test('gives a touchpoint that is one half-life older half the weight, wherever the conversion is', () => {
    for (const at of [undefined, NOON, NOON + 3 * DAY, NOON + 300 * DAY]) {
      const [older, newer] = timeDecay(aged(12, 10), at, 2) as [number, number];
      expect(older / newer).toBeCloseTo(0.5, 12);
    }
  });

  test('counts from the last touchpoint where the conversion has no time', () => {
    expectWeights(timeDecay(aged(14, 7)), [1 / 3, 2 / 3]);
    // Also where the path is not in order.
    expectWeights(timeDecay(aged(7, 14)), [2 / 3, 1 / 3]);
  });

  test('reads times as ISO 8601 and as milliseconds, of touchpoints and of the conversion', () => {
    const path = [{ channel: 'email', time: NOON - 7 * DAY }, { channel: 'sms', time: new Date(NOON).toISOString() }];
    expectWeights(timeDecay(path, NOON), [1 / 3, 2 / 3]);
    expectWeights(timeDecay(path, '2026-06-01T12:00:00Z'), [1 / 3, 2 / 3]);
    expectWeights(timeDecay([{ channel: 'email', time: 0 }, { channel: 'sms', time: 7 * DAY }], 7 * DAY), [1 / 3, 2 / 3]);
  });

  test('counts a touchpoint after the conversion as one at it', () => {
    expectWeights(timeDecay(aged(7, 0, -50), NOON), [0.2, 0.4, 0.4]);
  });

  test('knows weights also for touchpoints of long ago', () => {
    // 0.5 to the power of this many half-lives is 0.
    expectWeights(timeDecay(aged(20_007, 20_000), NOON), [1 / 3, 2 / 3]);
    expectWeights(timeDecay(aged(20_000, 1), NOON), [0, 1]);
    expectWeights(timeDecay(aged(400, 399.999), NOON, 1e-6), [0, 1]);
  });

  test.each([
    ['as good as none', 1e-300, [0, 1]],
    ['for ever', Infinity, [0.5, 0.5]],
  ])('has weights with a half-life that is %s', (_what, halfLifeDays, weights) => {
    expectWeights(timeDecay(aged(10, 0), NOON, halfLifeDays), weights);
  });

  test.each([0, -7, NaN, -Infinity, 'seven'])('refuses a half-life of %s', (halfLifeDays) => {
    expect(() => timeDecay(aged(7, 0), NOON, halfLifeDays as number)).toThrow(RangeError);
    expect(() => timeDecay(aged(7, 0), NOON, halfLifeDays as number)).toThrow(`got ${halfLifeDays}`);
    expect(() => timeDecay([], NOON, halfLifeDays as number)).toThrow(RangeError);
  });

  test.each<[what: string, path: Path, at?: string | number]>([
    ['a touchpoint without a time', [{ channel: 'email' }, ...aged(0)]],
    ['a touchpoint whose time is none', [{ channel: 'email', time: 'yesterday' }]],
    ['a touchpoint whose time is NaN', [{ channel: 'email', time: NaN }], NOON],
    ['a conversion whose time is none', aged(7, 0), 'now'],
    ['a conversion at NaN', aged(7, 0), NaN],
  ])('refuses %s', (_what, path, at) => {
    expect(() => timeDecay(path, at)).toThrow(RangeError);
    expect(() => timeDecay(path, at)).toThrow(/time/);
  });
});

describe('every rule, for every path', () => {
  const touchpoint = fc.record({
    channel: fc.oneof(fc.constantFrom('direct', 'email', 'paid_social'), fc.string()),
    time: fc.oneof(
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    ),
  });
  const paths = fc.array(touchpoint, { maxLength: 40 });
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const ends = fc.tuple(part, part).map(([first, rest]): [number, number] => [first, (1 - first) * rest]);
  const halfLives = fc.double({ min: 1e-9, max: 1e6, noNaN: true });

  const RULES: [rule: string, credit: fc.Arbitrary<(path: Path) => number[]>][] = [
    ['first touch', fc.constant(firstTouch)],
    ['last touch', fc.constant(lastTouch)],
    ['last touch that was not direct', fc.constant(lastNonDirectTouch)],
    ['linear', fc.constant(linear)],
    ['position-based', fc.constant((path: Path) => positionBased(path))],
    ['position-based with other ends', ends.map((given) => (path: Path) => positionBased(path, given))],
    ['time decay', halfLives.map((days) => (path: Path) => timeDecay(path, undefined, days))],
    ['time decay to a conversion at any time', fc.tuple(halfLives, fc.integer({ min: 0, max: 4_000_000_000_000 })).map(([days, at]) => (path: Path) => timeDecay(path, at, days))],
  ];

  test.each(RULES)('%s gives each touchpoint a weight of 0 or more, and the weights sum to 1', (_rule, credits) => {
    fc.assert(
      fc.property(credits, paths, (credit, path) => {
        const weights = credit(path);
        expect(weights).toHaveLength(path.length);
        expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        if (path.length) expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 300 },
    );
  });

  test('time decay never gives an older touchpoint more than a newer one', () => {
    fc.assert(
      fc.property(paths, halfLives, (path, days) => {
        const weights = timeDecay(path, 5_000_000_000_000, days);
        const byAge = path.map(({ time }, index) => [Number(new Date(time!)), weights[index]!] as const).sort(([a], [b]) => a - b);
        byAge.forEach(([, weight], index) => expect(weight).toBeGreaterThanOrEqual(index ? byAge[index - 1]![1] : 0));
      }),
    );
  });
});
