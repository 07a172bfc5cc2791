import type { StoredEvent } from '../outbox/stored-event.js';
import type { Tab } from '../visitor/tab.js';
import { writeJson } from '../util/json.js';
import type { Data, Draft } from './draft.js';
import type { Context, TrackedEvent, UnsentEvent } from './event.js';

/** The last look at an event, as it is to be kept: returns it, changed or not, or nothing to have it dropped. */
export type Finish = (event: UnsentEvent) => UnsentEvent | undefined;

/**
 * Makes an event of a draft: gives it its visitor and its number.
 *
 * @param finish sees the event without its number
 * @returns the event in full and the row to keep; undefined for a draft that `finish` wants dropped
 */
export function sealEvent(
  draft: Draft,
  visitor: string,
  tab: Tab,
  finish: Finish,
): { event: TrackedEvent; row: StoredEvent } | undefined {
  const { id, name, time, properties } = draft;
  const context: Context = { visitor: { id: visitor }, tab: '', ...draft.context };
  const fixed = { id, name, time: new Date(time).toISOString() };
  const finished = finish({ ...context, ...fixed, ...draft.fields, properties }) as Data | undefined;
  if (!finished) return undefined;
  const pick = (part: object): Data => Object.fromEntries(Object.keys(part).map((key) => [key, finished[key]]));
  // The number comes last: one of an event that was dropped would be missing.
  const seq = tab.next(visitor);
  const shared = { ...pick({ ...context, consent: 0 }), tab: tab.id() };
  const own = { ...fixed, seq, ...pick({ ...draft.fields, properties }), ...fixed };
  return {
    event: { ...shared, ...own } as unknown as TrackedEvent,
    row: { id, context: writeJson(shared), event: writeJson(own) },
  };
}
