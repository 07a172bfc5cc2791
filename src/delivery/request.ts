import { isEmulated } from '../platform/emulated.js';
import { siteAddress } from '../platform/site-address.js';
import type { Format } from '../formats/format.js';
import { addressOf } from './address.js';
import type { Answer } from './answer.js';
import { byteLength } from './batch.js';
import type { Credentials } from './credentials.js';

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
/** How long bytes count after their answer was read, in milliseconds: Firefox frees them about 50 ms late (platform measurement). */
const FREE_MS = 100;

/** Bytes under way that outlive this page, of all trackers. */
let keptAlive = 0;

/**
 * Whether an answer came from where it was asked for. Other scripts' `fetch` may go to `/undefined`, or follow redirects and not say so; what says that none was
 * followed may have gone by a proxy that keeps the path.
 */
const isFrom = ({ url, redirected }: Response, asked: URL): boolean =>
  !url || url === asked.href || (redirected === false && url.includes(asked.pathname));

/** Makes requests with the browser's `fetch` as it is now: what a later script wraps around it does not reach us. */
export function createPost({ collector, format, headers, credentials }: RequestOptions): Post {
  const { fetch } = globalThis;

  async function read(response: Response, asked: URL, late: Promise<undefined>): Promise<Answer> {
    const { type, headers: answered, redirected, status } = response;
    // A service worker of the shop's may answer what never went out: it hardly thinks of a date.
    const isSame = siteAddress().startsWith(`${asked.origin}/`);
    const isWorker = type !== 'cors' && !!navigator.serviceWorker?.controller && !(isSame && answered.get('Date'));
    const isHtml = /html/i.test(`${answered.get('Content-Type')}`);
    return {
      // Which redirect it was, a page may not know.
      status: type === 'opaqueredirect' || redirected ? 302 : status,
      isOwn: !isWorker && !isHtml && isFrom(response, asked),
      isWorker,
      isHtml,
      url: asked.href,
      // Read to its end: until then it counts against the quota. The status has said that it was taken, whatever becomes of the rest.
      body: (await Promise.race([response.text(), late]).catch(() => '')) ?? '',
      header: (name) => answered.get(name),
    };
  }

  async function post(body: string | ArrayBuffer, outlive: boolean): Promise<Answer> {
    const asked = addressOf(collector, format.path, siteAddress());
    const bytes = typeof body === 'string' ? byteLength(body) : body.byteLength;
    const keepalive = outlive && bytes <= room();
    // Node's `fetch` takes no signal of jsdom's, and what tests put in its place need not look at anything.
    let isDropped = !isEmulated();
    const abort = isDropped && window.AbortController ? new AbortController() : undefined;
    let isLate = false;
    let timer: ReturnType<typeof setTimeout>;
    // A wrapper of `fetch` may know nothing of aborting.
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(undefined);
        abort?.abort();
      }, TIMEOUT_MS);
    });
    // An ordinary object, since other scripts' wrappers of `fetch` copy, read and change it.
    const request = {
      method: 'POST',
      // Whoever looks at it, as the browser does, makes the request that is meant, as far as a page can know.
      get body() {
        isDropped = false;
        return body;
      },
      set body(other) {
        body = other;
      },
      headers: { 'Content-Type': format.type, ...format.headers, ...headers },
      credentials,
      keepalive,
      // Followed, a 302 would turn the batch into an empty GET that ends as 200.
      redirect: 'manual',
      signal: abort?.signal,
      // What a script has put on `Object.prototype` is no wish of ours.
      ...NOTHING,
    } as RequestInit;
    if (keepalive) keptAlive += bytes;
    try {
      const response = await Promise.race([fetch(asked.href, request), late]);
      // A script that has replaced `fetch` has made another request of it: an empty GET perhaps, or none.
      if (response && !isDropped) return await read(response, asked, late);
    } catch {
      // Offline, blocked, or refused by CORS: a page cannot tell.
    } finally {
      clearTimeout(timer!);
      if (keepalive) setTimeout(() => (keptAlive -= bytes), FREE_MS);
    }
    return { status: 0, isOwn: false, body: '', url: asked.href, isLate, isDropped: isDropped && !isLate };
  }
  const room = (): number => MAX_KEEPALIVE - keptAlive;
  return Object.assign(post, { room });
}
const NOTHING = { mode: undefined, cache: undefined, integrity: undefined, referrer: undefined, window: undefined };
