import type { Event, EventTarget as Target } from '../dom.js';

/** Undoes what a `start…` or `on…` function began. Calling it again does nothing. */
export type Stop = () => void;

/** Listens to an event until the returned function is called. Passive: it never delays the page. */
export function listen(target: Target, type: string, listener: (event: Event) => void, capture = false): Stop {
  // Without a prototype: what a script has put on `Object.prototype`, such as `once`, is no wish of ours. And by the prototype's methods: an element
  // of that name takes the document's own away.
  const options = { __proto__: null, capture, passive: true };
  // But where tests run, `window` can be Node's global with names of a DOM put on it: none of that DOM's event targets, it has the window's methods, or none.
  const { addEventListener, removeEventListener }: Partial<EventTarget> = target instanceof EventTarget ? EventTarget.prototype : target;
  addEventListener?.call(target, type, listener, options);
  return () => removeEventListener?.call(target, type, listener, options);
}
