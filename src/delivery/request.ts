import { listen, type Stop } from '../browser/listen.js';
import { addressOf } from './address.js';
import { byteLength } from './batch.js';
import type { Format } from '../formats/format.js';
import type { Answer } from './outcome.js';

/** How requests are made. */
export interface RequestOptions {
  /** Address of the collector; a path is one on this host. */
  collector: string;
  format: Pick<Format, 'type' | 'path' | 'headers'>;
  /** More headers. */
  headers: Readonly<Record<string, string>>;
  credentials: RequestCredentials;
}

/** Makes requests to one collector. */
export interface Post {
  /**
   * Makes one request. Starts it before it returns; never rejects.
   *
   * @param outlive whether it goes on when the page is left, as far as the quota of the page allows
   */
  (body: string | ArrayBuffer, outlive: boolean): Promise<Answer>;
  /** Returns how many bytes more may outlive the page now. */
  room(): number;
}

/** Longest wait for an answer, in milliseconds. Our choice: a collector that takes longer is not well. */
const TIMEOUT_MS = 10_000;
/** Most bytes that outlive the page: the Fetch standard allows it 64 KiB, for all its scripts together. */
const MAX_KEEPALIVE = 60_000;
/** Within this time the browser says what it has blocked, in milliseconds: in a task of its own, after `fetch` has failed. */
const TELL_MS = 50;
/** How long bytes count after their answer was read, in milliseconds: Firefox frees them about 50 ms late (platform measurement). */
const FREE_MS = 100;

/** Bytes under way that outlive this page, of all trackers. */
let keptAlive = 0;

/**
 * Makes requests with the browser's `fetch` as it is now: what a later script wraps around it does not reach us.
 *
 * @param stops gets what ends the listening to a content security policy that blocks the collector
 */
export function createPost({ collector, format, headers, credentials }: RequestOptions, stops: Stop[]): Post {
  const { fetch } = globalThis;
  let blockedBy: string | undefined;
  let isListening = false;

  const url = (): URL => addressOf(collector, format.path, location.href);
  const room = (): number => MAX_KEEPALIVE - keptAlive;

  function watch(event: Event): void {
    const { blockedURI, effectiveDirective, disposition } = event as SecurityPolicyViolationEvent;
    if (disposition === 'enforce' && effectiveDirective === 'connect-src' && blockedURI.startsWith(url().origin)) {
      blockedBy = `the page's content security policy needs ${effectiveDirective} ${url().origin}`;
    }
  }

  async function post(body: string | ArrayBuffer, outlive: boolean): Promise<Answer> {
    if (!isListening) stops.push(listen(document, 'securitypolicyviolation', watch));
    isListening = true;
    const bytes = typeof body === 'string' ? byteLength(body) : body.byteLength;
    const keepalive = outlive && bytes <= room();
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    // A wrapper of `fetch` may know nothing of aborting.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abort.abort();
        reject();
      }, TIMEOUT_MS);
    });
    if (keepalive) keptAlive += bytes;
    try {
      const asked = fetch(url(), {
        // What a script has put on `Object.prototype` is no wish of ours.
        __proto__: null,
        method: 'POST',
        body,
        headers: { 'Content-Type': format.type, ...format.headers, ...headers },
        credentials,
        keepalive,
        // Followed, a 302 would turn the batch into an empty GET that ends as 200.
        redirect: 'manual',
        signal: abort.signal,
      } as RequestInit);
      const response = await Promise.race([asked, late]);
      const { status, type, headers: answered } = response;
      const isThere = type === 'cors' || url().origin === location.origin;
      // A service worker of the shop's may answer what never went out: it hardly thinks of a date.
      const isWorker = isThere && type !== 'cors' && navigator.serviceWorker?.controller && !answered.get('Date');
      return {
        // Which redirect it was, a page may not know.
        status: type === 'opaqueredirect' ? 302 : status,
        isOwn: isThere && !isWorker && !/html/i.test(`${answered.get('Content-Type')}`),
        // Read to its end: until then it counts against the quota. The status has said that it was taken, whatever becomes of the rest.
        body: await response.text().catch(() => ''),
        retryAfter: answered.get('Retry-After'),
        header: (name) => answered.get(name),
      };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, TELL_MS));
      // Offline, blocked, refused by CORS or timed out: a page cannot tell, and the batch may have arrived.
      return { status: 0, isOwn: false, body: '', isOffline: !navigator.onLine, blockedBy };
    } finally {
      clearTimeout(timer!);
      if (keepalive) setTimeout(() => (keptAlive -= bytes), FREE_MS);
    }
  }

  return Object.assign(post, { room });
}
