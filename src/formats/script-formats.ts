import { show } from '../util/show.js';
import { lookUp } from './events.js';
import type { Format } from './format.js';
import { formatNames, formatsByName } from './small.js';

/**
 * Returns the small format of that name: the third file of the script tag. Waymark's own is in the first.
 *
 * @param options of the format itself, such as `{ apiKey }`
 * @throws TypeError for a name that there is not, listing those there are, and for wrong options
 */
export function formatByName(name: string, options: object = {}): Format {
  const make = lookUp(formatsByName, name);
  if (!make) throw new TypeError(`waymark: option "format" takes ${formatNames()}, got ${show(name)}`);
  return make(options as never);
}
