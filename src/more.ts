import { attributeSlips } from './sources/attribute-slips.js';
import { submits } from './sources/attributes.js';
import { pushedEvents } from './sources/data-layer.js';
import { forms } from './sources/forms.js';
import { productMarkup } from './sources/markup.js';
import { outgoing } from './sources/outgoing.js';
import { sharing } from './sources/share.js';
import { views } from './sources/in-view.js';
import { webVitals } from './sources/web-vitals.js';
import { cartWatch } from './commerce/cart-watch.js';
import type { allDefaults } from './first.js';
import type { Plugin } from './plugin.js';

/** Returns the plugins that may come a moment after the tracker has started, in their order: the script tag has them in a second file. */
export function morePlugins(options: typeof allDefaults): Plugin[] {
  return [
    ...(options.dataLayer ? [pushedEvents()] : []),
    ...(options.markup ? [productMarkup()] : []),
    sharing(),
    submits(),
    attributeSlips(),
    views(),
    ...(options.outgoing ? [outgoing()] : []),
    ...(options.forms ? [forms()] : []),
    ...(options.webVitals ? [webVitals()] : []),
    cartWatch(options.cartIdleMinutes, options.key),
  ];
}
