import { whenParsed } from './browser/lifecycle.js';
import { allDefaults, firstPlugins, isUnwanted, resolveAll, type Options } from './first.js';
import type { TrackedEvent } from './event/event.js';
import { formatsByName } from './formats/by-name.js';
import type { Tracker } from './index.js';
import { namedFormats } from './options.js';
import type { Plugin } from './plugin.js';
import { openTracker } from './tracker.js';
import { nearest } from './util/nearest.js';

/** The global before the file has loaded: it queues calls. */
interface Stub {
  (method: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

/** The global afterwards: the tracker, which can still be called like the stub. */
type Global = ((method: string, ...args: unknown[]) => unknown) & Tracker;

/**
 * Returns the options that a script tag's `data-` attributes spell, or else its address; warns of an attribute that is probably a slip of the pen.
 *
 * @param query of the script's address: there may be more in it that is not for us, such as a version
 */
function readOptions(data: DOMStringMap, query: Record<string, string>): Options {
  const defaults: Record<string, unknown> = allDefaults;
  const options: Record<string, unknown> = {};
  for (const [name, text = ''] of Object.entries({ ...query, ...data })) {
    const type = typeof defaults[name];
    const list = text.split(/[\s,]+/).filter(Boolean);
    const meant = nearest(name, Object.keys(defaults));
    if (name === 'format') options[name] = text;
    else if (name === 'collectors' && text.startsWith('[')) options[name] = JSON.parse(text);
    else if (type === 'number') options[name] = Number(text);
    else if (type === 'boolean') options[name] = text !== 'false';
    else if (Array.isArray(defaults[name])) options[name] = list;
    else if (type === 'object') options[name] = Object.fromEntries(list.map((entry) => entry.split('=')));
    else if (type === 'string') options[name] = text;
    else if (meant && name in data) console.warn(`waymark: data-${name}: did you mean ${meant}?`);
  }
  return options as unknown as Options;
}

/** Events that are kept for the plugins of the second file, which were not there to hear of them. Our choice: a page tracks few until it is parsed. */
const MAX_PAST = 99;

/** The second file beside this one; the build puts the version in, so that no cache gives the file of another build. */
const MORE = 'waymark.more.min.js?v=VERSION';

/**
 * Loads the second file once the document is parsed, and adds its plugins.
 *
 * @param own address of this file
 */
const more =
  (options: typeof allDefaults, own: string): Plugin<Pick<Tracker, 'share'>> =>
  (tools) => {
    const { report, safe, stops, tracker, watch } = tools;
    const past: TrackedEvent[] = (tools.past = []);
    stops.push(tracker.on('event', (event) => past.length < MAX_PAST && past.push(event)));
    const loaded = new Promise<Tracker | void>((resolve) => {
      const add = ({ morePlugins }: typeof import('./more.js')) => {
        for (const plugin of morePlugins(options)) safe(() => Object.assign(tracker, plugin(tools)))();
        resolve(tracker as Tracker);
      };
      // Not by a script element: an import bears this script's nonce, and needs no policy for trusted types.
      const load = () => import(new URL(MORE, own).href).then(add).catch((error) => resolve(report('more_failed', `${error}`)));
      watch(() => whenParsed(stops, load));
    });
    return { share: async (options) => (await loaded)?.share(options) ?? null };
  };

function start(): void {
  const page = window as Window & { waymark?: Stub | Global };
  const stub = page.waymark;
  if (stub && 'track' in stub) return console.warn('waymark: loaded twice');
  const { dataset = {}, src = '' } = (document.currentScript ?? {}) as HTMLScriptElement;
  // Tag managers drop attributes, but keep the script's address. Never the page's: whoever makes a link to it would choose the collector.
  const query = Object.fromEntries(new URLSearchParams(src.split('?')[1]));
  const options = resolveAll(readOptions(dataset, query), namedFormats(formatsByName));
  const tracker = openTracker<Tracker>({ ...options, plugins: [...firstPlugins(options), more(options, src || location.href)] }, isUnwanted(options));
  /** Calls a method by its name: `track`, `cart.add` … */
  const call = (path: string, ...args: unknown[]): unknown => {
    const method = `${path}`.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], tracker);
    if (typeof method === 'function') return method(...args);
    console.warn(`waymark: no method ${path}`);
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
