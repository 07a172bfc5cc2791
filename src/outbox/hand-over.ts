import { randomHex } from '../util/id.js';
import { writeJson } from '../util/json.js';
import { isRow, type Row } from './row.js';

/** Ids of events by the id of the batch that they went out in, with what tells the collector behind it. */
export type Sent = Readonly<Record<string, readonly string[]>>;

/** What a page leaves to the next one, since IndexedDB may not have taken it in time. */
export interface Left {
  /** Events by the key that they belong under; null where one is to be deleted. */
  rows: Readonly<Record<string, Row | null>>;
  /** Events in batches that went out while the collector was well, and whose answers nobody will see. */
  sent: Sent;
}

/** Hands over what may not be stored, from page to page. Nothing in it throws. */
export interface HandOver {
  /** Takes over what other pages have left, and returns all that there is. */
  take(): Left;
  /** Leaves more; what does not fit is passed over. */
  add(left: Partial<Left>): void;
  /** Takes out what lies under these keys, and these batches: they have found their way. */
  clear(keys: readonly string[]): void;
  /** Forgets all that any page has left. */
  forget(): void;
}

/** Longest text that a page leaves, in UTF-16 units. Our choice: as much as may go out with it, and a hundredth of what the shop may keep there. */
const MAX_LENGTH = 64_000;

const NOTHING: Left = { rows: {}, sent: {} };

/** Returns what a text says was left, so far as it is ours. */
function readLeft(text: string | null): Left {
  try {
    const { rows, sent } = JSON.parse(text!) as Left;
    return {
      rows: Object.fromEntries(Object.entries(rows).filter(([, row]) => row === null || isRow(row))),
      sent: Object.fromEntries(Object.entries(sent).filter(([, ids]) => [...ids].every((id) => typeof id === 'string'))),
    };
  } catch {
    return NOTHING;
  }
}

/**
 * Returns the hand-over of a page. It lies in localStorage: what is written there as the page is left is kept, other than in IndexedDB, in WebKit too. Each page
 * has a line of its own, since tabs that are closed at the same time would overwrite each other's. Where localStorage is refused, there is none.
 *
 * @param prefix how the lines of all pages begin
 * @param mayKeep whether anything may be read there or left now
 */
export function createHandOver(prefix: string, mayKeep: () => boolean): HandOver {
  const line = prefix + randomHex(8);
  let all = NOTHING;

  function write(): void {
    const { sent } = all;
    try {
      // In order, and past what is too long: an order of many lines keeps nothing else out.
      let length = writeJson({ ...NOTHING, sent }).length;
      const fits = (entry: [key: string, row: Row | null]) => {
        const more = writeJson(entry).length;
        return length + more < MAX_LENGTH && !!(length += more);
      };
      const rows = Object.entries(all.rows).filter(fits);
      if (!rows.length && !Object.keys(sent).length) localStorage.removeItem(line);
      else if (length < MAX_LENGTH) localStorage.setItem(line, writeJson({ rows: Object.fromEntries(rows), sent }));
    } catch {
      // Refused (sandboxed frames, blocked site data), or full.
    }
  }
  function add({ rows, sent }: Partial<Left>): void {
    all = { rows: { ...all.rows, ...rows }, sent: { ...all.sent, ...sent } };
    write();
  }

  /** Takes away the lines of other pages, and calls `read` with each. */
  function empty(read: (text: string | null) => void): void {
    try {
      for (const other of Object.keys(localStorage)) {
        if (!other.startsWith(prefix) || other === line) continue;
        read(localStorage.getItem(other));
        localStorage.removeItem(other);
      }
    } catch {
      // Refused.
    }
  }
  const without = <Value>(record: Readonly<Record<string, Value>>, keys: readonly string[]): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

  return {
    take() {
      if (mayKeep()) empty((text) => add(readLeft(text)));
      return all;
    },
    add(left) {
      if (mayKeep()) add(left);
    },
    forget() {
      all = NOTHING;
      write();
      empty(() => {});
    },
    clear(keys) {
      if (all === NOTHING) return;
      all = { rows: without(all.rows, keys), sent: without(all.sent, keys) };
      write();
    },
  };
}
