import { openLayer } from '../platform/pushes.js';
import type { Plugin } from '../plugin.js';
import { signalsBy } from './signals.js';

/**
 * Hears what the page's consent platform says: by the IAB's Transparency and Consent Framework (`__tcfapi`), and by Google's consent mode in the data
 * layer. Goes before all other plugins.
 *
 * @param name of the data layer; an empty text leaves it alone; default: `dataLayer`
 */
export const consentSignals = (name = 'dataLayer'): Plugin => signalsBy(openLayer, name);
