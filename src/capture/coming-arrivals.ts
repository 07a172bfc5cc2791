import type { Arrivals } from './arrivals.js';

type Module = typeof import('./classify.js');

/**
 * Returns the classifier that has a file of its own. Where that cannot be loaded, the console says so, and arrivals are told without it.
 *
 * @param load loads the file
 */
export function comingArrivals(load: () => Promise<Module>): Arrivals {
  let module: Module | undefined;
  let coming: Promise<unknown> | undefined;
  const come = async () => {
    try {
      module = await load();
    } catch (error) {
      console.warn(`waymark: waymark.arrivals.min.js has to lie beside the script; without it, nothing tells where visitors come from (${error})`);
    }
  };
  // Where the page's console throws, too: nobody handles a rejection of this.
  return { classifier: () => module?.classify, load: () => (coming ??= come().catch(() => {})) };
}
