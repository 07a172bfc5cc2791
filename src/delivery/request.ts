import { byteLength } from './batch.js';
import { isEmulated } from '../browser/emulated.js';
import { addressOf } from './address.js';
import { siteAddress } from '../browser/site-address.js';
import { listen, type Stop } from '../browser/listen.js';
import type { Format } from '../formats/format.js';
import type { Credentials } from './credentials.js';
import type { Answer } from './outcome.js';

/** How requests are made. */
export interface RequestOptions {
  /** Address of the collector; a path is one on this host. */
  collector: string;
  format: Pick<Format, 'type' | 'path' | 'headers'>;
  /** More headers. */
  headers: Readonly<Record<string, string>>;
  credentials: Credentials;
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

/**
 * Whether an answer came from where it was asked for. Other scripts' `fetch` may go to `/undefined`, or follow redirects and not say so; what says that none was
 * followed may have gone by a proxy that keeps the path.
 */
const isFrom = ({ url, redirected }: Response, asked: URL): boolean =>
  !url || url === asked.href || (redirected === false && url.includes(asked.pathname));

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

  const url = (): URL => addressOf(collector, format.path, siteAddress());
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
    const asked = url();
    const isSame = siteAddress().startsWith(`${asked.origin}/`);
    const bytes = typeof body === 'string' ? byteLength(body) : body.byteLength;
    const keepalive = outlive && bytes <= room();
    const abort = new AbortController();
    let isLate = false;
    let timer: ReturnType<typeof setTimeout>;
    // A wrapper of `fetch` may know nothing of aborting.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        abort.abort();
        reject();
      }, TIMEOUT_MS);
    });
    /**
     * Whether the request that was made is the one that was meant, as far as a page can know: whoever made it has looked at the body, as the browser does. What
     * tests put in its place need not look at anything.
     */
    let isMeant = isEmulated();
    let content: BodyInit | null | undefined = body;
    // An ordinary object, since other scripts' wrappers of `fetch` copy, read and change it.
    const init = {
      method: 'POST',
      get body() {
        isMeant = true;
        return content;
      },
      set body(other) {
        content = other;
      },
      headers: { 'Content-Type': format.type, ...format.headers, ...headers },
      credentials,
      keepalive,
      // Followed, a 302 would turn the batch into an empty GET that ends as 200.
      redirect: 'manual',
      // Node's `fetch` takes no signal of jsdom's.
      ...(!isEmulated() && { signal: abort.signal }),
      // What a script has put on `Object.prototype` is no wish of ours.
      mode: undefined,
      cache: undefined,
      integrity: undefined,
      referrer: undefined,
      referrerPolicy: undefined,
      window: undefined,
      priority: undefined,
      duplex: undefined,
    } as RequestInit;
    /** Offline, blocked, refused by CORS or timed out: a page cannot tell, and the batch may have arrived. */
    async function unanswered(): Promise<Answer> {
      await new Promise((resolve) => setTimeout(resolve, TELL_MS));
      const isOffline = !navigator.onLine;
      const block = blockedBy ?? (isMeant || isLate ? undefined : 'another script has replaced fetch, and drops the body');
      const why = block ?? (isOffline ? 'offline' : isLate ? 'too late' : 'unreachable or not allowed');
      return { status: 0, isOwn: false, body: '', isOffline, blockedBy: block, note: `no answer from ${asked}: ${why}` };
    }
    if (keepalive) keptAlive += bytes;
    try {
      const response = await Promise.race([fetch(asked.href, init), late]);
      // A script that has replaced `fetch` has made another request of it: an empty GET perhaps, or none.
      if (!isMeant) return await unanswered();
      const { type, headers: answered } = response;
      // Which redirect it was, a page may not know.
      const status = type === 'opaqueredirect' || response.redirected ? 302 : response.status;
      // A service worker of the shop's may answer what never went out: it hardly thinks of a date.
      const isWorker = type !== 'cors' && navigator.serviceWorker?.controller && !(isSame && answered.get('Date'));
      const oddity = isWorker ? ' by a service worker' : !isFrom(response, asked) ? ' by a redirect' : /html/i.test(`${answered.get('Content-Type')}`) ? ' with HTML' : '';
      return {
        status,
        isOwn: !oddity,
        note: `HTTP ${status}${oddity} from ${asked}`,
        // Read to its end: until then it counts against the quota. The status has said that it was taken, whatever becomes of the rest.
        body: await Promise.race([response.text(), late]).catch(() => ''),
        retryAfter: answered.get('Retry-After'),
        header: (name) => answered.get(name),
      };
    } catch {
      return await unanswered();
    } finally {
      clearTimeout(timer!);
      if (keepalive) setTimeout(() => (keptAlive -= bytes), FREE_MS);
    }
  }

  return Object.assign(post, { room });
}
