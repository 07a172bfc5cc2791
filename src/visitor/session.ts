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

/** What `sessions` remembers of a visitor. */
export interface SessionState {
  session?: Session | undefined;
  /** The session to come, on which pages that start together agree: set as the record is read, in the transaction of that. */
  upcoming?: Session;
}

/**
 * Returns the session that something happening at `now` belongs to: the latest, carried on, or the next one. A clock that was set back does not end a session.
 *
 * @param last when something last happened, in milliseconds since 1970
 * @param now milliseconds since 1970
 * @param idleMs a pause longer than this ends a session
 */
function continueSession({ session, upcoming }: SessionState, last: number, now: number, idleMs: number): Session {
  if (session && now - last <= idleMs) return session;
  const number = (session?.number ?? 0) + 1;
  const isAgreed = upcoming && upcoming.number >= number && Math.abs(now - Date.parse(upcoming.started)) < TOGETHER_MS;
  return isAgreed ? upcoming : { id: timeId(now), number, started: new Date(now).toISOString() };
}

/**
 * Tells every event the session it belongs to. One with `session: 'start'` counts only if it begins a session, one with `ignore` begins none.
 *
 * @param idleMinutes a pause longer than this ends a session; default: 30, as in GA4
 */
export function sessions(idleMinutes = 30): Plugin<SessionState> {
  const idleMs = idleMinutes * 60_000;
  const born = Date.now();
  return {
    name: 'sessions',
    state: {
      load(state = {}, { last }) {
        const next = continueSession(state, last, born, idleMs);
        const isKnown = [state.session, state.upcoming].includes(next);
        return isKnown || Date.now() - born > TOGETHER_MS ? state : { ...state, upcoming: next };
      },
    },
    process(draft, state = {}, { last }) {
      const { context, name, session: kind, time } = draft;
      const { session: known } = state;
      if (name.startsWith('~')) return undefined;
      // What a page says as it is left, perhaps hours later, belongs to the session that was, and keeps it no longer.
      const session = (kind === 'ignore' && known) || continueSession(state, last, time, idleMs);
      if (kind === 'start' && session === known) return { drafts: [] };
      return { state: { ...state, session }, drafts: [{ ...draft, context: { ...context, session } }] };
    },
  };
}
