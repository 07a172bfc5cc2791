import type { RealBrowser } from '../helpers/browser.js';
import { readMetrics, startMetrics, withBrowser } from './helpers/chromium.js';
import { above, median, sleep, tell, type Figure } from './helpers/figures.js';
import { KINDS, openBenchSite, type BenchSite, type BenchWindow, type Kind } from './helpers/site.js';

/** How many times slower than this machine the browser pretends to be. What the issue names: about a phone of the middle class. */
const THROTTLE = 4;
/** Runs of each kind, of which the median is told, after one that is not counted. */
const RUNS = 7;
/** How long after a page has loaded it counts as started, in milliseconds: what follows is the work of later parts. Our choice. */
const START_MS = 1000;
/** How long a page is looked at, in milliseconds: until the parts that it loads later have run, and events have gone out. Our choice. */
const WATCH_MS = 4000;

/** What one page took, in milliseconds of CPU at the slowed pace. */
interface Run {
  startMs: number;
  taskMs: number;
  scriptMs: number;
}

async function measure(browser: RealBrowser, site: BenchSite, kind: Kind): Promise<Run> {
  const page = await browser.newTab();
  // The process that runs the page is there already, and no page of it has scripts yet.
  await page.goto(`${site.of(kind)}/plain`);
  const session = await startMetrics(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  const before = await readMetrics(session);
  await page.goto(`${site.of(kind)}/product`, { waitUntil: 'load' });
  // Nothing is asked of the page meanwhile: that would be counted.
  await sleep(START_MS);
  const started = await readMetrics(session);
  await sleep(WATCH_MS - START_MS);
  const after = await readMetrics(session);
  const isThere = await page.evaluate(() => 'track' in ((window as never as Partial<BenchWindow>).waymark ?? {}));
  if (!isThere && kind !== 'empty page') throw new Error(`${kind} had not started after ${WATCH_MS} ms`);
  await page.close();
  return {
    startMs: started.TaskDuration! - before.TaskDuration!,
    taskMs: after.TaskDuration! - before.TaskDuration!,
    scriptMs: after.ScriptDuration! - before.ScriptDuration!,
  };
}

/** What a page view costs with the script as it comes, on a slow machine, beside an empty page, a beacon and the first release. */
export async function benchStart(): Promise<Figure[]> {
  const site = await openBenchSite({ attributes: '', isWhole: true });
  try {
    return await withBrowser(async (browser) => {
      const kinds = Object.keys(KINDS) as Kind[];
      const runs = Object.fromEntries(kinds.map((kind) => [kind, [] as Run[]])) as Record<Kind, Run[]>;
      for (let run = 0; run <= RUNS; run++) {
        tell(`start: run ${run} of ${RUNS}`);
        for (const kind of kinds) {
          const found = await measure(browser, site, kind);
          if (run) runs[kind].push(found);
        }
      }
      const of = (name: keyof Run) => (kind: Kind) => median(runs[kind].map((run) => run[name]));
      const parts: [string, keyof Run, string][] = [
        [`evaluation and start, until ${START_MS / 1000} s after \`load\``, 'startMs', '≤ 50 ms'],
        [`all of a page view, until ${WATCH_MS / 1000} s after it`, 'taskMs', ''],
        ['… of which in scripts (`ScriptDuration`)', 'scriptMs', ''],
      ];
      return parts.flatMap(([what, name, aim]) =>
        kinds.map((kind) => ({
          what: `main-thread CPU at ${THROTTLE}x throttle (CDP \`TaskDuration\` in thread time), median of ${RUNS}, ${what}: ${kind === 'empty page' ? 'an empty page' : `${kind.replace('a beacon a call', 'one beacon')}, less an empty page`}`,
          aim: kind === 'Waymark' ? aim : '',
          figure: above(kind, of(name), 'ms'),
        })),
      );
    });
  } finally {
    await site.close();
  }
}
