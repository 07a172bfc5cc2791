import { classify } from './classify.js';

/** What tells arrivals apart: the table of networks and the rules. As much code as much else together, and most page views have no use for it. */
export interface Arrivals {
  /** Returns the classifier; undefined while it has not been loaded. */
  classifier(): typeof classify | undefined;
  /** Loads the classifier, once. Never rejects. */
  load(): Promise<unknown>;
}

/** The classifier as part of the same bundle. */
export const bundledArrivals: Arrivals = { classifier: () => classify, load: async () => {} };
