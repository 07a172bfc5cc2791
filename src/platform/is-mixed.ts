import { isLocal } from './is-local.js';

/** Whether browsers send nothing from this page to an address: from https to http. */
export const isMixed = (collector: string): boolean =>
  location.protocol === 'https:' && /^http:/i.test(collector) && !isLocal(collector);
