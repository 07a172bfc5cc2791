import { describe, expect, test } from 'vitest';
import { backoff, readOutcome, type Action, type Answer } from '../../src/delivery/outcome.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const answer = (status: number, more: Partial<Answer> = {}): Answer => ({ status, isOwn: true, body: '', ...more });
const read = (status: number, more?: Partial<Answer>, failures = 1, random = 0.5) => readOutcome(answer(status, more), failures, random, NOW);
const minutes = (count: number) => count * 60_000;

describe('what is done with a batch', () => {
  test.each<[what: string, status: number, action: Action, more?: Partial<Answer>, failures?: number]>([
    ['a confirmation', 200, 'read'],
    ['a confirmation', 201, 'read'],
    ['a confirmation', 202, 'read'],
    ['a confirmation', 204, 'read'],
    ['a confirmation of a part', 207, 'read'],
    ['a confirmation after many failures', 200, 'read', {}, 1000],
    ['a page of the shop, or a service worker', 200, 'hold', { isOwn: false }],
    ['an empty answer of somebody else', 204, 'hold', { isOwn: false }],
    ['no answer at all', 0, 'wait', { isOwn: false }],
    ['no answer, for the eighth time', 0, 'wait', { isOwn: false }, 8],
    ['no answer, for some minutes', 0, 'hold', { isOwn: false }, 9],
    ['no network, for however long', 0, 'wait', { isOwn: false, isOffline: true }, 1000],
    ['a content security policy', 0, 'hold', { isOwn: false, blockedBy: 'connect-src' }],
    ['a redirect', 302, 'hold', { isOwn: false }],
    ['a redirect for ever', 308, 'hold'],
    ['a bad request', 400, 'split'],
    ['a sign-in', 401, 'hold'],
    ['a bill', 402, 'split'],
    ['a forbidden address', 403, 'hold'],
    ['a wrong address', 404, 'hold'],
    ['a wrong method', 405, 'hold'],
    ['a time-out', 408, 'wait'],
    ['a conflict', 409, 'split'],
    ['an address that is no more', 410, 'hold'],
    ['a batch too large', 413, 'shrink'],
    ['a wrong type', 415, 'split'],
    ['an event that cannot be processed', 422, 'split'],
    ['too early', 425, 'wait'],
    ['too many requests', 429, 'wait'],
    ['a fault', 500, 'wait'],
    ['a proxy’s page', 502, 'wait', { isOwn: false }],
    ['an outage', 503, 'wait'],
    ['an unknown status', 599, 'wait'],
    ['a half-sent answer', 100, 'wait'],
  ])('%s (%i): %s', (_what, status, action, more, failures) => {
    expect(read(status, more, failures).action).toBe(action);
  });
});

test.each(['read', 'shrink', 'split'])('does not wait after %s', (action) => {
  const status = { read: 200, shrink: 413, split: 400 }[action]!;
  expect(read(status, {}, 50)).toEqual({ action, waitMs: 0 });
});

test('leaves a wrong address alone for five to ten minutes', () => {
  expect(read(404, {}, 1, 0).waitMs).toBe(minutes(5));
  expect(read(404, {}, 1, 0.999).waitMs).toBeLessThan(minutes(10));
});

describe('what a collector asks for in Retry-After', () => {
  test.each<[asked: string | null, waitMs: number]>([
    ['30', 30_000],
    ['0', 0],
    ['1.5', 1500],
    ['Sun, 22 Nov 2026 12:02:00 GMT', minutes(2)],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['3600', minutes(60)],
    ['86400', minutes(60)],
    ['Mon, 23 Nov 2026 12:00:00 GMT', minutes(60)],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
    ['Infinity', minutes(60)],
    [null, 0],
  ])('%j is a wait of %i ms, within an hour', (retryAfter, waitMs) => {
    expect(read(429, { retryAfter }, 1, 0).waitMs).toBe(waitMs);
    expect(read(503, { retryAfter }, 1, 0).waitMs).toBe(waitMs);
  });

  test('comes with jitter, since it was asked of everybody at the same time', () => {
    expect(read(503, { retryAfter: '30' }, 3, 0.5).waitMs).toBe(37_500);
    expect(read(503, { retryAfter: '86400' }, 3, 0.999).waitMs).toBeLessThan(minutes(90));
  });

  test('is no wait shorter than without', () => {
    expect(read(503, { retryAfter: '1' }, 6, 0.5).waitMs).toBe(32_000);
    expect(read(503, { retryAfter: '0' }, 3, 0.5).waitMs).toBe(4000);
  });
});

describe('the wait before the next attempt', () => {
  const ALMOST = 1 - 2 ** -53;

  test.each([1, 2, 5, 10, 100, 5000])('after %i failures can be nothing at all: tabs must not come back in the same second', (failures) => {
    expect(backoff(failures, 0)).toBe(0);
  });

  test.each([
    [1, 2000],
    [2, 4000],
    [3, 8000],
    [6, 64_000],
    [8, 256_000],
    [9, 300_000],
    [50, 300_000],
    [1100, 300_000],
    [1e6, 300_000],
  ])('after %i failures is below %i ms', (failures, bound) => {
    expect(backoff(failures, ALMOST)).toBeLessThanOrEqual(bound);
    expect(backoff(failures, ALMOST)).toBeGreaterThan(bound * 0.999);
    expect(read(503, {}, failures, 0.5).waitMs).toBe(bound / 2);
  });
});
