import { bundledArrivals } from './arrivals.js';
import type { Networks } from './classify.js';
import { landingsBy } from './landing.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks how an arrival came: `social_landing`, or `landing` for the channels that are not social. A reload, a way back in the history, a visit without
 * evidence in the middle of a session, and a way back from any host in the middle of a checkout are no arrivals.
 *
 * @param internalHosts more hosts of the shop's own: coming from them is no arrival; default: none
 * @param networks networks beside the built-in ones, such as `allNetworks`; default: none
 * @param sessionMinutes a pause longer than this ends a session; default: 30
 */
export const landings = (internalHosts?: readonly string[], networks?: Networks, sessionMinutes = 30): Plugin =>
  landingsBy(bundledArrivals, internalHosts, networks, sessionMinutes);
