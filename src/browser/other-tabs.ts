import { randomHex } from '../util/id.js';
import { openChannel } from './channel.js';
import { listen, type Stop } from './listen.js';

/** The other tabs that show the site. */
export interface OtherTabs {
  count(): number;
  /** Tells them that something has changed. */
  tell(): void;
}

/**
 * Watches whether other tabs show the site, by messages between them. Adds to `stops` what ends that. A tab that crashed is taken for open;
 * where messages are refused, every tab is alone.
 *
 * @param name of the channel
 * @param onNews called when another tab says that something has changed, or that it is left
 */
export function watchOtherTabs(name: string, stops: Stop[], onNews: () => void): OtherTabs {
  const own = randomHex(12);
  const others = new Set<string>();
  let channel: BroadcastChannel | undefined;

  const say = (kind: string) => channel?.postMessage([kind, own]);
  function open(): void {
    channel = openChannel(name, ({ data }: MessageEvent<[kind: string, tab: string]>) => {
      const [kind, tab] = data;
      if (kind === 'bye') others.delete(tab);
      else others.add(tab);
      if (kind === 'hello') say('here');
      if (kind === 'bye' || kind === 'news') onNews();
    });
    say('hello');
  }
  function close(): void {
    say('bye');
    // An open channel would keep the page out of the back/forward cache in some browsers.
    channel?.close();
    channel = undefined;
  }
  open();
  stops.push(
    listen(window, 'pagehide', close),
    listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && (others.clear(), open())),
    close,
  );
  return { count: () => others.size, tell: () => say('news') };
}
