import type { Fields } from '../commerce/item.js';
import { decodeEntities } from '../util/entities.js';

/** How long two sources may take to say the same, in milliseconds. Our choice: a handler that says it twice is done by then. */
const SAME_MS = 1000;

/** Sees to it that what two sources say counts once. */
export interface Once {
  /** Notes that a source has said something. */
  note(what: string, by: string): void;
  /** Returns whether another source has just said it; notes it if not. Each saying answers for one other at most. */
  isRepeat(what: string, by: string): boolean;
  /** Begins to count the time: what was noted until now has just been said. */
  begin(): void;
}

/**
 * Returns a memory of what was said within the last second. One source that says the same twice means two: only others repeat it.
 *
 * @param now milliseconds; a parameter so that tests are exact
 */
export function createOnce(now = Date.now): Once {
  /** When each source said it, what was said last at the end: so a burst does not look at all of itself for each of its events. */
  const said = new Map<string, Record<string, number[]>>();
  let isTimed = false;
  /** Returns the times that still count. */
  function fresh(times: number[] = []): number[] {
    while (times[0]! <= now() - SAME_MS) times.shift();
    return times;
  }
  function note(what: string, by: string): void {
    // Whatever a page has put on `Object.prototype`, it is no source.
    const sources = said.get(what) ?? (Object.create(null) as Record<string, number[]>);
    said.delete(what);
    said.set(what, sources);
    (sources[by] = fresh(sources[by])).push(isTimed ? now() : Infinity);
  }
  return {
    note,
    isRepeat(what, by) {
      for (const [old, sources] of said) {
        if (Object.values(sources).some((times) => fresh(times).length)) break;
        said.delete(old);
      }
      const sources = said.get(what) ?? {};
      const other = Object.keys(sources).find((each) => each !== by && fresh(sources[each]).length);
      if (other) sources[other]!.shift();
      else note(what, by);
      return !!other;
    },
    begin() {
      isTimed = true;
      for (const sources of said.values()) for (const times of Object.values(sources)) times.fill(now());
    },
  };
}

/** Returns an id or a name as it is compared: whatever its case and spaces, with entities decoded; an empty text for none. */
export const keyOf = (said: string | number | undefined): string => decodeEntities(`${said ?? ''}`).replace(/\s+/g, ' ').trim().toLowerCase();

/**
 * Returns what two sources have to agree in to have said the same: the event, and its order, its promotion, its search term, or its items with how many of
 * each. Never throws.
 */
export function signatureOf(event: string, properties: unknown): string {
  try {
    const fields = Object(properties) as Fields;
    const { items, transaction_id = '', promotion_id = '', search_term = '' } = fields;
    const lines = /item|_(to|from)_/.test(event) ? ((Array.isArray(items) ? items : [fields]) as Fields[]) : [];
    return `${[event, transaction_id, promotion_id, search_term, ...lines.map(({ id, name, item_id = id, item_name = name, quantity }) => `${keyOf((item_id || item_name) as string)} ${Number(quantity ?? 1) || quantity}`)]}`;
  } catch {
    // A getter of the shop's that throws, an item that is null: the name has to do.
    return event;
  }
}
