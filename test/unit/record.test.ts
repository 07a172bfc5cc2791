import { expect, test } from 'vitest';
import { createRecord, reviveRecord } from '../../src/visitor/record.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const DAY = 24 * 3_600_000;

/** Who the visitor is if the store does not know. */
const newcomer = createRecord(NOON);

test('a new visitor has a random id, the time it was made, and nothing else', () => {
  expect(createRecord(NOON)).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
    since: NOON,
    dropped: { queue_full: 0 },
    state: {},
  });
  expect(createRecord(NOON).id).not.toBe(createRecord(NOON).id);
});

test.each([0, 1, 30, 394])('a visitor id is kept after %i days', (days) => {
  const stored = createRecord(NOON);
  expect(reviveRecord(stored, newcomer, NOON + days * DAY)).toBe(stored);
});

test('a visitor id is kept to the last millisecond of its 395 days, and not one longer', () => {
  const stored = createRecord(NOON);
  expect(reviveRecord(stored, newcomer, NOON + 395 * DAY - 1)).toBe(stored);
  expect(reviveRecord(stored, newcomer, NOON + 395 * DAY)).toBe(newcomer);
});

test('a visitor id never lives longer than thirteen months', () => {
  const stored = createRecord(NOON);
  const thirteenMonthsLater = new Date(NOON).setMonth(new Date(NOON).getMonth() + 13);
  expect(reviveRecord(stored, newcomer, thirteenMonthsLater)).toBe(newcomer);
});

test.each<[what: string, stored: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a text', 'record'],
  ['a record whose state is none', { id: 'v', since: NOON, dropped: {}, state: 'gone' }],
  ['a record without an id', { since: NOON, dropped: {}, state: {} }],
  ['a number', 7],
  ['a list', [1, 2]],
  ['an event', { id: '018f', context: '{}', event: '{}' }],
  ['a record without a time', { id: 'v', dropped: {}, state: {} }],
  ['a record with a time that is none', { id: 'v', since: 'yesterday', dropped: {}, state: {} }],
])('where %s is stored, the visitor is new', (_what, stored) => {
  expect(reviveRecord(stored, newcomer, NOON)).toBe(newcomer);
});

test('a clock that was set back does not make a new visitor', () => {
  const stored = createRecord(NOON);
  expect(reviveRecord(stored, newcomer, NOON - DAY)).toBe(stored);
});

test('a newcomer whom the store knows from a moment before is as this page knows it', () => {
  const later = { ...newcomer, last: NOON + 5 };
  expect(reviveRecord({ ...newcomer, last: NOON + 1 }, later, NOON + 10)).toBe(later);
  expect(reviveRecord({ ...newcomer }, later, NOON + 10)).toBe(later);
});

test('a newcomer of whom the store knows more is as the store knows it', () => {
  const stored = { ...newcomer, last: NOON + 5, state: { commerce: { orders: ['T1'] } } };
  expect(reviveRecord(stored, { ...newcomer, last: NOON + 1 }, NOON + 10)).toBe(stored);
  expect(reviveRecord(stored, newcomer, NOON + 10)).toBe(stored);
});
