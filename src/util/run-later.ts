/** Calls `work` after `ms` milliseconds, as `setTimeout` does. Where Node runs a page's code, as in tests, the process need not stay for it. */
export function runLater(work: () => unknown, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, ms);
  (timer as { unref?(): void }).unref?.();
  return timer;
}
