import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, loaded, until } from '../helpers/shop.js';
import { codesOf, listenTo, openSite, openTab, problemsOf, PROBLEMS, ready, STUB, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const own = (events: { name: string }[]) => events.map(({ name }) => name).filter((name) => !/landing|page_view/.test(name));

/** A tab that listens to its console from the start. */
async function openListeningTab() {
  const page = await openTab(browser);
  return { page, heard: listenTo(page) };
}

describe('the script tag', () => {
  test('replays the calls that were made before it had loaded, in their order', async () => {
    const site = await openSite({
      head: `${STUB}<script>
        waymark('track', 'first', { number: 1 });
        waymark('cart.add', { item_id: 'A1', price: 10 });
        waymark('track', 'second', { number: 2 }, { stage: 'decision' });
        waymark('identify', 'customer-7');
      </script>`,
    });
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => waymark.track('third'));
    const events = await site.flushed(page);
    expect(own(events)).toEqual(['first', 'add_to_cart', 'second', 'identify', 'third']);
    expect(events.find(({ name }) => name === 'second')).toMatchObject({ properties: { number: 2 }, journey: { stage: 'decision' } });
  });

  test('makes one global, which is the tracker and can be called by the name of a method', async () => {
    const site = await openSite({ head: '<script>window.before = Object.keys(window)</script>' });
    const page = await site.visit(browser);
    const { names, types } = await page.evaluate(() => {
      const { before, waymark } = window as never as { before: string[]; waymark: Record<string, unknown> };
      return {
        names: Object.keys(window).filter((name) => !before.includes(name) && name !== 'before'),
        types: ['track', 'page', 'checkout', 'purchase', 'identify', 'reset', 'journey', 'on', 'flush', 'stop'].map((name) => typeof waymark[name]),
      };
    });
    expect(names).toEqual(['waymark']);
    expect(new Set(types)).toEqual(new Set(['function']));
    await inPage(page, (waymark: Waymark) => {
      waymark.track('by_method');
      waymark('track', 'by_name');
      waymark('cart.add', { item_id: 'A1' });
      waymark.cart.add({ item_id: 'A1' });
    });
    const events = await site.flushed(page);
    expect(own(events)).toEqual(['by_method', 'by_name', 'add_to_cart', 'add_to_cart']);
    expect(await inPage(page, (waymark: Waymark) => waymark('journey'))).toEqual(await inPage(page, (waymark: Waymark) => waymark.journey()));
  });

  test('warns of a method that does not exist, and goes on', async () => {
    const site = await openSite({ head: `${STUB}<script>waymark('trak', 'lost'); waymark('cart.ad', {}); waymark(); waymark('track', 'kept')</script>` });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    expect(own(await site.flushed(page))).toEqual(['kept']);
    expect(heard).toEqual([
      expect.stringMatching(/^warning: waymark: .*trak/),
      expect.stringMatching(/^warning: waymark: .*cart\.ad/),
      expect.stringMatching(/^warning: waymark: /),
    ]);
  });

  test('is one tracker where the tag is there twice, with one warning and nothing counted twice', async () => {
    const tag = '<script async src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50"></script>';
    const site = await openSite({ tag: tag + tag, body: '<button data-waymark-event="pressed">Press</button>' });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await until('the warning', () => heard.length);
    await ready(page);
    await page.click('button');
    const events = await site.flushed(page);
    expect(events.map(({ name }) => name)).toEqual(['landing', 'page_view', 'pressed']);
    expect(heard).toEqual([expect.stringMatching(/^warning: waymark: .*twice/)]);
  });

  test.each([
    ['is missing', '', 'got ""'],
    ['is no address', 'data-collector="collect.example/events"', 'got "collect.example/events"'],
    ['has a password in it', 'data-collector="https://me:secret@collect.example/"', 'option "collector"'],
    ['is empty', 'data-collector=""', 'got ""'],
  ])('says so in the console when data-collector %s, and leaves the page alone', async (_, attribute, told) => {
    const site = await openSite({ head: `${STUB}<script>waymark('track', 'early')</script>`, tag: `<script src="/waymark.min.js" ${attribute}></script>` });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await until('the error', () => heard.length);
    await page.evaluate(`waymark('track', 'late'); waymark('cart.add', { item_id: 'A1' }); waymark('no.such.method')`);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatch(/^error: TypeError: waymark: option "collector" takes /);
    expect(heard[0]).toContain(told);
    expect(site.bodies).toEqual([]);
  });

  test.each([
    ['data-currency="euro"', 'currency'],
    ['data-batch-wait-ms="soon"', 'batchWaitMs'],
    ['data-batch-events="0"', 'batchEvents'],
    ['data-batch-events="-5"', 'batchEvents'],
    ['data-page-views="maybe"', 'pageViews'],
  ])('names the option that %s spells wrong', async (attribute, option) => {
    const site = await openSite({ tag: `<script src="/waymark.min.js" data-collector="/events" ${attribute}></script>` });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await until('the error', () => heard.length);
    expect(heard).toEqual([expect.stringMatching(new RegExp(`^error: TypeError: waymark: option "${option}" takes .*, got `))]);
  });

  test.each([
    ['data-colector', 'collector'],
    ['data-curency', 'currency'],
    ['data-batch-wait-m', 'batch-?wait-?ms'],
    ['data-session-minute', 'session-?minutes'],
    ['data-batchWaitMs', 'data-batch-wait-ms'],
  ])('warns of the slip in %s, naming what was meant', async (attribute, meant) => {
    const site = await openSite({ attributes: `${attribute}="100"` });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    expect(heard).toEqual([expect.stringMatching(new RegExp(`^warning: waymark: .*${meant}`, 'i'))]);
  });

  test('says what to write to who loads it with type="module", where it cannot read its attributes', async () => {
    const site = await openSite({ tag: '<script type="module" src="/waymark.min.js" data-collector="/events"></script>' });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await until('the error', () => heard.length);
    expect(heard).toEqual([expect.stringMatching(/^error: TypeError: waymark: .*type="module".*write <script async src=/)]);
  });

  test('takes yes and no, on and off, 1 and 0, in capitals or not, and an attribute alone', async () => {
    const site = await openSite({ attributes: 'data-page-views="OFF" data-engagement="0" data-web-vitals="No" data-do-not-track="false" data-stage-attribute data-hash-routes="1" data-markup="Yes"' });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    await page.evaluate(`waymark('track', 'view_item')`);
    expect((await site.flushed(page)).map(({ name }) => name)).toEqual(['landing', 'view_item']);
    expect(await page.evaluate('document.documentElement.dataset.journeyStage')).toBe('consideration');
    expect(heard).toEqual([]);
  });

  test('warns of slips of the pen in the attributes of elements, once, without a click', async () => {
    const site = await openSite({ body: '<p data-waymark-evnt="a"></p><p data-waymark-evnt="a"></p><p data-waymark-event="b" data-waymark-on="hover" data-waymark-colour="red"></p>' });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await until('both warnings', () => heard.length > 1);
    expect(heard).toEqual(['warning: waymark: data-waymark-evnt="a": did you mean data-waymark-event?', 'warning: waymark: data-waymark-on="hover": takes click, submit, view']);
  });

  test("is silent about other tools' attributes", async () => {
    const site = await openSite({ attributes: 'data-cfasync="false" data-turbo-track="reload" data-n-head="ssr" data-rocket-status="executed" data-nscript' });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    expect(heard).toEqual([]);
  });
});

