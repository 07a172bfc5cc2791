import type { Row } from '../delivery/row.js';
import type { Profile } from '../identity/profile.js';
import type { Tab } from '../identity/tab.js';
import type { Enrich } from '../plugin.js';
import { writeJson } from '../util/json.js';
import type { Context, TrackedEvent, UnsentEvent } from './event.js';

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
  /** Whether it happened before anybody had answered whether it may be kept. */
  isLate?: boolean;
}

/** The last look at an event, as it is to be kept: returns it, changed or not, or nothing to have it dropped. */
export type Finish = (event: UnsentEvent) => UnsentEvent | undefined;

/**
 * Gives a draft its visitor, number and what the plugins know, and notes all of that in the profile.
 *
 * @param finish sees the event without its number
 * @returns the event in full and the row to keep; undefined for a draft that a plugin or `finish` wants dropped
 */
export function stampEvent(draft: Draft, profile: Profile, tab: Tab, enrichers: readonly Enrich[], finish: Finish): { event: TrackedEvent; row: Row } | undefined {
  const { id, name, time, properties } = draft;
  const context: Context = { visitor: { id: profile.id, user_id: profile.userId }, tab: '', ...draft.seen };
  const fixed = { id, name, time: new Date(time).toISOString() };
  const fields: Record<string, unknown> = { ...fixed };
  for (const enrich of enrichers) if (enrich(draft, profile, fields, context) === false) return undefined;
  const finished = finish({ ...context, ...fields, properties } as unknown as UnsentEvent);
  if (!finished) return undefined;
  // Before the number: it would be missing for an event that is dropped.
  const shared: Context = { ...context, consent: undefined };
  const seq = tab.next(profile.id);
  const own: Record<string, unknown> = { ...fields, seq, properties };
  for (const part of [shared, own] as Record<string, unknown>[]) for (const key of Object.keys(part)) part[key] = finished[key as keyof UnsentEvent];
  Object.assign(own, fixed, { seq });
  shared.tab = tab.id();
  return { event: { ...shared, ...own } as TrackedEvent, row: { id, context: writeJson(shared), event: writeJson(own) } };
}
