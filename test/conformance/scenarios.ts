import { CUT, DOWN, DROP, ERROR, HANG, HTML, OK, REDIRECT, TOO_LARGE, tooMany, WRONG_CORS } from './collector.js';
import { seen, sleep, type Scenario, type ShopTab, type Stage } from './run.js';

/** Several tabs that track at the same time, while every second answer is an error. */
const manyTabs = (tabs: number, count: number) => async ({ open, collector }: Stage) => {
  collector.plan = (index) => (index % 2 ? ERROR : OK);
  const opened: ShopTab[] = [];
  for (let i = 0; i < tabs; i++) opened.push(await open(`/tab${i}`));
  await Promise.all(opened.map((tab) => tab.fire({ count, everyMs: 150 })));
  for (const tab of opened) await tab.close();
};

/** The browser is ended with SIGKILL, as a crash or an empty battery does, so long after events. */
const killed = (ms: number): Scenario => ({
  name: `kill-${ms}`,
  title: `Browser killed (SIGKILL) ${ms} ms after the events`,
  async run({ open, kill }) {
    const tab = await open();
    await tab.settle();
    await tab.fire({ count: 5 });
    await sleep(ms);
    await kill();
  },
});

/** Many events in one task, and the tab closed so long after; the person has seen the page for some seconds, or (`isFirst`) has just come to it. */
const burst = (name: string, title: string, ms: number, isFirst = false): Scenario => ({
  name,
  title,
  async run({ open }) {
    const tab = await open();
    if (!isFirst) await tab.settle();
    await tab.fire({ count: 2000 });
    await sleep(ms);
    await tab.close();
  },
});

/** Waits until a tab shows an address with `part` in it. */
const at = ({ tab }: ShopTab, part: string) => seen(async () => `${await tab.evaluate('document.readyState !== "loading" && location.href').catch(() => '')}`.includes(part), 15_000);

/** Fills the storage of a site with smaller and smaller values, in a database of its own; says `full` if the last one was refused for want of room. */
const FILL = `(async () => {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open('fill', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('s');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let key = 0, refusal = '';
  for (const size of [500000, 100000, 10000, 1000, 100]) {
    for (refusal = ''; !refusal; ) {
      // Random, or an engine that compresses would find room for it.
      const value = new Uint8Array(size);
      for (let i = 0; i < size; i += 65536) crypto.getRandomValues(value.subarray(i, i + 65536));
      refusal = await new Promise((resolve) => {
        try {
          const work = db.transaction('s', 'readwrite');
          work.oncomplete = () => resolve('');
          work.onabort = () => resolve(work.error?.name ?? 'refused');
          work.objectStore('s').put(value, ++key);
        } catch (error) {
          resolve(error.name);
        }
      });
      if (key > 5000) return 'no end';
    }
  }
  db.close();
  return /Quota|Invalid/.test(refusal) ? 'full' : refusal;
})()`;

/** Puts `shift` milliseconds on the page's clock, which `window.shift` changes later. */
const clock = (shift: number) => `<script>window.shift=${shift};{const Real=Date;window.Date=class extends Real{constructor(...given){given.length?super(...given):super(Real.now()+window.shift)}static now(){return Real.now()+window.shift}}}</script>`;

const clockJump = (name: string, title: string, ms: number): Scenario => ({
  name,
  title,
  async run({ open, shop, collector }) {
    shop.prelude = clock(0);
    collector.plan = () => DOWN;
    const tab = await open();
    await tab.fire({ count: 5, everyMs: 400 });
    await sleep(1500);
    await tab.tab.evaluate(`window.shift = ${ms}`);
    shop.prelude = clock(ms);
    collector.plan = () => OK;
    await tab.fire({ count: 5 });
  },
});

