import { watchDeparture } from '../platform/departure.js';
import { listen } from '../platform/listen.js';
import { isHidden } from '../platform/of-document.js';
import { watchOtherTabs } from '../platform/other-tabs.js';
import { createSendLock } from '../platform/lock.js';
import type { Plugin } from '../plugin.js';
import { runLater } from '../util/run-later.js';
import { CART_IDLE_MINUTES, commerceOf, isOpen } from './state.js';

/** Shortest time between two looks at the clock, and what a deadline is late by, in milliseconds. Our choice. */
const TICK_MS = 500;
/** How often what a person does in the page is noted for the other tabs, in parts of the idle time. Our choice. */
const NOTES = 10;

/**
 * Watches the cart while the shop is open: tells `commerce` when nobody has touched it in any tab for a while, and when the person leaves the shop
 * with it. Needs `commerce`, which also finds at the next visit what no tab was there to see.
 *
 * @param idleMinutes as for `commerce`; default: 30
 * @param key the tracker's; default: `main`
 */
export const cartWatch = (idleMinutes = CART_IDLE_MINUTES, key = 'main'): Plugin => ({
  name: 'cartWatch',
  start({ guard, on, stops, track, tracker }) {
    const idleMs = idleMinutes * 60_000;
    // What another tab did with the cart, this one must know when it is left: there is no time to look then.
    const others = watchOtherTabs(
      `waymark-tabs-${key}`,
      stops,
      guard(() => {
        tracker.stale();
        tracker.known(wait);
      }),
    );
    const departure = watchDeparture(stops, guard);
    const lock = createSendLock(`waymark-cart-${key}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let noted = 0;

    const tell = (reason: string, to?: string) => track('cart_abandon', { reason, to }, { session: 'ignore' });

    /** Looks at the clock when the cart may be abandoned. A timer of a tab that sleeps is late; the time told is the true one. */
    const wait = guard(() => {
      clearTimeout(timer);
      const record = tracker.record();
      const state = record && commerceOf(record);
      if (state && isOpen(state))
        timer = runLater(look, Math.max(TICK_MS, (state.active ?? 0) + idleMs + TICK_MS - Date.now()));
    });
    const look = guard(() => {
      // One tab at a time, and with what the others have written: two would count themselves one event short.
      void lock(async () => {
        tracker.stale();
        await tracker.ready();
        tell('idle');
        await tracker.stored();
      }).then(wait);
    });
    const onInput = guard(({ isTrusted }: Event) => {
      const now = Date.now();
      if (!isTrusted || now - noted < idleMs / NOTES || isHidden()) return;
      noted = now;
      track('~active', {}, { session: 'ignore' });
      tracker.known(wait);
    });
    on('leave', (isGone) => {
      if (!isGone) return;
      clearTimeout(timer);
      const to = departure();
      // A tab that is closed while it is in front looks like an address typed, which may be the shop's: that is left to the next visit.
      const isLeft = to ? /^http/.test(to.protocol) : isHidden();
      if (isLeft && !others.count()) tell('exit', to?.href);
    });
    stops.push(
      on('event', ({ name }) => {
        wait();
        // Not before it is written.
        if (/cart$|^purchase$/.test(name)) void tracker.stored().then(others.tell);
      }),
      ...['pointerdown', 'keydown', 'scroll', 'visibilitychange'].map((type) => listen(document, type, onInput, true)),
      listen(window, 'pageshow', wait),
      () => clearTimeout(timer),
    );
    tracker.known(wait);
  },
});
