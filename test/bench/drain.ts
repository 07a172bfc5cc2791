import { openPage, traceTasks, withBrowser } from './helpers/chromium.js';
import { round, sleep, tell, type Figure } from './helpers/figures.js';
import { seedStore, storedEvents } from './helpers/seed.js';
import { accepted, openBenchSite, QUIET, ROOMY, type BenchWindow } from './helpers/site.js';

/** Events that wait: the issue says so. */
const STORED = 10_000;
/** How long nothing must arrive before the store counts as drained, in milliseconds. */
const QUIET_MS = 5000;

/** What it costs a page to send what has piled up. */
export async function benchDrain(): Promise<Figure[]> {
  // Long tasks are counted from the first moment of the page.
  const head = `<script>window.long=[];window.frames_=[];for(const [type,list] of [['longtask',long],['long-animation-frame',frames_]])new PerformanceObserver((all)=>all.getEntries().forEach((entry)=>list.push(entry.duration))).observe({type,buffered:true})</script>`;
  const site = await openBenchSite({ attributes: `${QUIET} ${ROOMY}`, head });
  try {
    return await withBrowser(async (browser) => {
      tell(`drain: storing ${STORED}`);
      await seedStore(browser, site, STORED);
      site.answerBy(accepted);
      site.clear();
      // A page that is there before the trace begins, so that the trace can tell it from others.
      const page = await browser.newTab();
      await page.goto(`${site.url}/plain`);
      tell(`drain: sending ${await storedEvents(page)}`);
      let start = 0;
      const tasks = await traceTasks(page, async () => {
        start = Date.now();
        await page.goto(site.url);
        // The wait of an earlier failure does not count.
        await page.waitForFunction(() => 'track' in ((window as never as BenchWindow).waymark ?? {}));
        void page.evaluate(() => void (window as never as BenchWindow).waymark.flush());
        for (let last = Date.now(); Date.now() - last < QUIET_MS; await sleep(200)) last = Math.max(last, site.arrivals.at(-1)?.at ?? 0);
      });
      const { long, frames_: frames } = await page.evaluate(() => window as unknown as { long: number[]; frames_: number[] }).then(
        async () => page.evaluate(() => ({ long: (window as never as { long: number[] }).long, frames_: (window as never as { frames_: number[] }).frames_ })),
      );
      const arrived = site.events();
      const left = await storedEvents(page);
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      return [
        { what: `sending ${STORED} stored events: longest task of the main thread (trace)`, aim: '≤ 50 ms', figure: `${round(Math.max(...tasks.map(({ wallMs }) => wallMs)))} ms` },
        { what: '… long tasks (\`longtask\`), long animation frames: number, longest', aim: '0', figure: `${long.length}, ${round(Math.max(0, ...long))} ms; ${frames.length}, ${round(Math.max(0, ...frames))} ms` },
        {
          what: '… events that arrived, events left in the store, requests, time until the last, CPU of the main thread',
          aim: `${STORED}, 0`,
          figure: `${arrived}, ${left}, ${site.arrivals.length}, ${round((site.arrivals.at(-1)!.at - start) / 1000)} s, ${round(sum(tasks.map(({ cpuMs }) => cpuMs)))} ms`,
        },
      ];
    });
  } finally {
    await site.close();
  }
}
