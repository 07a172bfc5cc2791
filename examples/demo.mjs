import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector } from './collector/server.mjs';
import { findBrowser } from './find-browser.mjs';
import { sendShoppers } from './shoppers.mjs';
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
  --data FILE              the collector's database, default .cache/demo.sqlite in the project
  --shoppers NUMBER        sends so many real, headless browsers through the shop, a few at a time and on different
                           journeys, so that the live page has something to show; default 0, at most 500. Fifty take about
                           three minutes on two idle cores, and never more than eleven. Needs Chromium or Chrome (CHROMIUM_PATH)
  --help

A port that is taken is passed over for the next free one.`;

async function main() {
  const { shopPort, collectorPort, shoppers, data, help } = readOptions();
  if (help) return console.log(USAGE);
  // Told before anything has started.
  if (shoppers > 0) findBrowser();

  if (data === DATA) await mkdir(dirname(DATA), { recursive: true });
  const collector = await startCollector({
    port: await chooseFreePort(collectorPort, 'collector', [shopPort]), host: HOST, data, abandonedAfterMinutes: ABANDONED_AFTER_MINUTES,
  });
  const shop = await startShop(shopPort, collector);

  console.log(`
  Waymark is running. Open these two side by side:

    Arrive as a visitor   ${shop.url}/arrivals
    Live page             ${collector.livePage}

    Shop                  ${shop.url}/
    Collector             ${collector.endpoint}
    Data                  ${relative(process.cwd(), data)}

  Ctrl-C ends it. The data stay.
`);

  const leaving = new AbortController();
  let walking;
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, async () => {
      if (closing) return;
      closing = true;
      // No browser outlives the shop.
      leaving.abort();
      await walking;
      await Promise.all([shop.close(), collector.close()]);
    });
  }
  if (shoppers > 0) walking = walkThrough(shop, shoppers, leaving.signal);
}

/** Sends the shoppers, and says what became of them. Never rejects: shop and collector go on without them. */
async function walkThrough(shop, count, signal) {
  console.log(`  ${count === 1 ? 'One shopper is' : `${count} shoppers are`} on the way.`);
  try {
    const { visits, lost, over } = await sendShoppers({ shop: shop.url, count, idleMinutes: ABANDONED_AFTER_MINUTES, signal, say: (line) => console.log(`  ${line}`) });
    if (!signal.aborted) console.log(`  ${over ? 'The time is over' : 'All have been there'}: ${visits} visits${lost > 0 ? `, ${lost} got lost` : ''}. The shop stays open.`);
  } catch (error) {
    if (!signal.aborted) console.error(`  No shoppers: ${error.message.split('\n')[0]}`);
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
      'shop-port': { type: 'string', default: '4300' }, 'collector-port': { type: 'string', default: '4301' }, data: { type: 'string', default: DATA }, shoppers: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  const readPort = (name) => {
    const port = Number(values[name]);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`--${name} takes a port from 1 to 65535, got ${values[name]}`);
    return port;
  };
  const shoppers = Number(values.shoppers);
  if (!Number.isInteger(shoppers) || shoppers < 0 || shoppers > 500) throw new TypeError(`--shoppers takes a whole number from 0 to 500, got ${values.shoppers}`);
  return { shoppers, data: values.data, shopPort: readPort('shop-port'), collectorPort: readPort('collector-port'), help: values.help };
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
