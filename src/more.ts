import { submits } from './capture/attributes.js';
import { dataLayer } from './capture/data-layer.js';
import { forms } from './capture/forms.js';
import { frustration } from './capture/frustration.js';
import { productMarkup } from './capture/markup.js';
import { outgoing } from './capture/outgoing.js';
import { sharing } from './capture/share.js';
import { views } from './capture/in-view.js';
import { webVitals } from './capture/web-vitals.js';
import { cartWatch } from './commerce/cart-watch.js';
import { compression } from './delivery/compression.js';
import { warnings } from './delivery/warnings.js';
import type { allDefaults } from './first.js';
import { linking } from './identity/link.js';
import type { Plugin } from './plugin.js';
import { dataExport } from './privacy/export.js';

/** Returns the plugins that may come a moment after the tracker has started, in their order: the script tag has them in a second file. */
export function morePlugins(options: typeof allDefaults): Plugin[] {
  return [
    warnings(options.debug),
    cartWatch(options.cartIdleMinutes, options.key),
    ...(options.gzip ? [compression()] : []),
    ...(options.dataLayer ? [dataLayer(options.dataLayer)] : []),
    ...(options.markup ? [productMarkup()] : []),
    sharing(),
    dataExport(options.key),
    ...(options.linkDomains.length ? [linking(options.linkDomains)] : []),
    submits(),
    views(),
    ...(options.outgoing ? [outgoing()] : []),
    ...(options.forms ? [forms()] : []),
    ...(options.webVitals ? [webVitals()] : []),
    ...(options.frustration ? [frustration()] : []),
  ];
}
