import { IDBDatabase } from 'fake-indexeddb';
import { promisifyRequest } from 'idb-keyval';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createTracker, type Plugin } from '../../src/core.js';
import { openHappyPage } from '../helpers/happy-page.js';

/** What a plugin that is loaded by need adds to the drafts that need it: what it has seen so far. */
const rest = (): Partial<Plugin> => ({
  process(draft, state) {
    const seen = [...((state as string[] | undefined) ?? []), draft.name];
    return { drafts: [{ ...draft, properties: { ...draft.properties, seen } }], state: seen };
  },
});
/** A plugin whose rest is needed for events called `a…`. */
const lazy = (load: Plugin['load']): Plugin => ({ name: 'lazy', needs: ({ name }) => name.startsWith('a'), load });
/** A file that never comes. */
const never = () => new Promise<never>(() => {});

/** A page with a tracker whose plugin `load` loads. `lines`: what pages before have left in localStorage. */
function open(load: Plugin['load'], lines: [string, string][] = []) {
  const page = openHappyPage();
  for (const [key, value] of lines) page.window.localStorage.setItem(key, value);
  const problems: string[] = [];
  const tracker = createTracker({ collector: '/events', batchWaitMs: 1, plugins: [lazy(load)] });
  tracker.on('problem', ({ code }) => problems.push(code));
  return {
    ...page,
    tracker,
    problems,
    lines: () => Object.entries(page.window.localStorage as unknown as Record<string, string>),
    /** Name, and what the plugin has added, of all that has arrived. */
    arrived: () => page.events().map(({ name, properties }) => [name, (properties as { seen?: string[] }).seen]),
  };
}
/** The page's process ends: nothing of it runs any more. */
function kill(): void {
  const now = Date.now();
  vi.clearAllTimers();
  vi.setSystemTime(now);
}

/** Returns the keys in the store that begin with `!`, with the names of the drafts there, and how many rows of events there are. */
async function stored(): Promise<{ drafts: string[]; rows: number }> {
  const db = await promisifyRequest(indexedDB.open('waymark-main'));
  const events = db.transaction('events').objectStore('events');
  const [keys, values] = await Promise.all([
    promisifyRequest(events.getAllKeys()),
    promisifyRequest<{ name: string }[]>(events.getAll()),
  ]);
  db.close();
  const drafts = keys.flatMap((key, index) => (`${key as string}`.startsWith('!') ? [values[index]!.name] : []));
  return { drafts, rows: values.filter(Array.isArray).length };
}

/** Has the collector out of reach from now on, so that what is stored stays. */
function goOffline(): void {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
}

test('a draft that needs a part and all later ones wait in order, stored as drafts, until it is there', async () => {
  let come = (_: Partial<Plugin>) => {};
  const page = open(() => new Promise((resolve) => (come = resolve)));
  page.tracker.track('before');
  page.tracker.track('a1');
  page.tracker.track('between');
  page.tracker.track('a2');
  await page.wait(1000);
  expect(page.arrived()).toEqual([['before', undefined]]);
  expect(await stored()).toEqual({ drafts: ['a1', 'between', 'a2'], rows: 0 });
  page.tracker.track('after');
  come(rest());
  page.tracker.track('a3');
  await page.wait(1000);
  expect(page.arrived()).toEqual([
    ['before', undefined],
    ['a1', ['a1']],
    ['between', ['a1', 'between']],
    ['a2', ['a1', 'between', 'a2']],
    ['after', ['a1', 'between', 'a2', 'after']],
    ['a3', ['a1', 'between', 'a2', 'after', 'a3']],
  ]);
  expect(await stored()).toEqual({ drafts: [], rows: 0 });
  expect(page.problems).toEqual([]);
});

test('a draft is deleted in the write of what came of it', async () => {
  goOffline();
  const { transaction } = IDBDatabase.prototype;
  const writes: string[][] = [];
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const made = transaction.apply(this, args);
    if (!made.objectStoreNames.contains('events')) return made;
    const log: string[] = [];
    const values = made.objectStore('events');
    const { put, delete: remove } = values;
    values.put = (value: unknown, key) => {
      if (Array.isArray(value)) log.push(`row of ${value.length}`);
      return put.call(values, value, key);
    };
    values.delete = (key) => {
      if (`${key as string}`.startsWith('!')) log.push('draft deleted');
      return remove.call(values, key);
    };
    made.objectStore = () => values;
    made.addEventListener('complete', () => log.length && writes.push(log.sort()));
    return made;
  };
  onTestFinished(() => void (IDBDatabase.prototype.transaction = transaction));
  let come = (_: Partial<Plugin>) => {};
  const page = open(() => new Promise((resolve) => (come = resolve)));
  goOffline();
  page.tracker.track('a1');
  page.tracker.track('a2');
  await page.wait(1000);
  expect(writes).toEqual([]);
  come(rest());
  await page.wait(1000);
  expect(writes[0]).toEqual(['draft deleted', 'draft deleted', 'row of 2']);
});

