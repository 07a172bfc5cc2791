import type { Profile } from '../identity/profile.js';
import type { Plugin } from '../plugin.js';
import { cleanUrl } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import { classifyLanding, type Landing } from './classify.js';
import { readToken } from './share-token.js';

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
      if (landing.channel === 'internal') return;
      const share = readToken(readUrl(location.href));
      if (share) Object.assign(landing, { channel: 'shared_link', paid: false, by: 'token', share } satisfies Partial<Landing>);
      const { channel } = landing;
      const name = /soc|mess|inf|shar/.test(channel) ? 'social_landing' : 'landing';
      const late = (profile: Profile) => {
        const { sent = [] } = profile.shares ?? {};
        // Trying one's own link is no arrival.
        if (share && sent.includes(share.token)) return undefined;
        if (share) profile.shares = { parent: share, sent };
        return landing;
      };
      record(name, {}, { opening: channel === 'direct', late });
    });
