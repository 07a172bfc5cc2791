import { listen } from '../browser/listen.js';
import type { Plugin } from '../plugin.js';

/** Fields that are numbers; all other attributes stay text, so that an item_id `007` stays one. */
const NUMBER = /^(price|quantity|value|rating)$/;

/**
 * Returns what the `data-waymark-…` attributes around a click say; undefined where there is none of that name.
 *
 * @param name without its prefix: `event`, `share`
 */
export function readAttributes(target: EventTarget | null, name: string): Record<string, unknown> | undefined {
  const element = (target as Element | null)?.closest?.(`[data-waymark-${name}]`);
  if (!element) return undefined;
  const fields: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    const field = name.split('data-waymark-')[1];
    if (field) fields[field] = NUMBER.test(field) && Number(value) ? Number(value) : value;
  }
  return fields;
}

/** Tracks clicks on elements with `data-waymark-event`, whatever the shop's own listeners do with the click. */
export const clicks = (): Plugin => ({ stops, tracker, watch }) =>
  watch(() => {
    const onClick = ({ target }: Event) => {
      const fields = readAttributes(target, 'event');
      if (!fields) return;
      const { event, stage, ...properties } = fields;
      tracker.track(event as string, properties, { stage: stage as string });
    };
    stops.push(listen(document, 'click', onClick, true));
  });
