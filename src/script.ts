import { comingArrivals } from './arrival/coming-arrivals.js';
import { comingParts } from './coming-parts.js';
import { comingConsent } from './consent/coming-consent.js';
import { comingCommerce } from './commerce/coming-commerce.js';
import { comingWarnings } from './delivery/coming-warnings.js';
import { allDefaults, collectorsIn, firstPlugins, isUnwanted, resolveAll, type Options } from './first.js';
import type { Format } from './formats/format.js';
import { ONCE } from './formats/once.js';
import type { Tracker } from './index.js';
import { canonicalRules, type Rules } from './journey/journey.js';
import { ofDocument } from './platform/of-document.js';
import { pageAddress } from './platform/page-address.js';
import { openTracker } from './tracker.js';
import { comingFeelings } from './sources/coming-feedback.js';
import { earlyClicks } from './sources/early-clicks.js';
import { readJson } from './util/read-json.js';
import { comingLink } from './visitor/coming-link.js';

/** The global before the file has loaded: it queues calls. */
interface Stub {
  (method: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

/** The global afterwards: the tracker, which can still be called like the stub. */
type Global = ((method: string, ...args: unknown[]) => unknown) & Tracker;

/** What the build calls in the place of `import('./a/part.js')`: see rollup.config.mjs. */
declare let loadPart: (file: string) => Promise<unknown>;

/** What the parts need of this file; the build puts it in. */
declare const exports: object;

/**
 * Returns what loads another file of this build. Not by a script element: an import bears this script's nonce, and needs no policy for trusted types.
 *
 * @param src of this file's element, as it is written there
 */
const loaderFrom = (src: string) => async (file: string) => {
  // Beside this file wherever it came from: other than `src`, which a base element changes, an import goes by the script's own address. It is not
  // told that of a script of another origin, and in a frame of opaque origin all are.
  const isElsewhere = /^(\w+:)?\/\//.test(src) || origin === 'null';
  const address = isElsewhere ? new URL(file, new URL(src, pageAddress())).href : file;
  const module = (await import(address)) as { default?(first: object, load: typeof loadPart): unknown };
  // Arrivals need nothing of this file.
  return module.default ? module.default(exports, loadPart) : module;
};

/** Returns a format that is loaded by its name. Wrong options are logged: the developer must see them. */
function comingFormat(name: string, options: Record<string, unknown> = {}): Format {
  const format = { encode() {}, idempotent: !ONCE.test(name) && options.idempotent !== false } as unknown as Format;
  format.coming = import('./by-need/formats.js').then(({ formatByName }) =>
    Object.assign(format, formatByName(name, options)),
  );
  format.coming.catch((error) => console.error(error));
  return format;
}

/** Returns what a text says that an attribute gives an option, by the type of the option's default. What it does not understand stays as it is, to be told of. */
function readValue(byDefault: unknown, text: string): unknown {
  if (typeof byDefault === 'number') return Number(text) || text;
  if (typeof byDefault === 'boolean')
    return /^(true|yes|on|1|)$/i.test(text) || (!/^(false|no|off|0)$/i.test(text) && text);
  if (typeof byDefault === 'string') return text;
  if (/^\s*[[{]/.test(text)) return readJson(text);
  const list = text.split(/[\s,]+/).filter(Boolean);
  return Array.isArray(byDefault) ? list : Object.fromEntries(list.map((entry) => entry.split(/=(.*)/)));
}

/**
 * Returns the options that a script tag's `data-` attributes spell, or else its address; warns of an attribute that is probably a slip of the pen.
 *
 * @param query of the script's address: there may be more in it that is not for us, such as a version
 */
function readOptions(data: DOMStringMap, query: Record<string, string>): Options {
  // Without a prototype: `constructor` and what scripts have put on `Object.prototype` are no options.
  const defaults = { __proto__: null, ...allDefaults, format: '', formatOptions: {} } as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const [name, text = ''] of Object.entries({ ...query, ...data }))
    // For each purpose by itself, as in `analytics=granted,marketing=required`.
    if (defaults[name] !== undefined)
      options[name] = readValue(name === 'consent' && /=/.test(text) ? {} : defaults[name], text);
  const others = Object.keys(data).filter((name) => defaults[name] === undefined);
  if (others.length)
    import('./by-need/told.js').then(
      ({ warnOfSlips }) => warnOfSlips(others, Object.keys(defaults)),
      () => {},
    );
  for (const one of [options, ...[options.collectors ?? []].flat()] as Record<string, unknown>[]) {
    const { format, formatOptions } = Object(one) as { format?: unknown; formatOptions?: Record<string, unknown> };
    if (typeof format === 'string')
      one.format = format && format !== 'waymark' ? comingFormat(format, formatOptions) : undefined;
    delete one.formatOptions;
  }
  return options;
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
  if (!script)
    throw new TypeError(
      'waymark: a script with type="module" cannot read its attributes: write <script async src="…" data-collector="…">',
    );
  const src = script.getAttribute('src') ?? '';
  loadPart = loaderFrom(src);
  // Tag managers drop attributes, but keep the script's address. Never the page's: whoever makes a link to it would choose the collector.
  const query = Object.fromEntries(new URLSearchParams(src.split('?')[1]));
  const options = resolveAll(readOptions(script.dataset, query), () => import('./by-need/told.js'));
  // What other models there are has a file of its own.
  if (options.models.every((model) => model === 'journey')) return open(page, options, canonicalRules(options));
  // The stub takes every call meanwhile.
  import('./by-need/models.js')
    .then(({ resolveRules }) => open(page, options, resolveRules(options)))
    .catch((error) => console.error(error));
}

/** Makes the tracker, and does what the stub was asked to do. */
function open(page: Page, options: typeof allDefaults, rules: Rules): void {
  const { dataLayer, debug, linkDomains } = options;
  const first = firstPlugins(options, {
    arrivals: comingArrivals(() => import('./arrival/classifier.js')),
    rules,
    clicks: earlyClicks(() => import('./by-need/marked.js')),
    feelings: comingFeelings(() => import('./by-need/marked.js')),
    commerce: (given) => comingCommerce(given, () => import('./by-need/commerce.js')),
    consent: comingConsent(dataLayer, () => import('./by-need/consent.js')),
    warnings: comingWarnings(debug, collectorsIn(options), () => import('./by-need/told.js')),
    linked: linkDomains.length ? comingLink(linkDomains, () => import('./by-need/asked.js')) : undefined,
  });
  const tracker = openTracker<Tracker>({ ...options, plugins: [...first, comingParts(options)] }, isUnwanted(options));
  /** Calls a method by its name: `track`, `cart.add` … */
  const call = (path: string, ...args: unknown[]): unknown => {
    // Own properties: `track.constructor` would be `Function`.
    const named = typeof path === 'string' ? path : typeof path;
    const method = named
      .split('.')
      .reduce<unknown>((part, name) => Reflect.getOwnPropertyDescriptor(Object(part), name)?.value, tracker);
    if (typeof method === 'function') return (method as (...given: unknown[]) => unknown)(...args);
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
