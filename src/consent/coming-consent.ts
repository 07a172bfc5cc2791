import type { openLayer } from '../platform/pushes.js';
import type { Plugin } from '../plugin.js';
import { inTime } from '../util/in-time.js';
import { runLater } from '../util/run-later.js';
import type { signalsBy } from './signals.js';

/** How often it is looked whether there is a platform, in milliseconds, and how many times: platforms come by tag managers, seconds late. Our choice. */
const LOOK_MS = 500;
const LOOKS = 60;
/** Longest wait for what hears a platform, in milliseconds. Our choice: a file from a folder that has just given another. */
const PART_MS = 3000;

/**
 * Has consent platforms heard by a part that is loaded where there is one: where the page has `__tcfapi`, or says something of consent in its data layer. It is looked
 * for now and then, after each push, and before every event. Until the part is there nothing is let through. Goes before all other plugins.
 *
 * @param name of the data layer; an empty text leaves it alone
 * @param load loads the part; what it rejects with is reported by it
 */
export function comingConsent(
  name: string,
  load: () => Promise<{ signalsBy: typeof signalsBy; openLayer: typeof openLayer }>,
): Plugin {
  let look: (() => void) | undefined;
  return {
    name: 'comingConsent',
    context() {
      look?.();
      return {};
    },
    start({ guard, stops, tracker }) {
      const page = window as unknown as Record<string, unknown>;
      let looks = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let watched: unknown;
      /** Looks once more after each push into a list; what hears the layer later wraps that. */
      function watch(list: unknown[]): void {
        watched = list;
        const { push } = list;
        const watching: typeof push = function (this: unknown[], ...entries) {
          const length = push.apply(this, entries);
          look?.();
          return length;
        };
        Reflect.set(list, 'push', watching);
        stops.push(() => {
          look = undefined;
          if (list.push !== watching) return;
          Reflect.deleteProperty(list, 'push');
          if (list.push !== push) list.push = push;
        });
      }
      look = guard(() => {
        const isTcf = typeof page.__tcfapi === 'function';
        const list = name && page[name];
        const isGoogle =
          Array.isArray(list) && list.some((entry) => (Object(entry) as Record<number, unknown>)[0] === 'consent');
        if (!isTcf && !isGoogle) return void (Array.isArray(list) && list !== watched && watch(list));
        look = undefined;
        // As long as it cannot be heard, nobody has answered.
        tracker.consent(isGoogle ? 'google' : 'tcf', { analytics: 'required', marketing: 'required' });
        tracker.hold(
          inTime(load(), PART_MS).then(({ signalsBy, openLayer }) => void tracker.add([signalsBy(openLayer, name)])),
        );
      });
      const wait = guard(() => {
        look?.();
        if (look && looks++ < LOOKS) timer = runLater(wait, LOOK_MS);
      });
      stops.push(() => clearTimeout(timer));
      wait();
    },
  };
}
