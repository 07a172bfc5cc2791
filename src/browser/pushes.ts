import type { Stop } from './listen.js';

type Push = (this: unknown, ...entries: unknown[]) => unknown;

/**
 * Hears what is pushed into a list on `window`, also into another one that takes its place: what is in it already, then every push. The page's own
 * `push` always runs first. Adds to `stops` what ends that.
 *
 * @param name of the list
 * @param onEntry told each entry once, in order; must not throw
 */
function watchPushes(name: string, stops: Stop[], onEntry: (entry: unknown) => void): void {
  const seen = new WeakSet<object>();
  function hear(entry: unknown): void {
    seen.add(Object(entry) as object);
    onEntry(entry);
  }

  /** Shows `wrap` of a property's value in its place, also of each value to come, until the tracker stops. */
  function replace<Value>(object: object, key: string, wrap: (value: Value) => Value): void {
    const fields = object as Record<string, Value>;
    let value = fields[key] as Value;
    let shown = wrap(value);
    const get = () => shown;
    const set = (next: Value) => {
      value = next;
      shown = wrap(next);
    };
    if (!Reflect.defineProperty(object, key, { configurable: true, enumerable: object.propertyIsEnumerable(key), get, set })) return;
    stops.push(() => {
      if (Reflect.getOwnPropertyDescriptor(object, key)?.get !== get) return;
      Reflect.deleteProperty(object, key);
      if (fields[key] !== value) Reflect.set(object, key, value);
    });
  }

  const waiting: unknown[] = [];
  let depth = 0;
  function follow(list: unknown): void {
    if (!Array.isArray(list) || seen.has(list)) return;
    seen.add(list);
    // A list made of an earlier one has entries that were heard there.
    for (const entry of list.filter((each) => !seen.has(each))) hear(entry);
    let top: Push;
    replace<Push>(list, 'push', (push) => {
      if (typeof push !== 'function') return push;
      const own: Push = function (...entries) {
        // Who wraps this calls it with what was heard already.
        if (own === top) waiting.push(...entries);
        // By a reference that was taken before somebody wrapped it.
        else if (!depth) waiting.push(...entries.filter((entry) => !seen.has(Object(entry) as object)));
        depth++;
        try {
          return push.apply(this, entries);
        } finally {
          // In the order in which they were pushed, also those that were pushed during a push.
          if (!--depth) while (waiting.length) hear(waiting.shift());
        }
      };
      return (top = own);
    });
  }

  const page = window as unknown as Record<string, unknown>;
  // Not one that the page computes.
  if (Reflect.getOwnPropertyDescriptor(page, name)?.get) follow(page[name]);
  else replace(page, name, (list) => (follow(list), list));
}

/** Entries that are kept for who comes to hear them later. Our choice: Google Tag Manager keeps as many. */
const MAX_PAST = 300;

/**
 * Calls `onEntry`, which must not throw, with each entry of a data layer: those that are there already, in order, then every push.
 *
 * @param isLast nobody comes to hear them after this one: nothing is kept any more
 */
export type Layer = (onEntry: (entry: unknown) => void, isLast?: boolean) => void;

/** Opens a data layer, a list on `window`, for several who hear it. Adds to `stops` what ends that. */
export function openLayer(name: string, stops: Stop[]): Layer {
  const listeners: ((entry: unknown) => void)[] = [];
  let past: unknown[] = [];
  let room = MAX_PAST;
  watchPushes(name, stops, (entry) => {
    if (past.length < room) past.push(entry);
    for (const each of listeners) each(entry);
  });
  return (onEntry, isLast) => {
    past.forEach(onEntry);
    listeners.push(onEntry);
    if (isLast) {
      past = [];
      room = 0;
    }
  };
}
