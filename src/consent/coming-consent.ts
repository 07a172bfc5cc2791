import type { Stop } from '../platform/listen.js';
import { openLayer, type Layer } from '../platform/pushes.js';
import type { Plugin, TrackerView } from '../plugin.js';
import { inTime } from '../util/in-time.js';
import { runLater } from '../util/run-later.js';
import type { consentSignals } from './signals.js';

/** How often it is looked whether there is a platform, in milliseconds, and how many times: platforms come by tag managers, seconds late. Our choice. */
const LOOK_MS = 500;
const LOOKS = 60;
/** Longest wait for what hears a platform, in milliseconds. Our choice: a file from a folder that has just given another. */
const PART_MS = 3000;

/**
 * Has consent platforms heard by a part that is loaded where there is one: where the page has `__tcfapi`, or says something of consent in its data layer. Until the
 * part is there nothing is let through. Goes before all other plugins.
 *
 * @param name of the data layer; an empty text leaves it alone
 * @param load loads the part; what it rejects with is reported by it
 */
export function comingConsent(name: string, load: () => Promise<{ consentSignals: typeof consentSignals }>): Plugin {
  let view: TrackerView | undefined;
  const heard: unknown[] = [];
  let hear: ((entry: unknown) => void) | undefined;
  const layer: Layer = (onEntry) => {
    heard.forEach(onEntry);
    hear = onEntry;
  };

  /** Loads the part, once, and holds everything meanwhile. */
  function hold(tracker: TrackerView): void {
    if (view) return;
    view = tracker;
    // As long as it cannot be heard, nobody has answered.
    tracker.consent(heard.length ? 'google' : 'tcf', { analytics: 'required', marketing: 'required' });
    tracker.hold(inTime(load(), PART_MS).then(({ consentSignals: create }) => void tracker.add([create(name, layer)])));
  }
  /** Looks now and then whether there is a platform. */
  function look(tracker: TrackerView, guard: (work: () => void) => () => void, stops: Stop[]): void {
    let looks = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = guard(() => {
      if (typeof (window as { __tcfapi?: unknown }).__tcfapi === 'function') hold(tracker);
      else if (looks++ < LOOKS && !view) timer = runLater(next, LOOK_MS);
    });
    stops.push(() => clearTimeout(timer));
    next();
  }
  return {
    name: 'comingConsent',
    start({ guard, stops, tracker }) {
      const onEntry = guard((entry: unknown) => {
        if ((Object(entry) as Record<number, unknown>)[0] !== 'consent') return;
        heard.push(entry);
        hear?.(entry);
        hold(tracker);
      });
      if (name) (tracker.shared.layer = openLayer(name, stops))(onEntry);
      look(tracker, guard, stops);
    },
  };
}
