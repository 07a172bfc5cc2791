import { expect, test } from 'vitest';
import { creditedTouchpoint, keepTouchpoints, packTouchpoints, unpackTouchpoints, type Touchpoint } from '../../src/journey/touchpoints.js';

/** Arrivals by these channels, one a day. */
const arrivals = (...channels: string[]): Touchpoint[] =>
  channels.map((channel, day) => ({ time: new Date(Date.UTC(2026, 5, 1 + day)).toISOString(), channel, network: null, paid: false, by: null, stage: 'awareness' }));

test.each<[promise: string, channels: string[], credited: number]>([
  ['nobody where there was no arrival', [], -1],
  ['the only one', ['organic_social'], 0],
  ['the latest', ['organic_social', 'email'], 1],
  ['the one before a direct visit', ['organic_social', 'direct'], 0],
  ['the one before several direct visits', ['email', 'paid_social', 'direct', 'direct', 'direct'], 1],
  ['a direct visit only where there was nothing else', ['direct', 'direct'], 1],
  ['the latest also where a direct visit came before', ['direct', 'referral'], 1],
])('credits what happens to %s', (_promise, channels, credited) => {
  const all = arrivals(...channels);
  expect(creditedTouchpoint(packTouchpoints(all))).toEqual(all[credited]);
});

test('keeps the first arrival for ever and forgets the oldest of the others after twenty', () => {
  const all = arrivals(...Array.from({ length: 23 }, () => 'email'));
  expect(keepTouchpoints(all)).toEqual([all[0], ...all.slice(3)]);
});

test('keeps the last that was not direct however many direct visits follow', () => {
  const all = arrivals('email', 'organic_social', 'paid_social', ...Array.from({ length: 30 }, () => 'direct'));
  expect(keepTouchpoints(all)).toEqual([all[0], all[2], ...all.slice(-20)]);
});

test('puts arrivals in order of time, each once, and prefers the one that says more', () => {
  const [one, two] = arrivals('email', 'direct') as [Touchpoint, Touchpoint];
  const full = { ...one, campaign: { name: 'spring' } };
  expect(keepTouchpoints([two, one, full, two])).toEqual([full, two]);
  expect(keepTouchpoints([full, two, one])).toEqual([full, two]);
});

test('packs each word once, and unpacks what was packed', () => {
  const campaign = { source: 'instagram', name: 'spring' };
  const all = arrivals('email', 'email', 'direct').map((each) => ({ ...each, campaign, share: undefined }));
  const packed = packTouchpoints(all);
  expect(JSON.stringify(packed).match(/spring/g)).toHaveLength(1);
  expect(unpackTouchpoints(JSON.parse(JSON.stringify(packed)) as typeof packed)).toEqual(all);
});
