import type { TrackedEvent } from './event/event.js';
import type { Parts } from './tracker-parts.js';
import type { TrackerView } from './plugin.js';
import { methodsOf, startAll } from './plugins.js';

/** Most events that are kept for plugins that come later. Our choice: a page tracks few until it is parsed. */
const MAX_PAST = 99;

/**
 * Returns the tracker as plugins see it.
 *
 * @param shown settles when a prerendered page is really shown: nothing of a page that nobody sees may be stored or count
 */
export function createView(parts: Parts, shown: Promise<unknown>): TrackerView {
  const { freezer, gate, isAnonymous, known, lanes, listeners, mayMarket, options, plugins, story, tab, visitor } =
    parts;
  const { emit, on, report } = listeners;
  const { store } = lanes[0]!.outbox;
  const past: TrackedEvent[] = [];
  /** Parts that have to come before anything is let through. */
  let holds = 0;
  on('event', (event) => past.length < MAX_PAST && past.push(event));
  const view: TrackerView = {
    options,
    isAnonymous,
    story,
    past,
    shown,
    known,
    ready: () =>
      new Promise((resolve) => {
        if (!gate.isOpen()) return resolve();
        const stop = on('reset', end);
        function end(): void {
          stop();
          resolve();
        }
        known(end);
      }),
    emit,
    record: visitor.record,
    left: tab.left,
    mayMarket,
    consent: gate.say,
    stale: visitor.stale,
    stored: store.written,
    isDurable: store.isDurable,
    wake: () => lanes.forEach(({ destination }) => destination.wake(0)),
    renew: () => known(visitor.renew),
    outboxes: lanes.map(({ outbox }) => outbox),
    copy: freezer.copy,
    look: () => freezer.look(),
    shared: {},
    hold(part) {
      holds++;
      gate.pause();
      void part
        .catch((error) => report('more_failed', `${error as string}`))
        .then(() => {
          holds--;
          view.letThrough();
        });
    },
    letThrough: () => void (holds || gate.start()),
    wait(part) {
      view.shown = Promise.all([view.shown, part]);
    },
    add(more) {
      plugins.add(more);
      const methods = methodsOf(more, parts.api, listeners);
      startAll(more, parts.api, listeners);
      return methods;
    },
  };
  return view;
}
