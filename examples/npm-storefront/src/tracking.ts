import { createTracker } from 'waymark';
import { CURRENCY, type Place } from './shop';
import { findTitle } from './views';

/** What only this shop tracks. GA4's events (`view_item`, `search`, `purchase` …) are known already. */
export type ShopEvents = {
  wishlist_add: { item_id: string };
  wishlist_remove: { item_id: string };
  /** `item_id` where it was opened beside a sock. */
  size_guide_open: { from: 'product' | 'hint'; item_id?: string };
  lost_sock_reported: { place: Place };
};

// The landing is tracked as soon as there is a tracker, so the title comes before it.
document.title = findTitle(location);

/** The shop's one tracker. Page views, landings and `data-waymark-…` clicks need no call. */
export const tracker = createTracker<ShopEvents>({ collector: import.meta.env.VITE_COLLECTOR ?? '/events', currency: CURRENCY });

if (import.meta.env.DEV) tracker.on('problem', ({ code, message }) => console.warn(`waymark: ${code}: ${message}`));

/**
 * Calls `show` with the visitor's stage: once when it is known, then whenever it changes.
 *
 * @returns ends it
 */
export function onStage(show: (stage: string | null) => void): () => void {
  // A journey goes on where the last page left it. It is read from storage, and is there with the first event.
  const stopFirst = tracker.on('event', () => {
    stopFirst();
    show(tracker.journey().stage);
  });
  const stop = tracker.on('stage', ({ stage }) => show(stage));
  return () => {
    stopFirst();
    stop();
  };
}
