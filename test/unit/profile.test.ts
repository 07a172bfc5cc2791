import { expect, test } from 'vitest';
import { createProfile, reviveProfile } from '../../src/identity/profile.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const DAY = 24 * 3_600_000;

/** Who the visitor is if the store does not know. */
const newcomer = createProfile(NOON);

test('a new visitor has a random id, the time it was made, and nothing else', () => {
  expect(createProfile(NOON)).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/), since: NOON, dropped: { queue_full: 0 } });
  expect(createProfile(NOON).id).not.toBe(createProfile(NOON).id);
});

test.each([0, 1, 30, 394])('a visitor id is kept after %i days', (days) => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, newcomer, NOON + days * DAY)).toBe(stored);
});

test('a visitor id is kept to the last millisecond of its 395 days, and not one longer', () => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, newcomer, NOON + 395 * DAY - 1)).toBe(stored);
  expect(reviveProfile(stored, newcomer, NOON + 395 * DAY)).toBe(newcomer);
});

test('a visitor id never lives longer than thirteen months', () => {
  const stored = createProfile(NOON);
  const thirteenMonthsLater = new Date(NOON).setMonth(new Date(NOON).getMonth() + 13);
  expect(reviveProfile(stored, newcomer, thirteenMonthsLater)).toBe(newcomer);
});

test.each<[what: string, stored: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a text', 'profile'],
  ['a number', 7],
  ['a list', [1, 2]],
  ['an event', { id: '018f', context: '{}', event: '{}' }],
  ['a profile without a time', { id: 'v', dropped: {} }],
  ['a profile with a time that is none', { id: 'v', since: 'yesterday', dropped: {} }],
])('where %s is stored, the visitor is new', (_what, stored) => {
  expect(reviveProfile(stored, newcomer, NOON)).toBe(newcomer);
});

test('a clock that was set back does not make a new visitor', () => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, newcomer, NOON - DAY)).toBe(stored);
});

test('a newcomer whom the store knows from a moment before is as this page knows it', () => {
  const later = { ...newcomer, last: NOON + 5 };
  expect(reviveProfile({ ...newcomer, last: NOON + 1 }, later, NOON + 10)).toBe(later);
  expect(reviveProfile({ ...newcomer }, later, NOON + 10)).toBe(later);
});

test('a newcomer of whom the store knows more is as the store knows it', () => {
  const stored = { ...newcomer, last: NOON + 5, orders: ['T1'] };
  expect(reviveProfile(stored, { ...newcomer, last: NOON + 1 }, NOON + 10)).toBe(stored);
  expect(reviveProfile(stored, newcomer, NOON + 10)).toBe(stored);
});
