import { attributeOf, trueOf } from '../platform/of-document.js';

/** What an element says by its `data-waymark-…` attributes, by what follows in their names, and its name. No attribute has a capital in its name. */
export type Marks = Readonly<Record<string, string>> & { readonly localName: string };

const PREFIX = 'data-waymark-';

/** Returns what an element says by `data-waymark-NAME`; undefined where it says nothing. */
export const readMark = (element: Element, name: string): string | undefined =>
  attributeOf(element, PREFIX + name) ?? undefined;

/** Returns all that an element says. Without a prototype: what a page has put on that of all objects is no attribute. */
export const marksOf = (element: Element): Marks => ({
  __proto__: null as never,
  ...Object.fromEntries(
    trueOf(element, 'getAttributeNames')
      .call(element)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => [name.slice(PREFIX.length), attributeOf(element, name)!]),
  ),
  localName: element.localName,
});
