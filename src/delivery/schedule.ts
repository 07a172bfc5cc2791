import { runLater } from '../util/run-later.js';

/** When to look next at what waits. */
export interface Schedule {
  /** Looks after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /** Whether somebody has asked for a look since `start`. */
  isAsked(): boolean;
  /** A look begins: what was asked for before is done by it. `isLate`: one is under way already, so there has to be another after it. */
  start(isLate: boolean): void;
  /** No look is due any more by the clock. */
  cancel(): void;
  /** Nobody has asked for anything. */
  forget(): void;
}

/**
 * Returns a schedule.
 *
 * @param look looks
 * @param mayLook whether there may be a look at all
 * @param waitMs how long the collector is to be left alone, in milliseconds
 */
export function createSchedule(look: () => void, mayLook: () => boolean, waitMs: (now: number) => number): Schedule {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firesAt = 0;
  /** When to look next, as asked. */
  let due = Infinity;

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
  }
  return {
    wake(afterMs) {
      const now = Date.now();
      due = Math.min(due, now + afterMs);
      const at = Math.max(due, now + waitMs(now));
      // Most events come when a look is due already.
      if (!mayLook() || (timer && firesAt <= at)) return;
      clearTimeout(timer);
      firesAt = at;
      timer = runLater(look, at - now);
    },
    isAsked: () => due < Infinity,
    start(isLate) {
      cancel();
      due = isLate ? 0 : Infinity;
    },
    cancel,
    forget() {
      cancel();
      due = Infinity;
    },
  };
}
