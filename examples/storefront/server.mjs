import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { renderArrivals } from './arrivals.mjs';
import { STUB } from './layout.mjs';
import { renderPage } from './pages.mjs';

/** Where `npm run build` puts the files that shops load. */
const BUILT = new URL('../../dist/', import.meta.url);

/** Minutes after which a basket counts as left. Our choice: short, so that it can be waited for; Waymark's own default is 30. */
const CART_IDLE_MINUTES = 1;

/** How long requests in flight may take to end once the server closes, in milliseconds. Our choice. */
const GRACE_MS = 1000;

const USAGE = `Usage: node server.mjs [options]

  --port NUMBER        default 4300; 0 takes any free port
  --host NAME          default 127.0.0.1: this machine only
  --collector ADDRESS  where Waymark sends its batches, default http://127.0.0.1:4318/events
  --live ADDRESS       the collector's live page, linked from /arrivals
  --idle MINUTES       a basket that nobody touches for so long counts as left, default 1
  --help`;

/**
 * The shop as a Hono application, not yet listening. Throws when the script is not there.
 *
 * @param {object} [options]
 * @param {string} [options.collector] where Waymark sends its batches; default `http://127.0.0.1:4318/events`
 * @param {string | URL} [options.scripts] the folder with `waymark.min.js` and what lies beside it; default `dist`
 * @param {string} [options.live] address of the live page, linked from `/arrivals`; default none
 * @param {number} [options.cartIdleMinutes] after how many minutes without a move a basket counts as left; default 1
 */
export function createStorefront({ collector = 'http://127.0.0.1:4318/events', scripts = BUILT, live, cartIdleMinutes = CART_IDLE_MINUTES } = {}) {
  const folder = scripts instanceof URL ? fileURLToPath(scripts) : scripts;
  const files = ['waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js'];
  for (const file of files) if (!existsSync(join(folder, file))) throw new Error(`There is no ${file} in ${folder} yet: run \`npm run build\` first.`);

  const app = new Hono();
  app.use(etag());
  app.use(async (c, next) => {
    await next();
    // Always asked for again, so that an edited file shows. Not `no-store`, which would cost the back/forward cache.
    c.header('Cache-Control', 'no-cache');
    c.header('X-Content-Type-Options', 'nosniff');
    if (c.res.headers.get('Content-Type')?.startsWith('text/html')) {
      c.header('Content-Security-Policy', writePolicy(collector));
      c.header('Referrer-Policy', 'strict-origin-when-cross-origin');
    }
  });
  for (const file of files) {
    app.get(`/${file}`, serveStatic({ path: join(folder, file) }));
    app.get(`/${file}.map`, serveStatic({ path: join(folder, `${file}.map`) }));
  }
  app.get('/arrivals', (c) => c.html(renderArrivals({ live, cartIdleMinutes })));
  app.get('*', serveStatic({ root: fileURLToPath(new URL('./public', import.meta.url)) }));
  app.get('*', (c) => {
    const { pathname, search } = new URL(c.req.url);
    const page = renderPage(pathname + search, { collector, cartIdleMinutes });
    return c.html(page.html, page.status);
  });
  return app;
}

/**
 * Starts the shop and resolves once it listens. Rejects when the port is taken or the script is not there.
 *
 * @param {object} [options]
 * @param {string} [options.collector] as `createStorefront`
 * @param {string | URL} [options.scripts] as `createStorefront`
 * @param {string} [options.live] as `createStorefront`
 * @param {number} [options.cartIdleMinutes] as `createStorefront`
 * @param {number} [options.port] default 4300; 0 takes any free port
 * @param {string} [options.host] default 127.0.0.1, this machine only
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startStorefront({ port = 4300, host = '127.0.0.1', ...options } = {}) {
  const app = createStorefront(options);
  const server = await new Promise((resolve, reject) => {
    const starting = serve({ fetch: app.fetch, port, hostname: host }, () => resolve(starting));
    starting.once('error', reject);
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.address().port}`,
    close: () => close(server),
  };
}

/** Takes no new requests and lets the rest finish, but not for ever. */
async function close(server) {
  const ended = new Promise((resolve) => server.close(resolve));
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await ended;
  clearTimeout(timer);
}

/** Own files, the stub by its hash, and requests to the collector; nothing else. */
function writePolicy(collector) {
  const stubHash = createHash('sha256').update(STUB).digest('base64');
  const collectorOrigin = URL.canParse(collector) ? new URL(collector).origin : '';
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${stubHash}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${collectorOrigin}`.trim(),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function main() {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4300' }, host: { type: 'string' }, collector: { type: 'string' }, live: { type: 'string' }, idle: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(USAGE);
  const { help, port, idle = CART_IDLE_MINUTES, ...options } = values;
  if (!(Number(idle) > 0)) throw new TypeError(`--idle takes minutes above 0, got ${idle}`);
  const storefront = await startStorefront({ ...options, port: Number(port), cartIdleMinutes: Number(idle) });
  console.log(`Shop:     ${storefront.url}\nArrivals: ${storefront.url}/arrivals`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => storefront.close());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
