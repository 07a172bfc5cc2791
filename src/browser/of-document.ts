/**
 * Returns a property of a node as the browser means it: an element with `name="title"` takes the place of `document.title`, a field with
 * `name="getAttribute"` that of its form's method, and so for any other name (DOM clobbering). A method is to be called on the node. By the node's own
 * prototype, since MooTools replaces `Document`, and Prototype.js `Element`.
 */
export const trueOf = <Owner extends Node, Name extends keyof Owner>(node: Owner, name: Name): Owner[Name] => Reflect.get(Reflect.getPrototypeOf(node)!, name, node) as Owner[Name];

/** Returns a property of the document as the browser means it. */
export const ofDocument = <Name extends keyof Document>(name: Name): Document[Name] => trueOf(document, name);

/** Whether nobody can see the page. */
export const isHidden = (): boolean => ofDocument('visibilityState') === 'hidden';

/** Returns an attribute of an element; null where it has none. */
export const attributeOf = (element: Element, name: string): string | null => trueOf(element, 'getAttribute').call(element, name);
