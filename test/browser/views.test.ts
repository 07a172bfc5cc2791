import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { inPage, until } from '../helpers/shop.js';
import { openSite, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const BANNER = '<p class="banner" data-waymark-event="view_promotion" data-waymark-promotion_id="P1">Two for one</p>';
const FAR = '<div style="height:300vh"></div>';
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than a view and the look for what was added take together. */
const VIEWED_MS = 2200;

/** The names and the paths of what came into view, after time for more to come. */
async function viewsOf(site: Awaited<ReturnType<typeof openSite>>, page: Page) {
  await wait(VIEWED_MS);
  return (await site.flushed(page)).filter(({ name }) => !/^(page_view|landing|web_vitals|engagement)$/.test(name)).map(({ name, properties, page: { url } }) => [name, properties, new URL(url).pathname]);
}
const showIn = (page: Page, selector: string) => page.evaluate((it) => document.querySelector(it)!.scrollIntoView({ block: 'center', behavior: 'instant' }), selector);

describe('an element that is marked for views', () => {
  test('counts once a page view, when it has been in view for a second', async () => {
    const site = await openSite({ body: `${BANNER}${FAR}<section id="reviews" data-waymark-event="review_view" data-waymark-item_id="007" data-waymark-rating="0">Good</section>` });
    const page = await site.visit(browser);
    const promotion = ['view_promotion', { promotion_id: 'P1' }, '/'];
    expect(await viewsOf(site, page)).toEqual([promotion]);
    await showIn(page, '#reviews');
    await wait(300);
    // Too short to be seen.
    await showIn(page, '.banner');
    expect(await viewsOf(site, page)).toEqual([promotion]);
    await showIn(page, '#reviews');
    expect(await viewsOf(site, page)).toEqual([promotion, ['review_view', { item_id: '007', rating: 0 }, '/']]);
    await showIn(page, '.banner');
    await wait(1200);
    await showIn(page, '#reviews');
    expect(await viewsOf(site, page)).toHaveLength(2);
  });

  test('counts again at the next page view, for the page of that', async () => {
    const site = await openSite({ body: BANNER });
    const page = await site.visit(browser);
    await wait(VIEWED_MS);
    await page.evaluate(() => history.pushState({}, '', '/socks'));
    await wait(VIEWED_MS);
    await inPage(page, (waymark: Waymark) => waymark.page());
    const views = await viewsOf(site, page);
    expect(views.map(([, , path]) => path)).toEqual(['/', '/socks', '/socks']);
  });

  test('does not count where less than half of it is in view, but where it fills half of the viewport', async () => {
    const site = await openSite({
      body: `<div style="height:calc(100vh - 40px)"></div><p id="edge" style="height:100px;margin:0" data-waymark-event="edge" data-waymark-on="view">Edge</p>${FAR}
        <div id="long" style="height:3000vh" data-waymark-event="long" data-waymark-on="view">Long</div>`,
    });
    const page = await site.visit(browser);
    expect(await viewsOf(site, page)).toEqual([]);
    await page.evaluate(() => scrollBy(0, 20));
    expect(await viewsOf(site, page)).toEqual([['edge', {}, '/']]);
    await page.evaluate(() => window.scrollTo(0, document.querySelector('#long')!.getBoundingClientRect().top + scrollY - innerHeight * 0.6));
    expect(await viewsOf(site, page)).toHaveLength(1);
    await showIn(page, '#long');
    expect(await viewsOf(site, page)).toEqual([['edge', {}, '/'], ['long', {}, '/']]);
  });

  test('counts when it is added later, and inside open shadow roots', async () => {
    const site = await openSite({ body: `<div id="there"></div><script>there.attachShadow({ mode: 'open' }).innerHTML = '<p data-waymark-event="there" data-waymark-on="view">There</p>'</script>` });
    const page = await site.visit(browser);
    await wait(500);
    await page.evaluate(() => {
      const mark = (name: string) => `<p data-waymark-event="${name}" data-waymark-on="view">${name}</p>`;
      document.body.insertAdjacentHTML('beforeend', `<div>${mark('later')}</div>`);
      const outer = document.body.appendChild(document.createElement('div'));
      outer.attachShadow({ mode: 'open' }).innerHTML = '<section></section>';
      const inner = outer.shadowRoot!.querySelector('section')!;
      inner.attachShadow({ mode: 'open' }).innerHTML = mark('deep');
      setTimeout(() => inner.shadowRoot!.querySelector('p')!.insertAdjacentHTML('afterend', mark('deeper')), 500);
    });
    await wait(1000);
    expect((await viewsOf(site, page)).map(([name]) => name).sort()).toEqual(['deep', 'deeper', 'later', 'there']);
  });

  test('is not clicked by a click, and one that is marked for clicks is not seen; a promotion is both', async () => {
    const site = await openSite({
      body: `<p id="seen" data-waymark-event="seen" data-waymark-on="view">Seen</p><button id="pressed" data-waymark-event="pressed">Press</button>
        <a id="promotion" href="#x" data-waymark-event="promotion" data-waymark-promotion_name="Sale"><b>Sale</b></a>`,
    });
    const page = await site.visit(browser);
    await page.click('#seen');
    expect((await viewsOf(site, page)).map(([name]) => name).sort()).toEqual(['seen', 'view_promotion']);
    await page.click('#promotion b');
    await page.click('#pressed');
    const events = (await viewsOf(site, page)).slice(2);
    expect(events.map(([name, properties]) => [name, properties])).toEqual([['select_promotion', { promotion_name: 'Sale' }], ['pressed', {}]]);
  });

  test('does not count while the tab is in the background, and counts when it is back', async () => {
    const site = await openSite({ body: `${FAR}${BANNER}` });
    const page = await site.visit(browser);
    await wait(500);
    await showIn(page, '.banner');
    await wait(300);
    const other = await browser.newTab();
    await other.bringToFront();
    await until('the tab to be hidden', () => page.evaluate(() => document.visibilityState === 'hidden'));
    expect(await viewsOf(site, page)).toEqual([]);
    await page.bringToFront();
    await until('the tab to be back', () => page.evaluate(() => document.visibilityState === 'visible'));
    expect(await viewsOf(site, page)).toHaveLength(1);
    await other.close();
  });

  test('is not held once it is gone', async () => {
    const site = await openSite({ body: `${BANNER}<p id="held" data-waymark-event="seen" data-waymark-on="view">Seen</p><div id="host"></div>` });
    const page = await site.visit(browser);
    await page.evaluate(() => {
      const host = document.querySelector('#host')!;
      host.attachShadow({ mode: 'open' }).innerHTML = '<p data-waymark-event="deep" data-waymark-on="view">Deep</p>';
      // One that is seen, one whose second has begun, one in a shadow root.
      Object.assign(window, { weak: [document.querySelector('.banner'), document.querySelector('#held'), host].map((it) => new WeakRef(it!)) });
    });
    await wait(VIEWED_MS);
    await page.evaluate(() => {
      const late = document.body.appendChild(document.createElement('p'));
      late.textContent = 'Late';
      late.dataset.waymarkEvent = 'late';
      late.dataset.waymarkOn = 'view';
      (window as never as { weak: WeakRef<Element>[] }).weak.push(new WeakRef(late));
    });
    await wait(600);
    await page.evaluate(() => {
      document.body.replaceChildren();
    });
    const session = await page.context().newCDPSession(page);
    await until('the end of the elements', async () => {
      await session.send('HeapProfiler.collectGarbage');
      return page.evaluate(() => (window as never as { weak: WeakRef<Element>[] }).weak.every((it) => !it.deref()));
    });
    expect((await viewsOf(site, page)).map(([name]) => name)).not.toContain('late');
  });

  test('is no longer looked at after stop', async () => {
    const site = await openSite({ body: `${FAR}${BANNER}` });
    const page = await site.visit(browser);
    await wait(500);
    await page.evaluate(() => {
      const { waymark } = window as never as { waymark: Waymark };
      waymark.stop();
      const watched: string[] = [];
      Object.assign(window, { watched });
      const { observe } = IntersectionObserver.prototype;
      IntersectionObserver.prototype.observe = function (element) { watched.push(element.localName); observe.call(this, element); };
      document.body.insertAdjacentHTML('afterbegin', '<p data-waymark-event="late" data-waymark-on="view">Late</p>');
    });
    await wait(VIEWED_MS);
    await page.goto('about:blank');
    expect(site.events().map(({ name }) => name)).not.toContain('late');
  });
});
