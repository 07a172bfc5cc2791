import { timeId } from '../util/id.js';
import type { Context } from './event.js';

/** Plain data by name. */
export type Data = Record<string, unknown>;

/** An event as it was tracked: when, where and what, but not yet whose it is. It never changes: who adds to it makes another one. */
export interface Draft {
  readonly id: string;
  /** A name that begins with `~` is a sign for processors: no event comes of it. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A copy of what the caller gave. */
  readonly properties: Data;
  /** What could be seen of the page at that moment, and what processors have added for this and other events: session, touchpoint. */
  readonly context: Partial<Context>;
  /** What processors have added for this event alone: journey, previous. */
  readonly fields?: Data | undefined;
  /** The stage that the call gave it. */
  readonly stage?: string | undefined;
  /** `start`: it counts only if it begins a session. `ignore`: nothing that the visitor does; it neither begins a session nor goes on with one. */
  readonly session?: 'start' | 'ignore' | undefined;
  /** Who said it, where that is not a call: `push`, `gtag`, `markup`. */
  readonly by?: string | undefined;
  /** Whether it happened before anybody had answered whether it may be kept. */
  readonly waited?: boolean | undefined;
}

/** Returns a draft of which everything is said, be it that there is nothing: whatever a page has put on `Object.prototype`, it says nothing of an event. */
export const createDraft = (
  given: Pick<Draft, 'id' | 'name' | 'time' | 'properties' | 'context'> & Partial<Draft>,
): Draft => ({
  fields: undefined,
  stage: undefined,
  session: undefined,
  by: undefined,
  waited: undefined,
  ...given,
});

/** Returns another draft of the same moment, with an id of its own. */
export const deriveDraft = (from: Draft, name: string, properties: Data): Draft => ({
  ...from,
  id: timeId(from.time),
  name,
  properties,
});
