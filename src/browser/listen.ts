/** Undoes what a `start…` or `on…` function began. Calling it again does nothing. */
export type Stop = () => void;

/** Listens to an event until the returned function is called. Passive: it never delays the page. */
export function listen(target: EventTarget, type: string, listener: (event: Event) => void, capture = false): Stop {
  const options = { capture, passive: true };
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}
