import { listen, type Stop } from './listen.js';

/**
 * Calls `onRoute` after each change of the address within the document, and maybe where there was none: by the Navigation API (Chrome 102,
 * Firefox 147, Safari 26.2), else by the history. Adds to `stops` what keeps it from that.
 *
 * @param onRoute told whether the address took the place of the one before in the history
 */
export function watchRoutes(stops: Stop[], onRoute: (isReplaced: boolean) => void): void {
  const { navigation } = window as Window & { navigation?: EventTarget & { currentEntry?: object } };
  // Pages have variables of that name, too.
  if (navigation?.currentEntry) {
    stops.push(listen(navigation, 'currententrychange', (event) => onRoute((event as Event & { navigationType?: string }).navigationType === 'replace')));
    return;
  }
  // A click: where the page goes past the patch, with a `pushState` that it took before or in a frozen history, it is seen then.
  for (const type of ['popstate', 'click']) stops.push(listen(window, type, () => onRoute(false)));
  for (const method of ['pushState', 'replaceState'] as const) {
    const own = Reflect.getOwnPropertyDescriptor(history, method);
    const original = history[method];
    const patched: typeof original = function (this: History, ...args) {
      original.apply(this, args);
      onRoute(method === 'replaceState');
    };
    try {
      history[method] = patched;
      stops.push(() => {
        if (history[method] !== patched) return;
        Reflect.deleteProperty(history, method);
        if (own) Reflect.defineProperty(history, method, own);
      });
    } catch {
      // A frozen history.
    }
  }
}
