/** Runs `work`, which does not throw, when no other tab is sending. Returns whether it ran. */
export type SendLock = (work: () => Promise<void>) => Promise<boolean>;

/**
 * Returns a lock that all tabs of the site share by `name`. It never waits: whoever finds another tab sending tries again
 * later. Where Web Locks are missing (plain http) or refused (sandboxed frames), every tab sends: the collector knows the ids.
 */
export function createSendLock(name: string): SendLock {
  return async (work) => {
    const run = async (lock: unknown) => {
      if (lock) await work();
      return !!lock;
    };
    return navigator.locks?.request(name, { ifAvailable: true }, run).catch(() => run(true)) ?? run(true);
  };
}
