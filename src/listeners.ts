import { isThere } from './platform/of-document.js';
import type { PluginEvents } from './plugin.js';
import type { ProblemCode } from './problems.js';
import type { Problem } from './tracker-events.js';
import { createEmitter } from './util/emitter.js';

/** Tells those who listen, and keeps what is thrown from the page. */
export interface Listeners {
  /**
   * Calls `listener` at each `type` until the returned function is called. Who listens to `problem` is told the problems so far, the latest 20, in a moment;
   * of the shop's listeners (`isShop`) the first.
   */
  on<Type extends keyof PluginEvents>(
    type: Type,
    listener: (detail: PluginEvents[Type]) => void,
    isShop?: boolean,
  ): () => void;
  emit<Type extends keyof PluginEvents>(type: Type, detail: PluginEvents[Type]): void;
  /** Tells `on('problem')` of something. */
  report(code: string, message: string): void;
  /** Returns `work` so that nothing it throws reaches the page: it is reported. Once the page is gone, it does nothing. */
  guard<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
}

/** Most problems that are kept for those who listen to them later. Our choice. */
const MAX_PROBLEMS = 20;

/** @param isPage whether there is a page: on a server nothing works, and nothing is wrong with that */
export function createListeners(isPage: boolean): Listeners {
  const { on, emit } = createEmitter<PluginEvents>((type, error) => {
    // A listener for problems that throws has had its chance.
    if (type !== 'problem') report('listener_failed', `${type}: ${error as string}`);
  });
  /** Whether the shop has begun to listen to problems. */
  let hasShop = false;
  /** The latest problems. */
  const problems: Problem[] = [];
  function report(code: string, message: string): void {
    if (!isPage || !isThere()) return;
    const problem = { code: code as ProblemCode, message };
    if (problems.push(problem) > MAX_PROBLEMS) problems.shift();
    emit('problem', problem);
  }
  const guard: Listeners['guard'] =
    (work) =>
    (...args) => {
      try {
        if (!isPage || isThere()) work(...args);
      } catch (error) {
        report('internal_error', `${error as string}`);
      }
    };
  return {
    emit,
    report,
    guard,
    on(type, listener, isShop) {
      const isTold = type === 'problem' && !(isShop && hasShop);
      const early = isTold ? [...problems] : [];
      hasShop ||= isTold && !!isShop;
      // Not before this call has returned.
      if (early.length)
        void Promise.resolve().then(() => early.forEach((problem) => guard(listener)(problem as never)));
      return on(type, listener);
    },
  };
}
