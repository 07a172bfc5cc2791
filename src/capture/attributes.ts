import { listen } from '../browser/listen.js';
import { attributeOf, trueOf } from '../browser/of-document.js';
import { onSubmit } from '../browser/submits.js';
import type { Plugin, Tools } from '../plugin.js';

/** What happens to an element that is marked for it. */
export type Trigger = 'click' | 'submit' | 'view';

/** Fields that are numbers; all other attributes stay text, so that an item_id `007` stays one. */
const NUMBER = /^(price|quantity|value|rating)$/;
/** Events that are by their nature views. */
const VIEW = /^(view_(promotion|item|item_list)|review_view)$/;

/** Returns what an element says by `data-waymark-NAME`; undefined where it says nothing. */
export const readMark = (element: Element, name: string): string | undefined => attributeOf(element, `data-waymark-${name}`) ?? undefined;

/** Returns the `data-waymark-…` attributes of an element that are properties, and not what says what is tracked, when and as what. */
export function readProperties(element: Element): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const name of trueOf(element, 'getAttributeNames').call(element)) {
    const value = attributeOf(element, name)!;
    const [, field] = name.split('data-waymark-');
    if (field && !/^(event|on|stage|share)$/.test(field)) properties[field] = NUMBER.test(field) && value.trim() && isFinite(Number(value)) ? Number(value) : value;
  }
  return properties;
}

/**
 * Returns the event that an element is marked for; undefined where it is marked for none, or for another trigger. Without
 * `data-waymark-on`, views are events that are by their nature views, submits those of a form, and clicks the others. `promotion` stands for
 * `view_promotion` in view and `select_promotion` at a click.
 */
export function eventOf(element: Element, trigger: Trigger): string | undefined {
  let event = readMark(element, 'event');
  const on = readMark(element, 'on');
  let own = VIEW.test(event!) ? 'view' : element.localName === 'form' ? 'submit' : 'click';
  if (event === 'promotion' && trigger !== 'submit') {
    event = `${trigger === 'view' ? 'view' : 'select'}_promotion`;
    own = trigger;
  }
  return (on ?? own) === trigger ? event : undefined;
}

/** Returns the innermost element, also of an open shadow root, that something happens to and that `isIt`. */
export const findElement = (event: Event, isIt: (element: Element) => unknown): Element | undefined =>
  (event.composedPath() as Element[]).find((node) => node.nodeType === 1 && isIt(node));

/** Tracks what an element is marked for, which must be for that trigger. */
export function trackMarked({ tracker }: Tools, element: Element, trigger: Trigger): void {
  tracker.track(eventOf(element, trigger)!, readProperties(element), { stage: readMark(element, 'stage') });
}

/** Returns what tracks the innermost element that something happens to and that is marked for it. */
const onTrigger = (tools: Tools, trigger: Trigger) =>
  tools.safe((event: Event) => {
    const element = findElement(event, (each) => eventOf(each, trigger));
    if (element) trackMarked(tools, element, trigger);
  });

/** Tracks clicks on elements with `data-waymark-event`, whatever the shop's own listeners do with the click. */
export const clicks = (): Plugin => (tools) => tools.watch(() => tools.stops.push(listen(document, 'click', onTrigger(tools, 'click'), true)));

/** Tracks submits of forms with `data-waymark-event`, whatever the shop's own listeners do with the submit. */
export const submits = (): Plugin => (tools) => tools.watch(() => onSubmit(tools.stops, onTrigger(tools, 'submit')));
