/**
 * Returns a channel to the other tabs of the site; undefined where messages between them are refused (sandboxed frames), and in old browsers. Where Node
 * runs a page's code, as in tests, the process need not stay for it.
 */
export function openChannel(name: string, onMessage: (event: MessageEvent) => void): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(name);
    channel.onmessage = onMessage;
    (channel as { unref?(): void }).unref?.();
    return channel;
  } catch {
    return undefined;
  }
}
