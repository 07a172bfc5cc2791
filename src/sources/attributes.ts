import { findElement } from '../platform/find-element.js';
import { listen } from '../platform/listen.js';
import { onSubmit } from '../platform/submits.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { wrong } from '../util/show.js';
import { readJson } from '../util/read-json.js';
import { marksOf, type Marks } from './marks.js';

export { readMark } from './marks.js';

/** What happens to an element that is marked for it. */
export type Trigger = 'click' | 'submit' | 'view';

/** Fields that are numbers; `items` is a list in JSON, all other attributes stay text, so that an item_id `007` stays one. */
const NUMBER = /^(price|quantity|value|rating)$/;
/** Events that are by their nature views. */
const VIEW = /^(view_(promotion|item|item_list)|review_view)$/;

/** Returns what an element says that is a property, and not what says what is tracked, when and as what. */
function propertiesIn(marks: Marks): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(marks)) {
    if (field && !/^(event|on|stage|share|localName)$/.test(field))
      properties[field] =
        field === 'items'
          ? readJson(value)
          : NUMBER.test(field) && value.trim() && isFinite(Number(value))
            ? Number(value)
            : value;
  }
  return properties;
}

/** Returns the `data-waymark-…` attributes of an element that are properties. */
export const readProperties = (element: Element): Record<string, unknown> => propertiesIn(marksOf(element));

/** Returns the event that what an element says is for; undefined where it is for none, or for another trigger. */
function eventIn({ event, localName, on }: Marks, trigger: Trigger): string | undefined {
  if (event === 'promotion' && trigger !== 'submit')
    return (on ?? trigger) === trigger ? `${trigger === 'view' ? 'view' : 'select'}_promotion` : undefined;
  const own = VIEW.test(event!) ? 'view' : localName === 'form' ? 'submit' : 'click';
  return (on ?? own) === trigger ? event : undefined;
}

/**
 * Returns the event that an element is marked for; undefined where it is marked for none, or for another trigger. Without
 * `data-waymark-on`, views are events that are by their nature views, submits those of a form, and clicks the others. `promotion` stands for
 * `view_promotion` in view and `select_promotion` at a click.
 */
export const eventOf = (element: Element, trigger: Trigger): string | undefined => eventIn(marksOf(element), trigger);

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

/** Returns the properties of the event that an element is marked for; items that are no list are reported and left out. */
function eventProperties(marks: Marks, report: PluginApi['report']): Record<string, unknown> {
  const { items = [], ...properties } = propertiesIn(marks);
  if (!Array.isArray(items)) report(...wrong('items', 'a list in JSON', items));
  else if (items.length) properties.items = items;
  return properties;
}

/** Tracks what an element is marked for, which must be for that trigger. */
export function trackMarked({ report, track }: PluginApi, element: Element, trigger: Trigger): void {
  const marks = marksOf(element);
  track(eventIn(marks, trigger)!, eventProperties(marks, report), { stage: marks.stage });
}

/** Returns what makes events of the clicks that `earlyClicks` has kept. */
export const clicksIn = (report: PluginApi['report']): NonNullable<Plugin['process']> =>
  function process(draft) {
    if (draft.by !== 'earlyClicks') return undefined;
    const path = (draft.properties.path as Marks[]).map((marks): Marks => ({ __proto__: null as never, ...marks }));
    const marks = path.find((each) => eventIn(each, 'click'));
    if (!marks) return { drafts: [] };
    const name = eventIn(marks, 'click')!;
    return {
      drafts: [{ ...draft, name, properties: eventProperties(marks, report), stage: marks.stage, by: undefined }],
    };
  };

/**
 * Tracks clicks on elements with `data-waymark-event`, whatever the shop's own listeners do with the click. One event for each click of a person:
 * what the browser, or the page, clicks because of it, such as the box of a label, counts for nothing where the same element is marked, or the label.
 */
export const clicks = (): Plugin => ({
  name: 'clicks',
  start(api) {
    /** The click whose consequences are under way, which come before it is over: its element, its label, and whether a person made it. */
    let cause: [element: Element, label: HTMLLabelElement | undefined, isTrusted: boolean] | undefined;
    const onClick = api.guard((event: Event) => {
      const element = findElement(event, (each) => eventOf(each, 'click'));
      if (!element) return;
      const [before, label, wasTrusted] = cause ?? [];
      const path = event.composedPath();
      const isOfLabel = label && path.includes(label.control!);
      const isConsequence = isOfLabel || (wasTrusted && !event.isTrusted);
      const isTold = isConsequence && (element === before || (isOfLabel && label.contains(before!)));
      cause = undefined;
      if (isTold) return;
      trackMarked(api, element, 'click');
      // A click on the box itself comes by its label, too, and has no other in its wake.
      const isCause = (each: Element) =>
        each.localName === 'label' && !path.includes((each as HTMLLabelElement).control!);
      cause = [element, findElement(event, isCause) as HTMLLabelElement, event.isTrusted];
      setTimeout(() => (cause = undefined));
    });
    api.tracker.shared.endEarlyClicks?.();
    api.stops.push(listen(document, 'click', onClick, true));
  },
});

/** Tracks submits of forms with `data-waymark-event`, whatever the shop's own listeners do with the submit. */
export const submits = (): Plugin => ({
  name: 'submits',
  start(api) {
    onSubmit(
      api.stops,
      api.guard((event: Event) => {
        const element = findElement(event, (each) => eventOf(each, 'submit'));
        if (element) trackMarked(api, element, 'submit');
      }),
    );
  },
});
