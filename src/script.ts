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
    if (type === 'undefined') {
      const meant = nearest(name, Object.keys(defaults));
      if (meant) console.warn(`waymark: there is no data- attribute for "${name}"; did you mean "${meant}"?`);
    } else options[name] = type === 'number' ? Number(text) : type === 'boolean' ? text !== 'false' : type === 'object' ? text.split(/[\s,]+/) : text;
  }
  return options as unknown as Options;
}

/** Returns what a call by name leads to: `track`, `cart.add` … */
function findMethod(tracker: Tracker, path: string): unknown {
  return `${path}`.split('.').reduce<unknown>((part, name) => (Object.keys(Object(part)).includes(name) ? (part as Record<string, unknown>)[name] : undefined), tracker);
}

function start(): void {
  const page = window as Window & { waymark?: Stub | Global };
  const stub = page.waymark;
  if (stub && 'track' in stub) return console.warn('waymark: the script is in this page twice; the second one does nothing');
  const tag = (document.currentScript ?? document.querySelector('script[data-collector]')) as HTMLElement | null;
  const tracker: Tracker = createTracker(readOptions(tag?.dataset ?? {}));
  const call = (path: string, ...args: unknown[]): unknown => {
    const method = findMethod(tracker, path);
    if (typeof method === 'function') return method(...args);
    console.warn(`waymark: there is no method "${path}"`);
  };
  page.waymark = Object.assign(call, tracker);
  for (const args of Array.from(stub?.q ?? [])) call(...(Array.from(args) as [string]));
}

try {
  start();
} catch (error) {
  // A wrong option: the developer must see it, the page must not suffer from it.
  console.error(error);
}
