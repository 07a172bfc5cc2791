import { randomHex } from '../util/id.js';
import { writeJson } from '../util/json.js';
import { isRow, type Row } from './row.js';

/** What pages leave to the next one where IndexedDB may not have taken it in time. Nothing in it throws. */
export interface Journal {
  /** Takes over what other pages have left, and returns all that there is. */
  take(): Left;
  /** Leaves more; what does not fit is passed over. */
  add(left: Left): void;
  /** Takes out the events and batches with these ids: they have found their way. */
  clear(ids: readonly string[]): void;
  /** Forgets all that any page has left. */
  forget(): void;
}

/** Ids of events by the id of the batch that they went out in. */
export type Sent = Readonly<Record<string, readonly string[]>>;

/** What is left. */
export interface Left {
  /** Events that may not be stored. */
  rows: readonly Row[];
  /** Events in batches that went out while the collector was well, and whose answers nobody will see. */
  sent: Sent;
}

/** Longest text that a page leaves, in UTF-16 units. Our choice: as much as may go out with it, and a hundredth of what the shop may keep there. */
const MAX_LENGTH = 64_000;

const isNothing = ({ rows, sent }: Left): boolean => !rows.length && !Object.keys(sent).length;

/** Returns what a text says was left, so far as it is ours. */
function readLeft(text: string | null): Left {
  try {
    const { rows, sent } = JSON.parse(text!) as Left;
    return { rows: rows.filter(isRow), sent: Object.fromEntries(Object.entries(sent).filter(([, ids]) => [...ids].every((id) => typeof id === 'string'))) };
  } catch {
    return { rows: [], sent: {} };
  }
}

/**
 * Returns the journal of a page. It lies in localStorage: what is written there as the page is left is kept, other than in IndexedDB, in WebKit too. Each page
 * has a line of its own, since tabs that are closed at the same time would overwrite each other's. Where localStorage is refused, there is none.
 *
 * @param prefix how the lines of all pages begin
 * @param mayKeep whether anything may be read there or left now
 */
export function createJournal(prefix: string, mayKeep: () => boolean): Journal {
  const key = prefix + randomHex(8);
  let all: Left = { rows: [], sent: {} };

  function write(): void {
    const { rows, sent } = all;
    try {
      // In order, and past what is too long: an order of many lines keeps nothing else out.
      let length = writeJson({ rows: [], sent }).length;
      const fits = (row: Row) => {
        const more = writeJson(row).length + 1;
        return length + more < MAX_LENGTH && !!(length += more);
      };
      if (isNothing(all)) localStorage.removeItem(key);
      else if (length < MAX_LENGTH) localStorage.setItem(key, writeJson({ rows: rows.filter(fits), sent }));
    } catch {
      // Refused (sandboxed frames, blocked site data), or full.
    }
  }
  function add({ rows, sent }: Left): void {
    const ids = all.rows.map(({ id }) => id);
    all = { rows: [...all.rows, ...rows.filter(({ id }) => !ids.includes(id))], sent: { ...all.sent, ...sent } };
    write();
  }

  /** Takes away the lines of other pages, and calls `read` with each. */
  function empty(read: (text: string | null) => void): void {
    try {
      for (const other of Object.keys(localStorage)) {
        if (!other.startsWith(prefix) || other === key) continue;
        read(localStorage.getItem(other));
        localStorage.removeItem(other);
      }
    } catch {
      // Refused.
    }
  }

  return {
    take() {
      if (mayKeep()) empty((text) => add(readLeft(text)));
      return all;
    },
    add(left) {
      if (mayKeep()) add(left);
    },
    forget() {
      all = { rows: [], sent: {} };
      write();
      empty(() => {});
    },
    clear(ids) {
      if (isNothing(all)) return;
      all = { rows: all.rows.filter(({ id }) => !ids.includes(id)), sent: Object.fromEntries(Object.entries(all.sent).filter(([id]) => !ids.includes(id))) };
      write();
    },
  };
}
