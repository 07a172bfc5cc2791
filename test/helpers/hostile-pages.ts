import { readFileSync } from 'node:fs';
import { oldLibrary } from './old-libraries.js';
import { STUB, type SiteParts } from './site.js';
import { WATCH } from './watch-page.js';

const fileOf = (name: string) => readFileSync(`node_modules/${name}`, 'utf8');

/** What a page does to itself before Waymark comes, and what becomes of its events: they arrive at once, on the next page that is sound, or not at all. */
export const PAGES: [what: string, arrive: 'at once' | 'later' | 'not', head: string | undefined][] = [
  ['nothing', 'at once', ''],
  ['Array.prototype.toJSON and its like, as Prototype.js before 1.7', 'at once', `
    Array.prototype.toJSON = function () { return '[' + this.map((each) => JSON.stringify(each)).join(', ') + ']' };
    String.prototype.toJSON = function () { return '"' + this + '"' };
    Number.prototype.toJSON = function () { return String(this) };
    Date.prototype.toJSON = function () { return '"' + this.toISOString() + '"' };`],
  ['a Date that stands still', 'at once', `
    const Real = Date, now = Real.now();
    Date = class extends Real { constructor(...args) { super(...(args.length ? args : [now])) } static now() { return now } };`],
  ['a Date.now that returns NaN', 'not', `Date.now = () => NaN`],
  ['a Date that throws', 'not', `Date = function () { throw new Error('no date') }; Date.now = () => { throw new Error('no date') }; Date.parse = Date.now`],
  ['a broken polyfill for Promise', 'at once', `
    Promise = function (work) { const thens = []; work((value) => thens.forEach((then) => then(value)), () => {}); this.then = (then) => { thens.push(then) } }`],
  ['no Promise at all', 'at once', `delete window.Promise`],
  ['a subclass for Promise', 'at once', `Promise = class extends Promise { then(...args) { return super.then(...args) } }`],
  ['a wrapper of fetch', 'at once', `const own = fetch; fetch = (...args) => own(...args)`],
  ['a fetch that throws', 'later', `fetch = () => { throw new Error('no fetch') }`],
  ['a fetch that returns no promise', 'later', `fetch = () => 5`],
  ['a fetch that never settles', 'later', `fetch = () => new Promise(() => {})`],
  ['a fetch that returns something else than a response', 'later', `fetch = async () => ({ ok: true })`],
  ['no fetch at all', 'later', `delete window.fetch`],
  ['a history that throws', 'at once', `for (const name of ['pushState', 'replaceState']) History.prototype[name] = () => { throw new Error('no history') }`],
  ['no Navigation API', 'at once', `Object.defineProperty(window, 'navigation', { value: undefined })`],
  ['no history at all, nor a navigation', 'at once', `for (const name of ['history', 'navigation']) Object.defineProperty(window, name, { value: undefined })`],
  ['a JSON that throws', 'not', `JSON.stringify = JSON.parse = () => { throw new Error('no JSON') }`],
  ['no JSON at all', 'not', `delete window.JSON`],
  ['no crypto at all', 'at once', `Object.defineProperty(window, 'crypto', { value: undefined })`],
  ['a crypto that throws', 'at once', `Crypto.prototype.getRandomValues = () => { throw new Error('no crypto') }`],
  ['polyfills for Map and Set', 'at once', `
    Map = class { constructor(given) { this.list = []; for (const [key, value] of given || []) this.set(key, value) }
      find(key) { return this.list.find((each) => Object.is(each[0], key)) } has(key) { return !!this.find(key) } get(key) { return (this.find(key) || [])[1] }
      set(key, value) { const found = this.find(key); if (found) found[1] = value; else this.list.push([key, value]); return this }
      delete(key) { const found = this.find(key); this.list = this.list.filter((each) => each !== found); return !!found } clear() { this.list = [] }
      get size() { return this.list.length } forEach(work) { this.list.forEach(([key, value]) => work(value, key, this)) }
      entries() { return this.list.slice()[Symbol.iterator]() } keys() { return this.list.map(([key]) => key)[Symbol.iterator]() } values() { return this.list.map(([, value]) => value)[Symbol.iterator]() }
      [Symbol.iterator]() { return this.entries() } };
    Set = class { constructor(given) { this.map = new Map(); for (const each of given || []) this.add(each) }
      has(each) { return this.map.has(each) } add(each) { this.map.set(each, each); return this } delete(each) { return this.map.delete(each) } clear() { this.map.clear() }
      get size() { return this.map.size } forEach(work) { this.map.forEach(work) } values() { return this.map.keys() } keys() { return this.map.keys() } entries() { return this.map.entries() } [Symbol.iterator]() { return this.map.keys() } };`],
  ['a wrapper of addEventListener', 'at once', `
    const wraps = new WeakMap();
    for (const [name, each] of [['addEventListener', EventTarget.prototype.addEventListener], ['removeEventListener', EventTarget.prototype.removeEventListener]]) {
      
      EventTarget.prototype[name] = function (type, listener, options) {
        if (!wraps.has(listener)) wraps.set(listener, function (event) { return listener.handleEvent ? listener.handleEvent(event) : listener.call(this, event) });
        return each.call(this || window, type, wraps.get(listener), options);
      };
    }`],
  ['no observers', 'at once', `for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'PerformanceObserver']) delete window[name]`],
  ['a performance that throws', 'at once', `Performance.prototype.getEntriesByType = () => { throw new Error('no entries') }`],
  ['storage of every kind that throws', 'at once', `
    const no = () => { throw new DOMException('refused', 'SecurityError') };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'BroadcastChannel']) Object.defineProperty(window, name, { get: no });
    for (const name of ['locks', 'storage', 'serviceWorker']) Object.defineProperty(navigator, name, { get: no });
    Object.defineProperty(document, 'cookie', { get: no, set: no });`],
  ['storage of every kind whose methods throw', 'at once', `
    const no = () => { throw new DOMException('refused', 'SecurityError') };
    for (const name of ['getItem', 'setItem', 'removeItem', 'key']) Storage.prototype[name] = no;
    IDBFactory.prototype.open = no; LockManager.prototype.request = no; BroadcastChannel.prototype.postMessage = no;`],
  ['storage that is missing', 'at once', `for (const name of ['indexedDB', 'localStorage', 'sessionStorage', 'BroadcastChannel', 'IDBKeyRange']) Object.defineProperty(window, name, { value: undefined }); Object.defineProperty(navigator, 'locks', { value: undefined })`],
  ['Prototype.js 1.7.3', 'at once', oldLibrary('prototype')],
  ['MooTools 1.4.5', 'at once', oldLibrary('mootools')],
  ['zone.js', 'at once', fileOf('zone.js/bundles/zone.umd.min.js')],
  ['core-js', 'at once', fileOf('core-js-bundle/minified.js')],
];

