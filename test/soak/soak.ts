import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import type { BenchWindow } from '../bench/helpers/site.js';
import { round, sleep, tell } from '../bench/helpers/figures.js';
import { openSoakCollector } from './collector.js';
import { createRandom } from './random.js';
import { openSoakShop } from './shop.js';

const USAGE = `Usage: npm run soak -- [options]

  --events NUMBER   events that the runner tracks, default 100000
  --seed NUMBER     decides what happens in which order, default 1; the moments are the machine's
  --verbose         tells every step
  --help`;

/** Most tabs at a time. */
const TABS = 5;
/** Part of the events that one tab tracks which nothing ends: its memory is looked at. */
const STEADY_PART = 0.2;
/** Events between two looks at the memory. */
const LOOK_EVERY = 1000;
/** Longest time that the end waits for what is missing, in milliseconds. */
const PATIENCE_MS = 180_000;
/** Longest time that a step of a browser may take, in milliseconds: a page that died while Playwright spoke to it may never answer. */
const STEP_MS = 60_000;

/** Settles as `work` does, or rejects when that takes too long. */
async function withLimit<Value>(work: Promise<Value>, ms = STEP_MS): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => (timer = setTimeout(reject, ms, new Error('took too long'))));
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Runs the soak and prints what became of the events. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { events: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, verbose: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
  if (values.help) return console.log(USAGE);
  const [total, seed] = [Number(values.events), Number(values.seed)];
  const random = createRandom(seed);
  /** A whole number from `low` to `high`. */
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const collector = await openSoakCollector(createRandom(seed + 1));
  const shop = await openSoakShop(collector.url);
  const profile = newProfile();
  const start = Date.now();

  /** Numbers that were given out, and those of which nobody can know whether the page got to track and store them: it died meanwhile. */
  let given = 0;
  const uncertain = new Set<number>();
  const done: Record<string, number> = {};
  /** What Waymark reported, and what reached the page uncaught: must be none of the latter. */
  const problems: Record<string, number> = {};
  const count = (what: string) => (done[what] = (done[what] ?? 0) + 1);

  let browser: RealBrowser = await openBrowser(profile);
  // Whoever stops the soak leaves no browser behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void browser.kill().finally(() => process.exit(1)));
  let tabs: Page[] = [];
  let pages = 0;
  /** What is being done. */
  let running = 'steady';

  async function openTab(): Promise<Page> {
    const page = await withLimit(browser.newTab());
    tabs.push(page);
    let bornAt = Date.now();
    page.on('framenavigated', () => (bornAt = Date.now()));
    const gone = () => (tabs = tabs.filter((each) => each !== page));
    page.on('close', gone);
    page.on('crash', gone);
    page.on('console', (message) => {
      const [, problem] = /^problem (.*)/.exec(message.text()) ?? [];
      if (!problem) return;
      const text = problem.replace(/[0-9a-f-]{36}/, 'ID');
      problems[text] = (problems[text] ?? 0) + 1;
      if (/^storage/.test(text)) tell(`${round((Date.now() - start) / 1000)} s, ${given} tracked, page ${round((Date.now() - bornAt) / 1000)} s old, amid "${running}": ${text}`);
    });
    page.on('pageerror', (error) => (problems[`uncaught ${error.message}`] = (problems[`uncaught ${error.message}`] ?? 0) + 1));
    await visit(page);
    return page;
  }
  async function visit(page: Page): Promise<void> {
    await page.goto(`${shop.url}/${++pages}`);
    await page.waitForFunction(() => 'track' in ((window as never as BenchWindow).waymark ?? {}));
  }
  const aTab = async () => tabs[between(0, tabs.length - 1)] ?? (await openTab());

  /** Tracks events in one task, with the next numbers. Resolves once the store has answered reads that were asked for after them. */
  async function burst(page: Page, size: number, storedWithinMs: number): Promise<void> {
    const first = given;
    given += size;
    const numbers = Array.from({ length: size }, (_, index) => first + index);
    for (const number of numbers) uncertain.add(number);
    try {
      await withLimit(
        page.evaluate(
          async ({ first, size, waitMs }) => {
            const { waymark } = window as never as BenchWindow;
            const isPurchase = (number: number) => number % 500 === 499;
            for (let number = first; number < first + size; number++) {
              if (isPurchase(number)) waymark.track('purchase', { transaction_id: `T-${number}`, value: 9, currency: 'EUR', number } as never);
              else waymark.track('view_item', { item_id: `SKU-${number % 97}`, item_name: 'Tea pot, blue', price: 40, number } as never);
            }
            await new Promise((resolve) => setTimeout(resolve, waitMs));
            await new Promise<void>((resolve) => {
              const open = indexedDB.open('waymark-main');
              open.onerror = () => resolve();
              open.onsuccess = () => {
                const db = open.result;
                const read = () => db.transaction(db.objectStoreNames).objectStore(db.objectStoreNames[0]!).get('none');
                // Twice: the first may be answered before Waymark, which asked who the visitor is, has begun to write.
                read().onsuccess = () => {
                  read().onsuccess = () => {
                    db.close();
                    resolve();
                  };
                };
              };
            });
          },
          { first, size, waitMs: storedWithinMs },
        ),
      );
      for (const number of numbers) uncertain.delete(number);
    } catch {
      // The page died or was left meanwhile: these may arrive, or not.
      count('bursts cut short');
    }
  }

  async function restart(end: 'kill' | 'close'): Promise<void> {
    tabs = [];
    await browser[end]();
    browser = await openBrowser(profile);
    await openTab();
  }

  /** What can happen, and how often beside the others. */
  const actions: [weight: number, name: string, act: () => Promise<unknown>][] = [
    [30, 'bursts', async () => burst(await aTab(), between(20, 400), between(0, 100))],
    [10, 'bursts in all tabs at once', () => Promise.all(tabs.map((page) => burst(page, between(50, 300), between(0, 50))))],
    [8, 'single events', async () => {
      const page = await aTab();
      for (let index = 0; index < 5; index++) await burst(page, 1, 0);
    }],
    [2, 'large bursts', async () => burst(await aTab(), 2000, 100)],
    [6, 'tabs opened', async () => tabs.length < TABS && (await openTab())],
    [4, 'pages left for another', async () => visit(await aTab())],
    [3, 'pages left right after an event', async () => {
      const page = await aTab();
      await burst(page, between(1, 20), 0);
      await visit(page);
    }],
    [2, 'pages left for another site', async () => {
      const page = await aTab();
      await page.goto(`${shop.url.replace('127.0.0.1', 'localhost')}/plain`);
      await visit(page);
    }],
    [3, 'tabs brought to the front', async () => (await aTab()).bringToFront()],
    [3, 'tabs closed right after an event', async () => {
      const page = await aTab();
      await burst(page, between(1, 50), 0);
      await page.close();
    }],
    [4, 'tabs crashed', async () => {
      const page = await aTab();
      await burst(page, between(1, 50), between(0, 200));
      const session = await page.context().newCDPSession(page);
      void session.send('Page.crash').catch(() => {});
      await sleep(300);
      tabs = tabs.filter((each) => each !== page);
      void page.close().catch(() => {});
    }],
    [3, 'browser killed', async () => {
      await burst(await aTab(), between(1, 50), between(0, 200));
      await restart('kill');
    }],
    [2, 'browser killed amid a burst', async () => {
      const bursts = tabs.map((page) => burst(page, between(50, 500), 0));
      await sleep(between(0, 60));
      await restart('kill');
      await Promise.all(bursts);
    }],
    [2, 'browser quit', async () => {
      await burst(await aTab(), between(1, 50), 0);
      await restart('close');
    }],
    [2, 'collector down for a while', async () => {
      await collector.down();
      for (const page of [...tabs]) await burst(page, between(50, 200), 0);
      await sleep(between(0, 2000));
      await collector.up();
    }],
  ];
  const weights = actions.reduce((sum, [weight]) => sum + weight, 0);

  let toldAt = 0;
  function progress(): void {
    if (Date.now() - toldAt < 10_000) return;
    toldAt = Date.now();
    tell(`${round((Date.now() - start) / 1000)} s: ${given} of ${total} tracked, ${collector.events.size} arrived in ${collector.requests()} requests, ${tabs.length} tabs, ${(done['browser killed'] ?? 0) + (done['browser killed amid a burst'] ?? 0) + (done['browser quit'] ?? 0)} restarts`);
  }

  /** One tab that lives on: returns its used heap after garbage collection, in kilobytes, by thousands of events. */
  async function watchMemory(events: number): Promise<number[]> {
    const page = await openTab();
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.enable');
    const heaps: number[] = [];
    const end = given + events;
    while (given < end) {
      for (const next = given + Math.min(LOOK_EVERY, end - given); given < next; ) {
        await burst(page, Math.min(100, next - given), 0);
        await sleep(50);
      }
      // What waits for a collector that fails is no leak.
      for (let tries = 0; tries < 100; tries++) {
        const { kept } = await withLimit(page.evaluate(() => (window as never as BenchWindow).waymark.flush()));
        if (!kept) break;
        await sleep(100);
      }
      await session.send('HeapProfiler.collectGarbage');
      heaps.push((await session.send('Runtime.getHeapUsage')).usedSize / 1000);
      progress();
    }
    await page.close();
    return heaps;
  }

  let heaps: number[] = [];
  try {
    heaps = await watchMemory(Math.floor(total * STEADY_PART));
    while (given < total) {
      let pick = random() * weights;
      const [, name, act] = actions.find(([weight]) => (pick -= weight) < 0)!;
      count(name);
      running = name;
      if (values.verbose) tell(`${round((Date.now() - start) / 1000)} s, ${given} tracked, ${collector.requests()} requests, ${tabs.length} tabs: ${name}`);
      // A step that fails because a tab has died in it ends there; the next one opens another.
      await act().catch((error: Error) => {
        count('steps cut short');
        if (!/closed|crash|Target|too long|detached|interrupted|ERR_|Timeout/i.test(error.message)) tell(`${name}: ${error.message.split('\n')[0]}`);
      });
      progress();
      await sleep(between(0, 100));
    }

    tell('the end: the collector is well, and one tab sends what is left');
    collector.heal();
    await restart('close');
    const wanted = () => {
      const arrived = new Set([...collector.events.values()].map(({ number }) => number));
      return Array.from({ length: given }, (_, number) => number).filter((number) => !arrived.has(number) && !uncertain.has(number));
    };
    const page = await aTab();
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(500)) {
      const result = await withLimit(page.evaluate(() => (window as never as BenchWindow).waymark.flush())).catch(() => undefined);
      progress();
      if (result?.kept === 0) break;
    }
    await sleep(1000);

    const lost = wanted();
    const kept = [...collector.events.values()];
    const ids = new Map<number, number>();
    for (const { number } of kept) if (number !== undefined) ids.set(number, (ids.get(number) ?? 0) + 1);
    const twice = [...ids].filter(([, times]) => times > 1).map(([number]) => number);
    const repeats = kept.reduce((sum, { times }) => sum + times - 1, 0);
    const { missing, elsewhere, sequences, examples } = collector.gaps();
    const visitors = new Map<string, number>();
    for (const { visitor } of kept) visitors.set(visitor, (visitors.get(visitor) ?? 0) + 1);
    const few = (numbers: number[]) => (numbers.length ? `${numbers.length} (${numbers.slice(0, 10).join(', ')}${numbers.length > 10 ? ' …' : ''})` : '0');
    const per = heaps.length > 4 ? slope(heaps.slice(1)) : NaN;
    const rows: [string, string][] = [
      ['events tracked by the runner', `${given}`],
      ['… of which a page died before it could answer (may arrive or not)', `${uncertain.size}, ${[...uncertain].filter((number) => ids.has(number)).length} arrived`],
      ['lost', few(lost)],
      ['counted twice after a look at ids', few(twice)],
      ['repeats on the wire, told by their ids', `${repeats} (${round((100 * repeats) / kept.length)} %)`],
      ['numbers missing in sequences; of them told under another visitor id; declared as dropped', `${missing} in ${sequences} sequences${examples.length ? ` (${examples.join('; ')})` : ''}; ${elsewhere}; ${collector.declared()}`],
      ['visitors (events of each)', `${visitors.size} (${[...visitors.values()].sort((a, b) => b - a).join(', ')})`],
      ['batches that the browser could not store', `${collector.notDurable()}`],
      ['requests; failed on purpose', `${collector.requests()}; ${Object.entries(collector.failed).map(([failure, times]) => `${failure} ${times}`).join(', ')}`],
      ['problems told by Waymark, errors that nobody caught', Object.entries(problems).map(([problem, times]) => `${problem}: ${times}`).join(', ') || 'none'],
      ['what happened', Object.entries(done).map(([what, times]) => `${what} ${times}`).join(', ')],
      [`heap of a tab after garbage collection, every ${LOOK_EVERY} of ${Math.floor(total * STEADY_PART)} events: first, last, slope`, `${round(heaps[0] ?? NaN)} kB, ${round(heaps.at(-1) ?? NaN)} kB, ${round(per)} kB per ${LOOK_EVERY} events`],
      ['time', `${round((Date.now() - start) / 60_000)} min`],
    ];
    console.log(`| soak of ${total} events, seed ${seed} | |\n| --- | --- |`);
    for (const row of rows) console.log(`| ${row.join(' | ')} |`);
    const isWell = !lost.length && !twice.length && missing <= collector.declared();
    console.log(isWell ? '\nNothing lost, nothing counted twice, no undeclared gap.' : '\nNot well: see above.');
    if (!isWell) process.exitCode = 1;
  } finally {
    await browser.kill();
    removeProfile(profile);
    await collector.down();
    await shop.close();
  }
}

/** Returns how much the values grow from one to the next, by least squares. */
function slope(values: readonly number[]): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  const above = values.reduce((sum, value, index) => sum + (index - middle) * (value - average), 0);
  return above / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}
