import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STUB, type ArrivedBatch, type ArrivedEvent } from './site.js';
import { until } from './shop.js';

/** Hosts that Chromium knows as https only: it goes to no page of theirs on plain http. */
export const HTTPS_ONLY = ['l.instagram.com', 'out.reddit.com', 'www.youtube.com', 'www.pinterest.fr', 'web.whatsapp.com', 'chatgpt.com', 'www.paypal.com', 'accounts.google.com'];

/** The folder with what shops load. `WAYMARK_DIST` names another, to see the tests fail with a doctored one. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

/**
 * A web of our own, as a proxy: `shop.test` is a shop with Waymark on every page, every other host has a page with a link to each address that the
 * test gave in its query (`?to=`). Events go to `shop.test/events`.
 */
export async function openWeb(name: string) {
  let attributes = '';
  let shop = '';
  let shops = 0;
  let bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const { hostname, pathname, searchParams } = new URL(request.url!, `http://${request.headers.host}`);
    let text = '';
    for await (const part of request) text += part;
    if (pathname === '/events') {
      // Tabs of the shop before may still be closing.
      if (request.method === 'POST' && hostname === shop) bodies.push(text);
      return response.writeHead(204).end();
    }
    if (/^\/waymark\.(\w+\.)?min\.js$/.test(pathname)) return response.setHeader('Content-Type', 'text/javascript').end(await readFile(DIST + pathname));
    const isShop = hostname.endsWith('shop.test');
    const tag = `${STUB}<script async src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50" data-bots="keep" ${attributes} data-web-vitals="false"></script>`;
    const links = searchParams.getAll('to').map((to, index) => `<a id="link${index}" href="${to.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}">${index}</a>`);
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${hostname}${pathname}</title>${isShop ? tag : ''}<body>${links}<a id="next" href="/next">Next</a></body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const web = {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Another shop, with nothing stored yet, and more attributes of its script tag. */
    openShop(more = '') {
      attributes = more;
      bodies = [];
      shop = `${name}${++shops}.shop.test`;
      return `http://${shop}`;
    },
    /** The events that arrived, each once, by time. */
    events(): ArrivedEvent[] {
      const arrived = bodies.flatMap((body) => {
        const { contexts, events } = JSON.parse(body) as ArrivedBatch;
        return events.map((event) => ({ ...contexts[event.context], ...event }) as ArrivedEvent);
      });
      return [...new Map(arrived.map((event) => [event.id, event])).values()].sort((a, b) => a.time.localeCompare(b.time) || a.seq - b.seq);
    },
    named: (event: string) => web.events().filter((each) => each.name === event),
    arrived: (event: string) => until(`the event ${event}`, () => web.named(event)[0]),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return web;
}
