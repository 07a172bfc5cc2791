import { DOWN, ERROR, HTML, OK, REDIRECT, TOO_LARGE, type Behaviour } from './collector.js';
import { at, clock } from './pages.js';
import { seen, sleep, type Scenario, type Stage } from './run.js';

/** How long what has nothing wrong with it may take beside what has, in milliseconds. Our choice: a person looks at a page for about so long. */
const BESIDE_MS = 30_000;

/** Says that it is a fault if what was fired until now has not arrived in time. */
async function expectArrival({ wait, isComplete, fault, counts }: Stage, when: string): Promise<void> {
  if (await wait(isComplete, BESIDE_MS)) return;
  const { lost } = counts();
  fault(`${lost} of the others had not arrived ${BESIDE_MS / 1000} s after ${when}`);
}

/** One event that no request may hold: whatever comes with it is answered badly. The others arrive on this page, on the next, and as a page is left. */
const poison = (name: string, title: string, behaviour: Behaviour, fast?: Scenario['fast']): Scenario => ({
  name: `poison-${name}`,
  title: `One event is answered ${title}, with all that is in its request`,
  isLasting: true,
  ...(fast && { fast }),
  async run(stage) {
    const { open, collector, refuses, fault, counts, shop } = stage;
    const POISON = 4;
    collector.plan = (_index, _bytes, numbers) => (numbers.includes(POISON) ? { ...behaviour, stores: false } : OK);
    refuses([POISON]);
    const tab = await open();
    await tab.settle();
    await tab.fire({ count: 7 });
    await expectArrival(stage, 'they were fired with it');
    await tab.goto('/next');
    await seen(() => tab.tab.evaluate(stage.adapter.ready).catch(() => false), BESIDE_MS);
    await tab.fire({ count: 2 });
    await expectArrival(stage, 'they were fired on the next page');
    // Its page goes, so that nothing but what leaves with it can arrive.
    await tab.fire({ count: 2, then: `location.href = '${shop.elsewhere}'` });
    await at(tab, shop.elsewhere);
    const { lost } = counts();
    if (lost && !(await stage.wait(stage.isComplete, 5000))) fault(`${counts().lost} did not leave with their page`);
    await tab.close();
  },
});

/** What answers say that the collector does not take this event, and what a deploy says by mistake. */
const REFUSALS = [400, 422, 409, 413];

/** One browser function that a page, an extension or a blocker has broken. */
interface Broken {
  name: string;
  title: string;
  /** JavaScript of the page's head. */
  script: string;
  /** Whether nothing can be sent on that page: then events arrive on the next. */
  isMute?: boolean;
  isPacked?: boolean;
  fast?: Scenario['fast'];
}
const NEVER = '() => new Promise(() => {})';
const BROKEN: Broken[] = [
  {
    name: 'locks',
    title: '`navigator.locks.request` never answers',
    script: `navigator.locks.request = ${NEVER}`,
    fast: ['chromium'],
  },
  {
    name: 'compression',
    title: '`CompressionStream` never ends, gzip asked for',
    script: `window.CompressionStream = class { constructor() { Object.assign(this, new TransformStream({ transform: ${NEVER} })); const { readable, writable } = new TransformStream({ transform: ${NEVER} }); this.readable = readable; this.writable = writable } }`,
    isPacked: true,
  },
  {
    name: 'database',
    title: '`indexedDB.open` never answers',
    script: 'IDBFactory.prototype.open = () => new EventTarget()',
  },
  {
    name: 'databases',
    title: '`indexedDB.databases` never answers',
    script: `IDBFactory.prototype.databases = ${NEVER}`,
  },
  {
    name: 'fetch',
    title: '`fetch` is wrapped and never answers',
    script: `window.fetch = ${NEVER}`,
    isMute: true,
  },
  {
    name: 'fetch-answer',
    title: '`fetch` is wrapped, sends, and never answers',
    script: '{ const real = window.fetch; window.fetch = (...given) => (real(...given), new Promise(() => {})) }',
  },
  {
    name: 'crypto',
    title: '`crypto` is missing',
    script: "Object.defineProperty(window, 'crypto', { value: undefined })",
  },
  {
    name: 'digest',
    title: '`crypto.subtle.digest` never answers, `crypto.randomUUID` throws',
    script: `crypto.randomUUID = () => { throw new Error('broken') }; if (crypto.subtle) crypto.subtle.digest = ${NEVER}`,
  },
  {
    name: 'channel',
    title: '`BroadcastChannel` throws',
    script: "window.BroadcastChannel = class { constructor() { throw new Error('broken') } }",
  },
  {
    name: 'missing',
    title: '`AbortController`, `queueMicrotask`, `MutationObserver` and `BroadcastChannel` are missing',
    script:
      "for (const name of ['AbortController', 'queueMicrotask', 'MutationObserver', 'BroadcastChannel']) window[name] = undefined",
  },
];

