import type { Fields } from '../commerce/item.js';

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
  /**
   * When the latest source said it, what was said last at the end: so a burst does not look at all of itself for each of its events. Of another source there is
   * nothing here: what it says answers for one of these.
   */
  const said = new Map<string, { by: string; times: number[] }>();
  let isTimed = false;
  /** Returns whether some of the times still count, and drops those that do not. */
  function isFresh({ times }: { times: number[] }): boolean {
    const since = now() - SAME_MS;
    while (times[0]! <= since) times.shift();
    return times.length > 0;
  }
  function note(what: string, by: string): void {
    const before = said.get(what);
    const saying = before?.by === by ? before : { by, times: [] };
    said.delete(what);
    said.set(what, saying);
    saying.times.push(isTimed ? now() : Infinity);
  }
  return {
    note,
    isRepeat(what, by) {
      for (const [old, saying] of said) {
        if (isFresh(saying)) break;
        said.delete(old);
      }
      const saying = said.get(what);
      const isOther = !!saying && saying.by !== by && isFresh(saying);
      if (isOther) saying.times.shift();
      else note(what, by);
      return isOther;
    },
    begin() {
      isTimed = true;
      for (const { times } of said.values()) times.fill(now());
    },
  };
}

/**
 * Returns an id or a name as it is compared: whatever its case and spaces. Entities and what they may stand for are only counted: two sources that say the same
 * event at the same time hardly ever differ in them alone, and to decode them takes a table.
 */
const keyOf = (said: string | number | undefined): string =>
  String(said ?? '')
    .replace(/&(amp;)*(nbsp|#160|#xa0);|\s+/gi, '')
    .replace(/&(amp;)*#?\w+;|[^ -~]|[&<>"']/gu, '?')
    .toLowerCase();

/**
 * Returns what two sources have to agree in to have said the same: the event, and its order, its promotion, its search term, or its items with how many of
 * each. Never throws.
 */
export function signatureOf(event: string, properties: unknown): string {
  try {
    const fields = Object(properties) as Fields;
    const { items, transaction_id = '', promotion_id = '', search_term = '' } = fields;
    const lines = /item|_(to|from)_/.test(event) ? ((Array.isArray(items) ? items : [fields]) as Fields[]) : [];
    const saidOf = ({ id, name, item_id = id, item_name = name, quantity }: Fields) =>
      `${keyOf((item_id || item_name) as string)} ${Number(quantity ?? 1) || String(quantity)}`;
    return [event, transaction_id, promotion_id, search_term, ...lines.map(saidOf)].join();
  } catch {
    // A getter of the shop's that throws, an item that is null: the name has to do.
    return event;
  }
}
