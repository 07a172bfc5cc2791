/** Returns the innermost element, also of an open shadow root, that something happens to and that `isIt`. */
export const findElement = (event: Event, isIt: (element: Element) => unknown): Element | undefined =>
  (event.composedPath() as Element[]).find((node) => node.nodeType === 1 && isIt(node));
