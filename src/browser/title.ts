import type { Stop } from './listen.js';
import { ofDocument } from './of-document.js';

/**
 * Returns what tells the document's title as it was before the task of this moment; as it is where a page has no observers, or no head (SVG). Adds to `stops`
 * what ends the watching.
 *
 * @param safe sees to it that nothing that a timer begins reaches the page as an error
 */
export function watchTitle(stops: Stop[], safe: (work: () => void) => () => void): () => string {
  const read = () => ofDocument('title');
  const head = ofDocument('head') as HTMLHeadElement | null;
  if (!head || !window.MutationObserver) return read;
  let title = read();
  const observer = new MutationObserver(() => setTimeout(safe(() => (title = read()))));
  observer.observe(head, { subtree: true, childList: true, characterData: true });
  stops.push(() => observer.disconnect());
  return () => title;
}
