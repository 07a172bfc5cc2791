import { allDefaults, createTracker, type Options, type Tracker } from './index.js';
import { nearest } from './util/nearest.js';

/** The global before the file has loaded: it queues calls. */
interface Stub {
  (method: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

/** The global afterwards: the tracker, which can still be called like the stub. */
type Global = ((method: string, ...args: unknown[]) => unknown) & Tracker;

/** Returns the options that a script tag's `data-` attributes spell; warns of one that is probably a slip of the pen. */
function readOptions(data: DOMStringMap): Options {
  const defaults: Record<string, unknown> = allDefaults;
  const options: Record<string, unknown> = {};
  for (const [name, text = ''] of Object.entries(data)) {
    const type = typeof defaults[name];
    const list = text.split(/[\s,]+/).filter(Boolean);
    const meant = nearest(name, Object.keys(defaults));
    if (type === 'number') options[name] = Number(text);
    else if (type === 'boolean') options[name] = text !== 'false';
    else if (Array.isArray(defaults[name])) options[name] = list;
    else if (type === 'object') options[name] = Object.fromEntries(list.map((entry) => entry.split('=')));
    else if (type === 'string') options[name] = text;
    else if (meant) console.warn(`waymark: data-${name}: did you mean ${meant}?`);
  }
  return options as unknown as Options;
}

function start(): void {
  const page = window as Window & { waymark?: Stub | Global };
  const stub = page.waymark;
  if (stub && 'track' in stub) return console.warn('waymark: loaded twice');
  const { dataset = {} } = (document.currentScript ?? {}) as HTMLElement;
  const tracker = createTracker(readOptions(dataset));
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
