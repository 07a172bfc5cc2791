import { byteLength } from './batch.js';
import type { Answer } from './outcome.js';

/** How requests are made. */
export interface RequestOptions {
  /** Address of the collector; a path is one on this host. */
  collector: string;
  format: { type: string };
}

/**
 * Makes one request. Starts it before it returns; never rejects.
 *
 * @param outlive whether it goes on when the page is left, as far as the quota of the page allows
 */
export type Post = (body: string, outlive: boolean) => Promise<Answer>;

/** Longest wait for an answer, in milliseconds. Our choice: a collector that takes longer is not well. */
const TIMEOUT_MS = 10_000;
/** Most bytes of a request that outlives its page: the Fetch standard allows a page 64 KiB, for all its scripts together. */
const MAX_KEEPALIVE = 60_000;

/** Makes requests with the browser's `fetch` as it is now: what a later script wraps around it does not reach us. */
export function createPost({ collector, format }: RequestOptions): Post {
  const { fetch } = globalThis;
  return async (body, outlive) => {
    try {
      const response = await fetch(new URL(collector, location.href), {
        method: 'POST',
        body,
        headers: { 'Content-Type': format.type },
        // Waymark has no use for the collector's cookies.
        credentials: 'omit',
        keepalive: outlive && byteLength(body) < MAX_KEEPALIVE,
        // Followed, a 302 would turn the batch into an empty GET that ends as 200.
        redirect: 'manual',
        // Safari before 16 has no such time-out: there the browser's own ends the wait.
        signal: AbortSignal.timeout?.(TIMEOUT_MS),
      });
      const type = response.type === 'opaqueredirect' ? 'redirect' : `${response.headers.get('Content-Type')}`;
      // Read to its end: until then the body counts against the page's keepalive quota.
      return { status: response.status, type, body: await response.text() };
    } catch {
      // Offline, blocked, refused by CORS or timed out: a page cannot tell, and the batch may have arrived.
      return { status: 0, type: '', body: '' };
    }
  };
}
