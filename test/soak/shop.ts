import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The folder with what shops load. `WAYMARK_DIST` names another. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

/** A shop with Waymark on every page, but for those that begin with `/plain`; nothing is dropped for want of room. */
export async function openSoakShop(collector: string) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (/^\/waymark\.(\w+\.)?min\.js$/.test(pathname)) return response.setHeader('Content-Type', 'text/javascript').end(await readFile(DIST + pathname));
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const tag = `<script async src="/waymark.min.js" data-collector="${collector}/events" data-bots="keep" data-web-vitals="false" data-max-stored-events="1000000" data-max-stored-bytes="2000000000"></script>`;
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Page ${pathname}</title>
<script>window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)};waymark('on','problem',({code,message})=>console.debug('problem',code,message))</script>${pathname.startsWith('/plain') ? '' : tag}<body><p>A page</p>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
