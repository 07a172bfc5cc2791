import type { ShareToken } from './share-token.js';

/** What `landings` remembers of a visitor. */
export interface LandingState {
  /** When a checkout was begun that has led to no order yet, in milliseconds since 1970. */
  checkout?: number | undefined;
  /** The share by which the visitor came last. */
  parent?: ShareToken | undefined;
}

/** What `sharing` remembers of a visitor. */
export interface SharingState {
  /** The visitor's own latest shares. */
  sent: readonly string[];
}
