import { listen } from '../browser/listen.js';
import type { Plugin } from '../plugin.js';

const PREFIX = 'data-waymark-';

/** Fields that are numbers in GA4; all other attributes stay text, so that an item_id `007` stays one. */
const NUMBERS = ['price', 'quantity', 'value', 'tax', 'shipping', 'discount', 'index', 'rating'];

/** Returns the properties that an element's `data-waymark-…` attributes spell. */
function readProperties(element: Element): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    const field = name.startsWith(PREFIX) && name.slice(PREFIX.length);
    if (!field || field === 'event' || field === 'stage') continue;
    properties[field] = NUMBERS.includes(field) && value.trim() && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return properties;
}

/** Tracks clicks on elements with `data-waymark-event`, whatever the shop's own listeners do with the click. */
export const clicks = (): Plugin => ({ stops, tracker, watch }) =>
  watch(() => {
    const onClick = ({ target }: Event) => {
      const element = target instanceof Element && target.closest(`[${PREFIX}event]`);
      if (!element) return;
      const stage = element.getAttribute(`${PREFIX}stage`) ?? undefined;
      tracker.track(element.getAttribute(`${PREFIX}event`)!, readProperties(element), { stage });
    };
    stops.push(listen(document, 'click', onClick, true));
  });
