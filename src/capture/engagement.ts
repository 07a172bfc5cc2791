import { listen } from '../browser/listen.js';
import { isHidden, ofDocument } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks `engagement` once at the end of each page view, in the context of that view: `visible_seconds`, how long the page was visible, to
 * a tenth; `scroll_percent`, the lowest point of the document that was in sight, 100 where it does not scroll. Needs `pages`. Begins no session.
 */
export const engagement = (): Plugin => ({ ends, record, safe, stops, watch }) =>
  watch(() => {
    let since = 0;
    let wasVisible = false;
    let visibleMs = 0;
    /** The furthest that the page was scrolled; what of it is in sight at a time; and its height, in pixels. */
    let furthest = 0;
    let sight = 0;
    let height = 0;

    function tick(): void {
      const now = performance.now();
      if (wasVisible) visibleMs += now - since;
      since = now;
      wasVisible = !isHidden();
    }
    function measure(): void {
      sight = innerHeight;
      height = ofDocument('documentElement').scrollHeight;
    }
    // Both come once a frame, when the layout is known: reading it costs nothing then. (Where tests run, there may be no layout to observe.)
    const observer = typeof ResizeObserver === 'function' ? new ResizeObserver(measure) : undefined;
    observer?.observe(ofDocument('documentElement'));
    const onScroll = safe(() => {
      furthest = Math.max(furthest, scrollY);
      measure();
    });
    tick();
    stops.push(
      listen(window, 'scroll', onScroll),
      listen(document, 'visibilitychange', tick, true),
      () => observer?.disconnect(),
    );
    ends.push((seen) => {
      tick();
      // A page that is left before its first frame.
      if (!height) measure();
      const visible_seconds = Math.round(visibleMs / 100) / 10;
      record('engagement', { visible_seconds, scroll_percent: Math.min(100, Math.round((100 * (furthest + sight)) / height)) }, { opening: false, seen });
      visibleMs = furthest = 0;
    });
  });
