/**
 * Which tab sends to a collector. It is taken in one transaction, so that two tabs cannot have it at once; a tab that was frozen or killed with it holds up the others
 * until it ends.
 */
export interface Lease {
  /** The tab that sends. */
  owner: string;
  /** Until when at the latest, in milliseconds since 1970. */
  until: number;
}

/** Longest lease without a sign of life, in milliseconds. Our choice: longer than one request and the transactions around it take. */
const LEASE_MS = 15_000;

/** Returns the lease of a tab that sends. Pure. */
export const leaseOf = (owner: string, now: number): Lease => ({ owner, until: now + LEASE_MS });

/**
 * Returns how long a tab has to leave it to another one to send, in milliseconds; 0: it may. Pure. A clock that was set back makes nobody wait for longer than was
 * ever meant.
 *
 * @param stored the lease, if there is one; whatever else lies there is none
 */
export function waitForLease(stored: unknown, me: string, now: number): number {
  const { owner, until } = Object(stored) as Lease;
  return owner !== me && until > now && until - now <= LEASE_MS ? until - now : 0;
}