const BODY = `
  <button data-waymark-event="wishlist_add" data-waymark-item_id="A1">Keep</button>
  <form class="newsletter"><input type="email" name="email" value="ann@mail.example"><button>Send</button></form>
  <section data-waymark-event="review_view" data-waymark-item_id="A1">Good</section>
  <script type="application/ld+json">{ "@type": "Product", "sku": "A1", "name": "Mug", "offers": { "price": "5", "priceCurrency": "EUR" } }</script>`;

/** What the page's own script does; it must never see an exception. */
export const DO = `(() => {
  const attempt = (work) => { try { work() } catch (error) { watched.errors.push('thrown: ' + error) } };
  attempt(() => waymark.on('event', () => {}));
  attempt(() => waymark.track('told', { list: ['a', 'b'], deep: { list: [1] }, text: 'b' }));
  attempt(() => waymark('cart.add', { item_id: 'A1', price: 5 }));
  attempt(() => waymark.checkout());
  attempt(() => waymark.identify('customer-7', { kind: 'new' }));
  attempt(() => waymark.feedback({ rating: 5 }));
  attempt(() => waymark.page({ by: 'hand' }));
  attempt(() => waymark.journey());
  attempt(() => waymark('no.such.method'));
  attempt(() => waymark(Symbol('s')));
  attempt(() => waymark(Object.create(null)));
  attempt(() => waymark('track.constructor', 'watched.errors.push("evaluated")'));
  attempt(() => document.querySelector('button').click());
  attempt(() => document.querySelector('form').addEventListener('submit', (event) => event.preventDefault()));
  attempt(() => document.querySelector('form button').click());
  attempt(() => dataLayer.push({ event: 'search', search_term: 'mug' }));
})()`;

/** What of the page is other while Waymark runs: its own global, a mark for other copies of it, and the list that it listens to. */
export const OWN = ['window.waymark', 'window.Symbol(waymark)', 'window.dataLayer'];

/** What the shop has to learn of what `DO` does. */
export const TOLD = ['told', 'add_to_cart', 'begin_checkout', 'wishlist_add', 'newsletter_subscribe', 'search'];

/** Returns the parts of a site whose pages do `hostile` to themselves before Waymark comes, with all that Waymark has; `files` may be changed later. */
export const hostileSite = (hostile: string) =>
  ({
    head: `<script src="/watch.js"></script><script>window.dataLayer = []</script><script src="/hostile.js"></script><script>watched.remember()</script>${STUB}`,
    files: { '/watch.js': WATCH, '/hostile.js': hostile } as Record<string, string>,
    body: BODY,
    tag: '<script async src="/waymark.min.js" data-collector="/events" data-batch-wait-ms="50" data-frustration="true" data-stage-attribute="true"></script>',
  }) satisfies SiteParts;
