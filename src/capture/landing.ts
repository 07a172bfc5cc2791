import { classifyLanding } from './classify.js';
import type { Plugin } from '../plugin.js';

/** Channels whose landing is a `social_landing`; the others' is a `landing`. */
const SOCIAL = ['organic_social', 'paid_social', 'influencer', 'shared_link', 'messaging'];

/** What `landings` takes. */
export interface LandingOptions {
  /** More hosts of the shop's own: coming from them is no arrival. Default: none. */
  internalHosts?: readonly string[] | undefined;
}

/**
 * Tracks how an arrival came: `social_landing`, or `landing` for the other channels. A reload, a way back in the history and
 * a visit without evidence in the middle of a session are no arrivals.
 */
export const landings = ({ internalHosts }: LandingOptions = {}): Plugin => ({ record, watch }) =>
  watch(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (/reload|back_forward/.test(navigation?.type ?? '')) return;
    const { referrer } = document;
    const { channel, network, paid, campaign, by } = classifyLanding({ url: location.href, referrer, userAgent: navigator.userAgent, internalHosts });
    if (channel === 'internal') return;
    const name = SOCIAL.includes(channel) ? 'social_landing' : 'landing';
    record(name, { channel, network, paid, by, campaign }, { opening: channel === 'direct' });
  });
