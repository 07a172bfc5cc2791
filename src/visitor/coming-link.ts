import type { Plugin } from '../plugin.js';
import { inTime } from '../util/in-time.js';
import type { linked } from './link.js';
import { takeMarkOff } from './link-mark.js';

/** Longest wait for what reads the mark of a link, in milliseconds. Our choice: a file from a folder that has just given another. */
const PART_MS = 3000;

/**
 * Has the visitor taken over whom a link names by a part that is loaded for it; the visitor is looked up after that.
 *
 * @param domains as for `linked`
 * @param load loads the part
 */
export const comingLink = (domains: readonly string[], load: () => Promise<{ linked: typeof linked }>): Plugin => ({
  name: 'comingLink',
  start({ tracker }) {
    const requested = takeMarkOff();
    const loaded = load().then(({ linked: create }) => tracker.add([create(domains, requested)]));
    tracker.wait(inTime(loaded, PART_MS).catch(() => {}));
  },
});