/** Everything that the kit does to a tracker. */
export const scenarios: Scenario[] = [
  {
    name: 'close',
    title: 'Tab closed right after the events',
    fast: ['chromium', 'firefox', 'webkit'],
    async run({ open }) {
      const tab = await open();
      await tab.fire({ count: 5 });
      await tab.close();
    },
  },
  {
    name: 'navigate-same-site',
    title: 'Next page of the shop in the same moment',
    collector: 'same-origin',
    async run({ open }) {
      const tab = await open();
      for (const page of ['/second', '/third']) {
        await tab.fire({ count: 5, then: `location.href = '${page}'` });
        await at(tab, page);
      }
    },
  },
  {
    name: 'navigate-cross-site',
    title: 'Another site in the same moment',
    fast: ['chromium'],
    async run({ open, shop }) {
      const tab = await open();
      await tab.fire({ count: 5, then: `location.href = '${shop.elsewhere}'` });
      await at(tab, shop.elsewhere);
    },
  },
  {
    name: 'down-10s',
    title: '503 for 10 s, page open',
    async run({ open, collector }) {
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 20, everyMs: 500 });
    },
  },
  {
    name: 'refused',
    title: 'Connection refused; closed; visited again later',
    fast: ['chromium', 'firefox', 'webkit'],
    async run({ open, collector }) {
      await collector.refuse();
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 200 });
      await tab.close();
      await sleep(500);
    },
  },
  killed(50),
  killed(300),
  killed(1000),
  {
    name: 'kill-first',
    title: 'Browser killed (SIGKILL) 300 ms after the first events of its first page',
    fast: ['chromium', 'firefox', 'webkit'],
    async run({ open, kill }) {
      const tab = await open();
      await tab.fire({ count: 5 });
      await sleep(300);
      await kill();
    },
  },
  {
    name: 'quit',
    title: 'Browser quit in good order right after the events',
    async run({ open, quit }) {
      const tab = await open();
      await tab.settle();
      await tab.fire({ count: 5 });
      await quit();
    },
  },
  {
    name: 'offline',
    title: 'Offline; reload, which fails; online again',
    fast: ['chromium'],
    async run({ open, setOffline }) {
      const tab = await open();
      await setOffline(true);
      await tab.fire({ count: 5, everyMs: 100 });
      await tab.goto('/').catch(() => {});
      await sleep(500);
      await setOffline(false);
      await tab.goto('/online');
    },
  },
  {
    name: 'three-tabs',
    title: 'Three tabs, every second answer 500',
    fast: ['chromium'],
    run: manyTabs(3, 10),
  },
  {
    name: 'three-tabs-plain',
    title: 'Three tabs on plain http (no Web Locks), every second answer 500',
    isPlain: true,
    run: manyTabs(3, 10),
  },
  {
    name: 'twenty-tabs',
    title: 'Twenty tabs, every second answer 500',
    run: manyTabs(20, 5),
  },
  {
    name: 'cut',
    title: 'Answer cut, or connection closed, after the body was read',
    async run({ open, collector, wait }) {
      collector.plan = (index) => (index > 3 ? OK : index % 2 ? CUT : DROP);
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 300 });
      await wait(() => collector.requests.length > 4, 15_000);
    },
  },
  {
    name: 'hang',
    title: 'Collector hangs; tab closed meanwhile',
    async run({ open, collector }) {
      collector.plan = () => HANG;
      const tab = await open();
      await tab.fire({ count: 5 });
      await sleep(3000);
      await tab.fire({ count: 5 });
      await tab.close();
      await sleep(500);
    },
  },
  {
    name: 'slow',
    title: 'Answers take 3 s; tab closed meanwhile',
    async run({ open, collector }) {
      collector.plan = () => ({ afterMs: 3000 });
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 400 });
      await tab.close();
      await sleep(3500);
    },
  },
  {
    name: 'html',
    title: '200 with an HTML page for 4 s, as from a hotel’s network',
    async run({ open, collector }) {
      collector.plan = () => HTML;
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 400 });
    },
  },
  {
    name: 'redirect',
    title: '302 to a page for 4 s',
    async run({ open, collector }) {
      collector.plan = () => REDIRECT;
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 400 });
    },
  },
  {
    name: 'cors',
    title: 'Collector keeps events but lets no page read its answer, for 4 s',
    async run({ open, collector }) {
      collector.plan = () => WRONG_CORS;
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 400 });
    },
  },
  burst('burst', '2,000 events in one burst, closed 300 ms later', 300),
  burst('burst-at-once', '2,000 events in one burst, closed in the same moment', 0),
  burst('burst-first', '2,000 events in the first moment of the first page, closed 300 ms later', 300, true),
  {
    name: 'large',
    title: 'One event of 70 kB amid small ones, then closed',
    fast: ['chromium'],
    async run({ open, adapter, note }) {
      const { largestBytes = Infinity } = adapter;
      if (largestBytes < 70_000) note(`the tracker bounds an event: ${largestBytes} bytes instead of 70,000`);
      const tab = await open();
      await tab.fire({ count: 5 });
      await tab.fire({ pad: Math.min(70_000, largestBytes) });
      await tab.fire({ count: 5 });
      await tab.close();
    },
  },
  {
    name: 'many-large',
    title: 'Twelve events of 15 kB each, then closed',
    async run({ open }) {
      const tab = await open();
      await tab.settle();
      await tab.fire({ count: 12, pad: 15_000 });
      await tab.close();
    },
  },
  {
    name: 'too-many',
    title: '429 with Retry-After: 4',
    async run({ open, collector, fault }) {
      let until: number | undefined;
      collector.plan = () => {
        until ??= Date.now() + 4000;
        return Date.now() < until ? tooMany(4) : OK;
      };
      const tab = await open();
      await tab.fire({ count: 10, everyMs: 500 });
      const early = collector.requests.filter(({ at }) => at < until!).length - 1;
      if (early > 0) fault(`${early} requests before Retry-After had passed`);
    },
  },
  {
    name: 'too-large',
    title: '413 for more than 20 kB',
    async run({ open, collector, wait }) {
      collector.plan = (_, bytes) => (bytes > 20_000 ? TOO_LARGE : OK);
      const tab = await open();
      await tab.fire({ count: 60, pad: 800 });
      await wait(() => collector.requests.length > 8, 6000);
      await tab.fire({ count: 5 });
      await sleep(2500);
    },
  },
  {
    name: 'no-storage',
    title: 'Storage refused (`indexedDB`, `localStorage` and `sessionStorage` throw), 503 for 2 s',
    async run({ open, shop, collector, isComplete, wait }) {
      shop.prelude = `<script>for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError') } })</script>`;
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 5, everyMs: 400 });
      collector.plan = () => OK;
      await wait(isComplete, 15_000);
      await tab.fire({ count: 5 });
      await tab.close();
    },
  },
  {
    name: 'full',
    title: 'Storage full, down to the last 100 bytes, 503 for 2 s',
    async run({ open, shop, engine, collector, isComplete, wait }) {
      const filler = await open('/plain');
      await engine.setQuota?.(new URL(shop.url('/')).origin, 1_000_000);
      const left = await filler.tab.evaluate(FILL);
      if (left !== 'full') throw new Error(`storage could not be filled: ${left}`);
      try {
        collector.plan = () => DOWN;
        const tab = await open();
        await tab.fire({ count: 5, everyMs: 400 });
        collector.plan = () => OK;
        await wait(isComplete, 15_000);
        await tab.fire({ count: 5 });
        await tab.close();
      } finally {
        await filler.tab.evaluate('new Promise((resolve) => (indexedDB.deleteDatabase("fill").onsuccess = () => resolve(1)))');
        await filler.close();
      }
    },
  },
  {
    name: 'deleted-by-page',
    title: 'Every database deleted by the page, 503 for 2 s',
    async run({ open, collector }) {
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 5 });
      await sleep(1000);
      await tab.tab.evaluate(`indexedDB.databases().then((all) => Promise.all(all.map(({ name }) => new Promise((resolve) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onerror: resolve, onblocked: resolve }))))).then(() => 1)`);
      await tab.fire({ count: 5 });
      await sleep(1000);
    },
  },
  {
    name: 'site-cleared',
    title: 'All data of the site deleted from outside, 503 for 2 s',
    cannot: { firefox: 'WebDriver BiDi has no command for it', webkit: 'WebDriver has no command for it' },
    async run({ open, collector, shop, engine }) {
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 5 });
      await sleep(1000);
      await engine.clearSite!(new URL(shop.url('/')).origin);
      await tab.fire({ count: 5 });
      await sleep(1000);
    },
  },
  {
    name: 'frozen',
    title: 'A tab frozen while its request is under way; another one tracks',
    async run(stage) {
      const { open, collector, shop, fault, note, isComplete, wait } = stage;
      const frozen = await open('/frozen');
      // A browser freezes tabs in the background.
      const other = await open('/other');
      await wait(() => collector.requests.length, 10_000);
      await sleep(3000);
      await frozen.tab.evaluate('void setInterval(() => fetch("/beat"), 200)');
      const before = collector.requests.length;
      collector.plan = (index) => (index === before ? HANG : OK);
      await frozen.fire({ count: 5 });
      await wait(() => collector.requests.length > before, 15_000);
      await frozen.tab.freeze();
      try {
        await sleep(1500);
        const { beats } = shop;
        const since = Date.now();
        await other.fire({ count: 5 });
        const isHeldUp = !(await wait(isComplete, 40_000));
        if (stage.adapter.keeps ?? true) {
          if (isHeldUp) fault('the frozen tab held the others up for more than 40 s');
          else note(`all had arrived ${Math.round((Date.now() - since) / 1000)} s after`);
        }
        if (shop.beats > beats) throw new Error('the tab was not frozen');
      } finally {
        await frozen.tab.thaw();
      }
    },
  },
  clockJump('asleep', 'Laptop asleep for 9 hours (the clock jumps), 503 before', 9 * 3_600_000),
  clockJump('clock-back', 'Clock set back by a day, 503 before', -24 * 3_600_000),
  {
    name: 'bfcache',
    title: 'Away and back by the back/forward cache with unsent events, 503 meanwhile',
    async run({ open, shop, collector, note }) {
      shop.prelude = '<script>addEventListener("pageshow", ({ persisted }) => (window.wasKept = persisted))</script>';
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 5, then: `location.href = '${shop.elsewhere}'` });
      await at(tab, shop.elsewhere);
      await sleep(1000);
      await tab.tab.back();
      await at(tab, shop.url('/'));
      if (!(await tab.tab.evaluate('window.wasKept'))) note('the page was loaded anew, not restored');
      collector.plan = () => OK;
      await tab.fire({ count: 5 });
    },
  },
  {
    name: 'sandboxed',
    title: 'Sandboxed frame of opaque origin (no storage), first answer 500',
    async run({ open, adapter, collector, wait }) {
      collector.plan = (index) => (index ? OK : ERROR);
      const tab = await open('/frame');
      const tell = async (code: string) => {
        await tab.tab.evaluate(`void (window.done = 0, frames[0].postMessage(${JSON.stringify(code)}, '*'))`);
        return seen(() => tab.tab.evaluate('window.done'), 1000);
      };
      if (!(await seen(() => tell(adapter.ready), 30_000))) throw new Error('the tracker has not loaded in the frame');
      await tell(tab.code({ count: 5 }));
      await wait(() => collector.requests.length > 1, 10_000);
      await tell(tab.code({ count: 5 }));
      await tab.close();
    },
  },
  {
    name: 'late',
    title: 'Loaded late, after consent: early calls wait in the page’s stub',
    needs: ({ stub }) => (stub ? undefined : 'it has nothing that early calls could wait in'),
    fast: ['chromium'],
    async run({ open, shop, adapter }) {
      const tab = await open('/late');
      await tab.fire({ count: 5 });
      await sleep(500);
      await tab.tab.evaluate(`void document.head.append(document.createRange().createContextualFragment(${JSON.stringify(shop.head)}))`);
      if (!(await seen(() => tab.tab.evaluate(adapter.ready), 15_000))) throw new Error('the tracker has not loaded');
      await tab.fire({ count: 5 });
      await tab.close();
    },
  },
];
