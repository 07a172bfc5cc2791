import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newProfile, openEngine, removeProfile, type Engine, type EngineName, type EngineTab } from '../helpers/engines.js';
import type { Adapter, ArrivedEvent } from './adapter.js';
import { closeServer, OK, openCollector, type Collector } from './collector.js';
import { openShop, type Shop } from './shop.js';

/** The name of the events that are counted. */
const EVENT = 'conformance';
/** How long to wait in the pages that a scenario leaves open, for what has not arrived. Our choice: longer than the lease of a frozen tab. */
const OPEN_MS = 25_000;
/** How long to wait at the next visit, for the rest. Our choice: several attempts of a tracker that has begun to wait longer. */
const REVISIT_MS = 40_000;
/** How long to wait for what arrives once more. Our choice. */
const SETTLE_MS = 1500;
/** How long to wait for a tracker that keeps nothing. Our choice. */
const SHORT_MS = 1500;
/** Longest time for one scenario; then the browser is ended. Our choice: twice the longest seen. */
const LIMIT_MS = 180_000;

/** What a site may store, so that it can be filled. Our choice: room for all scenarios, which Firefox takes for one site. */
const QUOTA_BYTES = 40_000_000;

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until `look` finds something, for at most `ms`; returns whether it did. */
export async function seen(look: () => unknown, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    if (await look()) return true;
    if (Date.now() > end) return false;
  }
}

/** How events are fired. */
export interface Fire {
  /** Default: 1. */
  count?: number;
  /** Characters that each bears along, as JSON. Default: 0. */
  pad?: number;
  /** A pause between two, in milliseconds. Default: none: all in one task. */
  everyMs?: number;
  /** JavaScript that runs right after them, in the same task. */
  then?: string;
}

/** A tab of the shop. */
export interface ShopTab {
  tab: EngineTab;
  /** Fires events, which count from now on. */
  fire(fire?: Fire): Promise<void>;
  /** The JavaScript that fires them, for a place that `fire` cannot reach. */
  code(fire?: Fire): string;
  /** Waits until the tracker has sent what it sends by itself, and has been answered. */
  settle(): Promise<void>;
  /** Goes to an address, or to a page of the shop, and waits until it has loaded. */
  goto(to: string): Promise<void>;
  close(): Promise<void>;
}

/** What a scenario plays on: a browser, a shop with the tracker and a collector. */
export interface Stage {
  engineName: EngineName;
  engine: Engine;
  adapter: Adapter;
  collector: Collector;
  shop: Shop;
  /** Opens a page of the shop, and waits until the tracker has loaded. */
  open(path?: string): Promise<ShopTab>;
  /** Ends the browser with SIGKILL and starts it again with the same profile. */
  kill(): Promise<void>;
  /** Ends the browser in good order and starts it again with the same profile. */
  quit(): Promise<void>;
  /** Takes the network away, or gives it back. */
  setOffline(isOffline: boolean): Promise<void>;
  /** Says something of this run in the table. */
  note(text: string): void;
  /** Says what the tracker has done wrong, beside losing or doubling events. */
  fault(text: string): void;
  /** Waits for what the tracker has to do, as `seen` does; not for long if it keeps nothing. */
  wait(look: () => unknown, ms: number): Promise<boolean>;
  /** Whether all that was fired until now has arrived. */
  isComplete(): boolean;
}

/** One thing that can happen to a shop's events. */
export interface Scenario {
  name: string;
  title: string;
  /** Where the collector is. Default: on another host, which takes CORS. */
  collector?: 'same-origin' | undefined;
  /** Whether the shop is on plain http, where a page has no Web Locks. Default: false. */
  isPlain?: boolean;
  /** The engines that cannot do it, and why. */
  cannot?: Partial<Record<EngineName, string>>;
  /** Returns what it needs and a tracker has not. Default: nothing. */
  needs?(adapter: Adapter): string | undefined;
  /** The engines of the fast part. Default: none. */
  fast?: EngineName[];
  run(stage: Stage): Promise<void>;
}

/** What became of the events of one scenario. */
export interface Result {
  tracker: string;
  engine: EngineName;
  scenario: string;
  title: string;
  fired: number;
  /** Events that the collector has kept at least once. */
  delivered: number;
  lost: number;
  /** Copies beyond the first that the collector has kept, and would have to tell by their id. */
  repeats: number;
  /** Events that it counts more than once although it looks at the id. */
  doubles: number;
  /** Numbers missing in the sequence of a tab, and not declared; undefined for a tracker that does not number. */
  gaps: number | undefined;
  /** Requests with a body, answered well or not. */
  requests: number;
  seconds: number;
  notes: string[];
  /** What the tracker did wrong beside that. */
  faults: string[];
  /** Why it was not run. */
  skipped?: string;
  /** Why it did not come to its end. */
  failed?: string;
  /** Every request, for who looks for a cause. */
  log: string[];
}

