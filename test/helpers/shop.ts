import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startCollector } from '../../examples/collector/server.mjs';
import { startStorefront } from '../../examples/storefront/server.mjs';
import type { TrackedEvent } from '../../src/event/event.js';

/** An event as the example collector gives it back. */
export type CollectedEvent = Required<TrackedEvent> & { received: { row: number; at: string; batch_id: string } };

/** Waits until `look` finds something, for at most a minute and a half; then throws what it was waiting for. */
export async function until<Found>(what: string, look: () => Found | Promise<Found>): Promise<Exclude<Found, false | null | undefined>> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<Found, false | null | undefined>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The example collector on a port of its own, with a database in a temporary folder. It can go down and come up again. */
export async function openCollector() {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-collector-'));
  const data = join(folder, 'events.sqlite');
  let running = await startCollector({ port: 0, data, nullOrigin: true, maxWaitMs: 0 });
  const port = Number(new URL(running.url).port);
  return {
    endpoint: running.endpoint,
    livePage: running.livePage,
    down: () => running.close(),
    async up() {
      running = await startCollector({ port, data, nullOrigin: true, maxWaitMs: 0 });
    },
    async events(): Promise<CollectedEvent[]> {
      const response = await fetch(`${running.url}/events?limit=5000`);
      return ((await response.json()) as { events: CollectedEvent[] }).events;
    },
    async close() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The example shop, sending to `collector`. */
export const openShop = (collector: string) => startStorefront({ port: 0, collector });

/** A server of one page, and of an endpoint that answers as the test wants; keeps every body it got. */
export async function openPage(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void, attributes = '', head = '') {
  const bodies: string[] = [];
  const html = `<!doctype html><meta charset="utf-8"><title>A page</title>${head}
<script>window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}</script>
<script async src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50" ${attributes} data-web-vitals="false"></script>
<button id="wish" data-waymark-event="wishlist_add" data-waymark-item_id="007" data-waymark-price="12.50"><span>Keep</span></button>
<a id="next" href="/next">Next</a>`;
  const server = createServer((request, response) => {
    const [file] = /^\/waymark\.(\w+\.)?min\.js/.exec(request.url!) ?? [];
    if (file) return response.setHeader('Content-Type', 'text/javascript').end(readFileSync(`dist${file}`));
    if (request.url !== '/events') return response.setHeader('Content-Type', 'text/html').end(html);
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      bodies.push(body);
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    /** The names of all events that arrived, repeats included. */
    names: () => bodies.flatMap((body) => (JSON.parse(body) as { events: { name: string }[] }).events.map(({ name }) => name)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until Waymark has taken the place of its stub. */
export const loaded = (page: Page) => page.waitForFunction(() => 'track' in ((window as never as { waymark: object }).waymark ?? {}), undefined, { polling: 50, timeout: 90_000 });

/** Runs in the page; `waymark` is the global there. */
export function inPage<Result>(page: Page, work: (waymark: never) => Result): Promise<Result> {
  return page.evaluate(`(${work})(window.waymark)`) as Promise<Result>;
}
