import { readFile } from 'node:fs/promises';
import { createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { onTestFinished } from 'vitest';
import type { RealBrowser } from './browser.js';
import { STUB, type Waymark } from './site.js';
import { inPage, loaded, until } from './shop.js';

/** The folder with what shops load. `WAYMARK_DIST` names another, to see the tests fail with a doctored one. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

/** An event as it arrived. */
export interface ScriptedEvent {
  id: string;
  name: string;
  seq: number;
  time: string;
  properties: Record<string, unknown>;
}

/** One request to the collector. */
export interface ScriptedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as it came. */
  raw: Buffer;
  /** Whether the body could be read; without it, there are no events. */
  isJson: boolean;
  /** When it was complete, in milliseconds since 1970. */
  at: number;
  batch_id: string;
  attempt: number;
  durable: boolean;
  sent_at: string;
  dropped: Record<string, number>;
  /** Ids of earlier batches that the browser asks about. */
  unsure?: string[];
  events: ScriptedEvent[];
}

/** What the collector says; `hang`: nothing; `cut`: it ends the connection without a word; `cutBody`: after the headers. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | object;
  do?: 'hang' | 'cut' | 'cutBody';
}

/** Notes in `told` what Waymark tells, and what reaches the page that should not. */
const TOLD = `<script>window.told=[];
['problem','delivered','dropped'].forEach(function(type){waymark('on',type,function(detail){told.push(Object.assign({type:type},detail))})});
addEventListener('unhandledrejection',function(event){told.push({type:'unhandled',message:String(event.reason)})});
addEventListener('error',function(event){told.push({type:'error',message:event.message})})</script>`;

/** What Waymark told a page. */
export interface Told {
  type: 'problem' | 'delivered' | 'dropped' | 'unhandled' | 'error';
  code?: string;
  message?: string;
  ids?: string[];
  cause?: string;
  count?: number;
}

/** What a scripted site is made of. */
export interface ScriptedParts {
  /** More attributes of the script tag. */
  attributes?: string;
  /** Comes before everything else, for patches of the browser. */
  patch?: string;
  /** Whether the collector has an origin of its own; default: it is the page's. */
  isCross?: boolean;
  /** Takes the place of the script tag. */
  tag?: string;
  /** More paths: what they answer. */
  files?: Record<string, { type: string; body: string; headers?: Record<string, string> }>;
  /** Headers of the pages. */
  headers?: Record<string, string>;
}

const MODULES: Record<string, string> = {
  '/idb-keyval.js': fileURLToPath(import.meta.resolve('idb-keyval')),
  '/web-vitals.js': fileURLToPath(import.meta.resolve('web-vitals')),
};

/** Listens on a port of its own until the test ends. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * A site until the test ends, where Waymark tracks nothing by itself, with a collector that answers as the test wants (`site.answer`). Its origin is its own,
 * so that nothing is stored there yet.
 */
