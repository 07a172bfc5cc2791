import { drained, openPage, withBrowser } from './helpers/chromium.js';
import { median, quantile, round, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, type BenchWindow } from './helpers/site.js';

/** Calls of each kind. Our choice: enough that ten of them are above the 99th percentile. */
const CALLS = 1000;
/** In how many turns. */
const ROUNDS = 4;
/** Calls in one block. Our choice: some of the 5 µs steps of the clock. */
const BLOCK = 10;

/** Runs in the page: each measured call has a task of its own, as a click has, 5 ms after the one before. Returns microseconds by kind. */
async function measureCalls({ calls, block, rounds, beacon }: { calls: number; block: number; rounds: number; beacon?: string }): Promise<Record<string, number[]>> {
  const { waymark } = window as never as BenchWindow;
  const product = (index: number) => ({ item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 });
  const kinds: Record<string, (index: number) => unknown> = {
    'empty function': () => undefined,
    // What no tracker can do without.
    'an id, a date and JSON of the event': (index) => JSON.stringify({ id: crypto.randomUUID(), time: new Date().toISOString(), name: 'view_item', properties: product(index) }),
    'track, with 3 properties': (index) => waymark.track('view_item', product(index) as never),
    'track, bare': () => waymark.track('ping' as never),
    // The last, since its requests go on for a while.
    ...(beacon && { sendBeacon: (index: number) => navigator.sendBeacon(beacon, JSON.stringify({ name: 'view_item', properties: product(index) })) }),
  };
  const times: Record<string, number[]> = {};
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  // One kind after the other, as in pages that use one of them, and all in turns, since the machine has its moods.
  for (let round = 0; round <= rounds; round++) {
    for (const [kind, call] of Object.entries(kinds)) {
      for (const [size, name] of [[1, kind], [block, `${kind} (block)`]] as const) {
        for (let index = 0; index < calls / rounds; index++) {
          await pause();
          const start = performance.now();
          for (let each = 0; each < size; each++) call(index);
          const end = performance.now();
          // The first round compiles the code.
          if (round) (times[name] ??= []).push(((end - start) * 1000) / size);
        }
      }
    }
  }
  return times;
}

/** Runs in the page: counts the storage calls that happen before `track` returns, and those that follow. */
async function countStorageCalls(): Promise<{ during: string[]; after: number }> {
  const { waymark } = window as never as BenchWindow;
  const during: string[] = [];
  let after = 0;
  let isInside = false;
  const undo: (() => void)[] = [];
  const watched: [object, string[]][] = [
    [IDBFactory.prototype, ['open']],
    [IDBDatabase.prototype, ['transaction']],
    [IDBObjectStore.prototype, ['put', 'add', 'get', 'getAll', 'getAllKeys', 'delete', 'clear', 'count', 'openCursor', 'openKeyCursor']],
    [Storage.prototype, ['getItem', 'setItem', 'removeItem']],
  ];
  for (const [owner, names] of watched) {
    const methods = owner as Record<string, (...args: unknown[]) => unknown>;
    for (const name of names) {
      const original = methods[name]!;
      methods[name] = function (this: unknown, ...args) {
        if (isInside) during.push(name);
        else after++;
        return original.apply(this, args);
      };
      undo.push(() => void (methods[name] = original));
    }
  }
  for (let index = 0; index < 100; index++) {
    isInside = true;
    waymark.track('ping' as never);
    isInside = false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const each of undo) each();
  return { during: [...new Set(during)], after };
}

/** What `track` takes on the caller's turn, beside nothing at all and a beacon. */
export async function benchTrack(): Promise<Figure[]> {
  const site = await openBenchSite({ isIsolated: true });
  try {
    return await withBrowser(async (browser) => {
      const page = await openPage(browser, site.url);
      await drained(page);
      if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page is not cross-origin isolated');
      tell(`track: ${CALLS} calls of each kind`);
      const times = await page.evaluate(measureCalls, { calls: CALLS, block: BLOCK, rounds: ROUNDS, beacon: `${site.collectorUrl}/beacon` });
      const storage = await page.evaluate(countStorageCalls);
      await page.close();
      tell('track: the core alone');
      const plain = await browser.newTab();
      await plain.goto(`${site.url}/plain`);
      const code = `import { createTracker } from '/dist/core.js'; window.waymark = createTracker({ collector: '${site.collectorUrl}/events', key: 'core' });`;
      await plain.addScriptTag({ type: 'module', content: code });
      await plain.waitForFunction(() => 'track' in ((window as never as BenchWindow).waymark ?? {}));
      await plain.waitForTimeout(500);
      const core = await plain.evaluate(measureCalls, { calls: CALLS, block: BLOCK, rounds: ROUNDS });
      for (const [kind, values] of Object.entries(core)) if (/track/.test(kind)) times[`${kind.replace('track', '`waymark/core` without plugins: track')}`] = values;
      const figures = Object.entries(times).map(([kind, values]) => ({
        what: `${kind.includes('block') ? `${kind.replace(' (block)', '')}: one of ${BLOCK} calls in a row` : `${kind}: one call, a task of its own, 5 ms apart`}; median / 99th percentile`,
        aim: kind.includes('track') ? '< 20 / < 100 µs' : '',
        figure: `${round(median(values))} / ${round(quantile(values, 0.99))} µs`,
      }));
      return [
        ...figures,
        {
          what: 'storage calls before `track` returns, of 100 calls (IndexedDB and web storage; in brackets: those that follow)',
          aim: '0',
          figure: `${storage.during.length ? storage.during.join(', ') : 0} (${storage.after})`,
        },
      ];
    });
  } finally {
    await site.close();
  }
}
