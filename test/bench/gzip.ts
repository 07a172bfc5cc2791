import { findEngines, newProfile, openEngine, removeProfile } from '../helpers/engines.js';
import { drained, openPage, readMetrics, startMetrics, withBrowser } from './helpers/chromium.js';
import { median, quantile, round, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, QUIET, type BenchWindow } from './helpers/site.js';

/** Events of the batches that are compressed. */
const SIZES = [1, 2, 5, 10, 25, 50];
/** Times that each batch is compressed in each engine. */
const TIMES = 40;
/** A slow upload, in bits a millisecond (1 Mbit/s). Our choice: poor mobile. */
const SLOW_UPLOAD = 1000;
/** What one packet of TCP carries over Ethernet, in bytes (RFC 6691: 1500 − 40), and about what the headers of our POST take of it. */
const PACKET = 1460;
const HEADERS = 600;

/** Runs in a page of any engine: compresses each body several times, each in a task of its own. Returns bytes and milliseconds by body. */
const compressAll = `async (bodies, times) => {
  const results = [];
  for (const body of bodies) {
    const ms = [];
    let bytes = 0;
    for (let index = 0; index < times; index++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const start = performance.now();
      const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
      bytes = (await new Response(stream).arrayBuffer()).byteLength;
      ms.push(performance.now() - start);
    }
    results.push({ bytes, ms });
  }
  return results;
}`;

/** Returns bodies of real batches, with as many events as `SIZES` says. */
async function realBatches(): Promise<string[]> {
  const site = await openBenchSite();
  try {
    return await withBrowser(async (browser) => {
      const page = await openPage(browser, `${site.url}/tea/pots?colour=blue`);
      const bodies: string[] = [];
      for (const size of SIZES) {
        await drained(page);
        site.clear();
        await page.evaluate((events) => {
          const { waymark } = window as never as BenchWindow;
          const kinds: [string, object?][] = [
            ['view_item', { item_id: 'SKU-1001', item_name: 'Tea pot, blue', price: 40 }],
            ['ping'],
            ['search', { search_term: 'sencha first flush' }],
            ['select_item', { items: [{ item_id: 'SKU-7', item_name: 'Sencha', price: 9.9, item_category: 'Tea' }], item_list_name: 'Spring' }],
          ];
          for (let index = 0; index < events; index++) waymark.track(...(kinds[index % kinds.length] as [never]));
          return waymark.flush();
        }, size);
        const arrived = site.arrivals.map(({ body }) => body).find((body) => (JSON.parse(body) as { events: unknown[] }).events.length === size);
        if (!arrived) throw new Error(`no batch of ${size} events`);
        bodies.push(arrived);
      }
      return bodies;
    });
  } finally {
    await site.close();
  }
}

/** CPU time of the main thread for one compression, by body, in milliseconds (Chromium). */
async function mainThreadCost(bodies: readonly string[], url: string): Promise<number[]> {
  return withBrowser(async (browser) => {
    const page = await browser.newTab();
    await page.goto(url);
    const session = await startMetrics(page);
    const costs: number[] = [];
    for (const body of bodies) {
      const cpuOf = async (expression: string) => {
        const before = await readMetrics(session);
        await page.evaluate(expression);
        return (await readMetrics(session)).TaskDuration! - before.TaskDuration!;
      };
      const idle = await cpuOf(`(async () => { for (let index = 0; index < ${TIMES}; index++) await new Promise((resolve) => setTimeout(resolve, 10)); })()`);
      costs.push((await cpuOf(`(${compressAll})([${JSON.stringify(body)}], ${TIMES})`) - idle) / TIMES);
    }
    return costs;
  });
}

/** From which size of a body compressing pays. */
export async function benchGzip(): Promise<Figure[]> {
  const bodies = await realBatches();
  const site = await openBenchSite({ attributes: QUIET });
  try {
    const url = `${site.url}/plain`;
    const byEngine: Record<string, { bytes: number; ms: number[] }[]> = {};
    for (const engine of findEngines()) {
      tell(`gzip: ${engine}`);
      const profile = newProfile();
      const browser = await openEngine(engine, profile, site.url);
      try {
        const tab = await browser.newTab();
        await tab.goto(url);
        byEngine[engine] = (await tab.evaluate(`(${compressAll})(${JSON.stringify(bodies)}, ${TIMES})`)) as { bytes: number; ms: number[] }[];
      } finally {
        await browser.kill();
        removeProfile(profile);
      }
    }
    const cpu = await mainThreadCost(bodies, url);
    const packets = (bytes: number) => Math.ceil((HEADERS + bytes) / PACKET);
    return SIZES.map((size, index) => {
      const before = Buffer.byteLength(bodies[index]!);
      const results = Object.entries(byEngine).map(([engine, of]) => ({ engine, ...of[index]! }));
      const after = Math.max(...results.map(({ bytes }) => bytes));
      const times = results.map(({ engine, ms }) => `${engine} ${round(median(ms))} / ${round(quantile(ms, 0.9))}`);
      return {
        what: `gzip of a batch of ${size}: bytes before, after (packets); ms until done, median / 90 %; CPU of Chromium's main thread; ms that it saves at 1 Mbit/s up`,
        aim: '',
        figure: `${before}, ${after} (${packets(before)}, ${packets(after)}); ${times.join(', ')} ms; ${round(cpu[index]!)} ms; ${round(((before - after) * 8) / SLOW_UPLOAD)} ms`,
      };
    });
  } finally {
    await site.close();
  }
}
