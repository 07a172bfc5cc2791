import type { Format } from './format.js';
import { formatByName as smallByName } from './script-formats.js';
import { waymarkFormat } from './waymark.js';

export { formatNames, formatsByName } from './small.js';

/**
 * Returns the format of that name: `waymark`, or one of the small ones that the script tag can name, too.
 *
 * @param options of the format itself, such as `{ apiKey }`
 * @throws TypeError for a name that there is not, listing those there are, and for wrong options
 */
export const formatByName = (name: string, options?: object): Format => (name === 'waymark' ? waymarkFormat : smallByName(name, options));
