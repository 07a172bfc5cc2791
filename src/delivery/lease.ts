/** Which tab sends to a collector. It lies in the store, beside the events, for the tabs that have no lock, or whose lock a frozen tab holds. */
export interface Lease {
  /** The tab that sends. */
  owner: string;
  /** Whether it holds the lock for that: then its lease is over once the lock is free. */
  byLock?: boolean;
  /** When the lease ends at the latest, in milliseconds since 1970. */
  until: number;
}

/**
 * Longest lease without a sign of life, in milliseconds: for so long can a tab that was frozen or killed hold up the others. Our choice: longer than one request
 * and the transactions around it take.
 */
export const LEASE_MS = 15_000;

/**
 * Returns how long a tab has to leave it to another one to send, in milliseconds; 0: it may. Pure. A clock that was set back makes nobody wait for longer than was
 * ever meant.
 *
 * @param me the tab
 * @param hasLock whether the tab has the lock
 */
export function waitForLease({ owner, byLock, until }: Lease, me: string, hasLock: boolean, now: number): number {
  const isFree = owner === me || (hasLock && byLock) || until - now > LEASE_MS;
  return isFree ? 0 : Math.max(0, until - now);
}

/** Returns the lease of a tab that sends from now on. Pure. */
export const takeLease = (owner: string, byLock: boolean, now: number): Lease => ({ owner, byLock, until: now + LEASE_MS });
