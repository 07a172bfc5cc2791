import type { Stop } from './listen.js';
import { ofDocument } from './of-document.js';

/**
 * Returns what tells the document's title as it was before the task of this moment; as it is where a page has no observers, or no head (SVG). Adds to `stops`
 * what ends the watching.
 *
 * @param guard returns work so that nothing it throws reaches the page, and which does nothing once the page is gone
 */
export function watchTitle(stops: Stop[], guard: (work: () => void) => () => void): () => string {
  const read = () => ofDocument('title');
  const head = ofDocument('head') as HTMLHeadElement | null;
  if (!head || !window.MutationObserver) return read;
  let title = read();
  const note = guard(() => (title = read()));
  const observer = new MutationObserver(() => setTimeout(note));
  observer.observe(head, { subtree: true, childList: true, characterData: true });
  stops.push(() => observer.disconnect());
  return () => title;
}
