import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { Window } from 'happy-dom';
import { onTestFinished, vi } from 'vitest';
import type { TrackedEvent } from '../../src/event/event.js';
import { createTracker, type Options, type Tracker } from '../../src/index.js';
import type { ArrivedBatch, ArrivedEvent } from './site.js';

/** What a tracker uses of a page: everything that is a global there. */
const GLOBALS = [
  'window', 'document', 'location', 'history', 'navigator', 'origin', 'sessionStorage', 'localStorage', 'innerHeight', 'scrollY', 'EventTarget', 'Event', 'Node', 'Element',
  'HTMLElement', 'ShadowRoot', 'MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'addEventListener', 'removeEventListener', 'getComputedStyle',
] as const;

/** What a page is made of. */
export interface HappyParts {
  url?: string;
  html?: string;
  referrer?: string;
  /** How the page was come to, as the browser says it; default: by a link. */
  type?: 'navigate' | 'reload' | 'back_forward';
  /** Whether there is an IndexedDB; default: there is. */
  hasStore?: boolean;
  /** What the tab has in sessionStorage, from pages before. */
  session?: Map<string, string>;
}

let databases: IDBFactory | undefined;

/**
 * A page in happy-dom until the test ends, at a time that stands still until `wait`: pages of one test have one IndexedDB. Events are those that the collector
 * has got, in the order of their numbers.
 */
export function openHappyPage({ url = 'https://shop.test/', html = '<title>Shop</title><p>All there is</p>', referrer = '', type = 'navigate', hasStore = true, session }: HappyParts = {}) {
  const window = new Window({ url, settings: { disableJavaScriptFileLoading: true } });
  const isFirst = !databases;
  if (isFirst) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    databases = new IDBFactory();
    onTestFinished(() => {
      vi.useRealTimers();
      vi.unstubAllGlobals();
      databases = undefined;
    });
  }
  window.document.write(`<!doctype html><html><head></head><body></body></html>`);
  const [, head = '', body = ''] = /^(.*?<\/title>)?(.*)$/s.exec(html)!;
  window.document.head.innerHTML = head;
  window.document.body.innerHTML = body;
  Object.defineProperty(Object.getPrototypeOf(window.document), 'referrer', { configurable: true, get: () => referrer });
  let readyState = 'complete';
  Object.defineProperty(Object.getPrototypeOf(window.document), 'visibilityState', { configurable: true, get: () => 'visible' });
  Object.defineProperty(Object.getPrototypeOf(window.document), 'readyState', { configurable: true, get: () => readyState });
  for (const name of GLOBALS) vi.stubGlobal(name, (window as unknown as Record<string, unknown>)[name] ?? window);
  vi.stubGlobal('window', window);
  vi.stubGlobal('performance', { now: () => Date.now(), getEntriesByType: (kind: string) => (kind === 'navigation' ? [{ name: url, type }] : []) });
  vi.stubGlobal('indexedDB', hasStore ? databases : undefined);
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
  if (session) for (const [key, value] of session) window.sessionStorage.setItem(key, value);
  // Each page has a global object of its own, where trackers are known by their keys.
  Reflect.deleteProperty(globalThis, Symbol.for('waymark'));
  const bodies: string[] = [];
  vi.stubGlobal('fetch', async (_: unknown, { method, body }: { method: string; body: string }) => {
    if (method === 'POST') bodies.push(body);
    return new Response(null, { status: 204, headers: { Date: new Date().toUTCString() } });
  });
  const trackers: Tracker[] = [];

  /** Lets the store and the collector answer, while no time passes. */
  async function answer(): Promise<void> {
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  function events(): ArrivedEvent[] {
    const batches = bodies.map((text) => JSON.parse(text) as ArrivedBatch);
    const all = batches.flatMap(({ contexts, events: some }) => some.map((event) => ({ ...contexts[event.context], ...event }) as TrackedEvent as ArrivedEvent));
    const unique = [...new Map(all.map((event) => [event.id, event])).values()];
    return unique.sort((a, b) => a.time.localeCompare(b.time) || a.seq - b.seq);
  }
  return {
    window,
    document: window.document as unknown as Document,
    /** Makes a tracker that sends at once. */
    start(options: Partial<Options> = {}): Tracker {
      const tracker = createTracker({ collector: '/events', batchWaitMs: 1, webVitals: false, bots: 'keep', ...options } as Options & { collector: string; collectors?: undefined });
      trackers.push(tracker);
      return tracker;
    },
    answer,
    /** Lets time pass while neither the store nor the collector answers. */
    pass(ms: number): void {
      vi.advanceTimersByTime(ms);
    },
    /** Returns the latest tracker. */
    tracker: () => trackers.at(-1)!,
    /** The tab goes to the back. */
    hide(): void {
      Object.defineProperty(Object.getPrototypeOf(window.document), 'visibilityState', { configurable: true, get: () => 'hidden' });
      window.document.dispatchEvent(new window.Event('visibilitychange'));
    },
    /** Lets time pass. */
    async wait(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 50) {
        await vi.advanceTimersByTimeAsync(Math.min(left, 50));
        await answer();
      }
    },
    /** Says how far the document is parsed. */
    parse(state: 'loading' | 'interactive' | 'complete'): void {
      readyState = state;
      window.document.dispatchEvent(new window.Event('readystatechange'));
    },
    /** A route as a router makes it. */
    push(to: string, isReplaced = false): void {
      window.history[isReplaced ? 'replaceState' : 'pushState']({}, '', to);
    },
    /** The person goes away. Returns what the tab keeps for the next page. */
    async leave(): Promise<Map<string, string>> {
      window.dispatchEvent(new window.Event('pagehide'));
      await answer();
      return new Map(Array.from({ length: window.sessionStorage.length }, (_, index) => window.sessionStorage.key(index)!).map((key) => [key, window.sessionStorage.getItem(key)!]));
    },
    /** All that the collector has got, once everything is sent. */
    async told(): Promise<ArrivedEvent[]> {
      await answer();
      for (const tracker of trackers) void tracker.flush();
      await answer();
      await vi.advanceTimersByTimeAsync(2000);
      await answer();
      return events();
    },
    events,
  };
}
