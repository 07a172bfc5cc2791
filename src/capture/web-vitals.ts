import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import { foreignStops } from '../browser/foreign-listeners.js';
import { listen } from '../browser/listen.js';
import { isHidden } from '../browser/of-document.js';
import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks `web_vitals` once for each page that is loaded, or shown again out of the back/forward cache: `lcp`, `inp`, `fcp` and `ttfb` in
 * milliseconds, and `cls`, each where the browser measures it and there was something to measure. They are final when the page is hidden
 * for the first time, or when a route takes its place, and belong to the page view that ends then.
 */
export const webVitals = (): Plugin => ({ ends, leaves, observe, record, safe, stops, tracker, watch }) =>
  watch(() => {
    // Where tests run, there may be nothing to measure with, and the library would throw.
    if (typeof PerformanceObserver !== 'function') return;
    let values: Record<string, number> = {};
    let isDone = false;
    const look = () => Object.assign({}, ...observe.map((part) => part())) as Partial<Context>;
    let seen = look();

    const finish = safe((ended: Partial<Context>) => {
      if (isDone || !Object.keys(values).length) return;
      isDone = true;
      record('web_vitals', values, { opening: false, seen: ended });
    });
    const begin = safe(() => {
      values = {};
      isDone = false;
      seen = look();
    });

    stops.push(
      // Before the library, which tells some of the new view at once.
      listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && begin(), true),
      tracker.on('event', ({ name, page }) => {
        if (name !== 'page_view') return;
        // A route, where nothing told us of its coming.
        if (seen.page?.id !== page?.id && !isDone) finish(seen);
        seen = look();
      }),
    );
    for (const start of [onTTFB, onFCP, onLCP, onCLS, onINP]) {
      // Only the number is kept: entries hold elements of the page.
      const keep = safe(({ name, value }: { name: string; value: number }) => {
        const unit = name === 'CLS' ? 1e4 : 1;
        if (!isDone) values[name.toLowerCase()] = Math.round(value * unit) / unit;
      });
      start(keep, { reportAllChanges: true });
    }
    stops.push(
      // After the library's own listener, on window; before the tracker's, which sends what there is.
      listen(document, 'visibilitychange', () => isHidden() && finish(look()), true),
      () => foreignStops.forEach((stop) => stop()),
    );
    ends.push(finish);
    // And nothing more: what is tracked after it would keep the page out of the back/forward cache. The latest INP may be missing then.
    leaves.push((isLeft) => {
      if (!isLeft) return;
      finish(seen);
      isDone = true;
    });
  });
