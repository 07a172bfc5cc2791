import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage } from '../helpers/shop.js';
import { besideProblems, codesOf, listenTo, openSite, openTab, problemsOf, PROBLEMS, ready, type ArrivedEvent, type SiteParts, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function openPage(parts: SiteParts, prepare?: () => void) {
  const site = await openSite({ ...parts, head: PROBLEMS + (parts.head ?? '') });
  const page = await openTab(browser);
  const heard = listenTo(page);
  if (prepare) await page.addInitScript(prepare);
  await page.goto(site.url);
  await ready(page);
  return { ...site, page, heard };
}

describe('feedback', () => {
  const summarize = ({ properties, journey }: ArrivedEvent) => [properties, journey.stage];

  test('is an event with what it says, and advocacy where it is good', async () => {
    const { page, heard, ...site } = await openPage({});
    await inPage(page, (waymark: Waymark) => {
      waymark.feedback({ rating: 1 });
      waymark.feedback({ rating: 3.5, about: 'delivery' });
      waymark.feedback({ sentiment: 'negative' });
      waymark.feedback({ sentiment: 'neutral', transaction_id: 'T1' });
      waymark.feedback({ rating: 4 });
      waymark.feedback({ rating: 5, sentiment: 'positive', about: '007' });
      waymark.feedback({ sentiment: 'positive' });
    });
    const told = (await site.flushed(page)).filter(({ name }) => name === 'feedback');
    expect(told.map(summarize)).toEqual([
      [{ rating: 1 }, 'awareness'],
      [{ rating: 3.5, about: 'delivery' }, 'awareness'],
      [{ sentiment: 'negative' }, 'awareness'],
      [{ sentiment: 'neutral', transaction_id: 'T1' }, 'awareness'],
      [{ rating: 4 }, 'advocacy'],
      [{ rating: 5, sentiment: 'positive', about: '007' }, 'advocacy'],
      [{ sentiment: 'positive' }, 'advocacy'],
    ]);
    expect(await codesOf(page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test.each<[way: string, tell: (waymark: Waymark, feedback: never) => void]>([
    ['by call', (waymark, feedback) => waymark.feedback(feedback)],
    ['by track', (waymark, feedback) => waymark.track('feedback', feedback)],
  ])('that says nothing one can understand is reported and no event, %s', async (_way, tell) => {
    const { page, heard, ...site } = await openPage({});
    const wrong: [feedback: unknown, codes: string[]][] = [
      [{ rating: 0 }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: 6 }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: 5.1 }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: -1 }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: 'x' }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: '' }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: null }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: true }, ['invalid_rating', 'invalid_feedback']],
      [{ rating: {} }, ['invalid_rating', 'invalid_feedback']],
      [{ sentiment: 'meh' }, ['invalid_sentiment', 'invalid_feedback']],
      [{ sentiment: 'Positive' }, ['invalid_sentiment', 'invalid_feedback']],
      [{ sentiment: 1 }, ['invalid_sentiment', 'invalid_feedback']],
      [{ rating: 6, sentiment: 'meh' }, ['invalid_rating', 'invalid_sentiment', 'invalid_feedback']],
      [{}, ['invalid_feedback']],
      [{ about: 'delivery' }, ['invalid_feedback']],
      [null, ['invalid_property', 'invalid_feedback']],
      ['great', ['invalid_property', 'invalid_feedback']],
      [5, ['invalid_property', 'invalid_feedback']],
      [[5], ['invalid_property', 'invalid_feedback']],
    ];
    await page.evaluate(`const tell = ${tell}; for (const feedback of ${JSON.stringify(wrong.map(([feedback]) => feedback))}) tell(waymark, feedback)`);
    await page.evaluate(`(${tell})(waymark)`);
    await page.evaluate(`(${tell})(waymark, { rating: NaN })`);
    await page.evaluate(`(${tell})(waymark, { sentiment: { toString() { throw new Error('no') } } })`);
    expect((await site.flushed(page)).map(({ name }) => name)).toEqual(['landing', 'page_view']);
    const codes = [...wrong.flatMap(([, each]) => each), 'invalid_feedback', 'invalid_rating', 'invalid_feedback', 'invalid_property', 'invalid_sentiment', 'invalid_feedback'];
    expect(await codesOf(page)).toEqual(codes);
    expect((await problemsOf(page))[0]!.message).toMatch(/^rating takes .*, got 0$/);
    expect((await problemsOf(page)).find(({ code }) => code === 'invalid_feedback')!.message).toMatch(/^feedback takes rating or sentiment, got /);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('keeps the rest where one of rating and sentiment cannot be one', async () => {
    const { page, ...site } = await openPage({});
    await inPage(page, (waymark: Waymark) => {
      waymark.feedback({ rating: 6 as 5, sentiment: 'negative', about: 'delivery' });
      waymark.track('feedback', { rating: 2, sentiment: 'meh' as never }, { stage: 'retention' });
    });
    const told = (await site.flushed(page)).filter(({ name }) => name === 'feedback');
    expect(told.map(summarize)).toEqual([
      [{ sentiment: 'negative', about: 'delivery' }, 'awareness'],
      [{ rating: 2 }, 'retention'],
    ]);
    expect(await codesOf(page)).toEqual(['invalid_rating', 'invalid_sentiment']);
  });

  test('never has a rating that is a text, as forms give it: it is the number that it was, or reported', async () => {
    const { page, ...site } = await openPage({});
    await inPage(page, (waymark: Waymark) => waymark.feedback({ rating: '5' as never }));
    const told = (await site.flushed(page)).filter(({ name }) => name === 'feedback');
    if (told.length) expect(told.map(summarize)).toEqual([[{ rating: 5 }, 'advocacy']]);
    else expect(await codesOf(page)).toContain('invalid_rating');
  });

  test('may be told by attributes', async () => {
    const rate = (id: string, rest: string) => `<button id="${id}" data-waymark-event="feedback" ${rest}>Rate</button>`;
    const { page, heard, ...site } = await openPage({
      body: [
        rate('five', 'data-waymark-rating="5" data-waymark-about="delivery"'), rate('good', 'data-waymark-sentiment="positive"'), rate('zero', 'data-waymark-rating="0"'),
        rate('six', 'data-waymark-rating="6"'), rate('x', 'data-waymark-rating="x"'), rate('meh', 'data-waymark-sentiment="meh"'), rate('none', ''),
        rate('half', 'data-waymark-rating="9" data-waymark-sentiment="negative"'),
      ].join(''),
    });
    for (const id of ['five', 'good', 'zero', 'six', 'x', 'meh', 'none', 'half']) await page.click(`#${id}`);
    const told = (await site.flushed(page)).filter(({ name }) => name === 'feedback');
    expect(told.map(summarize)).toEqual([
      [{ rating: 5, about: 'delivery' }, 'advocacy'],
      [{ sentiment: 'positive' }, 'advocacy'],
      [{ sentiment: 'negative' }, 'advocacy'],
    ]);
    expect(await codesOf(page)).toEqual([
      'invalid_rating', 'invalid_feedback', 'invalid_rating', 'invalid_feedback', 'invalid_rating', 'invalid_feedback', 'invalid_sentiment', 'invalid_feedback', 'invalid_feedback',
      'invalid_rating',
    ]);
    expect(besideProblems(heard)).toEqual([]);
  });
});

