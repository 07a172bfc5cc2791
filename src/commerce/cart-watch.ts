import { watchDeparture } from '../browser/departure.js';
import { listen } from '../browser/listen.js';
import { isHidden } from '../browser/of-document.js';
import { watchOtherTabs } from '../browser/other-tabs.js';
import { createSendLock } from '../delivery/tabs.js';
import type { Plugin } from '../plugin.js';
import { runLater } from '../util/run-later.js';
import { CART_IDLE_MINUTES, isOpen, lastActive } from './abandonment.js';

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
export const cartWatch =
  (idleMinutes = CART_IDLE_MINUTES, key = 'main'): Plugin =>
  ({ calls, known, leaves, memory, queue, safe, stops, tracker, untilKnown, watch }) =>
    watch(() => {
      const idleMs = idleMinutes * 60_000;
      // What another tab did with the cart, this one must know when it is left: there is no time to look then.
      const others = watchOtherTabs(`waymark-tabs-${key}`, stops, safe(() => {
        memory.suspect();
        known(wait);
      }));
      const departure = watchDeparture(stops, safe);
      const lock = createSendLock(`waymark-cart-${key}`);
      let timer: ReturnType<typeof setTimeout> | undefined;
      let noted = 0;

      const tell = (reason: string, to?: string) => calls.get('cart_abandon')!({ reason, to });

      /** Looks at the clock when the cart may be abandoned. A timer of a tab that sleeps is late; the time told is the true one. */
      const wait = safe(() => {
        clearTimeout(timer);
        const profile = memory.profile();
        if (profile && isOpen(profile)) timer = runLater(look, Math.max(TICK_MS, lastActive(profile) + idleMs + TICK_MS - Date.now()));
      });
      const look = safe(() => {
        // One tab at a time, and with what the others have written: two would count themselves one event short.
        void lock(async () => {
          memory.suspect();
          await untilKnown();
          tell('idle');
          await queue.written();
        }).then(wait);
      });
      const onInput = safe(({ isTrusted }: Event) => {
        const now = Date.now();
        if (!isTrusted || now - noted < idleMs / NOTES || isHidden()) return;
        noted = now;
        known((profile) => {
          if (!isOpen(profile)) return;
          // Before it is active again: it may have been abandoned in between.
          tell('idle');
          profile.active = now;
          queue.save();
          wait();
        });
      });
      leaves.push((isGone) => {
        if (!isGone) return;
        clearTimeout(timer);
        const to = departure();
        // A tab that is closed while it is in front looks like an address typed, which may be the shop's: that is left to the next visit.
        const isLeft = to ? /^http/.test(to.protocol) : isHidden();
        if (isLeft && !others.count()) tell('exit', to?.href);
      });
      stops.push(
        tracker.on('event', ({ name }) => {
          wait();
          // Not before it is written.
          if (/cart$|^purchase$/.test(name)) void queue.written().then(others.tell);
        }),
        ...['pointerdown', 'keydown', 'scroll', 'visibilitychange'].map((type) => listen(document, type, onInput, true)),
        listen(window, 'pageshow', wait),
        () => clearTimeout(timer),
      );
      known(wait);
    });
