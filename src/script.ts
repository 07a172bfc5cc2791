import * as files from 'waymark:files';
import { whenParsed } from './platform/lifecycle.js';
import { ofDocument } from './platform/of-document.js';
import { pageAddress } from './platform/page-address.js';
import { comingArrivals } from './arrival/coming-arrivals.js';
import type { ShareMethods } from './sources/share.js';
import { comingWarnings } from './delivery/coming-warnings.js';
import { allDefaults, collectorsIn, firstPlugins, isUnwanted, resolveAll, type FirstParts, type Options } from './first.js';
import type { Format } from './formats/format.js';
import { ONCE } from './formats/once.js';
import type { Tracker } from './index.js';
import type { Plugin, PluginApi } from './plugin.js';
import { openTracker } from './tracker.js';
import { rulesOf } from './journey/journey.js';
import type { Model } from './journey/model.js';
import { nearest } from './util/nearest.js';
import { readJson } from './util/read-json.js';
import { comingConsent } from './consent/coming-consent.js';
import { readStatement, type Statement } from './consent/consent.js';
import { show } from './util/show.js';
import { comingLink } from './visitor/coming-link.js';

/** The global before the file has loaded: it queues calls. */
interface Stub {
  (method: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

/** The global afterwards: the tracker, which can still be called like the stub. */
type Global = ((method: string, ...args: unknown[]) => unknown) & Tracker;

/** What the other files need of this one: the build puts it in. */
const waymarkParts = {};

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

/** Loads a part of this file that is in one of its own. */
const loadPart = async <Module>(file: string, src: string): Promise<Module> => (await load<{ default(parts: object): Module }>(file, src)).default(waymarkParts);

/** Returns a format of the third file, which is loaded for it. Wrong options are logged: the developer must see them. */
function comingFormat(name: string, options: Record<string, unknown> = {}, src: string): Format {
  const format = { encode() {}, idempotent: !ONCE.test(name) && options.idempotent !== false } as unknown as Format;
  format.coming = loadPart<typeof import('./formats/script-formats.js')>(files.formats, src).then(({ formatByName }) => Object.assign(format, formatByName(name, options)));
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

/**
 * Loads the second file once the document is parsed, and adds its plugins. What few pages have a use for comes in a file of its own, when an option or a call asks
 * for it: neither file needs the other.
 *
 * @param src of this file's element, as it is written there
 */
function more(options: typeof allDefaults, src: string): Plugin<undefined, Pick<Tracker, 'share' | 'exportData'>> {
  let api: PluginApi;
  /** Does something with a file; reports one that could not be loaded, which the first file's own warnings tell in the console. */
  const by = <Module, Result>(file: string, use: (module: Module) => Result) => loadPart<Module>(file, src).then(use).catch((error) => api.report('more_failed', `${file}: ${error as string}`));
  const methods: Partial<ShareMethods> = {};
  const add = (plugins: Plugin[]) => void Object.assign(methods, api.tracker.add(plugins));
  let begin: () => void;
  const loaded = new Promise<void>((resolve) => {
    begin = () => {
      resolve(by<typeof import('./more.js'), void>(files.more, ({ morePlugins }) => add(morePlugins(options))));
      if (options.frustration || options.gzip || options.linkDomains.length) void by<typeof import('./asked.js'), void>(files.asked, ({ askedPlugins }) => add(askedPlugins(options)));
    };
  });
  return {
    name: 'more',
    methods(given) {
      api = given;
      return {
        share: async (shared) => (await loaded, methods.share?.(shared)) ?? null,
        exportData: async () => (await loaded, await by(files.asked, ({ dataExport }: typeof import('./asked.js')) => dataExport(options.key).methods!(api).exportData())) ?? null,
      };
    },
    start: ({ guard, stops }) => whenParsed(stops, guard(begin)),
  };
}

type Page = Window & { waymark?: Stub | Global };

/** Returns the global that was there before: an element with `id="waymark"` is no stub. */
const stubOf = ({ waymark }: Page): Stub | Global | undefined => (typeof waymark === 'function' ? waymark : undefined);

function start(): void {
  // A page whose clock throws keeps the stub, which takes every call: no event could have its time.
  if (!Date.now()) return;
  const page: Page = window;
  const stub = stubOf(page);
  if (stub && 'track' in stub) return console.warn('waymark: loaded twice');
  const script = ofDocument('currentScript') as HTMLScriptElement | null;
  if (!script) throw new TypeError('waymark: a script with type="module" cannot read its attributes: write <script async src="…" data-collector="…">');
  const src = script.getAttribute('src') ?? '';
  // Tag managers drop attributes, but keep the script's address. Never the page's: whoever makes a link to it would choose the collector.
  const query = Object.fromEntries(new URLSearchParams(src.split('?')[1]));
  const options = resolveAll(readOptions(script.dataset, query, src));
  const begin = (models: readonly Model[]) => open(page, options, src, models);
  // What other models there are has a file of its own.
  if (options.models.every((model) => model === 'journey')) return begin([]);
  // The stub takes every call meanwhile.
  loadPart<typeof import('./journey/models.js')>(files.models, src).then(({ findModel }) => begin(options.models.map(findModel))).catch((error) => console.error(error));
}

/** Makes the tracker, and does what the stub was asked to do. */
function open(page: Page, options: typeof allDefaults, src: string, models: readonly Model[]): void {
  const parts: FirstParts = {
    arrivals: comingArrivals(() => load(files.arrivals, src)),
    rules: rulesOf(models, options),
    consent: comingConsent(options.dataLayer, () => loadPart(files.consent, src)),
    warnings: comingWarnings(options.debug, collectorsIn(options), () => loadPart(files.told, src)),
    linked: options.linkDomains.length ? comingLink(options.linkDomains, () => loadPart(files.asked, src)) : undefined,
  };
  const tracker = openTracker<Tracker>({ ...options, plugins: [...firstPlugins(options, parts), more(options, src)] }, isUnwanted(options));
  /** Calls a method by its name: `track`, `cart.add` … */
  const call = (path: string, ...args: unknown[]): unknown => {
    // Own properties: `track.constructor` would be `Function`.
    const named = typeof path === 'string' ? path : typeof path;
    const method = named.split('.').reduce<unknown>((part, name) => Reflect.getOwnPropertyDescriptor(Object(part), name)?.value, tracker);
    if (typeof method === 'function') return method(...args);
    console.warn(`waymark: no method ${named}`);
  };
  const { q: calls = [] } = { ...stubOf(page) } as Pick<Stub, 'q'>;
  page.waymark = Object.assign(call, tracker);
  for (const args of calls) call(...(Array.from(args) as [string]));
}

try {
  start();
} catch (error) {
  // A wrong option: the developer must see it, the page must not suffer from it.
  console.error(error);
}
