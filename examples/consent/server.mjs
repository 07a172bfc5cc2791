import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILES = {
  '/stub.js': here('stub.js'),
  '/consent.js': here('consent.js'),
  '/waymark.min.js': here('../../dist/waymark.min.js'),
  '/waymark.more.min.js': here('../../dist/waymark.more.min.js'),
  '/waymark.arrivals.min.js': here('../../dist/waymark.arrivals.min.js'),
  '/cookieconsent.umd.js': fileURLToPath(import.meta.resolve('vanilla-cookieconsent')),
  '/cookieconsent.css': fileURLToPath(import.meta.resolve('vanilla-cookieconsent/dist/cookieconsent.css')),
};

/**
 * Starts the shop: every path that is no file is the one page.
 *
 * @param {{ port?: number, collector?: string }} [options] port: 0 for any free one; default: 4302. collector: where its events go, default: the example collector
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startConsentShop({ port = 4302, collector = 'http://127.0.0.1:4318/events' } = {}) {
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${new URL(collector).origin}`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = FILES[pathname];
    if (file) return response.writeHead(200, { 'Content-Type': file.endsWith('.css') ? 'text/css' : 'text/javascript' }).end(await readFile(file));
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const html = await readFile(here('index.html'), 'utf8');
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end(html.replace('COLLECTOR', collector));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(`The shop: ${(await startConsentShop()).url}`);
