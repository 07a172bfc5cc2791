import { openPage, withBrowser } from './helpers/chromium.js';
import { median, quantile, round, sleep, tell, type Figure } from './helpers/figures.js';
import { seedStore, storedEvents } from './helpers/seed.js';
import { accepted, openBenchSite, QUIET, ROOMY, unavailable, type BenchWindow } from './helpers/site.js';

const FEW = 1000;
const MANY = 100_000;
/** Events whose storing is timed. */
const EVENTS = 200;
/** Requests whose rounds are timed. Our choice: the few events make no more. */
const ROUNDS = 15;

interface Costs {
  stored: number;
  /** From the call of `track` until its transaction is complete, in milliseconds. */
  write: number[];
  /** From one confirmed batch to the next, in milliseconds. */
  round: number[];
}

async function measure(stored: number): Promise<Costs> {
  const site = await openBenchSite({ attributes: `${QUIET} ${ROOMY}`, isIsolated: true });
  try {
    return await withBrowser(async (browser) => {
      tell(`backlog: storing ${stored}`);
      await seedStore(browser, site, stored);
      const page = await openPage(browser, site.url);
      await page.evaluate(() => (window as never as BenchWindow).waymark.track('ping' as never));
      // Whatever a page does with a full store when it begins.
      await sleep(5000);
      tell(`backlog: timing ${EVENTS} writes`);
      const write = await page.evaluate(async (events) => {
        const { waymark } = window as never as BenchWindow;
        const times: number[] = [];
        let begun = 0;
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...args) {
          const start = begun;
          begun = 0;
          if (start) this.transaction.addEventListener('complete', () => times.push(performance.now() - start));
          return put.apply(this, args);
        };
        for (let index = 0; index < events; index++) {
          begun = performance.now();
          waymark.track('view_item', { item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 } as never);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        IDBObjectStore.prototype.put = put;
        return times;
      }, EVENTS);
      const count = await storedEvents(page);
      tell(`backlog: timing ${ROUNDS} rounds of ${count}`);
      site.clear();
      let last = 0;
      const between: number[] = [];
      site.answerBy((response) => {
        const now = performance.now();
        if (last) between.push(now - last);
        last = now;
        return between.length < ROUNDS ? accepted(response) : unavailable(response);
      });
      void page.evaluate(() => void (window as never as BenchWindow).waymark.flush());
      for (let wait = 0; wait < 300 && between.length < ROUNDS; wait++) await sleep(100);
      return { stored: count, write: write.slice(EVENTS / 10), round: between.slice(1) };
    });
  } finally {
    await site.close();
  }
}

/** What one event costs when few and when many are stored. */
export async function benchBacklog(): Promise<Figure[]> {
  const few = await measure(FEW);
  const many = await measure(MANY);
  const line = (what: string, name: 'write' | 'round'): Figure => ({
    what: `${what}; with ${few.stored} and with ${many.stored} stored (99th percentiles)`,
    aim: 'ratio about 1',
    figure: `${round(median(few[name]))} and ${round(median(many[name]))} ms, ratio ${round(median(many[name]) / median(few[name]))} (${round(quantile(few[name], 0.99))} and ${round(quantile(many[name], 0.99))} ms)`,
  });
  return [line('`track` until its write is complete, median of single events', 'write'), line('take a batch, send it, have it confirmed and delete it, median', 'round')];
}
