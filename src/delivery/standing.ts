import { WELL, type Health } from './health.js';
import type { Lease } from './lease.js';

/** What tabs share of one collector: who sends, and how it is. One value in the store. */
export type Standing = Lease & Health;

/** Nobody sends, and nothing is known. */
export const UNKNOWN: Standing = { owner: '', until: 0, ...WELL };

/** Returns what is stored; `UNKNOWN` where there is nothing, or it is not ours. */
export function readStanding(stored: unknown): Standing {
  const standing = Object(stored) as Standing;
  const isOurs = [standing.until, standing.failures, standing.blockedUntil].every(Number.isFinite);
  return isOurs ? { ...standing, lone: Array.isArray(standing.lone) ? standing.lone.filter(({ id }) => typeof id === 'string') : undefined } : UNKNOWN;
}
