import { describe, expect, test } from 'vitest';
import { readOutcome, type Answer } from '../../src/delivery/outcome.js';

const answer = (status: number, type = 'application/json'): Answer => ({ status, type, body: '' });

test.each<[status: number, type: string]>([
  [200, 'application/json'],
  [200, 'application/json; charset=utf-8'],
  [200, 'text/plain'],
  [200, ''],
  [201, 'application/json'],
  [202, ''],
  [204, ''],
  [207, 'application/json'],
])('takes %i %s for a confirmation', (status, type) => {
  expect(readOutcome(answer(status, type), 1, 0.5)).toBeUndefined();
});

test.each<[what: string, status: number, type?: string]>([
  ['no answer at all', 0, ''],
  ['a redirect', 0, 'redirect'],
  ['a redirect that the browser shows', 301],
  ['a redirect that claims to be fine', 200, 'redirect'],
  ['a page of the shop', 200, 'text/html; charset=utf-8'],
  ['a page of the shop, in capitals', 200, 'Text/HTML'],
  ['XHTML', 200, 'application/xhtml+xml, text/html'],
  ['a half-sent answer', 100],
  ['not modified', 304, ''],
  ['a bad request', 400],
  ['a sign-in', 401],
  ['a forbidden address', 403],
  ['a wrong address', 404, 'text/html'],
  ['a wrong method', 405],
  ['a time-out', 408],
  ['a batch too large', 413],
  ['a batch that cannot be read', 422],
  ['too early', 425],
  ['too many requests', 429],
  ['a fault', 500],
  ['a proxy’s page', 502, 'text/html'],
  ['an outage', 503],
  ['an unknown status', 599],
])('takes %s for no confirmation: the events stay, for another attempt', (_what, status, type) => {
  expect(readOutcome(answer(status, type), 1, 0.5)).toBeGreaterThanOrEqual(0);
});

describe('the wait before the next attempt', () => {
  const wait = (failures: number, random: number) => readOutcome(answer(503), failures, random);
  const ALMOST = 1 - 2 ** -53;

  test.each([1, 2, 5, 10, 100, 5000])('after %i failures can be nothing at all: tabs must not come back in the same second', (failures) => {
    expect(wait(failures, 0)).toBe(0);
  });

  test.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [6, 32_000],
    [10, 512_000],
    [11, 600_000],
    [50, 600_000],
    [1100, 600_000],
    [1e6, 600_000],
  ])('after %i failures is below %i ms', (failures, bound) => {
    expect(wait(failures, ALMOST)).toBeLessThanOrEqual(bound);
    expect(wait(failures, ALMOST)).toBeGreaterThan(bound * 0.999);
    expect(wait(failures, 0.5)).toBe(bound / 2);
  });
});
