import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codesTold, flush, openScripted, trackMany, type Reply } from '../helpers/scripted.js';
import { loaded, until } from '../helpers/shop.js';
import { listenTo, openTab, STUB } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** What Waymark has written to the console of a tab. */
const warned = (heard: string[]) => heard.filter((line) => line.startsWith('warning: waymark:'));

test('on a developer’s machine the console tells what is wrong with a collector, what it means and what to do, once until it is over', async () => {
  const cases: [told: RegExp, reply: Reply][] = [
    [/wrong_endpoint: HTTP 200 with HTML from http.*\/events.*No collector is there.*option "collector"/, { status: 200, body: '<html>', headers: { 'Content-Type': 'text/html' } }],
    [/wrong_endpoint: HTTP 404 from http.*\/events.*option "collector"/, { status: 404 }],
    [/wrong_endpoint: HTTP 405 from .*option "collector"/, { status: 405 }],
    [/wrong_endpoint: HTTP 401 from .*keys/, { status: 401 }],
    [/wrong_endpoint: HTTP 302 from .*redirect/, { status: 302, headers: { Location: '/' } }],
    [/not_confirmed: HTTP 503 from .*not well/, { status: 503 }],
    [/not_confirmed: no answer from .*Access-Control-Allow-Origin: http:\/\/127/, { status: 200, headers: { 'Access-Control-Allow-Origin': 'null' } }],
    [/not_confirmed: no answer from /, { do: 'cut' }],
  ];
  const site = await openScripted({ isCross: true, attributes: 'data-batch-wait-ms="60000"' });
  const page = await browser.newTab();
  const heard = listenTo(page);
  await page.goto(site.url, { referer: site.url });
  await loaded(page);
  for (const [told, reply] of cases) {
    site.answer(() => reply);
    heard.length = 0;
    await trackMany(page, 'a', 1);
    const { kept, reasons } = (await flush(page)) as unknown as { kept: number; reasons: { code: string; message: string }[] };
    await flush(page);
    await until(`a warning like ${told}`, () => warned(heard).length);
    expect(warned(heard)).toEqual([expect.stringMatching(told)]);
    expect(warned(heard)[0]).toContain('Events are kept');
    expect(kept).toBe(1);
    // The same, in code.
    expect(reasons.map(({ code, message }) => warned(heard)[0]!.includes(`${code}: ${message}`))).toEqual([true]);
    site.answer(() => ({}));
    expect(await flush(page)).toMatchObject({ delivered: 1, kept: 0 });
  }
  await page.close();
});

test('on a page of the shop the console tells the first of each kind, and whoever listens first is told what came before', async () => {
  const page = await openTab(browser);
  const heard = listenTo(page);
  let attributes = '';
  let status = 404;
  await page.route('https://shop.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/events') return route.fulfill({ status, contentType: 'text/plain', body: '' });
    if (pathname.endsWith('.js')) return route.fulfill({ contentType: 'text/javascript', body: readFileSync(`dist${pathname}`, 'utf8') });
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Shop</title>${STUB}<script async src="/waymark.min.js" data-collector="/events" data-web-vitals="false" data-bots="keep" ${attributes}></script>` });
  });
  const play = async () => {
    heard.length = 0;
    await page.goto('https://shop.test/');
    await loaded(page);
    for (status of [404, 204, 404, 503]) {
      await page.evaluate(`waymark.track('a')`);
      await page.evaluate('waymark.flush()');
    }
    await page.evaluate(`(waymark.track('bad name'), waymark.track('worse name'))`);
    await until('the warnings', () => warned(heard).length > 2);
    return warned(heard).map((line) => /waymark: (\w+):/.exec(line)![1]);
  };
  expect(await play()).toEqual(['wrong_endpoint', 'not_confirmed', 'invalid_name']);
  const told = await page.evaluate(`(async () => {
    const codes = [], others = [];
    waymark.on('problem', ({ code }) => codes.push(code));
    const before = codes.length;
    await 0;
    waymark.on('problem', ({ code }) => others.push(code));
    waymark.track('third name');
    await 0;
    return { before, codes, others };
  })()`);
  expect(told).toEqual({ before: 0, codes: ['wrong_endpoint', 'wrong_endpoint', 'not_confirmed', 'invalid_name', 'invalid_name', 'invalid_name'], others: ['invalid_name'] });
  attributes = 'data-debug';
  expect(await play()).toEqual(['wrong_endpoint', 'wrong_endpoint', 'not_confirmed', 'invalid_name', 'invalid_name']);
  await page.close();
});

test('a wrong address that was put right works at once on a developer’s machine', async () => {
  const site = await openScripted();
  site.answer(() => ({ status: 404 }));
  const page = await site.visit(browser);
  await trackMany(page, 'a', 2);
  await until('the problem', async () => (await codesTold(page)).length);
  site.answer(() => ({}));
  await page.reload();
  await until('the events', () => site.requests.length > 1);
  await until('both', () => site.counts('a')[0] === 2 && site.counts('a')[1] === 2);
});

test('flush says that events wait for consent', async () => {
  const site = await openScripted({ attributes: 'data-consent="required"' });
  const page = await site.visit(browser);
  await trackMany(page, 'a', 2);
  expect(await flush(page)).toEqual({ delivered: 0, kept: 2, refused: 0, reasons: [{ code: 'consent_required', message: expect.stringContaining('consent()') as string }] });
});
