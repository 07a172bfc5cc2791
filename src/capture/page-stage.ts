import { trueOf } from '../browser/of-document.js';
import { show } from '../util/show.js';

/** A rule for the stage of pages: matches paths, and says the stage. */
interface PageRule {
  pattern: string;
  path: RegExp;
  stage: string;
}

/**
 * Returns the rules of `patterns`, in their order.
 *
 * @param patterns stages by path. A `*` stands for any text, the rest for itself: `/blog/*`, `/products/*`, `/compare`
 * @param isStage whether there is a stage of a name; default: there is
 * @throws TypeError for a pattern that cannot match, be it by itself or because one above it always does, and for an unknown stage
 */
export function readPatterns(patterns: Readonly<Record<string, string>>, isStage: (stage: string) => boolean = () => true): PageRule[] {
  const above: PageRule[] = [];
  for (const [pattern, stage] of Object.entries(patterns)) {
    // In an address, what is not ASCII is percent-encoded.
    const encoded = pattern.replace(/[^\0-\x7f]+/g, encodeURIComponent);
    const text = encoded.replace(/[.+^$()|[\]{}\\]/g, '\\$&').replace(/\*/g, '.*');
    const isCovered = above.some(({ path }) => path.test(encoded));
    if (isCovered || !isStage(stage) || !/^[/*][^?#\s]*$/.test(pattern)) {
      throw new TypeError(`waymark: option "pageStages" takes paths ("/blog/*") that none above covers and stages, got ${show(pattern)}: ${show(stage)}`);
    }
    above.push({ pattern, path: new RegExp(`^${text}$`), stage });
  }
  return above;
}

/**
 * Returns the stage that the page gives itself by its markup; undefined where it gives none.
 *
 * @param isRoute whether the document was loaded for another page: its markup as a product may be that one's still
 */
export function markedStage(page: Document, isRoute = false): string | undefined {
  const find = <Found extends Element>(selector: string) => trueOf(page, 'querySelectorAll').call(page, selector) as NodeListOf<Found>;
  const [meta] = find<HTMLMetaElement>('meta[name="waymark:stage"]');
  const [marked] = find<HTMLElement>('[data-waymark-stage]:not([data-waymark-event],[data-waymark-share])');
  const text = [...find('[type^="application/ld+json" i]')].map(({ textContent }) => textContent).join();
  const isAbout = (type: string) => RegExp(`"@type"\\s*:\\s*(\\[[^\\]]{0,200})?"([^"]{0,40}[/:])?${type}"`).test(text);
  // Several orders are a history; and one that is on its way, or came to its end, is not being placed.
  const ofOrders = () => (/"orderNumber".*"orderNumber"|"orderStatus"\s*:\s*"[^"]{0,40}Order(?!Processing|PaymentDue)/s.test(text) ? 'retention' : 'purchase');
  const isProduct = () => find('meta[property="og:type"][content*=product]').length || isAbout('Product(Group)?');
  const ofMarkup = () => (isAbout('Order') ? ofOrders() : isProduct() ? 'consideration' : undefined);
  return meta?.content || marked?.getAttribute('data-waymark-stage') || (isRoute ? undefined : ofMarkup());
}
