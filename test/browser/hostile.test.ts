import { describe, expect, test } from 'vitest';
import { until } from '../helpers/shop.js';
import { listenTo, openSite, openTab, problemsOf, PROBLEMS, ready } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const DO = `waymark.cart.add({ item_id: 'A1', price: 5 }); waymark.checkout(); history.pushState({}, '', '/route'); document.title = 'Route'; document.body.click();`;

/** What some pages do to themselves before Waymark comes. */
const PAGES: [what: string, head: string][] = [
  ['that wraps window in a Proxy and hands out proxies of its globals, as in-app browsers do', `<script>
    addEventListener('DOMContentLoaded', () => setTimeout(function wrapIt() {
      // Whatever the machine has to do beside it, Waymark has come by then.
      if (!window.waymark.track) return setTimeout(wrapIt, 20);
      const wrap = (value) => typeof value === 'function' || (typeof value === 'object' && value) ? new Proxy(value, { get: (of, name) => wrap(Reflect.get(of, name)), apply: (of, self, args) => Reflect.apply(of, self, args), set() { throw new Error('read only') } }) : value;
      const inner = window.waymark;
      Object.defineProperty(window, 'waymark', { get: () => wrap(inner) });
      window.wrapped = true;
    }, 300));
  </script>`],
  ['with Prototype.js', `<script>
    Array.prototype.toJSON = function () { return '[' + this.map((each) => JSON.stringify(each)).join(', ') + ']' };
    Array.prototype.each = Array.prototype.forEach; Array.prototype.first = function () { return this[0] };
    Object.defineProperty(Array.prototype, 'compact', { value() { return this.filter(Boolean) }, enumerable: true });
    Function.prototype.bind = function (self, ...args) { const work = this; return function (...more) { return work.apply(self, [...args, ...more]) } };
    Element.prototype.update = function (text) { this.textContent = text };
  </script>`],
  ['with MooTools', `<script>
    Array.from = function (item) { return item == null ? [] : typeof item === 'object' && 'length' in item ? Array.prototype.slice.call(item) : [item] };
    Function.prototype.extend = function () {}; Object.each = function () {}; Array.prototype.include = function () {}; Element.prototype.set = function () {};
    String.prototype.contains = function (part) { return this.indexOf(part) > -1 }; window.$ = (id) => document.getElementById(id); Event.prototype.stop = function () {};
  </script>`],
  ['that has frozen the built-in objects', `<script>
    for (const name of ['Object', 'Array', 'Function', 'String', 'Number', 'Promise', 'Map', 'Set', 'Date', 'RegExp', 'JSON', 'Math', 'Reflect', 'Symbol', 'Error', 'URL', 'URLSearchParams']) {
      const built = window[name]; Object.freeze(built); if (built.prototype) Object.freeze(built.prototype);
    }
  </script>`],
  ['that replaces history.pushState itself, and freezes it', `<script>
    const own = history.pushState.bind(history); window.pushes = 0;
    history.pushState = (...args) => { pushes++; return own(...args) }; Object.freeze(history);
  </script>`],
  ['whose dataLayer is no list', `<script>window.dataLayer = { push: 'no' }</script>`],
];

describe.each([['with the Navigation API', ''], ['without it', `<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>`]])('%s, a page', (_, navigation) => {
  test.each(PAGES)('%s keeps working, and everything arrives', async (what, head) => {
    const site = await openSite({ head: navigation + head + PROBLEMS, attributes: 'data-currency="EUR" data-web-vitals="true"' });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(`${site.url}/start?utm_source=instagram`);
    await ready(page);
    if (what.includes('Proxy')) await until('the Proxy', () => page.evaluate('window.wrapped'));
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 300))`);
    await page.evaluate(DO);
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 400))`);
    await ready(page);
    expect(heard.filter((line) => !/favicon/.test(line))).toEqual([]);
    expect(await problemsOf(page)).toEqual([]);
    const events = site.events().filter(({ name }) => name !== 'web_vitals' && name !== 'engagement');
    expect(events.map(({ name }) => name)).toEqual(['social_landing', 'page_view', 'add_to_cart', 'begin_checkout', 'page_view']);
    expect(events[2]!.properties).toMatchObject({ items: [{ item_id: 'A1', price: 5, quantity: 1 }], currency: 'EUR' });
    expect(events[4]!.page).toMatchObject({ url: `${site.url}/route`, title: 'Route' });
  });
});
