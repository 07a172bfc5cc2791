import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Answer } from '../../src/delivery/answer.js';
import { createDestination, type DestinationParts } from '../../src/delivery/destination.js';
import { afterFailure, afterSuccess, backoff, readHealth, WELL, type Health } from '../../src/delivery/health.js';
import { createTrouble } from '../../src/delivery/trouble.js';
import { waymarkFormat } from '../../src/formats/index.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTES = 60_000;
/** Longest wait that there can be: an hour that a collector asks for, and half of it as jitter. */
const LONGEST_MS = 90 * MINUTES;
const healthOf = (part: Partial<Health>): Health => ({ ...WELL, ...part });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('document', { lastModified: '' });
  vi.stubGlobal('location', { href: 'https://shop.example/' });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Returns what a tab asks whether it may send, as it looks into its outbox: how long it leaves a collector of this health alone. */
async function openTab({ isForced = false, before = WELL } = {}): Promise<(health: Partial<Health>) => number> {
  let ask: ((health: Health) => number) | undefined;
  const outbox = {
    store: { isDurable: () => true },
    health: () => before,
    take: async (_me: string, waitFor: (health: Health) => number) => (
      (ask ??= waitFor),
      { waitMs: 5, events: [], isMore: false }
    ),
  };
  const destination = createDestination({
    outbox,
    format: waymarkFormat,
    mark: 'options',
    stops: [],
    me: () => 'me',
    isHidden: () => false,
    maySend: () => true,
    batchEvents: 50,
  } as unknown as DestinationParts);
  onTestFinished(() => destination.stop());
  if (isForced) void destination.flush(Promise.resolve());
  else destination.wake(0);
  vi.advanceTimersByTime(0);
  // What is done in trouble has a file of its own.
  while (!ask) await new Promise((resolve) => setImmediate(resolve));
  return (health) => ask!(healthOf(health));
}

describe.each([
  ['that has had no trouble with it', WELL],
  ['that has what is done in trouble', healthOf({ failures: 1 })],
])('a page %s', (_what, before) => {
  test('leaves the collector alone for as long as it has to', async () => {
    const wait = await openTab({ before });
    expect(wait({ blockedUntil: NOW + 60_000 })).toBe(60_000);
    expect(wait({})).toBe(0);
  });

  test('asks again when it is forced', async () => {
    const wait = await openTab({ isForced: true, before });
    expect(wait({ blockedUntil: NOW + 60_000 })).toBe(0);
  });

  test('does not wait for what is over', async () => {
    const wait = await openTab({ before });
    expect(wait({ blockedUntil: NOW - 1 })).toBe(0);
    expect(wait({ blockedUntil: NOW })).toBe(0);
  });

  test('does not wait for longer than was ever meant: the clock was set back', async () => {
    const wait = await openTab({ before });
    expect(wait({ blockedUntil: NOW + LONGEST_MS })).toBe(LONGEST_MS);
    expect(wait({ blockedUntil: NOW + LONGEST_MS + 1 })).toBe(0);
  });

  test('does not wait after the clock was set forward', async () => {
    const wait = await openTab({ before });
    vi.setSystemTime(NOW + 2 * LONGEST_MS);
    expect(wait({ blockedUntil: NOW + LONGEST_MS })).toBe(0);
  });

  test('never waits for longer than was ever meant, nor for less than nothing', async () => {
    const wait = await openTab({ before });
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (blockedUntil) => {
        const waitMs = wait({ blockedUntil: NOW + blockedUntil });
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(LONGEST_MS);
      }),
    );
  });

  test('has waited for long enough once it has waited for what it was told', async () => {
    const wait = await openTab({ before });
    fc.assert(
      fc.property(fc.integer({ min: -1e8, max: 1e8 }), (blockedUntil) => {
        vi.setSystemTime(NOW);
        const health = { blockedUntil: NOW + blockedUntil };
        vi.setSystemTime(NOW + wait(health));
        expect(wait(health)).toBe(0);
      }),
    );
  });
});

describe('the health after an answer', () => {
  test('begins anew after a confirmation', () => {
    expect(
      afterSuccess(
        healthOf({
          failures: 7,
          blockedUntil: NOW + 9,
          batch: 'old',
          unsure: { a: ['1'] },
          failedAt: NOW,
          soonMs: 5,
          mark: 'options',
        }),
        ['1'],
      ),
    ).toEqual(WELL);
  });

  test('keeps what was refused alone, and may be tried again, and forgets of it what was taken', () => {
    const lone = { reason: 'HTTP 400', times: 1, enough: 2 };
    expect(afterSuccess(healthOf({ lone: ['1', '2'].map((id) => ({ ...lone, id })) }), ['1']).lone).toEqual([
      { ...lone, id: '2', isOther: true },
    ]);
  });

  test('counts a failure, keeps the batch’s id and sets the wait', () => {
    expect(afterFailure(healthOf({ failures: 2 }), 4000, 'batch', NOW)).toMatchObject({
      failures: 3,
      blockedUntil: NOW + 4000,
      batch: 'batch',
    });
  });

  test('counts a failure also where chance says not to wait', () => {
    expect(afterFailure(WELL, 0, 'batch', NOW)).toMatchObject({ failures: 1, blockedUntil: NOW, batch: 'batch' });
  });

  test('does not change the health it was given', () => {
    const before = Object.freeze(healthOf({ failures: 1 }));
    expect(afterFailure(before, 1, 'batch', NOW)).not.toBe(before);
  });
});

