import { openLayer } from '../browser/pushes.js';
import type { Plugin } from '../plugin.js';
import { pushedEvents } from './data-layer.js';

/**
 * Tracks what the shop tells Google's tags already: GA4's recommended events, by `dataLayer.push` and `gtag`, and enhanced e-commerce, made
 * before or after this starts. The page's own `push` always runs first. What is also told by a call, or by attributes, within a second
 * counts once.
 *
 * @param name of the list on `window`; default: `dataLayer`
 */
export const dataLayer = (name = 'dataLayer'): Plugin => pushedEvents((stops) => openLayer(name, stops));
