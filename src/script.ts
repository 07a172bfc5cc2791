import { whenParsed } from './browser/lifecycle.js';
import { ofDocument } from './browser/of-document.js';
import { pageAddress } from './browser/page-address.js';
import { comingArrivals } from './capture/coming-arrivals.js';
import type { ShareMethods } from './capture/share.js';
import { allDefaults, firstPlugins, isUnwanted, resolveAll, type Options } from './first.js';
import type { TrackedEvent } from './event/event.js';
import type { Format } from './formats/format.js';
import { ONCE } from './formats/once.js';
import type { Tracker } from './index.js';
import type { Plugin } from './plugin.js';
import { openTracker } from './tracker.js';
import { nearest } from './util/nearest.js';
import { readJson } from './util/read-json.js';
import { readStatement, type Statement } from './privacy/consent.js';
import { show } from './util/show.js';

/** The global before the file has loaded: it queues calls. */
interface Stub {
  (method: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

/** The global afterwards: the tracker, which can still be called like the stub. */
type Global = ((method: string, ...args: unknown[]) => unknown) & Tracker;

/** Other files beside this one; the build puts their versions in, so that no cache gives the file of another build. */
const MORE = 'waymark.more.min.js?v=VERSION_OF_MORE';
const ARRIVALS = 'waymark.arrivals.min.js?v=VERSION_OF_ARRIVALS';
const ASKED = 'waymark.asked.min.js?v=VERSION_OF_ASKED';
const FORMATS = 'waymark.formats.min.js?v=VERSION_OF_FORMATS';

/**
 * Loads another file of this build. Not by a script element: an import bears this script's nonce, and needs no policy for trusted types.
 *
 * @param src of this file's element, as it is written there
 */
function load<Module>(file: string, src: string): Promise<Module> {
  // Beside this file wherever it came from: other than `src`, which a base element changes, an import goes by the script's own address. It is not
  // told that of a script of another origin, and in a frame of opaque origin all are.
  const address = /^(\w+:)?\/\//.test(src) || origin === 'null' ? new URL(file, new URL(src, pageAddress())).href : `./${file}`;
  return import(address) as Promise<Module>;
}

/** Returns a format of the third file, which is loaded for it. Wrong options are logged: the developer must see them. */
function comingFormat(name: string, options: Record<string, unknown> = {}, src: string): Format {
  const format = { encode() {}, idempotent: !ONCE.test(name) && options.idempotent !== false } as unknown as Format;
  format.coming = load<typeof import('./formats/script-formats.js')>(FORMATS, src).then(({ formatByName }) => Object.assign(format, formatByName(name, options)));
  format.coming.catch((error) => console.error(error));
  return format;
}

/** What a script tag says of a collector: its format by name, with options. */
interface Named {
  format?: string | Format | undefined;
  formatOptions?: Record<string, unknown> | string;
}

/** Returns what is said of each purpose, as in `analytics=granted,marketing=required`; undefined where that is not how it is said. */
const readConsent = (list: readonly string[]): Statement | undefined => readStatement(Object.fromEntries(list.map((entry) => entry.split(/=(.*)/))));

/**
 * Returns the options that a script tag's `data-` attributes spell, or else its address; warns of an attribute that is probably a slip of the pen.
 *
 * @param query of the script's address: there may be more in it that is not for us, such as a version
 * @param src of this file's element, as it is written there
 */
function readOptions(data: DOMStringMap, query: Record<string, string>, src: string): Options {
  // Without a prototype: `constructor` and what scripts have put on `Object.prototype` are no options.
  const defaults: Record<string, unknown> = Object.assign(Object.create(null), allDefaults, { format: '', formatOptions: {} });
  const options: Record<string, unknown> & Named & { collectors?: Named[] } = {};
  for (const [name, text = ''] of Object.entries({ ...query, ...data })) {
    const type = typeof defaults[name];
    const list = text.split(/[\s,]+/).filter(Boolean);
    const meant = nearest(name, Object.keys(defaults));
    if (/^(collectors|formatOptions)$/.test(name) && /^\s*[[{]/.test(text)) options[name] = readJson(text);
    else if (type === 'number') options[name] = Number(text) || text;
    else if (type === 'boolean') options[name] = /^(true|yes|on|1|)$/i.test(text) || (!/^(false|no|off|0)$/i.test(text) && text);
    else if (Array.isArray(defaults[name])) options[name] = list;
    else if (type === 'object') options[name] = Object.fromEntries(list.map((entry) => entry.split(/=(.*)/)));
    else if (name === 'consent') options[name] = readConsent(list) ?? text;
    else if (type === 'string') options[name] = text;
    else if (meant && name in data) console.warn(`waymark: data-${name}: did you mean data-${meant.replace(/[A-Z]/g, '-$&').toLowerCase()}?`);
  }
  for (const one of [options, ...(Array.isArray(options.collectors) ? options.collectors : [])]) {
    const { format, formatOptions } = one;
    if (typeof formatOptions === 'string') throw new TypeError(`waymark: option "formatOptions" takes an object in JSON such as {"apiKey": "…"}, got ${show(formatOptions)}`);
    if (typeof format === 'string') one.format = format && format !== 'waymark' ? comingFormat(format, formatOptions, src) : undefined;
    delete one.formatOptions;
  }
  return options as unknown as Options;
}

/** Events that are kept for the plugins of the second file, which were not there to hear of them. Our choice: a page tracks few until it is parsed. */
const MAX_PAST = 99;

/**
 * Loads the second file once the document is parsed, and adds its plugins. What few pages have a use for comes in a file of its own, when an option or a call asks
 * for it: neither file needs the other.
 *
 * @param src of this file's element, as it is written there
 */
const more =
  (options: typeof allDefaults, src: string): Plugin<Pick<Tracker, 'share' | 'exportData'>> =>
  (tools) => {
    const { report, safe, stops, tracker, watch } = tools;
    const past: TrackedEvent[] = (tools.past = []);
    stops.push(tracker.on('event', (event) => past.length < MAX_PAST && past.push(event)));
    /** Does something with a file; reports one that could not be loaded, which the first file's own warnings tell in the console. */
    const by = <Module, Result>(file: string, use: (module: Module) => Result) => load<Module>(file, src).then(use).catch((error) => report('more_failed', `${file}: ${error}`));
    const methods: Partial<ShareMethods> = {};
    const add = (plugins: Plugin[]) => {
      for (const plugin of plugins) safe(() => Object.assign(methods, plugin(tools)))();
    };
    const loaded = new Promise<void>((resolve) => {
      const begin = () => {
        resolve(by<typeof import('./more.js'), void>(MORE, ({ morePlugins }) => add(morePlugins(options, nearest, show))));
        if (options.frustration || options.gzip || options.linkDomains.length) void by<typeof import('./asked.js'), void>(ASKED, ({ askedPlugins }) => add(askedPlugins(options)));
      };
      watch(() => whenParsed(stops, safe(begin)));
    });
    return {
      share: async (options) => (await loaded, methods.share?.(options)) ?? null,
      exportData: async () => (await loaded, await by(ASKED, ({ dataExport }: typeof import('./asked.js')) => dataExport(options.key)(tools)?.exportData())) ?? null,
    };
  };

function start(): void {
  // A page whose clock throws keeps the stub, which takes every call: no event could have its time.
  if (!Date.now()) return;
  const page = window as Window & { waymark?: Stub | Global };
  // An element with `id="waymark"` is no stub.
  const stub = typeof page.waymark === 'function' ? page.waymark : undefined;
  if (stub && 'track' in stub) return console.warn('waymark: loaded twice');
  const script = ofDocument('currentScript') as HTMLScriptElement | null;
  if (!script) throw new TypeError('waymark: a script with type="module" cannot read its attributes: write <script async src="…" data-collector="…">');
  const src = script.getAttribute('src') ?? '';
  // Tag managers drop attributes, but keep the script's address. Never the page's: whoever makes a link to it would choose the collector.
  const query = Object.fromEntries(new URLSearchParams(src.split('?')[1]));
  const options = resolveAll(readOptions(script.dataset, query, src));
  const tracker = openTracker<Tracker>({ ...options, plugins: [...firstPlugins(options, comingArrivals(() => load(ARRIVALS, src))), more(options, src)] }, isUnwanted(options));
  /** Calls a method by its name: `track`, `cart.add` … */
  const call = (path: string, ...args: unknown[]): unknown => {
    // Own properties: `track.constructor` would be `Function`.
    const named = typeof path === 'string' ? path : typeof path;
    const method = named.split('.').reduce<unknown>((part, name) => Reflect.getOwnPropertyDescriptor(Object(part), name)?.value, tracker);
    if (typeof method === 'function') return method(...args);
    console.warn(`waymark: no method ${named}`);
  };
  page.waymark = Object.assign(call, tracker);
  for (const args of stub?.q ?? []) call(...(Array.from(args) as [string]));
}

try {
  start();
} catch (error) {
  // A wrong option: the developer must see it, the page must not suffer from it.
  console.error(error);
}