/** Two events that wait. */
const EVENTS = ['a', 'b'].map((id) => ({ id, context: '{}', event: `{"id":"${id}","name":"view_item"}` }));
/** Returns what a page does in trouble that begins at a time, with these options. */
function troubleOf(since: number, mark: string) {
  vi.setSystemTime(since);
  const trouble = createTrouble(waymarkFormat, mark, []);
  vi.setSystemTime(NOW);
  return trouble;
}

describe('a page that finds that an earlier one has failed', () => {
  /** The health after answers with these statuses in a row, the last one a minute ago. */
  function failed(statuses: number[], retryAfter?: string, at = NOW - MINUTES): Health {
    const before = troubleOf(NOW - 60 * MINUTES, 'options');
    return statuses.reduce((health, status) => {
      const answer: Answer = { status, isOwn: false, body: '', header: () => retryAfter ?? null };
      const sending = { events: EVENTS, batch: 'batch', health, now: at, random: 0.999, hasTaken: false };
      return before.judge(sending, { answer }).health;
    }, WELL);
  }
  /** How long a page that begins now has to leave the collector alone. */
  function leftTo(health: Health, { since = NOW, mark = 'options', changedAt = NaN } = {}): number {
    vi.stubGlobal('location', { href: changedAt === Infinity ? 'http://localhost/' : 'https://shop.example/' });
    vi.stubGlobal('document', { lastModified: Number.isFinite(changedAt) ? new Date(changedAt).toISOString() : '' });
    return troubleOf(since, mark).waitMs(health, NOW);
  }
  /** The same for a page that was there before. */
  const leftBefore = (health: Health) => leftTo(health, { since: 0 });
  const times = (status: number, count: number) => Array<number>(count).fill(status);

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
    const at = NOW - 3 * MINUTES;
    for (const health of [failed([404], undefined, at), failed(times(200, 20), undefined, at)]) {
      expect(leftTo(health, { changedAt: Infinity })).toBe(0);
      expect(leftTo(health, { mark: 'others' })).toBe(0);
      expect(leftTo(health, { changedAt: NOW - 2 * MINUTES })).toBe(0);
      expect(leftTo(health, { changedAt: NOW - 4 * MINUTES })).toBeGreaterThan(0);
    }
  });

  test('takes a page that was made for this visit for no change', () => {
    expect(leftTo(failed([404]), { changedAt: NOW - MINUTES / 2 })).toBe(5000);
  });

  test('leaves one alone that is down or asks for it, as pages before it would', () => {
    const down = failed(times(503, 8));
    expect(leftTo(down)).toBe(leftBefore(down));
    expect(leftTo(down)).toBeGreaterThan(2 * MINUTES);
    const silent = failed(times(0, 12));
    expect(leftTo(silent)).toBe(leftBefore(silent));
    const asked = failed([429], '1800');
    expect(leftTo(asked, { changedAt: Infinity })).toBe(leftBefore(asked));
    expect(leftTo(asked)).toBeGreaterThan(20 * MINUTES);
  });

  test('leaves one alone that has asked for some of a batch again', () => {
    const health = afterFailure(WELL, backoff(9, 0.999), 'batch', NOW - MINUTES);
    expect(leftTo(health)).toBe(leftBefore(health));
    expect(leftTo(health)).toBeGreaterThan(3 * MINUTES);
  });

  test('waits like others once it has seen another failure itself', () => {
    expect(leftTo(failed([404]), { since: NOW - 2 * MINUTES, changedAt: Infinity, mark: 'others' })).toBeGreaterThan(
      3 * MINUTES,
    );
  });

  test('takes the health of a version that knew nothing of this as it is', () => {
    expect(leftTo(healthOf({ failures: 1, blockedUntil: NOW + MINUTES }), { changedAt: Infinity })).toBe(MINUTES);
  });
});

describe('a stored health', () => {
  test('is read as it was written', () => {
    const stored = healthOf({ failures: 3, blockedUntil: NOW + 1, batch: 'b', unsure: { c: ['1'] } });
    expect(readHealth(structuredClone(stored))).toEqual(stored);
  });

  test.each<[what: string, stored: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'health'],
    ['a list', []],
    ['an empty object', {}],
    ['a time that is no number', { ...WELL, blockedUntil: 'soon' }],
    ['a failure count that is a text', { ...WELL, failures: '3' }],
    ['NaN', { ...WELL, blockedUntil: NaN }],
    ['an endless time', { ...WELL, blockedUntil: Infinity }],
    ['without what may have arrived', { ...WELL, unsure: null }],
    ['without what was refused alone', { ...WELL, lone: undefined }],
  ])('that is %s is that of a collector that is well', (_what, stored) => {
    expect(readHealth(stored)).toEqual(WELL);
  });
});
