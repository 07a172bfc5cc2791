import { commerceOf, isOpen } from './commerce/state.js';
import type { allDefaults } from './first.js';
import { openChannel } from './platform/channel.js';
import { whenParsed } from './platform/lifecycle.js';
import { listen } from './platform/listen.js';
import { navigationOf } from './platform/navigation.js';
import { ofDocument, trueOf } from './platform/of-document.js';
import type { Plugin, PluginApi, TrackerView } from './plugin.js';
import type { ExportMethods } from './privacy/export.js';
import type { ShareMethods } from './sources/share.js';
import { runLater } from './util/run-later.js';

/** Whether what is new in the document has an element that a selector finds and that `isIt`; or a shadow root, which is not searched. */
type Has = (selector: string, isIt?: (element: Element) => unknown) => boolean;

/**
 * A part of the tracker that has a file of its own: how it is loaded, and the signal for that, which says whether the page has a use for it. Signals are read once the
 * document is parsed, and again a moment after something in it, or about the visitor, has changed.
 */
type Part = readonly [
  load: () => Promise<{ plugins(options: typeof allDefaults): Plugin[] }>,
  signal: (has: Has, options: typeof allDefaults, tracker: TrackerView) => unknown,
];

/** Whether a link leads to another host, or to another program, as `mailto:` does. */
const leadsAway = (link: Element) => (link as HTMLAnchorElement).hostname !== location.hostname;

/** Whether an element has an attribute whose name begins with `data-waymark-`: no selector finds it by that. */
const isMarked = (element: Element) =>
  trueOf(element, 'getAttributeNames')
    .call(element)
    .some((name) => name.startsWith('data-waymark-'));

/** The parts, by the names of their files (`waymark.NAME.min.js`). To add one, add a line here and a file in `by-need/`. */
const PARTS: Readonly<Record<string, Part>> = {
  layer: [() => import('./by-need/layer.js'), (_, { dataLayer }) => dataLayer && window[dataLayer as never]],
  markup: [
    () => import('./by-need/markup.js'),
    (has, { markup }) =>
      markup &&
      (has('[type^="application/ld+json" i]', ({ textContent }) => /Product|Order/.test(textContent)) ||
        has('meta[content$=product],meta[content$="product.item"]')),
  ],
  marked: [() => import('./by-need/marked.js'), (has) => has('*', isMarked)],
  leaving: [
    () => import('./by-need/leaving.js'),
    (has, { forms, outgoing }) =>
      (outgoing && (has('[rel~="me" i]') || has('a[href]', leadsAway))) ||
      (forms &&
        has('[type=email],[name*="email" i],[autocomplete*=email],[autocomplete~=username],[data-waymark-form]')),
  ],
  sharing: [() => import('./by-need/sharing.js'), (has) => has('[data-waymark-share]')],
  cart: [
    () => import('./by-need/cart.js'),
    (_has, _options, tracker) => isOpen(commerceOf({ state: {}, ...tracker.record() })),
  ],
  // A router leaves its state in the history.
  routes: [() => import('./by-need/routes.js'), () => !navigationOf() || !!history.state],
  vitals: [
    () => import('./by-need/vitals.js'),
    (_, { webVitals }) => webVitals && ofDocument('readyState') === 'complete',
  ],
  asked: [
    () => import('./by-need/asked.js'),
    (_, { frustration, gzip, linkDomains, stageAttribute }) => frustration || gzip || linkDomains[0] || stageAttribute,
  ],
};

/** How long what is new in the page waits until it is looked at, in milliseconds. Our choice: what is marked for views counts after a second. */
const LOOK_MS = 200;

/**
 * Loads each part of the tracker, once, where the page has a use for it, or a call. A part that cannot be loaded is reported, and nothing else is missing: nothing
 * that is tracked waits for it.
 */
export function comingParts(options: typeof allDefaults): Plugin<undefined, ShareMethods & ExportMethods> {
  let api: PluginApi;
  const coming: Record<string, Promise<Partial<ShareMethods & ExportMethods> | void>> = {};
  let latest: Promise<unknown> | undefined;
  /**
   * Loads a part, and resolves with the methods that it brings. Never rejects. Parts begin in their order: what the shop says itself comes before what its markup does.
   */
  const come = (name: string) =>
    (latest = coming[name] ??=
      Promise.all([PARTS[name]![0](), latest])
        .then(([{ plugins }]) => api.tracker.add(plugins(options)))
        .catch((error) => api.report('more_failed', `${name}: ${error as string}`)));

  function begin(): void {
    const { guard, on, stops, tracker } = api;
    let added: Element[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = guard(() => {
      const elements = added.flatMap((root) => [root, ...trueOf(root, 'querySelectorAll').call(root, '*')]);
      const has: Has = (selector, isIt = () => true) =>
        elements.some((each) => each.shadowRoot || (trueOf(each, 'matches').call(each, selector) && isIt(each)));
      timer = undefined;
      added = [];
      for (const [name, [, signal]] of Object.entries(PARTS))
        if (!coming[name] && signal(has, options, tracker)) void come(name);
    });
    const again = () => void (timer ??= runLater(look, LOOK_MS));
    const addAll = () => added.push(ofDocument('documentElement'));
    const observer =
      window.MutationObserver &&
      new MutationObserver((records) => {
        for (const { addedNodes, target } of records)
          // A text may be that of a script.
          addedNodes.forEach((node) => added.push((node.nodeType === 1 ? node : target) as Element));
        again();
      });
    observer?.observe(document, { childList: true, subtree: true });
    // Another tab that has a cart says so, and counts those that watch over it.
    const channel = openChannel(`waymark-tabs-${options.key}`, () => (tracker.stale(), tracker.known(again)));
    stops.push(
      () => (observer?.disconnect(), channel?.close(), clearTimeout(timer)),
      listen(window, 'load', again),
      on('event', ({ name }) => {
        if (name === 'page_view') addAll();
        again();
      }),
    );
    tracker.shared.layer?.(again);
    addAll();
    look();
  }

  return {
    name: 'comingParts',
    methods(given) {
      api = given;
      return {
        share: async (shared) => (await come('sharing'))?.share?.(shared) ?? null,
        exportData: async () => (await come('asked'))?.exportData?.() ?? null,
      };
    },
    start: ({ guard, stops }) => whenParsed(stops, guard(begin)),
  };
}
