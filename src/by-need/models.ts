/** Models by their names, where an option names others than `journey`. */
export { resolveRules } from '../journey/models.js';
