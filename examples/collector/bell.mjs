/**
 * Lets streams sleep until something has changed. `rings` counts, so that a listener can see what it has slept through.
 */
export function createBell() {
  const sleepers = new Set();
  let rings = 0;
  let closed = false;

  const wake = () => { for (const resume of [...sleepers]) resume(); };

  return {
    get rings() { return rings; },
    get closed() { return closed; },
    /** Something has changed: wakes everyone. */
    ring() { rings += 1; wake(); },
    /** Wakes everyone without news: a listener has left and must notice. */
    wake,
    /** No more waiting, now and later. */
    close() { closed = true; wake(); },
    /** Resolves at the next ring: true, or after `timeoutMs` without one: false. */
    wait(timeoutMs) {
      if (closed) return Promise.resolve(true);
      return new Promise((resolve) => {
        const end = (rung) => { clearTimeout(timer); sleepers.delete(resume); resolve(rung); };
        const resume = () => end(true);
        const timer = setTimeout(end, timeoutMs, false);
        sleepers.add(resume);
      });
    },
  };
}
