import type { Arrivals, Classifier } from './arrivals.js';

/**
 * Returns the classifier that has a file of its own, `waymark.arrivals.min.js`.
 *
 * @param load loads the file
 */
export function comingArrivals(load: () => Promise<Classifier>): Arrivals {
  let classifier: Classifier | undefined;
  let coming: Promise<Classifier> | undefined;
  return {
    classifier: () => classifier,
    load: () => (coming ??= load().then((loaded) => (classifier = loaded))),
  };
}
