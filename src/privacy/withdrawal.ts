import { openChannel } from '../browser/channel.js';
import { listen, type Stop } from '../browser/listen.js';
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
  let channel: BroadcastChannel | undefined;
  function open(): void {
    channel = openChannel(name, ({ data }) => onWithdrawn(data as ConsentSource));
  }
  // An open channel would keep the page out of the back/forward cache in some browsers.
  const close = (): void => channel?.close();
  open();
  stops.push(listen(window, 'pagehide', close), listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && open()), close);
  return (source) => channel?.postMessage(source);
}