const FRUSTRATION = 'data-frustration="true"';

/** Runs in a page: makes the wait for an answer, which is 2.5 seconds, a short one. */
function hurry() {
  const { setTimeout } = window;
  window.setTimeout = ((work: () => void, ms?: number, ...rest: unknown[]) => setTimeout(work, ms === 2500 ? 250 : ms, ...rest)) as never;
}

const signs = async (site: { flushed(page: Page): Promise<ArrivedEvent[]> }, page: Page) =>
  (await site.flushed(page)).filter(({ name }) => /click/.test(name)).map(({ name, properties }) => `${name} ${properties.element}`);

/** When the next click of a page is made, in milliseconds since 1970. */
const hands = new WeakMap<Page, number>();
/** Lets the hand rest. */
const rest = (page: Page, ms: number) => hands.set(page, (hands.get(page) ?? Date.now()) + ms);

/**
 * Clicks with the mouse, as a hand does, at a place of an element. The browser is told when each click is made, so that a busy machine makes nobody slower.
 */
async function hit(page: Page, selector: string, times: number, everyMs = 20, place = { x: 5, y: 5 }) {
  const { x, y } = (await page.locator(selector).boundingBox())!;
  const session = await page.context().newCDPSession(page);
  for (let count = 0; count < times; count++) {
    const timestamp = rest(page, everyMs).get(page)! / 1000;
    for (const type of ['mousePressed', 'mouseReleased'] as const) await session.send('Input.dispatchMouseEvent', { type, x: x + place.x, y: y + place.y, button: 'left', clickCount: 1, timestamp });
  }
  await session.detach();
}

