import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { onTestFinished } from 'vitest';
import type { TrackedEvent } from '../../src/event/event.js';
import type { Tracker } from '../../src/index.js';
import type { RealBrowser } from './browser.js';
import { inPage, loaded, until } from './shop.js';

/** The global that the script tag makes. */
export type Waymark = Tracker & ((method: string, ...args: unknown[]) => unknown);

/** An event as it arrived, with what it shares with others merged in. */
export type ArrivedEvent = Required<TrackedEvent>;

/** A batch as it arrived. */
export interface ArrivedBatch {
  durable: boolean;
  dropped: Record<string, number>;
  contexts: object[];
  events: (TrackedEvent & { context: number })[];
}

/** What the pages of a site are made of. Texts are HTML, without the page's path in them. */
export interface SiteParts {
  /** More attributes of the script tag. Of two with one name, HTML takes the first, which is this one. */
  attributes?: string;
  /** Comes before the script tag; default: the stub of the README. */
  head?: string;
  /** Takes the place of the script tag. */
  tag?: string;
  body?: string;
  /** How long the collector takes to answer, in milliseconds; default: 0. */
  answerMs?: number;
  /** The collector's status; default: 204. What it answers with anything else has not arrived. */
  status?: () => number;
  /** More scripts, by path, or others in the place of ours. */
  files?: Readonly<Record<string, string>>;
  /** More headers of the pages. */
  headers?: Readonly<Record<string, string>>;
}

export const STUB = `<script>window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}</script>`;

/** The folder with what shops load. `WAYMARK_DIST` names another, to see the tests fail with a doctored one. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

const MODULES: Record<string, string> = {
  '/idb-keyval.js': fileURLToPath(import.meta.resolve('idb-keyval')),
  '/web-vitals.js': fileURLToPath(import.meta.resolve('web-vitals')),
};

/**
 * A site until the test ends: every path is a page whose title is `Page` and the path, and all of them send to `/events`. Its origin is
 * its own, so that nothing is stored there yet.
 */
export async function openSite({ attributes = '', head = STUB, tag, body = '', answerMs = 0, status = () => 204, files = {}, headers = {} }: SiteParts = {}) {
  const bodies: string[] = [];
  const element = tag ?? `<script async src="/waymark.min.js" ${attributes} data-collector="/events" data-batch-wait-ms="50" data-web-vitals="false"></script>`;
  const server = createServer(async (request, response) => {
    // For frames of opaque origin.
    response.setHeader('Access-Control-Allow-Origin', '*');
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (pathname === '/events') {
      let text = '';
      for await (const part of request) text += part;
      if (status() === 204) bodies.push(text);
      return setTimeout(() => response.writeHead(status()).end(), answerMs);
    }
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const isOurs = /^\/waymark\.(\w+\.)?min\.js$/.test(pathname);
    const isModule = pathname in MODULES || pathname.startsWith('/dist/');
    const code = files[pathname] ?? (isOurs ? await readFile(DIST + pathname) : isModule ? await readFile(MODULES[pathname] ?? pathname.replace('/dist', DIST)) : undefined);
    if (code !== undefined) return response.setHeader('Content-Type', 'text/javascript').end(code);
    response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Page ${pathname}</title>${head}${element}<body>${body}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const batches = () => bodies.map((text) => JSON.parse(text) as ArrivedBatch);
  /** Each event once, in the order in which they were tracked. */
  function events(): ArrivedEvent[] {
    const arrived = batches().flatMap(({ contexts, events: some }) => some.map((event) => ({ ...contexts[event.context], ...event }) as ArrivedEvent));
    const unique = [...new Map(arrived.map((event) => [event.id, event])).values()];
    const order = (a: ArrivedEvent, b: ArrivedEvent) => a.time.localeCompare(b.time) || (a.tab === b.tab ? a.seq - b.seq : a.id.localeCompare(b.id));
    return unique.sort(order);
  }
  const named = (name: string) => events().filter((event) => event.name === name);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests as they arrived. */
    bodies,
    batches,
    events,
    named,
    /** Waits for the event and returns it. */
    arrived: (name: string) => until(`the event ${name}`, () => named(name)[0]),
    /** Sends all that the browser still has, and returns all events. */
    async flushed(page: Page): Promise<ArrivedEvent[]> {
      await ready(page);
      return events();
    },
    /** Opens a path in a new tab, with all sent that it tracks by itself. The tab is closed when the test ends. */
    async visit(browser: RealBrowser, path = '/', options: { referer?: string } = {}): Promise<Page> {
      const page = await openTab(browser);
      await page.goto(this.url + path, options);
      await ready(page);
      return page;
    },
  };
}

/** Waits until Waymark has loaded in the page and the collector has confirmed everything, that of other tabs included. */
export async function ready(page: Page): Promise<void> {
  await loaded(page);
  await until('the confirmation', async () => (await inPage(page, (waymark: Waymark) => waymark.flush())).kept === 0);
}

/** Opens an empty tab, for what has to be prepared before a page loads. It is closed when the test ends. */
export async function openTab(browser: RealBrowser): Promise<Page> {
  const page = await browser.newTab();
  onTestFinished(() => page.close());
  return page;
}

/** Returns what a tab writes to the console from now on, as `type: text`, and the exceptions that nobody caught. */
export function listenTo(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => heard.push(`uncaught: ${error.message}`));
  return heard;
}

/** What a page says beside the problems that Waymark warns of. */
export const besideProblems = (heard: readonly string[]) => heard.filter((line) => !/^warning: waymark: [\w-]+[:=]/.test(line));

/** Collects the problems that Waymark reports, also those of early calls; for the head of a page. */
export const PROBLEMS = `${STUB}<script>window.problems=[];waymark('on','problem',function(problem){problems.push(problem)})</script>`;

/** Returns the problems that a page with `PROBLEMS` in its head has collected. */
export const problemsOf = (page: Page) => page.evaluate('problems') as Promise<{ code: string; message: string }[]>;
export const codesOf = async (page: Page) => (await problemsOf(page)).map(({ code }) => code);
