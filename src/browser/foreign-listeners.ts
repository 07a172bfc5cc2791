import type { Stop } from './listen.js';

/** Undoes what the functions of this module did. */
export const foreignStops: Stop[] = [];

/** Stands in for the global one in a library that never stops listening: the build of the script tag hands it this one. */
export function addEventListener(...args: Parameters<typeof window.addEventListener>): void {
  window.addEventListener(...args);
  foreignStops.push(() => window.removeEventListener(...args));
}

/** Makes an observer, in the place of `new PerformanceObserver`, likewise. */
export function createObserver(callback: PerformanceObserverCallback): PerformanceObserver {
  const observer = new PerformanceObserver(callback);
  foreignStops.push(() => observer.disconnect());
  return observer;
}
