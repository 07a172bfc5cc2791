import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Adapter } from './adapter.js';
import { closeServer, listenLow, type Collector } from './collector.js';

/** The shop that a scenario plays in: every page has the tracker, but for those named here. */
export interface Shop {
  /** Address of a page, on a host that browsers take for secure. */
  url(path: string): string;
  /** Address of a page of another site, without the tracker. */
  elsewhere: string;
  /** HTML that comes before everything else in the head of each page from now on. */
  prelude: string;
  /** What loads the tracker. */
  head: string;
  /** How often a page has called `/beat`. */
  beats: number;
  refuse(): Promise<void>;
  accept(): Promise<void>;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** A frame of opaque origin with the tracker in it. It does what its parent sends it, and tells it when that is done. */
const FRAME = '<iframe sandbox="allow-scripts" src="/framed"></iframe><script>window.done=0;addEventListener("message",()=>done++)</script>';
const FRAMED = '<script>addEventListener("message",({data})=>{const result=(0,eval)(data);if(result)parent.postMessage(1,"*")})</script>';

/**
 * Opens a shop on a port of its own, so that nothing is stored there yet.
 *
 * - `/late…` has the stub alone; `/plain…` neither; `/frame…` has the tracker in a sandboxed frame
 * - `/collect` is the collector on the shop's own host
 */
export async function openShop(adapter: Adapter, collector: Collector, address: string): Promise<Shop> {
  const { stub = '', files = {} } = adapter;
  let port = 0;

  const shop: Shop = {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    elsewhere: '',
    prelude: '',
    head: adapter.head(address),
    beats: 0,
    refuse: () => closeServer(server),
    async accept() {
      if (!server.listening) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
    async handle(request, response) {
      const { pathname } = new URL(request.url!, 'http://shop.test');
      if (pathname === '/collect') return collector.handle(request, response);
      if (pathname === '/beat') shop.beats++;
      if (pathname === '/beat' || pathname === '/favicon.ico') return void response.writeHead(204).end();
      const file = files[pathname];
      // Modules need it in a frame of opaque origin.
      if (file) return void response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' }).end(await file());
      const [, kind] = /^\/(late|plain|frame)/.exec(pathname) ?? [];
      const isFramed = pathname === '/framed';
      const tags = kind === 'late' ? stub : kind && !isFramed ? '' : stub + shop.head;
      const parts = isFramed ? FRAMED : kind === 'frame' ? FRAME : '';
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=0' });
      response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${pathname}</title>${shop.prelude}${tags}<body>${parts}</body></html>`);
    },
    close: () => closeServer(server),
  };
  const server = createServer((request, response) => void shop.handle(request, response));
  port = await listenLow(server);
  shop.elsewhere = `http://localhost:${port}/plain`;
  return shop;
}
