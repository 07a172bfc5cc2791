import { randomHex } from '../util/id.js';
import { writeJson } from '../util/json.js';
import type { Profile } from './profile.js';

/** Numbers a visitor's events of one tab without a gap, over all the pages that it shows. */
export interface Tab {
  /** Returns the id of the sequence. */
  id(): string;
  /** Returns the next sequence number. For another visitor than that of the number before, a sequence begins: 1. */
  next(visitor: string): number;
  /**
   * Leaves the sequence to the next page of this tab, and the visitor: that page may end before the store answers.
   *
   * @param known the visitor; default: the one that the page before left
   * @param isGone whether the page is left; if it is not, only a page that was left before leaves anew. Default: true
   */
  leave(known?: Profile, isGone?: boolean): void;
  /** Returns the visitor that the page before left. */
  left(): Profile | undefined;
  /**
   * Takes up the sequence that the page before left; else begins one. A page that is back out of the back/forward cache always begins one, since it cannot
   * know whether another page has gone on with what it reads: in Firefox it reads what it left itself.
   */
  take(): void;
  /** Leaves nothing behind, and begins anew. */
  forget(): void;
}

/**
 * Returns the tab, with a sequence of its own until it takes over that of the page before. That lies in sessionStorage only between two pages:
 * a duplicated tab, which starts with a copy of sessionStorage, therefore finds nothing and numbers its own events. Where
 * sessionStorage is refused, each page is a sequence of its own.
 *
 * @param key where to leave the sequence
 * @param mayKeep whether anything may be read there or left now
 */
export function createTab(key: string, mayKeep: () => boolean): Tab {
  let id = '';
  let seq = 0;
  /** Whose sequence it is: a page that was made up as somebody else, or put away for a while, must not go on with it. */
  let owner: string | undefined;
  let isLeft = false;
  let visitor: Profile | undefined;

  function renew(): void {
    id = randomHex(12);
    seq = 0;
  }
  function take(): void {
    const isBack = isLeft;
    isLeft = false;
    renew();
    if (!mayKeep()) return;
    try {
      const { 0: left, 1: count, 2: whose, 3: known } = JSON.parse(sessionStorage.getItem(key)!) as { 0: string; 1: number; 2?: string; 3?: Profile };
      if (/^[\da-f]{12}$/.test(left) && count >= 0) {
        visitor = known;
        if (!isBack) [id, seq, owner] = [left, count, whose];
      }
      sessionStorage.removeItem(key);
    } catch {
      // Nothing was left, or sessionStorage is refused (sandboxed frames, blocked site data).
    }
  }
  function leave(known = visitor, isGone = true): void {
    isLeft ||= isGone;
    if (!isLeft || !mayKeep()) return;
    visitor = known;
    try {
      sessionStorage.setItem(key, writeJson({ ...[id, seq, owner, known] }));
    } catch {
      // Refused: the next page begins a sequence of its own.
    }
  }

  function forget(): void {
    renew();
    visitor = undefined;
    try {
      sessionStorage.removeItem(key);
    } catch {
      // Refused: nothing was left.
    }
  }

  renew();
  return {
    id: () => id,
    next(whose) {
      if (seq && whose !== owner) renew();
      owner = whose;
      seq++;
      if (isLeft) leave();
      return seq;
    },
    leave,
    left: () => visitor,
    take,
    forget,
  };
}
