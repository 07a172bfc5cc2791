import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leaseOf, waitForLease } from '../../src/delivery/lease.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
/** Longest lease, in milliseconds. */
const LEASE_MS = leaseOf('me', NOW).until - NOW;
const wait = (stored: unknown, now = NOW) => waitForLease(stored, 'me', now);

describe('a tab that wants to send', () => {
  test.each<[what: string, waitMs: number, stored: unknown]>([
    ['goes on at once where nobody sends', 0, undefined],
    ['goes on with its own lease', 0, { owner: 'me', until: NOW + 9000 }],
    ['waits for the end of another’s lease', 9000, { owner: 'other', until: NOW + 9000 }],
    ['takes over a lease that has run out', 0, { owner: 'other', until: NOW }],
    ['does not wait for what is over', 0, { owner: 'other', until: NOW - 1 }],
  ])('%s', (_what, waitMs, stored) => {
    expect(wait(stored)).toBe(waitMs);
  });

  test('waits for what another tab has just taken, and not for itself', () => {
    expect(wait(leaseOf('other', NOW))).toBe(LEASE_MS);
    expect(wait(leaseOf('me', NOW))).toBe(0);
  });

  test('does not wait for a lease that is longer than any: the clock was set back', () => {
    expect(wait({ owner: 'other', until: NOW + LEASE_MS + 1 })).toBe(0);
  });

  test('does not wait after the clock was set forward', () => {
    expect(wait(leaseOf('other', NOW), NOW + 2 * LEASE_MS)).toBe(0);
  });

  test('never waits for longer than was ever meant, nor for less than nothing', () => {
    const time = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom('me', 'other', ''), time, (owner, until) => {
        const waitMs = wait({ owner, until: NOW + until });
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(LEASE_MS);
        if (owner === 'me') expect(waitMs).toBe(0);
      }),
    );
  });

  test('has waited for long enough once it has waited for what it was told', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e8, max: 1e8 }), (until) => {
        const lease = { owner: 'other', until: NOW + until };
        expect(wait(lease, NOW + wait(lease))).toBe(0);
      }),
    );
  });
});

test.each<[what: string, stored: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['a text', 'lease'],
  ['a list', []],
  ['an empty object', {}],
  ['a time that is no number', { owner: 'other', until: 'soon' }],
  ['NaN', { owner: 'other', until: NaN }],
  ['an endless time', { owner: 'other', until: Infinity }],
])('a stored lease that is %s is nobody’s', (_what, stored) => {
  expect(wait(stored)).toBe(0);
});
