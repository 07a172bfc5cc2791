import { expect, test } from 'vitest';
import { createProfile, reviveProfile } from '../../src/identity/profile.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const DAY = 24 * 3_600_000;

test('a new visitor has a random id, the time it was made, and nothing else', () => {
  expect(createProfile(NOON)).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/), since: NOON, dropped: {} });
  expect(createProfile(NOON).id).not.toBe(createProfile(NOON).id);
});

test.each([0, 1, 30, 394])('a visitor id is kept after %i days', (days) => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, NOON + days * DAY)).toBe(stored);
});

test('a visitor id is kept to the last millisecond of its 395 days, and not one longer', () => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, NOON + 395 * DAY - 1)).toBe(stored);
  expect(reviveProfile(stored, NOON + 395 * DAY).id).not.toBe(stored.id);
});

test('a visitor id never lives longer than thirteen months', () => {
  const stored = createProfile(NOON);
  const thirteenMonthsLater = new Date(NOON).setMonth(new Date(NOON).getMonth() + 13);
  expect(reviveProfile(stored, thirteenMonthsLater).id).not.toBe(stored.id);
});

test('with the visitor id goes everything that was known of the visitor', () => {
  const stored = { ...createProfile(NOON), userId: 'customer 7', orders: ['T1'], cart: { id: 'c', items: [{ item_id: 'A', quantity: 1 }] } };
  const revived = reviveProfile(stored, NOON + 400 * DAY);
  expect(Object.keys(revived).sort()).toEqual(['dropped', 'id', 'since']);
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
  expect(reviveProfile(stored, NOON)).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), since: expect.any(Number), dropped: {} });
});

test('a clock that was set back does not make a new visitor', () => {
  const stored = createProfile(NOON);
  expect(reviveProfile(stored, NOON - DAY)).toBe(stored);
});
