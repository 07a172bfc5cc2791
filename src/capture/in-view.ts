import { listen, type Stop } from '../browser/listen.js';
import { isHidden, ofDocument } from '../browser/of-document.js';
import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';
import { eventOf, trackMarked } from './attributes.js';

/**
 * How much of an element must be seen, and for how long, in milliseconds. Source: the Media Rating Council's viewable impression for
 * display, half of it for one second; half of the viewport is our addition, for what is larger than that.
 */
const SHARE = 0.5;
const VIEW_MS = 1000;
/** When to look how much is seen: also an element of a hundred viewports passes two of these steps before it fills one. */
const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((step) => SHARE / 2 ** step);

const area = ({ width, height }: DOMRectReadOnly) => width * height;

/** Whether half of the element is in view, or it fills half of the viewport, which a frame of another origin does not know. */
const isSeen = ({ isIntersecting, intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry) =>
  isIntersecting && (intersectionRatio >= SHARE || (!!rootBounds && area(intersectionRect) >= SHARE * area(rootBounds)));

/** Runs `work` when the browser has nothing better to do; the returned function keeps it from that. */
function whenIdle(work: () => void): Stop {
  // Safari has no idle callbacks.
  const { requestIdleCallback: request = setTimeout, cancelIdleCallback: cancel = clearTimeout } = window as Partial<Window>;
  const id = request(work as () => void);
  return () => cancel(id as number);
}

/**
 * Tracks elements with `data-waymark-event` that are marked for views, once a page view: when half of one, or half a viewport of it, has been
 * in view for a second. Elements may be added later, also in open shadow roots; of a shadow root that is attached to an element
 * which is in the page already, it learns at the next page view.
 */
export const views = (): Plugin => (tools) =>
  tools.watch(() => {
    // Where tests run, nothing may ever be in view.
    if (typeof IntersectionObserver !== 'function') return;
    const { observe, safe, stops, tracker } = tools;
    /** What is in view now and not yet counted, each with its timer. */
    const inView = new Map<Element, number>();
    /** What this page view has seen; weak, as all that outlasts an element. */
    let found = new WeakSet<Element>();
    let added: Node[] = [];
    let stopWaiting: Stop | undefined;
    let page = (Object.assign({}, ...observe.map((look) => look())) as Partial<Context>).page?.id;

    /** Starts its second, if the person can see the page. */
    function arm(element: Element): void {
      clearTimeout(inView.get(element));
      inView.set(element, isHidden() ? 0 : window.setTimeout(count, VIEW_MS, element));
    }
    function disarm(element: Element): void {
      clearTimeout(inView.get(element));
      inView.delete(element);
    }
    const count = safe((element: Element) => {
      disarm(element);
      observer.unobserve(element);
      if (eventOf(element, 'view')) trackMarked(tools, element, 'view');
    });
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const { target } = entry;
          if (!isSeen(entry)) disarm(target);
          else if (!inView.has(target)) arm(target);
        }
      },
      { threshold: STEPS },
    );

    function scan(root: Node): void {
      const { shadowRoot } = root as Element;
      if (root.nodeType === 1 && eventOf(root as Element, 'view') && !found.has(root as Element)) {
        found.add(root as Element);
        observer.observe(root as Element);
      }
      if (shadowRoot) scanAll(shadowRoot);
    }
    function scanAll(root: Document | ShadowRoot | Element): void {
      // Observing the same root again changes nothing.
      if (root.nodeType !== 1) additions.observe(root, { childList: true, subtree: true });
      scan(root);
      (root === document ? ofDocument('documentElement') : root).querySelectorAll('*').forEach(scan);
    }
    /** Looks through what was added, soon, and all at once. */
    function later(nodes: Iterable<Node>): void {
      for (const node of nodes) if (node.nodeType === 1 || node === document) added.push(node);
      if (!added.length) return;
      stopWaiting ??= whenIdle(
        safe(() => {
          stopWaiting = undefined;
          const nodes = added;
          added = [];
          for (const node of nodes) if (node.isConnected) scanAll(node as Element);
        }),
      );
    }
    const additions = new MutationObserver(safe((records) => records.forEach(({ addedNodes }) => later(addedNodes))));

    function forget(): void {
      observer.disconnect();
      inView.forEach(clearTimeout);
      inView.clear();
      found = new WeakSet();
    }
    stops.push(
      // The second is one in sight: in another tab it does not go on.
      listen(document, 'visibilitychange', () => [...inView.keys()].forEach(arm)),
      tracker.on('event', ({ name, page: { id } = {} as NonNullable<Context['page']> }) => {
        if (name !== 'page_view' || (id && id === page)) return;
        page = id;
        forget();
        later([document]);
      }),
      forget,
      () => additions.disconnect(),
      () => stopWaiting?.(),
    );
    later([document]);
  });
