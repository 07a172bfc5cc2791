import { expect, test } from 'vitest';
import { codesTold, openScripted, trackMany, type Scripted } from '../helpers/scripted.js';
import { loaded, until } from '../helpers/shop.js';
import { besideProblems, listenTo, openTab } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

/** A host that is not a developer's own machine. */
const HOST = 'shop.test';
const browser = useBrowser([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);

/** What a page on a later clock has, where its address asks for it: two minutes more. */
const LATER = `<script>if (/later/.test(location.search)) { const now = Date.now; Date.now = () => now() + 120000 }</script>`;

/** Opens a tab of the shop, whose collector has got an event and answered 404. `load` loads a path there, and tells after how many milliseconds of the page the collector was asked next, at most `most`. */
async function openWrong(parts: Parameters<typeof openScripted>[0] = {}) {
  const site = await openScripted({ patch: LATER, ...parts });
  const url = site.url.replace('127.0.0.1', HOST);
  site.answer(() => ({ status: 404 }));
  const page = await openTab(browser);
  const heard = listenTo(page);
  await page.goto(`${url}/`, { referer: `${url}/` });
  await loaded(page);
  await trackMany(page, 'a', 2);
  await until('the problem', async () => (await codesTold(page)).includes('wrong_endpoint'));
  async function load(path: string, most: number): Promise<number> {
    const count = site.requests.length;
    await page.goto(url + path, { referer: `${url}/` });
    const since = Date.now();
    await loaded(page);
    while (site.requests.length === count && Date.now() - since < most) await page.waitForTimeout(20);
    return site.requests.length === count ? Infinity : site.requests[count]!.at - since;
  }
  return { site, page, heard, load };
}

/** Expects both events to have come to a collector that takes them. */
const expectAll = (site: Scripted) => until('both events', () => site.counts('a')[0]! > 1 && site.counts('a')[1]! > 1);

test('a wrong address is asked again by the next page after 5 s, by the one after that after 10 s, and has everything once it is right', async () => {
  const { site, load, heard } = await openWrong();
  const first = await load('/two', 9000);
  expect(first).toBeGreaterThan(3500);
  expect(first).toBeLessThan(8000);
  // The answer to it has to be there before the page is left.
  await until('the second failure', () => heard.filter((line) => line.includes('wrong_endpoint')).length > 1);
  site.answer(() => ({}));
  const second = await load('/three', 15_000);
  expect(second).toBeGreaterThan(8500);
  expect(second).toBeLessThan(13_000);
  await expectAll(site);
  expect(besideProblems(heard).filter((line) => !/404/.test(line))).toEqual([]);
});

test('a page whose options of the collector have been changed asks at once', async () => {
  const script = (attributes: string) => ({ type: 'text/html', body: `<!doctype html><title>x</title><script async src="/waymark.min.js" ${attributes} data-web-vitals="false" data-page-views="false" data-engagement="false" data-bots="keep"></script>` });
  const { site, load } = await openWrong({ files: { '/same': script('data-collector="/events" data-batch-wait-ms="70"'), '/other': script('data-collector="/events" data-batch-wait-ms="50" data-headers="X-Key=abc"') } });
  expect(await load('/same', 2500)).toBe(Infinity);
  site.answer(() => ({}));
  expect(await load('/other', 9000)).toBeLessThan(2500);
  await expectAll(site);
  expect(site.requests.at(-1)!.headers).toMatchObject({ 'x-key': 'abc' });
});

test('a page in a new version, changed after the failure, asks at once; one from before it does not', async () => {
  const headers: Record<string, string> = {};
  const { site, load } = await openWrong({ headers });
  headers['Last-Modified'] = new Date(Date.now() - 3_600_000).toUTCString();
  expect(await load('/old?later', 2500)).toBe(Infinity);
  site.answer(() => ({}));
  headers['Last-Modified'] = new Date(Date.now() + 10_000).toUTCString();
  expect(await load('/new?later', 9000)).toBeLessThan(2500);
  await expectAll(site);
});
