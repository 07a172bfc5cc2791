import { listen } from '../platform/listen.js';
import { attributeOf, trueOf } from '../platform/of-document.js';
import type { Plugin } from '../plugin.js';
import { nearest } from '../util/nearest.js';
import { show } from '../util/show.js';

const PREFIX = 'data-waymark-';
/** What Waymark reads of elements, and GA4's parameters of events and items that shops put there. Any other name is a property of the shop's own. */
const KNOWN =
  'event on stage share form items item_name item_brand item_category item_variant price quantity discount index rating sentiment about affiliation content_type coupon creative_name creative_slot currency item_id item_list_id item_list_name lead_source location_id method payment_type promotion_id promotion_name search_term shipping shipping_tier tax transaction_id value'.split(
    ' ',
  );

/** What the attributes that are no properties take. A stage that there is not is reported as `invalid_stage` by what is tracked. */
const TAKES: Readonly<Record<string, RegExp>> = {
  on: /^(click|submit|view)$/,
  share: /^(whatsapp|facebook|x|telegram|pinterest|copy|)$/,
  form: /^(newsletter|account|none)$/,
};

/** Returns what is probably a slip of the pen in one attribute of an element; undefined where nothing is. Pure. */
function slipIn(field: string, value: string): string | undefined {
  const takes = Object.keys(TAKES).includes(field) ? TAKES[field] : undefined;
  if (takes && !takes.test(value)) return `takes ${takes.source.match(/\w+/g)!.join(', ')}`;
  const meant = KNOWN.includes(field) ? undefined : nearest(field, KNOWN);
  return meant && `did you mean ${PREFIX}${meant}?`;
}

/**
 * Warns in the console, once of each, of `data-waymark-…` attributes that are near to one that there is, and of values that one does not take: of the elements
 * that are there when the browser has time after the page is parsed, and later of those that are clicked or submitted.
 */
export const attributeSlips = (): Plugin => ({
  name: 'attributeSlips',
  start({ guard, stops }) {
    const told = new Set<string>();
    function check(element: Element): void {
      for (const attribute of trueOf(element, 'getAttributeNames').call(element)) {
        const value = attributeOf(element, attribute)!;
        const slip = attribute.startsWith(PREFIX) && slipIn(attribute.slice(PREFIX.length), value);
        const message = `waymark: ${attribute}=${show(value)}: ${slip}`;
        if (!slip || told.has(message)) continue;
        told.add(message);
        console.warn(message);
      }
    }
    const onEvent = guard((event: Event) =>
      event.composedPath().forEach((node) => (node as Node).nodeType === 1 && check(node as Element)),
    );
    const timer = setTimeout(
      guard(() => {
        // No selector finds attributes by how their names begin; this does, without a look at each element from here.
        const found = document.evaluate?.(`//*[@*[starts-with(name(),"${PREFIX}")]]`, document, null, 7, null);
        for (let index = 0; index < (found?.snapshotLength ?? 0); index++) check(found.snapshotItem(index) as Element);
      }),
    );
    stops.push(listen(document, 'click', onEvent, true), listen(document, 'submit', onEvent, true), () =>
      clearTimeout(timer),
    );
  },
});
