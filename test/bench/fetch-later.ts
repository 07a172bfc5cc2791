import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newProfile, openBrowser, removeProfile } from '../helpers/browser.js';
import { readMetrics, startMetrics, withBrowser } from './helpers/chromium.js';
import { round, sleep, tell, type Figure } from './helpers/figures.js';

/** Runs of each case. */
const RUNS = 5;
/** Between the event and the end of the page, in milliseconds: the batch wait of 2 s is not over. */
const END_AFTER_MS = 100;
/** How long the collector listens for what comes late, in milliseconds: longer than the batch wait. */
const LISTEN_MS = 4000;
/** Times that the deferred request is made anew to see what that costs. */
const REPLACED = 300;

/**
 * What the pages try: a keepalive fetch after 2 s or at page end, as a batch goes out; the same and `fetchLater` from the moment of the event;
 * the same, with the deferred request taken back when the one at page end starts.
 */
const WAYS = ['plain', 'later', 'later, taken back'] as const;
type Way = (typeof WAYS)[number];

/** A page of the experiment: no part of Waymark, only what it would do. */
const pageOf = (way: Way): string => `<!doctype html><meta charset="utf-8"><title>${way}</title><script>
const way = ${JSON.stringify(way)};
let deferred, controller, isSent = false;
function send(why) {
  if (isSent) return;
  isSent = true;
  if (way === 'later, taken back') controller.abort();
  fetch('/events?id=' + window.id + '&by=' + why, { method: 'POST', body: 'event', keepalive: true }).then((response) => response.text()).then(() => way !== 'plain' && controller.abort(), () => {});
}
function track(id) {
  window.id = id;
  if (way !== 'plain') {
    controller = new AbortController();
    fetchLater('/events?id=' + id + '&by=fetchLater', { method: 'POST', body: 'event', signal: controller.signal });
  }
  setTimeout(send, 2000, 'wait');
}
document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && window.id && send('end'));
addEventListener('pagehide', () => window.id && send('end'));
</script>`;

/** The ends that a page can have. The person never comes back. */
const ENDS = ['goes on', 'navigation', 'tab closed', 'browser quits', 'renderer killed', 'browser killed'] as const;
type End = (typeof ENDS)[number];

interface Result {
  /** Runs in which the event arrived. */
  arrived: number;
  /** Requests beyond one a run. */
  repeats: number;
  by: string[];
}

async function runCase(way: Way, end: End, url: string, heard: { id: string; by: string }[]): Promise<Result> {
  let arrived = 0;
  let repeats = 0;
  const by: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const id = `${way}-${end}-${run}`.replace(/\W+/g, '-');
    const profile = newProfile();
    const browser = await openBrowser(profile);
    let isGone = false;
    try {
      const page = await browser.newTab();
      await page.goto(`${url}/${encodeURIComponent(way)}`);
      await page.evaluate(`track(${JSON.stringify(id)})`);
      await sleep(END_AFTER_MS);
      if (end === 'navigation') await page.goto(`${url}/elsewhere`);
      if (end === 'tab closed') await page.close();
      if (end === 'renderer killed') {
        const session = await browser.context.browser()!.newBrowserCDPSession();
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        // Of this browser of ours, which has no other page that matters.
        for (const { type, id: pid } of processInfo) if (type === 'renderer') process.kill(pid, 'SIGKILL');
      }
      if (end === 'browser quits' || end === 'browser killed') {
        await (end === 'browser quits' ? browser.close() : browser.kill());
        isGone = true;
      }
      await sleep(LISTEN_MS);
    } finally {
      if (!isGone) await browser.kill();
      removeProfile(profile);
    }
    const requests = heard.filter((each) => each.id === id);
    arrived += requests.length ? 1 : 0;
    repeats += Math.max(0, requests.length - 1);
    by.push(...requests.map((request) => request.by));
  }
  return { arrived, repeats, by: [...new Set(by)] };
}

/** What it takes the page to keep the deferred request up to date: the one before is taken back, a new one made. */
async function replaceCost(url: string): Promise<Figure> {
  return withBrowser(async (browser) => {
    const page = await browser.newTab();
    await page.goto(`${url}/later`);
    const session = await startMetrics(page);
    const cost = async (bytes: number) => {
      const before = await readMetrics(session);
      await page.evaluate(
        async ({ body, times }) => {
          let controller = new AbortController();
          const defer = (window as never as { fetchLater(address: string, options: RequestInit): void }).fetchLater;
          for (let index = 0; index < times; index++) {
            controller.abort();
            controller = new AbortController();
            defer('/events?id=cost&by=cost', { method: 'POST', body, signal: controller.signal });
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          controller.abort();
        },
        { body: 'x'.repeat(bytes), times: REPLACED },
      );
      return (await readMetrics(session)).TaskDuration! - before.TaskDuration!;
    };
    const [small, large] = [await cost(1000), await cost(20_000)];
    return { what: 'taking the deferred request back and making a new one, CPU of the main thread each: body of 1,000 and of 20,000 bytes', aim: '', figure: `${round(small / REPLACED)} and ${round(large / REPLACED)} ms` };
  });
}

/** What `fetchLater` of Chromium would save that a keepalive fetch after the batch wait, or at page end, does not. */
export async function benchFetchLater(): Promise<Figure[]> {
  const heard: { id: string; by: string }[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    if (pathname === '/events') {
      heard.push({ id: searchParams.get('id')!, by: searchParams.get('by')! });
      return response.writeHead(204).end();
    }
    response.setHeader('Content-Type', 'text/html').end(pageOf(decodeURIComponent(pathname.slice(1)) as Way));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const figures: Figure[] = [];
    for (const end of ENDS) {
      tell(`fetchLater: ${end}`);
      // Side by side: most of the time is waiting.
      const results = await Promise.all(WAYS.map((way) => runCase(way, end, url, heard)));
      const texts = results.map(({ arrived, repeats, by }, index) => `${WAYS[index]} ${arrived}/${RUNS}, ${repeats} repeats (${by.join(', ') || 'nothing'})`);
      figures.push({ what: `event, ${END_AFTER_MS} ms, then: ${end}; the person never comes back: events that arrived`, aim: '', figure: texts.join('; ') });
    }
    figures.push(await replaceCost(url));
    return figures;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
