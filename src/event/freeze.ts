import type { Listeners } from '../listeners.js';
import type { DraftOptions, Plugin } from '../plugin.js';
import { timeId } from '../util/id.js';
import { toJson } from '../util/json.js';
import { createDraft, type Data, type Draft } from './draft.js';
import type { Context } from './event.js';

/** Freezes what is tracked as it is at this moment. */
export interface Freezer {
  /** Returns a copy of plain data without the properties that are denied, and reports what of it could not be copied. */
  copy(properties: unknown, event: string): Data;
  /** Returns what can be seen of the page. `isTracked`: an event is tracked now. */
  look(isTracked?: boolean): Partial<Context>;
  /** Returns a draft. `waited`: nobody has answered yet whether it may be kept. */
  freeze(name: string, properties: unknown, given: DraftOptions, waited: boolean): Draft;
}

/** Most characters that the properties of one event may take as JSON, beside its items. Our choice: well below a batch. */
const MAX_PROPERTIES = 16_000;
/** Most losses that one message names. Our choice: ten thousand make no message. */
const MAX_NAMED = 9;

/**
 * @param plugins what sees the page; the list may grow
 * @param deniedProperties names of properties that no event has
 */
export function createFreezer(
  plugins: readonly Plugin[],
  deniedProperties: readonly string[],
  { guard, report }: Listeners,
): Freezer {
  const denied = deniedProperties.map((name) => name.toLowerCase());
  const withoutDenied = (key: string, value: unknown) => (denied.includes(key.toLowerCase()) ? undefined : value);

  function copy(properties: unknown = {}, event: string): Data {
    const lost: string[] = [];
    const text = toJson(properties, lost, MAX_PROPERTIES);
    if (lost.length) report('invalid_property', `${event}: ${[...new Set(lost)].slice(0, MAX_NAMED).join('; ')}`);
    // Only where it is needed: it visits every value.
    return JSON.parse(text, denied.length ? withoutDenied : undefined) as Data;
  }
  function look(isTracked = false): Partial<Context> {
    const seen: Partial<Context> = {};
    for (const { context } of plugins) guard(() => Object.assign(seen, context?.(isTracked)))();
    return seen;
  }
  return {
    copy,
    look,
    freeze(name, properties, given, waited) {
      // Its own properties: what a script has put on `Object.prototype` is no wish of the caller's.
      const { context, id, time, stage, session, by }: DraftOptions = { __proto__: null, ...given } as never;
      // Before the time is taken: a page view comes first.
      const seen = context ?? look(true);
      const now = Date.now();
      return createDraft({
        id: id ?? timeId(now),
        name,
        time: time ?? now,
        properties: copy(properties, name),
        context: seen,
        stage,
        session,
        by,
        waited,
      });
    },
  };
}
