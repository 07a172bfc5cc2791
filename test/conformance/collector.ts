import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Adapter, ArrivedRequest } from './adapter.js';

/** What the collector does with one request, whose body it has read. */
export interface Behaviour {
  /** Default: 204. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the events are kept: a collector may fail after that. Default: whether the status is 2xx. */
  stores?: boolean;
  /** How long it takes to answer, in milliseconds. Default: 0. */
  afterMs?: number;
  /** Instead of an answer: none at all (`hang`), a closed connection (`drop`), or half of an answer and a closed connection (`cut`). */
  instead?: 'hang' | 'drop' | 'cut';
  /** Whether pages of other origins may read the answer. Default: true. */
  cors?: boolean;
}

/** Chooses what to do with a request: the how-manyth it is, from 0, and how long its body is. */
export type Plan = (index: number, bytes: number) => Behaviour;

/** The ways to misbehave. */
export const OK: Behaviour = {};
export const ERROR: Behaviour = { status: 500 };
export const DOWN: Behaviour = { status: 503 };
export const HANG: Behaviour = { instead: 'hang', stores: false };
export const DROP: Behaviour = { instead: 'drop', stores: true };
export const CUT: Behaviour = { instead: 'cut', stores: true };
/** As a hotel's network answers until somebody has signed in. */
export const HTML: Behaviour = { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Sign in</title>', stores: false };
export const REDIRECT: Behaviour = { status: 302, headers: { Location: '/login' } };
export const WRONG_CORS: Behaviour = { cors: false };
export const tooMany = (seconds: number): Behaviour => ({ status: 429, headers: { 'Retry-After': `${seconds}` } });
export const TOO_LARGE: Behaviour = { status: 413 };

/** A request and what was done with it. */
export interface Handled extends ArrivedRequest {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  behaviour: Behaviour;
  isStored: boolean;
}

/** A collector that misbehaves on command. */
export interface Collector {
  port: number;
  /** Posts, in the order in which their last byte arrived. */
  requests: Handled[];
  /** Preflights. */
  preflights: number;
  /** Sets what is done with requests from now on. */
  plan: Plan;
  /** Closes the port and every connection: who calls is refused. */
  refuse(): Promise<void>;
  /** Opens the port again. */
  accept(): Promise<void>;
  /** Answers a request that came by another server. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Ports that were given before: what a browser has stored for one must not be met again. */
const used = new Set<number>();

/**
 * Listens on a free port of this machine, on another each time. It is below those that systems give to outgoing connections (32768 on Linux), one of
 * which could take it while a collector refuses connections.
 */
export async function listenLow(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (used.has(port)) continue;
    used.add(port);
    if (await listen(server, port).catch(() => false)) return port;
  }
}

const listen = (server: Server, port: number) =>
  new Promise<true>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(true);
    });
  });

/** Closes a server with all its connections. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** Starts a collector that takes everything until it is told otherwise. */
export async function openCollector(adapter: Adapter): Promise<Collector> {
  let seen = 0;

  function answer(request: ArrivedRequest, kept: ArrivedRequest[]): Behaviour {
    try {
      return adapter.answer?.(request, kept) ?? {};
    } catch {
      return {}; // None of the tracker's.
    }
  }
  function act({ status = 204, headers = {}, body = '', afterMs = 0, instead, cors = true }: Behaviour, request: IncomingMessage, response: ServerResponse): void {
    const open = { 'Access-Control-Allow-Origin': request.headers.origin ?? '*', 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Expose-Headers': 'Retry-After, Date' };
    if (instead === 'hang') return;
    if (instead === 'drop') return void (response.socket as Socket | null)?.resetAndDestroy();
    if (instead === 'cut') {
      response.writeHead(200, { ...open, 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('{"refus');
      return void setTimeout(() => response.destroy(), 20);
    }
    setTimeout(() => response.writeHead(status, { ...(cors && open), ...headers }).end(body), afterMs);
  }

  const collector: Collector = {
    port: 0,
    requests: [],
    preflights: 0,
    plan: () => OK,
    async refuse() {
      await closeServer(server);
    },
    async accept() {
      if (!server.listening) await listen(server, collector.port);
    },
    handle(request, response) {
      const method = request.method!;
      if (method === 'OPTIONS') {
        collector.preflights++;
        response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*').setHeader('Access-Control-Allow-Credentials', 'true');
        return void response.writeHead(204, { 'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '' }).end();
      }
      // What a redirected batch becomes.
      if (method !== 'POST') return void response.writeHead(200).end();
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('error', () => {}); // The browser gave up, or was ended.
      request.on('end', () => {
        const body = Buffer.concat(parts);
        const behaviour = collector.plan(seen++, body.length);
        const { stores = (behaviour.status ?? 204) < 300 } = behaviour;
        const arrived = { url: request.url!, headers: request.headers, body };
        const kept = collector.requests.filter(({ isStored }) => isStored);
        collector.requests.push({ ...arrived, at: Date.now(), method, behaviour, isStored: stores });
        act({ ...(stores && !behaviour.status && answer(arrived, kept)), ...behaviour }, request, response);
      });
    },
    close: () => closeServer(server),
  };
  const server = createServer(collector.handle);
  collector.port = await listenLow(server);
  return collector;
}