const broken = ({ name, title, script, isMute = false, isPacked = false, fast }: Broken): Scenario => ({
  name: `broken-${name}`,
  title: `A page where ${title}; first answer 503`,
  isPacked,
  ...(fast && { fast }),
  async run(stage) {
    const { open, shop, collector } = stage;
    shop.prelude = `<script>${script}</script>`;
    collector.plan = (index) => (index ? OK : DOWN);
    const tab = await open();
    await tab.fire({ count: 5, everyMs: 200 });
    if (isMute) await sleep(3000);
    else await expectArrival(stage, 'they were fired');
    await tab.fire({ count: 2 });
    await sleep(500);
    await tab.close();
    shop.prelude = '';
  },
});

/** Events are made while the computer's clock is wrong, and sent when it has been put right. */
const wrongClock = (year: number, fast?: Scenario['fast']): Scenario => ({
  name: `clock-${year}`,
  title: `Clock at ${year} as events are made, put right later, 503 on all pages before`,
  ...(fast && { fast }),
  async run({ open, shop, collector, adapter, wait }) {
    shop.prelude = clock(Date.UTC(year, 0, 1) - Date.now());
    collector.plan = () => DOWN;
    const tab = await open();
    await tab.fire({ count: 5, everyMs: 300 });
    await sleep(1500);
    await tab.tab.evaluate('window.shift = 0');
    shop.prelude = clock(0);
    // As in a long outage: after several failures, trackers look for what is too old to be kept.
    for (let page = 0; page < 5; page++) {
      await tab.goto(`/page${page}`);
      await seen(() => tab.tab.evaluate(adapter.ready).catch(() => false), BESIDE_MS);
      const before = collector.requests.length;
      await tab.fire();
      await wait(() => collector.requests.length > before, 10_000);
    }
    await sleep(500);
    await tab.close();
  },
});

/** Runs in a page without a tracker: calls `spoil(db, store, rows)` for each store of each database of the site, in which `rows` are `[key, value]`. */
const inStores = (spoil: string) => `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const spoil = ${spoil};
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const storeName of db.objectStoreNames) {
      const store = db.transaction(storeName, 'readwrite').objectStore(storeName);
      // Those with keys in their rows, and indexes, take not everything.
      const put = (value, key) => { try { store.keyPath === null ? store.put(value, key) : store.put(value); count++ } catch {} };
      const keys = await done(store.getAllKeys());
      const values = await done(store.getAll());
      spoil(put, keys.map((key, index) => [key, values[index]]));
      await new Promise((resolve) => (store.transaction.oncomplete = store.transaction.onabort = resolve));
    }
    db.close();
  }
  return count;
})()`;

/** Values that nobody has meant, as another script, an older version or a broken disk leaves them. */
const ODD = `[5, '', 'text', '{', null, undefined, true, [], [5], {}, { id: 5 }, { events: 'x' }, { rows: 5 }, new Date(0), new Uint8Array(3), 'x'.repeat(5000)]`;
const ODD_LINES = `['', '5', 'null', 'true', '"text"', '{', '[]', '[null]', '{}', '{"rows":5}', '{"rows":{"a":null,"b":5,"c":{}},"sent":[]}', '{"rows":[5],"sent":5}', '{"0":5,"1":"x","2":[]}', 'x'.repeat(5000)]`;
/** Whether a key is one of an event, which has a UUID in it: what lies there may be sent. */
const IS_EVENT = '/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/.test(JSON.stringify(key))';

