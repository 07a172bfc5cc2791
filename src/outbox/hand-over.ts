import { randomHex } from '../util/id.js';
import { writeJson } from '../util/json.js';

/** What a page leaves to the next one, since IndexedDB may not have taken it in time. */
export interface Left {
  /** Values by the key that they belong under; null where what lies there is to be deleted. */
  values: Readonly<Record<string, unknown>>;
  /** Ids of events by the batch that they went out in as the collector was well, and whose answers nobody will see. */
  sent: Sent;
}
/** Ids of events by the id of their batch, with what tells the collector behind it. */
export type Sent = Readonly<Record<string, readonly string[]>>;

/** Hands over what may not be stored, from page to page. Nothing in it throws. */
export interface HandOver {
  /** Takes over what other pages have left, and returns all that there is. */
  take(): Left;
  /** Leaves more; what does not fit is passed over. */
  add(left: Partial<Left>): void;
  /** Changes what this page has left already. */
  change(all: ReadonlyMap<string, unknown>): void;
  /** Takes out what lies under these keys, and these batches: they have found their way. */
  clear(keys: readonly string[]): void;
  /** Forgets all that any page has left. */
  forget(): void;
}

/** Longest text that a page leaves, in UTF-16 units. Our choice: as much as may go out with it, and a hundredth of what the shop may keep there. */
const MAX_LENGTH = 64_000;

/**
 * Returns the hand-over of a page. It lies in localStorage: what is written there as the page is left is kept, other than in IndexedDB, in WebKit too. Each page
 * has a line of its own, since tabs that are closed at the same time would overwrite each other's. Where localStorage is refused, there is none.
 *
 * @param prefix how the lines of all pages begin
 * @param mayKeep whether anything may be read there or left now
 */
export function createHandOver(prefix: string, mayKeep: () => boolean): HandOver {
  const line = prefix + randomHex(8);
  const values = new Map<string, unknown>();
  const sent = new Map<string, readonly string[]>();

  /** Returns what of the entries fits, in order and past what is too long: an order of many lines keeps nothing else out. */
  function fitting(entries: Iterable<[string, unknown]>, room: { length: number }): object {
    return Object.fromEntries(
      [...entries].filter((entry) => {
        const { length } = writeJson(entry);
        return length < room.length && (room.length -= length);
      }),
    );
  }
  function write(): void {
    try {
      // Less what is around the two.
      const room = { length: MAX_LENGTH - 30 };
      if (!values.size && !sent.size) localStorage.removeItem(line);
      else localStorage.setItem(line, writeJson({ sent: fitting(sent, room), values: fitting(values, room) }));
    } catch {
      // Refused (sandboxed frames, blocked site data), or full.
    }
  }
  function add(left: Partial<Left>): void {
    for (const [key, value] of Object.entries(Object(left.values) as object)) values.set(key, value);
    for (const [batch, ids] of Object.entries(Object(left.sent) as Sent)) {
      if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) sent.set(batch, ids);
    }
    write();
  }
  /** What another page has taken over is that page's: a page that was away does not have it any more. */
  function look(): void {
    try {
      if (localStorage.getItem(line) === null) {
        values.clear();
        sent.clear();
      }
    } catch {
      // Refused.
    }
  }
  /** Takes away the lines of other pages, and calls `read` with each. */
  function empty(read: (text: string) => void): void {
    try {
      for (const other of Object.keys(localStorage)) {
        if (!other.startsWith(prefix) || other === line) continue;
        read(localStorage.getItem(other)!);
        localStorage.removeItem(other);
      }
    } catch {
      // Refused.
    }
  }
  function read(text: string): void {
    try {
      add(Object(JSON.parse(text)) as Left);
    } catch {
      // It is not ours.
    }
  }

  return {
    take() {
      look();
      if (mayKeep()) empty(read);
      return { values: Object.fromEntries(values), sent: Object.fromEntries(sent) };
    },
    add(left) {
      look();
      if (mayKeep()) add(left);
    },
    change(all) {
      look();
      if (!values.size) return;
      for (const [key, value] of all) if (values.has(key)) values.set(key, value ?? null);
      write();
    },
    clear(keys) {
      look();
      if (!values.size && !sent.size) return;
      for (const key of keys) {
        values.delete(key);
        sent.delete(key);
      }
      write();
    },
    forget() {
      values.clear();
      sent.clear();
      write();
      empty(() => {});
    },
  };
}
