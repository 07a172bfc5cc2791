import { listen } from '../browser/listen.js';
import { attributeOf, trueOf } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';
import type { nearest } from '../util/nearest.js';
import type { show } from '../util/show.js';
import { PARAMETERS } from './data-layer.js';

const PREFIX = 'data-waymark-';
/** What Waymark reads of elements, and GA4's parameters that shops put there. Any other name is a property of the shop's own. */
const KNOWN = [...PARAMETERS, ...'event on stage share form items item_name item_brand item_category item_variant price quantity discount index rating sentiment about'.split(' ')];

/** What the attributes that are no properties take. A stage that there is not is reported as `invalid_stage` by what is tracked. */
const TAKES: Readonly<Record<string, RegExp>> = {
  on: /^(click|submit|view)$/,
  share: /^(whatsapp|facebook|x|telegram|pinterest|copy|)$/,
  form: /^(newsletter|account|none)$/,
};

/** Returns what is probably a slip of the pen in one attribute of an element; undefined where nothing is. Pure. */
function slipIn(field: string, value: string, guess: typeof nearest): string | undefined {
  const takes = Object.keys(TAKES).includes(field) ? TAKES[field] : undefined;
  if (takes && !takes.test(value)) return `takes ${takes.source.match(/\w+/g)!.join(', ')}`;
  const meant = KNOWN.includes(field) ? undefined : guess(field, KNOWN);
  return meant && `did you mean ${PREFIX}${meant}?`;
}

/**
 * Warns in the console, once of each, of `data-waymark-…` attributes that are near to one that there is, and of values that one does not take: of the elements
 * that are there when the browser has time after the page is parsed, and later of those that are clicked or submitted.
 *
 * @param guess finds what a name was meant to be
 * @param name names a value in a message. The first file has both already
 */
export const attributeSlips =
  (guess: typeof nearest, name: typeof show): Plugin =>
  ({ safe, stops, watch }) =>
    watch(() => {
      const told = new Set<string>();
      function check(element: Element): void {
        for (const attribute of trueOf(element, 'getAttributeNames').call(element)) {
          const value = attributeOf(element, attribute)!;
          const slip = attribute.startsWith(PREFIX) && slipIn(attribute.slice(PREFIX.length), value, guess);
          const message = `waymark: ${attribute}=${name(value)}: ${slip}`;
          if (!slip || told.has(message)) continue;
          told.add(message);
          console.warn(message);
        }
      }
      const onEvent = safe((event: Event) => event.composedPath().forEach((node) => (node as Node).nodeType === 1 && check(node as Element)));
      const timer = setTimeout(
        safe(() => {
          // No selector finds attributes by how their names begin; this does, without a look at each element from here.
          const found = document.evaluate?.(`//*[@*[starts-with(name(),"${PREFIX}")]]`, document, null, 7, null);
          for (let index = 0; index < (found?.snapshotLength ?? 0); index++) check(found.snapshotItem(index) as Element);
        }),
      );
      stops.push(listen(document, 'click', onEvent, true), listen(document, 'submit', onEvent, true), () => clearTimeout(timer));
    });
