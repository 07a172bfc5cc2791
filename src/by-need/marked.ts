import type { Plugin } from '../plugin.js';
import { attributeSlips } from '../sources/attribute-slips.js';
import { clicks, submits } from '../sources/attributes.js';
import { views } from '../sources/in-view.js';

/** Makes events of the clicks that came before `clicks` was there. */
export { clicksIn } from '../sources/attributes.js';

/** Tracks what elements are marked for. */
export const plugins = (): Plugin[] => [clicks(), submits(), attributeSlips(), views()];

/** Looks at feedback. */
export { feelings } from '../sources/feedback.js';
