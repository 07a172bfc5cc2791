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

/**
 * Returns the session that something happening at `now` belongs to: the one given, carried on, or the next one. A clock
 * that was set back does not end a session.
 *
 * @param session the latest session, if there was one
 * @param last when something last happened in it, in milliseconds since 1970
 * @param now milliseconds since 1970
 * @param idleMs a pause longer than this ends a session
 */
export function continueSession(session: Session | undefined, last: number, now: number, idleMs: number): Session {
  if (session && now - last <= idleMs) return session;
  return { id: timeId(now), number: (session?.number ?? 0) + 1, started: new Date(now).toISOString() };
}

/**
 * Tells every event the session it belongs to. An event tracked as `opening` counts only if it begins one, and begins none if that is false.
 *
 * @param idleMinutes a pause longer than this ends a session; default: 30, as in GA4
 */
export const sessions =
  (idleMinutes = 30): Plugin =>
  ({ enrich }) => {
    enrich.push(({ time, opening }, profile, _fields, context) => {
      const known = profile.session;
      // What a page says as it is left, perhaps hours later, belongs to the session that was, and keeps it no longer.
      if (known && opening === false) return void (context.session = known);
      const session = continueSession(known, profile.last ?? 0, time, idleMinutes * 60_000);
      if (opening && session === known) return false;
      profile.session = context.session = session;
      profile.last = Math.max(profile.last ?? 0, time);
    });
  };
