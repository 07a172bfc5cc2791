import { byteLength } from './batch.js';
import type { Answer } from './outcome.js';

/** How requests are made. */
export interface RequestOptions {
  /** Address of the collector; a path is one on this host. */
  collector: string;
  format: { type: string };
  headers: Record<string, string>;
  credentials: RequestCredentials;
  timeoutMs: number;
}

/**
 * Makes one request. Starts it before it returns; never rejects.
 *
 * @param outlive whether it goes on when the page is left, as far as the quota of the page allows
 */
export type Post = (body: string, outlive: boolean) => Promise<Answer>;

/**
 * Bytes that may be under way when a page is left. The Fetch standard (HTTP-network-or-cache fetch) allows 64 KiB for the
 * whole page; the rest is left to the shop's other scripts.
 */
const QUOTA_BYTES = 60_000;

/** Makes requests with the browser's `fetch` as it is now: what a later script wraps around it does not reach us. */
export function createPost({ collector, format, headers, credentials, timeoutMs }: RequestOptions): Post {
  const { fetch } = globalThis;
  let underWay = 0;

  return async (body, outlive) => {
    const bytes = byteLength(body);
    const keepalive = outlive && underWay + bytes <= QUOTA_BYTES;
    if (keepalive) underWay += bytes;
    try {
      const response = await fetch(new URL(collector, location.href), {
        method: 'POST',
        body,
        headers: { 'Content-Type': format.type, ...headers },
        credentials,
        keepalive,
        // Followed, a 302 would turn the batch into an empty GET that ends as 200.
        redirect: 'manual',
        // Safari before 16 has no such time-out: there the browser's own ends the wait.
        signal: AbortSignal.timeout?.(timeoutMs) ?? null,
      });
      const { 'content-type': answerType = '', 'retry-after': retryAfter } = Object.fromEntries(response.headers) as Record<string, string>;
      return {
        status: response.status,
        // Read to its end: until then the body counts against the page's keepalive quota.
        body: await response.text(),
        type: response.type === 'opaqueredirect' ? 'redirect' : answerType,
        // Seconds or a date (RFC 9110, 10.2.3).
        retryAfterMs: Number(retryAfter) * 1000 || Date.parse(retryAfter!) - Date.now(),
      };
    } catch {
      // Offline, blocked, refused by CORS or timed out: a page cannot tell, and the batch may have arrived.
      return { status: 0, body: '', type: '', retryAfterMs: 0 };
    } finally {
      if (keepalive) underWay -= bytes;
    }
  };
}
