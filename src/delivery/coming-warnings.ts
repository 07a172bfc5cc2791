import { isMixed } from '../platform/is-mixed.js';
import type { Plugin } from '../plugin.js';
import type { warnings } from './warnings.js';

/**
 * Has problems told in the console by a part that is loaded for the first of them.
 *
 * @param isLoud whether to tell all of them everywhere
 * @param collectors where batches are posted
 * @param load loads the part; where that fails, problems are told without what they mean
 */
export const comingWarnings = (
  isLoud: boolean,
  collectors: readonly string[],
  load: () => Promise<{ warnings: typeof warnings }>,
): Plugin => ({
  name: 'comingWarnings',
  start({ guard, on, tracker }) {
    const begin = guard(() => {
      stop();
      void load().then(
        ({ warnings: create }) => tracker.add([create(isLoud, collectors)]),
        () => on('problem', ({ code, message }) => console.warn(`waymark: ${code}: ${message}`)),
      );
    });
    const stop = on('problem', begin);
    if (typeof fetch !== 'function' || collectors.some(isMixed)) begin();
  },
});
