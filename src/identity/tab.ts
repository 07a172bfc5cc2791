import { randomHex } from '../util/id.js';
import { writeJson } from '../util/json.js';
import type { Profile } from './profile.js';

/** Numbers the events of one tab without a gap, over all the pages that it shows. */
export interface Tab {
  id(): string;
  /** Returns the next sequence number. */
  next(): number;
  /**
   * Leaves the sequence to the next page of this tab, and the visitor: that page may end before the store answers.
   *
   * @param known the visitor; default: the one that the page before left
   * @param isGone whether the page is left; if it is not, only a page that was left before leaves anew. Default: true
   */
  leave(known?: Profile, isGone?: boolean): void;
  /** Returns the visitor that the page before left. */
  left(): Profile | undefined;
  /** Takes the sequence up again when this page comes back, or begins one. */
  take(): void;
  /** Begins a new sequence, for a new visitor. */
  renew(): void;
}

/**
 * Takes over the tab's sequence from the page before, or begins one. It lies in sessionStorage only between two pages:
 * a duplicated tab, which starts with a copy of sessionStorage, therefore finds nothing and numbers its own events. Where
 * sessionStorage is refused, each page is a sequence of its own.
 *
 * @param key where to leave the sequence
 */
export function createTab(key: string): Tab {
  let id = '';
  let seq = 0;
  let isLeft = false;
  let visitor: Profile | undefined;

  function renew(): void {
    id = randomHex(12);
    seq = 0;
  }
  function take(): void {
    isLeft = false;
    renew();
    try {
      const { 0: left, 1: count, 2: known } = JSON.parse(sessionStorage.getItem(key)!) as { 0: string; 1: number; 2?: Profile };
      if (/^[\da-f]{12}$/.test(left) && count >= 0) [id, seq, visitor] = [left, count, known];
      sessionStorage.removeItem(key);
    } catch {
      // Nothing was left, or sessionStorage is refused (sandboxed frames, blocked site data).
    }
  }
  function leave(known = visitor, isGone = true): void {
    isLeft ||= isGone;
    if (!isLeft) return;
    visitor = known;
    try {
      sessionStorage.setItem(key, writeJson({ ...[id, seq, known] }));
    } catch {
      // Refused: the next page begins a sequence of its own.
    }
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
    left: () => visitor,
    take,
    renew,
  };
}
