import { listen, type Stop } from '../browser/listen.js';
import type { Plugin } from '../plugin.js';

/** Clicks of a rage click, and how near they are to the one before, in milliseconds and pixels. Source: PostHog's documented defaults of
 * `rageclick`, 2026: three within a second and 30 pixels. */
const RAGE_CLICKS = 3;
const RAGE_GAP_MS = 500;
const RAGE_PX = 30;
/** How long a click may go unanswered, in milliseconds. Source: the default of PostHog's dead-click detection, 2026. */
const DEAD_MS = 2500;

/** Where clicking fast is normal: text is selected by it, numbers are stepped. */
const CALM = 'input,textarea,select,[contenteditable]';
/** What looks as if a click did something here. A download leads elsewhere, and so do the schemes of other programs. */
const CLICKABLE = 'a:not([download],[href^=mailto],[href^=tel]),button,[role=button],summary';

/**
 * Tracks signs of frustration.
 *
 * - `rage_click`: the third of clicks that are each within half a second, and 30 pixels each way, of the one before; once for each burst.
 * - `dead_click`: a click on something that looks clickable which nothing answers for 2.5 seconds: no change in the page, no
 *   scrolling, selecting or focusing, no other address, no other window. (Microsoft Clarity's definition: no feedback and no navigation.)
 */
export const frustration = (): Plugin => ({ cleanTitle, record, safe, stops, watch }) =>
  watch(() => {
    /** Names an element without its text. Its id may be made of data. */
    const describe = ({ localName, id }: Element) => localName + cleanTitle(id && `#${id}`);
    let last = [0, 0, 0];
    let count = 0;
    let stopWaiting: Stop | undefined;

    function onRage(click: MouseEvent, element: Element): void {
      const place = [click.timeStamp / RAGE_GAP_MS, click.clientX / RAGE_PX, click.clientY / RAGE_PX];
      count = place.every((value, index) => Math.abs(value - last[index]!) < 1) ? count + 1 : 1;
      last = place;
      if (count === RAGE_CLICKS) record('rage_click', { element: describe(element) });
    }

    function waitForAnswer(element: Element): void {
      const { href } = location;
      const observer = new MutationObserver(end);
      // In the capture phase on window, what happens to the document and in it comes by too. A page that is left is hidden, too.
      const ends = ['scroll', 'selectionchange', 'visibilitychange', 'focus', 'blur', 'toggle'].map((type) => listen(window, type, end, true));
      const timer = setTimeout(() => {
        end();
        if (location.href === href) record('dead_click', { element: describe(element) });
      }, DEAD_MS);
      function end(): void {
        observer.disconnect();
        clearTimeout(timer);
        for (const stop of ends) stop();
        stopWaiting = undefined;
      }
      stopWaiting = end;
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    }

    const onClick = safe((event: Event) => {
      const click = event as MouseEvent;
      const element = click.target as Element;
      // A click by a script or a key has no place, and is no sign of anger.
      if (!click.isTrusted || !click.detail || element.closest(CALM)) return;
      onRage(click, element);
      const clickable = element.closest(CLICKABLE);
      if (clickable && !stopWaiting) waitForAnswer(clickable);
    });
    stops.push(listen(document, 'click', onClick, true), () => stopWaiting?.());
  });
