import { attributeSlips } from './capture/attribute-slips.js';
import { submits } from './capture/attributes.js';
import { pushedEvents } from './capture/data-layer.js';
import { forms } from './capture/forms.js';
import { productMarkup } from './capture/markup.js';
import { outgoing } from './capture/outgoing.js';
import { sharing } from './capture/share.js';
import { views } from './capture/in-view.js';
import { webVitals } from './capture/web-vitals.js';
import { cartWatch } from './commerce/cart-watch.js';
import type { allDefaults } from './first.js';
import type { Plugin } from './plugin.js';
import type { nearest } from './util/nearest.js';
import type { show } from './util/show.js';

/** Returns the plugins that may come a moment after the tracker has started, in their order: the script tag has them in a second file. `guess` and `name`: what finds the name that was meant, and names values, which the first file has already. */
export function morePlugins(options: typeof allDefaults, guess: typeof nearest, name: typeof show): Plugin[] {
  return [
    cartWatch(options.cartIdleMinutes, options.key),
    ...(options.dataLayer ? [pushedEvents()] : []),
    ...(options.markup ? [productMarkup()] : []),
    sharing(),
    submits(),
    attributeSlips(guess, name),
    views(),
    ...(options.outgoing ? [outgoing()] : []),
    ...(options.forms ? [forms()] : []),
    ...(options.webVitals ? [webVitals()] : []),
  ];
}
