import { describe, expect, test } from 'vitest';
import { PEOPLE, simulateOutage, type Outage, type People } from '../simulation/outage.js';
import { exponential, fixed, waymark, type Policy } from '../simulation/policies.js';

/** The picture in README is of a million; these are few, and of longer moments, as a small crowd is uneven by chance. */
const simulate = (policy: Policy, outage: Outage, people?: People) => simulateOutage({ clients: 20_000, outage, policy, people: people ?? PEOPLE, seed: 7, binS: 5 });
const peak = (policy: Policy, outage: Outage, people?: People) => {
  const { peakDuring, peakAfter } = simulate(policy, outage, people);
  return Math.max(peakDuring, peakAfter);
};

describe('a collector that was down for ten minutes', () => {
  test.each<[what: string, outage: Outage]>([
    ['refused at once', { kind: 'refuses' }],
    ['did not answer', { kind: 'hangs', afterMs: 10_000 }],
    ['asked everybody for a minute', { kind: 'asks', seconds: 60 }],
    ['gave everybody the same date', { kind: 'dates' }],
    ['asked everybody to come at once', { kind: 'asks', seconds: 0 }],
  ])('and %s never sees more than three times its usual rate', (_what, outage) => {
    expect(peak(waymark, outage)).toBeLessThanOrEqual(3);
  });

  test('and whose visitors look at each page for long never sees more than three times its usual rate', () => {
    expect(peak(waymark, { kind: 'refuses' }, { ...PEOPLE, lookMs: 120_000, betweenMs: 120_000 })).toBeLessThanOrEqual(3);
  });

  test('would see more from trackers that come back every five seconds', () => {
    expect(peak(fixed(5), { kind: 'refuses' })).toBeGreaterThan(3);
  });

  test('would see more from trackers that do what it asks for to the letter, when it gives everybody the same date', () => {
    expect(peak(exponential, { kind: 'dates' })).toBeGreaterThan(3);
  });

  test('sees the usual rate again, and the events of the pages that stayed open', () => {
    const { rate, delivered, steady } = simulate(waymark, { kind: 'refuses' });
    expect(steady).toBeGreaterThan(100);
    const last = rate.subarray(-60);
    expect(last.reduce((sum, one) => sum + one, 0) / last.length).toBeCloseTo(1, 1);
    expect(delivered.at(-1)).toBeGreaterThan(0.8);
  });

  test('is simulated the same way each time', () => {
    const outage: Outage = { kind: 'refuses' };
    expect(simulate(waymark, outage)).toEqual(simulate(waymark, outage));
  });
});
