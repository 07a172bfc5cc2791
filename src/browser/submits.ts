import { listen, type Stop } from './listen.js';

/**
 * Calls `listener` at every submit before the form's own listeners, also of a form in an open shadow root, unless it is submitted there by a
 * script. Adds to `stops` what ends it.
 */
export function onSubmit(stops: Stop[], listener: (event: Event) => void): void {
  // A submit does not leave its shadow root, but the click that leads to it does: by hand, or made by the browser for the return key.
  const onClick = (event: Event): void => {
    const root = (event.composedPath()[0] as Node).getRootNode?.();
    if (root instanceof ShadowRoot) setTimeout(listen(root, 'submit', listener, true));
  };
  stops.push(listen(document, 'submit', listener, true), listen(document, 'click', onClick, true));
}
