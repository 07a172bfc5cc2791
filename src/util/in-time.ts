/** Longest wait for the browser's storage, in milliseconds. Our choice: an `open` that hangs (WebKit) must not hold events up, a slow phone is none. */
const STORAGE_MS = 4000;

/**
 * Returns what `work` resolves with, if it does so in time; else rejects.
 *
 * @param ms how long it may take, in milliseconds; default: as long as storage may
 */
export async function inTime<Value>(work: Promise<Value>, ms = STORAGE_MS): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    // Made here, where somebody listens: a promise of its own would be rejected into the page.
    return await Promise.race([work, new Promise<never>((_, reject) => (timer = setTimeout(reject, ms, 'timeout')))]);
  } finally {
    clearTimeout(timer);
  }
}