describe('a rage click', () => {
  const body = `<style>#wide { display: block; width: 500px; height: 200px }</style>
    <button id="buy">Buy</button><div id="wide">A secret text</div>
    <input id="size" value="a text"><textarea></textarea><select><option>One</option></select><p contenteditable id="note">Note</p>
    <script>buy.onclick = () => { document.body.dataset.count = (document.body.dataset.count ?? '') + '1' }</script>`;
  const open = () => openPage({ attributes: FRUSTRATION, body });

  test('is three clicks at one place within a second: one event for one burst, however long, which names the element and not its text', async () => {
    const { page, heard, ...site } = await open();
    await hit(page, '#wide', 3);
    expect(await signs(site, page)).toEqual(['rage_click div#wide']);
    expect(site.named('rage_click')[0]!.properties).toEqual({ element: 'div#wide' });
    await hit(page, '#wide', 4);
    expect(await signs(site, page)).toEqual(['rage_click div#wide']);
    // The next burst is another sign.
    rest(page, 1100);
    await hit(page, '#buy', 5);
    expect(await signs(site, page)).toEqual(['rage_click div#wide', 'rage_click button#buy']);
    expect(site.bodies.join()).not.toContain('secret');
    expect(besideProblems(heard)).toEqual([]);
  });

  test('counts clicks near each other as at one place', async () => {
    const { page, ...site } = await open();
    for (const x of [100, 110, 120]) await hit(page, '#wide', 1, 20, { x, y: 50 });
    expect(await signs(site, page)).toEqual(['rage_click div#wide']);
  });

  test('is not two clicks, and no clicks that are slow, far apart, in what one types or picks, or made by a script or a key', async () => {
    const { page, heard, ...site } = await open();
    await hit(page, '#buy', 2);
    for (const x of [20, 120, 220, 320, 20, 120, 220, 320]) await hit(page, '#wide', 1, 20, { x, y: 50 });
    await hit(page, '#size', 4);
    await hit(page, 'textarea', 4);
    await hit(page, '#note', 4);
    await inPage(page, () => {
      for (let click = 0; click < 5; click++) document.querySelector('button')!.click();
    });
    await page.focus('#buy');
    for (let press = 0; press < 4; press++) await page.keyboard.press('Enter');
    for (let press = 0; press < 4; press++) await page.keyboard.press('Space');
    await hit(page, '#wide', 3, 600);
    expect(await signs(site, page)).toEqual([]);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('is one for one burst, also where the person clicks at a steady pace', async () => {
    const { page, ...site } = await open();
    await hit(page, '#wide', 5, 380);
    expect(await signs(site, page)).toEqual(['rage_click div#wide']);
  });
});

describe('a dead click', () => {
  const body = `
    <button id="dead"><span>Nothing</span></button> <div role="button" id="role">Nothing</div> <p id="text">Text</p>
    <button id="changes">Changes</button> <button id="class">Class</button> <button id="later">Later</button> <button id="focuses">Focuses</button>
    <button id="scrolls">Scrolls</button> <button id="selects">Selects</button> <button id="routes">Routes</button> <button id="writes">Writes</button>
    <a id="hash" href="#reviews">Reviews</a> <details><summary id="summary">More</summary>Text</details>
    <a id="mail" href="mailto:shop@mail.example">Mail</a> <a id="file" href="/file" download>File</a> <a id="leaves" href="/next">Next</a>
    <button id="popover" popovertarget="hint">Hint</button><div id="hint" popover="manual">A hint</div>
    <input id="field"><p id="out">Out</p><div style="height: 5000px"></div>
    <script>
      const on = (id, work) => document.getElementById(id).addEventListener('click', work);
      on('changes', () => { out.textContent += '!' });
      on('class', () => { out.className = 'open' });
      on('later', () => setTimeout(() => { out.textContent += '!' }, 100));
      on('focuses', () => document.getElementById('field').focus());
      on('scrolls', () => scrollTo(0, 100));
      on('selects', () => getSelection().selectAllChildren(out));
      on('routes', () => history.replaceState({}, '', '/routes'));
      on('writes', () => { out.firstChild.data = 'Written' });
      for (const id of ['mail', 'file']) on(id, (event) => event.preventDefault());
    </script>`;
  const open = (prepare?: () => void) => openPage({ attributes: FRUSTRATION, body }, prepare);
  /** Longer than `hurry` leaves for an answer. */
  const patience = () => pause(350);

  test('is a click on a button that nothing answers for 2.5 seconds', async () => {
    const { page, heard, ...site } = await open();
    await page.click('#dead span');
    const clicked = Date.now();
    const { properties, time } = await site.arrived('dead_click');
    expect(properties).toEqual({ element: 'button#dead' });
    expect(Date.parse(time) - clicked).toBeGreaterThan(2300);
    expect(Date.parse(time) - clicked).toBeLessThan(4000);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('is one on whatever says that it is a button, and one for several clicks', async () => {
    const { page, ...site } = await open(hurry);
    await page.click('#role');
    await page.click('#role');
    await patience();
    expect(await signs(site, page)).toEqual(['dead_click div#role']);
  });

  test('is none where the page answers: it changes, focuses, scrolls, selects, opens or goes elsewhere', async () => {
    const { page, heard, ...site } = await open(hurry);
    for (const id of ['changes', 'class', 'later', 'focuses', 'scrolls', 'selects', 'summary', 'writes', 'hash', 'routes']) {
      await page.click(`#${id}`);
      await patience();
    }
    // What does not look as if it did something, and what does it elsewhere.
    for (const id of ['text', 'mail', 'file']) await page.click(`#${id}`);
    await patience();
    // And yet it watches.
    await page.click('#dead');
    await patience();
    expect(await signs(site, page)).toEqual(['dead_click button#dead']);
    // Leaving is an answer, too.
    await page.click('#leaves');
    await page.waitForURL('**/next');
    await ready(page);
    await patience();
    expect(await signs(site, page)).toEqual(['dead_click button#dead']);
    expect(besideProblems(heard)).toEqual([]);
  });

  test('is none where the click opens another tab', async () => {
    const { page, ...site } = await openPage({ attributes: FRUSTRATION, body: '<a href="/other" target="_blank" rel="noopener">Other</a>' });
    const opening = browser.context.waitForEvent('page');
    await page.click('a');
    const other = await opening;
    await pause(2700);
    await other.close();
    expect(await signs(site, page)).toEqual([]);
  });

  test('is none where the click opens a popover', async () => {
    const { page, ...site } = await open(hurry);
    await page.click('#popover');
    expect(await page.evaluate(() => document.querySelector('#hint')!.matches(':popover-open'))).toBe(true);
    await patience();
    expect(await signs(site, page)).toEqual([]);
  });

  test('is none for a click by a script or a key', async () => {
    const { page, ...site } = await open(hurry);
    await inPage(page, () => document.querySelector<HTMLElement>('#dead')!.click());
    await page.focus('#dead');
    await page.keyboard.press('Enter');
    await patience();
    expect(await signs(site, page)).toEqual([]);
  });
});

describe('signs of frustration', () => {
  const body = '<button id="dead">Nothing</button>';

  test('are not looked for without being asked', async () => {
    const { page, ...site } = await openPage({ body }, hurry);
    await hit(page, '#dead', 5);
    await pause(350);
    expect((await site.flushed(page)).map(({ name }) => name)).toEqual(['landing', 'page_view']);
  });

  test('leave no listener, timer or observer behind after stop(), also while a click waits for its answer', async () => {
    const { page, heard, bodies } = await openPage({ attributes: `${FRUSTRATION} data-batch-wait-ms="60000"`, body }, () => {
      const left = ((window as never as { left: unknown }).left = { listeners: new Set<string>(), timers: new Set<number>(), observers: new Set<object>() });
      const isOurs = () => !!new Error().stack?.includes('waymark.min.js');
      const ids = new Map<unknown, number>();
      const keyOf = (target: unknown, [type, listener]: unknown[]) => {
        if (!ids.has(listener)) ids.set(listener, ids.size);
        return `${target === document ? 'document' : 'window'} ${type} ${ids.get(listener)}`;
      };
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      const isCounted = (target: unknown) => (target === window || target === document) && isOurs();
      EventTarget.prototype.addEventListener = function (this: EventTarget, ...args: Parameters<typeof addEventListener>) {
        if (isCounted(this)) left.listeners.add(keyOf(this, args));
        return addEventListener.apply(this, args);
      };
      EventTarget.prototype.removeEventListener = function (this: EventTarget, ...args: Parameters<typeof removeEventListener>) {
        left.listeners.delete(keyOf(this, args));
        return removeEventListener.apply(this, args);
      };
      const { setTimeout, clearTimeout, MutationObserver } = window;
      window.setTimeout = ((work: () => void, ms?: number) => {
        const timer = setTimeout(work, ms);
        if (ms === 2500) left.timers.add(timer);
        return timer;
      }) as never;
      window.clearTimeout = (timer) => {
        left.timers.delete(timer as number);
        clearTimeout(timer);
      };
      window.MutationObserver = class extends MutationObserver {
        override observe(target: Node, options: MutationObserverInit) {
          if (isOurs()) left.observers.add(this);
          super.observe(target, options);
        }
        override disconnect() {
          left.observers.delete(this);
          super.disconnect();
        }
      };
    });
    const left = () => page.evaluate(() => {
      const { listeners, timers, observers } = (window as never as { left: { listeners: Set<string>; timers: Set<number>; observers: Set<object> } }).left;
      return { listeners: [...listeners].map((key) => key.split(' ').slice(0, 2).join(' ')), timers: timers.size, observers: observers.size };
    });
    await page.click('#dead');
    const waiting = await left();
    // The others look for elements that can come into view, for the next title, and for markup that comes late.
    expect(waiting).toMatchObject({ timers: 1, observers: 4 });
    expect(waiting.listeners).toEqual(expect.arrayContaining(['document click', 'window scroll', 'window focus']));
    await inPage(page, (waymark: Waymark) => waymark.stop());
    expect(await left()).toEqual({ listeners: [], timers: 0, observers: 0 });
    const before = bodies.length;
    await hit(page, '#dead', 5);
    expect(await left()).toEqual({ listeners: [], timers: 0, observers: 0 });
    await page.goto('about:blank');
    expect(bodies.length).toBe(before);
    expect(besideProblems(heard)).toEqual([]);
  });
});
