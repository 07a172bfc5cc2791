import { html } from './dom.js';
import { UNKNOWN } from './words.js';

/**
 * The colour of a stage: cold ones before the purchase, green for it, others after it, whatever the model. A name for the style
 * sheet, empty for what is no stage of the model.
 *
 * @param {{ purchase: string, stages: { name: string }[] }} model
 * @param {string | null} name
 */
export function toneOf({ purchase, stages }, name) {
  const place = stages.findIndex((stage) => stage.name === name);
  if (place < 0) return '';
  const fromPurchase = place - stages.findIndex((stage) => stage.name === purchase);
  return fromPurchase === 0 ? 'purchase' : fromPurchase < 0 ? `before-${place + 1}` : `after-${fromPurchase}`;
}

/** What people call a stage. */
export const stageName = ({ stages }, name) => stages.find((stage) => stage.name === name)?.label ?? UNKNOWN;

/** A stage as a coloured label. */
export const stageMark = (model, name) => html('span', { class: 'stage', 'data-tone': toneOf(model, name) }, stageName(model, name));
