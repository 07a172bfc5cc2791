import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_MS, readOutcome, type Outcome } from '../../src/delivery/outcome.js';
import { afterAnswer, forPage, NO_TURN, readTurn, TURN_MS, waitFor, type Turn } from '../../src/delivery/turn.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const turn = (part: Partial<Turn>): Turn => ({ ...NO_TURN, ...part });
const wait = (part: Partial<Turn>, { hasLock = false, isForced = false, now = NOW } = {}) => waitFor(turn(part), 'me', hasLock, isForced, now);

describe('a tab that wants to send', () => {
  test.each<[what: string, waitMs: number, part: Partial<Turn>, set?: { hasLock?: boolean; isForced?: boolean }]>([
    ['goes on at once when it is nobody’s turn', 0, {}],
    ['goes on with its own turn', 0, { owner: 'me', until: NOW + 9000 }],
    ['waits for the end of another’s turn', 9000, { owner: 'other', until: NOW + 9000 }],
    ['takes over a turn that has run out', 0, { owner: 'other', until: NOW }],
    ['takes over the turn of a tab that is gone: it had the lock, which is free', 0, { owner: 'other', until: NOW + 9000, byLock: true }, { hasLock: true }],
    ['waits for the turn of a tab that had the lock where somebody else has it', 9000, { owner: 'other', until: NOW + 9000, byLock: true }],
    ['waits for the turn of a tab that sends without a lock, with the lock too', 9000, { owner: 'other', until: NOW + 9000 }, { hasLock: true }],
    ['waits for another’s turn even when it is forced', 9000, { owner: 'other', until: NOW + 9000 }, { isForced: true }],
    ['leaves the collector alone for as long as it has to', 60_000, { blockedUntil: NOW + 60_000 }],
    ['leaves the collector alone on its own turn, too', 60_000, { owner: 'me', until: NOW + 9000, blockedUntil: NOW + 60_000 }],
    ['leaves the collector alone with the lock, too', 60_000, { blockedUntil: NOW + 60_000 }, { hasLock: true }],
    ['asks again when it is forced', 0, { blockedUntil: NOW + 60_000 }, { isForced: true }],
    ['waits for the longer of the two', 60_000, { owner: 'other', until: NOW + 9000, blockedUntil: NOW + 60_000 }],
    ['waits for the longer of the two, the other way round', 9000, { owner: 'other', until: NOW + 9000, blockedUntil: NOW + 2000 }],
    ['does not wait for what is over', 0, { owner: 'other', until: NOW - 1, blockedUntil: NOW - 1 }],
  ])('%s', (_what, waitMs, part, set) => {
    expect(wait(part, set)).toBe(waitMs);
  });

  test('does not wait for a turn that is longer than any: the clock was set back', () => {
    expect(wait({ owner: 'other', until: NOW + TURN_MS })).toBe(TURN_MS);
    expect(wait({ owner: 'other', until: NOW + TURN_MS + 1 })).toBe(0);
    expect(wait({ blockedUntil: NOW + LONGEST_MS })).toBe(LONGEST_MS);
    expect(wait({ blockedUntil: NOW + LONGEST_MS + 1 })).toBe(0);
  });

  test('does not wait after the clock was set forward', () => {
    expect(wait({ owner: 'other', until: NOW + TURN_MS, blockedUntil: NOW + LONGEST_MS }, { now: NOW + 2 * LONGEST_MS })).toBe(0);
  });

  test('never waits for longer than was ever meant, nor for less than nothing', () => {
    const time = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom('me', 'other', ''), time, time, fc.boolean(), fc.boolean(), (owner, until, blockedUntil, hasLock, isForced) => {
        const waitMs = wait({ owner, until: NOW + until, blockedUntil: NOW + blockedUntil }, { hasLock, isForced });
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(LONGEST_MS);
        if (isForced && owner === 'me') expect(waitMs).toBe(0);
        expect(wait({ owner, until: NOW + until, blockedUntil: NOW + blockedUntil, byLock: true }, { hasLock: true, isForced: true })).toBe(0);
      }),
    );
  });

  test('has waited for long enough once it has waited for what it was told', () => {
    const time = fc.integer({ min: -1e8, max: 1e8 });
    fc.assert(
      fc.property(time, time, (until, blockedUntil) => {
        const part = { owner: 'other', until: NOW + until, blockedUntil: NOW + blockedUntil };
        expect(wait(part, { now: NOW + wait(part) })).toBe(0);
      }),
    );
  });
});

