import { drained, openPage, traceTasks, withBrowser } from './helpers/chromium.js';
import { median, round, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, type BenchWindow } from './helpers/site.js';

/** Events of the burst. The issue names it. */
const BURST = 2000;
/** Runs, of which the median is told. */
const RUNS = 3;

/** How long 2,000 events in one task block the page, and what follows of them. */
export async function benchBurst(): Promise<Figure[]> {
  const site = await openBenchSite();
  try {
    return await withBrowser(async (browser) => {
      const runs: { loop: number; gap: number; long: number; longest: number; longestCpu: number; cpu: number }[] = [];
      for (let run = 0; run < RUNS; run++) {
        const page = await openPage(browser, site.url);
        await drained(page);
        tell(`burst: run ${run + 1}`);
        let found = { loop: 0, gap: 0, long: 0 };
        const tasks = await traceTasks(page, async () => {
          found = await page.evaluate(async (events) => {
            const { waymark } = window as never as BenchWindow;
            let gap = 0;
            let last = performance.now();
            let isOver = false;
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
              const now = performance.now();
              gap = Math.max(gap, now - last);
              last = now;
              // Not at once: the ticker must leave the core to what it measures.
              if (!isOver) setTimeout(() => port2.postMessage(0), 0);
            };
            let long = 0;
            const observer = new PerformanceObserver((list) =>
              list.getEntries().forEach(({ duration }) => (long += duration)),
            );
            observer.observe({ type: 'longtask' });
            port2.postMessage(0);
            await new Promise((resolve) => setTimeout(resolve, 200));
            gap = 0;
            const start = performance.now();
            for (let index = 0; index < events; index++)
              waymark.track('view_item', { item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 } as never);
            const loop = performance.now() - start;
            for (;;) {
              await new Promise((resolve) => setTimeout(resolve, 500));
              if (!(await waymark.flush()).kept) break;
            }
            isOver = true;
            observer.takeRecords().forEach(({ duration }) => (long += duration));
            return { loop, gap, long };
          }, BURST);
        });
        runs.push({
          ...found,
          longest: Math.max(...tasks.map(({ wallMs }) => wallMs)),
          longestCpu: Math.max(...tasks.map(({ cpuMs }) => cpuMs)),
          cpu: tasks.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        });
        await page.close();
      }
      const of = (name: keyof (typeof runs)[number]) => round(median(runs.map((run) => run[name])));
      return [
        {
          what: `${BURST} events in one task: longest time in which the page does nothing else (ticker)`,
          aim: '< 200 ms',
          figure: `${of('gap')} ms`,
        },
        { what: '… the loop of `track` calls alone', aim: '', figure: `${of('loop')} ms` },
        {
          what: '… sum of long tasks (over 50 ms) until all is delivered',
          aim: '< 200 ms',
          figure: `${of('long')} ms`,
        },
        {
          what: '… longest task (trace); most CPU of one task; CPU of the main thread until all is delivered',
          aim: '',
          figure: `${of('longest')} ms; ${of('longestCpu')} ms; ${of('cpu')} ms`,
        },
      ];
    });
  } finally {
    await site.close();
  }
}