const SPOILS: { name: string; title: string; code: string; fast?: Scenario['fast'] }[] = [
  {
    name: 'rows',
    title: 'Rows of wrong keys, types and shapes among the stored events',
    fast: ['chromium'],
    code: inStores(`(put, rows) => {
      const odd = ${ODD};
      odd.forEach((value, index) => {
        put(value, 'odd' + index);
        put(value, 100 + index);
        put(value, [index, 'odd']);
        put(value, new Date(index));
        put(value, '!' + index + ' 01900000-0000-7000-8000-' + String(index).padStart(12, '0'));
      });
      // Beside events, under keys like theirs: what begins like one of them, and is none.
      for (const [key, value] of rows.filter(([key]) => ${IS_EVENT} && typeof key === 'string')) {
        odd.forEach((each, index) => put(each, key.slice(0, -2) + String(index).padStart(2, '0')));
        const texts = typeof value === 'string' ? [value.slice(0, value.length / 2)] : [];
        const copies = value && typeof value === 'object' ? [5, null].map((each) => Object.fromEntries(Object.keys(value).map((name) => [name, each]))) : [];
        [...texts, ...copies].forEach((each, index) => put(each, key.slice(0, -2) + 'a' + index));
      }
    }`),
  },
  {
    name: 'records',
    title: 'Everything stored beside the events overwritten by wrong types and shapes',
    code: inStores(`(put, rows) => {
      const odd = ${ODD};
      rows.filter(([key]) => !${IS_EVENT}).forEach(([key], index) => put(odd[index % odd.length], key));
    }`),
  },
  {
    name: 'lines',
    title: 'Lines of localStorage and sessionStorage of wrong types and shapes',
    code: `(async () => {
      const odd = ${ODD_LINES};
      const names = (await indexedDB.databases()).map(({ name }) => name);
      for (const storage of [localStorage, sessionStorage]) {
        Object.keys(storage).forEach((key, index) => storage.setItem(key, odd[index % odd.length]));
        for (const name of names) {
          for (const end of ['', '-', '-x', '-consent', '-5']) storage.setItem(name + end, odd[end.length]);
          odd.forEach((line, index) => storage.setItem(name + '-01900000-0000-7000-8000-' + String(index).padStart(12, '0'), line));
        }
      }
      return names.length;
    })()`,
  },
];

/** Most requests for a handful of events when the store is full of what is none. Our choice: a storm has hundreds. */
const FEW = 12;

const spoiled = ({ name, title, code, fast }: (typeof SPOILS)[number]): Scenario => ({
  name: `spoiled-${name}`,
  title: `${title}, 503 before`,
  ...(fast && { fast }),
  async run(stage) {
    const { open, collector, fault, adapter } = stage;
    collector.plan = () => DOWN;
    const tab = await open();
    await tab.fire({ count: 3 });
    await sleep(2000);
    await tab.goto('/plain');
    await sleep(500);
    if (!(await tab.tab.evaluate(code)) && (adapter.keeps ?? true)) throw new Error('there was nothing to spoil');
    collector.plan = () => OK;
    const before = collector.requests.length;
    await tab.goto('/after');
    await seen(() => tab.tab.evaluate(adapter.ready).catch(() => false), BESIDE_MS);
    await tab.fire({ count: 3 });
    await expectArrival(stage, 'they were fired');
    await tab.goto('/again');
    await seen(() => tab.tab.evaluate(adapter.ready).catch(() => false), BESIDE_MS);
    await tab.fire();
    await expectArrival(stage, 'it was fired');
    await sleep(4000);
    const requests = collector.requests.length - before;
    if (requests > FEW) fault(`${requests} requests for 7 events`);
  },
});

/** Passes on what it fetches, as workers do that look into answers or keep them: what the page gets has no address and no type any more. */
const REWRITING_WORKER = `
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => event.respondWith((async () => {
  const { status, statusText, headers, ...answer } = await fetch(event.request).then(async (from) => ({
    status: from.status, statusText: from.statusText, headers: from.headers, body: await from.arrayBuffer(),
  }));
  return new Response(answer.body.byteLength ? answer.body : null, { status, statusText, headers });
})()));`;