describe('the turn after an answer', () => {
  const after = (outcome: Outcome, part: Partial<Turn> = {}) => afterAnswer(turn(part), outcome, 'batch', NOW);

  test('begins anew after a confirmation', () => {
    expect(after({ action: 'read', waitMs: 0 }, { owner: 'me', until: NOW + 5, failures: 7, blockedUntil: NOW + 9, batch: 'old' })).toEqual({
      owner: 'me', until: NOW + 5, failures: 0, blockedUntil: 0, batch: undefined,
    });
  });

  test.each<Outcome['action']>(['wait', 'hold'])('counts a failure, keeps the batch’s id and sets the wait after %s', (action) => {
    expect(after({ action, waitMs: 4000 }, { owner: 'me', failures: 2 })).toMatchObject({ owner: 'me', failures: 3, blockedUntil: NOW + 4000, batch: 'batch' });
  });

  test('counts a failure also where chance says not to wait', () => {
    expect(after({ action: 'wait', waitMs: 0 })).toMatchObject({ failures: 1, blockedUntil: NOW, batch: 'batch' });
  });

  test.each<Outcome['action']>(['shrink', 'split'])('is as before after %s: the collector is well, and the batch is another one', (action) => {
    const before = turn({ owner: 'me', until: NOW + 5, failures: 2, blockedUntil: NOW - 5 });
    expect(afterAnswer(before, { action, waitMs: 0 }, 'batch', NOW)).toEqual(before);
  });

  test('does not change the turn it was given', () => {
    const before = Object.freeze(turn({ failures: 1 }));
    expect(afterAnswer(before, { action: 'wait', waitMs: 1 }, 'batch', NOW)).not.toBe(before);
  });
});

describe('a page that finds that an earlier one has failed', () => {
  const MINUTES = 60_000;
  /** The turn after answers with these statuses in a row, the last one a minute ago. */
  const failed = (statuses: number[], retryAfter?: string) =>
    statuses.reduce((before, status, index) => afterAnswer(before, readOutcome({ status, isOwn: false, body: '', retryAfter: retryAfter ?? null }, index + 1, 0.999, NOW - MINUTES), 'batch', NOW - MINUTES, 'options'), NO_TURN);
  const page = { since: NOW, mark: 'options', changedAt: NaN };
  const times = (status: number, count: number) => Array<number>(count).fill(status);
  const leftTo = (each: Turn, part: Partial<typeof page> = {}) => waitFor(forPage(each, { ...page, ...part }), 'me', false, false, NOW);

  test.each<[what: string, waitMs: number, statuses: number[]]>([
    ['404', 5000, [404]],
    ['a page of HTML', 5000, [200]],
    ['a redirect', 5000, [302]],
    ['401', 5000, [401]],
    ['404 twice', 10_000, times(404, 2)],
    ['404 three times', 20_000, times(404, 3)],
    ['404 for long', MINUTES, times(404, 30)],
  ])('asks again soon after %s: in %i ms', (_what, waitMs, statuses) => {
    expect(leftTo(failed(statuses))).toBe(waitMs);
  });

  test('asks at once on a developer’s machine, with other options, or if it was changed since', () => {
    for (const turn of [failed([404]), failed(times(200, 20))]) {
      expect(leftTo(turn, { changedAt: Infinity })).toBe(0);
      expect(leftTo(turn, { mark: 'others' })).toBe(0);
      expect(leftTo(turn, { changedAt: NOW - MINUTES / 2 })).toBe(0);
      expect(leftTo(turn, { changedAt: NOW - 2 * MINUTES })).toBeGreaterThan(0);
    }
  });

  test('leaves one alone that is down or asks for it, as pages before it would', () => {
    const down = failed(times(503, 8));
    expect(leftTo(down)).toBe(waitFor(down, 'me', false, false, NOW));
    expect(leftTo(down)).toBeGreaterThan(2 * MINUTES);
    const silent = failed(times(0, 12));
    expect(leftTo(silent)).toBe(waitFor(silent, 'me', false, false, NOW));
    const asked = failed([429], '1800');
    expect(leftTo(asked, { changedAt: Infinity })).toBe(waitFor(asked, 'me', false, false, NOW));
    expect(leftTo(asked)).toBeGreaterThan(20 * MINUTES);
  });

  test('waits like others once it has seen another failure itself', () => {
    expect(leftTo(failed([404]), { since: NOW - 2 * MINUTES, changedAt: Infinity, mark: 'others' })).toBeGreaterThan(3 * MINUTES);
  });

  test('takes a turn of a version that knew nothing of this as it is', () => {
    expect(leftTo({ ...NO_TURN, failures: 1, blockedUntil: NOW + MINUTES }, { changedAt: Infinity })).toBe(MINUTES);
  });
});

describe('a stored turn', () => {
  test('is read as it was written', () => {
    const stored = turn({ owner: 'other', until: NOW, failures: 3, blockedUntil: NOW + 1, batch: 'b', unsure: { c: ['1'] } });
    expect(readTurn(structuredClone(stored))).toEqual(stored);
  });

  test.each<[what: string, stored: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'turn'],
    ['a list', []],
    ['an empty object', {}],
    ['times that are no numbers', { ...NO_TURN, until: 'soon', blockedUntil: NOW + 5 }],
    ['a failure count that is a text', { ...NO_TURN, failures: '3' }],
    ['NaN', { ...NO_TURN, blockedUntil: NaN }],
    ['endless times', { ...NO_TURN, until: Infinity }],
  ])('that is %s is nobody’s', (_what, stored) => {
    expect(readTurn(stored)).toBe(NO_TURN);
  });
});
