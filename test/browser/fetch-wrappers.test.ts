import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openScripted, unhandled, type Scripted } from '../helpers/scripted.js';
import { until } from '../helpers/shop.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** Opens trackers by `open(name)` with a collector of their own each, `/events/NAME`, by the `fetch` of that moment; `answers` has what `flush` said, `problems` what was told. */
const MODULE = `<script type="importmap">{ "imports": { "idb-keyval": "/idb-keyval.js", "web-vitals": "/web-vitals.js" } }</script>
<script type="module">
import { createTracker } from '/dist/core.js';
const answers = {}, problems = {};
Object.assign(window, { answers, problems, async open(name, collector) {
  const tracker = createTracker({ key: name, collector: collector + '/' + name });
  tracker.on('problem', ({ code, message }) => (problems[name] ??= []).push(code + ': ' + message));
  tracker.track('a', { n: 1 });
  answers[name] = await tracker.flush();
  // What was held is sent by the page's own fetch next time.
  tracker.stop();
} });
</script>`;

const file = (path: string) => ({ type: 'text/javascript', body: readFileSync(`node_modules/${path}`, 'utf8') });
const FILES = { '/apm.js': file('@elastic/apm-rum/dist/bundles/elastic-apm-rum.umd.min.js'), '/skywalking.js': file('skywalking-client-js/lib/index.js') };

/** What came for a tracker: method, and whether there was a body. */
const requestsOf = (site: Scripted, name: string) => site.requests.filter(({ path }) => path.endsWith(`/${name}`)).map(({ method, events }) => `${method} ${events.length}`);

/** A `fetch` made of XMLHttpRequest, as old polyfills are: its answers have no type, and say nothing of redirects. */
const XHR = `(input, init) => new Promise((resolve, reject) => {
  const xhr = new XMLHttpRequest();
  xhr.open(init.method || 'GET', input);
  for (const name in init.headers) xhr.setRequestHeader(name, init.headers[name]);
  xhr.onload = () => resolve({ status: xhr.status, ok: true, url: xhr.responseURL, headers: { get: (name) => xhr.getResponseHeader(name) }, text: async () => xhr.responseText });
  xhr.onerror = reject;
  xhr.send(init.body);
})`;

interface Answer {
  delivered: number;
  kept: number;
}

/** Opens trackers of a page, each by a `fetch` of its own: what the source of each makes of `own`, the browser's. */
async function openWith(wrappers: Record<string, string>, isCross: boolean) {
  const site = await openScripted({ isCross, tag: MODULE, files: FILES });
  // What an empty GET is answered with, too.
  site.answer(() => ({ status: 204 }));
  const page = await site.visit(browser);
  await page.waitForFunction('window.open.length === 2');
  await page.evaluate(`(async () => {
    const own = window.fetch;
    for (const [name, source] of ${JSON.stringify(Object.entries(wrappers))}) {
      window.fetch = Function('own', 'return ' + source)(own);
      await open(name, ${JSON.stringify(site.collector)} + '/events');
    }
    window.fetch = own;
  })()`);
  return { site, page, answers: (await page.evaluate('answers')) as Record<string, Answer>, problems: (await page.evaluate('problems')) as Record<string, string[]> };
}

test.each([false, true])('events arrive through what other scripts put in the place of fetch, and are confirmed once (another host: %s)', async (isCross) => {
  const { site, page, answers, problems } = await openWith(
    {
      passes: '(...args) => own(...args)',
      bound: 'own.bind(window)',
      later: 'async (...args) => { await 0; await 0; return own(...args) }',
      request: '(input, init) => own(new Request(input, init))',
      url_of: '(input, init) => own(input.url || input, init)',
      text: '(input, init) => own(String(input), init)',
      text_methods: '(input, init) => input.startsWith("http") && own(input, init)',
      own_methods: '(input, init) => init.hasOwnProperty("method") && own(input, init)',
      spread: '(input, init) => own(input, { ...init, headers: { ...init.headers } })',
      assigned: '(input, init) => own(input, Object.assign({}, init))',
      some: '(input, { method, body, headers }) => own(input, { method, body, headers })',
      changed: '(input, init) => { "use strict"; init.headers = new Headers(init.headers); init.method = init.method.toUpperCase(); init.body = init.body; return own(input, init) }',
      headers: '(input, init) => { init.headers["Content-Type"] += ""; return own(input, init) }',
      json: '(input, init) => own(input, JSON.parse(JSON.stringify(init, (name, value) => name === "signal" ? undefined : value)))',
      clone: '(input, init) => own(input, init).then((response) => response.clone())',
      read: '(input, init) => own(input, init).then(async (response) => (await response.text(), response))',
      thenable: '(input, init) => ({ then: (done, fail) => own(input, init).then(done, fail) })',
      xhr: XHR,
    },
    isCross,
  );
  for (const [name, { delivered, kept }] of Object.entries(answers)) {
    const arrived = requestsOf(site, name).filter((request) => request === 'POST 1');
    expect({ name, arrived, delivered, kept, problems: problems[name] }).toEqual({ name, arrived: ['POST 1'], delivered: 1, kept: 0, problems: undefined });
  }
  expect(Object.keys(answers)).toHaveLength(18);
  expect(await unhandled(page)).toEqual([]);
});

