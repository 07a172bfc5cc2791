/** Hears consent platforms, where the page has one: by what opens the data layer, too. */
export { openLayer } from '../platform/pushes.js';
export { signalsBy } from '../consent/signals.js';
