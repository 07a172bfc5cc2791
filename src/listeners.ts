import type { PluginEvents } from './plugin.js';
import type { ProblemCode } from './problems.js';
import type { Problem } from './tracker-events.js';
import { createEmitter } from './util/emitter.js';

/** Tells those who listen, and keeps what is thrown from the page. */
export interface Listeners {
  /** Calls `listener` at each `type` until the returned function is called. Who listens to `problem` is told the problems so far, the latest 20, in a moment. */
  on<Type extends keyof PluginEvents>(type: Type, listener: (detail: PluginEvents[Type]) => void): () => void;
  emit<Type extends keyof PluginEvents>(type: Type, detail: PluginEvents[Type]): void;
  /** Tells `on('problem')` of something. */
  report(code: string, message: string): void;
  /** Returns `work` so that nothing it throws reaches the page: it is reported. */
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
  /** The latest problems. */
  const problems: Problem[] = [];
  function report(code: string, message: string): void {
    if (!isPage) return;
    const problem = { code: code as ProblemCode, message };
    if (problems.push(problem) > MAX_PROBLEMS) problems.shift();
    emit('problem', problem);
  }
  const guard: Listeners['guard'] =
    (work) =>
    (...args) => {
      try {
        work(...args);
      } catch (error) {
        report('internal_error', `${error as string}`);
      }
    };
  return {
    emit,
    report,
    guard,
    on(type, listener) {
      const early = type === 'problem' ? [...problems] : [];
      // Not before this call has returned.
      if (early.length) void Promise.resolve().then(() => early.forEach((problem) => guard(listener)(problem as never)));
      return on(type, listener);
    },
  };
}
