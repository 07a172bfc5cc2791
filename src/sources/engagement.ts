import { listen } from '../platform/listen.js';
import { isHidden, ofDocument } from '../platform/of-document.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks `engagement` once at the end of each page view, in the context of that view: `visible_seconds`, how long the page was visible, to
 * a tenth; `scroll_percent`, the lowest point of the document that was in sight, 100 where it does not scroll. Needs `pages`. Begins no session.
 */
export const engagement = (): Plugin => ({
  name: 'engagement',
  start({ guard, on, stops, track }) {
    let visibleMs = 0;
    /** Since when the page is visible; undefined while it is hidden. */
    let since: number | undefined;
    /** The furthest that the page was scrolled; what of it is in sight at a time; and its height, in pixels. */
    let furthest = 0;
    let sight = 0;
    let height = 0;

    function tick(): void {
      const now = performance.now();
      visibleMs += now - (since ?? now);
      since = isHidden() ? undefined : now;
    }
    function measure(): void {
      sight = innerHeight;
      height = ofDocument('documentElement').scrollHeight;
    }
    // Both come once a frame, when the layout is known: reading it costs nothing then. (Where tests run, there may be no layout to observe.)
    const observer = window.ResizeObserver && new ResizeObserver(guard(measure));
    observer?.observe(ofDocument('documentElement'));
    tick();
    stops.push(
      listen(
        window,
        'scroll',
        guard(() => {
          furthest = Math.max(furthest, scrollY);
          measure();
        }),
      ),
      listen(document, 'visibilitychange', guard(tick), true),
      () => observer?.disconnect(),
    );
    on('pageend', (context) => {
      tick();
      // A page that is left before its first frame.
      if (!height) measure();
      track(
        'engagement',
        {
          visible_seconds: Math.round(visibleMs / 100) / 10,
          scroll_percent: Math.min(100, Math.round((100 * (furthest + sight)) / height)),
        },
        { session: 'ignore', context },
      );
      visibleMs = furthest = 0;
    });
  },
});