/** Faults that shops have met in Waymark 0.1.0: each is one that it fails at, or that any tracker must stand. */
export const faults: Scenario[] = [
  poison('403', '403', { status: 403 }),
  poison('500', '500', ERROR, ['chromium']),
  poison('redirect', '302', REDIRECT),
  poison('html', '200 with a page of HTML', HTML),
  poison('closed', 'by a closed connection', { instead: 'drop' }),
  {
    name: 'order-refused',
    title: 'Orders alone in their requests, each answered 400, 422, 409 or 413 for ever',
    isLasting: true,
    fast: ['chromium'],
    async run(stage) {
      const { open, collector, refuses, counts } = stage;
      const status = new Map<number, number>();
      collector.plan = (_index, _bytes, numbers) => {
        const refused = numbers.find((n) => status.has(n));
        return refused ? { status: status.get(refused)! } : OK;
      };
      const tab = await open();
      await tab.settle();
      for (const each of REFUSALS) {
        const n = counts().fired + 1;
        status.set(n, each);
        refuses([n]);
        await tab.fire({ isOrder: true });
        await sleep(1500);
      }
      await tab.fire({ count: 3 });
      await expectArrival(stage, 'they were fired after refused orders');
      await tab.fire({ isOrder: true });
      await expectArrival(stage, 'a good order was fired after refused ones');
    },
  },
  {
    name: 'order-second-try',
    title: 'Orders answered 400, 422, 409 or 413 at the first try, and taken at the second (a deploy)',
    async run({ open, collector, counts }) {
      const status = new Map<number, number>();
      collector.plan = (_index, _bytes, numbers) => {
        const refused = numbers.filter((n) => status.has(n));
        const [first] = refused;
        if (!first) return OK;
        const behaviour = { status: status.get(first)! };
        refused.forEach((n) => status.delete(n));
        return behaviour;
      };
      const tab = await open();
      await tab.settle();
      for (const each of REFUSALS) {
        status.set(counts().fired + 1, each);
        await tab.fire({ isOrder: true });
        await sleep(1500);
      }
      await tab.fire({ count: 3 });
    },
  },
  {
    name: 'too-large-twice',
    title: '413 for the first two requests of a backlog of 200 events',
    async run(stage) {
      const { open, collector, fault } = stage;
      collector.plan = () => DOWN;
      const tab = await open();
      await tab.fire({ count: 200 });
      await sleep(1500);
      const before = collector.requests.length;
      collector.plan = (index) => (index < before + 2 ? TOO_LARGE : OK);
      await tab.goto('/next');
      await expectArrival(stage, 'the next page was opened');
      await sleep(2000);
      const requests = collector.requests.length - before;
      if (requests > 24) fault(`${requests} requests for 200 events`);
    },
  },
  {
    name: 'order-first',
    title: 'A new order behind a backlog of 2,000 events',
    async run(stage) {
      const { open, collector, fault, counts, wait } = stage;
      collector.plan = () => DOWN;
      const first = await open();
      await first.fire({ count: 2000 });
      await sleep(3000);
      await first.close();
      const tab = await open('/order');
      const order = counts().fired + 1;
      await tab.fire({ isOrder: true });
      const before = collector.requests.length;
      let place = 0;
      let taken = 0;
      collector.plan = (_index, _bytes, numbers) => {
        taken++;
        if (numbers.includes(order)) place ||= taken;
        return { afterMs: 100 };
      };
      await wait(() => place, 60_000);
      if (!place) fault(`the order was in none of ${collector.requests.length - before} requests`);
      else if (place > 3) fault(`the order was in the ${place}th request`);
      await wait(stage.isComplete, BESIDE_MS);
    },
  },
  {
    name: 'service-worker',
    title: 'A service worker of the shop makes its own answer of every answer that it fetches',
    fast: ['chromium'],
    async run(stage) {
      const { open, shop, fault, counts } = stage;
      shop.worker = REWRITING_WORKER;
      const plain = await open('/plain');
      await plain.tab.evaluate('navigator.serviceWorker.register("/worker.js").then(() => 1)');
      if (!(await seen(() => plain.tab.evaluate('!!navigator.serviceWorker.controller'), 15_000)))
        throw new Error('the service worker has not taken over');
      const tab = await open();
      await tab.fire({ count: 5 });
      await expectArrival(stage, 'they were fired');
      await sleep(2000);
      await tab.goto('/next');
      await seen(() => tab.tab.evaluate(stage.adapter.ready).catch(() => false), BESIDE_MS);
      await tab.fire({ count: 2 });
      await expectArrival(stage, 'they were fired on the next page');
      await sleep(6000);
      const { repeats } = counts();
      if (repeats) fault(`${repeats} copies: what had arrived was not taken for confirmed`);
    },
  },
  wrongClock(1970, ['chromium']),
  wrongClock(2020),
  ...BROKEN.map(broken),
  ...SPOILS.map(spoiled),
];
