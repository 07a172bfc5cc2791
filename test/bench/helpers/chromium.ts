import type { CDPSession, Page } from 'playwright';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../../helpers/browser.js';
import type { BenchWindow } from './site.js';

/** Runs `work` with a Chromium of its own and a new profile, and removes both. */
export async function withBrowser<Result>(work: (browser: RealBrowser) => Promise<Result>): Promise<Result> {
  const profile = newProfile();
  try {
    const browser = await openBrowser(profile);
    try {
      return await work(browser);
    } finally {
      await browser.kill();
    }
  } finally {
    removeProfile(profile);
  }
}

/** Opens a page in a new tab and waits until Waymark runs there, with both files, and has sent what it tracks by itself. */
export async function openPage(browser: RealBrowser, url: string): Promise<Page> {
  const page = await browser.newTab();
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => 'track' in ((window as never as BenchWindow).waymark ?? {}));
  return page;
}

/** Sends everything, and waits until nothing is left. */
export async function drained(page: Page): Promise<void> {
  for (;;) {
    const { kept } = await page.evaluate(() => (window as never as BenchWindow).waymark.flush());
    if (!kept) return;
    await page.waitForTimeout(200);
  }
}

/** A task of the page's main thread. */
export interface Task {
  /** Wall-clock time and CPU time of the thread, in milliseconds. */
  wallMs: number;
  cpuMs: number;
}

/** Runs `work` and returns the tasks that the page's main thread had meanwhile, as Chromium's tracing tells them. */
export async function traceTasks(page: Page, work: () => Promise<unknown>): Promise<Task[]> {
  const session = await page.context().newCDPSession(page);
  const events: { name: string; ph: string; pid: number; tid: number; dur?: number; tdur?: number; args?: { name?: string } }[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as typeof events)));
  const categories = 'disabled-by-default-devtools.timeline,toplevel,__metadata,blink.user_timing';
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: categories.split(','), excludedCategories: ['*'] } });
  // Which of the renderers it is, a mark tells.
  await page.evaluate(() => performance.mark('waymark-bench') && undefined);
  await work();
  const done = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await done;
  await session.detach();
  const mark = events.find(({ name }) => name === 'waymark-bench');
  return events
    .filter(({ name, pid, tid, dur }) => name === 'RunTask' && dur !== undefined && pid === mark?.pid && tid === mark.tid)
    .map(({ dur, tdur }) => ({ wallMs: dur! / 1000, cpuMs: (tdur ?? 0) / 1000 }));
}

/** Counters of the page's main thread. Times are CPU time of that thread, in milliseconds: another process that takes the core does not count. */
export async function readMetrics(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, /Duration|Time$/.test(name) ? value * 1000 : value]));
}

/** Begins to count what the page's main thread does. */
export async function startMetrics(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}
