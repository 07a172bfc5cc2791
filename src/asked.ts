import { frustration } from './capture/frustration.js';
import { compression } from './delivery/compression.js';
import type { allDefaults } from './first.js';
import { linking } from './identity/link.js';
import type { Plugin } from './plugin.js';

// What few pages have a use for: the script tag has it in a file of its own, and loads that when an option, or a call of `exportData`, asks for it.
export { dataExport } from './privacy/export.js';

/** Returns the plugins that an option asks for, in their order: none by default. They may come a moment after the tracker has started. */
export function askedPlugins({ frustration: tracksFrustration, gzip, linkDomains }: typeof allDefaults): Plugin[] {
  return [...(gzip ? [compression()] : []), ...(linkDomains.length ? [linking(linkDomains)] : []), ...(tracksFrustration ? [frustration()] : [])];
}