export async function openScripted({ attributes = '', patch = '', isCross = false, tag, files = {}, headers: pageHeaders = {} }: ScriptedParts = {}) {
  const requests: ScriptedRequest[] = [];
  const preflights: string[] = [];
  let answer: (request: ScriptedRequest) => Reply | Promise<Reply> = ({ isJson }) => (isJson ? {} : { status: 400 });

  async function collect(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const cors: Record<string, string> = isCross ? { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' } : {};
    if (request.method === 'OPTIONS') {
      preflights.push(request.headers['access-control-request-headers'] ?? '');
      return response.writeHead(204, { ...cors, 'Access-Control-Allow-Headers': '*' }).end();
    }
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The page has hung up.
      return;
    }
    const raw = Buffer.concat(parts);
    const text = raw[0] === 0x1f ? gunzipSync(raw) : raw;
    let batch = { events: [] as ScriptedEvent[] } as ScriptedRequest;
    let isJson = true;
    try {
      batch = JSON.parse(text.toString()) as ScriptedRequest;
    } catch {
      isJson = false;
    }
    const arrived = { ...batch, isJson, method: request.method!, path: request.url!, headers: request.headers, raw, at: Date.now() };
    requests.push(arrived);
    const { status = 204, headers, body, do: deed } = await answer(arrived);
    if (deed === 'hang') return;
    if (deed === 'cut') return request.socket.destroy();
    response.writeHead(status, { ...cors, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...(deed && { 'Content-Length': '1000' }), ...headers });
    if (deed) return response.write('{"refused":', () => setTimeout(() => request.socket.destroy(), 50));
    response.end(typeof body === 'object' ? JSON.stringify(body) : body);
  }

  let collector = '/events';
  const url = await serve(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    // More than one collector, where a test wants them.
    if (pathname.startsWith('/events')) return collect(request, response);
    const file = files[pathname];
    if (file) return response.writeHead(200, { 'Content-Type': file.type, ...file.headers }).end(file.body);
    // For other scripts' requests that never end.
    if (pathname === '/never') return;
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const isOurs = /^\/waymark\.(\w+\.)?min\.js$/.test(pathname);
    if (isOurs || pathname in MODULES || pathname.startsWith('/dist/')) {
      const path = isOurs ? DIST + pathname : (MODULES[pathname] ?? pathname.replace('/dist', DIST));
      return response.setHeader('Content-Type', 'text/javascript').end(await readFile(path));
    }
    const element =
      tag ??
      `<script async src="/waymark.min.js" ${attributes} data-collector="${collector}" data-batch-wait-ms="50" data-web-vitals="false" data-page-views="false" data-engagement="false" data-bots="keep"></script>`;
    response.writeHead(200, { 'Content-Type': 'text/html', ...pageHeaders });
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Page ${pathname}</title>${patch}${STUB}${TOLD}${element}<body><a id="next" href="/next">Next</a></body></html>`);
  });
  const cross = isCross ? await serve(collect) : url;
  if (isCross) collector = `${cross}/events`;

  const arrivals = () => requests.flatMap(({ events }) => events);
  return {
    url,
    /** Origin of the collector. */
    collector: cross,
    /** The requests as they arrived; preflights are not among them. */
    requests,
    preflights,
    /** What the collector answers from now on. */
    answer(next: typeof answer) {
      answer = next;
    },
    /** The collector answers as the example collector does: it knows which batches it has. */
    giveReceipts() {
      answer = (request) => ({ status: 200, body: { arrived: (request.unsure ?? []).filter((id) => requests.some((other) => other !== request && other.batch_id === id)) } });
    },
    /** All events that arrived, repeats included. */
    arrivals,
    /** How often each event arrived, by its property `n`. */
    counts(name: string): Record<string, number> {
      const counts: Record<string, number> = {};
      for (const { name: own, properties } of arrivals()) if (own === name) counts[`${properties.n}`] = (counts[`${properties.n}`] ?? 0) + 1;
      return counts;
    },
    /** Opens a path in a new tab, which is closed when the test ends. */
    async visit(browser: RealBrowser, path = '/'): Promise<Page> {
      const page = await browser.newTab();
      onTestFinished(() => page.close().catch(() => {}));
      // As from another page of the shop: an arrival would be an event.
      await page.goto(url + path, { referer: url });
      if (!tag) await loaded(page);
      return page;
    },
  };
}

export type Scripted = Awaited<ReturnType<typeof openScripted>>;

/** Returns what Waymark has told a page, and what reached the page that should not. */
export const toldTo = (page: Page) => page.evaluate('window.told') as Promise<Told[]>;
/** Returns the codes of the problems told, in order. */
export const codesTold = async (page: Page) => (await toldTo(page)).flatMap(({ code }) => code ?? []);
/** Returns the exceptions and rejections that reached a page. */
export const unhandled = async (page: Page) => (await toldTo(page)).filter(({ type }) => type === 'unhandled' || type === 'error');

/** Tracks `count` events of a name, numbered by their property `n` from `from`. */
export const trackMany = (page: Page, name: string, count: number, from = 0) =>
  page.evaluate(`for (let n = ${from}; n < ${from + count}; n++) waymark.track(${JSON.stringify(name)}, { n })`);

export const flush = (page: Page) => inPage(page, (waymark: Waymark) => waymark.flush());

/** Waits until nothing is kept any more, by flushing. */
export const drained = (page: Page) => until('everything to be sent', async () => (await flush(page)).kept === 0);

/** Runs `body`, an expression over `store` (an object store of the tracker's database), and returns what it comes to. Leaves no connection open. */
export function inStore<Value>(page: Page, mode: 'readonly' | 'readwrite', body: string): Promise<Value> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('waymark-main');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const transaction = db.transaction('events', '${mode}');
      const store = transaction.objectStore('events');
      const request = ${body};
      transaction.oncomplete = () => { db.close(); resolve(request && request.result); };
      transaction.onabort = () => { db.close(); reject(transaction.error); };
    };
  })`) as Promise<Value>;
}

/** Returns the stored turn. */
export const turnOf = (page: Page) => inStore<{ owner: string; until: number; failures: number; blockedUntil: number } | undefined>(page, 'readonly', "store.get('turn')");

/** Returns the keys of the stored events. */
export const storedIds = (page: Page) => inStore<string[]>(page, 'readonly', "store.getAllKeys(IDBKeyRange.bound('0', 'g', true))");

/** A proxy that passes every request on as it is: engines want one (`openEngine`). */
export async function openProxy(): Promise<{ proxy: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const onward = ask(request.url!, { method: request.method!, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
