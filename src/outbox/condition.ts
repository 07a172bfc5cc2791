import { runLater } from '../util/run-later.js';
import { isFull } from './database.js';

/** How long a database that failed is left alone, in milliseconds. Our choice: WebKit's are jammed for 7 to 30 s. */
const RETRY_MS = 10_000;

/** How the database is. */
export interface Condition {
  /** Whether what is asked of it is done. */
  isFine(): boolean;
  /** Whether it may be read: what there is no room for is no reason against it. */
  mayRead(): boolean;
  /** It has failed, or takes too long; it is tried again in a while. */
  fail(error: unknown): void;
  /** It works, or is begun anew. */
  mend(): void;
  /** Tries no more. */
  stop(): void;
}

/**
 * @param onLost told when it fails, once until it works again; `isFull`: there is no room for what comes
 * @param onRetry it is to be tried again
 */
export function createCondition(onLost: (error: unknown, isFull: boolean) => void, onRetry: () => void): Condition {
  let isFine = true;
  /** Until when nothing is read, in milliseconds since 1970. */
  let until = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }
  return {
    isFine: () => isFine,
    mayRead: () => Date.now() >= until,
    fail(error) {
      const isCrowded = isFull(error);
      if (isFine || isCrowded) onLost(error, isCrowded);
      isFine = false;
      if (!isCrowded) until = Date.now() + RETRY_MS;
      timer ??= runLater(() => {
        timer = undefined;
        onRetry();
      }, RETRY_MS);
    },
    mend() {
      isFine = true;
      until = 0;
    },
    stop,
  };
}
