import { runLater } from '../util/run-later.js';

/** How often there is a write on average where one comes after another, in milliseconds, and how much of that may be saved up. Our choice: people are slower. */
const WRITE_MS = 50;
const SAVED_UP_MS = 500;

/** When to write: what a person does in the next microtask, what comes faster than people act together. */
export interface Pace {
  /** Has something written soon. */
  ask(): void;
  /** Whether something is to be written. */
  isAsked(): boolean;
  /** What was asked for is done now, or not at all. */
  end(): void;
}

/** Returns the pace of what `begin` writes. A leaky bucket: a transaction is what costs, whatever is in it. */
export function createPace(begin: () => void): Pace {
  let isAsked = false;
  /** Until when the writes of the latest time use up what one may write. */
  let paidUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ask() {
      if (isAsked) return;
      isAsked = true;
      const now = Date.now();
      // A clock that was set back makes nobody wait.
      paidUntil = Math.max(Math.min(paidUntil, now + WRITE_MS), now - SAVED_UP_MS) + WRITE_MS;
      // A microtask: one transaction for all of this task, begun before the page can go away.
      if (paidUntil <= now) void Promise.resolve().then(() => isAsked && begin());
      else timer = runLater(begin, paidUntil - now);
    },
    isAsked: () => isAsked,
    end() {
      isAsked = false;
      clearTimeout(timer);
    },
  };
}
