import { expect, test } from 'vitest';
import { creditedTouchpoint, type Touchpoint } from '../../src/journey/index.js';
import { addTouchpoint } from '../../src/journey/touchpoints.js';

/** Arrivals by these channels, one a day. */
const arrivals = (...channels: string[]): Touchpoint[] =>
  channels.map((channel, day) => ({ channel, network: null, paid: false, by: null, time: new Date(Date.UTC(2026, 5, 1 + day)).toISOString(), stage: 'awareness' }));

test.each<[promise: string, channels: string[], credited: number]>([
  ['nobody where there was no arrival', [], -1],
  ['the only one', ['organic_social'], 0],
  ['the latest', ['organic_social', 'email'], 1],
  ['the one before a direct visit', ['organic_social', 'direct'], 0],
  ['the one before several direct visits', ['email', 'paid_social', 'direct', 'direct', 'direct'], 1],
  ['a direct visit only where there was nothing else', ['direct', 'direct'], 1],
  ['the latest also where a direct visit came before', ['direct', 'referral'], 1],
])('credits what happens to %s', (_promise, channels, credited) => {
  const latest = arrivals(...channels);
  expect(creditedTouchpoint({ latest })).toBe(latest[credited]);
});

test('keeps the first arrival for ever and forgets the oldest of the others after twenty', () => {
  const all = arrivals(...Array.from({ length: 22 }, (_, index) => `channel_${index}`));
  const { first, latest } = all.reduce(addTouchpoint, { latest: [] });
  expect(first).toBe(all[0]);
  expect(latest).toEqual(all.slice(2));
});

test('leaves the list it was given alone', () => {
  const [one, two] = arrivals('email', 'direct');
  const before = { first: one!, latest: Object.freeze([one!]) };
  expect(addTouchpoint(before, two!).latest).toHaveLength(2);
  expect(before.latest).toHaveLength(1);
});
