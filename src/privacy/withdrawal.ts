import { openChannel } from '../browser/channel.js';
import type { Stop } from '../browser/listen.js';
import type { ConsentSource } from './consent.js';

/**
 * Hears from other tabs that the visitor has withdrawn consent there, and tells them of it. Adds to `stops` what ends that. Where messages between
 * tabs are refused, the others learn of it by what their own pages say.
 *
 * @param name of the channel
 * @param onWithdrawn called with whom the other tab had it from
 * @returns tells the other tabs
 */
export function watchWithdrawal(name: string, stops: Stop[], onWithdrawn: (source: ConsentSource) => void): (source: ConsentSource) => void {
  // Open in the back/forward cache, too: Chromium, Firefox and WebKit keep the page there (platform measurements), and what it misses it sees as it comes back.
  const channel = openChannel(name, ({ data }) => onWithdrawn(data as ConsentSource));
  stops.push(() => channel?.close());
  return (source) => channel?.postMessage(source);
}