describe('track', () => {
  /** What a caller may do wrong, and how the shop learns of it; `rest` is what of the properties arrives. */
  const hostile: [what: string, code: string | null, call: (waymark: Waymark) => void, rest: Record<string, unknown> | undefined][] = [
    ['a function', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: () => 1 }), { ok: 1 }],
    ['a BigInt', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: BigInt(1) }), { ok: 1 }],
    ['a symbol', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: Symbol('s') }), { ok: 1 }],
    ['an element of the page', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: document.body }), { ok: 1 }],
    ['a cycle', 'invalid_property', (waymark) => {
      const bad: Record<string, unknown> = {};
      bad.self = bad;
      waymark.track('hostile', { ok: 1, bad });
    }, { ok: 1 }],
    ['properties that hold themselves', 'invalid_property', (waymark) => {
      const properties: Record<string, unknown> = { ok: 1 };
      properties.self = properties;
      waymark.track('hostile', properties);
    }, { ok: 1 }],
    ['a getter that throws', 'invalid_property', (waymark) => {
      waymark.track('hostile', { ok: 1, get bad() { throw new Error('no'); } });
    }, { ok: 1 }],
    ['a toJSON that throws', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: { toJSON() { throw new Error('no'); } } }), { ok: 1 }],
    ['a Proxy that throws at every touch', 'invalid_property', (waymark) => {
      const no = () => { throw new Error('no'); };
      waymark.track('hostile', { ok: 1, bad: new Proxy({}, { get: no, ownKeys: no, has: no, getPrototypeOf: no }) });
    }, { ok: 1 }],
    ['a Proxy that throws, as the properties', 'invalid_property', (waymark) => {
      const no = () => { throw new Error('no'); };
      waymark.track('hostile', new Proxy({}, { get: no, ownKeys: no, has: no, getPrototypeOf: no }));
    }, {}],
    ['a text of a megabyte', 'invalid_property', (waymark) => waymark.track('hostile', { ok: 1, bad: 'x'.repeat(1_000_000) }), { ok: 1, bad: expect.stringMatching(/^x{100,10000}$/) }],
    ['ten thousand properties', 'invalid_property', (waymark) => {
      waymark.track('hostile', { ok: 1, ...Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field_${index}`, 'some text'])) });
    }, expect.objectContaining({ ok: 1 })],
    ['null for properties', 'invalid_property', (waymark) => waymark.track('hostile', null as never), {}],
    ['an array for properties', 'invalid_property', (waymark) => waymark.track('hostile', ['A1'] as never), {}],
    ['a text for properties', 'invalid_property', (waymark) => waymark.track('hostile', 'A1' as never), {}],
    ['a number for properties', 'invalid_property', (waymark) => waymark.track('hostile', 7 as never), {}],
    ['null for options', null, (waymark) => waymark.track('hostile', { ok: 1 }, null as never), { ok: 1 }],
    ['a text for options', null, (waymark) => waymark.track('hostile', { ok: 1 }, 'decision' as never), { ok: 1 }],
    ['a stage that the model does not have', 'invalid_stage', (waymark) => waymark.track('hostile', { ok: 1 }, { stage: 'nirvana' as 'decision' }), { ok: 1 }],
    ['a stage that is no text', 'invalid_stage', (waymark) => waymark.track('hostile', { ok: 1 }, { stage: 7 as never }), { ok: 1 }],
    ['a name with spaces', 'invalid_name', (waymark) => waymark.track('hostile event' as never), undefined],
    ['an empty name', 'invalid_name', (waymark) => waymark.track('' as never), undefined],
    ['a name of 41 letters', 'invalid_name', (waymark) => waymark.track('n'.repeat(41) as never), undefined],
    ['a number for a name', 'invalid_name', (waymark) => waymark.track(7 as never), undefined],
    ['a symbol for a name', 'invalid_name', (waymark) => waymark.track(Symbol('s') as never), undefined],
    ['no name', 'invalid_name', (waymark) => (waymark.track as () => void)(), undefined],
    ['null for a name', 'invalid_name', (waymark) => waymark.track(null as never), undefined],
    ['an array for a name', 'invalid_name', (waymark) => waymark.track(['hostile'] as never), undefined],
    ['an object without a text for a name', 'invalid_name', (waymark) => waymark.track(Object.create(null) as never), undefined],
  ];

  let page: Page;
  let site: Awaited<ReturnType<typeof openSite>>;

  test('survives whatever a caller does wrong, and says what', async () => {
    site = await openSite({ head: PROBLEMS });
    page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(site.url);
    await ready(page);
    for (const [what, code, call, rest] of hostile) {
      const { length } = await site.flushed(page);
      await page.evaluate('problems = []');
      await inPage(page, call as (waymark: never) => void);
      await inPage(page, (waymark: Waymark) => waymark.track('next'));
      const events = (await site.flushed(page)).slice(length);
      expect(events.filter(({ name }) => `${name}`.startsWith('host')).map(({ properties }) => properties), what).toEqual(rest ? [rest] : []);
      expect(events.at(-1)!.name, what).toBe('next');
      expect(await codesOf(page), what).toEqual(code ? [code] : []);
      // What it says is a warning of its own.
      expect(heard.filter((line) => !/^warning: waymark: \w+: /.test(line)), what).toEqual([]);
    }
  });

  test('says in the problem which event and property it means', async () => {
    site = await openSite({ head: PROBLEMS });
    page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => waymark.track('hostile', { price_of_it: BigInt(1) }));
    await inPage(page, (waymark: Waymark) => waymark.track('two words' as never));
    await site.flushed(page);
    const [property, name] = await problemsOf(page);
    expect(property!.message).toMatch(/hostile.*price_of_it/);
    expect(name!.message).toMatch(/"two words"/);
  });

  test('takes a copy: what the shop does with the object afterwards changes nothing', async () => {
    site = await openSite();
    page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      const properties = { list: [1, 2], price: 1 };
      waymark.track('copied', properties);
      properties.price = 2;
      properties.list.push(3);
    });
    await site.flushed(page);
    expect(site.named('copied')[0]!.properties).toEqual({ list: [1, 2], price: 1 });
  });
});

describe('listeners', () => {
  test('reports a listener that throws, and calls the others', async () => {
    const site = await openSite({ head: PROBLEMS });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    const seen = await inPage(page, (waymark: Waymark) => {
      const names: string[] = [];
      waymark.on('event', () => {
        throw new Error('broken listener');
      });
      waymark.on('event', ({ name }) => names.push(name));
      waymark.track('heard');
      return new Promise((resolve) => setTimeout(resolve, 50)).then(() => names);
    });
    expect(seen).toEqual(['heard']);
    expect(await problemsOf(page)).toEqual([{ code: 'listener_failed', message: expect.stringContaining('broken listener') }]);
    expect(own(await site.flushed(page))).toEqual(['heard']);
    expect(heard).toEqual([expect.stringMatching(/^warning: waymark: listener_failed: event: Error: broken listener/)]);
  });

  test('a listener for problems that throws ends nothing', async () => {
    const site = await openSite();
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    await inPage(page, (waymark: Waymark) => {
      waymark.on('problem', () => {
        throw new Error('broken listener');
      });
      waymark.track('two words' as never);
      waymark.track('heard');
    });
    expect(own(await site.flushed(page))).toEqual(['heard']);
    expect(heard.filter((line) => !/^warning: waymark: \w+: /.test(line))).toEqual([]);
  });

  test('calls a listener no more once it was taken back', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    const calls = await inPage(page, async (waymark: Waymark) => {
      let calls = 0;
      const off = waymark.on('event', () => calls++);
      waymark.track('one');
      await waymark.flush();
      off();
      waymark.track('two');
      await waymark.flush();
      return calls;
    });
    expect(calls).toBe(1);
  });
});

describe('what few pages have a use for', () => {
  const [MORE, ASKED] = ['waymark.more.min.js', 'waymark.asked.min.js'] as const;
  const PRODUCT = '<script type="application/ld+json">{ "@type": "Product", "sku": "A1", "name": "Mug" }</script><h1>Mug</h1>';

  /** A page with a product, and which of these two files it asks for, in their order; one of them is not there. */
  async function openPage(attributes: string, missing?: string) {
    const site = await openSite({ attributes, head: PROBLEMS, body: PRODUCT });
    const { page, heard } = await openListeningTab();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(.../waymark\.(?:more|asked)\.min\.js/.exec(request.url()) ?? []));
    if (missing) await page.route(`**/${missing}?*`, (route) => route.fulfill({ status: 404 }));
    await page.goto(site.url);
    await ready(page);
    return { ...site, page, heard, asked };
  }
  const exported = (page: Page) => inPage(page, async (waymark: Waymark) => (await waymark.exportData())?.database);
  const rage = async (page: Page) => {
    for (let click = 0; click < 3; click++) await page.mouse.click(20, 30);
  };

  test('is loaded when exportData() is called, once, and by no page that does not ask for it', async () => {
    const { page, heard, asked, arrived } = await openPage('');
    await arrived('view_item');
    await ready(page);
    expect(asked).toEqual([MORE]);
    expect(await exported(page)).toBe('waymark-main');
    expect(await exported(page)).toBe('waymark-main');
    expect(asked).toEqual([MORE, ASKED]);
    expect(await codesOf(page)).toEqual([]);
    expect(heard).toEqual([]);
  });

  test.each(['data-frustration', 'data-gzip', 'data-link-domains="other.test"'])('is loaded beside the second file for %s', async (attribute) => {
    const { asked } = await openPage(attribute);
    await until('both files', () => asked.length === 2);
    expect(asked).toEqual([MORE, ASKED]);
  });

  test('takes nothing else with it where it cannot be loaded', async () => {
    const { page, heard, arrived } = await openPage('data-frustration', ASKED);
    await arrived('view_item');
    await until('the problem', async () => (await codesOf(page)).includes('more_failed'));
    expect((await problemsOf(page)).map(({ code, message }) => [code, message])).toEqual([['more_failed', expect.stringContaining(ASKED)]]);
    expect(await page.evaluate('waymark.exportData()')).toBeNull();
    await inPage(page, (waymark: Waymark) => waymark.track('told'));
    await arrived('told');
    expect(heard.filter((line) => line.startsWith('uncaught'))).toEqual([]);
  });

  test('is there without the second file, too', async () => {
    const { page, asked, named } = await openPage('data-frustration', MORE);
    await until('both files', () => asked.length === 2);
    expect(await exported(page)).toBe('waymark-main');
    await until('the event', async () => (await rage(page), named('rage_click')[0]));
    expect(await codesOf(page)).toEqual(['more_failed']);
    expect(await page.evaluate('waymark.share()')).toBeNull();
  });

  test('answers where the tracker is stopped while the second file is under way, and so does share()', async () => {
    const site = await openSite();
    const page = await openTab(browser);
    let goOn = () => {};
    await page.route(`**/${MORE}?*`, (route) => void (goOn = () => void route.continue()));
    const [request] = await Promise.all([page.waitForRequest(`**/${MORE}?*`), page.goto(site.url)]);
    await page.evaluate(`window.answers = []; for (const method of ['share', 'exportData']) waymark[method]().then((answer) => answers.push(answer && answer.database)); waymark.stop()`);
    goOn();
    await request.response();
    await until('the answers', () => page.evaluate('answers.length === 2'));
    expect(await page.evaluate('answers')).toEqual([null, 'waymark-main']);
  });
});

describe('stop', () => {
  test('leaves no listener and no timer behind, and later calls are silent', async () => {
    // A long wait, so that a timer for the next batch that is left behind is seen.
    const site = await openSite({ attributes: 'data-batch-wait-ms="60000"', head: PROBLEMS, body: '<button data-waymark-event="pressed">Press</button>' });
    const { page, heard } = await openListeningTab();
    await page.addInitScript(() => {
      const state = { listeners: new Set<string>(), timers: new Map<number, number>() };
      (window as never as { state: unknown }).state = state;
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      const { navigation } = window as never as { navigation: EventTarget };
      const ids = new Map<unknown, number>();
      /** Whether the call comes from Waymark, and not from the test's tools. */
      const isOurs = () => !!new Error().stack?.includes('waymark.min.js');
      const entry = (target: EventTarget, type: string, listener: unknown, options: unknown) => {
        const where = target === window ? 'window' : target === document ? 'document' : target === navigation ? 'navigation' : undefined;
        if (!ids.has(listener)) ids.set(listener, ids.size);
        const capture = typeof options === 'object' ? !!(options as AddEventListenerOptions)?.capture : !!options;
        return where && `${where} ${type} ${ids.get(listener)} ${capture}`;
      };
      EventTarget.prototype.addEventListener = function (this: EventTarget, ...args: Parameters<typeof addEventListener>) {
        const key = entry(this ?? window, args[0], args[1], args[2]);
        if (key && isOurs()) state.listeners.add(key);
        return addEventListener.apply(this, args);
      };
      EventTarget.prototype.removeEventListener = function (this: EventTarget, ...args: Parameters<typeof removeEventListener>) {
        const key = entry(this ?? window, args[0], args[1], args[2]);
        if (key) state.listeners.delete(key);
        return removeEventListener.apply(this, args);
      };
      const { setTimeout, clearTimeout } = window;
      window.setTimeout = ((work: () => void, ms = 0, ...args: unknown[]) => {
        const id = setTimeout((...given: unknown[]) => {
          state.timers.delete(id);
          (work as (...given: unknown[]) => void)(...given);
        }, ms, ...args) as unknown as number;
        if (isOurs()) state.timers.set(id, ms);
        return id;
      }) as never;
      window.clearTimeout = ((id: number) => {
        state.timers.delete(id);
        clearTimeout(id);
      }) as never;
      const { setInterval } = window;
      window.setInterval = ((...args: Parameters<typeof setInterval>) => {
        if (isOurs()) state.timers.set(-1, 0);
        return setInterval(...args);
      }) as never;
    });
    await page.goto(site.url);
    await ready(page);
    const state = () => page.evaluate(() => {
      const { listeners, timers } = (window as never as { state: { listeners: Set<string>; timers: Map<number, number> } }).state;
      return { listeners: [...listeners].map((text) => text.split(' ').slice(0, 2).join(' ')), timers: [...timers.values()] };
    });
    await inPage(page, (waymark: Waymark) => waymark.track('before'));
    const running = await state();
    expect(running.listeners).toEqual(expect.arrayContaining(['document click', 'document visibilitychange', 'window pagehide', 'navigation currententrychange']));
    expect(Math.max(...running.timers)).toBeGreaterThan(30_000);

    await inPage(page, (waymark: Waymark) => waymark.stop());
    const stopped = await state();
    expect(stopped.listeners).toEqual([]);
    // Time limits of what the browser's storage is doing, and no others, run out by themselves.
    expect(Math.max(0, ...stopped.timers)).toBeLessThanOrEqual(4000);
    await until('no timer', async () => (await state()).timers.length === 0);

    const sent = site.bodies.length;
    const answers = await inPage(page, async (waymark: Waymark) => {
      waymark.track('after');
      waymark.track('' as never);
      waymark.page();
      waymark.cart.add({ item_id: 'A1' });
      waymark.cart.clear();
      waymark.checkout();
      waymark.purchase({ transaction_id: 'T1' });
      waymark.identify('customer-7');
      waymark.reset();
      waymark.stop();
      document.querySelector('button')!.click();
      history.pushState({}, '', '/other');
      return { flushed: await waymark.flush(), journey: waymark.journey() };
    });
    expect(answers.flushed).toEqual({ delivered: 0, kept: 0, refused: 0 });
    expect(answers.journey).toHaveProperty('touchpoints');
    await page.goto('about:blank');
    expect(site.bodies.length).toBe(sent);
    expect(heard).toEqual([]);

    // What was tracked before is not lost: the next visit sends it.
    const revisit = await site.visit(browser);
    const events = await site.flushed(revisit);
    expect(own(events)).toEqual(['before']);
  });

  test('makes room for a new tracker with the same key', async () => {
    const { page, heard, events } = await openModules(`
      const first = createTracker({ collector: '/events', batchWaitMs: 50 });
      first.stop();
      window.second = createTracker({ collector: '/events', batchWaitMs: 50 });
      second.track('of_the_second');
      window.done = first !== second;`);
    expect(await page.evaluate('done')).toBe(true);
    await page.evaluate('second.flush()');
    expect(own(events())).toEqual(['of_the_second']);
    expect(heard).toEqual([]);
  });
});

describe('a hostile place', () => {
  test('delivers where localStorage, sessionStorage and IndexedDB throw, and says that nothing outlives the page', async () => {
    const site = await openSite({ head: PROBLEMS });
    const { page, heard } = await openListeningTab();
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });
      }
    });
    await page.goto(site.url);
    await loaded(page);
    await inPage(page, (waymark: Waymark) => waymark.track('delivered'));
    await site.arrived('delivered');
    expect(site.batches().every(({ durable }) => durable)).toBe(false);
    expect(await codesOf(page)).toEqual(['storage_unavailable']);
    expect(site.events().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(heard).toEqual([expect.stringMatching(/^warning: waymark: storage_unavailable: /)]);
  });

  test('delivers where storage is full', async () => {
    const site = await openSite({ head: PROBLEMS });
    const { page, heard } = await openListeningTab();
    await page.addInitScript(() => {
      const full = () => { throw new DOMException('full', 'QuotaExceededError'); };
      Storage.prototype.setItem = full;
      IDBObjectStore.prototype.put = full;
    });
    await page.goto(site.url);
    await loaded(page);
    await inPage(page, (waymark: Waymark) => waymark.track('delivered'));
    await site.arrived('delivered');
    expect(await codesOf(page)).toEqual(['storage_unavailable']);
    await page.goto('about:blank');
    expect(heard).toEqual([expect.stringMatching(/^warning: waymark: storage_unavailable: /)]);
  });

  test("delivers where another script's wrapper of fetch throws", async () => {
    const site = await openSite();
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await ready(page);
    await inPage(page, (waymark: Waymark) => {
      window.fetch = () => { throw new Error('broken wrapper'); };
      waymark.track('delivered');
    });
    await site.arrived('delivered');
    expect(heard).toEqual([]);
  });

  test('delivers where an old library has spoilt the built-in objects', async () => {
    const site = await openSite({
      // As Prototype.js before 1.7 does, and careless extensions of Object.prototype.
      head: `${PROBLEMS}<script>
        Array.prototype.toJSON = function () { return '[' + this.join() + ']' };
        Object.prototype.extra = function () {};
      </script>`,
    });
    const { page, heard } = await openListeningTab();
    await page.goto(site.url);
    await loaded(page);
    await inPage(page, (waymark: Waymark) => {
      waymark.track('delivered', { list: ['a', 'b'], deep: { list: [1] } });
      waymark.cart.add({ item_id: 'A1', price: 1 });
    });
    const { properties } = await site.arrived('delivered');
    expect(properties).toEqual({ list: ['a', 'b'], deep: { list: [1] } });
    expect((await site.arrived('add_to_cart')).properties).toMatchObject({ items: [{ item_id: 'A1' }] });
    expect(heard).toEqual([]);
  });
});

/** Runs `code` in a page with `createTracker` imported from the package's modules, as a bundler or an import map does. */
async function openModules(code: string) {
  const imports = { waymark: '/dist/index.js', 'waymark/core': '/dist/core.js', 'waymark/capture': '/dist/capture/index.js', 'idb-keyval': '/idb-keyval.js', 'web-vitals': '/web-vitals.js' };
  const site = await openSite({
    head: '',
    tag: `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">
      import { createTracker } from 'waymark';
      import * as core from 'waymark/core';
      import * as capture from 'waymark/capture';
      ${code}
    </script>`,
  });
  const { page, heard } = await openListeningTab();
  await page.goto(site.url);
  await until('the script', () => page.evaluate(`'done' in window`));
  return { ...site, page, heard };
}

describe('the package in a page', () => {
  test('sets no global and does nothing before createTracker is called', async () => {
    const { page, bodies } = await openModules(`window.names = Object.getOwnPropertyNames(window); window.done = true;`);
    expect((await page.evaluate('names') as string[]).filter((name) => /waymark/i.test(name))).toEqual([]);
    expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
    expect(bodies).toEqual([]);
  });

  test('keeps trackers of different keys apart: visitor, cart and events', async () => {
    const { page, heard, batches, events } = await openModules(`
      const make = (key) => createTracker({ collector: '/events', batchWaitMs: 50, key, pageViews: false });
      window.shop = make('shop');
      window.brand = make('brand');
      shop.track('of_the_shop');
      brand.track('of_the_brand');
      shop.cart.add({ item_id: 'A1' });
      brand.checkout();
      shop.identify('customer-7');
      window.done = true;`);
    await page.evaluate('Promise.all([shop.flush(), brand.flush()])');
    const visitors = [...new Set(events().map(({ visitor }) => visitor.id))];
    expect(visitors).toHaveLength(2);
    const [shop, brand] = ['of_the_shop', 'of_the_brand'].map((name) => {
      const { visitor } = events().find((event) => event.name === name)!;
      return events().filter((event) => event.visitor.id === visitor.id);
    });
    expect(shop!.map(({ name }) => name)).toEqual(['landing', 'of_the_shop', 'add_to_cart', 'identify']);
    expect(brand!.map(({ name }) => name)).toEqual(['landing', 'of_the_brand', 'begin_checkout']);
    expect(shop!.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(brand!.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(brand!.at(-1)!.properties.items).toEqual([]);
    expect(shop!.at(-1)!.visitor.user_id).toBe('customer-7');
    expect(brand!.at(-1)!.visitor).not.toHaveProperty('user_id');
    // No batch mixes the two.
    for (const { contexts } of batches()) {
      expect(new Set((contexts as { visitor: { id: string } }[]).map(({ visitor }) => visitor.id)).size).toBe(1);
    }
    expect(heard).toEqual([]);
  });

  test('gives the tracker that runs already for the same key, with a warning', async () => {
    const { page, heard, events } = await openModules(`
      const options = { collector: '/events', batchWaitMs: 50 };
      window.tracker = createTracker(options);
      window.done = createTracker(options) === tracker;`);
    expect(await page.evaluate('done')).toBe(true);
    expect(heard).toEqual([expect.stringMatching(/^warning: waymark: .*main/)]);
    await page.evaluate('tracker.flush()');
    expect(events().map(({ name }) => name)).toEqual(['landing', 'page_view']);
  });

  test('throws a TypeError that names the option, what it takes and what it got', async () => {
    const { page } = await openModules(`
      const say = (options) => { try { createTracker(options); return 'nothing thrown'; } catch (error) { return String(error); } };
      window.done = [say({}), say({ collector: '/events', curency: 'EUR' }), say({ collector: '/events', batchEvents: '5' }), say({ collector: 5 })];`);
    expect(await page.evaluate('done')).toEqual([
      expect.stringMatching(/^TypeError: waymark: option "collector" takes .*, got ""$/),
      expect.stringMatching(/^TypeError: waymark: there is no option "curency": did you mean "currency"\?$/),
      expect.stringMatching(/^TypeError: waymark: option "batchEvents" takes a number above 0, got "5"$/),
      expect.stringMatching(/^TypeError: waymark: option "collector" takes .*, got 5$/),
    ]);
  });

  test('does with the core alone what the core says: no page views, no landings, one event', async () => {
    const { page, events } = await openModules(`
      window.tracker = core.createTracker({ collector: '/events' });
      tracker.track('alone', { ok: 1 });
      window.done = true;`);
    await page.evaluate('tracker.flush()');
    expect(events()).toEqual([expect.objectContaining({ name: 'alone', properties: { ok: 1 }, seq: 1, visitor: { id: expect.any(String) } })]);
    expect(events()[0]).not.toHaveProperty('journey');
    expect(events()[0]).not.toHaveProperty('page');
  });

  test('a plugin that throws while it is set up is reported, and the others work', async () => {
    const { page, heard, events } = await openModules(`
      const broken = () => { throw new Error('broken plugin') };
      window.problems = [];
      const listen = ({ tracker }) => { tracker.on('problem', (problem) => problems.push(problem)) };
      window.tracker = core.createTracker({ collector: '/events', plugins: [listen, broken, capture.pages()] });
      tracker.page();
      window.done = true;`);
    await page.evaluate('tracker.flush()');
    expect(events().map(({ name }) => name)).toEqual(['page_view']);
    expect(await page.evaluate('problems')).toEqual([{ code: 'internal_error', message: expect.stringContaining('broken plugin') }]);
    expect(heard).toEqual([]);
  });
});
