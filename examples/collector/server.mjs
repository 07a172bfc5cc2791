import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import { createCollector } from './collector.mjs';
import { openEngine, SCHEMES } from './engines.mjs';
import { isLoopback } from './origins.mjs';

const USAGE = `Usage: node server.mjs [options]

  --port NUMBER              default 4318; 0 takes any free port
  --host NAME                default 127.0.0.1: this machine only
  --data FILE                SQLite file, default waymark.sqlite
  --store ADDRESS            an engine that has every event before a batch is acknowledged, begins with
                             ${SCHEMES.join(', ')}; default: WAYMARK_STORE of the
                             environment, else the SQLite file alone
  --forward-ga4 G-ID         hands what is stored on to Google Analytics 4; its API secret is GA4_API_SECRET of the
                             environment, another address GA4_ENDPOINT
  --origins LIST             whose pages may post: https://shop.example,https://www.shop.example
                             or * for all; default: pages of this machine
  --null-origin              sandboxed frames, which have no origin, may post too
  --rate NUMBER              requests of one client in a minute, default 6000; 0: no limit
  --max-wait MILLISECONDS    wait for a turn beyond which a batch is put off, default 1000; 0: no limit
  --behind-proxy             the client is the last address of X-Forwarded-For
  --abandoned-after MINUTES  idle time that makes a cart an abandoned one, default 30
  --help`;

/** How long requests in flight may take to end once the server closes, in milliseconds. Our choice. */
const GRACE_MS = 2000;

/** Longest time for a request to come in whole, in milliseconds: who dawdles keeps others out. Our choice. */
const REQUEST_MS = 20_000;

/** Between two looks for connections that have fallen idle since the server began to close, in milliseconds. Our choice. */
const SWEEP_MS = 20;

/**
 * Starts a collector and resolves once it listens. Rejects when the port is taken or the file cannot be opened.
 * What else `createCollector` takes (`origins`, `bodyLimit`, `log` ...) is handed on.
 *
 * @typedef {object} ServerOptions
 * @property {number} [port] default 4318; 0 takes any free port
 * @property {string} [host] default 127.0.0.1, this machine only
 * @property {string} [data] path of the SQLite file; default `waymark.sqlite` in the working directory
 * @property {string} [store] address of an engine, as `openEngine` takes it; default: none
 * @property {number} [abandonedAfterMinutes] default 30
 *
 * @param {ServerOptions & Partial<Parameters<typeof createCollector>[0]>} [options]
 * @returns {Promise<{ url: string, endpoint: string, livePage: string, close: () => Promise<void> }>}
 */
export async function startCollector({
  port = 4318, host = '127.0.0.1', data = 'waymark.sqlite', store, abandonedAfterMinutes = 30, ...collectorOptions
} = {}) {
  const engine = store ? openEngine(store) : undefined;
  const collector = createCollector({ database: data, engine, abandonedAfterMs: abandonedAfterMinutes * 60_000, localOnly: isLoopback(host), ...collectorOptions });
  const server = await listen(collector.app, { port, host }).catch(async (error) => {
    await collector.close();
    throw error;
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.address().port}`;
  let closing;
  return {
    url,
    endpoint: `${url}/events`,
    livePage: `${url}/live`,
    close: () => (closing ??= stop(server, collector)),
  };
}

function listen(app, { port, host }) {
  return new Promise((resolve, reject) => {
    const server = serve({
      fetch: app.fetch, port, hostname: host, serverOptions: { requestTimeout: REQUEST_MS, connectionsCheckingInterval: REQUEST_MS / 4 },
    }, () => resolve(server));
    server.once('error', reject);
  });
}

/** Takes no new requests, ends the streams, lets the rest finish, then closes the file. */
async function stop(server, collector) {
  const ended = new Promise((resolve) => server.close(resolve));
  collector.endStreams();
  // Node closes the connections that are idle now; those that fall idle later would keep it waiting.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await ended;
  clearInterval(sweep);
  clearTimeout(cut);
  await collector.close();
}

function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string', default: '4318' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: 'waymark.sqlite' },
      store: { type: 'string' },
      'forward-ga4': { type: 'string' },
      origins: { type: 'string' },
      'null-origin': { type: 'boolean', default: false },
      rate: { type: 'string', default: '6000' },
      'max-wait': { type: 'string', default: '1000' },
      'behind-proxy': { type: 'boolean', default: false },
      'abandoned-after': { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  const ratePerMinute = Number(values.rate);
  const maxWaitMs = Number(values['max-wait']);
  const abandonedAfterMinutes = Number(values['abandoned-after']);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) throw new TypeError(`--port takes 0 to 65535, got ${values.port}`);
  if (!(Number.isInteger(ratePerMinute) && ratePerMinute >= 0)) throw new TypeError(`--rate takes whole numbers from 0, got ${values.rate}`);
  const measurementId = values['forward-ga4'];
  const { GA4_API_SECRET: secret, GA4_ENDPOINT: endpoint } = process.env;
  if (measurementId !== undefined && !/^G-[A-Z0-9]+$/.test(measurementId)) throw new TypeError(`--forward-ga4 takes a measurement id such as G-ABC123, got ${measurementId}`);
  if (measurementId && !secret) throw new TypeError('--forward-ga4 takes its secret from GA4_API_SECRET of the environment, which is not set');
  if (!(maxWaitMs >= 0)) throw new TypeError(`--max-wait takes milliseconds from 0, got ${values['max-wait']}`);
  if (!(abandonedAfterMinutes > 0)) throw new TypeError(`--abandoned-after takes minutes above 0, got ${values['abandoned-after']}`);
  return {
    port, host: values.host, data: values.data, store: values.store ?? process.env.WAYMARK_STORE, origins: values.origins?.split(',').map((origin) => origin.trim()), nullOrigin: values['null-origin'],
    ...(measurementId && { ga4: { measurementId, secret, endpoint } }), ratePerMinute, maxWaitMs, behindProxy: values['behind-proxy'], abandonedAfterMinutes, help: values.help,
  };
}

async function main() {
  const { help, ...options } = readOptions(process.argv.slice(2));
  if (help) return console.log(USAGE);
  const collector = await startCollector(options);
  console.log(`Collector: ${collector.endpoint}\nLive page: ${collector.livePage}\nData:      ${options.data}`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => collector.close());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 1;
  });
}
