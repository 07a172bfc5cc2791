import * as classifier from './classifier.js';

/** What tells arrivals apart: the table of networks and the rules. As much code as much else together, and most page views have no use for it. */
export type Classifier = typeof classifier;

/** The classifier, which may have to be loaded. */
export interface Arrivals {
  /** Returns it; undefined while it has not been loaded. */
  classifier(): Classifier | undefined;
  /** Loads it, once. Rejects where that fails. */
  load(): Promise<Classifier>;
}

/** The classifier as part of the same bundle. */
export const bundledArrivals: Arrivals = { classifier: () => classifier, load: () => Promise.resolve(classifier) };
