import type { Plugin } from '../plugin.js';
import { cleanUrl } from '../privacy/redact.js';
import { classifyLanding } from './classify.js';

/**
 * Tracks how an arrival came: `social_landing`, or `landing` for the channels that are not social. A reload, a way back in the
 * history and a visit without evidence in the middle of a session are no arrivals.
 *
 * @param internalHosts more hosts of the shop's own: coming from them is no arrival; default: none
 */
export const landings =
  (internalHosts?: readonly string[]): Plugin =>
  ({ record, watch }) =>
    watch(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      if (/^(rel|back)/.test(navigation?.type ?? '')) return;
      const landing = classifyLanding({ url: cleanUrl(location.href), referrer: document.referrer, internalHosts });
      const { channel } = landing;
      const name = /soc|mess|inf|shar/.test(channel) ? 'social_landing' : 'landing';
      if (channel !== 'internal') record(name, landing, { opening: channel === 'direct' });
    });