test('a page that is left hands its drafts over, and the next page processes them once', async () => {
  const first = open(never);
  first.tracker.track('a1');
  first.tracker.track('b1');
  await first.wait(100);
  // Too late for the store: this one is in the line alone.
  first.tracker.track('a2');
  await first.leave();
  const lines = first.lines();
  kill();
  expect(lines.some(([key]) => key.startsWith('waymark-main:'))).toBe(true);
  const next = open(async () => rest(), lines);
  next.tracker.track('c1');
  await next.wait(1000);
  const all = [
    ['a1', ['a1']],
    ['b1', ['a1', 'b1']],
    ['a2', ['a1', 'b1', 'a2']],
    ['c1', ['a1', 'b1', 'a2', 'c1']],
  ];
  expect(next.arrived()).toEqual(all);
  expect(await stored()).toEqual({ drafts: [], rows: 0 });
  await next.leave();
  const rests = next.lines();
  kill();
  const last = open(async () => rest(), rests);
  last.tracker.track('d1');
  await last.wait(60_000);
  expect(last.arrived()).toEqual([['d1', undefined]]);
  expect([...first.arrived(), ...next.arrived()]).toEqual(all);
});

test('a page that comes back does not process what the one in between has taken up', async () => {
  const first = open(never);
  first.tracker.track('a1');
  await first.wait(100);
  await first.leave();
  const lines = first.lines();
  const next = open(async () => rest(), lines);
  // They have one localStorage.
  for (const [key] of lines) first.window.localStorage.removeItem(key);
  next.tracker.track('c1');
  await next.wait(1000);
  expect(next.arrived()).toEqual([
    ['a1', ['a1']],
    ['c1', ['a1', 'c1']],
  ]);
  vi.stubGlobal('localStorage', first.window.localStorage);
  first.window.dispatchEvent(
    Object.assign(new first.window.Event('pageshow'), { persisted: true }) as InstanceType<typeof first.window.Event>,
  );
  first.tracker.track('d1');
  await first.wait(60_000);
  expect(first.arrived()).toEqual([['d1', undefined]]);
  expect(await stored()).toEqual({ drafts: [], rows: 0 });
});

test('what a page that was killed has kept is taken up by a page that begins more than 30 s later, once', async () => {
  const first = open(never);
  first.tracker.track('a1');
  first.tracker.track('b1');
  await first.wait(100);
  kill();
  const soon = open(async () => rest());
  soon.tracker.track('c1');
  await soon.wait(20_000);
  expect(soon.arrived()).toEqual([['c1', undefined]]);
  expect((await stored()).drafts).toEqual(['a1', 'b1']);
  await soon.leave();
  kill();
  vi.setSystemTime(Date.now() + 11_000);
  const later = open(async () => rest());
  const other = open(async () => rest());
  later.tracker.track('d1');
  other.tracker.track('e1');
  await later.wait(5000);
  const all = [...later.arrived(), ...other.arrived()].map(([name]) => name);
  expect(all.sort()).toEqual(['a1', 'b1', 'd1', 'e1']);
  expect(await stored()).toEqual({ drafts: [], rows: 0 });
});

test.each<[what: string, load: Plugin['load'], waitMs: number]>([
  ['cannot be loaded', () => Promise.reject(new Error('404')), 100],
  [
    'throws as it is loaded',
    () => {
      throw new Error('no');
    },
    100,
  ],
  ['is not there after 10 s', never, 10_100],
])('a part that %s is reported, and drafts go on without it', async (_what, load, waitMs) => {
  const page = open(load);
  page.tracker.track('a1');
  page.tracker.track('b1');
  await page.wait(waitMs - 100);
  if (waitMs > 100) expect([page.arrived(), page.problems]).toEqual([[], []]);
  await page.wait(1000);
  page.tracker.track('a2');
  await page.wait(1000);
  expect(page.arrived()).toEqual([
    ['a1', undefined],
    ['b1', undefined],
    ['a2', undefined],
  ]);
  expect(page.problems).toEqual(['more_failed']);
  expect(await stored()).toEqual({ drafts: [], rows: 0 });
});
