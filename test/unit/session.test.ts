import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/event/event.js';
import { createProfile } from '../../src/identity/profile.js';
import { sessions } from '../../src/identity/session.js';
import type { Enrich, Tools } from '../../src/plugin.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

/** A visitor of a shop with sessions; `at` is an event so many minutes past noon, and returns the session it is in. */
function openVisit(idleMinutes?: number) {
  const enrich: Enrich[] = [];
  sessions(idleMinutes)({ enrich } as Partial<Tools> as Tools);
  const profile = createProfile(NOON);
  return {
    profile,
    at(minutes: number, opening?: boolean) {
      const time = NOON + minutes * MINUTE;
      const context: Context = { visitor: { id: profile.id }, tab: 't' };
      const kept = enrich[0]!({ id: 'e', name: 'page_view', time, properties: {}, seen: {}, opening }, profile, {}, context);
      return kept === false ? undefined : context.session;
    },
  };
}

describe('a session', () => {
  test('begins with the first event, as number 1', () => {
    expect(openVisit().at(0)).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), number: 1, started: '2026-06-01T12:00:00.000Z' });
  });

  test('goes on as long as no pause is longer than half an hour', () => {
    const visit = openVisit();
    const first = visit.at(0);
    for (const minutes of [30, 60, 90, 120]) expect(visit.at(minutes)).toEqual(first);
  });

  test('ends with a longer pause: the next is another one, with the next number', () => {
    const visit = openVisit();
    const first = visit.at(0);
    const next = visit.at(30 + 1 / MINUTE);
    expect(next).toMatchObject({ number: 2, started: '2026-06-01T12:30:00.001Z' });
    expect(next!.id).not.toBe(first!.id);
    expect(visit.at(200)?.number).toBe(3);
  });

  test('ends with the pause that the shop names', () => {
    const visit = openVisit(5);
    visit.at(0);
    expect(visit.at(5)?.number).toBe(1);
    expect(visit.at(10.1)?.number).toBe(2);
  });

  test('does not end when the clock is set back', () => {
    const visit = openVisit();
    visit.at(0);
    expect(visit.at(-600)?.number).toBe(1);
  });

  test('goes on over pages: all it needs is in the profile, as plain JSON', () => {
    const first = openVisit();
    const session = first.at(0);
    const next = openVisit();
    Object.assign(next.profile, JSON.parse(JSON.stringify(first.profile)));
    expect(next.at(10)).toEqual(session);
    expect(next.at(50)?.number).toBe(2);
  });
});

describe('an event that counts only if it begins a session', () => {
  test('counts where it does', () => {
    const visit = openVisit();
    expect(visit.at(0, true)?.number).toBe(1);
    expect(visit.at(31, true)?.number).toBe(2);
  });

  test('is dropped in the middle of one', () => {
    const visit = openVisit();
    visit.at(0);
    expect(visit.at(10, true)).toBeUndefined();
    expect(visit.at(20)?.number).toBe(1);
  });

  test('does not lengthen the session when it is dropped', () => {
    const visit = openVisit();
    visit.at(0);
    visit.at(20, true);
    expect(visit.at(40)?.number).toBe(2);
  });
});
