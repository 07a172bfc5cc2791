/** The longest that a timer takes, in milliseconds, some 24 days; what is longer goes off at once. Source: HTML, a signed 32-bit integer. */
export const MAX_MS = 2 ** 31 - 1;

/** Calls `work` after `ms` milliseconds, as `setTimeout` does, and after `MAX_MS` at the latest. Where Node runs a page's code, as in tests, the process need not stay for it. */
export function runLater(work: () => unknown, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, Math.min(ms, MAX_MS));
  (timer as { unref?(): void }).unref?.();
  return timer;
}
