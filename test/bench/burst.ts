import { drained, openPage, readMetrics, startMetrics, traceTasks, withBrowser } from './helpers/chromium.js';
import { median, round, sleep, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, type BenchWindow } from './helpers/site.js';

/** Events of the burst, and of the steady stream. The issue names both. */
const BURST = 2000;
const STEADY = 1000;
/** How far apart the steady ones are, in milliseconds. */
const SPACING_MS = 5;
/** Runs of each, of which the median is told. */
const RUNS = 3;
/** How long after the last event is still counted, in milliseconds: longer than the batch wait. */
const AFTER_MS = 7000;

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
            const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (long += duration)));
            observer.observe({ type: 'longtask' });
            port2.postMessage(0);
            await new Promise((resolve) => setTimeout(resolve, 200));
            gap = 0;
            const start = performance.now();
            for (let index = 0; index < events; index++) waymark.track('view_item', { item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 } as never);
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
        runs.push({ ...found, longest: Math.max(...tasks.map(({ wallMs }) => wallMs)), longestCpu: Math.max(...tasks.map(({ cpuMs }) => cpuMs)), cpu: tasks.reduce((sum, { cpuMs }) => sum + cpuMs, 0) });
        await page.close();
      }
      const of = (name: keyof (typeof runs)[number]) => round(median(runs.map((run) => run[name])));
      return [
        { what: `${BURST} events in one task: longest time in which the page does nothing else (ticker)`, aim: '< 200 ms', figure: `${of('gap')} ms` },
        { what: '… the loop of `track` calls alone', aim: '', figure: `${of('loop')} ms` },
        { what: '… sum of long tasks (over 50 ms) until all is delivered', aim: '< 200 ms', figure: `${of('long')} ms` },
        { what: '… longest task (trace); most CPU of one task; CPU of the main thread until all is delivered', aim: '', figure: `${of('longest')} ms; ${of('longestCpu')} ms; ${of('cpu')} ms` },
      ];
    });
  } finally {
    await site.close();
  }
}

/** Length of a row in the store, in characters. Measured: context and event of a `view_item`. */
const ROW_LENGTH = 800;

/** Runs in the page: makes `waymark.track` one write to IndexedDB, and nothing else. */
async function putInsteadOfTracking(length: number): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const open = indexedDB.open('bare');
    open.onupgradeneeded = () => open.result.createObjectStore('rows');
    open.onsuccess = () => resolve(open.result);
  });
  let number = 0;
  const track = () => {
    const transaction = db.transaction('rows', 'readwrite');
    transaction.objectStore('rows').put('x'.repeat(length), number++);
    transaction.commit();
    transaction.oncomplete = () => {};
  };
  (window as never as { waymark: unknown }).waymark = { track };
}

/** CPU of the main thread for events that come one by one, above that of the same loop without Waymark. */
export async function benchSteady(): Promise<Figure[]> {
  const site = await openBenchSite();
  try {
    return await withBrowser(async (browser) => {
      // The last one stores as many texts of an event's length by IndexedDB alone, a transaction each: what no tracker that stores can stay below.
      const pages: Record<string, string> = { 'with Waymark': site.url, without: `${site.url}/plain`, 'bare puts': `${site.url}/plain-puts` };
      const cpu: Record<string, number[]> = {};
      const script: Record<string, number[]> = {};
      for (let run = 0; run < RUNS; run++) {
        for (const [kind, url] of Object.entries(pages)) {
          tell(`steady: run ${run + 1}, ${kind}`);
          const isPlain = url.includes('plain');
          const page = isPlain ? await browser.newTab() : await openPage(browser, url);
          if (isPlain) await page.goto(url);
          else await drained(page);
          if (kind === 'bare puts') await page.evaluate(putInsteadOfTracking, ROW_LENGTH);
          await sleep(1000);
          const session = await startMetrics(page);
          const before = await readMetrics(session);
          await page.evaluate(
            ({ events, spacing }) =>
              new Promise<void>((resolve) => {
                const { waymark } = window as never as BenchWindow;
                const track = (waymark as Partial<typeof waymark>).track ?? (() => undefined);
                let index = 0;
                const timer = setInterval(() => {
                  track('view_item', { item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 } as never);
                  if (++index < events) return;
                  clearInterval(timer);
                  resolve();
                }, spacing);
              }),
            { events: STEADY, spacing: SPACING_MS },
          );
          await sleep(AFTER_MS);
          const after = await readMetrics(session);
          (cpu[kind] ??= []).push(after.TaskDuration! - before.TaskDuration!);
          (script[kind] ??= []).push(after.ScriptDuration! - before.ScriptDuration!);
          await page.close();
        }
      }
      const difference = (times: Record<string, number[]>) => median(times['with Waymark']!) - median(times['without']!);
      const all = site.events();
      return [
        {
          what: `main-thread CPU for ${STEADY} events ${SPACING_MS} ms apart, written, sent and confirmed (CDP \`TaskDuration\` in thread time), less that of the same loop without Waymark`,
          aim: '≤ 160 ms',
          figure: `${round(difference(cpu))} ms (${round(median(cpu['with Waymark']!))} less ${round(median(cpu['without']!))})`,
        },
        { what: '… of which one bare `put` of such a row each, in a transaction of its own, would take', aim: '', figure: `${round(median(cpu['bare puts']!) - median(cpu['without']!))} ms` },
        { what: '… in scripts (`ScriptDuration`); events that arrived a run, and requests', aim: '', figure: `${round(difference(script))} ms; ${round(all / RUNS)}, ${round(site.arrivals.length / RUNS)}` },
      ];
    });
  } finally {
    await site.close();
  }
}
