/** What a page sees of Waymark, as `WATCH` keeps it. */
export interface Watched {
  /** Exceptions and rejections that nobody caught, and what the page's own script caught itself. */
  errors: string[];
  /** Remembers what all globals are like now. */
  remember(): void;
  /** Returns what of them has changed since, by path. */
  changed(): string[];
  /** Returns what Waymark has under way: listeners, timers, observers, channels, databases. */
  left(): string[];
}

/** Runs in the page, before everything else. */
function watchPage(): void {
  const errors: string[] = [];
  // The page may spoil what it has.
  const { Map, Set } = window;
  addEventListener('error', (event) => errors.push(`uncaught: ${event.message}`));
  addEventListener('unhandledrejection', (event) => errors.push(`rejected: ${event.reason}`));
  Error.stackTraceLimit = 60;
  const isOurs = () => /waymark\.(\w+\.)?min\.js/.test(`${new Error().stack}`);
  const left = new Set<string>();
  const ids = new WeakMap<object, number>();
  let count = 0;
  const idOf = (value: object) => ids.get(value) ?? (ids.set(value, ++count), count);

  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const keyOf = (target: EventTarget, type: string, listener: object, options: unknown) => {
    const capture = Object(options) === options ? !!(options as AddEventListenerOptions).capture : !!options;
    return `listener ${target.constructor.name} ${type} ${idOf(target)} ${idOf(listener)} ${capture}`;
  };
  EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, ...args: Parameters<typeof add>) {
    const [type, listener, options] = args;
    const target = this ?? window;
    // Of these, nobody else hears, and they end by themselves.
    if (listener && isOurs() && !(target instanceof IDBRequest) && !(target instanceof IDBTransaction) && !(target instanceof AbortSignal)) {
      const key = keyOf(target, type, listener, options);
      left.add(key);
      if ((Object(options) as AddEventListenerOptions).once) add.call(target, type, () => left.delete(key), options);
    }
    return add.apply(target, args);
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget | undefined, ...args: Parameters<typeof remove>) {
    const [type, listener, options] = args;
    if (listener) left.delete(keyOf(this ?? window, type, listener, options));
    return remove.apply(this ?? window, args);
  };

  for (const [start, end, isOnce] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false], ['requestAnimationFrame', 'cancelAnimationFrame', true], ['requestIdleCallback', 'cancelIdleCallback', true]] as const) {
    const page = window as unknown as Record<string, (...args: unknown[]) => number>;
    const [begin, stop] = [page[start], page[end]];
    if (!begin || !stop) continue;
    page[start] = (work, ...args) => {
      const key = () => `${start} ${id}`;
      const id = begin.call(window, (...given: unknown[]) => {
        if (isOnce) left.delete(key());
        (work as (...given: unknown[]) => void)(...given);
      }, ...args);
      if (isOurs()) left.add(key());
      return id;
    };
    page[end] = (id) => {
      left.delete(`${start} ${id}`);
      return stop.call(window, id);
    };
  }

  for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'PerformanceObserver'] as const) {
    const { prototype } = window[name] ?? {};
    if (!prototype) continue;
    const { observe, disconnect } = prototype as MutationObserver;
    (prototype as MutationObserver).observe = function (...args) {
      if (isOurs()) left.add(`${name} ${idOf(this)}`);
      return observe.apply(this, args);
    };
    prototype.disconnect = function (this: MutationObserver) {
      left.delete(`${name} ${idOf(this)}`);
      return disconnect.call(this);
    };
  }

  const { BroadcastChannel: Channel, IDBDatabase: Database, IDBFactory: Factory } = window;
  if (Channel) {
    const { postMessage, close } = Channel.prototype;
    Channel.prototype.postMessage = function (message) {
      if (isOurs()) left.add(`channel ${idOf(this)}`);
      return postMessage.call(this, message);
    };
    Channel.prototype.close = function () {
      left.delete(`channel ${idOf(this)}`);
      return close.call(this);
    };
  }
  const { open } = Factory.prototype;
  const { close } = Database.prototype;
  Factory.prototype.open = function (...args) {
    const request = open.apply(this, args);
    if (isOurs()) add.call(request, 'success', () => left.add(`database ${idOf(request.result)}`));
    return request;
  };
  Database.prototype.close = function () {
    left.delete(`database ${idOf(this)}`);
    // Nobody hears any more of one that is closed.
    for (const key of left) if (key.startsWith('listener IDBDatabase ') && key.includes(` ${idOf(this)} `)) left.delete(key);
    return close.call(this);
  };

  /** Every global object and prototype that scripts share, by name. */
  function shared(): [name: string, object: object][] {
    const found: [string, object][] = [['window', window], ['document', document], ['html', document.documentElement], ['history', history], ['location', location], ['navigator', navigator]].filter(([, object]) => object) as [string, object][];
    for (const name of Object.getOwnPropertyNames(window)) {
      const { value } = Object.getOwnPropertyDescriptor(window, name)!;
      if (Object(value) !== value || value === window || /^(waymark|watched|dataLayer)$/.test(name)) continue;
      found.push([name, value]);
      if (typeof value === 'function' && Object(value.prototype) === value.prototype) found.push([`${name}.prototype`, value.prototype]);
    }
    return found;
  }
  let before = new Map<string, Map<string | symbol, PropertyDescriptor>>();
  const look = () => new Map(shared().map(([name, object]) => [name, new Map(Reflect.ownKeys(object).map((key) => [key, Reflect.getOwnPropertyDescriptor(object, key)!]))]));

  const watched: Watched = {
    errors,
    remember() {
      before = look();
    },
    changed() {
      const changes: string[] = [];
      for (const [name, now] of look()) {
        const old = before.get(name);
        for (const key of new Set([...(old?.keys() ?? []), ...now.keys()])) {
          const [one, other] = [old?.get(key), now.get(key)] as Record<string, unknown>[];
          const fields = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'];
          if (!one || !other || fields.some((field) => !Object.is(one[field], other[field]))) changes.push(`${name}.${String(key)}`);
        }
      }
      // Libraries and the tools of tests note their own, too; Firefox makes a list anew each time.
      return changes.filter((path) => !/^window\.(watched|\d+)$|__zone_symbol__|__pw_|automationSession|supportedEntryTypes|^(document|Browser)\.loaded$/.test(path));
    },
    left: () => [...left].map((key) => key.replace(/( \d+)( \d+)?( \w+)?$/, '')),
  };
  Object.defineProperty(window, 'watched', { value: watched });
}

/** A script for the top of a page's head: keeps account of what Waymark does to the page, as `watched`. */
export const WATCH = `(${watchPage})()`;