/** Counts what a collector has kept. */
function count(adapter: Adapter, collector: Collector, fired: number) {
  const copies = new Map<number, string[]>();
  const series = new Map<string, Set<number>>();
  const dropped = new Map<string, number>();
  const log: string[] = [];
  const start = collector.requests[0]?.at ?? 0;
  for (const request of collector.requests) {
    let events: ArrivedEvent[] = [];
    try {
      events = adapter.parse(request);
    } catch (error) {
      log.push(`unreadable: ${error}`);
    }
    const numbers = events.flatMap(({ name, n }) => (name === EVENT && n ? [n] : []));
    log.push(`${request.at - start} ms, ${request.body.length} bytes, ${request.isStored ? 'kept' : 'not kept'} (${JSON.stringify(request.behaviour)}): ${numbers.length > 12 ? `${numbers[0]} … ${numbers.at(-1)} (${numbers.length})` : numbers} of ${events.length}${events.length && adapter.describe ? `; ${adapter.describe(request)}` : ''}`);
    if (!request.isStored) continue;
    for (const { id, name, n, place } of events) {
      if (name === EVENT && n) copies.set(n, [...(copies.get(n) ?? []), id]);
      if (place) series.set(place.series, (series.get(place.series) ?? new Set()).add(place.seq));
    }
    const declared = adapter.dropped?.(request);
    if (declared) dropped.set(declared.visitor, Math.max(declared.count, dropped.get(declared.visitor) ?? 0));
  }
  for (const [name, numbers] of series) {
    const missing = Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1).filter((seq) => !numbers.has(seq));
    if (missing.length) log.push(`missing of ${name}: ${missing}`);
  }
  const lostOnes = Array.from({ length: fired }, (_, index) => index + 1).filter((n) => !copies.has(n));
  if (lostOnes.length) log.push(`lost: ${lostOnes}`);
  const ids = [...copies.values()];
  const missing = [...series.values()].reduce((sum, numbers) => sum + Math.max(...numbers) - numbers.size, 0);
  const declared = [...dropped.values()].reduce((sum, each) => sum + each, 0);
  return {
    fired,
    delivered: copies.size,
    lost: fired - copies.size,
    repeats: ids.reduce((sum, each) => sum + each.length - 1, 0),
    doubles: ids.reduce((sum, each) => sum + new Set(each).size - 1, 0),
    gaps: series.size ? Math.max(0, missing - declared) : undefined,
    requests: collector.requests.length,
    log,
  };
}

/** A browser in which scenarios run one after the other. */
export interface Session {
  run(scenario: Scenario, adapter: Adapter): Promise<Result>;
  close(): Promise<void>;
}

