import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector } from './collector/server.mjs';
import { startStorefront } from './storefront/server.mjs';

const HOST = '127.0.0.1';

/** Inside `.cache`, which git ignores. Delete the file to begin again. */
const DATA = fileURLToPath(new URL('../.cache/demo.sqlite', import.meta.url));

/** Short, so that an abandoned cart can be seen without waiting half an hour; for the shop and for the live page. Our choice. */
const ABANDONED_AFTER_MINUTES = 1;

const USAGE = `Usage: node examples/demo.mjs [options]

Starts a shop, a collector and its live page on this machine.

  --shop-port NUMBER       default 4300
  --collector-port NUMBER  default 4301
  --help

A port that is taken is passed over for the next free one.`;

async function main() {
  const { shopPort, collectorPort, help } = readOptions();
  if (help) return console.log(USAGE);

  await mkdir(fileURLToPath(new URL('../.cache/', import.meta.url)), { recursive: true });
  const collector = await startCollector({
    port: await chooseFreePort(collectorPort, 'collector', [shopPort]), host: HOST, data: DATA, abandonedAfterMinutes: ABANDONED_AFTER_MINUTES,
  });
  const shop = await startShop(shopPort, collector);

  console.log(`
  Waymark is running. Open these two side by side:

    Arrive as a visitor   ${shop.url}/arrivals
    Live page             ${collector.livePage}

    Shop                  ${shop.url}/
    Collector             ${collector.endpoint}
    Data                  ${relative(process.cwd(), DATA)}

  Ctrl-C ends it. The data stay.
`);

  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, async () => {
      if (closing) return;
      closing = true;
      await Promise.all([shop.close(), collector.close()]);
    });
  }
}

/** Starts the shop; where it cannot start, the collector does not stay behind. */
async function startShop(port, collector) {
  try {
    return await startStorefront({
      port: await chooseFreePort(port, 'shop'), host: HOST, collector: collector.endpoint, live: collector.livePage, cartIdleMinutes: ABANDONED_AFTER_MINUTES,
    });
  } catch (error) {
    await collector.close();
    throw error;
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      'shop-port': { type: 'string', default: '4300' }, 'collector-port': { type: 'string', default: '4301' }, help: { type: 'boolean', default: false },
    },
  });
  const readPort = (name) => {
    const port = Number(values[name]);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`--${name} takes a port from 1 to 65535, got ${values[name]}`);
    return port;
  };
  return { shopPort: readPort('shop-port'), collectorPort: readPort('collector-port'), help: values.help };
}

/** The wanted port, or the next one above it that nobody listens on and nobody else here wants. */
async function chooseFreePort(wanted, whose, reserved = []) {
  for (let port = wanted; port <= 65535; port += 1) {
    if (reserved.includes(port) || !(await isFree(port))) continue;
    if (port !== wanted) console.log(`Port ${wanted} is taken: the ${whose} is at ${port}.`);
    return port;
  }
  throw new Error(`There is no free port from ${wanted} upwards for the ${whose}.`);
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
