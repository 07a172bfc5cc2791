import { allNetworks } from './all-networks.js';
import { classify, type Landing, type LandingInput } from './classify.js';

/**
 * Tells where a visit came from, by the referrer, the campaign parameters, the click ids and the user agent together; knows all networks
 * of `allNetworks`. Never throws.
 *
 * A click id of ads does not decide where the link was copied to a social network, a chat or a mail; one that free links bear too (such as
 * `fbclid`) never means paid, and only counts where there is no referrer.
 */
export function classifyLanding(input: LandingInput): Landing {
  try {
    return classify({ ...input, networks: input?.networks ? { ...allNetworks, ...input.networks } : allNetworks }, true);
  } catch {
    // Getters that throw, networks that are none: nothing can be said.
    return classify({ networks: allNetworks });
  }
}
