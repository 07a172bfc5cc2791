import { drained, openPage, withBrowser } from './helpers/chromium.js';
import { round, sleep, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, QUIET, type BenchWindow } from './helpers/site.js';

/** Events of the burst: the issue says so. */
const EVENTS = 100;
/** How long it takes at most until the last of them is sent, in milliseconds: longer than the batch wait. */
const WAIT_MS = 7000;

/** What the events carry, by what it is called in the table. The first is what the aim is for. */
const KINDS: Record<string, [name: string, properties?: object]> = {
  '`track("view_item", { item_id, item_name, price })`': ['view_item', { item_id: 'SKU-1001', item_name: 'Tea pot, blue', price: 40 }],
  '`track("ping")`': ['ping'],
};

/** Bytes on the wire for each event of a burst: all that the collector's socket reads, by HTTP/1.1. */
export async function benchWire(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const gzip of [false, true]) {
    const site = await openBenchSite({ attributes: `${QUIET} ${gzip ? 'data-gzip="true"' : ''}` });
    try {
      await withBrowser(async (browser) => {
        for (const [kind, call] of Object.entries(KINDS)) {
          tell(`wire: ${kind}${gzip ? ', gzip' : ''}`);
          const page = await openPage(browser, site.url);
          await drained(page);
          await sleep(500);
          site.clear();
          const before = site.bytesRead();
          await page.evaluate(
            ({ events, call: [name, properties] }) => {
              for (let index = 0; index < events; index++) (window as never as BenchWindow).waymark.track(name as never, properties as never);
            },
            { events: EVENTS, call },
          );
          await sleep(WAIT_MS);
          const bytes = site.bytesRead() - before;
          const wasPacked = site.arrivals.some(({ body, bytes: sent }) => sent < body.length / 2);
          figures.push({
            what: `bytes on the wire per event, burst of ${EVENTS}, request lines and headers included: ${kind}${gzip ? ', gzip' : ''}`,
            aim: gzip ? '≤ 85' : '≤ 270',
            figure: gzip && !wasPacked ? 'no gzip yet' : `${round(bytes / EVENTS)} (${site.arrivals.length} requests, ${site.events()} events)`,
          });
          await page.close();
        }
      });
    } finally {
      await site.close();
    }
  }
  return figures;
}
