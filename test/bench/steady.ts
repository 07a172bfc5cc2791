import type { Page } from 'playwright';
import type { RealBrowser } from '../helpers/browser.js';
import { drained, openPage, readMetrics, startMetrics, withBrowser } from './helpers/chromium.js';
import { above, median, quantile, round, sleep, tell, type Figure } from './helpers/figures.js';
import { KINDS, openBenchSite, type BenchSite, type BenchWindow, type Kind } from './helpers/site.js';

/** Events of the stream. The issue names it. */
const EVENTS = 1000;
/** How far apart they are, in milliseconds. */
const SPACING_MS = 5;
/** Runs of each kind, of which the median is told. */
const RUNS = 3;
/** How long after the last event is still counted, in milliseconds: longer than the batch wait. */
const AFTER_MS = 7000;

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

/** Stores as many texts of an event's length by IndexedDB alone, a transaction each: what no tracker that writes every event at once can stay below. */
const PUTS = 'bare puts';
type Measured = Kind | typeof PUTS;
const ALL = [...(Object.keys(KINDS) as Kind[]), PUTS] as const;

/** What one run of one kind took. */
interface Run {
  /** CPU of the main thread until everything was sent and confirmed, in milliseconds. */
  cpuMs: number;
  scriptMs: number;
  /** Each call on the caller's turn, in microseconds. */
  callsUs: number[];
}

/** Runs in the page: makes the calls, each in a task of its own, and returns how long each took. */
const makeCalls = ({ events, spacing }: { events: number; spacing: number }) =>
  new Promise<number[]>((resolve) => {
    const { waymark } = window as never as BenchWindow;
    const track = (waymark as Partial<typeof waymark>).track ?? (() => undefined);
    const times: number[] = [];
    const timer = setInterval(() => {
      const properties = { item_id: `SKU-${times.length}`, item_name: 'Tea pot, blue', price: 40 };
      const start = performance.now();
      track('view_item', properties as never);
      times.push((performance.now() - start) * 1000);
      if (times.length < events) return;
      clearInterval(timer);
      resolve(times);
    }, spacing);
  });

async function openKind(browser: RealBrowser, site: BenchSite, kind: Measured): Promise<Page> {
  const isWaymark = kind === 'Waymark' || kind === 'Waymark 0.1.0';
  if (isWaymark) {
    const page = await openPage(browser, site.of(kind));
    await drained(page);
    return page;
  }
  const page = await browser.newTab();
  await page.goto(site.of(kind === PUTS ? 'empty page' : kind));
  if (kind === PUTS) await page.evaluate(putInsteadOfTracking, ROW_LENGTH);
  return page;
}

async function measure(browser: RealBrowser, site: BenchSite, kind: Measured): Promise<Run> {
  const page = await openKind(browser, site, kind);
  await sleep(1000);
  const session = await startMetrics(page);
  const before = await readMetrics(session);
  const callsUs = await page.evaluate(makeCalls, { events: EVENTS, spacing: SPACING_MS });
  await sleep(AFTER_MS);
  const after = await readMetrics(session);
  await page.close();
  return {
    cpuMs: after.TaskDuration! - before.TaskDuration!,
    scriptMs: after.ScriptDuration! - before.ScriptDuration!,
    callsUs,
  };
}

/** What events cost that come one by one, storage and sending included, and what a call takes, beside nothing at all, a beacon and the first release. */
export async function benchSteady(): Promise<Figure[]> {
  // Isolated, `performance.now` counts in steps of 5 µs.
  const site = await openBenchSite({ isIsolated: true });
  try {
    return await withBrowser(async (browser) => {
      const runs = Object.fromEntries(ALL.map((kind) => [kind, [] as Run[]])) as Record<Measured, Run[]>;
      for (let run = 0; run < RUNS; run++) {
        for (const kind of ALL) {
          tell(`steady: run ${run + 1}, ${kind}`);
          runs[kind].push(await measure(browser, site, kind));
        }
      }
      const cpu = (kind: Measured) => median(runs[kind].map(({ cpuMs }) => cpuMs));
      const script = (kind: Measured) => median(runs[kind].map(({ scriptMs }) => scriptMs));
      const calls = (kind: Measured) => runs[kind].flatMap(({ callsUs }) => callsUs);
      return [
        ...ALL.map((kind) => ({
          what: `main-thread CPU for ${EVENTS} events ${SPACING_MS} ms apart, until they are written, sent and confirmed (CDP \`TaskDuration\` in thread time): ${kind === 'empty page' ? 'an empty function' : `${kind}, less an empty function`}`,
          aim: kind === 'Waymark' ? '≤ 250 ms' : '',
          figure: above(kind, cpu, 'ms'),
        })),
        {
          what: '… of which in scripts (`ScriptDuration`)',
          aim: '',
          figure: above('Waymark', script, 'ms'),
        },
        ...ALL.map((kind) => ({
          what: `one call, a task of its own, ${SPACING_MS} ms apart; median / 99th percentile: ${kind === 'empty page' ? 'an empty function' : kind}`,
          aim: kind === 'Waymark' ? '≤ 100 µs' : '',
          figure: `${round(median(calls(kind)))} / ${round(quantile(calls(kind), 0.99))} µs`,
        })),
      ];
    });
  } finally {
    await site.close();
  }
}
