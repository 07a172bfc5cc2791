import { comingArrivals } from '../capture/coming-arrivals.js';
import type { EventMap } from '../tracker.js';
import { startPixelBy, type PixelOptions, type PixelTracker } from './shopify-pixel.js';

/** The file beside this one; the build puts its version in. */
const ARRIVALS = './waymark.arrivals.min.js?v=VERSION_OF_ARRIVALS';

/** `startPixel` of `waymark/shopify`, as the file `waymark.shopify.min.js` has it: with the classifier in a file of its own beside it. */
export const startPixel = <Events = EventMap>(options: PixelOptions): PixelTracker<Events> => startPixelBy<Events>(comingArrivals(() => import(ARRIVALS)), options);