test.each([false, true])('what other scripts make of a request without its method or body confirms nothing, and nothing is lost (another host: %s)', async (isCross) => {
  const { site, page, answers, problems } = await openWith(
    {
      empty_get: '(input) => own(input.url || String(input))',
      looks_at_method: '(input, init) => { init && init.method; return own(input.url || input, { credentials: "omit" }) }',
      looks_at_headers: '(input, init) => own(input.href || input.url || input, { headers: init && init.headers })',
      // They know nothing but a Request.
      no_init: '(input) => own(input)',
      new_request: '(input) => own(new Request(input))',
      request_methods: '(input) => { input.headers.has("x"); return own(input) }',
      clones: '(input) => { const copy = input.clone(); return own(input).then(async (response) => (await copy.text(), response)) }',
      clones_later: 'async (input) => { const response = await own(input); input.clone(); return response }',
      address_of: '(input, init) => own(new URL(input.url).href, init)',
      request_alone: '(input) => { if (!(input instanceof Request)) throw new TypeError("no Request"); return own(input) }',
      undefined_address: '(input, init) => own(input.href, init)',
      other_address: '(input, init) => own("/elsewhere", init)',
      mocked: 'async () => new Response("{}", { status: 200 })',
      alike: 'async () => ({ status: 200, ok: true })',
      without_headers: '(input, init) => own(input, init).then(({ status }) => ({ status, ok: true, text: async () => "" }))',
      throws: '() => { throw new Error("no") }',
      rejects: '() => Promise.reject()',
      returns: '() => 5',
      opaque: '(input, init) => own(input, { ...init, mode: "no-cors", headers: {} }).then((response) => response.type === "opaque" ? response : Promise.reject())',
    },
    isCross,
  );
  for (const [name, { delivered, kept }] of Object.entries(answers)) expect({ name, delivered, kept, told: problems[name]?.length }).toEqual({ name, delivered: 0, kept: 1, told: 1 });
  expect(problems.empty_get![0]).toMatch(/^collector_blocked: .*replaced fetch/);
  expect(await unhandled(page)).toEqual([]);

  // The same shop once that script is gone.
  await page.reload();
  await page.waitForFunction('window.open.length === 2');
  const names = Object.keys(answers);
  await page.evaluate(`Promise.all(${JSON.stringify(names)}.map((name) => open(name, ${JSON.stringify(site.collector)} + '/events')))`);
  expect(await page.evaluate('answers')).toEqual(Object.fromEntries(names.map((name) => [name, { delivered: 2, kept: 0, refused: 0 }])));
});

test.each([false, true])('a redirect that a script in the place of fetch follows is no confirmation (another host: %s)', async (isCross) => {
  const site = await openScripted({ isCross, tag: MODULE });
  site.answer(({ path, method }) => (path.includes('again') || method === 'GET' ? { status: 204 } : { status: 302, headers: { Location: `${path}?again` } }));
  const page = await site.visit(browser);
  await page.waitForFunction('window.open.length === 2');
  await page.evaluate(`(async () => {
    const own = fetch;
    window.fetch = (input, { method, headers, body }) => own(input, { method, headers, body });
    await open('some', ${JSON.stringify(site.collector)} + '/events');
    window.fetch = ${XHR};
    await open('xhr', ${JSON.stringify(site.collector)} + '/events');
  })()`);
  expect(await page.evaluate('answers')).toMatchObject({ some: { delivered: 0, kept: 1 }, xhr: { delivered: 0, kept: 1 } });
  expect(await page.evaluate('problems')).toEqual({ some: [expect.stringMatching(/^wrong_endpoint: .*302/)], xhr: [expect.stringMatching(/^wrong_endpoint: /)] });
});

test.each<[what: string, script: string, start: string]>([
  ['@elastic/apm-rum 5.12.0', '/apm.js', `elasticApm.init({ serviceName: 'shop', serverUrl: location.origin + '/apm', distributedTracingOrigins: ['*'] })`],
  ['skywalking-client-js 0.12.0', '/skywalking.js', `ClientMonitor.register({ service: 'shop', collector: location.origin + '/apm', pagePath: '/', serviceVersion: '1', autoTracePerf: false, traceTimeInterval: 60000 })`],
])('events arrive, and are confirmed once, on a page with %s', async (_what, script, start) => {
  for (const isCross of [false, true]) {
    const site = await openScripted({ isCross, files: FILES, patch: `<script>window.nativeFetch = fetch</script><script src="${script}"></script><script>${start}</script>` });
    site.answer(() => ({ status: 204 }));
    const page = await site.visit(browser);
    expect(await page.evaluate('fetch !== nativeFetch')).toBe(true);
    await page.evaluate(`(waymark.track('a', { n: 1 }), waymark.track('purchase', { transaction_id: 'T1', value: 5, currency: 'EUR' }))`);
    await until('the events', () => site.counts('a')[1] && site.arrivals().some(({ name }) => name === 'purchase'));
    expect(await page.evaluate('waymark.flush()')).toMatchObject({ kept: 0 });
    expect(site.requests.map(({ method }) => method)).not.toContain('GET');
    expect(new Set(site.arrivals().map(({ id }) => id)).size).toBe(site.arrivals().length);
    expect(await unhandled(page)).toEqual([]);
  }
});
