import type { Plugin } from '../plugin.js';
import { timeId } from '../util/id.js';

/** One visit: what a visitor does without a pause longer than the idle time, in however many tabs. */
export interface Session {
  id: string;
  /** 1 for the visitor's first session. */
  number: number;
  /** When it began, as ISO 8601 in UTC. */
  started: string;
}

/** Pages that start within this time of each other start together, in milliseconds. Our choice: a browser that restores its tabs on a slow phone. */
const TOGETHER_MS = 10_000;

/**
 * Returns the session that something happening at `now` belongs to: the one given, carried on, or the next one. A clock
 * that was set back does not end a session.
 *
 * @param session the latest session, if there was one
 * @param last when something last happened in it, in milliseconds since 1970
 * @param now milliseconds since 1970
 * @param idleMs a pause longer than this ends a session
 * @param upcoming the next one, where pages that start together have agreed on it; taken while it is young. Default: they have not
 */
export function continueSession(session: Session | undefined, last: number, now: number, idleMs: number, upcoming?: Session): Session {
  if (session && now - last <= idleMs) return session;
  if (upcoming && upcoming.number > (session?.number ?? 0) && Math.abs(now - Date.parse(upcoming.started)) < TOGETHER_MS) return upcoming;
  return { id: timeId(now), number: (session?.number ?? 0) + 1, started: new Date(now).toISOString() };
}

/**
 * Tells every event the session it belongs to. An event tracked as `opening` counts only if it begins one, and begins none if that is false.
 *
 * @param idleMinutes a pause longer than this ends a session; default: 30, as in GA4
 */
export const sessions =
  (idleMinutes = 30): Plugin =>
  (tools) => {
    const born = Date.now();
    tools.prepare = (profile) => {
      const { session, last = 0, upcoming } = profile;
      const next = continueSession(session, last, born, idleMinutes * 60_000, upcoming);
      if (next === session || next === upcoming || Date.now() - born > TOGETHER_MS) return false;
      profile.upcoming = next;
      return true;
    };
    tools.enrich.push(({ time, opening }, profile, _fields, context) => {
      const known = profile.session;
      // What a page says as it is left, perhaps hours later, belongs to the session that was, and keeps it no longer.
      if (known && opening === false) return void (context.session = known);
      const session = continueSession(known, profile.last ?? 0, time, idleMinutes * 60_000, profile.upcoming);
      if (opening && session === known) return false;
      profile.session = context.session = session;
      profile.last = Math.max(profile.last ?? 0, time);
    });
  };