/** Starts a browser with a profile of its own. */
export async function openSession(engineName: EngineName): Promise<Session> {
  const hosts = new Map<string, (request: IncomingMessage, response: ServerResponse) => unknown>();
  const proxy = createServer((request, response) => {
    const handle = hosts.get(new URL(request.url!, `http://${request.headers.host}`).hostname);
    if (handle) handle(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  let profile = newProfile();
  let engine = await start();

  async function start(): Promise<Engine> {
    const attempt = () => openEngine(engineName, profile, address, { quotaBytes: QUOTA_BYTES });
    // On a busy machine, WebKit's driver has failed to start one within a minute.
    const started = await attempt().catch(attempt);
    // Some engines end with their last tab.
    await started.newTab();
    return started;
  }

  async function run(scenario: Scenario, adapter: Adapter): Promise<Result> {
    const begun = Date.now();
    const { name, title, isPlain } = scenario;
    const collector = await openCollector(adapter);
    const shopHost = `${Math.random().toString(36).slice(2)}.shop.test`;
    const shop = await openShop(adapter, collector, scenario.collector ? '/collect' : isPlain ? 'http://collector.test/collect' : `http://localhost:${collector.port}/collect`);
    if (isPlain) {
      shop.url = (path) => `http://${shopHost}${path}`;
      hosts.set(shopHost, shop.handle).set('collector.test', collector.handle);
    }
    const notes: string[] = [];
    const faults: string[] = [];
    const tabs = new Set<ShopTab>();
    let fired = 0;
    let isOver = false;
    const isPatient = adapter.keeps ?? true;

    async function open(path = '/'): Promise<ShopTab> {
      const tab = await stage.engine.newTab();
      const shopTab: ShopTab = {
        tab,
        code({ count = 1, pad = 0, everyMs, then = '' } = {}) {
          const first = fired + 1;
          fired += count;
          const track = adapter.track(EVENT, '{ n, pad }');
          // In texts of a length that trackers take.
          const head = `const pad = Array(${Math.floor(pad / 1000)}).fill('x'.repeat(997)).concat('x'.repeat(${pad % 1000})); let n = ${first};`;
          if (everyMs === undefined) return `(() => { ${head} for (; n < ${first + count}; n++) ${track}; ${then}; return 1 })()`;
          // It goes on when the page has answered: an engine may have one such call at a time.
          return `void (() => { ${head} (function next() { ${track}; window.firedTo = n; if (++n < ${first + count}) setTimeout(next, ${everyMs}) })() })()`;
        },
        async fire(fire = {}) {
          const code = shopTab.code(fire);
          const last = fired;
          const work = tab.evaluate(code);
          // The page may be gone before it can answer.
          await (fire.then ? work.catch(() => {}) : work);
          if (fire.everyMs !== undefined && !(await seen(() => tab.evaluate(`window.firedTo >= ${last}`), 60_000))) throw new Error('not all events were fired');
        },
        async settle() {
          await stage.wait(() => collector.requests.length, 10_000);
          await sleep(500);
        },
        async goto(to) {
          const url = to.startsWith('/') ? shop.url(to) : to;
          await tab.goto(url);
        },
        async close() {
          tabs.delete(shopTab);
          await tab.close();
        },
      };
      tabs.add(shopTab);
      await tab.goto(shop.url(path));
      if (!/^\/(late|plain|frame)/.test(path) && !(await seen(() => tab.evaluate(adapter.ready).catch(() => false), 30_000))) throw new Error('the tracker has not loaded');
      return shopTab;
    }
    async function restart(end: () => Promise<void>): Promise<void> {
      tabs.clear();
      await end();
      engine = stage.engine = await start();
    }
    const stage: Stage = {
      engineName,
      engine,
      adapter,
      collector,
      shop,
      open,
      kill: () => restart(engine.kill),
      quit: () => restart(engine.close),
      async setOffline(isOffline) {
        if (engine.setOffline) await engine.setOffline(isOffline);
        else {
          if (isOffline) notes.push('offline: every port closed');
          await (isOffline ? Promise.all([collector.refuse(), shop.refuse()]) : Promise.all([collector.accept(), shop.accept()]));
        }
      },
      note: (text) => void notes.push(text),
      fault: (text) => void faults.push(text),
      isComplete: () => !now().lost,
      wait: (look, ms) => seen(() => isOver || look(), isPatient ? ms : Math.min(ms, SHORT_MS)),
    };

    const now = () => count(adapter, collector, fired);
    const isComplete = () => {
      const { lost, gaps } = now();
      return !lost && !gaps;
    };
    async function play(): Promise<void> {
      await scenario.run(stage);
      collector.plan = () => OK;
      await Promise.all([collector.accept(), shop.accept()]);
      if (tabs.size) await stage.wait(isComplete, OPEN_MS);
      for (const each of [...tabs]) await each.close();
      await open('/revisit');
      await stage.wait(isComplete, REVISIT_MS);
      await sleep(SETTLE_MS);
    }
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`not over after ${LIMIT_MS} ms`)), LIMIT_MS)));
    let failed: string | undefined;
    try {
      await Promise.race([play(), limit]);
    } catch (error) {
      failed = `${error instanceof Error ? error.message : error}`.split('\n')[0]!;
    }
    isOver = true;
    clearTimeout(timer);
    const counts = now();
    try {
      if (failed) throw new Error(failed);
      for (const each of [...tabs]) await each.close();
    } catch {
      // The browser may be in any state: the next scenario gets a new one.
      await engine.kill().catch(() => {});
      removeProfile(profile);
      profile = newProfile();
      engine = await start();
    }
    await collector.close();
    await shop.close();
    hosts.clear();
    const seconds = Math.round((Date.now() - begun) / 100) / 10;
    return { tracker: adapter.name, engine: engineName, scenario: name, title, ...counts, seconds, notes, faults, ...(failed && { failed }) };
  }

  return {
    async run(scenario, adapter) {
      const reason = scenario.cannot?.[engineName] ?? scenario.needs?.(adapter);
      if (!reason) return run(scenario, adapter);
      const none = { fired: 0, delivered: 0, lost: 0, repeats: 0, doubles: 0, gaps: undefined, requests: 0, seconds: 0, notes: [], faults: [], log: [] };
      return { tracker: adapter.name, engine: engineName, scenario: scenario.name, title: scenario.title, ...none, skipped: reason };
    },
    async close() {
      await engine.close();
      await closeServer(proxy);
      removeProfile(profile);
    },
  };
}
