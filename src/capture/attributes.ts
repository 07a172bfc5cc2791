import { listen } from '../browser/listen.js';
import { attributeOf, trueOf } from '../browser/of-document.js';
import { onSubmit } from '../browser/submits.js';
import type { StageName } from '../journey/names.js';
import type { Plugin, Tools } from '../plugin.js';
import { readJson } from '../util/read-json.js';

/** What happens to an element that is marked for it. */
export type Trigger = 'click' | 'submit' | 'view';

/** Fields that are numbers; `items` is a list in JSON, all other attributes stay text, so that an item_id `007` stays one. */
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
    if (field && !/^(event|on|stage|share)$/.test(field)) properties[field] = field === 'items' ? readJson(value) : NUMBER.test(field) && value.trim() && isFinite(Number(value)) ? Number(value) : value;
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

/**
 * Returns what tells, once for each click that counts, whether it came in the wake of another one: of the same task, as the click that the browser makes on the
 * box of a label, or the page on another element.
 */
export function wakeOf(): () => boolean {
  let isWake = false;
  return () => {
    const was = isWake;
    isWake = true;
    setTimeout(() => (isWake = false));
    return was;
  };
}

/** Tracks what an element is marked for, which must be for that trigger. */
export function trackMarked({ reject, tracker }: Tools, element: Element, trigger: Trigger): void {
  const { items = [], ...properties } = readProperties(element);
  if (!Array.isArray(items)) reject('items', 'a list in JSON', items);
  else if (items.length) properties.items = items;
  tracker.track(eventOf(element, trigger)!, properties, { stage: readMark(element, 'stage') as StageName | undefined });
}

/**
 * Tracks clicks on elements with `data-waymark-event`, whatever the shop's own listeners do with the click. One event for each click of a person:
 * what the browser, or the page, clicks because of it, such as the box of a label, counts for nothing where the same element is marked, or the label.
 */
export const clicks = (): Plugin => (tools) =>
  tools.watch(() => {
    /** The click whose consequences are under way, which come before it is over: its element, its label, and whether a person made it. */
    let cause: [element: Element, label: HTMLLabelElement | undefined, isTrusted: boolean] | undefined;
    const onClick = tools.safe((event: Event) => {
      const element = findElement(event, (each) => eventOf(each, 'click'));
      if (!element) return;
      const [before, label, wasTrusted] = cause ?? [];
      const path = event.composedPath();
      const isOfLabel = label && path.includes(label.control!);
      const isConsequence = isOfLabel || (wasTrusted && !event.isTrusted);
      const isTold = isConsequence && (element === before || (isOfLabel && label.contains(before!)));
      cause = undefined;
      if (isTold) return;
      trackMarked(tools, element, 'click');
      // A click on the box itself comes by its label, too, and has no other in its wake.
      const isCause = (each: Element) => each.localName === 'label' && !path.includes((each as HTMLLabelElement).control!);
      cause = [element, findElement(event, isCause) as HTMLLabelElement, event.isTrusted];
      setTimeout(() => (cause = undefined));
    });
    tools.stops.push(listen(document, 'click', onClick, true));
  });

/** Tracks submits of forms with `data-waymark-event`, whatever the shop's own listeners do with the submit. */
export const submits = (): Plugin => (tools) =>
  tools.watch(() =>
    onSubmit(tools.stops, tools.safe((event: Event) => {
      const element = findElement(event, (each) => eventOf(each, 'submit'));
      if (element) trackMarked(tools, element, 'submit');
    })),
  );
