import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Action, Answer } from '../../src/delivery/answer.js';
import { backoff, WELL } from '../../src/delivery/health.js';
import { actionOf, delayOf } from '../../src/delivery/outcome.js';
import { createTrouble } from '../../src/delivery/trouble.js';
import { waymarkFormat } from '../../src/formats/index.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const answer = (status: number, more: Partial<Answer> = {}): Answer => ({ status, isOwn: true, body: '', ...more });
/** An answer that asks for a wait. */
const asking = (status: number, asked: string | null) =>
  answer(status, { header: (name) => (name === 'Retry-After' ? asked : null) });
/** How long an answer that is to be tried again has the collector left alone. */
const waitAfter = (came: Answer, failures = 1, random = 0.5) => delayOf(came, 'wait', failures, random, NOW).waitMs;
const minutes = (count: number) => count * 60_000;

beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('document', { lastModified: '' });
  vi.stubGlobal('location', { href: 'https://shop.example/' });
});
afterEach(() => void vi.unstubAllGlobals());

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
    ['a content security policy', 0, 'hold', { isOwn: false, blockedBy: 'connect-src' }],
    ['a body that a script has taken away', 400, 'hold', { isDropped: true }],
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
  ])('%s (%i): %s', (_what, status, action, more, failures = 1) => {
    expect(actionOf(answer(status, more), failures)).toBe(action);
  });

  test('no network, for however long: wait', () => {
    expect(actionOf(answer(0, { isOwn: false }), 1000, false)).toBe('wait');
    vi.stubGlobal('navigator', { onLine: false });
    expect(actionOf(answer(0, { isOwn: false }), 1000)).toBe('wait');
  });
});

/** Two events that wait. */
const EVENTS = ['a', 'b'].map((id) => ({ id, context: '{}', event: `{"id":"${id}","name":"view_item"}` }));
/** What a page makes of the first answer to a batch, when the collector has failed so often before. */
const judge = (came: Answer, failures = 50, judged?: Action) =>
  createTrouble(waymarkFormat, 'options', []).judge(
    { events: EVENTS, batch: 'batch', health: { ...WELL, failures }, now: NOW, random: 0.5, hasTaken: false },
    { answer: came, judged },
  );

test.each<[action: string, status: number]>([
  ['shrink', 413],
  ['split', 400],
])('does not wait after %s', (_action, status) => {
  const { isHeld, health } = judge(answer(status));
  expect(isHeld).toBe(false);
  expect(health).toEqual({ ...WELL, failures: 50 });
});

test.each<[action: string, status: number]>([
  ['wait', 503],
  ['hold', 404],
])('counts a failure, keeps the batch’s id and what is asked by after %s', (action, status) => {
  const change = judge(answer(status), 2);
  const { waitMs, soonMs } = delayOf(answer(status), action as Action, 3, 0.5, NOW);
  expect(change).toMatchObject({ isHeld: true, delivered: [], refused: [] });
  expect(change.health).toEqual({
    ...WELL,
    failures: 3,
    blockedUntil: NOW + waitMs,
    failedAt: NOW,
    soonMs,
    batch: 'batch',
    mark: 'options',
  });
});

test('a format that cannot read what the collector has taken does not have it sent again and again', () => {
  const { isHeld, health, trouble } = judge(answer(200), 0, 'read');
  expect(isHeld).toBe(true);
  expect(health.blockedUntil).toBe(NOW + minutes(7.5));
  expect(trouble).toBeUndefined();
});

test('leaves a wrong address alone for five to ten minutes', () => {
  const waitMs = (random: number) => delayOf(answer(404), 'hold', 1, random, NOW).waitMs;
  expect(waitMs(0)).toBe(minutes(5));
  expect(waitMs(0.999)).toBeLessThan(minutes(10));
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
  ])('%j is a wait of %i ms, within an hour', (asked, waitMs) => {
    expect(waitAfter(asking(429, asked), 1, 0)).toBe(waitMs);
    expect(waitAfter(asking(503, asked), 1, 0)).toBe(waitMs);
  });

  test('comes with jitter, since it was asked of everybody at the same time', () => {
    expect(waitAfter(asking(503, '30'), 3, 0.5)).toBe(37_500);
    expect(waitAfter(asking(503, '86400'), 3, 0.999)).toBeLessThan(minutes(90));
  });

  test('is no wait shorter than without', () => {
    expect(waitAfter(asking(503, '1'), 6, 0.5)).toBe(32_000);
    expect(waitAfter(asking(503, '0'), 3, 0.5)).toBe(4000);
  });
});

describe('the wait before the next attempt', () => {
  const ALMOST = 1 - 2 ** -53;

  test.each([1, 2, 5, 10, 100, 5000])(
    'after %i failures can be nothing at all: tabs must not come back in the same second',
    (failures) => {
      expect(backoff(failures, 0)).toBe(0);
    },
  );

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
    expect(waitAfter(answer(503), failures, 0.5)).toBe(bound / 2);
  });
});
