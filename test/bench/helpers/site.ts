import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Tracker } from '../../../src/index.js';

/** The global that the script tag makes. */
export type Waymark = Tracker & { flush(): Promise<{ delivered: number; kept: number; refused: number }> };

/** What a page of a bench can see. */
export interface BenchWindow extends Window {
  waymark: Waymark;
}

/** One request as it reached the collector. */
export interface Arrival {
  method: string;
  /** When it had been read, in milliseconds since 1970. */
  at: number;
  /** The body as text, with any gzip undone. */
  body: string;
  /** Bytes of the body as sent. */
  bytes: number;
}

/** The folder with what shops load. `WAYMARK_DIST` names another, to compare builds. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Script attributes that switch every automatic event off: then a page has the events that the bench tracks, and no others. */
export const QUIET = 'data-page-views="false" data-engagement="false" data-markup="false" data-outgoing="false" data-forms="false" data-data-layer=""';

/** Script attributes under which nothing is dropped that a bench stores. */
export const ROOMY = 'data-max-stored-events="1000000" data-max-stored-bytes="2000000000"';

/** Returns the number of events of a batch; 0 for what is none. */
function eventsOf(body: string): number {
  try {
    return (JSON.parse(body) as { events: unknown[] }).events.length;
  } catch {
    return 0;
  }
}

/**
 * A shop of empty pages and a collector of another origin, both on this machine. Every path of the shop is a page with Waymark's script tag,
 * but for those that begin with `/plain`, which have none.
 *
 * @param attributes of the script tag
 * @param isIsolated whether pages are cross-origin isolated: `performance.now` counts in steps of 5 µs there, elsewhere in steps of 100 µs
 */
export async function openBenchSite({ attributes = QUIET, head = '', isIsolated = false }: { attributes?: string; head?: string; isIsolated?: boolean } = {}) {
  const arrivals: Arrival[] = [];
  const sockets = new Set<Socket>();
  let answer = (response: ServerResponse, _arrival: Arrival): unknown => response.writeHead(204).end();

  const collector = createServer(async (request, response) => {
    const raw = await readBody(request).catch(() => undefined);
    if (!raw) return;
    response.setHeader('Access-Control-Allow-Origin', '*');
    const isPacked = raw[0] === 0x1f && raw[1] === 0x8b;
    const arrival = { method: request.method!, at: Date.now(), body: (isPacked ? gunzipSync(raw) : raw).toString(), bytes: raw.length };
    arrivals.push(arrival);
    if (request.method === 'OPTIONS') return response.writeHead(204, { 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': '*' }).end();
    answer(response, arrival);
  });
  collector.on('connection', (socket) => sockets.add(socket));
  collector.keepAliveTimeout = 60_000;
  const collectorUrl = await listening(collector);

  const MODULES: Record<string, string> = Object.fromEntries(['idb-keyval', 'web-vitals'].map((name) => [`/${name}.js`, fileURLToPath(import.meta.resolve(name))]));
  const pages = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (isIsolated) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin').setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const isOurs = /^\/waymark\.(\w+\.)?min\.js$/.test(pathname);
    const isModule = pathname in MODULES || pathname.startsWith('/dist/');
    if (isOurs) return response.setHeader('Content-Type', 'text/javascript').end(await readFile(DIST + pathname));
    if (isModule) return response.setHeader('Content-Type', 'text/javascript').end(await readFile(MODULES[pathname] ?? pathname.replace('/dist', DIST)));
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const tag = `<script async src="/waymark.min.js" data-collector="${collectorUrl}/events" data-bots="keep" data-web-vitals="false" ${attributes}></script>`;
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A page of the shop</title><script type="importmap">{"imports":{"idb-keyval":"/idb-keyval.js","web-vitals":"/web-vitals.js"}}</script>
<script>window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}</script>${head}${pathname.startsWith('/plain') ? '' : tag}<body><p>A page</p>`);
  });
  const url = await listening(pages);

  return {
    url,
    collectorUrl,
    /** What has reached the collector. */
    arrivals,
    events: () => arrivals.reduce((sum, { body }) => sum + eventsOf(body), 0),
    /** All bytes that the collector has read from its sockets: request lines, headers and bodies. */
    bytesRead: () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    /** Says how the collector answers from now on; before: 204. */
    answerBy(how: (response: ServerResponse, arrival: Arrival) => unknown) {
      answer = how;
    },
    /** Forgets what has arrived. */
    clear() {
      arrivals.length = 0;
    },
    async close() {
      for (const server of [collector, pages]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
export type BenchSite = Awaited<ReturnType<typeof openBenchSite>>;

/** Answers as a collector does that is down for a while. */
export const unavailable = (response: ServerResponse): unknown => response.writeHead(503).end();
export const accepted = (response: ServerResponse): unknown => response.writeHead(204).end();
