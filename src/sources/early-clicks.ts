import { listen } from '../platform/listen.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { marksOf, readMark } from './marks.js';
import type { clicksIn } from './attributes.js';

/**
 * Keeps the clicks on elements with `data-waymark-event` that come before `clicks` is there: as drafts of all that the elements say, which outlive the page. What event that
 * is, `clicksIn` tells once it is loaded. Goes before all plugins that look at events.
 *
 * @param load loads the part
 */
export function earlyClicks(load: () => Promise<{ clicksIn: typeof clicksIn }>): Plugin {
  let api: PluginApi;
  return {
    name: 'earlyClicks',
    needs: ({ by }) => by === 'earlyClicks',
    load: async () => ({ process: (await load()).clicksIn(api.report) }),
    start(given) {
      api = given;
      const { guard, stops, track, tracker } = api;
      let isWake = false;
      const onClick = guard((event: Event) => {
        const path = (event.composedPath() as Element[]).filter(
          (node) => node.nodeType === 1 && readMark(node, 'event') !== undefined,
        );
        // What is clicked in the same task is clicked by the browser, or by the page, because of this click.
        if (!path.length || isWake) return;
        isWake = true;
        setTimeout(() => (isWake = false));
        track('~click', { path: path.map(marksOf) }, { by: 'earlyClicks' });
      });
      stops.push((tracker.shared.endEarlyClicks = listen(document, 'click', onClick, true)));
    },
  };
}
