import type { Row } from '../delivery/queue.js';
import type { Profile } from '../identity/profile.js';
import type { Tab } from '../identity/tab.js';
import type { Enrich } from '../plugin.js';
import { writeJson } from '../util/json.js';
import type { Context, TrackedEvent } from './event.js';

/** An event as it was tracked: when, where and what, but not yet whose it is. */
export interface Draft {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  time: number;
  properties: Record<string, unknown>;
  /** What could be seen of the page at that moment. */
  seen: Partial<Context>;
  /** The stage that the call gave it. */
  stage?: string | undefined;
  /** Whether it only counts if it begins a session; false: it begins none. */
  opening?: boolean | undefined;
}

/**
 * Gives a draft its visitor, number and what the plugins know, and notes all of that in the profile.
 *
 * @returns the event in full and the row to keep; undefined for a draft that a plugin wants dropped
 */
export function stampEvent(draft: Draft, profile: Profile, tab: Tab, enrichers: readonly Enrich[]): { event: TrackedEvent; row: Row } | undefined {
  const { id, name, time, properties } = draft;
  const context: Context = { visitor: { id: profile.id, user_id: profile.userId }, tab: '', ...draft.seen };
  const fields: Record<string, unknown> = { id, name, time: new Date(time).toISOString() };
  for (const enrich of enrichers) if (enrich(draft, profile, fields, context) === false) return undefined;
  fields.seq = tab.next(profile.id);
  context.tab = tab.id();
  fields.properties = properties;
  return { event: { ...context, ...fields } as TrackedEvent, row: { id, context: writeJson(context), event: writeJson(fields) } };
}
