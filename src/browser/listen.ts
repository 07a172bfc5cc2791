/** Undoes what a `start…` or `on…` function began. Calling it again does nothing. */
export type Stop = () => void;

/** Listens to an event until the returned function is called. Passive: it never delays the page. */
export function listen(target: EventTarget, type: string, listener: (event: Event) => void, capture = false): Stop {
  // Without a prototype: what a script has put on `Object.prototype`, such as `once`, is no wish of ours. And by the prototype's methods: an element
  // of that name takes the document's own away.
  const options = { __proto__: null, capture, passive: true };
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  addEventListener.call(target, type, listener, options);
  return () => removeEventListener.call(target, type, listener, options);
}
