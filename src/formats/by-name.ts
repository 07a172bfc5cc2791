import { show } from '../util/show.js';
import { cloudevents } from './cloudevents.js';
import { lookUp } from './events.js';
import type { Format } from './format.js';
import { ndjson } from './ndjson.js';
import { plausible } from './plausible.js';
import { posthog } from './posthog.js';
import { umami } from './umami.js';
import { waymarkFormat } from './waymark.js';

/** Formats that the script tag can name, with what makes them of their options: the small ones. */
export const formatsByName: Readonly<Record<string, (options: never) => Format>> = {
  waymark: () => waymarkFormat,
  ndjson,
  cloudevents,
  posthog,
  umami,
  plausible,
};

/** The names, as messages list them. */
export const formatNames = (): string => Object.keys(formatsByName).join(', ');

/**
 * Returns the format of that name.
 *
 * @param options of the format itself, such as `{ writeKey }`
 * @throws TypeError for a name that there is not, listing those there are, and for wrong options
 */
export function formatByName(name: string, options: object = {}): Format {
  const make = lookUp(formatsByName, name);
  if (!make) throw new TypeError(`waymark: option "format" takes ${formatNames()}, or a format of waymark/formats; got ${show(name)}`);
  return make(options as never);
}
