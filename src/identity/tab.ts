import { randomHex } from '../util/id.js';

/** Numbers the events of one tab without a gap, over all the pages that it shows. */
export interface Tab {
  id(): string;
  /** Returns the next sequence number. */
  next(): number;
  /** Leaves the sequence to the next page of this tab. */
  leave(): void;
  /** Takes the sequence up again when this page comes back, or begins one. */
  take(): void;
  /** Begins a new sequence, for a new visitor. */
  renew(): void;
}

/** Returns sessionStorage, or undefined where it is refused (sandboxed frames, blocked site data). */
function tabStorage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/**
 * Takes over the tab's sequence from the page before, or begins one. It lies in sessionStorage only between two pages:
 * a duplicated tab, which starts with a copy of sessionStorage, therefore finds nothing and numbers its own events. Where
 * sessionStorage is refused, each page is a sequence of its own.
 *
 * @param key where to leave the sequence
 */
export function createTab(key: string): Tab {
  const storage = tabStorage();
  let id = '';
  let seq = 0;
  let isLeft = false;

  function renew(): void {
    id = randomHex(12);
    seq = 0;
  }
  function take(): void {
    isLeft = false;
    const held = /(\w+):(\d+)/.exec(`${storage?.getItem(key)}`);
    storage?.removeItem(key);
    if (!held) return renew();
    id = held[1]!;
    seq = Number(held[2]);
  }
  function leave(): void {
    isLeft = true;
    storage?.setItem(key, `${id}:${seq}`);
  }

  take();
  return {
    id: () => id,
    next() {
      seq++;
      if (isLeft) leave();
      return seq;
    },
    leave,
    take,
    renew,
  };
}
