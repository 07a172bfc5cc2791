import { openPage, withBrowser } from './helpers/chromium.js';
import { sleep, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, QUIET, type BenchWindow } from './helpers/site.js';

const PAGES = 4;
/** Events that the shop tracks, by page. With the `landing` of the first page they are 12. */
const TRACKED = [3, 3, 3, 2];

/** Walks through the shop: events at a tenth, at four and at seven tenths of each page's time. Then the tab closes. */
async function visit(paceMs: number, attributes: string): Promise<{ requests: number; preflights: number; events: number }> {
  const site = await openBenchSite({ attributes });
  try {
    return await withBrowser(async (browser) => {
      const page = await openPage(browser, `${site.url}/1`);
      for (let number = 1; number <= PAGES; number++) {
        const start = Date.now();
        for (let event = 0; event < TRACKED[number - 1]!; event++) {
          await sleep(start + (0.1 + 0.3 * event) * paceMs - Date.now());
          await page.evaluate(([name, id]) => (window as never as BenchWindow).waymark.track(name as never, { item_id: id } as never), [['view_item', 'look_closer', 'compare'][event]!, `${number}`]);
        }
        await sleep(start + paceMs - Date.now());
        if (number === PAGES) break;
        await page.evaluate((path) => location.assign(path), `/${number + 1}`);
        await page.waitForURL(`**/${number + 1}`);
        await page.waitForFunction(() => 'track' in ((window as never as BenchWindow).waymark ?? {}));
      }
      await page.close();
      await sleep(2000);
      const preflights = site.arrivals.filter(({ method }) => method === 'OPTIONS').length;
      return { requests: site.arrivals.length - preflights, preflights, events: site.events() };
    });
  } finally {
    await site.close();
  }
}

/** Requests of a visit, at two paces. */
export async function benchVisit(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const paceMs of [1000, 5000]) {
    for (const attributes of [QUIET, '']) {
      tell(`visit: ${paceMs} ms a page, ${attributes ? 'quiet' : 'with all automatic events'}`);
      const { requests, preflights, events } = await visit(paceMs, attributes);
      figures.push({
        what: `a visit of ${PAGES} pages of ${paceMs / 1000} s, 11 \`track\` calls and a landing${attributes ? '' : ', and all automatic events (no web vitals)'}: requests, preflights (events that arrived)`,
        aim: attributes ? '≤ 4, 0' : '',
        figure: `${requests}, ${preflights} (${events})`,
      });
    }
  }
  return figures;
}
