/**
 * Runs `work`, which does not throw, and tells it whether no other tab that is alive is sending. Without that knowledge, it is the turn in the store
 * that keeps two tabs from sending at once.
 */
export type SendLock = <Result>(work: (hasLock: boolean) => Promise<Result>) => Promise<Result>;

/**
 * Returns a lock that all tabs of the site share by `name`. It never waits. Where Web Locks are missing (plain http) or refused (sandboxed frames),
 * and where another tab holds it, `work` runs without: that tab may be frozen.
 */
export const createSendLock =
  (name: string): SendLock =>
  (work) => {
    const alone = () => work(false);
    try {
      return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && work(true)).then((result) => result ?? alone(), alone);
    } catch {
      return alone();
    }
  };
